"""Results on the strawberry houses (A1), and the misconceptions shown on them: M07, M15, M21, M22, M24, M27; by arithmetic M23.

The forecasts of these lessons are made at 6:00, for the harvest that is written at 18:00 of the same day.
They learn from all seasons but the last, and are judged on the last.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._once import once_per_table
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

MOULD_INPUTS = ["朝6時の湿度", "朝6時の室温"]
READ_AT_6 = ["室温", "湿度", "CO2", "地温"]
MORNING = [*(f"朝6時の{c}" for c in READ_AT_6), "昨日の室温", "昨日の日射"]
WHOLE_DAY = ["日平均の室温", "日平均の湿度", "日平均のCO2", "日平均の日射"]
DEAD = "湿度計の欠測"
FINE_MIN = 10  # 間隔_分 of the last days
ONE_STEP = ["室温", "前の室温", "日射", "前の日射", "時刻"]
TEST_DAYS = 3  # of the last ten: judged in M21, the days before are learnt from
YEN_PER_KG = 1_500


@once_per_table
def days_at_6(df: pd.DataFrame) -> pd.DataFrame:
    """One row per house and day: what is known at 6:00, the day's own means (not known then) and what 18:00 brought.

    Returns
    -------
    DataFrame
        日付, 棟, 作 (year in which the season began), ``MORNING``, ``WHOLE_DAY``, 出荷kg, 秀品kg, 重油L, 灰色かび, 昨日の出荷kg,
        湿度計の欠測 (1: no humidity at 6:00 though the other readings are there). Days without readings keep blanks.
    """
    log = df.drop_duplicates()
    log = log.assign(日付=log["日時"].dt.normalize(), CO2=log["CO2"].mask(log["CO2"] == 0))
    key = ["棟", "日付"]
    at_6 = log[(log["日時"] - log["日付"]) == pd.Timedelta(hours=6)].set_index(key)[READ_AT_6].add_prefix("朝6時の")
    means = log.groupby(key)[["室温", "湿度", "CO2", "日射"]].mean()
    evening = log.dropna(subset=["出荷kg"]).set_index(key)[["出荷kg", "秀品kg", "重油L", "灰色かび"]]
    table = evening.join([at_6, means.add_prefix("日平均の")]).sort_index().reset_index()
    table["作"] = (table["日付"] - pd.DateOffset(months=6)).dt.year
    before = table.groupby(["棟", "作"])
    for yesterday, today in {
        "昨日の室温": "日平均の室温",
        "昨日の日射": "日平均の日射",
        "昨日の出荷kg": "出荷kg",
    }.items():
        table[yesterday] = before[today].shift()
    table[DEAD] = (table["朝6時の湿度"].isna() & table["朝6時の室温"].notna()).astype(int)
    return table


def last_season(days: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(all seasons but the last, the last season)."""
    last = days["作"] == days["作"].max()
    return days[~last], days[last]


def _filled(train: pd.DataFrame, test: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables' columns, blanks filled with the mean of the training table."""
    means = train[columns].mean()
    return train[columns].fillna(means), test[columns].fillna(means)


def forecast(days: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The last season with 予想kg: a straight line for each house, fitted to the seasons before."""
    from sklearn.linear_model import LinearRegression

    parts = []
    for _, house in days.groupby("棟"):
        train, test = last_season(house)
        known, asked = _filled(train, test, columns)
        parts.append(test.assign(予想kg=LinearRegression().fit(known, train["出荷kg"]).predict(asked)))
    return pd.concat(parts)


def r2(table: pd.DataFrame, guess: str = "予想kg") -> float:
    """R² over all houses at once."""
    from sklearn.metrics import r2_score

    return float(r2_score(table["出荷kg"], table[guess]))


def r2_inside(table: pd.DataFrame, guess: str = "予想kg") -> float:
    """R² inside each house, mean of the houses."""
    return float(np.mean([r2(house, guess) for _, house in table.groupby("棟")]))


@once_per_table
def _forecasts(df: pd.DataFrame) -> dict[str, float]:
    days = days_at_6(df)
    morning, whole = forecast(days, MORNING), forecast(days, WHOLE_DAY)
    return {
        "r2": r2(morning),
        "r2_inside": r2_inside(morning),
        "r2_day": r2(whole),
        "r2_inside_day": r2_inside(whole),
        "mae": _mae(morning, "予想kg"),
        "mae_day": _mae(whole, "予想kg"),
    }


@once_per_table
def _baselines(df: pd.DataFrame) -> dict[str, float]:
    days = days_at_6(df)
    train, test = last_season(days)
    test = test.assign(棟の平均=test["棟"].map(train.groupby("棟")["出荷kg"].mean()), 平年値=_normal(train, test))
    year_ago = train.assign(日付=train["日付"] + pd.DateOffset(years=1)).drop_duplicates(["棟", "日付"])
    last_year = test.merge(year_ago[["棟", "日付", "出荷kg"]], on=["棟", "日付"], suffixes=("", "_昨年"))
    return {
        "r2_house_mean": r2(test, "棟の平均"),
        "mae_house_mean": _mae(test, "棟の平均"),
        "mae_normal": _mae(test, "平年値"),
        "mae_last_year": _mae(last_year, "出荷kg_昨年"),
        "mae_yesterday": _mae(test.dropna(subset=["昨日の出荷kg"]), "昨日の出荷kg"),
    }


def _normal(train: pd.DataFrame, test: pd.DataFrame) -> pd.Series:
    """平年値: mean of the house's harvests within 7 days of the same date in the seasons before."""
    day_of = {
        name: (t["日付"] - pd.to_datetime(t["作"].astype(str) + "-12-01")).dt.days
        for name, t in {"train": train, "test": test}.items()
    }
    mean = train["出荷kg"].groupby([train["棟"], day_of["train"]]).mean().unstack(0)
    smooth = mean.rolling(15, center=True, min_periods=1).mean()
    return pd.Series(
        [smooth.at[min(day, smooth.index[-1]), house] for day, house in zip(day_of["test"], test["棟"], strict=True)],
        index=test.index,
    )


def _mae(table: pd.DataFrame, guess: str) -> float:
    return float((table["出荷kg"] - table[guess]).abs().mean())


def strawberry(tables, **_) -> dict:
    """Named results: sizes, faults, the houses' means, baselines and forecast at 6:00 (kg a day), mould and oil."""
    df = tables["strawberry"]
    days, clean = days_at_6(df), df.drop_duplicates()
    by_house = days.groupby("棟")["出荷kg"].mean()
    climate = clean[["室温", "湿度", "CO2", "日射", "地温"]].isna()
    return {
        "rows": len(df),
        "rows_fine": int((clean["間隔_分"] == FINE_MIN).sum()),
        "duplicates": int(df.duplicated().sum()),
        "house_days": len(days),
        "houses": days["棟"].nunique(),
        "seasons": days["作"].nunique(),
        "outage_rows": int(climate.all(axis=1).sum()),
        "humidity_missing": int((climate["湿度"] & ~climate["室温"]).sum()),
        "co2_zero": int((clean["CO2"] == 0).sum()),
        "harvest": float(days["出荷kg"].mean()),
        "harvest_smallest": float(by_house.min()),
        "harvest_largest": float(by_house.max()),
        "largest_to_smallest": float(by_house.max() / by_house.min()),
        "mould_days": int(days["灰色かび"].sum()),
        "mould_share": float(days["灰色かび"].mean()),
        "dead_days": int(days[DEAD].sum()),
        "dead_share": float(days[DEAD].mean()),
        "oil": float(days["重油L"].mean()),
        **_baselines(df),
        **_forecasts(df),
    }


def mean_of_the_day(tables, **_) -> Demonstration:
    """M07: a forecast at 6:00 that uses the day's means has seen the afternoon; with what is known at 6:00 little is left.

    R² inside a house (mean of four) and mean absolute error in kg, on the last season.
    """
    found = _forecasts(tables["strawberry"])
    return Demonstration(
        "M07",
        right={"r2": found["r2_inside"], "mae": found["mae"]},
        wrong={"r2": found["r2_inside_day"], "mae": found["mae_day"]},
        statement="日平均には、朝6時より後の値が入っている。朝に手に入る値だけでは、ほとんど当たらない。",
    )


def piles_grow_together(tables, pairs: int = 1000, **_) -> Demonstration:
    """M15: oil burnt and harvest since December rise together; day by day they do not. Largest house, last season.

    ``share_flat`` and ``share_rising``: share of ``pairs`` pairs of independent random walks of as many days whose correlation
    is beyond ±0.5, without a slope and with steps that lean upwards by a tenth of their spread.
    """
    days = days_at_6(tables["strawberry"])
    _, season = last_season(days[days["棟"] == days.groupby("棟")["出荷kg"].mean().idxmax()])
    oil, harvest = season["重油L"], season["出荷kg"]
    return Demonstration(
        "M15",
        right={"r": float(oil.corr(harvest))},
        wrong={
            "r": float(oil.cumsum().corr(harvest.cumsum())),
            "share_flat": _strong(0.0, pairs, len(season)),
            "share_rising": _strong(0.1, pairs, len(season)),
        },
        statement="積み上げた値どうしは、関係がなくてもそろって増える。一日ごとの値では、そろわない。",
    )


def _strong(lean: float, pairs: int, length: int) -> float:
    """Share of pairs of independent random walks with |r| > 0.5; a step is normal with mean ``lean`` and spread 1."""
    a, b = np.random.default_rng(0).normal(lean, 1, (2, pairs, length)).cumsum(axis=2)
    a, b = (walk - walk.mean(axis=1, keepdims=True) for walk in (a, b))
    r = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return float((abs(r) > 0.5).mean())


def ten_minutes_ahead(tables, **_) -> Demonstration:
    """M21: R² of the next reading of the room is almost 1 for a forest, and almost the same for "as it is now".

    The ten-minute log of all houses: learnt on seven days, judged on the last three. ``mae`` in ℃;
    ``skill`` = 1 − MAE / MAE of "as it is now".
    """
    return Demonstration(
        "M21",
        **_ten_minutes(tables["strawberry"]),
        statement="10分後の室温は「今と同じ」と言うだけで、ほとんど同じR²になる。",
    )


@once_per_table
def _ten_minutes(df: pd.DataFrame) -> dict[str, dict[str, float]]:
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import mean_absolute_error, r2_score

    train, test = ten_minute_pairs(df)
    forest = RandomForestRegressor(n_estimators=30, min_samples_leaf=5, max_samples=0.5, random_state=0)
    guesses = {
        "now": test["室温"],
        "line": LinearRegression().fit(train[ONE_STEP], train["次の室温"]).predict(test[ONE_STEP]),
        "forest": forest.fit(train[ONE_STEP], train["次の室温"]).predict(test[ONE_STEP]),
    }
    score = {name: float(r2_score(test["次の室温"], guess)) for name, guess in guesses.items()}
    mae = {name: float(mean_absolute_error(test["次の室温"], guess)) for name, guess in guesses.items()}
    return {
        "right": {
            "skill": 1 - mae["forest"] / mae["now"],
            "skill_line": 1 - mae["line"] / mae["now"],
            "r2_now": score["now"],
            "mae": mae["forest"],
            "mae_line": mae["line"],
            "mae_now": mae["now"],
        },
        "wrong": {"r2": score["forest"], "r2_line": score["line"]},
    }


def ten_minute_pairs(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(first days, last three days) of the ten-minute log: ``ONE_STEP`` and 次の室温, one row per house and reading."""
    log = df[df["間隔_分"] == FINE_MIN].drop_duplicates().sort_values(["棟", "日時"])
    house = log.groupby("棟")
    pairs = log.assign(
        前の室温=house["室温"].shift(),
        前の日射=house["日射"].shift(),
        次の室温=house["室温"].shift(-1),
        時刻=log["日時"].dt.hour + log["日時"].dt.minute / 60,
    ).dropna(subset=[*ONE_STEP, "次の室温"])
    late = pairs["日時"] >= pairs["日時"].max().normalize() - pd.Timedelta(days=TEST_DAYS - 1)
    return pairs[~late], pairs[late]


def houses_told_apart(tables, **_) -> Demonstration:
    """M22: R² over all houses is that of the houses' sizes; inside a house almost nothing is explained.

    ``r2_house_mean``: R² over all houses of a "forecast" that only knows each house's mean.
    """
    df = tables["strawberry"]
    found, plain = _forecasts(df), _baselines(df)
    return Demonstration(
        "M22",
        right={
            "r2": found["r2_inside"],
            "r2_house_mean": plain["r2_house_mean"],
            "mae": found["mae"],
            "mae_house_mean": plain["mae_house_mean"],
        },
        wrong={"r2": found["r2"]},
        statement="全体のR²は、棟の大きさを言い当てているだけ。棟の中の上がり下がりは、ほとんど当てていない。",
    )


def missing_when_wet(tables, **_) -> Demonstration:
    """M24: the sensor dies when wet, so dropping or zero-filling its blanks loses the mould; a flag for them tells.

    Per house and day: share with mould, mean humidity at 6:00 (%; ``right``: of the readings there are, too low at that),
    area under the ROC curve of a logistic model in the last season, blanks filled with the mean, without and with the flag.
    """
    days = days_at_6(tables["strawberry"])
    seen = days.dropna(subset=["朝6時の室温"])  # days without any reading are another matter
    dead = seen[DEAD] == 1
    return Demonstration(
        "M24",
        right={
            "mould": float(seen["灰色かび"].mean()),
            "mould_when_missing": float(seen.loc[dead, "灰色かび"].mean()),
            "humidity": float(seen["朝6時の湿度"].mean()),
            "auc": _mould_auc(seen, [*MOULD_INPUTS, DEAD]),
        },
        wrong={
            "mould": float(seen.loc[~dead, "灰色かび"].mean()),
            "humidity": float(seen["朝6時の湿度"].fillna(0).mean()),
            "auc": _mould_auc(seen, MOULD_INPUTS),
        },
        statement="湿度計は、ぬれると欠ける。欠けた行を消すと病気まで消え、0で埋めると乾いて見える。",
    )


def _mould_auc(days: pd.DataFrame, columns: list[str]) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, test = last_season(days)
    known, asked = _filled(train, test, columns)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(known, train["灰色かび"])
    return float(roc_auc_score(test["灰色かび"], model.predict_proba(asked)[:, 1]))


def readings_alike(tables, **_) -> Demonstration:
    """M27: ten days of radiation every ten minutes; neighbours are alike, so the mean is far less certain than it looks.

    ``n_effective`` = n (1 − r) / (1 + r) with r, the correlation of neighbours once the mean course of a day is taken off
    (variance of the mean of a first-order autoregressive series); standard errors in W/m²; ``se_by_day`` from the daily
    means alone, without that formula.
    """
    log = tables["strawberry"].drop_duplicates()
    light = log[(log["間隔_分"] == FINE_MIN) & (log["棟"] == log["棟"].min())].set_index("日時")["日射"].dropna()
    left = light - light.groupby(light.index.time).transform("mean")
    r, n = float(left.autocorr()), len(light)
    n_effective = n * (1 - r) / (1 + r)
    by_day = light.resample("D").mean()
    return Demonstration(
        "M27",
        right={
            "n": n_effective,
            "r": r,
            "se": float(left.std() / np.sqrt(n_effective)),
            "se_by_day": float(by_day.std() / np.sqrt(len(by_day))),
            "days": len(by_day),
        },
        wrong={"n": n, "se": float(left.std() / np.sqrt(n))},
        statement="隣どうしがほとんど同じなので、点の数ほどには新しい知らせがない。平均の幅は何倍も広い。",
    )


def share_of_a_small_day(tables=None, small: float = 0.5, miss: float = 1.0, off: float = 4.0, **_) -> Demonstration:
    """M23: five days' harvests of a small plot; plan A misses the smallest day by ``miss`` kg, plan B all the others by ``off`` kg.

    MAPE as a share, MAE in kg, loss in yen over the five days at 1,500 yen per kg. ``right`` and ``wrong`` name for each
    plan what one should and should not look at; ``better`` is the plan chosen by it.
    """
    harvest = np.array([small, 20.0, 21.0, 22.0, 22.5])
    errors = {"a": np.array([miss, 0, 0, 0, 0]), "b": np.array([0, off, off, off, off])}
    mae = {plan: float(error.mean()) for plan, error in errors.items()}
    mape = {plan: float((error / harvest).mean()) for plan, error in errors.items()}
    return Demonstration(
        "M23",
        right={
            "a": mae["a"],
            "b": mae["b"],
            "better": min(mae, key=mae.get).upper(),
            "yen_a": float(errors["a"].sum() * YEN_PER_KG),
            "yen_b": float(errors["b"].sum() * YEN_PER_KG),
        },
        wrong={"a": mape["a"], "b": mape["b"], "better": min(mape, key=mape.get).upper()},
        statement="割合の誤差では、ほとんど採れない日の小さな外れが、毎日の大きな外れに勝ってしまう。",
    )


RESULTS["strawberry"] = strawberry
DEMONSTRATIONS.update(
    M07=mean_of_the_day,
    M15=piles_grow_together,
    M21=ten_minutes_ahead,
    M22=houses_told_apart,
    M23=share_of_a_small_day,
    M24=missing_when_wet,
    M27=readings_alike,
)

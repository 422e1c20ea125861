"""The strawberry houses (A1) a week ahead: what a forecast is worth for a daily promise, and which promise loses least.

A forecast of a day is made with what was known seven days before. It learns from all seasons but the last and is judged on
the last ``WEEKS`` whole weeks of the last season; the week after those is the one that is promised ("next week").
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._once import once_per_table
from jissho_kit.truths._registry import RESULTS
from jissho_kit.truths.strawberry import MORNING, days_at_6, forecast, last_season, r2, r2_inside, ten_minutes_ahead

SHORT_YEN, OVER_YEN = 900, 300  # a kg promised and not delivered; a kg harvested and not promised
AHEAD, WEEKS = 7, 18
GUESSES = ["AI", "棟の平均", "平年値", "昨年"]
LAST_WEEK = ["日平均の日射", "日平均の室温", "出荷kg"]
OFFERED = [10, 20, 30, 50, 70, 80, 90]  # percent points that a table of past days shows


@once_per_table
def houses_a_week_ahead(df: pd.DataFrame) -> pd.DataFrame:
    """House and day of the last season's last ``WEEKS`` + 1 weeks with every forecast.

    Returns
    -------
    DataFrame
        棟, 日数 (of the season, from 0), 週 (0 … ``WEEKS``; the last is next week), 出荷kg, and in kg ``GUESSES``: AI (a line per
        house on sun, warmth and harvest seven and eight days before and on average over the week that ended then, and on the
        day of the season; blanks filled with the mean), 棟の平均 (of the seasons before), 平年値 (of the seasons before, 15
        days around), 昨年 (same day of the season before).
    """
    from sklearn.linear_model import LinearRegression

    days = days_at_6(df).sort_values(["棟", "日付"])
    days["日数"] = (days["日付"] - pd.to_datetime(days["作"].astype(str) + "-12-01")).dt.days
    season = days.groupby(["棟", "作"])
    for column in LAST_WEEK:
        days[f"週{column}"] = season[column].transform(lambda x: x.rolling(AHEAD, min_periods=1).mean().shift(AHEAD))
        days[f"前{column}"], days[f"前々{column}"] = season[column].shift(AHEAD), season[column].shift(AHEAD + 1)
    known = ["日数", *(f"{when}{column}" for column in LAST_WEEK for when in ("週", "前", "前々"))]
    parts = []
    for _, house in days.groupby("棟"):
        train, test = last_season(house)
        first = test["日数"].max() + 1 - AHEAD * (WEEKS + 1)
        test = test[test["日数"] >= first]
        by_day = train.pivot(index="日数", columns="作", values="出荷kg")
        usual = by_day.mean(axis=1).rolling(2 * AHEAD + 1, center=True, min_periods=1).mean()
        mean = train[known].mean()
        model = LinearRegression().fit(train[known].fillna(mean), train["出荷kg"])
        parts.append(
            test.assign(
                週=(test["日数"] - first) // AHEAD,
                AI=model.predict(test[known].fillna(mean)),
                棟の平均=train["出荷kg"].mean(),
                平年値=test["日数"].map(usual),
                昨年=test["日数"].map(by_day[by_day.columns[-1]]),
            )
        )
    return pd.concat(parts)[["棟", "日数", "週", "出荷kg", *GUESSES]].reset_index(drop=True)


def farm_a_week_ahead(df: pd.DataFrame) -> pd.DataFrame:
    """The same for the whole farm: one row per day (sum of the houses), without next week."""
    houses = houses_a_week_ahead(df)
    return houses[houses["週"] < WEEKS].groupby(["週", "日数"])[["出荷kg", *GUESSES]].sum().reset_index()


def loss(promise, harvest, short: float = SHORT_YEN, over: float = OVER_YEN) -> float:
    """Mean loss per week in yen of a daily promise (kg; one number or one per day) with what was harvested (kg)."""
    missing = np.asarray(promise) - np.asarray(harvest)
    return float(np.where(missing > 0, missing * short, -missing * over).mean() * AHEAD)


def past_days(df: pd.DataFrame) -> np.ndarray:
    """Harvest of the whole farm (kg) on each day of the seasons before the last, from the poorest to the richest."""
    before, _ = last_season(days_at_6(df))
    return np.sort(before.groupby("日付")["出荷kg"].sum().to_numpy())


def week(tables, short: float = SHORT_YEN, over: float = OVER_YEN, **_) -> dict:
    """Named results: R² over all houses and inside, days in ten on the right side of normal, misses (kg a day), yen a week.

    ``loss_*``: yen a week of the whole farm when each day the forecast itself is promised. ``next_*``: kg a day, next week. ``r2_morning*``: of the forecast
    made at 6:00 of the same day, all houses and inside each.
    """
    df = tables["strawberry"]
    every, farm = houses_a_week_ahead(df), farm_a_week_ahead(df)
    houses, coming = every[every["週"] < WEEKS], every[every["週"] == WEEKS]
    above = {name: houses[name] > houses["平年値"] for name in ("AI", "出荷kg")}
    morning = forecast(days_at_6(df), MORNING)
    inside = {house: r2(days) for house, days in morning.groupby("棟")}
    return {
        "weeks": WEEKS,
        "harvest": float(farm["出荷kg"].mean()),
        "next_ai": float(coming["AI"].sum() / AHEAD),
        "next_harvest": float(coming["出荷kg"].sum() / AHEAD),
        "r2": r2(houses, "AI"),
        "r2_inside": r2_inside(houses, "AI"),
        "r2_house_mean": r2(houses, "棟の平均"),
        "right_side": float((above["AI"] == above["出荷kg"]).mean()),
        **{f"mae_{n}": float((farm["出荷kg"] - farm[g]).abs().mean()) for n, g in _named()},
        **{f"loss_{n}": loss(farm[g], farm["出荷kg"], short, over) for n, g in _named()},
        "r2_morning": r2(morning),
        "r2_morning_inside": float(np.mean(list(inside.values()))),
        "r2_morning_best": max(inside.values()),
        "r2_morning_best_rest": 1 - max(inside.values()),
        **{f"r2_morning_{house}": value for house, value in inside.items()},
    }


def _named() -> list[tuple[str, str]]:
    return list(zip(("ai", "house_mean", "normal", "last_year"), GUESSES, strict=True))


def contract(tables, short: float = SHORT_YEN, over: float = OVER_YEN, **_) -> dict:
    """Named results on a daily promise: percent points of the seasons before (kg), the promise of least loss, five days.

    ``share`` = over / (over + short): the share of days on which the promise of least loss is not met (critical ratio of
    the newsvendor problem). ``kg_*``: whole kg at that point (``kg_right``), at its mirror, at the middle; ``loss_*``: yen
    a week of these on the last season. ``day_1`` … ``day_5`` are days of the last season from the whole range, in the order
    they came, ``promise`` the middle of the past; ``five_*`` the yen of these five days, right and with the usual slips.
    """
    df = tables["strawberry"]
    past, farm = past_days(df), farm_a_week_ahead(df)
    share = over / (over + short)
    points = {"right": share, "half": 0.5, "mirror": 1 - share}
    promises = {name: float(np.quantile(past, point)) for name, point in points.items()}
    return {
        "days": len(past),
        "mean": float(past.mean()),
        "share": share,
        **{f"kg_{point}": round(float(np.quantile(past, point / 100))) for point in OFFERED},
        **{f"kg_{name}": round(kg) for name, kg in promises.items()},
        **{f"loss_{name}": loss(kg, farm["出荷kg"], short, over) for name, kg in promises.items()},
        **_five_days(farm, promises["half"], short, over),
    }


def _five_days(farm: pd.DataFrame, middle: float, short: float, over: float) -> dict[str, float]:
    """Five days with poor and rich ones among them, and what a promise (to 10 kg) would have cost in yen."""
    ordered = farm.sort_values("出荷kg").reset_index(drop=True)
    picked = ordered.iloc[[round(share * (len(ordered) - 1)) for share in (0.1, 0.25, 0.4, 0.75, 0.9)]]
    harvest = picked.sort_values("日数")["出荷kg"].round().to_numpy()
    promise = round(middle, -1)
    missing = float(np.clip(promise - harvest, 0, None).sum())
    left = float(np.clip(harvest - promise, 0, None).sum())
    return {
        **{f"day_{number}": int(kg) for number, kg in enumerate(harvest, 1)},
        "promise": int(promise),
        "five_loss": missing * short + left * over,
        "five_short_only": missing * short,
        "five_swapped": missing * over + left * short,
        "five_one_price": (missing + left) * short,
        "five_net": abs(missing - left) * (short if missing > left else over),
    }


def climate(tables, **_) -> dict:
    """Named results on the next ten minutes' temperature: usual slips when M21's forecast is laid beside "as it is now"."""
    shown = ten_minutes_ahead(tables)
    mae, now = shown.right["mae"], shown.right["mae_now"]
    return {
        "mae_gain": now - mae,
        "mae_ratio": mae / now,
    }


RESULTS.update(week=week, contract=contract, climate=climate)

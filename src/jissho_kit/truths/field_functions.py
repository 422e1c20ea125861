"""Function items on fruits, cows, years and mornings: splits by them, corrections, tables that know only the past.

Each solution is self-contained: its source, renamed, is what a rehearsal's participant hands in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._registry import CRITERIA, FUNCTIONS
from jissho_kit.truths.criteria import (
    Relation,
    first_of,
    folds_of_positions,
    is_finite,
    metamorphic,
    moves,
    moves_by,
    rises,
    split_of_tables,
    unchanged,
)
from jissho_kit.truths.hidden import raised

# 分割(df): (train, test) of spectra, so that the test tells how fruits never measured will do; 行 names a measurement


def fruits_apart(df):
    果実 = sorted(df["果実"].unique())
    評価 = df["果実"].isin(果実[: len(果実) // 4])
    return df[~評価], df[評価]


def fruits_mixed(df):
    評価 = df.sample(frac=0.25, random_state=0)
    return df.drop(評価.index), 評価


def fruits_by_machine(df):
    評価 = df["回"] == df["回"].max()
    return df[~評価], df[評価]


def fruits_one_astride(df):
    並べた = df.sort_values("果実")
    境目 = len(df) // 4 // 3 * 3 + 1
    return 並べた.iloc[境目:], 並べた.iloc[:境目]


def fruits_train_on_all(df):
    果実 = sorted(df["果実"].unique())
    return df, df[df["果実"].isin(果実[: len(果実) // 4])]


def fruits_few(df):
    評価 = df["果実"] == df["果実"].min()
    return df[~評価], df[評価]


def fruit_tables(data, rng) -> list:
    """Hidden inputs: three measurements of each of some fruits of the course's table, rows in another order."""
    df = data["citrus"]
    df = df[df["種別"] != "標準果実"]
    made = []
    for count in (20, 24, 28):
        fruits = rng.choice(df["果実"].unique(), count, replace=False)
        some = df[df["果実"].isin(fruits)].groupby("果実").head(3)[["果実", "園地", "選果機", "表示糖度"]]
        some = some.assign(回=some.groupby("果実").cumcount() + 1).sample(frac=1, random_state=int(rng.integers(2**31)))
        made.append([some.assign(行=np.arange(len(some))).reset_index(drop=True)])
    return made


def fruit_sample(data, rng) -> list:
    """Public sample: four fruits measured three times."""
    fruit = np.repeat([31, 32, 33, 34], 3)
    return [[pd.DataFrame({"果実": fruit, "回": np.tile([1, 2, 3], 4), "表示糖度": 11.5, "行": np.arange(12)})]]


# 一頭抜き(df): [(train positions, test positions), …], one cow after the other left out


def one_cow_out(df):
    番号 = df["牛番号"].to_numpy()
    return [((番号 != 牛).nonzero()[0], (番号 == 牛).nonzero()[0]) for 牛 in df["牛番号"].unique()]


def cows_mixed(df):
    from sklearn.model_selection import KFold

    return list(KFold(5, shuffle=True, random_state=0).split(df))


def several_cows_out(df):
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(2).split(df, groups=df["牛番号"]))


def cow_in_training(df):
    番号 = df["牛番号"].to_numpy()
    return [(list(range(len(df))), (番号 == 牛).nonzero()[0]) for 牛 in df["牛番号"].unique()]


def one_cow_only(df):
    番号 = df["牛番号"].to_numpy()
    return [((番号 != 番号[0]).nonzero()[0], (番号 == 番号[0]).nonzero()[0])]


def cow_tables(data, rng) -> list:
    """Hidden inputs: rows of some cows of the course's table, cows of different length, in order of time."""
    df = data["cattle"]
    made = []
    for count in (5, 6, 7):
        cows = rng.choice(df["牛番号"].unique(), count, replace=False)
        rows = [df[df["牛番号"] == cow].head(int(rng.integers(6, 12))) for cow in cows]
        made.append([pd.concat(rows)[["牛番号", "日時", "活動量"]].sort_values(["日時", "牛番号"], ignore_index=True)])
    return made


def cow_sample(data, rng) -> list:
    """Public sample: three cows, two rows each."""
    return [[pd.DataFrame({"牛番号": [7, 9, 12, 7, 9, 12], "活動量": [12, 30, 17, 15, 28, 19]})]]


# 再補正(記録): the model's day for each year, moved by what the own garden showed in the other years


def recalibrated_by_other_years(記録):
    差 = 記録["実測"] - 記録["予測"]
    ほかの年 = (差.sum() - 差) / (len(差) - 1)
    return (記録["予測"] + ほかの年).tolist()


def recalibrated_not(記録):
    return 記録["予測"].tolist()


def recalibrated_by_all_years(記録):
    差 = 記録["実測"] - 記録["予測"]
    return (記録["予測"] + 差.mean()).tolist()


def recalibrated_backwards(記録):
    差 = 記録["実測"] - 記録["予測"]
    ほかの年 = (差.sum() - 差) / (len(差) - 1)
    return (記録["予測"] - ほかの年).tolist()


def recalibrated_as_mean_year(記録):
    return [(記録["実測"].sum() - 日) / (len(記録) - 1) for 日 in 記録["実測"]]


YEARS, ODD_YEAR = 9, 2  # years of a record; the one whose day is changed, not the one in the middle
OWN_DAYS, LATER_DAYS = 10.0, 3.0  # by which its day is changed, and all days


def year_records(data, rng) -> list:
    """Hidden inputs: a base; one year's day changed; all days later; the model's days later; the model's day of one year."""
    model = rng.normal(120, 4, YEARS).round(1)
    base = pd.DataFrame(
        {"年": np.arange(2008, 2008 + YEARS), "予測": model, "実測": (model - 3.5 + rng.normal(0, 0.6, YEARS)).round(1)}
    )
    return [
        [base],
        [raised(base, "実測", np.array([ODD_YEAR]), OWN_DAYS)],
        [raised(base, "実測", np.arange(YEARS), LATER_DAYS)],
        [raised(base, "予測", np.arange(YEARS), LATER_DAYS)],
        [raised(base, "予測", np.array([ODD_YEAR]), OWN_DAYS)],
    ]


def year_sample(data, rng) -> list:
    """Public sample: three years to check by hand."""
    return [[pd.DataFrame({"年": [2015, 2016, 2017], "予測": [120.0, 122.0, 119.0], "実測": [117.0, 118.0, 116.0]})]]


def _days(output) -> bool:
    values = output.tolist() if hasattr(output, "tolist") else output
    return isinstance(values, (list, tuple)) and len(values) == YEARS and all(map(is_finite, values))


def _of(year: int, holds):
    """A relation between the days of one year."""
    return lambda before, after: holds(list(before)[year], list(after)[year])


def _as_given(inputs: list[list], outputs: list) -> str:
    given = [args[0]["予測"].tolist() for args in inputs]
    return "as-given" if all(unchanged(g, list(o)) for g, o in zip(given, outputs, strict=True)) else ""


# 補正量(標準値, 表示): by how much a machine shows too much; both are arrays over standard fruits


def offset_by_mean(標準値, 表示):
    return (表示 - 標準値).mean()


def offset_none(標準値, 表示):
    return 0.0


def offset_backwards(標準値, 表示):
    return (標準値 - 表示).mean()


def offset_by_slope(標準値, 表示):
    import numpy as np

    return np.polyfit(標準値, 表示, 1)[0]


def offset_from_display_alone(標準値, 表示):
    return 表示.mean() - 11.5


def offset_inputs(data, rng) -> list:
    """Hidden inputs: a base; the display one degree higher; standard and display both two degrees higher."""
    known = rng.uniform(9, 14, 12).round(2)
    shown = (known + rng.uniform(0.3, 0.9) + rng.normal(0, 0.1, 12)).round(2)
    return [[known, shown], [known, shown + 1], [known + 2, shown + 2]]


def offset_sample(data, rng) -> list:
    """Public sample: three fruits to check by hand."""
    return [[np.array([11.0, 12.0, 13.0]), np.array([11.5, 12.7, 13.6])]]


def _far_from_mean(inputs: list[list], outputs: list) -> str:
    """The mean difference or the median one, or a line's at the middle: all within a tenth of a degree."""
    far = [abs(np.mean(shown - known) - out) > 0.1 for (known, shown), out in zip(inputs, outputs, strict=True)]
    return first_of({"off": any(far)})


# 朝6時の表(df): one row per day from a house's records, with what is known at six in the morning of that day


def morning_from_past(df):
    import pandas as pd

    日 = df["日時"].dt.normalize()
    今朝 = df[df["日時"].dt.hour <= 6]
    表 = pd.DataFrame(
        {"今朝の室温": 今朝.groupby(日)["室温"].last(), "昨日の平均": df.groupby(日)["室温"].mean().shift()}
    )
    return 表.reset_index()


def morning_with_day_mean(df):
    日 = df["日時"].dt.normalize()
    return df.groupby(日)["室温"].mean().reset_index()


def morning_with_day_maximum(df):
    日 = df["日時"].dt.normalize()
    return df.groupby(日)["室温"].max().reset_index()


def morning_with_last_value(df):
    日 = df["日時"].dt.normalize()
    return df.groupby(日)["室温"].last().reset_index()


def morning_of_calendar_alone(df):
    import pandas as pd

    日 = pd.Series(df["日時"].dt.normalize().unique())
    return pd.DataFrame({"日": 日, "月": 日.dt.month})


AFTER = 6  # o'clock
DAYS = 5


def morning_tables(data, rng) -> list:
    """Hidden inputs: a base; the last day's values after six changed in three ways; its value at six changed.

    Middling values raised: the day's mean moves, its highest does not. The highest raised and the middling ones lowered as
    much together: the other way round. All in another order: neither moves, but what stands at a given hour does.
    """
    times = pd.date_range("2016-01-11", periods=DAYS * 24, freq="1h")
    hour = times.hour.to_numpy()
    room = (9 + 9 * np.sin((hour - 6) / 24 * 2 * np.pi) + rng.normal(0, 0.4, len(times))).round(2)
    base = pd.DataFrame({"日時": times, "室温": room})
    today = times.normalize() == times[-1].normalize()
    last = np.flatnonzero(today & (hour > AFTER))
    top = last[np.argmax(room[last])]
    middle = last[(last != top) & (last != last[-1])]
    values = room[last]
    lowest = middle[np.argsort(room[middle])[:6]]
    return [
        [base],
        [raised(base, "室温", lowest, 0.3)],
        [raised(raised(base, "室温", np.array([top]), 3.0), "室温", middle, -3.0 / len(middle))],
        [raised(base, "室温", last, np.roll(values, 1) - values)],
        [raised(base, "室温", np.flatnonzero(today & (hour == AFTER)), 2.0)],
    ]


def morning_sample(data, rng) -> list:
    """Public sample: two days, four records each."""
    times = pd.date_range("2016-01-11", periods=8, freq="6h")
    return [[pd.DataFrame({"日時": times, "室温": [6.0, 5.0, 18.0, 9.0, 7.0, 5.5, 17.0, 8.0]})]]


def _table_of_days(output) -> bool:
    return isinstance(output, pd.DataFrame) and len(output) == DAYS


FUNCTIONS.update(
    {
        f.__name__: f
        for f in (
            fruits_apart,
            fruits_mixed,
            fruits_by_machine,
            fruits_one_astride,
            fruits_train_on_all,
            fruits_few,
            fruit_tables,
            fruit_sample,
            one_cow_out,
            cows_mixed,
            several_cows_out,
            cow_in_training,
            one_cow_only,
            cow_tables,
            cow_sample,
            recalibrated_by_other_years,
            recalibrated_not,
            recalibrated_by_all_years,
            recalibrated_backwards,
            recalibrated_as_mean_year,
            year_records,
            year_sample,
            offset_by_mean,
            offset_none,
            offset_backwards,
            offset_by_slope,
            offset_from_display_alone,
            offset_inputs,
            offset_sample,
            morning_from_past,
            morning_with_day_mean,
            morning_with_day_maximum,
            morning_with_last_value,
            morning_of_calendar_alone,
            morning_tables,
            morning_sample,
        )
    }
)
CRITERIA.update(
    {
        "split_by_fruit": split_of_tables(row="行", group="果実"),
        "one_cow_out": folds_of_positions(group="牛番号", one_out=True),
        "recalibrated_by_other_years": metamorphic(
            Relation(0, 1, _of(ODD_YEAR, unchanged), "own-year"),
            Relation(0, 1, _of(ODD_YEAR + 1, rises), "backwards"),
            Relation(0, 2, _of(ODD_YEAR, moves_by(LATER_DAYS)), "level"),
            # The model's own lateness is taken out again.
            Relation(0, 3, _of(ODD_YEAR, unchanged), "level"),
            Relation(0, 4, _of(ODD_YEAR, moves_by(OWN_DAYS)), "model-unused"),
            valid=_days,
            before=_as_given,
        ),
        "offset_of_display": metamorphic(
            Relation(0, 1, moves, "stuck"),
            Relation(0, 1, rises, "backwards"),
            Relation(0, 1, moves_by(1), "step"),
            Relation(0, 2, unchanged, "level"),
            before=lambda inputs, outputs: "none" if not any(outputs) else "",
            after=_far_from_mean,
        ),
        "known_at_six": metamorphic(
            Relation(0, 2, unchanged, "day-maximum"),
            Relation(0, 1, unchanged, "day-mean"),
            Relation(0, 3, unchanged, "later-value"),
            Relation(0, 4, moves, "nothing-of-the-morning"),
            valid=_table_of_days,
        ),
    }
)

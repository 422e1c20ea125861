"""Function items of G-F-1: reference solutions, right and wrong, their judges, and hidden and sample inputs.

Each solution is self-contained: its source, renamed, is what a rehearsal's participant hands in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.molding import CHANNELS
from jissho_kit.truths._registry import CRITERIA, FUNCTIONS
from jissho_kit.truths.criteria import columns_known, split_of_tables
from jissho_kit.truths.hidden import with_canary
from jissho_kit.truths.molding import USABLE, tidy

LATER = {"手直し時間_分", "不良種"}
ALL = ["材料ロット", "日時", *CHANNELS, "キャビ", "寸法", "不良種", "手直し時間_分"]
CANARY = "点検コード"  # in hidden tables only: equals the label
# Columns in hidden tables only: whoever lists what to leave out instead of what to use takes them in.
STRANGERS = ["再検査の回数", "廃棄の理由", "出荷判定", "メモ欄"]


# 使える列(df): names of the columns to predict from when the mould opens, for lots of next week


def usable(df):
    手元にある = ["金型温度", "充填時間", "保圧", "クッション量", "計量時間", "キャビ"]
    return [列 for 列 in 手元にある if 列 in df.columns]


def usable_with_rework(df):
    手元にある = ["金型温度", "充填時間", "保圧", "クッション量", "計量時間", "キャビ", "手直し時間_分"]
    return [列 for 列 in 手元にある if 列 in df.columns]


def usable_with_size(df):
    手元にある = ["金型温度", "充填時間", "保圧", "クッション量", "計量時間", "キャビ", "寸法"]
    return [列 for 列 in 手元にある if 列 in df.columns]


def usable_with_lot(df):
    手元にある = ["材料ロット", "金型温度", "充填時間", "保圧", "クッション量", "計量時間", "キャビ"]
    return [列 for 列 in 手元にある if 列 in df.columns]


def usable_all(df):
    return list(df.columns)


def usable_by_exclusion(df):
    除く = ["材料ロット", "日時", "寸法", "不良種", "手直し時間_分"]
    return [列 for 列 in df.columns if 列 not in 除く]


fault_in_columns = columns_known(
    usable=set(USABLE),
    forbidden={"after": LATER, "size": {"寸法"}, "lot": {"材料ロット", "日時"}},
    strange=set(STRANGERS),
    canary=CANARY,
)


def column_frames(data, rng) -> list:
    """Hidden inputs: a few shots each, columns in another order, some sensors not fitted, strange columns added."""
    clean = tidy(data["molding"])
    frames = []
    for k in range(4):
        fitted = [c for c in ALL if k == 0 or c not in rng.choice(CHANNELS, 2, replace=False)]
        rows = clean.sample(8, random_state=int(rng.integers(2**31))).index
        frame = clean.loc[rows, fitted].reset_index(drop=True)
        for name in rng.choice(STRANGERS, 1 + k % 2, replace=False):
            frame[str(name)] = rng.integers(0, 3, len(frame))
        if k == 3:  # whoever looks for the column that goes with the defects finds the label itself
            frame = with_canary(frame, CANARY, (clean.loc[rows, "不良種"] != "なし").astype(int))
        frames.append([frame[list(rng.permutation(frame.columns))]])
    return frames


def column_sample(data, rng) -> list:
    """Public sample: one shot with every column of the course's table, one where a sensor is missing."""
    shot = pd.DataFrame(
        {
            "材料ロット": [4101],
            "日時": [pd.Timestamp("2018-04-02 08:30:00")],
            "金型温度": [60.1],
            "充填時間": [1.802],
            "保圧": [44.8],
            "クッション量": [5.02],
            "計量時間": [6.21],
            "キャビ": [1],
            "寸法": [10.018],
            "不良種": ["なし"],
            "手直し時間_分": [0.0],
        }
    )
    return [[shot], [shot.drop(columns="計量時間").assign(備考=0)]]


# 分割(df): (train, test), so that the test tells how next week's lots will go


def split_by_lot_and_time(df):
    順番 = df["材料ロット"].unique()
    評価ロット = 順番[-(len(順番) // 4) :]
    評価 = df["材料ロット"].isin(評価ロット)
    return df[~評価], df[評価]


def split_at_random(df):
    from sklearn.model_selection import train_test_split

    学習, 評価 = train_test_split(df, test_size=0.25, random_state=0)
    return 学習, 評価


def split_inside_a_lot(df):
    境目 = int(len(df) * 0.75)
    return df.iloc[:境目], df.iloc[境目:]


def split_every_fourth_lot(df):
    順番 = df["材料ロット"].unique()
    評価 = df["材料ロット"].isin(順番[1::4])
    return df[~評価], df[評価]


def split_first_lots_for_test(df):
    順番 = df["材料ロット"].unique()
    評価 = df["材料ロット"].isin(順番[: len(順番) // 4])
    return df[~評価], df[評価]


def split_train_on_all(df):
    順番 = df["材料ロット"].unique()
    評価 = df["材料ロット"].isin(順番[-(len(順番) // 4) :])
    return df, df[評価]


fault_in_split = split_of_tables(row="日時", group="材料ロット", time="日時")


def split_frames(data, rng) -> list:
    """Hidden inputs: some lots in a row, some shots of each, with lot numbers that say nothing about the order of use."""
    return [[_some_lots(tidy(data["molding"]), rng)] for _ in range(3)]


def _some_lots(clean: pd.DataFrame, rng) -> pd.DataFrame:
    lots = clean["材料ロット"].unique()
    first = int(rng.integers(0, len(lots) - 9))
    runs = [
        clean[clean["材料ロット"] == lot].drop_duplicates("日時").head(int(rng.integers(9, 19)))
        for lot in lots[first : first + 9]
    ]
    frame = pd.concat(runs, ignore_index=True)[["材料ロット", "日時", "クッション量", "不良種"]]
    numbers = dict(zip(frame["材料ロット"].unique(), 4100 + rng.permutation(900)[:9], strict=True))
    frame["材料ロット"] = frame["材料ロット"].map(numbers)
    while _edge(frame, int(len(frame) * 0.75)):  # three quarters of the rows must end inside a lot
        frame = frame.iloc[:-1]
    return frame.sort_values("日時", ignore_index=True)


def _edge(frame: pd.DataFrame, at: int) -> bool:
    return frame["材料ロット"].iloc[at - 1] != frame["材料ロット"].iloc[at]


def split_sample(data, rng) -> list:
    """Public sample: four lots of three shots."""
    lots = np.repeat([4107, 4101, 4112, 4103], 3)
    times = pd.date_range("2018-04-02 08:30", periods=12, freq="20min")
    return [[pd.DataFrame({"材料ロット": lots, "日時": times, "クッション量": 5.0, "不良種": "なし"})]]


# 単位がおかしい列(df): the one channel some of whose rows are in another unit


def odd_by_ratio(df):
    比 = df.max() / df.median()
    return 比.idxmax()


def odd_by_largest_value(df):
    return df.max().idxmax()


def odd_by_spread(df):
    return df.std().idxmax()


def odd_by_blanks(df):
    return df.isna().sum().idxmax()


def odd_everything(df):
    return list(df.columns)


def odd_frames(data, rng) -> list:
    """Hidden inputs: the five channels of other machines; one of them is in another unit in a part of the rows."""
    level = {
        "金型温度": (80, 2),
        "充填時間": (1.5, 0.1),
        "保圧": (50, 12),
        "クッション量": (4, 0.5),
        "計量時間": (5, 0.4),
    }
    frames = []
    for column, factor in [("充填時間", 10), ("クッション量", 10), ("保圧", 10.197)]:
        frame = pd.DataFrame(
            {c: rng.normal(mean, sd, 60).clip(mean / 2, mean * 1.5) for c, (mean, sd) in level.items()}
        )
        frame.loc[rng.choice(60, 5, replace=False), "計量時間"] = np.nan
        start = int(rng.integers(0, 45))
        frame.loc[start : start + int(rng.integers(6, 15)), column] *= factor
        frames.append([frame.round(3)])
    return frames


def odd_sample(data, rng) -> list:
    """Public sample: four shots, the last in grams of another scale."""
    return [
        [
            pd.DataFrame(
                {
                    "金型温度": [60.0, 61.0, 60.5, 60.2],
                    "充填時間": [1.8, 1.81, 1.79, 1800.0],
                    "保圧": [45.0, 44.0, 46.0, 45.5],
                }
            )
        ]
    ]


FUNCTIONS.update(
    {
        f.__name__: f
        for f in (
            usable,
            usable_with_rework,
            usable_with_size,
            usable_with_lot,
            usable_all,
            usable_by_exclusion,
            column_frames,
            column_sample,
            split_by_lot_and_time,
            split_at_random,
            split_inside_a_lot,
            split_every_fourth_lot,
            split_first_lots_for_test,
            split_train_on_all,
            split_frames,
            split_sample,
            odd_by_ratio,
            odd_by_largest_value,
            odd_by_spread,
            odd_by_blanks,
            odd_everything,
            odd_frames,
            odd_sample,
        )
    }
)
CRITERIA.update({"usable_columns": fault_in_columns, "split_by_lot_and_time": fault_in_split})

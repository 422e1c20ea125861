"""Function items of the shop floor and the packing house: control limits, a watch on errors, ranges, calendars, baselines.

Each solution is self-contained: its source, renamed, is what a rehearsal's participant hands in. Their outputs are
compared as values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._registry import FUNCTIONS

# 管理限界(df): (lower, upper) of the means of groups of five, from the first fifteen groups (A2 = 0.577)

GROUPS, CALM = 25, 15


def limits_from_calm_groups(df):
    組 = df[df["組"] <= 15].groupby("組")["寸法"]
    平均, 幅 = 組.mean().mean(), (組.max() - 組.min()).mean()
    return 平均 - 0.577 * 幅, 平均 + 0.577 * 幅


def limits_from_all_groups(df):
    組 = df.groupby("組")["寸法"]
    平均, 幅 = 組.mean().mean(), (組.max() - 組.min()).mean()
    return 平均 - 0.577 * 幅, 平均 + 0.577 * 幅


def limits_of_the_drawing(df):
    return 9.96, 10.04


def limits_by_overall_spread(df):
    落ち着き = df[df["組"] <= 15]["寸法"]
    return 落ち着き.mean() - 3 * 落ち着き.std(), 落ち着き.mean() + 3 * 落ち着き.std()


def limits_without_factor(df):
    組 = df[df["組"] <= 15].groupby("組")["寸法"]
    平均, 幅 = 組.mean().mean(), (組.max() - 組.min()).mean()
    return 平均 - 幅, 平均 + 幅


def group_tables(data, rng) -> list:
    """Hidden inputs: twenty-five groups of five sizes; after the fifteenth the mean has moved and the range grown."""
    made = []
    for _ in range(3):
        group = np.repeat(np.arange(1, GROUPS + 1), 5)
        calm = group <= CALM
        size = 10 + np.where(calm, 0, 0.015) + rng.normal(0, np.where(calm, 0.008, 0.012))
        made.append(
            [pd.DataFrame({"組": group, "寸法": size.round(3)}).sample(frac=1, random_state=int(rng.integers(2**31)))]
        )
    return made


def group_sample(data, rng) -> list:
    """Public sample: two groups of three, to check by hand."""
    return [[pd.DataFrame({"組": [1, 1, 1, 2, 2, 2], "寸法": [9.99, 10.0, 10.01, 10.0, 10.01, 10.02]})]]


# 歯止め(誤差): positions of the errors outside mean ± 3 σ of the first twenty


def watch_from_first_errors(誤差):
    はじめ = 誤差[:20]
    幅 = 3 * はじめ.std(ddof=1)
    return [i for i, 値 in enumerate(誤差) if abs(値 - はじめ.mean()) > 幅]


def watch_from_all_errors(誤差):
    幅 = 3 * 誤差.std(ddof=1)
    return [i for i, 値 in enumerate(誤差) if abs(値 - 誤差.mean()) > 幅]


def watch_upwards_only(誤差):
    はじめ = 誤差[:20]
    幅 = 3 * はじめ.std(ddof=1)
    return [i for i, 値 in enumerate(誤差) if 値 - はじめ.mean() > 幅]


def watch_at_two_sigma(誤差):
    はじめ = 誤差[:20]
    幅 = 2 * はじめ.std(ddof=1)
    return [i for i, 値 in enumerate(誤差) if abs(値 - はじめ.mean()) > 幅]


def watch_around_zero(誤差):
    幅 = 3 * 誤差[:20].std(ddof=1)
    return [i for i, 値 in enumerate(誤差) if abs(値) > 幅]


def error_series(data, rng) -> list:
    """Hidden inputs: forty errors off zero, the last of the first twenty rather large; later some lie within the limits by
    little, some outside by little, one beyond any spread, and at last all are shifted.
    """
    made = []
    for shift in (4.0, -4.0, 5.0):
        z = rng.normal(0, 1, 40).clip(-1.2, 1.2)
        z[19] = 2.6
        z = (z - z[:20].mean()) / z[:20].std(ddof=1)
        z[[20, 22, 24]] = 2.8, 2.8, -2.8
        z[[26, 27, 30]] = 14, 3.2, -3.2
        z[32:] = shift + 0.2 * z[32:]
        made.append([(1.5 + 0.4 * z).round(4)])
    return made


def error_sample(data, rng) -> list:
    """Public sample: twenty small errors and two that are not."""
    return [[np.array([0.1, -0.1] * 10 + [0.2, 1.5, -1.2])]]


# 範囲外か(学習, 新しい値): for each new value whether it lies outside what was seen in training


def outside_of_seen(学習, 新しい値):
    return [bool(値 < min(学習) or 値 > max(学習)) for 値 in 新しい値]


def outside_never(学習, 新しい値):
    return [False for 値 in 新しい値]


def outside_above_only(学習, 新しい値):
    return [bool(値 > max(学習)) for 値 in 新しい値]


def outside_of_usual(学習, 新しい値):
    平均 = sum(学習) / len(学習)
    幅 = 2 * (sum((値 - 平均) ** 2 for 値 in 学習) / len(学習)) ** 0.5
    return [bool(abs(値 - 平均) > 幅) for 値 in 新しい値]


def outside_of_new(学習, 新しい値):
    return [bool(値 < min(新しい値) or 値 > max(新しい値)) for 値 in 学習]


def ranges(data, rng) -> list:
    """Hidden inputs: twelve temperatures seen, and new ones below, at the edges, within, between the usual and the seen, above."""
    made = []
    for middle in (18.0, 24.0):
        seen = [*(middle + rng.uniform(-2, 2, 10)).round(1).tolist(), middle - 9, middle + 9]
        new = [middle - 12, middle - 9, middle - 8.5, middle, middle + 8.5, middle + 9, middle + 9.1, middle + 15]
        made.append([seen, rng.permutation(new).round(1).tolist()])
    return made


def range_sample(data, rng) -> list:
    """Public sample."""
    return [[[12.0, 18.5, 25.0], [10.0, 20.0, 38.0]]]


# 西暦(書いた年): the year of the common era of 令和6年, R6, 平成31年, 2024年 …


def common_era(書いた年):
    import re

    字 = 書いた年.replace("元", "1")
    年 = int(re.search(r"\d+", 字)[0])
    元 = {"令": 2018, "R": 2018, "平": 1988, "H": 1988, "昭": 1925, "S": 1925}
    return 年 + 元.get(字[0], 0)


def common_era_a_year_off(書いた年):
    import re

    字 = 書いた年.replace("元", "1")
    年 = int(re.search(r"\d+", 字)[0])
    元 = {"令": 2019, "R": 2019, "平": 1989, "H": 1989, "昭": 1926, "S": 1926}
    return 年 + 元.get(字[0], 0)


def common_era_of_reiwa_alone(書いた年):
    import re

    字 = 書いた年.replace("元", "1")
    年 = int(re.search(r"\d+", 字)[0])
    return 年 if 年 > 1900 else 年 + 2018


def common_era_not(書いた年):
    import re

    return int(re.search(r"\d+", 書いた年.replace("元", "1"))[0])


def common_era_a_year_early(書いた年):
    import re

    字 = 書いた年.replace("元", "0")
    年 = int(re.search(r"\d+", 字)[0])
    元 = {"令": 2018, "R": 2018, "平": 1988, "H": 1988, "昭": 1925, "S": 1925}
    return 年 + 元.get(字[0], 0)


def era_years(data, rng) -> list:
    """Hidden inputs: years as slips have them, the first and last of each era among them."""
    reiwa, heisei = int(rng.integers(2, 9)), int(rng.integers(2, 31))
    written = [
        f"令和{reiwa}年",
        f"R{reiwa}",
        "令和元年",
        "平成31年",
        f"平成{heisei}年",
        f"H{heisei}",
        "平成元年",
        "昭和64年",
    ]
    return [[one] for one in [*written, "S60", f"{2000 + heisei}年", "2019"]]


def era_sample(data, rng) -> list:
    """Public sample."""
    return [["令和6年"], ["R6"], ["2024年"]]


# 基準線(出荷): mean absolute errors of (same as yesterday, mean of all days before), from the eighth day on


def baselines(出荷):
    昨日 = [abs(出荷[i] - 出荷[i - 1]) for i in range(7, len(出荷))]
    平均 = [abs(出荷[i] - sum(出荷[:i]) / i) for i in range(7, len(出荷))]
    return sum(昨日) / len(昨日), sum(平均) / len(平均)


def baselines_with_later_days(出荷):
    昨日 = [abs(出荷[i] - 出荷[i - 1]) for i in range(7, len(出荷))]
    平均 = [abs(出荷[i] - sum(出荷) / len(出荷)) for i in range(7, len(出荷))]
    return sum(昨日) / len(昨日), sum(平均) / len(平均)


def baselines_signed(出荷):
    昨日 = [出荷[i] - 出荷[i - 1] for i in range(7, len(出荷))]
    平均 = [出荷[i] - sum(出荷[:i]) / i for i in range(7, len(出荷))]
    return sum(昨日) / len(昨日), sum(平均) / len(平均)


def baselines_of_tomorrow(出荷):
    昨日 = [abs(出荷[i] - 出荷[i]) for i in range(7, len(出荷))]
    平均 = [abs(出荷[i] - sum(出荷[: i + 1]) / (i + 1)) for i in range(7, len(出荷))]
    return sum(昨日) / len(昨日), sum(平均) / len(平均)


def baselines_in_percent(出荷):
    昨日 = [abs(出荷[i] - 出荷[i - 1]) / 出荷[i] for i in range(7, len(出荷))]
    平均 = [abs(出荷[i] - sum(出荷[:i]) / i) / 出荷[i] for i in range(7, len(出荷))]
    return sum(昨日) / len(昨日), sum(平均) / len(平均)


def shipments(data, rng) -> list:
    """Hidden inputs: kilograms shipped on twenty-five days, rising and falling slowly."""
    made = []
    for _ in range(3):
        steps = rng.normal(0.8, 3, 25).cumsum()
        made.append([(60 + steps - steps.min() + rng.normal(0, 1, 25)).round(1).tolist()])
    return made


def shipment_sample(data, rng) -> list:
    """Public sample: nine days."""
    return [[[10.0, 12.0, 11.0, 13.0, 12.0, 14.0, 13.0, 15.0, 11.0]]]


FUNCTIONS.update(
    {
        f.__name__: f
        for f in (
            limits_from_calm_groups,
            limits_from_all_groups,
            limits_of_the_drawing,
            limits_by_overall_spread,
            limits_without_factor,
            group_tables,
            group_sample,
            watch_from_first_errors,
            watch_from_all_errors,
            watch_upwards_only,
            watch_at_two_sigma,
            watch_around_zero,
            error_series,
            error_sample,
            outside_of_seen,
            outside_never,
            outside_above_only,
            outside_of_usual,
            outside_of_new,
            ranges,
            range_sample,
            common_era,
            common_era_a_year_off,
            common_era_of_reiwa_alone,
            common_era_not,
            common_era_a_year_early,
            era_years,
            era_sample,
            baselines,
            baselines_with_later_days,
            baselines_signed,
            baselines_of_tomorrow,
            baselines_in_percent,
            shipments,
            shipment_sample,
        )
    }
)

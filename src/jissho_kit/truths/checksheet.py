"""Results on the check sheets (F6): four ways to rank defect items, and reference solutions of B-F-1b."""

from __future__ import annotations

from jissho_kit.truths._pareto import ranked
from jissho_kit.truths._registry import FUNCTIONS, RESULTS


def checksheet(tables, **_) -> dict:
    """Named results: totals and tops by lines, pieces, unit price and loss (yen); items up to 80 %."""
    df = tables["checksheet"]
    found = ranked(df["不良項目"], df["件数"], df["損失単価"], df["ライン"])
    worst, busiest = found["line_of_top_loss"], found["line_of_most_count"]
    other = next(line for line in "ABC" if line not in (worst, busiest))
    return found | {"days": df["日付"].nunique(), "line_other": other}


RESULTS["checksheet"] = checksheet


def pareto_by_loss(df):
    損失 = df["件数"] * df["損失単価"]
    表 = 損失.groupby(df["不良項目"]).sum().sort_values(ascending=False)
    return 表.cumsum() / 表.sum()


def pareto_by_count(df):
    表 = df.groupby("不良項目")["件数"].sum().sort_values(ascending=False)
    return 表.cumsum() / 表.sum()


def pareto_unsorted(df):
    損失 = df["件数"] * df["損失単価"]
    表 = 損失.groupby(df["不良項目"]).sum()
    return 表.cumsum() / 表.sum()


def pareto_ascending(df):
    損失 = df["件数"] * df["損失単価"]
    表 = 損失.groupby(df["不良項目"]).sum().sort_values()
    return 表.cumsum() / 表.sum()


def pareto_without_cumulation(df):
    損失 = df["件数"] * df["損失単価"]
    表 = 損失.groupby(df["不良項目"]).sum().sort_values(ascending=False)
    return 表 / 表.sum()


FUNCTIONS.update(
    {
        f.__name__: f
        for f in (pareto_by_loss, pareto_by_count, pareto_unsorted, pareto_ascending, pareto_without_cumulation)
    }
)


def small_checksheets(data, rng) -> list:
    """Hidden inputs: three random samples of the course's sheet, each with at least four items."""
    df = data["checksheet"][["不良項目", "件数", "損失単価"]].dropna()
    return [[df.sample(120, random_state=int(rng.integers(2**31))).reset_index(drop=True)] for _ in range(3)]


FUNCTIONS["small_checksheets"] = small_checksheets


def sample_checksheet(data, rng) -> list:
    """Public sample input: the first lines of a made-up sheet, small enough to check by hand."""
    import pandas as pd

    return [
        [
            pd.DataFrame(
                {
                    "不良項目": ["キズ", "寸法", "キズ", "汚れ"],
                    "件数": [6.0, 2.0, 4.0, 3.0],
                    "損失単価": [50, 800, 50, 20],
                }
            )
        ]
    ]


FUNCTIONS["sample_checksheet"] = sample_checksheet

"""Results on the check sheets (F6): four ways to rank defect items, and reference solutions of B-F-1b."""

from __future__ import annotations

from jissho_kit.truths._registry import FUNCTIONS, RESULTS


def checksheet(tables, **_) -> dict:
    """Named results: totals and tops by lines, pieces, unit price and loss (yen); items up to 80 %."""
    df = tables["checksheet"]
    loss = df["件数"] * df["損失単価"]
    by_loss = loss.groupby(df["不良項目"]).sum().sort_values(ascending=False)
    by_count = df.groupby("不良項目")["件数"].sum().sort_values(ascending=False)
    by_rows = df["不良項目"].value_counts()
    price = df.groupby("不良項目")["損失単価"].mean()
    top = by_loss.index[0]
    of_top = df[df["不良項目"] == top]
    loss_by_line = loss[of_top.index].groupby(of_top["ライン"]).sum().sort_values(ascending=False)
    count_by_line = df.groupby("ライン")["件数"].sum().sort_values(ascending=False)
    loss_80, count_80, rows_80 = (_items_to(share, 0.8) for share in (by_loss, by_count, by_rows))
    return {
        "rows": len(df),
        "items": df["不良項目"].nunique(),
        "blanks": int(df["件数"].isna().sum()),
        "days": df["日付"].nunique(),
        "top_rows": by_rows.index[0],
        "top_rows_rows": int(by_rows.iloc[0]),
        "top_rows_count": int(by_count[by_rows.index[0]]),
        "top_count": by_count.index[0],
        "top_count_count": int(by_count.iloc[0]),
        "top_count_rows": int(by_rows[by_count.index[0]]),
        "top_count_loss": int(by_loss[by_count.index[0]]),
        "top_count_loss_rank": int(list(by_loss.index).index(by_count.index[0]) + 1),
        "top_price": price.idxmax(),
        "top_loss": top,
        "top_loss_yen": int(by_loss.iloc[0]),
        "top_loss_share": float(by_loss.iloc[0] / by_loss.sum()),
        "top_loss_count": int(by_count[top]),
        "top_loss_count_rank": int(list(by_count.index).index(top) + 1),
        "top_loss_price_sum": int(of_top["損失単価"].sum()),
        "top_loss_mean_price": float(by_count[top] * of_top["損失単価"].mean()),
        "second_loss": by_loss.index[1],
        "second_loss_yen": int(by_loss.iloc[1]),
        "break_even": float(by_loss.iloc[1] / by_loss.iloc[0]),
        "total_loss": int(loss.sum()),
        "total_count": int(df["件数"].sum()),
        "loss_80": loss_80,
        "loss_80_short": loss_80 - 1,
        "count_80": count_80,
        "rows_80": rows_80,
        "line_of_top_loss": loss_by_line.index[0],
        "line_of_top_loss_share": float(loss_by_line.iloc[0] / loss_by_line.sum()),
        "line_of_most_count": count_by_line.index[0],
        "line_other": next(line for line in "ABC" if line not in (loss_by_line.index[0], count_by_line.index[0])),
    }


def _items_to(ranked, share: float) -> int:
    """How many items, from the top, are needed to reach ``share`` of the total."""
    return int((ranked.cumsum() / ranked.sum() < share).sum() + 1)


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


FUNCTIONS.update({f.__name__: f for f in (pareto_by_loss, pareto_by_count, pareto_unsorted, pareto_ascending, pareto_without_cumulation)})


def small_checksheets(data, rng) -> list:
    """Hidden inputs: three random samples of the course's sheet, each with at least four items."""
    df = data["checksheet"][["不良項目", "件数", "損失単価"]].dropna()
    return [[df.sample(120, random_state=int(rng.integers(2**31))).reset_index(drop=True)] for _ in range(3)]


FUNCTIONS["small_checksheets"] = small_checksheets


def sample_checksheet(data, rng) -> list:
    """Public sample input: the first lines of a made-up sheet, small enough to check by hand."""
    import pandas as pd

    return [[pd.DataFrame({"不良項目": ["キズ", "寸法", "キズ", "汚れ"], "件数": [6.0, 2.0, 4.0, 3.0], "損失単価": [50, 800, 50, 20]})]]


FUNCTIONS["sample_checksheet"] = sample_checksheet

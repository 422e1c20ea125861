"""Four ways to rank what is written on check sheets and slips: by rows, by amount, by price and by loss."""

from __future__ import annotations

import pandas as pd


def ranked(item: pd.Series, amount: pd.Series, price: pd.Series, place: pd.Series) -> dict:
    """Results of one table: what leads in rows, amount, mean price and loss, and how many items make 80 %.

    Parameters
    ----------
    item, place : Series of str
        What was noted in each row, and where.
    amount : Series of float
        Pieces or kg of each row; blanks count as nothing.
    price : Series of int
        Yen per unit of ``amount``.
    """
    loss = amount * price
    by_loss = loss.groupby(item).sum().sort_values(ascending=False)
    by_count = amount.groupby(item).sum().sort_values(ascending=False)
    by_rows = item.value_counts()
    mean_price = price.groupby(item).mean()
    top = by_loss.index[0]
    of_top = item == top
    loss_by_place = loss[of_top].groupby(place[of_top]).sum().sort_values(ascending=False)
    loss_80, count_80, rows_80 = (_items_to(share, 0.8) for share in (by_loss, by_count, by_rows))
    return {
        "rows": len(item),
        "items": item.nunique(),
        "blanks": int(amount.isna().sum()),
        "top_rows": by_rows.index[0],
        "top_rows_rows": int(by_rows.iloc[0]),
        "top_rows_count": int(by_count[by_rows.index[0]]),
        "top_count": by_count.index[0],
        "top_count_count": int(by_count.iloc[0]),
        "top_count_rows": int(by_rows[by_count.index[0]]),
        "top_count_loss": int(by_loss[by_count.index[0]]),
        "top_count_loss_rank": int(list(by_loss.index).index(by_count.index[0]) + 1),
        "top_price": mean_price.idxmax(),
        "top_loss": top,
        "top_loss_yen": int(by_loss.iloc[0]),
        "top_loss_share": float(by_loss.iloc[0] / by_loss.sum()),
        "top_loss_count": int(by_count[top]),
        "top_loss_count_rank": int(list(by_count.index).index(top) + 1),
        "top_loss_price_sum": int(price[of_top].sum()),
        "top_loss_mean_price": float(by_count[top] * price[of_top].mean()),
        "second_loss": by_loss.index[1],
        "second_loss_yen": int(by_loss.iloc[1]),
        "break_even": float(by_loss.iloc[1] / by_loss.iloc[0]),
        "total_loss": int(loss.sum()),
        "total_count": int(amount.sum()),
        "loss_80": loss_80,
        "loss_80_short": loss_80 - 1,
        "count_80": count_80,
        "rows_80": rows_80,
        "line_of_top_loss": loss_by_place.index[0],
        "line_of_top_loss_share": float(loss_by_place.iloc[0] / loss_by_place.sum()),
        "line_of_most_count": amount.groupby(place).sum().idxmax(),
    }


def _items_to(by_item: pd.Series, share: float) -> int:
    """How many items, from the top, are needed to reach ``share`` of the total."""
    return int((by_item.cumsum() / by_item.sum() < share).sum() + 1)

"""Ways to change a hidden input so that a right function's answer is known to stay, or to move."""

from __future__ import annotations

import numpy as np
import pandas as pd


def shuffled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels in another order: there is nothing left to learn (placebo by row)."""
    return rng.permutation(labels)


def shuffled_by_group(labels: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each group gets the labels of another: nothing to learn for a new group, all for a known one (placebo by group).

    Parameters
    ----------
    labels, groups : array of n
        All groups have as many rows.
    """
    names = pd.unique(pd.Series(groups))
    rows = [np.flatnonzero(groups == name) for name in names]
    changed = labels.copy()
    for to, other in zip(rows, rng.permutation(len(rows)), strict=True):
        changed[to] = labels[rows[other]]
    return changed


def with_canary(table: pd.DataFrame, name: str, labels: pd.Series) -> pd.DataFrame:
    """The table with one more column that equals the label, under a harmless name."""
    return table.assign(**{name: labels.to_numpy()})


def raised(table: pd.DataFrame, column: str, rows: np.ndarray, by: np.ndarray | float) -> pd.DataFrame:
    """The table with a column's values in some rows (positions) changed by an amount."""
    changed = table.copy()
    values = changed[column].to_numpy(dtype=float).copy()
    values[rows] += by
    return changed.assign(**{column: values})

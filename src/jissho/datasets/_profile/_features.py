"""What a model may look at, and the value before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jissho.datasets._profile._case import Case
from jissho.datasets._profile._structure import Tie, clock_of, moments, time_columns

TWO_YEARS = pd.Timedelta(days=730)
MOST_KINDS = 50  # rarer texts of a column count as one kind


@dataclass(frozen=True)
class Features:
    """What the model sees: ``values`` of shape (rows, columns), blanks NaN, texts as codes where ``texts`` is True."""

    names: list[str]
    values: np.ndarray
    texts: np.ndarray

    def one(self, name: str) -> Features:
        """A single column of it, as ordered numbers with blanks below all others."""
        column = self.values[:, [self.names.index(name)]]
        blank = np.isnan(column)
        return Features([name], np.where(blank, column[~blank].min() - 1, column), np.array([False]))


def features_of(case: Case, tie: Tie) -> Features:
    """Columns known when the guess is made.

    A group's name, a date and a count of days are left out: what they stand for next time has never been seen.
    Of the time column the hour is kept, and the month where the table covers two years.
    """
    times = time_columns(case)
    out = {*times, *(clock_of(case, name) for name in times), *(tie.columns if tie.kind != "block" else ())}
    columns = {name: case.table[name] for name in case.left if name not in out and not is_date(case, name)}
    for name in [name for name in times if is_date(case, name)][:1]:
        columns |= _seasons(case, name)
    texts = np.array([values.dtype == object for values in columns.values()], bool)
    values = [
        _codes(values) if text else values.to_numpy() for values, text in zip(columns.values(), texts, strict=True)
    ]
    return Features(list(columns), np.column_stack(values) if values else np.empty((case.rows, 0)), texts)


def _codes(texts: pd.Series) -> np.ndarray:
    """Texts as 0, 1, … from the commonest, without a look at the target."""
    counts = texts.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return texts.map({text: min(code, MOST_KINDS) for code, text in enumerate(counts.index)}).to_numpy(float)


def is_date(case: Case, name: str) -> bool:
    return pd.api.types.is_datetime64_any_dtype(case.table[name])


def _seasons(case: Case, name: str) -> dict[str, pd.Series]:
    when = moments(case, name)
    parts = {f"{name}の時": when.dt.hour}
    if when.max() - when.min() >= TWO_YEARS:
        parts[f"{name}の月"] = when.dt.month
    return {key: part.astype(float) for key, part in parts.items() if part.nunique() > 1}


def previous_values(case: Case, tie: Tie, others: list[Tie]) -> np.ndarray | None:
    """For numbers in order of time: the mean target one time before, of the same group where groups were found."""
    if tie.kind != "time" or case.task.kind != "number":
        return None
    groups = next((other.codes for other in others if other.kind == "group"), np.zeros(case.rows, int))
    means = pd.DataFrame({"group": groups, "time": tie.codes, "y": case.y}).groupby(["group", "time"]).y.mean()
    before = means.groupby(level="group").shift()
    return before.reindex(pd.MultiIndex.from_arrays([groups, tie.codes])).to_numpy()

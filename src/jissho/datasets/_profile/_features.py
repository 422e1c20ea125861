"""What a model may look at, and the value before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jissho.datasets._profile._case import Case, is_dates
from jissho.datasets._profile._structure import Tie, clock_of, group_codes, moments, names_a_group, time_columns

TWO_YEARS = pd.Timedelta(days=730)
MOST_KINDS = 50  # rarer texts of a column count as one kind


@dataclass(frozen=True)
class Features:
    """What the model sees: ``values`` of shape (rows, columns), blanks NaN, texts as codes where ``texts`` is True."""

    names: list[str]
    values: np.ndarray
    texts: np.ndarray

    def one(self, name: str) -> Features:
        """A single column of it between 0 and 1, blanks below, as a tree in single precision can take it."""
        column = self.values[:, [self.names.index(name)]]
        column = column / (np.nanmax(np.abs(column)) or 1)
        column = (column - np.nanmin(column)) / (np.nanmax(column) - np.nanmin(column) or 1)
        return Features([name], np.nan_to_num(column, nan=-1.0), np.array([False]))


def features_of(case: Case, tie: Tie) -> Features:
    """Columns known when the guess is made.

    A group's name, a date and a count of days are left out: what they stand for next time has never been seen.
    Of the time column the hour is kept, and the month where the table covers two years.
    """
    times = time_columns(case)
    out = {*times, *(clock_of(case, name) for name in times), *(tie.columns if tie.kind != "block" else ())}
    columns = {name: case.table[name] for name in case.left if name not in out and not is_dates(case.table[name])}
    for name in [name for name in times if is_dates(case.table[name])][:1]:
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


def _seasons(case: Case, name: str) -> dict[str, pd.Series]:
    when = moments(case, name)
    parts = {f"{name}の時": when.dt.hour}
    if when.max() - when.min() >= TWO_YEARS:
        parts[f"{name}の月"] = when.dt.month
    return {key: part.astype(float) for key, part in parts.items() if part.nunique() > 1}


def previous_values(case: Case, tie: Tie) -> np.ndarray | None:
    """For numbers in order of time: the mean target one time before, of the same machine, house or animal."""
    if tie.kind != "time" or case.task.kind != "number":
        return None
    of = _of(case, tie.codes)
    means = pd.DataFrame({"of": of, "time": tie.codes, "y": case.y}).groupby(["of", "time"]).y.mean()
    return means.groupby(level="of").shift().reindex(pd.MultiIndex.from_arrays([of, tie.codes])).to_numpy()


def _of(case: Case, times: np.ndarray) -> np.ndarray:
    """What each row is of, where several things are measured at the same times; else one code for all."""
    best, most = np.zeros(case.rows, int), len(np.unique(times)) * 1.5
    for name in case.left:
        if names_a_group(name) and 2 <= case.table[name].nunique() <= case.rows / 10:
            codes = group_codes(case.table[name])
            if (pairs := len(np.unique(np.c_[codes, times], axis=0))) > most:
                best, most = codes, pairs
    return best

"""What a model may look at, and the value before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho.datasets._profile._case import Case
from jissho.datasets._profile._structure import Tie, clock_of, moments, time_columns

TWO_YEARS = pd.Timedelta(days=730)


def features_of(case: Case, tie: Tie) -> pd.DataFrame:
    """Columns known when the guess is made, as floats and text. Shape (rows, columns).

    A group's name, a date and a count of days are left out: what they stand for next time has never been seen.
    Of the time column the hour is kept, and the month where the table covers two years.
    """
    times = time_columns(case)
    out = {*times, *tie.columns} if tie.kind != "block" else {*times}
    out |= {clock_of(case, name) for name in times}
    plain = [c for c in case.left if c not in out and not is_date(case, c)]
    return pd.concat([case.table[plain], *[_seasons(case, name) for name in times[:1] if is_date(case, name)]], axis=1)


def is_date(case: Case, name: str) -> bool:
    return pd.api.types.is_datetime64_any_dtype(case.table[name])


def _seasons(case: Case, name: str) -> pd.DataFrame:
    when = moments(case, name)
    parts = {f"{name}の時": when.dt.hour}
    if when.max() - when.min() >= TWO_YEARS:
        parts[f"{name}の月"] = when.dt.month
    return pd.DataFrame(
        {key: part.astype(float) for key, part in parts.items() if part.nunique() > 1}, case.table.index
    )


def previous_values(case: Case, tie: Tie, others: list[Tie]) -> np.ndarray | None:
    """For numbers in order of time: the mean target one time before, of the same group where groups were found."""
    if tie.kind != "time" or case.task.kind != "number":
        return None
    groups = next((other.codes for other in others if other.kind == "group"), np.zeros(case.rows, int))
    means = pd.DataFrame({"group": groups, "time": tie.codes, "y": case.y}).groupby(["group", "time"]).y.mean()
    before = means.groupby(level="group").shift()
    return before.reindex(pd.MultiIndex.from_arrays([groups, tie.codes])).to_numpy()

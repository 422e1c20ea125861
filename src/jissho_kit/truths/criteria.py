"""Criteria of function items: from inputs and outputs to the label of what is wrong, "" where nothing is.

A criterion looks at one call, ``judge(args, output)``, or with :func:`over_all` at all calls of an item together,
``judge(inputs, outputs)``: what must follow when an input is changed (metamorphic), what must not help (shuffled labels,
a column that gives the answer away), what must not matter (values that come later). These functions make criteria; the
modules of this room register them under the names that items use. Outputs are hostile: of any type and shape; a criterion
may raise on what it cannot look at, and the judge then says that it is not the kind of answer asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

Criterion = Callable[[list, Any], str]
MOST_FOLDS = 1000


def over_all(judge: Callable[[list[list], list], str]) -> Callable[[list[list], list], str]:
    """Mark a criterion that sees all inputs and outputs of an item at once."""
    judge.sees_all = True
    return judge


def first_of(faults: Mapping[str, Any]) -> str:
    """The first label whose finding is true, or ""."""
    return next((label for label, found in faults.items() if found), "")


# Splits


def split_of_tables(
    row: str, group: str | None = None, time: str | None = None, least: float = 0.1, most: float = 0.5
) -> Criterion:
    """Criterion of a split ``(train, test)`` of the table ``args[0]`` into two tables.

    Parameters
    ----------
    row : str
        Column by which a row is known.
    group : str, optional
        Column of lots, fruits, cows …: none may have rows on both sides.
    time : str, optional
        Column of times: no row of the test may be older than one of the training.
    least, most : float
        Share of the rows that the test may have.

    Returns
    -------
    callable
        Labels: not-two-tables, stranger, overlap, lost, size, one-group-astride, groups-astride, backwards, future.
    """

    def judge(args: list, output: Any) -> str:
        whole = args[0]
        if not isinstance(output, (list, tuple)) or len(output) != 2 or not all(map(is_part, output)):
            return "not-two-tables"
        times = pd.api.types.is_datetime64_any_dtype(whole[row])
        place = {name: position for position, name in enumerate(_names(whole[row], times))}
        train, test = ([place.get(name, -1) for name in _names(part[row], times)] for part in output)
        return (
            fault_in_rows(whole, train, test)
            or first_of(
                {
                    "lost": len({*train, *test}) < len(whole),
                    "size": not least <= len(set(test)) / len(whole) <= most,
                }
            )
            or leak_in_split(whole, train, test, group, time)
        )

    def is_part(part: Any) -> bool:
        return isinstance(part, pd.DataFrame) and row in part.columns

    return judge


def _names(column: pd.Series, times: bool) -> list:
    return (pd.to_datetime(column, errors="coerce") if times else column).tolist()


def fault_in_rows(whole: pd.DataFrame, train: Sequence[int], test: Sequence[int]) -> str:
    """Label of what is wrong with two sets of positions in a table as such: stranger, overlap."""
    inside = range(len(whole))
    return first_of({"stranger": not all(one in inside for one in (*train, *test)), "overlap": set(train) & set(test)})


def leak_in_split(
    whole: pd.DataFrame, train: Sequence[int], test: Sequence[int], group: str | None, time: str | None
) -> str:
    """Label of what a test tells too much by: one-group-astride, groups-astride, backwards, future."""
    names = whole[group].tolist() if group else range(len(whole))
    astride = {names[i] for i in train} & {names[i] for i in test}
    if astride:
        return "one-group-astride" if len(astride) == 1 else "groups-astride"
    if time and len(train) and len(test):
        before, after = (whole[time].iloc[list(part)] for part in (train, test))
        return first_of({"backwards": after.max() < before.min(), "future": before.max() > after.min()})
    return ""


def folds_of_positions(group: str | None = None, time: str | None = None, one_out: bool = False) -> Criterion:
    """Criterion of a cross-validation of the table ``args[0]``: a list of ``(train positions, test positions)``.

    Parameters
    ----------
    group, time : str, optional
        As in :func:`split_of_tables`, within each fold.
    one_out : bool
        Each test must be exactly one group, with all its rows.

    Returns
    -------
    callable
        Labels: not-folds, repeated, stranger, overlap, one-group-astride, groups-astride, backwards, future, not-one-group,
        twice, untested.
    """

    def judge(args: list, output: Any) -> str:
        whole = args[0]
        folds = _folds(output)
        if folds is None:
            return "not-folds"
        for train, test in folds:
            if len(set(train)) < len(train) or len(set(test)) < len(test):
                return "repeated"
            if label := fault_in_rows(whole, train, test) or leak_in_split(whole, train, test, group, time):
                return label
            if one_out and whole[group].iloc[test].nunique() != 1:
                return "not-one-group"
        tested = [position for _, test in folds for position in test]
        return first_of({"twice": len(set(tested)) < len(tested), "untested": not time and len(tested) < len(whole)})

    return judge


def _folds(output: Any) -> list[tuple[list[int], list[int]]] | None:
    if not isinstance(output, (list, tuple)) or not 1 <= len(output) <= MOST_FOLDS:
        return None
    folds = []
    for fold in output:
        if not isinstance(fold, (list, tuple)) or len(fold) != 2:
            return None
        parts = [positions(part) for part in fold]
        if None in parts or not all(parts):
            return None
        folds.append((parts[0], parts[1]))
    return folds


def positions(part: Any) -> list[int] | None:
    """A set of positions as plain integers; None for what is none (a bool is no position)."""
    if isinstance(part, (np.ndarray, pd.Index, pd.Series)):
        part = part.tolist()
    if not isinstance(part, (list, tuple, set)):
        return None
    found = list(part)
    return found if all(type(one) is int for one in found) else None


# Columns


def columns_known(
    usable: set[str], forbidden: Mapping[str, set[str]], strange: set[str] = frozenset(), canary: str = ""
) -> Criterion:
    """Criterion of a list of column names chosen from the table ``args[0]``.

    Parameters
    ----------
    usable : set of str
        Every one of them that the table has must be chosen.
    forbidden : mapping of label to set of str
        Columns that must not be, by the label of the fault, in the order they are looked for.
    strange : set of str
        Columns that nobody vouched for.
    canary : str
        A column equal to the label under a harmless name.

    Returns
    -------
    callable
        Labels: not-names, all, those of ``forbidden``, canary, stranger, absent, missing.
    """

    def judge(args: list, output: Any) -> str:
        present = list(args[0].columns)
        if not isinstance(output, (list, tuple, set, frozenset)) or not all(isinstance(c, str) for c in output):
            return "not-names"
        chosen = set(output)
        return first_of(
            {"all": chosen == set(present)}
            | {label: chosen & names for label, names in forbidden.items()}
            | {
                "stranger": chosen & strange,
                "canary": canary in chosen,
                "absent": chosen - set(present),
                "missing": usable & set(present) - chosen,
            }
        )

    return judge


# What must follow from a change of the input


@dataclass(frozen=True)
class Relation:
    """What must hold between the outputs of two inputs (numbers in the list of inputs), and the label where it does not."""

    base: int
    changed: int
    holds: Callable[[Any, Any], bool]
    label: str


def falls(before: float, after: float) -> bool:
    """Whether a number has become smaller."""
    return after < before


def rises(before: float, after: float) -> bool:
    """Whether a number has become larger."""
    return after > before


def moves(before: float, after: float) -> bool:
    """Whether anything has changed."""
    return not unchanged(before, after)


def moves_by(step: float, tolerance: float = 1e-6) -> Callable[[float, float], bool]:
    """Whether a number has become larger by ``step``."""
    return lambda before, after: abs(after - before - step) <= tolerance


def unchanged(before: Any, after: Any) -> bool:
    """Whether two outputs are the same, rounding apart; a missing value equals a missing value."""
    if isinstance(before, pd.DataFrame):
        return (
            isinstance(after, pd.DataFrame)
            and before.shape == after.shape
            and list(before.columns) == list(after.columns)
            and all(unchanged(before.iloc[:, i], after.iloc[:, i]) for i in range(before.shape[1]))
        )
    a, b = (one.tolist() if hasattr(one, "tolist") else one for one in (before, after))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(unchanged, a, b))
    if is_real(a) and is_real(b):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(a) and math.isnan(b))
    return type(a) is type(b) and (a == b or (a is pd.NaT and b is pd.NaT))


def is_real(value: Any) -> bool:
    """A real number, NaN too; a bool is none."""
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def is_finite(value: Any) -> bool:
    """A finite number; a bool is none."""
    return is_real(value) and math.isfinite(value)


def metamorphic(
    *relations: Relation,
    valid: Callable[[Any], bool] = is_finite,
    before: Callable[[list[list], list], str] = lambda inputs, outputs: "",
    after: Callable[[list[list], list], str] = lambda inputs, outputs: "",
) -> Callable[[list[list], list], str]:
    """Criterion of relations between outputs, looked at in order.

    Parameters
    ----------
    relations : Relation
    valid : callable
        Whether one output is of the kind asked for; otherwise the label is ``not-asked``.
    before, after : callable
        ``(inputs, outputs) → label`` of further faults, looked at before and after the relations.
    """

    @over_all
    def judge(inputs: list[list], outputs: list) -> str:
        if not all(map(valid, outputs)):
            return "not-asked"
        if label := before(inputs, outputs):
            return label
        broken = (one.label for one in relations if not one.holds(outputs[one.base], outputs[one.changed]))
        return next(broken, "") or after(inputs, outputs)

    return judge


# What must not help


def placebo(roles: Sequence[str], most: Mapping[str, float], least: Mapping[str, float]) -> Callable:
    """Criterion of an evaluation ``評価(X, y, group) → score`` between 0 and 1.

    Parameters
    ----------
    roles : sequence of str
        What each hidden input is, in their order: labels shuffled by row, by group …
    most : mapping of role to score
        The mean score over a role's inputs may not be above it (chance, and the noise of so few draws); a role above it
        is the label, in the order of the mapping.
    least : mapping of role to score
        Nor below it, where there is something to find: label ``no-skill``.
    """

    @over_all
    def judge(inputs: list[list], outputs: list) -> str:
        if not all(is_finite(one) and 0 <= one <= 1 for one in outputs):
            return "not-a-score"
        mean = {role: np.mean([o for o, r in zip(outputs, roles, strict=True) if r == role]) for role in set(roles)}
        return next((role for role, limit in most.items() if mean[role] > limit), "") or first_of(
            {"no-skill": any(mean[role] < limit for role, limit in least.items())}
        )

    return judge


def predictions(truth: Callable[[list], np.ndarray], worst: float) -> Criterion:
    """Criterion of predictions for the rows of the table ``args[1]``, learnt from ``args[0]``.

    Parameters
    ----------
    truth : callable
        Arguments → what was to be predicted, from the law that the hidden input was drawn by.
    worst : float
        Largest mean absolute error, as a share of that of always saying the mean.

    Returns
    -------
    callable
        Labels: not-numbers, length, constant, poor.
    """

    def judge(args: list, output: Any) -> str:
        values = output.tolist() if hasattr(output, "tolist") else output
        if not isinstance(values, (list, tuple)) or not all(map(is_finite, values)):
            return "not-numbers"
        wanted = truth(args)
        if len(values) != len(wanted):
            return "length"
        error, idle = (float(np.mean(np.abs(wanted - one))) for one in (np.asarray(values), np.mean(wanted)))
        return first_of({"constant": np.ptp(values) == 0, "poor": error > worst * idle})

    return judge

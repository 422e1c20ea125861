"""Compare answers as values: numbers within a tolerance, tables by content, words by their normal form."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

RELATIVE = 1e-9  # two roads to the same number differ by rounding only
MOST_DEPTH = 12


def other_factors(unit: str) -> list[float]:
    """What a bare number may also be worth, relative to its item's unit: a share for %, 万円 for 円 …"""
    from jissho.normalise import READINGS, WORTH

    return [float(WORTH[other] / WORTH[unit]) for other in READINGS.get(unit, []) if other != unit]


def in_unit(value: float, unit: str) -> float:
    """A number of base unit (share, yen) as people write it in ``unit``: 0.9955 → 99.55 for %."""
    from jissho.normalise import WORTH

    return value / float(WORTH.get(unit, 1))


def confusable(a: float, b: float, unit: str, margin: float) -> bool:
    """Whether two numbers (base unit) lie within ``margin`` in some reading of either."""
    return any(abs(a * f - b) <= margin or abs(a / f - b) <= margin for f in [1.0, *other_factors(unit)])


# A number with the unit written behind it, as it stands in a sentence.
WRITTEN = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:%|[千万億百]*円)?")


def says(sentence: str, value: float, unit: str, tolerance: float) -> bool:
    """Whether a number in the sentence is ``value`` in some reading."""
    from jissho.normalise import parse_number

    readings = (
        reading
        for said in WRITTEN.findall(unicodedata.normalize("NFKC", sentence))
        for reading, _ in parse_number(said, unit)
    )
    return any(close(reading, value, tolerance) for reading in readings)


def close(a: float, b: float, tolerance: float = 0.0) -> bool:
    """Whether two numbers agree within an absolute tolerance (rounding apart)."""
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=tolerance * (1 + 1e-6))


def is_number(value: Any) -> bool:
    """A finite real number; a bool is none."""
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) and math.isfinite(value)


def same(a: Any, b: Any, tolerance: float = 0.0, depth: int = MOST_DEPTH) -> bool:
    """Whether two answers are the same value. Lists, tuples and arrays of equal content are the same."""
    if depth == 0:
        return False
    if isinstance(a, pd.DataFrame) or isinstance(b, pd.DataFrame):
        both = isinstance(a, pd.DataFrame) and isinstance(b, pd.DataFrame)
        return (
            both
            and list(a.columns) == list(b.columns)
            and all(same(a.iloc[:, i].tolist(), b.iloc[:, i].tolist(), tolerance, depth - 1) for i in range(a.shape[1]))
        )
    if isinstance(a, pd.Series) and isinstance(b, pd.Series):
        return same(a.index.tolist(), b.index.tolist(), 0.0, depth - 1) and same(
            a.tolist(), b.tolist(), tolerance, depth - 1
        )
    a, b = _listed(a), _listed(b)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return set(a) == set(b) and all(same(a[key], b[key], tolerance, depth - 1) for key in a)
    if isinstance(a, (set, frozenset)) or isinstance(b, (set, frozenset)):
        return isinstance(a, (set, frozenset)) and isinstance(b, (set, frozenset)) and a == b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y, tolerance, depth - 1) for x, y in zip(a, b, strict=True))
    if is_number(a) and is_number(b):
        return close(float(a), float(b), tolerance)
    return type(a) is type(b) and a == b


def _listed(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, pd.Series):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value

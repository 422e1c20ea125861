"""Statistics of small classes: shares with Wilson intervals, the rest with bootstrap intervals; nothing is random."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95
DRAWS = 2000
FEWEST = 6  # people, so that each third has at least two
SMALL = 30  # below this every figure is 参考値 (curriculum-design D.5)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval. ``value`` is None where the data do not determine it."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def share(hits: float, n: int) -> Estimate:
    """A share with Wilson's score interval.

    Unlike a bootstrap it stays honest at 0 and 1 (three of three is not 100 % for certain). For a mean of partial
    credits (``hits`` not whole) it is on the safe side: such a mean varies less than a share of the same size.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if not n:
        return Estimate()
    z, p = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), hits / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n)))


def bootstrapped(statistic: Callable[..., np.ndarray], *samples: np.ndarray, label: str) -> Estimate:
    """A statistic of people with its percentile bootstrap interval.

    Parameters
    ----------
    statistic : callable
        Takes as many arrays as there are samples, works along the last axis, gives NaN where it is not defined.
    *samples : arrays (people,)
        Drawn together: a person's values stay side by side.
    label : str
        What is computed; the draws follow from it, so that the same data give the same interval.

    Returns
    -------
    Estimate
        Without an interval where the statistic is not defined in more than half of 2,000 draws.

    Notes
    -----
    Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    n = len(samples[0])
    value = float(statistic(*samples)) if n else np.nan
    if not np.isfinite(value):
        return Estimate()
    picks = np.random.default_rng(zlib.crc32(label.encode())).integers(n, size=(DRAWS, n))
    drawn = statistic(*(sample[picks] for sample in samples))
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < DRAWS / 2:
        return Estimate(value)
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(value, float(low), float(high))


def discrimination(item: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """D: mean of the upper third less mean of the lower third.

    Parameters
    ----------
    item : array (…, people)
        Share of the item's points.
    rest : array (…, people)
        Share of the points of all other items. With few items a total that holds the item itself would flatter it.

    Returns
    -------
    array (…)
        −1 … 1; NaN where all people are alike in one of the two. People tied at a third's edge share its places, so
        that the order of people does not matter.

    Notes
    -----
    Source: R. L. Ebel, Procedures for the analysis of classroom tests, EPM 14 (1954), with thirds as in
    curriculum-design D.5 and the rest score in place of the total.
    """
    size = item.shape[-1] / 3
    difference = ((_lowest(-rest, size) - _lowest(rest, size)) * item).sum(axis=-1) / size
    return np.where(_alike(item) | _alike(rest), np.nan, difference)


def _lowest(values: np.ndarray, size: float) -> np.ndarray:
    """Weights of the ``size`` lowest; those tied at the edge share what is left."""
    edge = np.sort(values, axis=-1)[..., ceil(size) - 1, None]
    below, tied = values < edge, values == edge
    left = size - below.sum(axis=-1, keepdims=True)
    return below + tied * left / tied.sum(axis=-1, keepdims=True)


def _alike(values: np.ndarray) -> np.ndarray:
    return values.max(axis=-1) == values.min(axis=-1)


def item_rest(item: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Point-biserial correlation, corrected: item against the rest (arrays as in :func:`discrimination`).

    Source: S. Henrysson, Correction of item–total correlations in item analysis, Psychometrika 28 (1963).
    """
    x, y = (values - values.mean(axis=-1, keepdims=True) for values in (item, rest))
    flat = _alike(item) | _alike(rest)
    spread = np.where(flat, 1.0, np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1)))
    return np.where(flat, np.nan, (x * y).sum(axis=-1) / spread)


def class_gain(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Normalised gain of a class, <g> = (post̄ − prē) / (1 − prē), from class means.

    Parameters
    ----------
    before, after : array (…, people)
        Share of points of the same people (1 is the 100 of the usual formula).

    Returns
    -------
    array (…)
        At most 1, negative where the class lost; NaN where all were right before. Never a mean of individual gains,
        which errors of measurement bias (curriculum-design D.5).

    Notes
    -----
    Source: R. R. Hake, Interactive-engagement versus traditional methods, Am. J. Phys. 66 (1998).
    """
    first, last = before.mean(axis=-1), after.mean(axis=-1)
    room = 1 - first
    known = room > 1e-9
    return np.where(known, (last - first) / np.where(known, room, 1.0), np.nan)

"""How sure the result is: all numbers drawn at once within their stated ranges (Monte Carlo)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jissho.errors import DataError
from jissho.invest._proposal import Proposal
from jissho.invest._ranges import RANGES, Range, check_ranges

MAX_DRAWS = 1_000_000


@dataclass(frozen=True)
class Band:
    """``npv`` of each draw (yen, ascending), its percentiles, the share of draws that gain, and of those paid back in time.

    ``cumulative``: the same percentiles of the running total, shape (percentiles, years + 1), for a band in a chart.
    """

    npv: np.ndarray
    percentiles: dict[float, float]
    gains: float
    paid_back: float
    cumulative: np.ndarray


def monte_carlo(
    proposal: Proposal,
    ranges: Mapping[str, Range] = RANGES,
    draws: int = 4000,
    seed: int | np.random.Generator = 0,
    percentiles: Sequence[float] = (5, 50, 95),
) -> Band:
    """Draw the numbers within their ranges, independently of each other, the likeliest being as proposed.

    Parameters
    ----------
    proposal : Proposal
    ranges : mapping
        Field → :class:`Range`; a triangular distribution from low over the proposal's value to high.
    draws : int
        1–1,000,000.
    seed : int or numpy.random.Generator
        The same seed gives the same band, in whatever order the ranges stand.
    percentiles : sequence of number
        0–100.

    Raises
    ------
    DataError
        A range, the number of draws or a percentile is nonsense.
    """
    check_ranges(ranges)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or not 1 <= draws <= MAX_DRAWS:
        raise DataError("引く回数が使えません。", "draws", f"1〜{MAX_DRAWS:,}の整数にしてください。")
    if not all(0 <= one <= 100 for one in percentiles):
        raise DataError("百分位は0〜100で書きます。", "percentiles", "5、50、95 のように書いてください。")
    rng = np.random.default_rng(seed)
    drawn = replace(proposal, **{name: _drawn(name, ranges[name], proposal, draws, rng) for name in sorted(ranges)})
    flows = np.broadcast_to(drawn.flows(), (draws, proposal.years + 1))
    npv = np.broadcast_to(drawn.npv(), draws)
    total = np.cumsum(flows, axis=-1)
    return Band(
        npv=np.sort(npv),
        percentiles=dict(zip(percentiles, np.percentile(npv, list(percentiles)).tolist(), strict=True)),
        gains=float((npv > 0).mean()),
        paid_back=float((total >= 0).any(axis=-1).mean()),
        cumulative=np.percentile(total, list(percentiles), axis=0),
    )


def _drawn(name: str, one: Range, proposal: Proposal, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Triangular between the range's ends; even numbers are drawn first, so that a range of no width uses as many."""
    low, high = one.of(name, proposal)
    likeliest = min(max(getattr(proposal, name), low), high)
    even = rng.random(draws)
    if low == high:
        return np.full(draws, low)
    turn = (likeliest - low) / (high - low)
    rising = low + np.sqrt(even * (high - low) * (likeliest - low))
    falling = high - np.sqrt((1 - even) * (high - low) * (high - likeliest))
    return np.clip(np.where(even < turn, rising, falling), low, high)

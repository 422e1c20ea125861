"""Cash over the years, its present value, and when it has paid back.

Flows are arrays of shape (..., years + 1): the first is due today, the others at the years' ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jissho.errors import DataError

YEARS, DISCOUNT = 5, 0.03
RAMP = (0.3, 0.8)  # share of the full effect in the first and the second year; all of it from the third


@dataclass(frozen=True)
class Appraisal:
    """Of one plan: yearly ``flows`` and their running total (yen), ``payback`` (years; None: not within them), ``npv`` (yen)."""

    flows: tuple[float, ...]
    cumulative: tuple[float, ...]
    payback: float | None
    npv: float

    @property
    def payback_words(self) -> str:
        """``"4.1年"``, or that it is not paid back in the years looked at."""
        return f"{len(self.flows) - 1}年で戻らない" if self.payback is None else f"{self.payback:.1f}年"


def cash_flow(
    initial_yen: ArrayLike,
    effect_yen: ArrayLike,
    running_yen: ArrayLike = 0.0,
    ramp: Sequence[ArrayLike] = RAMP,
    years: int = YEARS,
    support_yen: Sequence[float] = (),
) -> np.ndarray:
    """Yearly flows of cash.

    Parameters
    ----------
    initial_yen : number or array
        Paid today.
    effect_yen, running_yen : number or array
        Per year, once in full swing; running cost is due in full from the first year.
    ramp : sequence
        Share of the effect in the first years (ratios); all of it afterwards.
    years : int
    support_yen : sequence of number
        What a measure or subsidy gives at the end of the first, second … year (tax put off comes back negative).

    Returns
    -------
    ndarray, shape (..., years + 1)
    """
    shares = [*ramp, *[1.0] * years][:years]
    support = [*support_yen, *[0.0] * years][:years]
    yearly = [
        np.asarray(share) * effect_yen - np.asarray(running_yen) + given
        for share, given in zip(shares, support, strict=True)
    ]
    return np.stack(np.broadcast_arrays(-np.asarray(initial_yen, dtype=float), *yearly), axis=-1)


def present_value(flows: ArrayLike, discount: ArrayLike = DISCOUNT) -> np.ndarray:
    """Σ flow_t / (1 + discount)^t along the last axis, t = 0 today, then the years' ends (net present value).

    Raises
    ------
    DataError
        ``discount`` is not above −1.
    """
    flows, rate = np.asarray(flows, dtype=float), np.asarray(discount, dtype=float)
    if not (rate > -1).all():
        raise DataError("割引率は -100% より大きい値にします。", "discount", "3%なら 0.03 と書いてください。")
    return (flows * (1 + rate[..., None]) ** -np.arange(flows.shape[-1], dtype=float)).sum(axis=-1)


def payback(flows: Sequence[float]) -> float | None:
    """Years until the flows (one plan, not discounted) add up to zero, evenly spread within a year; None: not within them."""
    total = np.cumsum(np.asarray(flows, dtype=float))
    paid = np.flatnonzero(total >= 0)
    if paid.size == 0:
        return None
    year = int(paid[0])
    return float(year - total[year] / flows[year]) if year else 0.0


def appraise(flows: Sequence[float], discount: float = DISCOUNT) -> Appraisal:
    """Flows of one plan with what they come to; ``discount`` per year as a ratio."""
    flows = np.asarray(flows, dtype=float)
    return Appraisal(
        flows=tuple(flows.tolist()),
        cumulative=tuple(np.cumsum(flows).tolist()),
        payback=payback(flows),
        npv=float(present_value(flows, discount)),
    )

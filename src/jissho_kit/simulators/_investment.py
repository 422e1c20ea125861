"""Arithmetic of an investment: yearly flows, net present value, payback, and what records can vouch for.

All functions take numbers or arrays (one element per case); money in yen, shares and rates as ratios.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

YEARS, DISCOUNT = 5, 0.03
RAMP = (0.3, 0.8)  # share of the full effect in the first and in the second year; full afterwards
Z = 1.96  # two-sided 95 %


def flows(
    initial: ArrayLike, effect: ArrayLike, running: ArrayLike, ramp: tuple[ArrayLike, ...] = RAMP, years: int = YEARS
) -> np.ndarray:
    """Yearly flows of cash, shape (..., years + 1): ``initial`` is paid at once, the rest falls due at the years' ends.

    ``effect`` is the full yearly effect, ``running`` the yearly cost; ``ramp`` gives the first years' share of the effect.
    """
    shares = [*ramp, *[1.0] * years][:years]
    yearly = [np.asarray(share) * effect - np.asarray(running) for share in shares]
    return np.stack(np.broadcast_arrays(-np.asarray(initial, dtype=float), *yearly), axis=-1)


def present_value(flow: ArrayLike, discount: float = DISCOUNT) -> np.ndarray:
    """Value today of flows along the last axis, the first of them due today: Σ flow_t / (1 + discount)^t."""
    flow = np.asarray(flow, dtype=float)
    return flow @ (1 + discount) ** -np.arange(flow.shape[-1], dtype=float)


def payback(flow: ArrayLike) -> float:
    """Years until the flows (one case, not discounted) add up to zero, evenly spread within a year.

    Beyond the last year its flow goes on for ever; infinite if that never pays the rest back.
    """
    flow = np.asarray(flow, dtype=float)
    total = np.cumsum(flow)
    paid = np.flatnonzero(total >= 0)
    if paid.size == 0:
        return float(len(flow) - 1 - total[-1] / flow[-1]) if flow[-1] > 0 else float("inf")
    year = int(paid[0])
    return float(year - total[year] / flow[year]) if year else 0.0


def lower_limit(share: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Lower end of the 95 % interval of a share seen in ``n`` events (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    return (n * share + Z**2 / 2 - Z * np.sqrt(n * share * (1 - share) + Z**2 / 4)) / (n + Z**2)


def events_needed(share: ArrayLike, floor: ArrayLike) -> np.ndarray:
    """Events in which ``share`` must be seen so that its :func:`lower_limit` is ``floor``; infinite if not below ``share``."""
    share, floor = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(floor, dtype=float))
    below = floor < share
    gap = np.where(below, share - floor, 1.0)
    return np.where(below, Z**2 * floor * (1 - floor) / gap**2, np.inf)

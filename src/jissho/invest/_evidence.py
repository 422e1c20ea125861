"""What the records at hand can vouch for: a vendor's recall is a promise until enough recorded events say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from jissho.invest._proposal import proposal_of
from jissho.invest._whatif import break_even

JUDGED = 0.5  # share of the recorded events kept for judging; the rest is for learning
Z = 1.96  # two-sided 95 %


@dataclass(frozen=True)
class Evidence:
    """Shares as ratios. ``vouched``: the least recall that the records can vouch for if the promise holds among them;
    ``needed``: recorded events with which that would reach ``break_even`` (infinite where the promise is below it).
    """

    recall: float
    break_even: float | None
    events: int
    vouched: float
    needed: float
    in_a_year: float

    @property
    def enough(self) -> bool:
        """Whether the records at hand suffice to decide."""
        return self.events >= self.needed

    @property
    def enough_in_a_year(self) -> bool:
        """Whether they do after a year of trial."""
        return self.in_a_year >= self.needed


def evidence_of(card: Mapping[str, Any]) -> Evidence:
    """Evidence of a card of the table ``cases`` (or a case of one's own with the same columns).

    Raises
    ------
    DataError
        A column is missing, or a number is out of its range.
    """
    proposal = proposal_of(card)
    turn = break_even(proposal, "recall")
    events = int(card["発生記録"])
    return Evidence(
        recall=proposal.recall,
        break_even=turn,
        events=events,
        vouched=float(lower_limit(proposal.recall, events * JUDGED)),
        needed=inf if turn is None else float(events_needed(proposal.recall, turn)) / JUDGED,
        in_a_year=events + float(card["発生記録の増え方"]),
    )


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

"""What the result hangs on: one number changed, each in turn, and where it turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jissho.errors import DataError
from jissho.invest._flow import Appraisal
from jissho.invest._proposal import FIELDS, Proposal
from jissho.invest._ranges import RANGES, Range, check_ranges

LINEAR = [name for name in FIELDS if name not in ("years", "discount")]


@dataclass(frozen=True)
class Bar:
    """One bar of a tornado chart: a number at its ``low`` and ``high`` value, the others as proposed (npv in yen)."""

    name: str
    label: str
    low: float
    high: float
    npv_low: float
    npv_high: float
    why: str = ""

    @property
    def swing(self) -> float:
        """Yen between the two ends."""
        return abs(self.npv_high - self.npv_low)


def what_if(proposal: Proposal, **changes: Any) -> Appraisal:
    """The proposal with some numbers changed. Raises DataError for a number it does not have or that is out of range."""
    if unknown := [name for name in changes if name not in FIELDS and name != "support_yen"]:
        raise DataError(f"「{unknown[0]}」という項目はありません。", unknown[0], f"使える名前: {', '.join(FIELDS)}")
    return replace(proposal, **changes).appraise()


def tornado(proposal: Proposal, ranges: Mapping[str, Range] = RANGES) -> list[Bar]:
    """Net present value with each number in turn at the low and at the high end of its range, largest swing first."""
    check_ranges(ranges)
    bars = []
    for name, one in ranges.items():
        low, high = one.of(name, proposal)
        ends = (what_if(proposal, **{name: value}).npv for value in (low, high))
        bars.append(Bar(name, FIELDS[name].label, low, high, *ends, one.why))
    return sorted(bars, key=lambda bar: -bar.swing)


def break_even(proposal: Proposal, name: str) -> float | None:
    """Value of one number at which the net present value is 0, the others as proposed; None where no value within its limits is.

    The net present value is linear in each of these numbers, so that two values tell where it turns.
    """
    if name not in LINEAR:
        raise DataError(f"「{name}」の分かれ目は求められません。", name, f"使える名前: {', '.join(LINEAR)}")
    field = FIELDS[name]
    first = getattr(proposal, name)
    second = first / 2 if first else min(field.most, 1.0)
    at_first, at_second = (what_if(proposal, **{name: value}).npv for value in (first, second))
    if at_first == at_second:
        return None
    turn = first - at_first * (first - second) / (at_first - at_second)
    return float(turn) if field.least <= turn <= field.most else None

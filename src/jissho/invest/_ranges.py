"""How far each number of a proposal may be off: stated, so that they can be argued about (仮定)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jissho.errors import DataError
from jissho.invest._proposal import FIELDS, Proposal


@dataclass(frozen=True)
class Range:
    """A number may lie between ``low`` and ``high`` times what the proposal says; ``why`` is for people."""

    low: float
    high: float
    why: str = ""

    def of(self, name: str, proposal: Proposal) -> tuple[float, float]:
        """Least and largest value in the number's own unit, kept within its limits."""
        field, value = FIELDS[name], getattr(proposal, name)
        return tuple(min(max(value * factor, field.least), field.most) for factor in (self.low, self.high))


RANGES = {
    "recall": Range(0.8, 1.05, "業者の見込みです。自社のデータでは下がることが多いです。"),
    "share": Range(0.7, 1.3, "不良や発生の割合は、年や季節で変わります。"),
    "miss_yen": Range(0.8, 1.2, "一件の損失は、相手と起きた時期で変わります。"),
    "false_share": Range(0.7, 2.0, "使い始めは、空振りが見込みより増えがちです。"),
    "running_yen": Range(0.9, 1.5, "見直しの手間や通信費は、後から増えがちです。"),
    "initial_yen": Range(0.95, 1.3, "設置や配線の追加で、増えがちです。"),
    "first_year": Range(0.5, 1.5, "立上りの早さは、現場の慣れで変わります。"),
}


def check_ranges(ranges: Mapping[str, Range]) -> None:
    """Raise DataError unless every range is of a number that may vary, and goes upwards."""
    for name, one in ranges.items():
        if name not in FIELDS or name in ("years", "discount"):
            raise DataError(f"「{name}」の幅は決められません。", "ranges", f"使える名前: {', '.join(RANGES)} など")
        if not 0 <= one.low <= one.high < float("inf"):
            raise DataError(
                f"「{FIELDS[name].label}」の幅が逆か、0より小さいか、限りがありません。",
                "ranges",
                "0.8 から 1.2 のように、見込みに掛ける数で書いてください。",
            )

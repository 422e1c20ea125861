"""What a column with something odd in it is (numbers, days, times, years), and how its cells are read then."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jissho.datasets._own._cells import Reading, squeezed
from jissho.datasets._own._dates import Moment, from_eight, from_serial, is_day_name, is_year_name
from jissho.datasets._own._grid import Cell

# Names of columns whose numbers are names: one value with a letter and all are text.
CODE_NAME = re.compile(
    r"番号|コード|品番|型番|型式|図番|品名|伝票|ロット|シリアル|電話|郵便|口座|(?:^|[^a-z])(?:no|id|code|tel|fax|zip|lot|serial)\.?$",
    re.I,
)
UNREADABLE = "読めない値です。書かれたまま残しました。"
MOST = 0.8  # share of the cells with a unit that must agree on it
ORDERS = {"ymd": "年/月/日", "mdy": "月/日/年", "dmy": "日/月/年"}

Read = Callable[[Cell, Reading], tuple[Any, str]]  # value (the cell itself if it cannot be read) and why it differs


@dataclass(frozen=True)
class Way:
    """How to read a column: ``dtype`` it has when every cell can be read, the reader, and the unit on its cells."""

    dtype: str
    read: Read
    unit: str = ""


class Facts:
    """Counts over the filled cells of a column: how many can be read as what.

    Parameters
    ----------
    name, unit : str
        Name of the column; its unit from heading or units row, ``""`` if unknown.
    readings : dict
        Distinct cell → :class:`Reading`.
    counts : dict
        Distinct cell → how often it is there.
    """

    def __init__(self, name: str, unit: str, readings: dict[Any, Reading], counts: dict[Any, int]) -> None:
        self.unit, self.readings, self.counts = unit, readings, counts
        self.day_name, self.year_name = is_day_name(name), is_year_name(name)
        self.code_name = bool(CODE_NAME.search(unicodedata.normalize("NFKC", name).strip()))
        tally: Counter = Counter()
        for key, reading in readings.items():
            for tag in _tags(reading):
                tally[tag] += counts[key]
        dated = tally["day"] + tally["slash"]
        self.trust = dated > 0 or self.day_name or self.year_name
        weak = "?" if self.trust else None
        self.total = tally["filled"]
        self.numbers = tally["number"]
        self.days = dated + tally["day", weak] + tally["slash", weak]
        self.times = tally["time"]
        self.years = tally["year"] + tally["year", weak]
        self.bad = tally["bad"] + tally["bad", weak]
        self.serials = tally["serial"] if self.day_name or dated else 0
        self.eight = self.day_name and 0 < self.total == tally["eight"]

    def moment(self, reading: Reading, *kinds: str) -> Moment | None:
        """The cell's moment if it is of one of these kinds and to be trusted in this column."""
        found = reading.moment
        return found if found and found.kind in kinds and (self.trust or not found.weak) else None

    def why_bad(self, reading: Reading) -> str:
        bad = self.moment(reading, "bad")
        return bad.why if bad else UNREADABLE


def _tags(reading: Reading) -> list[Any]:
    """What a cell counts as; a weak moment has a mark of its own."""
    if reading.missing:
        return []
    tags: list[Any] = ["filled"]
    if number := reading.number:
        tags.append("number")
        if not number.unit and not number.zeros:
            tags += ["serial"] * (from_serial(number.value) is not None) + ["eight"] * (
                from_eight(number.value) is not None
            )
    if moment := reading.moment:
        tags.append((moment.kind, "?") if moment.weak else moment.kind)
    return tags


def find_way(facts: Facts) -> Way | None:
    """Decide by majority how a column is read; ``None``: it is text."""
    half = facts.total / 2
    if facts.eight:
        return Way("datetime64[us]", _eight)
    if facts.days + facts.serials > 0 and facts.days + facts.serials + facts.bad > half:
        return Way("datetime64[us]", _day_reader(facts))
    if facts.times and facts.times + facts.bad > half:
        return Way("timedelta64[us]", _time_reader(facts))
    if facts.years and facts.years + facts.numbers > half:
        return Way("number", _year_reader(facts))
    return _number_way(facts) if facts.numbers > half else None


# --- days and times ---


def _eight(cell: Cell, reading: Reading) -> tuple[Any, str]:
    return from_eight(reading.number.value), "8けたの数字を日付として読みました。"


def _day_reader(facts: Facts) -> Read:
    order = _order(facts)

    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        moment = facts.moment(reading, "day", "slash", "bad", "time", "year")
        if moment and moment.kind == "day":
            return moment.value, moment.why
        if moment and moment.kind == "slash":
            return _ordered(cell, moment, order)
        if moment:
            missing = {"time": "日付がありません。", "year": "月と日がありません。"}.get(moment.kind)
            return cell, f"読めない日付です。{missing}" if missing else moment.why
        if facts.day_name and "eight" in _tags(reading):
            return _eight(cell, reading)
        if "serial" in _tags(reading):
            return from_serial(reading.number.value), "Excelの日付の通し番号を日付に直しました。"
        return cell, UNREADABLE

    return read


def _ordered(cell: Cell, moment: Moment, order: str) -> tuple[Any, str]:
    """A date such as 4/5/2024, in the column's order or in the only one that it allows."""
    possible = [order] if order in moment.orders else list(moment.orders)
    if len({moment.orders[o] for o in possible}) > 1:
        return cell, "読めない日付です。年・月・日の順番が決められません。"
    return moment.orders[possible[0]], f"{ORDERS[possible[0]]}の順の日付として読みました。"


def _order(facts: Facts) -> str:
    """The one order of day, month and year that all cells of the column allow, ``""`` if it is not proved."""
    cells = [reading.moment.orders for reading in facts.readings.values() if facts.moment(reading, "slash")]
    common = set.intersection(*map(set, cells)) if cells else set()
    if len(common) == 1:
        return common.pop()
    if len(cells) < 2 or "ymd" not in common:
        return ""
    # 24/04/01 … 24/04/30 are 30 days in one order and 30 years in the others.
    spans = {order: max(c[order] for c in cells) - min(c[order] for c in cells) for order in common}
    others = min(span for order, span in spans.items() if order != "ymd")
    return "ymd" if others > 20 * max(spans["ymd"], timedelta(days=1)) else ""


def _time_reader(facts: Facts) -> Read:
    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        if moment := facts.moment(reading, "time"):
            return moment.value, moment.why
        if isinstance(cell, datetime) and cell.year <= 1900:
            return cell - datetime(1899, 12, 30), ""  # Excel's 25:30 in the format h:mm
        return cell, facts.why_bad(reading)

    return read


def _year_reader(facts: Facts) -> Read:
    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        if moment := facts.moment(reading, "year"):
            return moment.value, moment.why
        number = reading.number
        if number and number.unit in ("", "年", "年度") and not number.zeros:
            return number.value, number.why
        return cell, facts.why_bad(reading)

    return read


# --- numbers ---


def _number_way(facts: Facts) -> Way | None:
    """Way for a column of numbers; ``None`` when the figures are names (00123, (1) (2) (3), 16 digits, A-12)."""
    found = {key: reading.number for key, reading in facts.readings.items() if reading.number}
    labels = sum(facts.counts[key] for key, number in found.items() if number.bracketed)
    zeros = any(number.zeros == "whole" or (number.zeros and facts.code_name) for number in found.values())
    if zeros or labels * 2 > facts.numbers or any(number.long for number in found.values()):
        return None
    if facts.code_name and (facts.numbers < facts.total or any(number.unit for number in found.values())):
        return None
    raw: Counter = Counter()
    for key, number in found.items():
        raw[number.unit] += facts.counts[key]
    units: Counter = Counter()
    for unit, count in raw.items():
        units[_same(unit)] += count
    accepted = _accepted(facts.unit, units)
    if accepted is None:
        return None
    written = next((unit for unit in raw if accepted and _same(unit) == accepted), "")
    few_bare = bool(accepted) and units[""] * 2 < facts.numbers
    return Way("number", _number_reader(facts, accepted, written, few_bare), written)


def _number_reader(facts: Facts, accepted: str, written: str, few_bare: bool) -> Read:
    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        number = reading.number
        if number is None:
            return cell, facts.why_bad(reading)
        if number.unit and number.unit != written and _same(number.unit) != accepted:
            return cell, f"読めない値です。単位「{number.unit}」がほかの値と合いません。"
        why = number.why + ("先頭の0を外しました。" if number.zeros else "")
        if few_bare and not number.unit:
            why += f"単位がありません。ほかの値と同じ「{written}」と読みました。"
        return number.value, why

    return read


def _same(unit: str) -> str:
    return squeezed(unit).casefold()


def _accepted(unit: str, units: Counter) -> str | None:
    """The unit that cells may carry, ``""`` for none, ``None`` when the cells are of many kinds.

    Parameters
    ----------
    unit : str
        The column's unit from heading or units row.
    units : Counter
        Units on the cells → how many; ``""`` counts the bare numbers.
    """
    written = Counter({u: n for u, n in units.items() if u})
    if not written or _same(unit) in written:
        return _same(unit) if written else ""
    most, count = written.most_common(1)[0]
    if unit and units[""]:
        return ""  # the heading says 千円, a few cells 円: only the bare ones are in 千円
    if units[""] > written.total():
        # A lone 50% among 0.5 and 0.6 may be 0.5; a lone 12.5℃ among 12 and 13 is one of them.
        return "" if len(written) > 1 or most == "%" else most
    return most if count >= MOST * written.total() else None

"""What one cell holds: a number, a moment, a mark for a missing value, a ditto, or text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from jissho.datasets._own._dates import PLAIN_DAY, Moment, read_moment, read_plain_day
from jissho.datasets._own._grid import Cell, Formula
from jissho.datasets._own._values import Number, read_number, read_plain

DITTO = frozenset(['"', "''", "″", "〃", "〟", "”", "“", "々", "仝", "同上", "＂"])
ERRORS = "#N/A #DIV/0! #VALUE! #REF! #NAME? #NUM! #NULL! #SPILL! #CALC!"
# In every column; the English ones are those of pandas.
WORDS = (
    "NA N/A n/a na nan NaN -NaN -nan NULL null None none <NA> #NA - -- --- ---- − ― — – ‐ ー 欠測 欠測値 欠損 欠損値"
)
MISSING = frozenset(f"{ERRORS} {WORDS}".split())
# Only among numbers and dates: elsewhere they are categories.
OTHERS = "* ** *** × / // /// 欠 未測定 未計測 . .. … ... ・ ・・・ N.A. n.a."
MISSING_AMONG_NUMBERS = frozenset(OTHERS.split())
LONGEST = 20  # of the marks, with blanks around them


@dataclass(frozen=True)
class Reading:
    """All that a cell can be read as; ``missing`` is ``""``, ``"always"`` or ``"number"`` (only among numbers and dates)."""

    number: Number | None = None
    moment: Moment | None = None
    missing: str = ""

    @property
    def kind(self) -> str:
        """``n`` number, ``d`` date or time, ``m`` missing mark, ``t`` text."""
        if self.missing:
            return "m"
        if self.moment and not self.moment.weak:
            return "d"
        return "n" if self.number else "t"


def read_cell(cell: Cell) -> Reading:
    """Read a filled cell of any type."""
    if isinstance(cell, str):
        return _read_text(cell)
    if isinstance(cell, bool):
        return Reading()
    if isinstance(cell, (int, float)):
        return Reading(number=Number(cell)) if cell == cell else Reading(missing="always")
    if isinstance(cell, datetime):
        return Reading(moment=Moment("day", cell, True))
    if isinstance(cell, date):
        return Reading(moment=Moment("day", datetime(cell.year, cell.month, cell.day), True))
    if isinstance(cell, time):
        value = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
        return Reading(moment=Moment("time", value, True))
    if isinstance(cell, timedelta):
        return Reading(moment=Moment("time", cell, True))
    return Reading()


@lru_cache(maxsize=1 << 16)
def _read_text(text: str) -> Reading:
    # What any program reads as a number is no date; dates that are numbers too (20240401) are decided by the column.
    if number := read_plain(text):
        return Reading(number)
    if (day := PLAIN_DAY.fullmatch(text)) and (moment := read_plain_day(day)):
        return Reading(moment=moment)
    if missing := missing_mark(text):
        return Reading(missing=missing)
    number = read_number(text)
    return Reading(number, None if number and number.plain else read_moment(text))


def missing_mark(text: str) -> str:
    """``"always"`` or ``"number"`` for a mark that stands for a missing value (see :class:`Reading`), else ``""``."""
    if len(text) > LONGEST:
        return ""
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    if plain in MISSING:
        return "always"
    return "number" if plain in MISSING_AMONG_NUMBERS else ""


def is_ditto(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) < LONGEST and cell.strip() in DITTO


def kind(cell: Cell) -> str:
    """``""`` for a blank cell, ``m`` also for a ditto, ``n`` for a formula, else :attr:`Reading.kind`."""
    if isinstance(cell, Formula):
        return "n"
    if cell == "":
        return ""
    return "m" if is_ditto(cell) else read_cell(cell).kind


def squeezed(cell: Cell) -> str:
    """A label for comparing: NFKC, without any blanks (``合　計`` → ``合計``)."""
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())

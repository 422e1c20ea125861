"""One column of cells as numbers, days, times or text; what was mended is written down value by value."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from jissho.datasets._own._cells import Reading, is_ditto, missing_mark, read_cell, squeezed
from jissho.datasets._own._dates import PLAIN_DAY, Moment, from_eight, from_serial, is_day_name, is_year_name
from jissho.datasets._own._grid import Cell
from jissho.datasets._own._mending import Mending

# Names of columns whose numbers are names: one value with a letter and all are text.
CODE_NAME = re.compile(
    r"番号|コード|品番|型番|型式|図番|品名|伝票|ロット|シリアル|電話|郵便|口座|(?:^|[^a-z])(?:no|id|code|tel|fax|zip|lot|serial)\.?$",
    re.I,
)
UNREADABLE = "読めない値です。書かれたまま残しました。"
BLANKS = " \t\r\n\u3000\u00a0\u200b\ufeff"
MOST = 0.8  # share of the cells with a unit that must agree on it
EXACT = 2**53  # whole numbers beyond are rounded by a float
TRUTHS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}

Read = Callable[[Cell], tuple[Any, str]]  # value and why it differs from the cell ("" when it does not)


@dataclass
class Column:
    """A column on its way: ``lines`` are the file's row numbers; ``unit`` is filled in when found."""

    name: str
    cells: list[Cell]
    lines: list[int]
    unit: str = ""
    dittos: dict[int, str] = field(default_factory=dict)
    mendings: list[Mending] = field(default_factory=list)

    def note(self, index: int, before: Any, after: Any, why: str) -> None:
        if index not in self.dittos:  # what was copied is told where it was copied from
            self.mendings.append(Mending(self.lines[index], self.name, before, after, why))


def read_column(column: Column) -> pd.Series:
    """Turn the cells into a Series and write every changed or unreadable value to ``column.mendings``.

    Returns
    -------
    pandas.Series
        int64 or float64, bool, datetime64[us], timedelta64[us] (times of day, so that ``日付 + 時刻`` is a moment), or str.
        ``object`` when a few values could not be read: the others are numbers or Timestamps, the unreadable are the original text,
        so that ``pd.to_numeric(s, errors="coerce")`` or ``pd.to_datetime(s, errors="coerce")`` gives what there is.
    """
    _fill_dittos(column)
    series = _read(column)
    for i, mark in column.dittos.items():
        value = None if pd.isna(series[i]) else series[i]
        why = "「同上」の印を上の値で埋めました。"
        column.mendings.append(
            Mending(column.lines[i], column.name, mark, getattr(value, "item", lambda v=value: v)(), why)
        )
    return series


def _read(column: Column) -> pd.Series:
    if (numbers := _plain_numbers(column.cells)) is not None and not _hides_days(column.name, numbers):
        return numbers
    for plain in (_plain_truths, _plain_days):
        if (series := plain(column.cells)) is not None:
            return series
    if not _worth_reading(column.cells):
        return _text(column)
    readings = {_key(cell): read_cell(cell) for cell in column.cells if cell != ""}
    return _decide(column, Facts(column, readings))


def _hides_days(name: str, numbers: pd.Series) -> bool:
    """True where a column named 日付 holds 20240401 or Excel's 45383."""
    filled = numbers.dropna()
    return is_day_name(name) and len(filled) > 0 and all(from_eight(n) or from_serial(n) for n in filled.unique())


def _key(cell: Cell) -> Any:
    """1, 1.0 and True are one key for a dict, but not one cell."""
    return cell if isinstance(cell, str) else (type(cell), cell)


def _fill_dittos(column: Column) -> None:
    if not any(is_ditto(cell) for cell in set(column.cells) if isinstance(cell, str)):
        return
    for i, cell in enumerate(column.cells):
        if not is_ditto(cell):
            continue
        above = column.cells[i - 1] if i else ""
        if above == "" or is_ditto(above):
            column.note(i, cell, cell, "読めない値です。「同上」の印の上に値がありません。")
        else:
            column.cells[i], column.dittos[i] = above, cell


def _stamp(value: Any) -> Any:
    if isinstance(value, datetime):
        return pd.Timestamp(value)
    return pd.Timedelta(value) if isinstance(value, timedelta) else value


# --- Columns that any program reads: whole, fast, nothing to say ---


def _plain_numbers(cells: list[Cell]) -> pd.Series | None:
    filled = [cell for cell in cells if cell != ""]
    if not filled:
        return pd.Series(np.full(len(cells), np.nan))
    types = set(map(type, filled))
    if types == {str}:
        values = _figures(filled)
    else:
        values = filled if types <= {int, float} else None
    return None if values is None else _number_series(cells, values)


def _figures(filled: list[str]) -> list[int] | list[float] | None:
    """Texts as numbers if all are plain ones without leading zeros."""
    if not set("".join(filled)) <= set("0123456789+-.eE ") or any(map(re.compile(r" *[+-]?0[0-9]").match, filled)):
        return None
    for number in (int, float):
        try:
            return list(map(number, filled))
        except ValueError:
            continue
    return None


def _number_series(cells: list[Cell], values: list) -> pd.Series | None:
    """Numbers with NaN for the blanks; ``None`` where digits would be lost."""
    whole = all(type(v) is int for v in values)
    if whole and len(values) == len(cells):
        try:
            return pd.Series(np.array(values, dtype="int64"))
        except OverflowError:
            return None
    if any(type(v) is int and abs(v) > EXACT for v in values):
        return None
    spread = np.full(len(cells), np.nan)
    spread[[i for i, cell in enumerate(cells) if cell != ""] if len(values) < len(cells) else slice(None)] = values
    return pd.Series(spread)


def _plain_truths(cells: list[Cell]) -> pd.Series | None:
    filled = {_key(cell) for cell in cells} - {""}
    if not filled <= {*TRUTHS, (bool, True), (bool, False)}:
        return None
    return pd.Series([np.nan if cell == "" else TRUTHS.get(cell, cell) for cell in cells])


def _plain_days(cells: list[Cell]) -> pd.Series | None:
    first = next((cell for cell in cells if cell != ""), "")
    if not isinstance(first, str) or not PLAIN_DAY.fullmatch(first):
        return None
    sep, t = first[4], "T" if "T" in first else " "
    clock = first.partition(t)[2]
    seconds = ["", "%H:%M", "%H:%M:%S"][0 if not clock else clock.count(":")] + (".%f" if "." in clock else "")
    texts = pd.Series([cell if isinstance(cell, str) and cell else None for cell in cells], dtype=object)
    if any(not isinstance(cell, str) for cell in cells):
        return None
    days = pd.to_datetime(texts, format=f"%Y{sep}%m{sep}%d" + (t + seconds if clock else ""), errors="coerce")
    return None if (days.isna() & texts.notna()).any() else days.astype("datetime64[us]")


def _worth_reading(cells: list[Cell], sample: int = 1000) -> bool:
    """False for long columns of free text, where reading each cell as number and date would be in vain."""
    some = [cell for cell in cells[:: max(1, len(cells) // sample)] if cell != ""]
    return len(some) < sample // 2 or sum(read_cell(cell).kind != "t" for cell in some) > 0.05 * len(some)


# --- Columns in which something is odd ---


class Facts:
    """Counts over the filled cells of a column: what can be read as what."""

    def __init__(self, column: Column, readings: dict[Any, Reading]) -> None:
        self.column, self.readings = column, readings
        self.counts = Counter(_key(cell) for cell in column.cells if cell != "")
        name = column.name
        self.day_name, self.year_name = is_day_name(name), is_year_name(name)
        self.code_name = bool(CODE_NAME.search(unicodedata.normalize("NFKC", name).strip()))
        strong = self.count(lambda r: r.moment is not None and not r.moment.weak and r.moment.kind in ("day", "slash"))
        self.trust = strong > 0 or self.day_name or self.year_name
        self.eight = self.day_name and self.total > 0 and self.count(_is_eight) == self.total
        self.numbers = self.count(lambda r: r.number is not None)
        self.days = self.count(lambda r: self.moment(r, "day", "slash"))
        self.serials = self.count(_is_serial) if self.day_name or strong else 0
        self.times = self.count(lambda r: self.moment(r, "time"))
        self.years = self.count(lambda r: self.moment(r, "year"))
        self.bad = self.count(lambda r: self.moment(r, "bad"))

    @property
    def total(self) -> int:
        """Filled cells that are no mark for a missing value."""
        return self.count(lambda r: not r.missing)

    def count(self, test: Callable[[Reading], Any]) -> int:
        return sum(n for key, n in self.counts.items() if test(self.readings[key]))

    def moment(self, reading: Reading, *kinds: str) -> Moment | None:
        """The cell's moment if it is of one of these kinds and to be trusted in this column."""
        found = reading.moment
        return found if found and found.kind in kinds and (self.trust or not found.weak) else None


def _is_serial(reading: Reading) -> bool:
    number = reading.number
    return bool(number and not number.unit and not number.zeros and from_serial(number.value))


def _is_eight(reading: Reading) -> bool:
    return reading.missing != "" or bool(
        reading.number and not reading.number.unit and from_eight(reading.number.value)
    )


def _decide(column: Column, facts: Facts) -> pd.Series:
    half = facts.total / 2
    if facts.eight:
        return _apply(column, facts, _eight, "datetime64[us]")
    if facts.days + facts.serials > 0 and facts.days + facts.serials + facts.bad > half:
        return _apply(column, facts, _day_reader(facts), "datetime64[us]")
    if facts.times and facts.times + facts.bad > half:
        return _apply(column, facts, _time_reader(facts), "timedelta64[us]")
    if facts.years and facts.years + facts.numbers > half:
        return _apply(column, facts, _year_reader(facts), "number")
    if facts.numbers > half and (reader := _number_reader(facts)):
        return _apply(column, facts, reader, "number")
    return _text(column, facts if facts.bad > half else None)


def _apply(column: Column, facts: Facts, read: Callable[[Cell, Reading], tuple[Any, str]], dtype: str) -> pd.Series:
    """Read cell by cell (each distinct one once): ``read`` gives value and why; the cell itself is what it cannot read."""
    done: dict[Any, tuple[Any, str, bool]] = {}
    for key, reading in facts.readings.items():
        cell = key if isinstance(key, str) else key[1]
        if reading.missing:
            done[key] = (
                None,
                "空欄と同じ意味の印なので、値なし（欠測）としました。" if isinstance(cell, str) else "",
                True,
            )
        else:
            value, why = read(cell, reading)
            done[key] = (_stamp(value), why, value is not cell)
    values, clean = [], True
    for i, cell in enumerate(column.cells):
        if cell == "":
            values.append(None)
            continue
        value, why, read_well = done[_key(cell)]
        values.append(value)
        clean = clean and (read_well or not why)
        if why:
            column.note(i, cell, value, why)
    return _typed(values, dtype if clean else "object")


def _typed(values: list, dtype: str) -> pd.Series:
    if dtype == "number":
        filled = [v for v in values if v is not None]
        series = _number_series(["" if v is None else v for v in values], filled)
        return series if series is not None else pd.Series(values, dtype=object)
    if dtype == "object":
        return pd.Series([np.nan if v is None else v for v in values], dtype=object)
    return pd.Series(values, dtype=object).astype(dtype)


def _eight(cell: Cell, reading: Reading) -> tuple[Any, str]:
    return from_eight(reading.number.value), "8けたの数字を日付として読みました。"


def _day_reader(facts: Facts) -> Callable:
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
        if _is_serial(reading):
            return from_serial(reading.number.value), "Excelの日付の通し番号を日付に直しました。"
        return cell, UNREADABLE

    return read


ORDERS = {"ymd": "年/月/日", "mdy": "月/日/年", "dmy": "日/月/年"}


def _ordered(cell: Cell, moment: Moment, order: str) -> tuple[Any, str]:
    possible = order if order in moment.orders else next(iter(moment.orders)) if len(moment.orders) == 1 else ""
    if not possible and len(set(moment.orders.values())) > 1:
        return cell, "読めない日付です。年・月・日の順番が決められません。"
    possible = possible or next(iter(moment.orders))
    return moment.orders[possible], f"{ORDERS[possible]}の順の日付として読みました。"


def _order(facts: Facts) -> str:
    """The one order of day, month and year that all cells of the column allow, ``""`` if it is not proved."""
    cells = [r.moment.orders for r in facts.readings.values() if facts.moment(r, "slash")]
    if not cells:
        return ""
    common = set.intersection(*(set(orders) for orders in cells))
    if len(common) == 1:
        return common.pop()
    spans = {order: (max(c[order] for c in cells) - min(c[order] for c in cells)) for order in common}
    # 24/04/01 … 24/04/30 are 30 days in one order and 30 years in the other.
    narrow = sorted(spans, key=spans.get)
    if len(cells) >= 3 and len(narrow) > 1 and spans[narrow[1]] > 20 * max(spans[narrow[0]], timedelta(days=1)):
        return narrow[0] if narrow[0] == "ymd" else ""
    return ""


def _time_reader(facts: Facts) -> Callable:
    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        moment = facts.moment(reading, "time", "bad", "day")
        if moment and moment.kind == "time":
            return moment.value, moment.why
        if moment and moment.kind == "day" and isinstance(cell, datetime) and cell.year <= 1900:
            return cell - datetime(1899, 12, 30), ""  # Excel's 25:30 in the format h:mm
        return cell, moment.why if moment and moment.kind == "bad" else UNREADABLE

    return read


def _year_reader(facts: Facts) -> Callable:
    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        if moment := facts.moment(reading, "year"):
            return moment.value, moment.why
        number = reading.number
        if number and number.unit in ("", "年", "年度") and not number.zeros:
            return number.value, number.why
        bad = facts.moment(reading, "bad")
        return cell, bad.why if bad else UNREADABLE

    return read


def _number_reader(facts: Facts) -> Callable | None:
    """Reader for a column of numbers; ``None`` when the figures are names (00123, (1) (2) (3), 16 digits, A-12)."""
    found = {key: r.number for key, r in facts.readings.items() if r.number}
    labels = sum(facts.counts[k] for k, n in found.items() if n.bracketed)
    zeros = any(n.zeros == "whole" or (n.zeros and facts.code_name) for n in found.values())
    if zeros or labels * 2 > facts.numbers or any(n.long for n in found.values()):
        return None
    if facts.code_name and (facts.numbers < facts.total or any(n.unit for n in found.values())):
        return None
    units = Counter()
    for key, number in found.items():
        units[_same(number.unit)] += facts.counts[key]
    accepted, bare = _accepted(facts.column, units), units[""]
    if accepted is None:
        return None
    if accepted and not facts.column.unit:
        facts.column.unit = next(n.unit for n in found.values() if _same(n.unit) == accepted)

    def read(cell: Cell, reading: Reading) -> tuple[Any, str]:
        number = reading.number
        if number is None:
            bad = facts.moment(reading, "bad")
            return cell, bad.why if bad else UNREADABLE
        if number.unit and _same(number.unit) != accepted:
            return cell, f"読めない値です。単位「{number.unit}」がほかの値と合いません。"
        why = number.why + ("先頭の0を外しました。" if number.zeros else "")
        if accepted and not number.unit and bare < facts.numbers - bare:
            why += f"単位がありません。ほかの値と同じ「{facts.column.unit}」と読みました。"
        return number.value, why

    return read


def _same(unit: str) -> str:
    return squeezed(unit).casefold()


def _accepted(column: Column, units: Counter) -> str | None:
    """The unit that cells may carry, ``""`` for none, ``None`` when the cells are of many kinds."""
    written = Counter({unit: n for unit, n in units.items() if unit})
    if not written:
        return ""
    if _same(column.unit) in written:
        return _same(column.unit)
    unit, count = written.most_common(1)[0]
    if units[""] > sum(written.values()):
        # A lone 50% among 0.5 and 0.6 may be 0.5; a lone 12.5℃ among 12 and 13 is one of them.
        return "" if len(written) > 1 or unit == "%" or column.unit else unit
    if column.unit and units[""]:
        return ""  # the heading says 千円, some cells 円
    if count < MOST * sum(written.values()):
        return None
    column.unit = ""  # what the cells say counts
    return unit


def _text(column: Column, facts: Facts | None = None) -> pd.Series:
    """Text as it is, but for outer blanks and marks for a missing value; dates without a year are named (``facts``)."""
    changed: dict[Any, tuple[Any, str]] = {}
    for key in {_key(cell) for cell in column.cells} - {""}:
        cell = key if isinstance(key, str) else key[1]
        value, why = _as_text(cell)
        bad = facts and facts.moment(facts.readings[key], "bad")
        if bad:
            changed[key] = (cell, bad.why)
        elif value is not cell:
            changed[key] = (value, why)
    if not changed:
        return pd.Series([None if cell == "" else cell for cell in column.cells], dtype="str")
    values = []
    for i, cell in enumerate(column.cells):
        value, why = changed.get(_key(cell), (cell, "")) if cell != "" else (None, "")
        values.append(value)
        if why:
            column.note(i, cell, value, why)
    return pd.Series(values, dtype="str")


def _as_text(cell: Cell) -> tuple[Any, str]:
    if not isinstance(cell, str):
        return _written(cell), "文字の列なので、文字にしました。"
    if missing_mark(cell) == "always":
        return None, "空欄と同じ意味の印なので、値なし（欠測）としました。"
    stripped = cell.strip(BLANKS)
    return (cell, "") if stripped == cell else (stripped, "前後の空白を取りました。")


def _written(cell: Cell) -> str:
    """An Excel value as text, days without a midnight."""
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)

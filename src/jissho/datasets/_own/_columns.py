"""One column of cells as a Series; what was mended is written down value by value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from jissho.datasets._own._cells import Reading, is_ditto, missing_mark, read_cell
from jissho.datasets._own._grid import Cell, Formula
from jissho.datasets._own._mending import Mending
from jissho.datasets._own._plain import number_series, plain_column
from jissho.datasets._own._readers import Facts, Way, find_way

NO_RESULT = "読めない値です。計算式の結果が保存されていません（Excelで開いて保存すると入ります）。"
MISSING = "空欄と同じ意味の印なので、値なし（欠測）としました。"
BLANKS = " \t\r\n\u3000\u00a0\u200b\ufeff"


@dataclass
class Column:
    """A column on its way: ``lines`` are the file's row numbers; ``unit`` is filled in when the cells carry one."""

    name: str
    cells: list[Cell]
    lines: list[int]
    unit: str = ""
    dittos: dict[int, str] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    mendings: list[Mending] = field(default_factory=list)

    def note(self, index: int, before: Any, after: Any, why: str) -> None:
        if index not in self.told:  # a ditto is told once, with what became of it
            self.mendings.append(Mending(self.lines[index], self.name, before, after, why))

    def keys(self) -> list[Any]:
        """The cells as keys of a dict: 1, 1.0 and True would be one."""
        if set(map(type, self.cells)) == {str}:
            return self.cells
        return [cell if isinstance(cell, str) else (type(cell), cell) for cell in self.cells]


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
    series = plain_column(column.name, column.cells)
    if series is None:
        series = _plain_with_marks(column)
    if series is None:
        series = _read(column)
    for i, mark in column.dittos.items():
        value = None if pd.isna(series[i]) else series[i]
        after = value.item() if isinstance(value, np.generic) else value
        column.mendings.append(Mending(column.lines[i], column.name, mark, after, "「同上」の印を上の値で埋めました。"))
    return series


def _fill_dittos(column: Column) -> None:
    if not any(map(is_ditto, set(column.cells))):
        return
    for i, cell in enumerate(column.cells):
        if not is_ditto(cell):
            continue
        above = column.cells[i - 1] if i else ""
        if above == "" or is_ditto(above):
            column.note(i, cell, cell, "読めない値です。「同上」の印の上に値がありません。")
        else:
            column.cells[i], column.dittos[i] = above, cell
        column.told.add(i)


def _plain_with_marks(column: Column) -> pd.Series | None:
    """A plain column but for marks that stand for a missing value; ``None`` when there is more to mend."""
    odd = {cell for cell in set(column.cells) if isinstance(cell, str) and cell and not cell[-1].isdigit()}
    if not odd or not all(map(missing_mark, odd)):
        return None
    series = plain_column(column.name, ["" if isinstance(cell, str) and cell in odd else cell for cell in column.cells])
    if series is None or series.dtype == object:
        return None
    for i, cell in enumerate(column.cells):
        if isinstance(cell, str) and cell in odd:
            column.note(i, cell, None, MISSING)
    return series


def _read(column: Column) -> pd.Series:
    keys = column.keys()
    if not _worth_reading(column.cells):
        return _text(column, keys)
    counts = Counter(keys)
    counts.pop("", None)
    readings = {key: read_cell(_cell(key)) for key in counts}
    facts = Facts(column.name, column.unit, readings, counts)
    if way := find_way(facts):
        column.unit = way.unit or column.unit
        return _apply(column, keys, readings, way)
    return _text(column, keys, facts if facts.bad * 2 > facts.total else None)


def _cell(key: Any) -> Cell:
    return key if isinstance(key, str) else key[1]


def _worth_reading(cells: list[Cell], sample: int = 1000) -> bool:
    """False for long columns of free text, where reading each cell as number and date would be in vain."""
    some = [cell for cell in cells[:: max(1, len(cells) // sample)] if cell != ""]
    return len(some) < sample // 2 or sum(read_cell(cell).kind != "t" for cell in some) > 0.05 * len(some)


def _apply(column: Column, keys: list[Any], readings: dict[Any, Reading], way: Way) -> pd.Series:
    """Read each distinct cell once, then write the values down and what was mended."""
    done: dict[Any, tuple[Any, str]] = {"": (None, "")}
    unread = False
    for key, reading in readings.items():
        cell = _cell(key)
        if reading.missing:
            done[key] = (None, MISSING if isinstance(cell, str) else "")
        elif isinstance(cell, Formula):
            done[key], unread = (str(cell), NO_RESULT), True
        else:
            value, why = way.read(cell, reading)
            done[key] = (_stamp(value), why)
            unread = unread or (value is cell and why != "")
    results = [done[key] for key in keys]
    for i, (value, why) in enumerate(results):
        if why:
            column.note(i, column.cells[i], value, why)
    return _series([value for value, _ in results], "object" if unread else way.dtype)


def _stamp(value: Any) -> Any:
    if isinstance(value, datetime):
        return pd.Timestamp(value)
    return pd.Timedelta(value) if isinstance(value, timedelta) else value


def _series(values: list, dtype: str) -> pd.Series:
    if dtype == "number":
        filled = [value for value in values if value is not None]
        series = number_series(["" if value is None else value for value in values], filled)
        return series if series is not None else _series(values, "object")
    if dtype == "object":
        return pd.Series([np.nan if value is None else value for value in values], dtype=object)
    return pd.Series(values, dtype=object).astype(dtype)


def _text(column: Column, keys: list[Any], facts: Facts | None = None) -> pd.Series:
    """Text as it is, but for outer blanks and marks for a missing value; dates without a year are named (``facts``)."""
    changed: dict[Any, tuple[Any, str]] = {"": (None, "")}
    for key in set(keys) - {""}:
        value, why = _as_text(_cell(key))
        if facts and facts.moment(facts.readings[key], "bad"):
            value, why = _cell(key), facts.why_bad(facts.readings[key])
        if why:
            changed[key] = (value, why)
    values = list(column.cells)
    for i, key in enumerate(keys):
        if key in changed:
            values[i], why = changed[key]
            if why:
                column.note(i, column.cells[i], values[i], why)
    return pd.Series(values, dtype="str")


def _as_text(cell: Cell) -> tuple[Any, str]:
    if isinstance(cell, Formula):
        return str(cell), NO_RESULT
    if not isinstance(cell, str):
        return _written(cell), "文字の列なので、文字にしました。"
    if missing_mark(cell) == "always":
        return None, MISSING
    stripped = cell.strip(BLANKS)
    return (cell, "") if stripped == cell else (stripped, "前後の空白を取りました。")


def _written(cell: Cell) -> str:
    """An Excel value as text, days without a midnight."""
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)

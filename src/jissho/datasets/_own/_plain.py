"""Columns that any program reads: taken whole, fast, with nothing to say about them."""

from __future__ import annotations

import re
from itertools import compress

import numpy as np
import pandas as pd

from jissho.datasets._own._dates import PLAIN_DAY, from_eight, from_serial, is_day_name
from jissho.datasets._own._grid import Cell

EXACT = 10**15  # whole numbers that a float keeps and shows digit by digit
LEADING_ZERO = re.compile(" *[+-]?0[0-9]")
TRUTHS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


def plain_column(name: str, cells: list[Cell]) -> pd.Series | None:
    """A column of plain numbers, True/False or days; ``None`` when a cell needs a closer look."""
    numbers = plain_numbers(cells)
    if numbers is not None:
        return None if _hides_days(name, numbers) else numbers
    truths = _plain_truths(cells)
    return truths if truths is not None else _plain_days(cells)


def plain_numbers(cells: list[Cell]) -> pd.Series | None:
    filled = [cell for cell in cells if cell != ""]
    if not filled:
        return pd.Series(np.full(len(cells), np.nan))
    types = set(map(type, filled))
    values = _figures(filled) if types == {str} else filled if types <= {int, float} else None
    return None if values is None else number_series(cells, values)


def _figures(filled: list[str]) -> list[int] | list[float] | None:
    """Texts as numbers if all are plain ones without leading zeros."""
    if not set("".join(filled)) <= set("0123456789+-.eE ") or any(map(LEADING_ZERO.match, filled)):
        return None
    for number in (int, float):
        try:
            return list(map(number, filled))
        except ValueError:
            continue
    return None


def number_series(cells: list[Cell], values: list) -> pd.Series | None:
    """``values`` at the filled cells and NaN at the blanks; ``None`` where digits would be lost."""
    types = set(map(type, values))
    if types == {int} and len(values) == len(cells):
        try:
            return pd.Series(np.array(values, dtype="int64"))
        except OverflowError:
            return None
    if int in types and any(type(v) is int and abs(v) >= EXACT for v in values):
        return None
    spread = np.full(len(cells), np.nan)
    spread[list(compress(range(len(cells)), [cell != "" for cell in cells]))] = values
    return pd.Series(spread)


def _hides_days(name: str, numbers: pd.Series) -> bool:
    """True where a column named 日付 holds 20240401 or Excel's 45383."""
    filled = numbers.dropna()
    return is_day_name(name) and len(filled) > 0 and all(from_eight(n) or from_serial(n) for n in filled.unique())


def _plain_truths(cells: list[Cell]) -> pd.Series | None:
    if any(not isinstance(cell, bool) and cell != "" and cell not in TRUTHS for cell in cells):
        return None
    return pd.Series([np.nan if cell == "" else TRUTHS.get(cell, cell) for cell in cells])


def _plain_days(cells: list[Cell]) -> pd.Series | None:
    first = next((cell for cell in cells if cell != ""), "")
    if not isinstance(first, str) or not PLAIN_DAY.fullmatch(first) or set(map(type, cells)) != {str}:
        return None
    sep, t = first[4], "T" if "T" in first else " "
    clock = first.partition(t)[2]
    seconds = ["", "%H:%M", "%H:%M:%S"][clock.count(":")] + (".%f" if "." in clock else "")
    texts = pd.Series([cell or None for cell in cells], dtype=object)
    days = pd.to_datetime(texts, format=f"%Y{sep}%m{sep}%d" + (t + seconds if clock else ""), errors="coerce")
    return None if (days.isna() & texts.notna()).any() else days.astype("datetime64[us]")

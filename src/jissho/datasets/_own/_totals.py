"""Rows that sum up others: 合計, 小計, 平均 … at the end of a table or inside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import chain

from jissho.datasets._own._cells import kind, read_cell, squeezed
from jissho.datasets._own._grid import Cell
from jissho.datasets._own._shape import Shape

# Words that hardly are a value among others: they count wherever they stand alone in a cell.
SURE = r"(?:.{0,12}(?:合計|小計|総計|累計)|.{0,8}[A-Za-z0-9月年棟班期週日部課線場機区室]計|(?:grand|sub)[- ]?total)"
END = r"(?:[(\[].*[)\]])?[:：]?"
SURE_TOTALS = re.compile(SURE + END, re.I)
TOTALS = re.compile(
    rf"(?:{SURE}|計|.{{0,4}}平均値?|最大値?|最小値?|最高値?|最低値?|標準偏差|中央値|total|sum|average|mean|ave|avg\.?|max|min){END}",
    re.I,
)
TOTAL_WORDS = re.compile("計|均|最|標準偏差|中央値|total|sum|average|mean|ave|avg|max|min", re.I)
MEANS = re.compile("均|average|mean|ave|avg", re.I)
ABOVE = 100  # rows that a total inside the table may sum up


def total_rows(shape: Shape, rows: list[int]) -> set[int]:
    """Which of the body's rows are totals; none if all of them are, for then totals are what the table is about."""
    texts = [c for c in set(chain.from_iterable(shape.grid.rows[row] for row in rows)) if isinstance(c, str)]
    if not TOTAL_WORDS.search("\n".join(texts)):
        return set()
    labels = {text for text in texts if TOTAL_WORDS.search(text) and TOTALS.fullmatch(squeezed(text))}
    likely = [row for row in rows if not labels.isdisjoint(shape.grid.rows[row]) and is_total(shape.grid.rows[row])]
    sure = {row for row in likely if _sure_total(shape, row, rows)}
    weak = [row for row in likely if row not in sure and total_cell(shape.grid.rows[row])[2]]
    tail, end, named = set(), len(rows), {*sure, *weak}
    while end and rows[end - 1] in named:
        end -= 1
        tail.add(rows[end])
    categories = {total_cell(shape.grid.rows[row]) for row in weak if row not in tail}
    found = sure | {row for row in tail if total_cell(shape.grid.rows[row]) not in categories}
    return set() if len(found) == len(rows) else found


def _sure_total(shape: Shape, row: int, rows: list[int]) -> bool:
    """A word that is hardly a value, a word in a column of numbers or dates, or figures that add up."""
    c, cell, _ = total_cell(shape.grid.rows[row])
    return bool(SURE_TOTALS.fullmatch(squeezed(cell))) or c in shape.profile or _adds_up(shape, row, rows)


def _adds_up(shape: Shape, row: int, rows: list[int]) -> bool:
    """True if each figure is the sum (for 平均 the mean) of the same two or more rows above."""
    label, place = squeezed(total_cell(shape.grid.rows[row])[1]), bisect_left(rows, row)
    mean = bool(MEANS.search(label))
    above = rows[max(0, place - ABOVE) : place][::-1]
    columns = [c for c, what in shape.profile.items() if what == "n" and _figure(shape, row, c) is not None]
    # A year beside the figures is the same in the row above: part of the name, not of the sum.
    columns = [c for c in columns if above and _figure(shape, above[0], c) != _figure(shape, row, c)]
    sums = dict.fromkeys(columns, 0.0)
    for count, other in enumerate(above, 1):
        sums = {c: total + (_figure(shape, other, c) or 0) for c, total in sums.items()}
        wanted = {c: total / count if mean else total for c, total in sums.items()}
        if count > 1 and sums and all(abs(_figure(shape, row, c) - w) <= 0.005 * abs(w) for c, w in wanted.items()):
            return True
    return False


def _figure(shape: Shape, row: int, column: int) -> float | None:
    cell = shape.cell(row, column)
    number = read_cell(cell).number if cell != "" else None
    return float(number.value) if number else None


def total_cell(cells: list[Cell]) -> tuple[int, Cell, bool]:
    """The cell that names a total, and whether it is the first filled one: column, cell, first; ``(-1, "", False)`` without one."""
    filled = [(c, cell) for c, cell in enumerate(cells) if cell != ""]
    for c, cell in filled:
        if isinstance(cell, str) and TOTAL_WORDS.search(cell) and TOTALS.fullmatch(squeezed(cell)):
            return c, cell, c == filled[0][0]
    return -1, "", False


def is_total(cells: list[Cell]) -> bool:
    """A row named 合計, 小計, 平均 … that has something to sum up."""
    c, cell, _ = total_cell(cells)
    others = {kind(other) for other in cells[c + 1 :]} - {""}
    return cell != "" and bool(others & {"n", "d"} or others <= {"m"} and SURE_TOTALS.fullmatch(squeezed(cell)))

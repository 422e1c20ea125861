"""Where the heading is: its rows from top to bottom, the units below it, the first row of the body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jissho.datasets._own._cells import kind, squeezed
from jissho.datasets._own._shape import HEAD, Shape, first_cell
from jissho.datasets._own._values import is_unit, unit_in_name

DEEPEST = 4  # heading rows on top of each other
TITLE_WORDS = re.compile(
    r"作成|担当|部署|部門|期間|印刷|出力|更新|工場名|会社名|ページ|page|単位|提出|承認|測定者|記入者|.[:：].", re.I
)
SIGNED = re.compile("作成|提出|承認|印刷|出力|更新|記入者|.[:：].", re.I)  # never a group over columns
QUIET = frozenset(["単位", "-", "―", "ー", "−", "(-)", "[-]", "年月日", "時刻", "日付", "日時"])  # in a row of units


@dataclass(frozen=True)
class Heading:
    """Rows as indices into the grid; no ``rows`` for a table without a heading, ``units`` is ``None`` without a units row."""

    rows: list[int]
    units: int | None
    first: int


def _is_other_kind(shape: Shape, row: int) -> bool:
    """True for dates over columns of numbers: 令和4年, 令和5年."""
    pairs = [(shape.kinds(row)[c], what) for c, what in shape.profile.items() if c < len(shape.kinds(row))]
    return sum(a != b and a in ("n", "d") for a, b in pairs) > 1 and all(a != b for a, b in pairs)


def _full_heading(shape: Shape) -> int | None:
    """The first complete row of different names above which nothing is as wide.

    A later one counts where the rows before it are a preamble (作成者, 山田): an empty row or words of a title in between.
    """
    data = next((row for row in shape.filled if _is_perfect(shape, row)), len(shape.grid.rows))
    rows = [row for row in shape.filled[:HEAD] if row < data and _is_complete(shape, row)]
    if not rows or any(shape.count(row) >= shape.count(rows[0]) for row in shape.filled[: shape.place[rows[0]]]):
        return None
    found = rows[0]
    for row in rows[1:]:
        between = shape.filled[shape.place[found] : shape.place[row]]
        gap = row - found >= len(between) + 1
        if gap or any(TITLE_WORDS.search(str(first_cell(shape.grid.rows[other]))) for other in between):
            found = row
    return found


def _is_perfect(shape: Shape, row: int) -> bool:
    fits, texts = shape.matches(row)
    return fits > 0 and not texts and shape.count(row) * 2 >= shape.typical


def _is_complete(shape: Shape, row: int) -> bool:
    """As wide as the table, all different names, none where a number or date should be."""
    kinds, cells = shape.kinds(row), [squeezed(cell) for cell in shape.grid.rows[row] if cell != ""]
    whole = len(cells) >= shape.typical and set(kinds) <= {"t", ""} and len(set(cells)) == len(cells)
    names = all(c < len(kinds) and kinds[c] == "t" for c in shape.profile)
    return whole and names and (shape.before(row) is None or not _is_units(shape, row))


def _first_data(shape: Shape) -> int | None:
    """First row that fits the columns' kinds."""
    for row in shape.filled:
        fits, others = shape.matches(row)
        enough = shape.count(row) * 2 >= shape.typical
        if enough and fits and (fits * 2 > len(shape.profile) or not others):
            return row
    return None


def find_heading(shape: Shape) -> Heading:
    """Heading rows from top to bottom, the units row, and the first row of the body."""
    if shape.profile and (full := _full_heading(shape)) is None:
        bottom, first = _above(shape, _first_data(shape))
    else:
        full = _full_heading(shape) if shape.profile else _first_wide(shape)
        bottom, first = full, shape.after(full)
    if bottom is None:
        return _numbered(shape, first)
    units_row = None
    if _is_units_row(shape, bottom):
        units_row, bottom = bottom, shape.before(bottom)
    rows = _stack(shape, bottom)
    if units_row is None:
        rows, first = _continued(shape, rows, first)
        if first in shape.place and _is_units(shape, first):
            units_row, first = first, shape.after(first)
    return Heading(rows, units_row, first)


def _above(shape: Shape, first: int | None) -> tuple[int | None, int]:
    """From the first row that fits go up over rows that may be data to the heading."""
    if first is None:
        return shape.filled[0], shape.after(shape.filled[0])
    while (above := shape.before(first)) is not None:
        fits, others = shape.matches(above)
        if others and not fits:
            return (above if _is_heading(shape, above) or _is_units_row(shape, above) else None), first
        if others or not fits and shape.count(above) * 2 < shape.typical:
            break
        first = above
    return None, first


def _is_heading(shape: Shape, row: int) -> bool:
    """Enough names in a row that could stand over the columns; a title has one or two."""
    beside = shape.typical == 2 and any(shape.cell(row, c) != "" for c in shape.profile if c)  # the other has no name
    return (shape.count(row) >= min(2, shape.typical) or beside) and shape.count(row) * 3 >= shape.typical


def _first_wide(shape: Shape) -> int:
    """In a table of text: the first row that is about as wide as the others."""
    wide = [row for row in shape.filled[:HEAD] if shape.count(row) * 5 >= shape.typical * 3]
    return wide[0] if wide else shape.filled[0]


def _numbered(shape: Shape, first: int) -> Heading:
    """Without a row of words: years or numbers in a row (品目, 2021, 2022) are a heading too, or a name over numbers."""
    named = shape.matches(first)[1] or _is_other_kind(shape, first)
    if named and shape.after(first) < len(shape.grid.rows):
        return Heading([first], None, shape.after(first))
    cells = [cell for cell in shape.grid.rows[first] if cell != ""]
    figures = [squeezed(cell) for cell in cells if kind(cell) == "n"]
    steps = [re.fullmatch(r"([0-9]{1,4})(?:\.0)?(?:年度?)?", f) for f in figures]
    values = [int(step[1]) for step in steps if step]
    run = len(values) == len(figures) >= 2 and all(b - a == 1 for a, b in zip(values, values[1:], strict=False))
    years = bool(values) and all(1900 <= v <= 2100 for v in values)
    if run and (years or len(values) > 2 and len(cells) > len(figures)):
        return Heading([first], None, shape.after(first))
    return Heading([], None, first)


def _is_units(shape: Shape, row: int) -> bool:
    """Nothing but units, over columns of numbers; one other word is allowed in a wide row."""
    cells = [(c, str(cell)) for c, cell in enumerate(shape.grid.rows[row]) if cell != ""]
    # A lone letter over text is a grade (A), not an ampere.
    grades = {c for c, cell in cells if cell.isascii() and cell.isalpha() and len(cell) == 1 and c not in shape.profile}
    units = [cell for c, cell in cells if is_unit(cell) and c not in grades]
    others = len(cells) - len(units) - sum(squeezed(cell) in QUIET for _, cell in cells)
    return bool(units) and others <= (len(cells) > 3) and len(units) * 2 >= len(cells) - 1


def _is_units_row(shape: Shape, row: int) -> bool:
    """Units right below names."""
    above = shape.before(row)
    return _is_units(shape, row) and above is not None and _is_heading(shape, above)


def _stack(shape: Shape, bottom: int) -> list[int]:
    """Heading rows that belong together, going up from the lowest."""
    rows = [bottom]
    while len(rows) < DEEPEST and rows[0] > 0 and _is_group(shape, rows[0] - 1, rows):
        rows.insert(0, rows[0] - 1)
    return rows


def _is_group(shape: Shape, row: int, below: list[int]) -> bool:
    """True for a row of group names (環境, , 収量, ) over a heading; false for a title or 作成者, 山田."""
    cells = shape.grid.rows[row]
    names = [i for i, cell in enumerate(cells) if cell != ""]
    if not names or set(shape.kinds(row)) - {"", "t"} and len(names) < 2:
        return False
    if _fills(shape, row, below[0]) and not any(SIGNED.search(str(cells[i])) for i in names):
        return True
    if any(TITLE_WORDS.search(str(cells[i])) and not unit_in_name(str(cells[i])) for i in names):
        return False
    merged = [m for m in shape.grid.merges if m[0] == row and m[3] > m[1]]
    width = max(len(shape.grid.rows[r]) for r in below)
    if any(right - left + 1 < shape.typical for _, left, _, right in merged):
        return True
    heads = [shape.cell(below[0], c) for c in range(width)]
    first_name = next((c for c, head in enumerate(heads) if head != ""), 0)
    complement = any(shape.cell(row, c) != "" and heads[c] == "" for c in range(width))
    twice = len({h for h in heads if h != ""}) < sum(h != "" for h in heads)
    if complement and len(names) + sum(h != "" for h in heads) > shape.typical // 2:
        return len(names) > 1 or names[0] > first_name
    gaps = any(b - a > 1 for a, b in zip(names, names[1:], strict=False))
    if len(names) > 1:
        return gaps or twice or len(names) * 5 >= shape.typical * 3
    return twice and names[0] > first_name


def _fills(shape: Shape, row: int, below: int) -> bool:
    """True if the row has names exactly where the one below has none, and groups over the others (品名, 環境, , over  , 気温, 湿度)."""
    width = max(len(shape.grid.rows[r]) for r in (row, below))
    pairs = [(shape.cell(row, c) != "", shape.cell(below, c) != "") for c in range(width)]
    return (True, False) in pairs and (True, True) in pairs and (False, True) in pairs and (False, False) not in pairs


def _continued(shape: Shape, rows: list[int], first: int) -> tuple[list[int], int]:
    """Rows of names below an incomplete heading (日付, 環境, , 収量 over  , 気温, 湿度,  )."""
    while len(rows) < DEEPEST and first in shape.place and first == rows[-1] + 1 and _completes(shape, first, rows):
        rows, first = [*rows, first], shape.after(first)
    return rows, first


def _completes(shape: Shape, row: int, rows: list[int]) -> bool:
    cells, kinds = shape.grid.rows[row], shape.kinds(row)
    if set(kinds) - {"t", ""} or shape.after(row) >= len(shape.grid.rows) or _is_units(shape, row):
        return False
    width = max(len(cells), *(len(shape.grid.rows[r]) for r in rows))
    names = [c for c in range(width) if shape.cell(row, c) != ""]
    open_ = [c for c in names if shape.cell(rows[-1], c) == ""]
    merged = any(m[0] in rows and (m[2] == row or m[3] > m[1]) for m in shape.grid.merges)
    twice = any(shape.cell(rows[-1], c) == shape.cell(rows[-1], c - 1) != "" for c in names if c)
    if _fills(shape, rows[-1], row):
        return True
    if shape.profile:
        return any(c in shape.profile for c in names) and bool(open_ or merged or twice)
    blank_below = any(shape.cell(row, c) == "" and shape.cell(rows[-1], c) != "" for c in range(width))
    return merged or (bool(open_) and blank_below)

"""Which rows of a sheet belong to the table, and which are titles, notes, totals, empty or another table."""

from __future__ import annotations

import re
from collections.abc import Callable

from jissho.datasets._own._cells import squeezed
from jissho.datasets._own._grid import Grid, show
from jissho.datasets._own._heading import Heading
from jissho.datasets._own._shape import Shape, first_cell
from jissho.datasets._own._totals import is_total, total_cell, total_rows

MARKS = re.compile(r"[※＊*]|[(（\[]?注[)）\]\d０-９:：]")
NOTES = re.compile(r"[※＊*注]|[(（\[]?(?:注|備考|出典|資料|出所|単位|以上|note|source)", re.I)

Note = Callable[[int, str, str], None]  # row, what stood there, why it was left out


def rows_before_notes(grid: Grid, filled: list[int]) -> int:
    """How many filled rows come before the notes and totals at the end."""
    end = len(filled)
    while end and (NOTES.match(str(first_cell(grid.rows[filled[end - 1]]))) or is_total(grid.rows[filled[end - 1]])):
        end -= 1
    return end


def _leave_titles(shape: Shape, heading: Heading, note: Note) -> None:
    kept = {*heading.rows, heading.units}
    for row in shape.filled:
        if row >= heading.first:
            break
        if row not in kept:
            note(row, show(shape.grid.rows[row]), "表の上の見出し・説明の行なので、表から除きました。")


def body_rows(shape: Shape, heading: Heading, note: Note) -> list[int]:
    """Rows of the table after totals, notes, repeated headings and empty rows are taken out."""
    rows = [row for row in shape.filled if row >= heading.first]
    _leave_titles(shape, heading, note)
    _blank_runs(shape, note)
    rows = _second_table(shape, heading, note, rows)
    rows = _without_notes(shape, heading, note, rows)
    rows = _without_headings(shape, heading, note, rows)
    return _without_totals(shape, note, rows)


def _blank_runs(shape: Shape, note: Note) -> None:
    last = -1
    for row in [*shape.filled, len(shape.grid.rows)]:
        if row - last > 1:
            a, b = shape.grid.numbers[last + 1], shape.grid.numbers[row - 1]
            span = f"{a}行目" if row - last == 2 else f"{a}〜{b}行目"
            note(last + 1, "", f"空の行（{span}）を除きました。")
        last = row


def _second_table(shape: Shape, heading: Heading, note: Note, rows: list[int]) -> list[int]:
    """Cut where, after an empty row, another heading begins."""
    names = [squeezed(c) for r in heading.rows for c in shape.grid.rows[r] if c != ""]
    for i, row in enumerate(rows):
        if i and row - rows[i - 1] > 1 and _starts_another(shape, row, names):
            for other in rows[i:]:
                note(other, show(shape.grid.rows[other]), "空の行の下の、別の表の行なので、読みませんでした。")
            return rows[:i]
    return rows


def _starts_another(shape: Shape, row: int, names: list[str]) -> bool:
    cells = [squeezed(c) for c in shape.grid.rows[row] if c != ""]
    _, others = shape.matches(row)
    if len(cells) < 2 or set(shape.kinds(row)) - {"t", ""} or not others or is_total(shape.grid.rows[row]):
        return False
    after = shape.after(row)
    goes_on = after in shape.place and after == row + 1 and {"n", "d"} & set(shape.kinds(after))
    return bool(goes_on) and cells != names and not NOTES.match(cells[0])


def _without_notes(shape: Shape, heading: Heading, note: Note, rows: list[int]) -> list[int]:
    end = len(rows)
    while end and (_is_note(shape, heading, rows[end - 1]) or _is_tail_total(shape, rows[end - 1])):
        end -= 1
    for row in rows[end:]:
        if _is_note(shape, heading, row):
            note(row, show(shape.grid.rows[row]), "表の下の注の行なので、表から除きました。")
    return rows[:end] + [row for row in rows[end:] if not _is_note(shape, heading, row)]


def _is_tail_total(shape: Shape, row: int) -> bool:
    cells = shape.grid.rows[row]
    return is_total(cells) and total_cell(cells)[2]


def _is_note(shape: Shape, heading: Heading, row: int) -> bool:
    cells = [(c, cell) for c, cell in enumerate(shape.grid.rows[row]) if cell != ""]
    c, first = cells[0]
    if not isinstance(first, str) or shape.kinds(row)[c] != "t":
        return False
    few = len(cells) * 2 <= max(shape.typical, 2)
    marked = bool(MARKS.match(first.strip())) and bool(shape.profile) and not shape.matches(row)[0]
    if marked or few and NOTES.match(first.strip()):
        return True
    after_gap = row - 1 not in shape.place and row - 1 >= heading.first
    return (
        len(cells) == 1 and shape.typical > 2 and ("。" in first or len(first) > 20 or after_gap or c in shape.profile)
    )


def _without_headings(shape: Shape, heading: Heading, note: Note, rows: list[int]) -> list[int]:
    """Headings repeated on each printed page, or by files put one behind the other."""
    heads = [[str(c).strip() for c in shape.grid.rows[r]] for r in heading.rows if shape.count(r) > 1]
    kept = []
    firsts = {head[0] for head in heads}
    for row in rows:
        cells = shape.grid.rows[row]
        if str(cells[0]).strip() in firsts and [str(cell).strip() for cell in cells] in heads:
            note(row, show(cells), "くり返された見出しの行なので、表から除きました。")
        else:
            kept.append(row)
    return kept


def _without_totals(shape: Shape, note: Note, rows: list[int]) -> list[int]:
    found = total_rows(shape, rows)
    for row in sorted(found):
        note(row, show(shape.grid.rows[row]), "合計や平均の行なので、表から除きました。")
    return [row for row in rows if row not in found]

"""From a grid to the table in it: names, units, merged and ragged cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest

from jissho.datasets._own._body import body_rows, rows_before_notes
from jissho.datasets._own._grid import Cell, Grid, show
from jissho.datasets._own._heading import Heading, find_heading
from jissho.datasets._own._mending import Mending
from jissho.datasets._own._shape import Shape
from jissho.datasets._own._values import bare_unit, is_unit, unit_in_name


@dataclass
class Table:
    """A table found in a grid: final names, rows of equal length, their lines, and what was left out."""

    names: list[str]
    columns: list[list[Cell]]
    lines: list[int]
    units: dict[str, str]
    mendings: list[Mending] = field(default_factory=list)


def find_table(grid: Grid) -> Table | None:
    """Find the one table of a sheet; ``None`` when there is only text or nothing."""
    filled = [i for i, row in enumerate(grid.rows) if row.count("") < len(row)]
    if not filled:
        return None
    shape = Shape(grid, filled, rows_before_notes(grid, filled))
    return _Layout(shape, find_heading(shape)).table() if shape.is_table() else None


class _Layout:
    """The steps from heading and rows to a table, and what is said about them."""

    def __init__(self, shape: Shape, heading: Heading) -> None:
        self.shape, self.grid, self.heading = shape, shape.grid, heading
        self.mendings: list[Mending] = []
        # Row of the file that names the columns.
        self.line = self.grid.numbers[heading.rows[-1] if heading.rows else heading.first]

    def table(self) -> Table:
        body = body_rows(self.shape, self.heading, self._leave_out)
        names, units = self._names(body)
        columns = [list(column) for column in zip_longest(*(self.grid.rows[row] for row in body), fillvalue="")]
        columns += [[""] * len(body) for _ in range(len(names) - len(columns))]
        table = Table(names, columns, [self.grid.numbers[row] for row in body], units, self.mendings)
        self._ragged(table, body)
        self._merged(table, body)
        self._hidden(table)
        _drop_empty(table, self.line)
        return table

    def _leave_out(self, row: int, before: str, why: str) -> None:
        self.mendings.append(Mending(self.grid.numbers[row], "", before, None, why))

    def _names(self, body: list[int]) -> tuple[list[str], dict[str, str]]:
        width = max((len(self.grid.rows[r]) for r in (*self.heading.rows, *body)), default=0)
        parts = self._parts(width)
        names = _different([_joined(p) or f"列{c + 1}" for c, p in enumerate(parts)])
        if not self.heading.rows:
            self.mendings.append(
                Mending(self.line, "", "", "｜".join(names), "見出しの行がないので、列に番号の名前を付けました。")
            )
        for c, (name, part) in enumerate(zip(names, parts, strict=True)):
            if self.heading.rows and any(self.shape.cell(r, c) != "" for r in body) | any(part):
                self._name_note(name, part)
        return names, self._units(names)

    def _name_note(self, name: str, part: list[Cell]) -> None:
        before = " / ".join(str(p) for p in part if p != "")
        base = _joined(part)
        why = {
            not base: "見出しのない列に、番号の名前を付けました。",
            bool(base) and name != base: "同じ名前の列があるので、番号を付けました。",
            name == base and before != name: "見出しを一つの名前にまとめました。"
            if " / " in before
            else "見出しの空白や改行を取りました。",
        }
        if text := why.get(True):
            self.mendings.append(Mending(self.line, name, before, name, text))

    def _parts(self, width: int) -> list[list[Cell]]:
        """For each column its heading cells from top to bottom, groups written in each of their columns."""
        rows = [[self.shape.cell(r, c) for c in range(width)] for r in self.heading.rows]
        for i, row in enumerate(self.heading.rows[:-1]):
            below = [any(self.shape.cell(r, c) != "" for r in self.heading.rows[i + 1 :]) for c in range(width)]
            rows[i] = self._spread(row, rows[i], below)
        return [[row[c] for row in rows] for c in range(width)]

    def _spread(self, row: int, cells: list[Cell], below: list[bool]) -> list[Cell]:
        spread = list(cells)
        merges = [m for m in self.grid.merges if m[0] == row and m[3] > m[1]]
        for _, left, _, right in merges:
            spread[left : right + 1] = [cells[left]] * (min(right + 1, len(cells)) - left)
        if not merges:
            for c in range(1, len(cells)):
                if spread[c] == "" and below[c]:
                    spread[c] = spread[c - 1]
        return spread

    def _units(self, names: list[str]) -> dict[str, str]:
        units = {name: unit for name in names if (unit := unit_in_name(name))}
        for c, name in enumerate(names):
            cell = self.shape.cell(self.heading.units, c) if self.heading.units is not None else ""
            if cell == "":
                continue
            unit = bare_unit(str(cell))
            if is_unit(str(cell)):
                units[name] = unit
            self.mendings.append(
                Mending(
                    self.grid.numbers[self.heading.units], name, cell, None, f"単位の行を除きました（単位: {unit}）。"
                )
            )
        return units

    def _ragged(self, table: Table, body: list[int]) -> None:
        """Rows with more cells than the heading, or fewer, while most others agree (text files only)."""
        lengths = Counter(len(self.grid.rows[row]) for row in body)
        if len(lengths) < 2 or self.grid.merges or not self.grid.ragged:
            return
        usual = lengths.most_common(1)[0][0]
        for row in body:
            cells = self.grid.rows[row]
            line = self.grid.numbers[row]
            for c in range(usual, len(cells)):
                if cells[c] != "":
                    table.mendings.append(
                        Mending(
                            line,
                            table.names[c],
                            cells[c],
                            cells[c],
                            "この行はほかの行よりセルが多くあります。余りを残しました。",
                        )
                    )
            if len(cells) < usual:
                table.mendings.append(
                    Mending(
                        line,
                        "",
                        show(cells),
                        show(cells),
                        f"この行はセルが{len(cells)}個で、ほかの行（{usual}個）より少ないので、残りを空欄としました。",
                    )
                )

    def _merged(self, table: Table, body: list[int]) -> None:
        """Write a cell that is merged over rows into each of them."""
        place = {row: i for i, row in enumerate(body)}
        for top, left, bottom, _ in self.grid.merges:
            value = self.shape.cell(top, left)
            for row in range(top + 1, bottom + 1):
                if value != "" and row in place and top in place:
                    table.columns[left][place[row]] = value
                    table.mendings.append(
                        Mending(
                            self.grid.numbers[row], table.names[left], "", value, "結合されたセルの値で埋めました。"
                        )
                    )

    def _hidden(self, table: Table) -> None:
        for name in (table.names[c] for c in self.grid.hidden if c < len(table.names)):
            table.mendings.append(Mending(self.line, name, name, name, "Excelで非表示の列です。表には残しました。"))


def _joined(parts: list[Cell]) -> str:
    """``["環境", "気温\\n(℃)"]`` → ``"環境_気温(℃)"``; a name repeated from above is written once."""
    words: list[str] = []
    for part in parts:
        word = _word(part)
        if word and word not in words[-1:]:
            words.append(word)
    return "_".join(words)


def _word(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)
    return "".join(line.strip(" \t\u3000\u00a0\u200b\ufeff") for line in text.splitlines())


def _different(names: list[str]) -> list[str]:
    """Second and later columns of a name get _2, _3 …, never a name that another column has."""
    taken, given = set(names), []
    for name in names:
        unique, n = name, 1
        while unique in given or (n > 1 and unique in taken):
            n += 1
            unique = f"{name}_{n}"
        given.append(unique)
    return given


def _drop_empty(table: Table, line: int) -> None:
    keep = [i for i, cells in enumerate(table.columns) if any(cell != "" for cell in cells)]
    for i in sorted(set(range(len(table.columns))) - set(keep)):
        name = table.names[i]
        table.mendings.append(Mending(line, name, name, None, "値が一つもない列なので、表から除きました。"))
        table.units.pop(name, None)
    table.names = [table.names[i] for i in keep]
    table.columns = [table.columns[i] for i in keep]

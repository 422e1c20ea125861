"""What a sheet looks like: kinds of its cells, columns of numbers and dates, how wide its rows are."""

from __future__ import annotations

from collections import Counter

from jissho.datasets._own._cells import kind
from jissho.datasets._own._grid import Cell, Grid

HEAD = 100  # rows in which a heading is looked for
SAMPLE = 300  # rows from which the kinds of columns are told


class Shape:
    """A grid's filled rows and what its body looks like; a row is an index into ``grid.rows``.

    Attributes
    ----------
    filled : list of int
        Rows with at least one filled cell.
    profile : dict of int to str
        Columns of numbers (``n``) or dates (``d``).
    typical : int
        How many cells a row of the body usually has filled.

    Parameters
    ----------
    end : int
        How many of the filled rows come before notes and totals at the end.
    """

    def __init__(self, grid: Grid, filled: list[int], end: int) -> None:
        self.grid, self.filled = grid, filled
        self.place = {row: i for i, row in enumerate(filled)}
        self._kinds: dict[int, list[str]] = {}
        # The lower half: headings are over there.
        lower = filled[end // 2 : end] or filled
        self.sample = lower[:: max(1, len(lower) // SAMPLE)]
        self.profile = self._profile()
        self.typical = sorted(map(self.count, self.sample))[len(self.sample) // 2]

    def kinds(self, row: int) -> list[str]:
        """Kind of each cell of a row (see :func:`kind`)."""
        if row not in self._kinds:
            self._kinds[row] = [kind(cell) for cell in self.grid.rows[row]]
        return self._kinds[row]

    def count(self, row: int) -> int:
        """How many cells of a row are filled."""
        return sum(what != "" for what in self.kinds(row))

    def cell(self, row: int, column: int) -> Cell:
        """A cell, ``""`` beyond the row's end."""
        cells = self.grid.rows[row]
        return cells[column] if column < len(cells) else ""

    def before(self, row: int) -> int | None:
        """The filled row above."""
        i = self.place[row]
        return self.filled[i - 1] if i else None

    def after(self, row: int) -> int:
        """The filled row below; the number of rows if there is none."""
        i = self.place[row] + 1
        return self.filled[i] if i < len(self.filled) else len(self.grid.rows)

    def matches(self, row: int) -> tuple[int, int]:
        """Among the columns of numbers and dates: how many cells are one, and how many are text."""
        kinds = [self.kinds(row)[c] for c in self.profile if c < len(self.kinds(row))]
        return sum(what in ("n", "d") for what in kinds), kinds.count("t")

    def _profile(self) -> dict[int, str]:
        """Columns of numbers or dates: index → ``n`` or ``d``."""
        seen: dict[int, Counter] = {}
        for row in self.sample:
            for c, what in enumerate(self.kinds(row)):
                if what in ("n", "d", "t"):
                    seen.setdefault(c, Counter())[what] += 1
        found = {}
        for c, counts in seen.items():
            if (counts["n"] + counts["d"]) * 2 >= counts.total():
                found[c] = "d" if counts["d"] > counts["n"] else "n"
        return found

    def is_table(self) -> bool:
        """More than lines of prose: several columns, or one of short values under a name."""
        if max(map(self.count, self.sample)) > 1:
            return True
        cells = [str(cell) for row in self.filled[:HEAD] for cell in self.grid.rows[row] if cell != ""]
        return len(cells) > 1 and (bool(self.profile) or all(len(c) <= 20 and "。" not in c for c in cells))


def first_cell(cells: list[Cell]) -> Cell:
    """The first filled cell of a row."""
    return next(cell for cell in cells if cell != "")

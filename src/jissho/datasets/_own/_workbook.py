"""Excel files (.xlsx, .xlsm) → grids of cells, one per sheet."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from jissho.datasets._own._grid import Cell, Formula, Grid
from jissho.datasets._own._mending import Mending
from jissho.errors import DataError

ERA_FORMAT = re.compile(r"(?<![A-Za-z])g{1,3}e|(?<![A-Za-z])e(?![A-Za-z+\-])", re.I)
PERCENT = re.compile(r"%")
OPEN_AND_SAVE = "Excelで開き、.xlsx で保存し直してください。"


class Workbook:
    """An open workbook; :meth:`grid` reads one sheet.

    Raises
    ------
    DataError
        The file is damaged, or no workbook.
    """

    def __init__(self, raw: bytes, where: str) -> None:
        self.raw, self.where = raw, where
        self.book = self._open(data_only=True)
        self.formulas = None

    def _open(self, data_only: bool) -> Any:
        import openpyxl

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on validations and pictures that are no concern of a table
            try:
                return openpyxl.load_workbook(io.BytesIO(self.raw), data_only=data_only, keep_links=False)
            except Exception as error:  # openpyxl raises whatever the damaged part happens to cause
                raise DataError(
                    f"Excelファイルが壊れていて開けません（{type(error).__name__}）。", self.where, OPEN_AND_SAVE
                ) from None

    def sheets(self) -> list[str]:
        """Names of the sheets with cells, the visible ones first."""
        return [s.title for s in sorted(self.book.worksheets, key=lambda s: s.sheet_state != "visible")]

    def has_cells(self, name: str) -> bool:
        return any(cell is not None for row in self.book[name].iter_rows(values_only=True) for cell in row)

    def grid(self, name: str) -> Grid:
        """Cells of a sheet; hidden rows and columns are kept and named."""
        sheet = self.book[name]
        rows = [[self._cell(cell) for cell in row] for row in sheet.iter_rows(min_row=1, min_col=1)]
        while rows and not _width(rows[-1]):
            rows.pop()
        width = max(map(_width, rows), default=0)
        grid = Grid(
            [row[:width] for row in rows], list(range(1, len(rows) + 1)), f"{self.where} シート「{name}」", ragged=False
        )
        grid.merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges]
        self._uncomputed(name, grid)
        grid.hidden = sorted(_hidden_columns(sheet, width))
        grid.mendings = list(_hidden_rows(sheet, len(rows)))
        return grid

    def _cell(self, cell: Any) -> Cell:
        value = cell.value
        if value is None:
            return ""
        if isinstance(value, str):
            return "" if not value.strip() else value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and cell.has_style:
            return self._formatted(value, cell.number_format)
        return value

    def _formatted(self, value: float, number_format: str) -> Cell:
        """Percentages as they are seen (0.125 as ``12.5%``), days in a 和暦 format as days."""
        if number_format == "General":
            return value
        if PERCENT.search(number_format):
            return f"{round(value * 100, 10):g}%" if abs(value) < 1e4 else f"{value * 100}%"
        if ERA_FORMAT.search(re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format)) and value > 0:
            from openpyxl.utils.datetime import from_excel

            return from_excel(value, self.book.epoch)
        return value

    def _uncomputed(self, name: str, grid: Grid) -> None:
        """Put the formulas into the grid that another program wrote without their result."""
        if not self._has_formulas():
            return
        self.formulas = self.formulas or self._open(data_only=False)
        for row in self.formulas[name].iter_rows(min_row=1):
            for cell in row:
                if cell.data_type == "f" and self._value(grid, cell) == "":
                    _put(grid, cell.row - 1, cell.column - 1, Formula(getattr(cell.value, "text", cell.value)))

    def _has_formulas(self) -> bool:
        """True if any sheet has: a workbook without formulas is not opened twice."""
        with zipfile.ZipFile(io.BytesIO(self.raw)) as archive:
            sheets = (part for part in archive.namelist() if part.startswith("xl/worksheets/"))
            return any(re.search(rb"<f[ >/]", archive.read(part)) for part in sheets)

    @staticmethod
    def _value(grid: Grid, cell: Any) -> Cell:
        row = grid.rows[cell.row - 1] if cell.row <= len(grid.rows) else []
        return row[cell.column - 1] if cell.column <= len(row) else ""


def _width(row: list[Cell]) -> int:
    """Cells of a row up to the last filled one."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1] != ""), 0)


def _put(grid: Grid, row: int, column: int, value: Cell) -> None:
    while len(grid.rows) <= row:
        grid.rows.append([])
        grid.numbers.append(len(grid.rows))
    grid.rows[row] += [""] * (column + 1 - len(grid.rows[row]))
    grid.rows[row][column] = value


def _hidden_rows(sheet: Any, rows: int) -> Iterator[Mending]:
    hidden = sorted(r for r, d in sheet.row_dimensions.items() if d.hidden and r <= rows)
    for _, run in groupby(enumerate(hidden), key=lambda pair: pair[1] - pair[0]):
        lines = [line for _, line in run]
        span = f"{lines[0]}行目" if len(lines) == 1 else f"{lines[0]}〜{lines[-1]}行目"
        yield Mending(lines[0], "", span, span, "Excelで非表示の行です。表には残しました。")


def _hidden_columns(sheet: Any, width: int) -> set[int]:
    hidden = [d for d in sheet.column_dimensions.values() if d.hidden]
    return {column - 1 for d in hidden for column in range(d.min or 1, min(d.max or 1, width) + 1)}

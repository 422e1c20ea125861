"""Read a visitor's own table (「うちのデータでは？」) and say everything that was mended on the way.

Each module has one job, and a grid of cells is what they hand on:
``_files`` (what kind of file) → ``_bytes`` or ``_workbook`` (cells) → ``_layout`` (where the table is) → ``_columns``
(numbers, days, times, text; with ``_cells``, ``_values`` and ``_dates`` for the single cell).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jissho.datasets._own._bytes import read_text
from jissho.datasets._own._columns import Column, read_column
from jissho.datasets._own._files import is_workbook, read_bytes
from jissho.datasets._own._grid import Grid
from jissho.datasets._own._layout import Table, find_table
from jissho.datasets._own._mending import Mending
from jissho.datasets._own._workbook import Workbook
from jissho.errors import DataError

__all__ = ["Mending", "read_own_table"]

NO_TABLE = "一行目に列の名前、二行目からデータが並ぶ表にしてください。"


def read_own_table(path: str | Path, sheet: str | None = None) -> tuple[pd.DataFrame, list[Mending]]:
    """Read a table as it really comes from a plant or a farm.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or other delimited text (UTF-8, Shift_JIS/cp932, UTF-16, EUC-JP, ISO-2022-JP), .xlsx or .xlsm.
        The content decides, not the ending.
    sheet : str, optional
        Sheet of an Excel file; by default the first (visible) one that holds a table.

    Returns
    -------
    DataFrame, list of Mending
        The table without title, units, total, note and empty rows and without empty columns; a clean CSV comes back as
        ``pandas.read_csv`` reads it, but dates are datetimes. ``df.attrs["units"]`` maps column → unit as written in a units row,
        in the heading (which keeps it) or on the values.
        The list has an entry for each value that is not as in the file, each row and column left out, and each value that could
        not be read (it stays as text, and ``before == after``).

    Raises
    ------
    DataError
        File missing, empty, no table, of a kind that cannot be read, protected, or without that sheet.

    Notes
    -----
    - Numbers: full-width digits, separators, ``△▲−(1,234)``, yen, 千・万・億, a unit that the whole column carries.
      ``12.5%`` is 12.5 with unit ``%``, also where Excel shows a percentage. Figures with a leading zero, of more than 15 digits that
      a float would round, or in a column of codes with letters stay text.
    - Days: ``datetime64``; 和暦 by the eras' first and last days (平成 after its end is read as 令和, as offices do, and listed; other
      impossible days stay text). Two-digit years ``24年4月1日`` are 19xx from 69. A year alone (令和6年) is the western year as a number.
      ``4/5/2024`` is read only if other cells of the column prove the order.
    - Times of day: ``timedelta64`` since midnight, so that ``df["日付"] + df["時刻"]`` is the moment, also for 25:30.
    - A column with a few unreadable values is ``object``: numbers (or Timestamps) and the unreadable text;
      ``pd.to_numeric(df["列"], errors="coerce")`` makes those missing. If at most half can be read, it stays text.
    - ``〃`` is filled from above, merged Excel cells downwards; marks such as ``-``, ``NA``, ``欠測`` become missing.
    """
    path = Path(path)
    raw = read_bytes(path)
    if not is_workbook(raw, str(path)):
        if sheet is not None:
            raise DataError("シートがあるのはExcelファイルだけです。", str(path), "sheet= を外してください。")
        return _frame(_found(read_text(raw, str(path), path.suffix.lower())))
    return _frame(_from_workbook(Workbook(raw, str(path)), sheet))


def _found(grid: Grid) -> Table:
    table = find_table(grid)
    if table is not None and not table.lines:
        raise DataError("見出しだけで、データの行がありません。", grid.where, NO_TABLE)
    if table is None or not table.columns:
        raise DataError("表が見つかりません。", grid.where, NO_TABLE)
    table.mendings = grid.mendings + table.mendings
    return table


def _from_workbook(book: Workbook, sheet: str | None) -> Table:
    names = book.sheets()
    if sheet is not None:
        if sheet not in names:
            raise DataError(f"シート「{sheet}」がありません。", book.where, f"あるシート: {'、'.join(names)}")
        return _found(book.grid(sheet))
    grids = {}
    for name in names:
        grids[name] = book.grid(name)
        if (table := find_table(grids[name])) is not None and table.columns:
            break
    else:
        raise DataError("どのシートにも表が見つかりません。", book.where, NO_TABLE)
    table = _found(grids[name])
    others = [
        other for other in names if other != name and (other in grids and grids[other].rows or book.has_cells(other))
    ]
    if others:
        names = "、".join(others)
        table.mendings.append(
            Mending(0, "", names, None, f"シート「{name}」を読みました。ほかのシートは sheet= で選べます。")
        )
    return table


def _frame(table: Table) -> tuple[pd.DataFrame, list[Mending]]:
    columns = [
        Column(name, cells, table.lines, table.units.get(name, ""))
        for name, cells in zip(table.names, table.columns, strict=True)
    ]
    frame = pd.DataFrame(
        {column.name: read_column(column) for column in columns}, index=pd.RangeIndex(len(table.lines))
    )
    units = table.units | {column.name: column.unit for column in columns if column.unit}
    frame.attrs["units"] = units
    mendings = table.mendings + [mending for column in columns for mending in column.mendings]
    return frame, sorted(mendings, key=lambda mending: mending.row)

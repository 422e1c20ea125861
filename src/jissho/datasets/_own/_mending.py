"""What was mended in a visitor's table, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mending:
    """One thing that differs between the file and the table that was read from it.

    Attributes
    ----------
    row : int
        Line of the text file or row of the Excel sheet, from 1; 0 where it concerns the whole file.
    column : str
        Final name of the column; ``""`` where a whole row or the file is concerned.
    before : Any
        As it stood in the file: text, or the cell's number, date or time for Excel. Cells of a whole row are joined by ``｜``.
    after : Any
        As it stands in the table; ``None`` where nothing stands any more (a missing value, a row left out).
        ``before == after`` marks a value that could not be read and was left as it was.
    why : str
        One plain Japanese sentence.
    """

    row: int
    column: str
    before: Any
    after: Any
    why: str

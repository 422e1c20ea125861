"""A sheet of cells with the row numbers of its file: what every format is turned into first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jissho.datasets._own._mending import Mending

Cell = Any  # "" for a blank, else str; from Excel also int, float, bool, datetime, date, time, timedelta


class Formula(str):
    """A formula of Excel whose result was never saved: shown as it is written."""


@dataclass
class Grid:
    """Cells as they stand in the file.

    Attributes
    ----------
    rows : list of list
        Rows of cells, of any length; a blank cell is ``""``.
    numbers : list of int
        Line or Excel row of each row, from 1.
    merges : list of (top, left, bottom, right)
        Merged cells as indices into ``rows``, both ends included (Excel only).
    hidden : list of int
        Hidden columns as indices (Excel only).
    mendings : list of Mending
        What was mended on the way here.
    where : str
        File and sheet, for messages.
    ragged : bool
        Whether the length of a row means something (text files), or not (Excel).
    """

    rows: list[list[Cell]]
    numbers: list[int]
    where: str
    ragged: bool = True
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    mendings: list[Mending] = field(default_factory=list)


def show(row: list[Cell]) -> str:
    """A row's filled cells on one line."""
    return "｜".join(str(cell) for cell in row if cell != "")

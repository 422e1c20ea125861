"""The mapping to public standards: which module serves which code, in which version, checked when."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jissho.errors import ContentError
from jissho_kit.curriculum._yaml import read_text

STANDARDS = "curriculum/standards.csv"
COLUMNS = ("standard", "code", "name", "version", "確認日", "状態", "modules", "source")
CONFIRMED, TO_CONFIRM = "確認済", "要確認"


@dataclass(frozen=True)
class Standard:
    """One code of a standard. ``checked_on`` is None while the wording is still to be checked against the original."""

    standard: str
    code: str
    name: str
    version: str
    checked_on: date | None
    state: str
    modules: list[str]
    source: str
    line: int


def read_standards(root: Path) -> dict[str, Standard]:
    """The rows of ``curriculum/standards.csv`` by code.

    Raises
    ------
    ContentError
        File missing or malformed, a code used twice, or a state that does not fit its date (``file:line``, column).
    """
    reader = csv.DictReader(io.StringIO(read_text(root / STANDARDS, STANDARDS)))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise _error(1, "見出し", f"{','.join(COLUMNS)} のはずです。")
    found: dict[str, Standard] = {}
    for row in reader:
        standard = _standard(row, reader.line_num)
        if standard.code in found:
            raise _error(standard.line, "code", f"{standard.code} が二度書かれています。")
        found[standard.code] = standard
    return found


def _standard(row: dict, line: int) -> Standard:
    if None in row or None in row.values():
        raise _error(line, "行", f"値は{len(COLUMNS)}個のはずです。")
    for column in ("standard", "code", "name", "version"):
        if not row[column].strip():
            raise _error(line, column, "空にはできません。")
    if row["状態"] not in (CONFIRMED, TO_CONFIRM):
        raise _error(line, "状態", f"{CONFIRMED} か {TO_CONFIRM} と書いてください。")
    checked_on = _date(row["確認日"], line)
    if (row["状態"] == CONFIRMED) != (checked_on is not None):
        raise _error(line, "確認日", f"{CONFIRMED} のときだけ、日付を書いてください。")
    return Standard(
        standard=row["standard"],
        code=row["code"],
        name=row["name"],
        version=row["version"],
        checked_on=checked_on,
        state=row["状態"],
        modules=row["modules"].split(),
        source=row["source"],
        line=line,
    )


def _date(text: str, line: int) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _error(line, "確認日", "2026-04-01 の形で書いてください。") from None


def _error(line: int, column: str, what: str) -> ContentError:
    return ContentError(f"{column}: {what}", where=f"{STANDARDS}:{line}", mend="この行を直してください。")

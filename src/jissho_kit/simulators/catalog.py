"""The kit's own datasets as a person looks through them: names, sizes, cards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jissho.datasets import names, own_data, schema
from jissho.errors import DataError
from jissho_kit.simulators._registry import unknown_dataset

CODE = re.compile(r"（([FA]\d+[a-z]?)）\s*$")  # ends a card's first line; F factory, A agriculture


@dataclass(frozen=True)
class Entry:
    """A dataset: ``code`` as courses cite it (F1 … A6), ``bytes`` of the CSV."""

    name: str
    title: str
    code: str
    rows: int
    columns: int
    bytes: int

    @property
    def field(self) -> str:
        """``factory`` or ``agriculture``; empty without a code."""
        return {"F": "factory", "A": "agriculture"}.get(self.code[:1], "")


def catalog() -> list[Entry]:
    """All datasets that come with the kit, factory first, in the order of their codes.

    Raises
    ------
    DataError
        A dataset lacks its table or card.
    """
    return sorted(map(_entry, names()), key=lambda entry: (entry.field != "factory", entry.code, entry.name))


def card(name: str) -> str:
    """A dataset's card, as Markdown.

    Raises
    ------
    UsageError
        There is no dataset of that name; names that are near it are given.
    DataError
        The card is missing.
    """
    if name not in names():
        raise unknown_dataset(name, names())
    return _read(own_data() / name / "card.md").decode("utf-8-sig")


def _entry(name: str) -> Entry:
    found = CODE.search(card(name).partition("\n")[0])
    table = _read(own_data() / name / f"{name}.csv")
    shape = schema(name)
    # No cell holds a line end, so a line is a row; the first is the header.
    return Entry(name, shape.title, found[1] if found else "", table.count(b"\n") - 1, len(shape.columns), len(table))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"データのファイルを読めません（{error.strerror}）。", where=str(path)) from None

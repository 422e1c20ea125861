"""Build a lesson's notebook: ids, numbers filled in, claims kept or dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pandas as pd
from nbformat import NotebookNode, v4

from jissho.errors import ContentError
from jissho_kit.curriculum import Part
from jissho_kit.kernels import KERNEL
from jissho_kit.lessons._fill import fill
from jissho_kit.lessons._source import Lesson, part_named, read, source_of
from jissho_kit.truths import shipped_tables

Audience = Literal["participant", "author"]
_KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": KERNEL,
}
_INSTRUCTORS = "jissho_kit"
# Tag of cells that show a question: their code (with a self-check's answer) is folded away, its first line remains.
FORM = "form"
# Kana, kanji, full-width signs: between two of these Markdown's line break must not become a space.
LETTER = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]")


def build(
    part: Part | str,
    data: Mapping[str, pd.DataFrame] | None = None,
    audience: Audience = "participant",
    root: Path | None = None,
    fills: bool = True,
) -> NotebookNode:
    """Notebook of a lesson, its prose filled in for ``data``, without outputs.

    Parameters
    ----------
    part : Part or str
        A part of the curriculum, or its id.
    data : mapping of name to DataFrame, optional
        Tables the computed numbers are taken from; by default those shipped with the kit.
    audience : "participant" or "author"
        Participants get no ``claim`` cells and nothing that names the instructor's side.
    root : Path, optional
        Content folder to read the lesson from.
    fills : bool
        ``False`` leaves the references to computed numbers as they stand, which takes no time.

    Returns
    -------
    NotebookNode
        Cell ids are ``<part>-<position in the source, 3 digits>``, equal for both audiences.

    Raises
    ------
    ContentError
        The source is malformed, a reference names no result, or a participant's cell names ``jissho_kit``.
    """
    part = part_named(part)
    lesson = read(source_of(part, root))
    tables = (shipped_tables() if data is None else data) if fills else None
    cells = [_cell(lesson, index, tables) for index in range(len(lesson.lines))]
    if audience == "participant":
        cells = [cell for cell in cells if not is_claim(cell)]
        _refuse_instructors_side(lesson, cells)
    metadata = {
        "kernelspec": _KERNELSPEC,
        "language_info": {"name": "python"},
        "title": f"{part.id} {part.title}",
        "jissho": {"part": part.id},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)


def is_claim(cell: NotebookNode) -> bool:
    """Whether a cell asserts what the lesson means (and is for authors only)."""
    return "claim" in cell.metadata.get("tags", [])


def cell_id(part: str, index: int) -> str:
    """Id of the cell at ``index`` (from 0) of a part's source."""
    return f"{part}-{index + 1:03}"


def position(cell: NotebookNode) -> int:
    """Position in the source of a built cell: the inverse of :func:`cell_id`."""
    return int(cell.id.rpartition("-")[2]) - 1


def _cell(lesson: Lesson, index: int, data: Mapping[str, pd.DataFrame] | None) -> NotebookNode:
    original = lesson.notebook.cells[index]
    new = {
        "markdown": v4.new_markdown_cell,
        "code": v4.new_code_cell,
        "raw": v4.new_raw_cell,
    }[original.cell_type]
    filled = original.cell_type == "markdown" and data is not None
    source = _filled(lesson, index, data) if filled else original.source
    metadata = dict(original.metadata)
    if {FORM, "parameters"} & set(metadata.get("tags", [])):
        metadata["jupyter"] = {"source_hidden": True}
    return new(source, id=cell_id(lesson.part, index), metadata=metadata)


def _filled(lesson: Lesson, index: int, data: Mapping[str, pd.DataFrame]) -> str:
    """Markdown of a cell with its numbers; an error names the line in the lesson's file."""
    lines = lesson.notebook.cells[index].source.splitlines()
    for number, line in enumerate(lines, 1):
        try:
            lines[number - 1] = fill(line, data)
        except ContentError as error:
            raise ContentError(error.what, where=lesson.where(index, number), mend=error.mend) from None
    return unwrap("\n".join(lines))


def unwrap(text: str) -> str:
    """Join lines broken within a Japanese paragraph: Markdown would show the break as a space."""
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        goes_on = lines and not fenced and not lines[-1].startswith(("#", "|", "```"))
        if goes_on and LETTER.fullmatch(lines[-1][-1:]) and LETTER.match(line):
            lines[-1] += line
        else:
            lines.append(line)
    return "\n".join(lines)


def _refuse_instructors_side(lesson: Lesson, cells: list[NotebookNode]) -> None:
    for cell in cells:
        if _INSTRUCTORS in cell.source:
            raise ContentError(
                f"受講者に渡るセルに {_INSTRUCTORS} があります。",
                where=lesson.where(position(cell)),
                mend='tags=["claim"] を付けるか、jissho だけで書いてください。',
            )

"""Read a lesson's text file: front matter, cells and the line each cell starts on."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from nbformat import NotebookNode

from jissho.errors import ContentError, UsageError
from jissho_kit.curriculum import Part, content_root, find

_CELL = re.compile(r"# %%(\s|$)")
_NO_CODE_TIER = "K"


@dataclass(frozen=True)
class Lesson:
    """A lesson's source. ``lines[i]`` is the line (from 1) of the marker ``# %%`` of ``notebook.cells[i]``."""

    path: Path
    part: str
    given: tuple[str, ...]
    notebook: NotebookNode
    lines: tuple[int, ...]

    def where(self, cell: int, line: int = 0) -> str:
        """``file:line`` of a cell, or of line ``line`` (from 1) within it."""
        return f"{self.path}:{self.lines[cell] + line}"

    @property
    def shows_code(self) -> bool:
        """Executives see no code."""
        return not self.part.startswith(_NO_CODE_TIER)

    def parameters(self) -> dict[str, Any]:
        """Names and default values in the cell tagged ``parameters``.

        Raises
        ------
        ContentError
            A parameter is not a plain value.
        """
        for index, cell in enumerate(self.notebook.cells):
            if "parameters" in cell.metadata.get("tags", []):
                return {name: value for name, value in self._assignments(index, cell.source)}
        return {}

    def _assignments(self, index: int, source: str):
        for statement in _parsed(source, self.where(index)):
            try:
                yield statement.targets[0].id, ast.literal_eval(statement.value)
            except (AttributeError, ValueError):
                raise ContentError(
                    "parameters のセルには「名前 = 値」だけを書けます。",
                    where=self.where(index, statement.lineno),
                ) from None


def _parsed(source: str, where: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        raise ContentError(f"Pythonとして読めません: {error.msg}", where=where) from None


def part_named(part: Part | str) -> Part:
    """The part itself, or the one with that id. Raises UsageError for an id that names none or several."""
    if not isinstance(part, str):
        return part
    found = find(part)
    if len(found) != 1:
        raise UsageError(
            f"「{part}」は一つの教材を指していません。",
            mend=f"次から選んでください: {', '.join(p.id for p in found)}",
        )
    return found[0]


def source_of(part: Part | str, root: Path | None = None) -> Path:
    """Path of a part's lesson below ``root`` (by default the kit's content).

    Raises
    ------
    UsageError
        The part is planned: it has no lesson yet.
    """
    part = part_named(part)
    if not part.lesson:
        raise UsageError(
            f"{part.id} の教材は準備中です。",
            mend="jissho list で使える教材を確かめてください。",
        )
    return (root or content_root()) / part.lesson


def read(path: Path) -> Lesson:
    """Read a py:percent lesson.

    Raises
    ------
    ContentError
        The file is missing, is not UTF-8, has no readable front matter, or has text outside its cells.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            f"教材を読めません: {error}",
            where=str(path),
            mend="UTF-8で保存し、教科のファイルの lesson: と名前を合わせてください。",
        ) from None
    try:
        notebook = deepcopy(_notebook(text))
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise ContentError(
            f"教材の見出し（--- の間）をYAMLとして読めません: {error}",
            where=f"{path}:1",
            mend="字下げと括弧を確かめてください。",
        ) from None
    lines = tuple(n for n, line in enumerate(text.splitlines(), 1) if _CELL.match(line))
    front = notebook.metadata.get("jissho")
    if not isinstance(front, dict) or not isinstance(front.get("part"), str):
        raise ContentError(
            "教材の見出しに jissho: {part: 番号} がありません。",
            where=f"{path}:1",
            mend="# jupyter: の下に jissho: part: を書いてください。",
        )
    if len(lines) != len(notebook.cells):
        raise ContentError(
            "セルの外に文字があります。",
            where=f"{path}:1",
            mend="すべての文字を # %% の下に入れてください。",
        )
    return Lesson(path, front["part"], tuple(map(str, front.get("given") or ())), notebook, lines)


@lru_cache(32)
def _notebook(text: str) -> NotebookNode:
    """jupytext takes its time, and each lesson is built for several readers."""
    import jupytext

    return jupytext.reads(text, fmt="py:percent")

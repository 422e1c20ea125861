"""Rules on what was handed out: a release is what its course and the kit's text make, cell by cell."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from jissho.errors import ContentError
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import line_of, text_of
from jissho_kit.checks._subjects import Release
from jissho_kit.grading.build import build_notebook
from jissho_kit.grading.course import Course, open_course
from jissho_kit.grading.driver import hand_out
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import Key
from jissho_kit.grading.values import close

_NOT_REBUILT = shutil.ignore_patterns("release", "submitted", "autograded", "feedback", "exchange", "*.db")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def equals_its_rebuild(release: Release) -> Iterator[Fault]:
    """Differing cells, then files that the rebuild does not have or has otherwise."""
    course = open_course(release.course)
    if release.id not in course.assignments:
        return  # not ours: left to stock nbgrader
    with tempfile.TemporaryDirectory(prefix="jissho-rebuild-") as work:
        rebuilt = _rebuild(course, release.id, release.kit.root, Path(work) / "course")
        yield from _cells(release, rebuilt / release.path.name, list(course.keys(release.id).values()))
        yield from _files(release, rebuilt)


def _rebuild(course: Course, assignment: str, root: Path, to: Path) -> Path:
    """Folder of the assignment as it would be handed out today."""
    shutil.copytree(course.root, to, ignore=_NOT_REBUILT)
    params = {id: key.params for id, key in course.keys(assignment).items()}
    notebook, _ = build_notebook(assignment, load_items(assignment, root), course.data(assignment), params, root)
    nbformat.write(notebook, to / "source" / assignment / f"{assignment}.ipynb")
    hand_out(open_course(to))
    return to / "release" / assignment


def _cells(release: Release, rebuilt: Path, keys: list[Key]) -> Iterator[Fault]:
    had, wanted = _by_id(release.path), _by_id(rebuilt)
    for id in [*wanted, *(id for id in had if id not in wanted)]:
        if _essence(had.get(id)) == _essence(wanted.get(id)):
            continue
        old = wanted[id].source.splitlines() if id in wanted else []
        added = [line for line in had[id].source.splitlines() if line not in old] if id in had else []
        line = line_of(
            release.path, f'"id": {json.dumps(id)}', *(json.dumps(one, ensure_ascii=False)[1:-1] for one in added[:1])
        )
        yield Fault(release.path, line, _named(id, had, wanted), _difference(id, had, wanted, added, keys))


def _by_id(path: Path) -> dict[str, NotebookNode]:
    try:
        cells = nbformat.reads(text_of(path), as_version=4).cells
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise ContentError(f"ノートブックとして読めません（{type(error).__name__}）。", where=f"{path}:1") from None
    return {cell.get("id", str(n)): cell for n, cell in enumerate(cells)}


def _essence(cell: NotebookNode | None) -> tuple:
    """What of a cell matters to participant and grader."""
    return (cell.cell_type, cell.source, cell.metadata.get("nbgrader"), cell.get("outputs")) if cell else ()


def _named(id: str, had: dict, wanted: dict) -> str:
    """The cell's grade id, else its own."""
    cell = wanted.get(id) or had[id]
    return cell.metadata.get("nbgrader", {}).get("grade_id", id)


def _difference(id: str, had: dict, wanted: dict, added: list[str], keys: list[Key]) -> str:
    if id not in had:
        return f"セル {id} がありません"
    text = "\n".join(added)
    given_away = [key.id for key in keys if _states(text, key)]
    if given_away:
        return f"セル {id} に問 {'・'.join(given_away)} の正解が書かれています「{text:.60}」"
    return f"セル {id} が{'違います' if id in wanted else '増えています'}「{text:.60}」"


def _states(text: str, key: Key) -> bool:
    """Whether the text holds one of the key's right answers (a share also in per cent)."""
    rights = [right.answer for right in key.rights]
    if key.kind == "number":
        values = [float(number.replace(",", "")) for number in _NUMBER.findall(text)]
        readings = [reading for value in values for reading in (value, value / 100)]
        return any(close(reading, right, key.tolerance) for reading in readings for right in rights)
    return any(isinstance(right, str) and right in text for right in rights)


def _files(release: Release, rebuilt: Path) -> Iterator[Fault]:
    folder = release.path.parent
    had, wanted = _contents(folder), _contents(rebuilt)
    for name in sorted(had.keys() | wanted.keys()):
        if had.get(name) != wanted.get(name):
            yield Fault(
                folder / name,
                1,
                release.id,
                f"ファイル {name} が{'違います' if name in had and name in wanted else '増えているか、ありません'}",
            )


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


RULES = (
    Rule(
        "release-differs",
        "release",
        "配った課題が、作り直したものと違います",
        "配る前なら作り直してください。配った後なら、違う所を受講者に伝えてください。",
        equals_its_rebuild,
    ),
)

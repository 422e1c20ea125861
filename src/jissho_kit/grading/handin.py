"""Hand out a course's assignments and hand in submissions with given answers (rehearsal and tests)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jissho.errors import UsageError
from jissho_kit.grading.course import Course
from jissho_kit.grading.items import Item, load_items
from jissho_kit.grading.keys import as_typed, source_of
from jissho_kit.grading.manifest import GradedCell, Manifest

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Known:
    """An answer ready to hand in, and what the page must say: points, sentence, misconception or slip."""

    item: str
    answer: Any
    points: float
    say: str = ""
    because: str = ""


def hand_in(
    course: Course, assignment: str, student: str, answers: Mapping[str, Any], bom: bool = False, file: bool = True
) -> Path:
    """Make a submission from the released copy.

    Parameters
    ----------
    course : Course
        Handed out before (see ``driver.hand_out``).
    assignment, student : str
    answers : mapping of item id to answer
        A value goes into the item's variable, a function item takes source text, prose replaces its cell,
        everything else goes into 回答.json as the form would write it. Missing items stay as released.
    bom : bool
        Save the notebook with a byte order mark, as Excel and some editors do.
    file : bool
        Whether 回答.json is handed in (when the assignment has forms).

    Returns
    -------
    Path
        Folder of the submission.

    Raises
    ------
    UsageError
        The assignment was not handed out, or the student has already handed in.
    """
    import nbformat

    released = course.root / "release" / assignment
    manifest = course.manifest(assignment)
    if manifest is None or not released.is_dir():
        raise UsageError(
            f"課題 {assignment} はまだ配られていません。", where=str(course.root), mend="先に課題を配ってください。"
        )
    folder = course.root / "submitted" / student / assignment
    if folder.exists():
        raise UsageError(f"{student} さんの提出がすでにあります。", where=str(folder), mend="別の名前にしてください。")
    shutil.copytree(released, folder)
    path = folder / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    forms = _fill_cells(notebook, manifest, answers)
    path.write_bytes((BOM if bom else b"") + nbformat.writes(notebook).encode("utf-8"))
    if file and forms is not None:
        _write_answers(folder / "回答.json", forms)
    now = datetime.now(UTC)
    (folder / "timestamp.txt").write_text(f"{now:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="ascii")
    return folder


def _fill_cells(notebook, manifest: Manifest, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write answers into their cells; returns those for 回答.json (None when the assignment has no form)."""
    cells = {cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    forms = [graded.item for graded in manifest.cells if _is_form(graded)]
    for graded in manifest.cells:
        if graded.item not in answers:
            continue
        answer = answers[graded.item]
        if graded.role == "manual" and not graded.source:
            cells[graded.grade_id].source = answer
        elif graded.role == "test" and graded.name:
            own = cells[f"{graded.grade_id}-answer"]
            own.source = answer if graded.probe else f"{own.source}\n{graded.name} = {answer!r}"
    return {item: answers[item] for item in forms if item in answers} if forms else None


def _is_form(graded: GradedCell) -> bool:
    """Whether the answer comes from 回答.json."""
    return (graded.role == "test" and not graded.name) or (graded.role == "manual" and bool(graded.source))


def _write_answers(path: Path, forms: Mapping[str, Any]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    entries = {item: {"value": value, "at": at} for item, value in forms.items()}
    path.write_text(json.dumps({"v": 1, "answers": entries, "predictions": {}}, ensure_ascii=False), encoding="utf-8")


def right_answers(course: Course, assignment: str, root: Path | None = None) -> dict[str, Known]:
    """For each item that is judged: its right answer on this course's data, ready to hand in."""
    return {item.id: found[0] for item, found in _all(course, assignment, root) if found}


def wrong_answer_sets(course: Course, assignment: str, root: Path | None = None) -> dict[str, list[Known]]:
    """For each item that is judged: every known wrong answer on this course's data, ready to hand in."""
    return {item.id: found[1:] for item, found in _all(course, assignment, root) if found}


def _all(course: Course, assignment: str, root: Path | None) -> list[tuple[Item, list[Known]]]:
    keys, manifest = course.keys(assignment), course.manifest(assignment)
    names = {graded.item: graded.name for graded in manifest.cells if graded.role == "test"}
    return [(item, _known(item, keys[item.id], names.get(item.id, ""))) for item in load_items(assignment, root)]


def _known(item: Item, key, name: str) -> list[Known]:
    """The right answer, then each known wrong one; none for prose."""
    if item.kind == "text":
        return []
    if item.kind == "function":
        answers = [source_of(stated.function, name) for stated in [item.right, *item.wrong]]
    else:
        answers = [
            as_typed(key, key.right),
            *([w.answer] if w.includes else as_typed(key, w.answer) for w in key.wrong),
        ]
    right, *wrong = answers
    return [
        Known(item.id, right, item.points, "正解です。"),
        *(Known(item.id, answer, w.points, w.say, w.because) for answer, w in zip(wrong, key.wrong, strict=True)),
    ]

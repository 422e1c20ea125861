"""Mend a submission before it is run: graded cells as released, each once, the participant's own cells kept."""

from __future__ import annotations

from nbformat import NotebookNode, from_dict
from nbformat.v4 import upgrade

from jissho_kit.grading.intake import make_cell
from jissho_kit.grading.manifest import KERNEL, TEXT_STUB, GradedCell, Manifest

CELL_TYPES = ("code", "markdown", "raw")


def tidy(nb: NotebookNode, manifest: Manifest, known: set[str]) -> tuple[NotebookNode, list[str]]:
    """Rewrite the graded cells of a submission from the manifest.

    Parameters
    ----------
    nb : NotebookNode
    manifest : Manifest
    known : set of str
        Ids of all cells nbgrader knows, also those an instructor added by hand.

    Returns
    -------
    (notebook, notes)
        Test cells stand once, as released, probes last; missing ones are put back; points, locks and
        notebook metadata are the manifest's; an unknown graded cell loses its grade. Notes are in Japanese.
    """
    notes: list[str] = []
    cells = [cell for cell in nb.cells if cell.get("cell_type") in CELL_TYPES]
    last = _last_copies(cells, manifest)
    kept: list[NotebookNode] = []
    for i, cell in enumerate(cells):
        grade_id = _grade_id(cell)
        graded = manifest.cell(grade_id) if grade_id else None
        if graded is None:
            kept.append(_without_grade(cell, known, last.get(grade_id) == i, notes))
        elif graded.role != "test":
            kept.append(_own(cell, graded, last[grade_id] == i))
        elif last[grade_id] == i and not graded.probe:
            kept.append(_test(graded))
    missing = [graded for graded in manifest.cells if graded.role != "answer" and graded.grade_id not in last]
    notes += [f"問 {graded.item} の採点セルがなかったので、配布時のものを戻しました。" for graded in missing]
    kept += [_test(graded) if graded.role == "test" else _manual(graded) for graded in missing if not graded.probe]
    kept += [_test(graded) for graded in manifest.cells if graded.probe]
    nb.cells = kept
    nb.metadata = from_dict(KERNEL)
    if notes:
        nb.cells.insert(
            0, make_cell("markdown", "**採点の前に直したこと**\n\n" + "\n".join(f"- {note}" for note in notes))
        )
    return _with_ids(nb), notes


def _grade_id(cell: NotebookNode) -> str:
    meta = cell.get("metadata", {}).get("nbgrader")
    grade_id = meta.get("grade_id") if isinstance(meta, dict) else None
    return grade_id if isinstance(grade_id, str) else ""


def _last_copies(cells: list[NotebookNode], manifest: Manifest) -> dict[str, int]:
    """Position of the copy that counts, by grade id: the last one, but an empty prose cell never hides a written one."""
    last: dict[str, int] = {}
    for i, cell in enumerate(cells):
        graded = manifest.cell(_grade_id(cell))
        empty = graded is not None and graded.role == "manual" and cell.source.strip() in ("", _released(graded))
        if not (empty and _grade_id(cell) in last):
            last[_grade_id(cell)] = i
    last.pop("", None)
    return last


def _without_grade(cell: NotebookNode, known: set[str], is_last: bool, notes: list[str]) -> NotebookNode:
    meta = cell.metadata.get("nbgrader")
    if meta is None or (is_last and _grade_id(cell) in known):
        return cell
    if isinstance(meta, dict) and meta.get("grade"):
        notes.append(f"採点表にない採点セル「{_grade_id(cell)[:40]}」は0点です。")
    del cell.metadata["nbgrader"]
    return cell


def _own(cell: NotebookNode, graded: GradedCell, is_last: bool) -> NotebookNode:
    """A participant's cell: its text is theirs, its grading metadata ours; a copy is an ordinary cell."""
    cell.metadata.pop("nbgrader", None)
    if is_last:
        kind = "markdown" if graded.role == "manual" else "code"
        cell = make_cell(kind, cell.source, {**cell.metadata, "nbgrader": graded.metadata()})
    return cell


def _test(graded: GradedCell) -> NotebookNode:
    return make_cell("code", graded.source, {"nbgrader": graded.metadata()})


def _manual(graded: GradedCell) -> NotebookNode:
    return make_cell("markdown", _released(graded), {"nbgrader": graded.metadata()})


def _released(graded: GradedCell) -> str:
    """Text of a manually graded cell as it was handed out."""
    return graded.source or TEXT_STUB


def _with_ids(nb: NotebookNode) -> NotebookNode:
    """Every cell with an id of its own, as the newest notebook format asks."""
    nb = upgrade(nb, from_version=4, from_minor=nb.get("nbformat_minor", 0))
    for i, cell in enumerate(nb.cells):
        cell["id"] = f"cell-{i:04d}"
    return nb

"""Mending a submission: honest damage and tampering end in the same clean notebook."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from jissho_kit.grading.tidy import tidy


@pytest.fixture
def released(course):
    return nbformat.read(course.root / "release" / "G-A-1" / "G-A-1.ipynb", as_version=4)


@pytest.fixture
def clean(course):
    manifest = course.manifest("G-A-1")
    known = {cell.grade_id for cell in manifest.cells}
    return lambda nb, more=(): tidy(nb, manifest, known | set(more))


def ids(nb):
    return [c.metadata.nbgrader["grade_id"] for c in nb.cells if "nbgrader" in c.metadata]


def find(nb, grade_id):
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def test_an_untouched_notebook_keeps_cells_and_order(released, clean):
    before = [cell.source for cell in released.cells]
    mended, notes = clean(copy.deepcopy(released))
    assert [cell.source for cell in mended.cells] == before and notes == []
    nbformat.validate(mended)


def test_a_copied_cell_counts_once(released, clean):
    position = released.cells.index(find(released, "G-A-1_a-answer"))
    released.cells.insert(position + 1, copy.deepcopy(released.cells[position]))
    released.cells.append(copy.deepcopy(find(released, "G-A-1_a")))
    mended, _ = clean(released)
    assert len(ids(mended)) == len(set(ids(mended)))
    assert mended.cells[-1].metadata.nbgrader["grade_id"] == "G-A-1_g"
    nbformat.validate(mended)


def test_a_missing_test_cell_is_put_back_and_named(released, clean):
    for grade_id in ("G-A-1_a", "G-A-1_a-answer", "G-A-1_f", "G-A-1_h"):
        released.cells.remove(find(released, grade_id))
    mended, notes = clean(released)
    assert {"G-A-1_a", "G-A-1_f", "G-A-1_h"} <= set(ids(mended))
    assert ids(mended)[-2:] == ["G-A-1_f", "G-A-1_g"]
    assert [note.split()[1] for note in notes] == ["G-A-1.a", "G-A-1.f", "G-A-1.h"]
    assert "配布時のもの" in mended.cells[0].source


def test_points_locks_and_sources_are_the_manifests(released, clean):
    test = find(released, "G-A-1_a")
    test.metadata.nbgrader.update({"points": 99, "locked": False, "solution": True, "schema_version": 1})
    test.source = "100.0"
    released.metadata = {"kernelspec": {"name": "evil", "display_name": "evil"}}
    mended, _ = clean(released)
    test = find(mended, "G-A-1_a")
    assert (test.metadata.nbgrader["points"], test.metadata.nbgrader["solution"]) == (2, False)
    assert test.source.endswith('answer("G-A-1.a", 割合)')
    assert mended.metadata.kernelspec.name == "python3"


def test_a_test_cell_turned_into_prose_is_code_again(released, clean):
    position = released.cells.index(find(released, "G-A-1_a"))
    released.cells[position] = new_markdown_cell("x", metadata=released.cells[position].metadata)
    mended, _ = clean(released)
    assert find(mended, "G-A-1_a").cell_type == "code"


@pytest.mark.parametrize(
    "meta", ["text", {}, {"grade_id": 3, "grade": True}, {"grade": True, "grade_id": "Z_z", "points": 50}]
)
def test_unknown_or_malformed_grading_is_taken_off(released, clean, meta):
    released.cells.append(new_code_cell("50.0", metadata={"nbgrader": meta}))
    mended, notes = clean(released)
    assert "Z_z" not in ids(mended) and "50.0" in [cell.source for cell in mended.cells]
    assert bool(notes) == (isinstance(meta, dict) and bool(meta))


def test_a_cell_the_instructor_added_stays(released, clean):
    meta = {
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "grade_id": "mine",
        "points": 1,
        "schema_version": 3,
    }
    released.cells.append(new_code_cell("1.0", metadata={"nbgrader": meta}))
    mended, notes = clean(released, ["mine"])
    assert find(mended, "mine").metadata.nbgrader["points"] == 1 and notes == []


def test_an_empty_copy_does_not_hide_written_prose(released, clean):
    own = find(released, "G-A-1_h")
    empty = copy.deepcopy(own)
    own.source = "理由はこれです。"
    released.cells.append(empty)
    mended, _ = clean(released)
    assert find(mended, "G-A-1_h").source == "理由はこれです。"


def test_an_older_format_gets_ids(released, clean):
    released.nbformat_minor = 2
    for cell in released.cells:
        del cell["id"]
    mended, _ = clean(released)
    nbformat.validate(mended)
    assert len({cell.id for cell in mended.cells}) == len(mended.cells)

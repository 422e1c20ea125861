"""Submissions made from the released copy."""

from __future__ import annotations

import json
import shutil

import nbformat
import pytest

from jissho.errors import UsageError
from jissho_kit.grading.course import open_course
from jissho_kit.grading.handin import hand_in, right_answers, wrong_answer_sets

NAME = "G-A-1"


@pytest.fixture
def own(course, tmp_path):
    """A copy of the course: what is handed in here is not in the others' course."""
    shutil.copytree(course.root, tmp_path / "講座")
    return open_course(tmp_path / "講座")


def test_every_known_wrong_answer_is_offered(course, content, toy_items):
    wrong = wrong_answer_sets(course, NAME, content)
    assert {item: len(known) for item, known in wrong.items()} == {
        item.id: len(item.wrong) + (item.id == "G-A-1.a") for item in toy_items if item.kind != "text"
    }
    assert all(one.points == 0 and one.say for known in wrong.values() for one in known)


def test_answers_go_where_a_participant_would_put_them(own, content):
    right = {item: known.answer for item, known in right_answers(own, NAME, content).items()}
    folder = hand_in(own, NAME, "置き場所", right | {"G-A-1.h": "理由"})
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    cells = {c.metadata.nbgrader["grade_id"]: c.source for c in notebook.cells if "nbgrader" in c.metadata}
    assert cells["G-A-1_b-answer"].endswith("項目 = '汚れ'")
    assert cells["G-A-1_f-answer"].startswith("def 分割(行):")
    assert cells["G-A-1_h"] == "理由"
    stored = json.loads((folder / "回答.json").read_text("utf-8"))
    assert set(stored["answers"]) == {"G-A-1.c", "G-A-1.d", "G-A-1.e"}
    assert stored["answers"]["G-A-1.c"]["value"] == ["見逃し率", "期間"]


def test_a_second_hand_in_is_refused(own):
    hand_in(own, NAME, "二度目", {})
    with pytest.raises(UsageError, match="すでにあります"):
        hand_in(own, NAME, "二度目", {})

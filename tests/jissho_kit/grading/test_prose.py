"""Prose written in a form: handed out, handed in, graded, and shown to the instructor letter by letter."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbgrader.api import Gradebook

from jissho_kit import kernels
from jissho_kit.grading import driver
from jissho_kit.grading.handin import hand_in
from jissho_kit.grading.judge import REFUSALS

from .conftest import make, toy, write_content

NAME = toy.ASSIGNMENT
ITEM, CELL = f"{NAME}.h", f"{NAME}_h"
HOSTILE = "</pre><script>alert(1)</script>\n\n# 見出し\n```\n$$\\href{javascript:alert(1)}{x}$$ & \ud800\x00"

pytestmark = pytest.mark.skipif(bool(kernels.why_not()), reason="submissions cannot be shut in here")


def cell_of(path):
    nb = nbformat.read(path, as_version=4)
    return next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == CELL)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course whose only item is answered with a form; one of each kind of hand-in."""
    items = toy.ITEMS[toy.ITEMS.index(f"- id: {ITEM}") :]
    root = write_content(tmp_path_factory.mktemp("prose") / "content", items, f'# %% item="{ITEM}" form=true\n')
    course = make(root, tmp_path_factory.mktemp("講座") / "course")
    driver.hand_out(course)
    hand_in(course, NAME, "書いた", {ITEM: "一行目です。\n\n<b>二</b>行目 *です*。"})
    bad = hand_in(course, NAME, "悪い", {})
    kept = {"v": 1, "answers": {ITEM: {"value": HOSTILE}}}
    (bad / "回答.json").write_text(json.dumps(kept), encoding="ascii")
    hand_in(course, NAME, "白紙", {ITEM: "　"})
    hand_in(course, NAME, "無ファイル", {ITEM: "x"}, file=False)
    both = hand_in(course, NAME, "両方", {ITEM: "欄の答え"})
    path = both / f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("上の欄に記録した答えは", "セルの答え"), encoding="utf-8")
    (path.with_name("回答.json")).rename(_made(both / "visitor") / "回答.json")
    rows = {row.student: row for row in driver.grade(course, pages=True)}
    return course, rows


def _made(folder):
    folder.mkdir()
    return folder


def source(course, student):
    return cell_of(course.root / "autograded" / student / NAME / f"{NAME}.ipynb").source


def test_the_form_is_handed_out_and_nothing_says_write_here(graded):
    nb = nbformat.read(graded[0].root / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    _, form, cell = nb.cells[-3:]
    assert f'ask("{ITEM}", "text"' in form.source and cell.source == graded[0].manifest(NAME).cell(CELL).source
    assert "ここに書いてください" not in markdown2html(cell.source).partition("<!--")[0]


def test_what_was_typed_waits_for_the_instructor_as_it_was_typed(graded):
    course, rows = graded
    shown = markdown2html(source(course, "書いた"))
    assert "一行目です。\n\n&lt;b&gt;二&lt;/b&gt;行目 *です*。" in shown and "上の欄" not in shown
    assert rows["書いた"].needs_manual and not rows["書いた"].problem
    page = (course.root / "feedback" / "書いた" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "一行目です。\n\n&lt;b&gt;二" in page and "講師が採点" in page
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        waiting = {name: gradebook.find_grade(CELL, NAME, NAME, name).needs_manual_grade for name in rows}
    assert waiting == {"書いた": True, "悪い": True, "白紙": False, "無ファイル": True, "両方": True}


def test_nothing_of_it_is_live(graded):
    shown = markdown2html(source(graded[0], "悪い"))
    assert "<script" not in shown and "$" not in shown and shown.count("<pre") == shown.count("</pre>") == 1
    assert "&lt;/pre&gt;&lt;script&gt;" in shown and "<h1" not in shown and "<a" not in shown


def test_blank_is_nothing_and_a_lost_file_is_said(graded):
    course, rows = graded
    assert source(course, "白紙") == course.manifest(NAME).cell(CELL).source
    assert (rows["白紙"].score, rows["白紙"].needs_manual) == (0, False)
    assert source(course, "無ファイル") == REFUSALS["no-file"]


def test_both_ways_of_answering_stand_there(graded):
    shown = source(graded[0], "両方")
    assert shown.index("セルの答え") < shown.index("欄の答え")

"""A handed-out notebook against its rebuild: what was planted is named."""

import json

import pytest

from jissho_kit import curriculum
from jissho_kit.checks import check
from jissho_kit.checks.releases import RULES, _difference
from jissho_kit.grading.course import make_course
from jissho_kit.grading.driver import hand_out
from jissho_kit.grading.keys import AlsoRight, Key

ASSIGNMENT, ITEM = "B-F-1b", "B-F-1b.b"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = make_course(
        tmp_path_factory.mktemp("course") / "講座", "B", "factory", seed=3, assignments={ASSIGNMENT: ["checksheet"]}
    )
    hand_out(made)
    return made


@pytest.fixture
def release(course):
    """The handed-out notebook, put back afterwards."""
    path = course.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def findings(path):
    return check([path], root=curriculum.content_root(), rules=RULES).findings


def test_an_untouched_release_equals_its_rebuild(course):
    assert findings(course.root) == ()


def test_a_planted_answer_and_a_planted_cell_and_file_are_named(course, release):
    notebook = json.loads(release.read_text(encoding="utf-8"))
    right = course.keys(ASSIGNMENT)[ITEM].right
    cell = next(
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "B-F-1b_b-answer"
    )
    cell["source"] = [*cell["source"], f"\n# 答えは {right:,.0f} です"]
    notebook["cells"].append({"cell_type": "markdown", "id": "extra", "metadata": {}, "source": ["おまけ"]})
    release.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    planted = release.with_name("解答.txt")
    planted.write_text("x")
    answer, extra, file = findings(release)
    planted.unlink()
    assert answer.rule == "release-differs" and answer.id == "B-F-1b_b-answer"
    assert f"問 {ITEM} の正解が書かれています" in answer.message
    assert "答えは" in release.read_text(encoding="utf-8").splitlines()[answer.line - 1]
    assert (extra.id, "増えています" in extra.message) == ("extra", True)
    assert file.file.endswith("解答.txt")


@pytest.mark.parametrize(
    ("kind", "also", "planted"), [("number", 4321.5, "4,321.5"), ("choice", "もう一つ", "もう一つ")]
)
def test_another_right_answer_that_is_planted_is_named(kind, also, planted):
    key = Key(id=ITEM, kind=kind, points=1, right="一つ" if kind == "choice" else 1.0, also=[AlsoRight(answer=also)])
    assert f"問 {ITEM} の正解" in _difference("c", {"c": None}, {"c": None}, [f"# {planted} です"], [key])
    assert "正解" not in _difference("c", {"c": None}, {"c": None}, ["# 2 です"], [key])


def test_a_removed_cell_is_named(course, release):
    notebook = json.loads(release.read_text(encoding="utf-8"))
    gone = notebook["cells"].pop(0)
    release.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    (found,) = findings(release)
    assert gone["id"] in found.message and "ありません" in found.message


def test_a_release_that_is_no_notebook_is_a_finding(release):
    release.write_text("{", encoding="utf-8")
    (found,) = findings(release)
    assert "読めません" in found.message and found.file.endswith("B-F-1b.ipynb")

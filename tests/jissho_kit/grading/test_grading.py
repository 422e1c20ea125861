"""Whole submissions through nbgrader: stock and our driver agree, and each trap of nbgrader is shut.

One course is graded once by our driver, a moved copy of it by stock ``nbgrader`` in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook

from jissho.bundle import MIME
from jissho.errors import ContentError, UsageError
from jissho.teach.record import Record
from jissho_kit.grading import apart, driver
from jissho_kit.grading.course import open_course
from jissho_kit.grading.handin import hand_in, right_answers, wrong_answer_sets
from jissho_kit.grading.intake import read_notebook
from jissho_kit.grading.nbgrader_plugin import ExecuteApart, find_bundle

from .conftest import make

NAME = "G-A-1"
GRADABLE = 12  # of 14 points; two are prose
# Stock nbgrader runs in a process of its own, which does not know the toy's criterion.
REGISTER = f"""
import runpy
from jissho_kit import truths
truths.CRITERIA["toy_split"] = runpy.run_path({str(Path(__file__).with_name("toy.py"))!r})["split_criterion"]
"""
NOISE = "import sys\nprint('警告', file=sys.stderr)"


def edit(folder: Path, change) -> None:
    """Change the handed-in notebook as its owner would."""
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def find(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def damage(notebook) -> None:
    """Everything that turns stock scores wrong or stops its batch, none of which changes an answer."""
    find(notebook, "G-A-1_a").source = "False"
    find(notebook, "G-A-1_b").source = "1000.0"
    find(notebook, "G-A-1_b").metadata.nbgrader["points"] = 99
    notebook.cells.remove(find(notebook, "G-A-1_c"))
    notebook.cells.append(notebook.cells[notebook.cells.index(find(notebook, "G-A-1_a-answer"))].copy())
    find(notebook, "G-A-1_b-answer").source += f"\n{NOISE}"
    forged = {
        "grade": True,
        "solution": False,
        "locked": False,
        "task": False,
        "grade_id": "Z_z",
        "points": 50,
        "schema_version": 3,
    }
    notebook.cells.append(new_code_cell("50.0", metadata={"nbgrader": forged}))
    notebook.metadata["kernelspec"] = {"name": "nowhere", "display_name": "x", "language": "python"}


def forge(notebook) -> None:
    """Hand over something else than a bundle of one's own item."""
    notebook.cells.insert(0, new_code_cell("import jissho.teach\njissho.teach.answer = lambda *a: 99.0"))


def die(notebook) -> None:
    """The kernel dies after the first item."""
    position = notebook.cells.index(find(notebook, "G-A-1_b-answer"))
    notebook.cells.insert(position, new_code_cell("import os\nos._exit(1)"))


@pytest.fixture(scope="module")
def submitted(content, tmp_path_factory):
    """A course with submissions that are not graded yet."""
    course = make(content, tmp_path_factory.mktemp("採点 用") / "course")
    driver.hand_out(course)
    right = {item: known.answer for item, known in right_answers(course, NAME, content).items()}
    wrong = wrong_answer_sets(course, NAME, content)
    hand_in(course, NAME, "満点", right | {"G-A-1.h": "根拠は数字です。"}, bom=True)
    hand_in(course, NAME, "白紙", {})
    hand_in(course, NAME, "誤答", {item: known[0].answer for item, known in wrong.items()})
    hand_in(course, NAME, "無ファイル", right, file=False)
    edit(hand_in(course, NAME, "傷だらけ", right), damage)
    edit(hand_in(course, NAME, "偽造", right), forge)
    return course


@pytest.fixture(scope="module")
def stock(submitted, tmp_path_factory):
    """A moved copy, graded by stock nbgrader; run before our driver touches the original."""
    copy = tmp_path_factory.mktemp("stock") / "引っ越し先"
    shutil.copytree(submitted.root, copy)
    with (copy / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(REGISTER)
    env = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", NAME], cwd=copy, env=env, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return open_course(copy), run.stderr


@pytest.fixture(scope="module")
def rows(submitted, stock):
    """Our driver's rows by student; three more submissions that stock would stop on or stumble over."""
    right = {"G-A-1.a": "1"}
    edit(hand_in(submitted, NAME, "停止", right), die)
    broken = hand_in(submitted, NAME, "壊れた", {}) / f"{NAME}.ipynb"
    broken.write_text("{ノートブックではない", encoding="utf-8")
    hand_in(submitted, NAME, "改名", {}).joinpath(f"{NAME}.ipynb").rename(
        broken.parents[2] / "改名" / NAME / "課題のコピー.ipynb"
    )
    told = []
    found = driver.grade(submitted, on_progress=lambda done, total, what: told.append((done, total, what)))
    assert [done for done, _, _ in told] == list(range(9)) and told[0][1] == 9
    return {row.student: row for row in found}


def test_a_course_may_give_a_cell_another_time(monkeypatch, submitted):
    """nbgrader's own setting; what was run ahead with the usual one does not count then."""
    asked = []
    monkeypatch.setattr(apart, "run_submission", lambda job, limits: asked.append(limits.cell_s) or blank(job))
    released = nbformat.read(submitted.root / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    told = {"nbgrader": {"assignment": NAME, "student": "満点", "notebook": NAME}}
    for seconds in (None, 7):
        monkeypatch.setattr(apart, "OUTCOMES", Ahead())
        executor = ExecuteApart(course_dir=str(submitted.root), timeout=seconds)
        executor.preprocess(deepcopy(released), deepcopy(told))  # an empty outcome will do
    assert asked == [7]


def blank(job) -> apart.Outcome:
    return apart.Outcome(job.digest(), ([],) * len(job.sources), (None,) * len(job.sources))


class Ahead(dict):
    """An outcome for every job."""

    def pop(self, digest, default=None):
        return SimpleNamespace(put_into=lambda nb: None, stopped="")


def states(row) -> dict[str, str]:
    return {item[-1]: verdict["state"] for item, verdict in row.verdicts.items()}


def test_right_answers_earn_full_marks_also_with_a_byte_order_mark(rows):
    row = rows["満点"]
    assert (row.score, row.max_score, row.needs_manual) == (GRADABLE, 14, True)
    assert set(states(row).values()) == {"right"}


def test_blank_is_zero_and_not_called_wrong(rows):
    assert rows["白紙"].score == 0 and not rows["白紙"].needs_manual
    assert set(states(rows["白紙"]).values()) == {"blank"}


def test_wrong_answers_are_zero_with_their_own_sentence(rows, submitted, content):
    row = rows["誤答"]
    assert row.score == 0
    for item, known in wrong_answer_sets(submitted, NAME, content).items():
        assert known[0].say in row.verdicts[item]["message"]
        assert row.verdicts[item]["because"] == known[0].because


def test_answers_given_in_forms_come_from_the_file_and_its_absence_is_named(rows):
    assert states(rows["無ファイル"]) == {**dict.fromkeys("abfg", "right"), **dict.fromkeys("cde", "error")}
    assert "回答ファイル（回答.json）がありません" in rows["無ファイル"].verdicts["G-A-1.c"]["message"]


def test_no_default_answer_file_is_shipped(submitted):
    assert not list((submitted.root / "source").rglob("回答.json")) + list(
        (submitted.root / "release").rglob("回答.json")
    )


def test_damage_and_tampering_change_no_score(rows, submitted):
    """stderr, False or 1000.0 as the last line, points, a deleted and a copied cell, a forged graded cell, a kernel."""
    assert (rows["傷だらけ"].score, rows["傷だらけ"].max_score) == (GRADABLE, 14)
    page = nbformat.read(submitted.root / "autograded" / "傷だらけ" / NAME / f"{NAME}.ipynb", as_version=4)
    assert "Z_z" in page.cells[0].source and "G-A-1.c" in page.cells[0].source


def test_what_a_participant_returns_instead_of_a_bundle_is_no_score(rows):
    assert rows["偽造"].score == 3
    assert states(rows["偽造"]) == {**dict.fromkeys("abcde", "error"), **dict.fromkeys("fg", "right")}


def test_a_dead_kernel_leaves_the_rest_ungraded_and_named(rows, submitted):
    assert rows["停止"].problem == "" and rows["停止"].verdicts["G-A-1.a"]["state"] == "wrong"
    assert rows["停止"].verdicts["G-A-1.g"]["because"] == "no-bundle"
    page = nbformat.read(submitted.root / "autograded" / "停止" / NAME / f"{NAME}.ipynb", as_version=4)
    assert "途中で止まりました" in page.cells[0].source


@pytest.mark.parametrize(("student", "said"), [("壊れた", "読めません"), ("改名", "課題のコピー.ipynb")])
def test_a_submission_that_cannot_be_opened_is_named_and_the_others_go_on(rows, student, said):
    row = rows[student]
    assert said in row.problem + row.mend and row.file.endswith(f"{student}/{NAME}/{NAME}.ipynb".replace("/", os.sep))
    assert row.mend


def test_stock_nbgrader_gives_the_same_scores(rows, stock):
    course, _ = stock
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        theirs = {s.student.id: s.score for s in gradebook.assignment_submissions(NAME)}
    assert theirs == {student: rows[student].score for student in theirs} and len(theirs) == 6


def test_stock_nbgrader_says_nothing_alarming(stock):
    assert "SAWarning" not in stock[1] and "without encryption" not in stock[1] and "Traceback" not in stock[1]


def test_submissions_are_recorded_at_the_time_they_were_made(rows, submitted):
    written = (submitted.root / "submitted" / "満点" / NAME / "timestamp.txt").read_text()
    with Gradebook(f"sqlite:///{submitted.root}/gradebook.db") as gradebook:
        recorded = gradebook.find_submission(NAME, "満点").timestamp
    assert recorded == datetime.strptime(written, "%Y-%m-%d %H:%M:%S.%f UTC")


def test_the_feedback_page_is_japanese_and_has_nothing_live(rows, submitted, content):
    folder = submitted.root / "autograded" / "誤答" / NAME / f"{NAME}.ipynb"
    folder.chmod(0o644)
    notebook = nbformat.read(folder, as_version=4)
    notebook.cells[0].source += "\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    nbformat.write(notebook, folder)
    pages = {path.parts[-3]: path.read_text("utf-8") for path in driver.feedback(submitted)}
    assert set(pages) == set(rows) - {"壊れた", "改名"}
    page = pages["誤答"]
    for item, known in wrong_answer_sets(submitted, NAME, content).items():
        assert known[0].say in page and f'id="{item}"' in page
    for english in ("Score", "Test cell", "Student", "Comment", "Top"):
        assert english not in page
    assert "<script" not in page and 'href="javascript' not in page and "default-src 'none'" in page
    assert "未解答です。" in pages["白紙"] and "合計 12 / 14点" in pages["満点"]


def test_feedback_to_blank_work_gives_nothing_away(rows, submitted):
    page = (submitted.root / "feedback" / "白紙" / NAME / f"{NAME}.html").read_text("utf-8")
    keys = submitted.keys(NAME).values()
    assert not any(wrong.say in page for key in keys for wrong in key.wrong)
    assert "toy_" not in page and f"{submitted.keys(NAME)['G-A-1.a'].right:.3f}" not in page
    assert "No response" not in page


def test_grading_again_gives_the_same_verdicts(rows, submitted):
    folder = submitted.root / "submitted"
    aside = [
        shutil.move(path, submitted.root / f"{path.name}.aside") for path in folder.iterdir() if path.name != "誤答"
    ]
    try:
        (again,) = driver.grade(submitted, NAME, force=True)
    finally:
        for path in map(Path, aside):
            shutil.move(path, folder / path.name.removesuffix(".aside"))
    assert again == rows["誤答"]


def test_an_unknown_assignment_is_refused(submitted):
    with pytest.raises(UsageError, match="G-A-9"):
        driver.grade(submitted, "G-A-9")


def test_an_unreadable_key_stops_grading(rows, submitted):
    path = submitted.private / NAME / "keys.json"
    kept = path.read_bytes()
    path.write_bytes(b"[]x")
    try:
        with pytest.raises(ContentError, match="採点を止めました"):
            driver.grade(submitted)
    finally:
        path.write_bytes(kept)


def test_without_our_judge_an_unaltered_test_cell_earns_nothing():
    """The result reads 0.0 as plain text, which stock nbgrader takes as the score."""
    shown = Record({"v": 1}, "記録しました")._repr_mimebundle_()
    cell = new_code_cell("x", metadata={"nbgrader": {"grade": True, "solution": False, "points": 2}},
                         outputs=[new_output("execute_result", data=shown)])  # fmt: skip
    assert utils.determine_grade(cell) == (0.0, 2.0)


def test_a_notebook_saved_as_cp932_is_read():
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[new_code_cell("割合 = 3")]))
    assert read_notebook(text.encode("cp932")).cells[0].source == "割合 = 3"
    assert read_notebook(b"\xef\xbb\xbf" + text.encode()).cells[0].source == "割合 = 3"


def carrier(kind="execute_result"):
    return new_output(kind, data={MIME: {"v": 1}, "text/plain": "0.0"})


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        ([], "no-bundle"),
        ([carrier("display_data")], "no-bundle"),
        ([carrier(), carrier("display_data")], "two-bundles"),
        ([new_output("stream", name="stderr", text="x"), carrier()], ""),
    ],
)
def test_only_one_result_with_one_bundle_counts(outputs, problem):
    assert find_bundle(outputs)[1] == problem

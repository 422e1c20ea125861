"""All of the collection handed in to one course, graded once: nobody gains, nobody is harmed, nothing is left."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import tempfile
from pathlib import Path

import nbformat
import pytest

from jissho_kit import kernels
from jissho_kit.grading import apart, driver
from jissho_kit.grading.handin import hand_in, right_answers

from ..conftest import make
from .cases import ALL, CANARY, CASES, NAME

pytestmark = pytest.mark.skipif(bool(kernels.why_not()), reason=kernels.why_not())
BYSTANDER = "居合わせた人"
LIMITS = kernels.Limits(memory=700_000_000, disk=40_000_000, cell_s=6, notebook_s=40, output=8_000_000, processes=48)
OUTSIDE = Path(tempfile.gettempdir())


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def running() -> set[str]:
    """Command lines of what the collection starts, wherever it runs now."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.add((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
            except OSError:
                continue
    return {line for line in found if re.fullmatch(r".*sleep 4711", line)}


@pytest.fixture(scope="module")
def graded(content, tmp_path_factory):
    """``(course, rows by student, connections that came in)``."""
    course = make(content, tmp_path_factory.mktemp("敵意") / "course")
    driver.hand_out(course)
    right = {item: known.answer for item, known in right_answers(course, NAME, content).items()}
    (course.root / "canary.txt").write_text(CANARY, encoding="utf-8")
    hand_in(course, NAME, BYSTANDER, right | {"G-A-1.h": CANARY})
    before = {name: digest(course.root / name) for name in ("source", "release")}
    before["private"] = digest(course.private)
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.setblocking(False)
        for case in CASES:
            folder = hand_in(course, NAME, case.name, right if case.honest else {"G-A-1.a": right["G-A-1.a"]})
            case.change(folder)
            path = folder / f"{NAME}.ipynb"
            if case.threat == 8 and not case.honest:
                path.write_text(path.read_text("utf-8").replace("PORT", str(ear.getsockname()[1])), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as env:
            patch.setattr(apart, "LIMITS", LIMITS)
            env.setenv("JISSHO_TEST_SECRET", CANARY)
            rows = {row.student: row for row in driver.grade(course, jobs=2, pages=True)}
        try:
            reached = [ear.accept()]
        except BlockingIOError:
            reached = []
    return course, rows, reached, before


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_grade_is_what_the_answers_deserve(graded, case):
    course, rows, *_ = graded
    row = rows[case.name]
    assert row.problem == "" if not case.problem else case.problem in row.problem and row.mend and row.file
    assert row.score == case.points


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.honest and not case.problem], ids=lambda case: case.name
)
def test_honest_work_raises_no_alarm(graded, case):
    row = graded[1][case.name]
    assert {verdict["state"] for verdict in row.verdicts.values()} <= {"right", "manual"}
    notebook = nbformat.read(graded[0].root / row.file, as_version=4)
    assert "直したこと" not in notebook.cells[0].source and "止まりました" not in notebook.cells[0].source


def test_a_bystander_is_graded_as_if_alone(graded):
    assert graded[1][BYSTANDER].score == ALL and graded[1][BYSTANDER].problem == ""


def test_nothing_of_others_or_of_the_machine_comes_out(graded):
    course, _, reached, _ = graded
    assert reached == []
    for case in CASES:
        for path in course.root.glob(f"*/{case.name}/**/*"):
            if "submitted" not in path.parts and path.is_file():
                assert CANARY.encode() not in path.read_bytes(), path
        for path in course.root.glob(f"autograded/{case.name}/*/*.ipynb"):
            cells = nbformat.read(path, as_version=4).cells
            shown = json.dumps([cell.get("outputs") for cell in cells], ensure_ascii=False)
            assert not re.search(r"REACHED (?!\")|HIDDEN \[|INPUTS \[", shown), case.name


def test_nothing_was_written_elsewhere_and_nothing_is_left_running(graded):
    course, _, _, before = graded
    assert running() == set()
    assert not (OUTSIDE / "evil-4711").exists() and not any(Path.home().glob(".config/evil*"))
    for name in ("source", "release"):
        assert digest(course.root / name) == before[name]
    now = digest(course.private)
    assert {name: now[name] for name in before["private"]} == before["private"]
    assert not [path for path in course.root.rglob("*evil*") if "悪意" not in str(path)]


def test_no_page_is_live(graded):
    pages = list(graded[0].root.glob("feedback/*/*/*.html"))
    assert len(pages) == sum(not row.problem for row in graded[1].values())
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "default-src 'none'" in text and "onerror=alert(4711)>" not in text


def test_the_grader_is_as_before(graded):
    assert os.getcwd() and kernels.why_not() == ""

"""The parallel driver: equal to a serial run, skips what has not changed, survives being killed, holds little at once."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from jissho.errors import UsageError
from jissho_kit import kernels
from jissho_kit.grading import apart, done, driver, ledger
from jissho_kit.grading import engine as engines
from jissho_kit.grading.ahead import ahead
from jissho_kit.grading.cluster import connected
from jissho_kit.grading.course import open_course
from jissho_kit.grading.engine import Threads, Workers
from jissho_kit.grading.handin import hand_in, right_answers, wrong_answer_sets
from jissho_kit.grading.look import Looked, Task, look

from .conftest import make

NAME = "G-A-1"
pytestmark = pytest.mark.skipif(bool(kernels.why_not()), reason="submissions cannot be shut in here")


@pytest.fixture(scope="module")
def handed_in(content, tmp_path_factory):
    """A course with submissions that nobody has graded; never changed, only copied."""
    course = make(content, tmp_path_factory.mktemp("driver") / "course")
    driver.hand_out(course)
    right = {item: known.answer for item, known in right_answers(course, NAME, content).items()}
    wrong = {item: known[0].answer for item, known in wrong_answer_sets(course, NAME, content).items()}
    hand_in(course, NAME, "一", right | {"G-A-1.h": "根拠は数字です。"})
    hand_in(course, NAME, "三", {})
    hand_in(course, NAME, "二", wrong)
    hand_in(course, NAME, "四", {}).joinpath(f"{NAME}.ipynb").write_text("{", encoding="utf-8")
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    return copied(handed_in, tmp_path / "course")


def copied(course, to: Path):
    shutil.copytree(course.root, to)
    return open_course(to)


def dump(course) -> dict[str, list]:
    """Everything in the gradebook, in the order in which it was recorded, with names instead of random ids."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        submissions = gradebook.assignment_submissions(NAME)
        return {
            "students": [(one.id, one.score, one.max_score) for one in gradebook.students],
            "submissions": [(s.student.id, s.score, s.needs_manual_grade, str(s.timestamp)) for s in submissions],
            "grades": [
                (s.student.id, g.name, g.auto_score, g.manual_score, g.needs_manual_grade)
                for s in submissions
                for n in s.notebooks
                for g in sorted(n.grades, key=lambda g: g.name)
            ],
            "comments": [
                (s.student.id, c.name, c.auto_comment, c.manual_comment)
                for s in submissions
                for n in s.notebooks
                for c in sorted(n.comments, key=lambda c: c.name)
            ],
            "courses": sorted(row.id for row in gradebook.db.execute(_courses())),
        }


def _courses():
    from nbgrader.api import Course
    from sqlalchemy import select

    return select(Course.__table__.c.id)


def files(course, *steps: str) -> dict[str, bytes]:
    """All files below folders of the course, by path."""
    found = [path for step in steps for path in sorted((course.root / step).rglob("*")) if path.is_file()]
    return {str(path.relative_to(course.root)): path.read_bytes() for path in found}


def results(course) -> tuple:
    return dump(course), files(course, "autograded", "feedback", "private/graded")


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory):
    """The course graded once, one after the other: rows, and all that was written."""
    course = copied(handed_in, tmp_path_factory.mktemp("serial") / "course")
    return driver.grade(course, jobs=1, pages=True), course, results(course)


def test_side_by_side_equals_one_after_the_other(undisturbed, course):
    rows, serial, expected = undisturbed
    told = []
    assert driver.grade(course, jobs=3, pages=True, on_progress=lambda *what: told.append(what)) == rows
    assert results(course) == expected and export(course) == export(serial)
    assert told == [(i, 4, f"{NAME} {student}") for i, student in enumerate(["一", "三", "二", "四"])]
    assert [row.score for row in rows] == [12, 0, 0, 0] and rows[3].problem and not (course.root / ".grading").exists()


def test_stock_autograde_gives_the_same_gradebook_files_and_export(undisturbed, handed_in, tmp_path):
    theirs = copied(handed_in, tmp_path / "course")
    with (theirs.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(REGISTER)
    shutil.rmtree(theirs.root / "submitted" / "四")  # stock stops on it
    stock_autograde(theirs)
    _, ours, (expected, _) = undisturbed
    found = dump(theirs)
    assert {name: sorted(rows) for name, rows in found.items()} == {n: sorted(rows) for n, rows in expected.items()}
    assert files(theirs, "autograded") == files(ours, "autograded")
    assert sorted(export(theirs)) == sorted(export(ours))


REGISTER = f"""
import runpy
from jissho_kit import truths
truths.CRITERIA["toy_split"] = runpy.run_path({str(Path(__file__).with_name("toy.py"))!r})["split_criterion"]
"""


def stock_autograde(course) -> None:
    env = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    run = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def export(course) -> list[str]:
    """The lines of grades.csv, in their order."""
    plugin = CsvExportPlugin(to=str(course.root / "grades.csv"))
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        plugin.export(gradebook)
    return (course.root / "grades.csv").read_text(encoding="utf-8").splitlines()


# ---- skipping


@pytest.fixture(scope="module")
def graded(undisturbed, tmp_path_factory):
    """A copy of the graded course that the tests below may regrade."""
    return copied(undisturbed[1], tmp_path_factory.mktemp("graded") / "course")


def test_what_has_not_changed_is_not_graded_again_and_keeps_its_row(undisturbed, graded, monkeypatch):
    before = results(graded)
    monkeypatch.setattr(apart, "run_submission", lambda *_: pytest.fail("a submission was run"))
    again = driver.grade(graded, pages=True)
    assert again == [replace(row, skipped=True) for row in undisturbed[0]]
    assert results(graded) == before


def keys_of(course) -> dict[str, str]:
    from jissho_kit.grading.recorder import Recorder

    with Recorder(course) as recorder:
        ground = driver._ground(course, recorder, NAME)
    return {
        student: done.digest(ground.key, done.of_folder(course.root / "submitted" / student / NAME))
        for student in driver._students(course, NAME)
    }


@pytest.mark.parametrize(
    "changed",
    [
        f"private/{NAME}/keys.json",
        f"private/{NAME}/hidden-B/G-A-1_g.json",
        f"private/{NAME}/manifest.json",
        f"source/{NAME}/data/checksheet/checksheet.csv",
        "nbgrader_config.py",
        f"submitted/一/{NAME}/{NAME}.ipynb",
        f"submitted/一/{NAME}/回答.json",
        f"submitted/一/{NAME}/timestamp.txt",
        f"submitted/一/{NAME}/new.txt",
    ],
)
def test_any_changed_input_grades_again(graded, changed):
    before, path = keys_of(graded), graded.root / changed
    content = path.read_bytes() if path.exists() else None
    try:
        path.write_bytes((content or b"") + b"\n")
        after = keys_of(graded)
    finally:
        path.write_bytes(content) if content is not None else path.unlink()
    assert {student for student in before if before[student] != after[student]} == (
        {"一"} if changed.startswith("submitted") else set(before)
    )
    assert keys_of(graded) == before


def test_limits_the_kit_and_the_sandbox_belong_to_the_key(graded, monkeypatch):
    keys = [keys_of(graded)["一"]]
    with apart.without_sandbox():
        keys.append(keys_of(graded)["一"])
    monkeypatch.setattr(kernels, "Limits", lambda: "other", raising=False)
    keys.append(keys_of(graded)["一"])
    monkeypatch.setattr(done, "of_kit", lambda: "other")
    keys.append(keys_of(graded)["一"])
    assert len(set(keys)) == 4


@pytest.mark.parametrize("lost", ["record", "result", "ledger", "gradebook", "half"])
def test_what_is_gone_or_damaged_is_graded_again(undisturbed, graded, lost):
    record = graded.private / "done" / "一" / f"{NAME}.json"
    autograded = graded.root / "autograded" / "一" / NAME
    if lost == "record":
        record.write_text("{", encoding="utf-8")
    elif lost == "result":
        shutil.rmtree(autograded)
    elif lost == "ledger":
        (graded.private / "graded" / "一" / f"{NAME}.json").unlink()
    elif lost == "gradebook":
        with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as gradebook:
            gradebook.remove_submission(NAME, "一")
    else:
        path = autograded / f"{NAME}.ipynb"
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:500])
    rows = driver.grade(graded, pages=True)
    assert [row.student for row in rows if not row.skipped] == ["一"]
    assert [replace(row, skipped=False) for row in rows] == undisturbed[0]
    assert {n: sorted(r) for n, r in dump(graded).items()} == {n: sorted(r) for n, r in undisturbed[2][0].items()}


def test_force_grades_again_and_a_point_given_by_hand_renews_only_the_page(undisturbed, graded):
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("G-A-1_h", NAME, NAME, "一")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    before = files(graded, "feedback")
    rows = driver.grade(graded, pages=True)
    assert [row.skipped for row in rows] == [True] * 4 and rows[0].score == 14
    after = files(graded, "feedback")
    assert [path for path in after if after[path] != before[path]] == [f"feedback/一/{NAME}/{NAME}.html"]
    rows = driver.grade(graded, force=True)
    assert not any(row.skipped for row in rows) and rows[0].score == 14 and rows[0].needs_manual


# ---- stopped half-way

GRADE = """
import importlib.util, sys
from pathlib import Path
from jissho_kit import truths
spec = importlib.util.spec_from_file_location("toy", sys.argv[2])
toy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(toy)
truths.CRITERIA["toy_split"] = toy.split_criterion
from jissho_kit.grading import apart, course, driver
if sys.argv[3:]:
    import resource
    apart.require()  # the warm process is there; only what is written from now on finds no room
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
print("begin", flush=True)
told = lambda *what: print(*what, flush=True)
driver.grade(course.open_course(Path(sys.argv[1])), jobs=2, pages=True, on_progress=told)
"""


def started(course, *more: str) -> subprocess.Popen:
    toy = str(Path(__file__).with_name("toy.py"))
    command = [sys.executable, "-c", GRADE, str(course.root), toy, *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGKILL, signal.SIGINT], ids=["kill", "kill again", "Ctrl-C"])
def test_killed_at_any_moment_then_graded_again_equals_an_undisturbed_run(undisturbed, course, how):
    process = started(course)
    after = random.randrange(4)
    for line in process.stdout:
        if line.startswith(f"{after} "):
            break
    time.sleep(random.random())
    process.send_signal(how)
    process.communicate(timeout=120)
    rows = driver.grade(course, pages=True)
    assert [replace(row, skipped=False) for row in rows] == undisturbed[0]
    found, expected = results(course), undisturbed[2]
    assert found[1] == expected[1]
    assert found[0] == expected[0]
    assert not (course.root / ".grading").exists()


def test_a_full_disk_stops_grading_and_says_so_and_the_next_run_goes_on(undisturbed, course):
    process = started(course, "8000")
    _, said = process.communicate(timeout=300)
    assert process.returncode and "結果を書き込めない" in said and "もう一度同じ命令" in said
    rows = driver.grade(course, pages=True)
    assert [replace(row, skipped=False) for row in rows] == undisturbed[0]
    assert results(course) == undisturbed[2]


def test_one_submission_that_stops_nbgrader_is_named_and_tried_again(undisturbed, course, monkeypatch):
    from jissho_kit.grading.recorder import Recorder

    record = Recorder.record

    def fail(self, assignment, student, outcome):
        if student == "三":
            raise ValueError("unexpected")
        record(self, assignment, student, outcome)

    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "record", fail)
        rows = driver.grade(course)
    assert [bool(row.problem) for row in rows] == [False, True, False, True] and "unexpected" in rows[1].mend
    assert [row.skipped for row in driver.grade(course)] == [True, False, True, True]
    assert [entry.problem for entry in ledger.entries(course, NAME, "三")] == [""]


# ---- the queue between running and recording


def test_what_is_begun_comes_in_order_and_few_have_begun():
    begun = []
    for expected, number in enumerate(ahead(lambda one: begun.append(one) or one, range(200), 8)):
        assert number == expected and len(begun) <= expected + 1 + 8
    assert expected == 199 and begun == list(range(200))


def tasks(course, *students: str) -> list[Task]:
    return [Task(course.root, NAME, student, course.manifest(NAME)) for student in students]


@pytest.fixture
def endless(course) -> list[Task]:
    """Three submissions, one of which never ends."""
    path = course.root / "submitted" / "一" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "while True: pass"
    nbformat.write(notebook, path)
    return tasks(course, "一", "二", "三")


@pytest.mark.parametrize("engine", [Threads, Workers])
def test_stopping_ends_what_still_runs_and_begins_nothing_more(endless, engine):
    running = engine(1)
    running.require()
    looked = [running.submit(task) for task in endless]
    time.sleep(1)
    began = time.monotonic()
    running.close()
    assert time.monotonic() - began < 30
    assert all(one.cancelled() or one.result().outcome is None or one.result().outcome.stopped for one in looked)


# ---- worker processes


def test_worker_processes_give_what_one_after_the_other_gives(undisturbed, course, monkeypatch):
    monkeypatch.setattr(engines, "FEW", 0)
    with engines.local(course.root, 2) as engine:
        assert isinstance(engine, Workers)
        assert driver.grade(course, pages=True, engine=engine) == undisturbed[0]
        (pid,) = engine.pids()
    assert results(course) == undisturbed[2]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_task_goes_to_a_new_worker_when_one_dies_and_then_to_the_recording_process(endless):
    engine = Workers(2)
    try:
        engine.require()
        looked = [engine.submit(task) for task in endless]
        looked[1].result(60)
        (first,) = engine.pids()
        os.kill(first, signal.SIGKILL)
        while engine.pids() in ([], [first]):
            time.sleep(0.05)
        os.kill(*engine.pids(), signal.SIGKILL)
        assert looked[0].result(60) == Looked()  # it was in both
        assert all(one.result(60) == Looked() or one.result().outcome for one in looked[1:])
        assert engine.submit(endless[1]).result(60).outcome
    finally:
        engine.close()


def test_few_submissions_or_one_job_need_no_process_of_their_own(course, monkeypatch):
    kinds = []
    for few, jobs in ((4, 2), (3, 1), (3, 2)):
        monkeypatch.setattr(engines, "FEW", few)
        with engines.local(course.root, jobs) as engine:
            kinds.append(type(engine))
    assert kinds == [Threads, Threads, Workers]


def test_a_worker_needs_nothing_of_the_course_but_what_is_handed_out_and_in(undisturbed, course):
    """What a worker on another machine sees: no private folder."""
    task = tasks(course, "一")[0]
    shutil.move(course.private, course.root.parent / "private")
    inputs = {path.name: path.read_bytes() for path in (course.root.parent / "private" / NAME / "hidden-B").iterdir()}
    looked = look(replace(task, inputs=inputs))
    assert looked.outcome and not looked.outcome.stopped
    shutil.move(course.root.parent / "private", course.private)
    monkey = driver.grade(course, engine=_Given({"一": looked}))
    assert monkey[0] == undisturbed[0][0]


class _Given(Threads):
    """Gives what is known already; what it has to look at itself is not run."""

    def __init__(self, looked: dict[str, Looked]) -> None:
        super().__init__(1)
        self._looked = looked

    def submit(self, task):
        done = Future()
        done.set_result(self._looked.get(task.student, Looked("名", "f", "m")))
        return done


# ---- a Dask cluster of two worker processes


@pytest.fixture(scope="module")
def address():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as two:
        yield two.scheduler_address


def test_a_killed_worker_changes_nothing(undisturbed, course, address):
    with connected(address, course.root) as engine:
        assert engine.jobs == 2
        pids = list(engine._client.run(os.getpid).values())

        def kill(count, *_):
            if count == 1:
                os.kill(pids[0], signal.SIGKILL)

        assert driver.grade(course, pages=True, force=True, engine=engine, on_progress=kill) == undisturbed[0]
    assert results(course) == undisturbed[2]


def test_a_worker_that_cannot_shut_in_or_differs_is_named_and_nothing_is_graded(course, address, monkeypatch):
    with connected(address, course.root) as engine:
        for told, said in ((("bwrap", "k", True), "隔離"), (("", "k", False), "見えません"), (("", "k", True), "版")):
            monkeypatch.setattr(engine, "_told", lambda told=told: [("tcp://w", told)])
            with pytest.raises(UsageError, match=f"tcp://w.*{said}"):
                driver.grade(course, engine=engine)
        monkeypatch.setattr(engine, "require", lambda: None)
        submit, refused = engine._client.submit, ("", "", "", None, "bwrap")  # by one that joined later
        monkeypatch.setattr(engine._client, "submit", lambda *_, **__: submit(Looked, *refused, pure=False))
        with pytest.raises(UsageError, match="(?s)隔離.*bwrap"):
            driver.grade(course, engine=engine)
    assert not (course.root / "autograded").exists()


# ---- memory


def test_outcomes_are_dropped_when_they_are_recorded(course, monkeypatch):
    import gc

    alive = []
    monkeypatch.setattr(driver, "WAITING", 1)
    driver.grade(course, jobs=1, on_progress=lambda *_: alive.append(_outcomes(gc.get_objects())))
    assert max(alive) <= 2 and not apart.OUTCOMES
    gc.collect()
    assert _outcomes(gc.get_objects()) == 0


def _outcomes(objects) -> int:
    return sum(type(one) is apart.Outcome for one in objects)


def test_two_do_not_record_in_one_course_at_once(graded):
    from jissho_kit.grading.recorder import Recorder

    with Recorder(graded), pytest.raises(UsageError, match="いま別の画面で採点しています"):
        driver.grade(graded)
    assert all(row.skipped for row in driver.grade(graded))

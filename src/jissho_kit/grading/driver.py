"""Drive nbgrader for a course: hand out, run submissions side by side, record them in order, write feedback pages."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import from_dict

from jissho.errors import UsageError
from jissho_kit import kernels
from jissho_kit.grading import apart, done, intake, ledger
from jissho_kit.grading import engine as engines
from jissho_kit.grading.ahead import ahead
from jissho_kit.grading.course import Course, which_set
from jissho_kit.grading.done import Done
from jissho_kit.grading.engine import Engine
from jissho_kit.grading.look import Looked, Task, look
from jissho_kit.grading.manifest import Manifest

if TYPE_CHECKING:
    from jissho_kit.grading.recorder import Recorder, Score

OWN_RISK = "隔離なしで採点します。提出されたプログラムは採点者の権限で動きます。"
Progress = Callable[[int, int, str], None]  # done, total, what
WAITING = 4  # submissions per job begun ahead: enough that a slow one does not stop the others, few enough for memory
# Not a submission's fault: the next one would meet it, too.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


@dataclass(frozen=True)
class GradeRow:
    """One submission's outcome.

    ``problem``: what is wrong, which file, how to mend it (empty when graded). ``isolated``: it was shut in.
    ``skipped``: nothing has changed since it was graded, so it was not graded again.
    """

    assignment: str
    student: str
    score: float = 0.0
    max_score: float = 0.0
    needs_manual: bool = False
    verdicts: dict[str, dict] = field(default_factory=dict)
    problem: str = ""
    file: str = ""
    mend: str = ""
    isolated: bool = True
    skipped: bool = False


@dataclass(frozen=True)
class Ground:
    """What all submissions of an assignment have in common. ``key``: a digest of all of it that a grade depends on."""

    key: str
    known: frozenset[str]
    manifest: Manifest | None
    inputs: Mapping[str, bytes]


@dataclass(frozen=True)
class Begun:
    """A submission that is being looked at, or whose ``row`` is known: nothing has changed since it was graded."""

    assignment: str
    student: str
    key: str
    row: GradeRow | None = None
    looked: Future[Looked] | None = None


def hand_out(course: Course) -> list[Path]:
    """Make the participants' copies below ``release/`` that do not exist yet; returns all of them.

    Raises
    ------
    UsageError
        nbgrader cannot make one; the message says why.
    """
    from jissho_kit.grading import recorder

    api = recorder.api(course)
    for assignment in course.assignments:
        if not _is_handed_out(course, api, assignment):
            result = api.generate_assignment(assignment)
            if not result["success"]:
                raise UsageError(f"課題 {assignment} の配布用を作れません。", mend=_last_line(result.get("error", "")))
    return [course.root / "release" / assignment for assignment in course.assignments]


def grade(
    course: Course,
    assignment: str | None = None,
    on_progress: Progress | None = None,
    jobs: int | None = None,
    force: bool = False,
    pages: bool = False,
    engine: Engine | None = None,
) -> list[GradeRow]:
    """Grade what is in ``submitted/`` with the course's own configuration; what has not changed is not graded again.

    Cells run in ``jobs`` processes at once, each shut in. One thread records in order of assignment and student, so that
    gradebook, exports and pages are those of a serial run. It may be stopped at any moment: what is recorded stays,
    and the next call goes on.

    Parameters
    ----------
    course : Course
    assignment : str, optional
        By default all of the course.
    on_progress : callable, optional
        Called as ``(done, total, what)`` before each submission is recorded.
    jobs : int, optional
        By default the number of processors.
    force : bool
        Grade again what has not changed, too.
    pages : bool
        Also write the feedback page of each submission whose page would change.
    engine : Engine, optional
        Who runs cells; ``jobs`` are its own then. By default one of this machine (:func:`jissho_kit.grading.engine.local`).

    Returns
    -------
    list of GradeRow
        In order of assignment and student, then what lies in the wrong place (without a student or assignment where
        that tells none). A submission that cannot be graded is named, the others go on.

    Raises
    ------
    UsageError
        The course has no such assignment, submissions cannot be shut in (see :mod:`jissho_kit.grading.apart`), or
        results cannot be written.
    ContentError
        The private folder cannot be read.
    """
    jobs = jobs if apart.is_isolated() else 1  # else there is nothing to run but in nbgrader itself
    with (
        contextlib.nullcontext(engine) if engine else engines.local(course.root, jobs, force) as running,
        recording(course, assignment, running) as (recorder, chosen),
    ):
        ground, todo, rows = grounds(course, recorder, chosen), list(submissions(course, chosen)), []
        begun = ahead(lambda one: begin(course, ground, running, force, *one), todo, running.jobs * WAITING)
        for count, one in enumerate(begun):
            if on_progress:
                on_progress(count, len(todo), f"{one.assignment} {intake.readable(one.student)}")
            rows.append(record(course, recorder, one, pages))
    lost = [one for one in intake.misplaced(course.root, course.assignments) if one.assignment in ("", *chosen)]
    return rows + [
        GradeRow(one.assignment, intake.readable(one.student), problem=one.problem, file=one.file, mend=one.mend)
        for one in lost
    ]


@contextlib.contextmanager
def recording(course: Course, assignment: str | None, engine: Engine) -> Iterator[tuple[Recorder, list[str]]]:
    """While this lasts, submissions are recorded: gives the recorder and the assignments. Raises as :func:`grade`."""
    from jissho_kit.grading.recorder import Recorder

    chosen = _chosen(course, assignment)
    for one in chosen:
        # What cannot be read stops grading before anything is changed.
        course.manifest(one), course.keys(one), course.hidden(one)
    engine.require()
    hand_out(course)
    with _writing(course), Recorder(course) as recorder:
        yield recorder, chosen


def submissions(course: Course, chosen: list[str]) -> Iterator[tuple[str, str]]:
    """What was handed in, as ``(assignment, student)``, in order."""
    return ((one, student) for one in chosen for student in _students(course, one))


def feedback(course: Course, assignment: str | None = None, on_progress: Progress | None = None) -> list[Path]:
    """Write the feedback pages that would change; returns those of all graded submissions, in order.

    Raises
    ------
    UsageError
        The course has no such assignment, or a page cannot be made.
    """
    from jissho_kit.grading.recorder import Recorder

    chosen = _chosen(course, assignment)
    pages = []
    with _writing(course), Recorder(course) as recorder:
        graded = [
            (one, path.parent.parent.name)
            for one in chosen
            for path in sorted((course.root / "autograded").glob(f"*/{one}/{one}.ipynb"))
        ]
        for count, (one, student) in enumerate(graded):
            if on_progress:
                on_progress(count, len(graded), f"{one} {student}")
            _page(course, recorder, one, student, recorder.score(one, student))
            pages.append(recorder.page(one, student))
    return pages


@contextlib.contextmanager
def _writing(course: Course) -> Iterator[None]:
    """Turns an error of the disk into one that says what to do."""
    try:
        yield
    except Exception as error:
        if not _no_room(error):
            raise
        raise UsageError(
            f"結果を書き込めないので、採点を止めました（{_last_line(str(error))}）。ここまでの採点は残っています。",
            where=str(course.root),
            mend="ディスクの空きを作り、成績簿を開いている画面を閉じて、もう一度同じ命令を動かしてください。続きから採点します。",
        ) from error


def _no_room(error: BaseException | None) -> bool:
    """Whether results cannot be written, whatever is graded; nbgrader wraps what its database says."""
    from sqlalchemy.exc import OperationalError

    while error is not None:
        if isinstance(error, OperationalError) or (isinstance(error, OSError) and error.errno in NO_ROOM):
            return True
        error = error.__cause__ or error.__context__
    return False


def _chosen(course: Course, assignment: str | None) -> list[str]:
    if assignment is not None and assignment not in course.assignments:
        raise UsageError(
            f"この講座に課題 {assignment} はありません。", mend=f"ある課題: {'、'.join(course.assignments)}"
        )
    return list(course.assignments) if assignment is None else [assignment]


def _students(course: Course, assignment: str) -> Iterator[str]:
    submitted = course.root / "submitted"
    return (
        path.name
        for path in sorted(submitted.iterdir() if submitted.is_dir() else [])
        if os.path.lexists(path / assignment)  # also what is no folder: it is named, not passed over
    )


def _is_handed_out(course: Course, api, assignment: str) -> bool:
    from nbgrader.api import MissingEntry

    if not (course.root / "release" / assignment / f"{assignment}.ipynb").is_file():
        return False
    with api.gradebook as gradebook:
        try:
            gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            return False
    return True


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    if lines and lines[-1].startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader's API catches it, too
    return "".join(lines[-1:])


def grounds(course: Course, recorder: Recorder, chosen: list[str]) -> dict[str, Ground]:
    """What submissions have in common, by assignment."""
    return {one: _ground(course, recorder, one) for one in chosen}


def _ground(course: Course, recorder: Recorder, assignment: str) -> Ground:
    cells = recorder.cells(assignment)
    key = done.digest(
        done.of_kit(),
        done.of_folder(course.source(assignment), course.private / assignment),
        (course.root / "nbgrader_config.py").read_bytes().hex(),
        cells,
        repr(kernels.Limits()),
        apart.is_isolated(),
        which_set(),
    )
    hidden = course.hidden(assignment)
    return Ground(
        key,
        frozenset(cell["name"] for cell in cells.get("SourceCell", [])),
        course.manifest(assignment),
        intake.take_files(hidden)[0] if hidden.is_dir() else {},
    )


def begin(
    course: Course, grounds: Mapping[str, Ground], engine: Engine, force: bool, assignment: str, student: str
) -> Begun:
    """Have a submission looked at and run, unless that has been done."""
    ground = grounds[assignment]
    begun = Begun(assignment, student, _key(course, ground, assignment, student))
    if not force and is_done(course, grounds, assignment, student):
        return replace(begun, row=_kept(course, assignment, student))
    task = Task(course.root, assignment, student, ground.manifest, ground.known, ground.inputs, apart.is_isolated())
    return replace(begun, looked=engine.submit(task))


def _key(course: Course, ground: Ground, assignment: str, student: str) -> str:
    return done.digest(ground.key, done.of_folder(course.root / "submitted" / student / assignment))


def is_done(course: Course, grounds: Mapping[str, Ground], assignment: str, student: str) -> bool:
    """Whether a submission was graded on these grounds and nothing of it has changed or is gone."""
    kept = done.find(course, assignment, student)
    return (
        kept is not None
        and kept.key == _key(course, grounds[assignment], assignment, student)
        and kept.result == done.of_folder(course.root / "autograded" / student / assignment)
        and _kept(course, assignment, student) is not None
    )


def _kept(course: Course, assignment: str, student: str) -> GradeRow | None:
    """The row of the hand-in as it is, from the ledger."""
    submission = ledger.fingerprint(course.root / "submitted" / student / assignment)
    for one in ledger.entries(course, assignment, student):
        if one.submission == submission:
            return GradeRow(
                assignment,
                student,
                verdicts=one.verdicts,
                problem=one.problem,
                file=one.file,
                mend=one.mend,
                skipped=True,
            )
    return None


def record(
    course: Course,
    recorder: Recorder,
    begun: Begun,
    pages: bool = False,
    on_graded: Callable[[GradeRow], None] | None = None,
) -> GradeRow:
    """Record what was run; a kill at any line leaves what the next run mends.

    ``on_graded`` is called when a submission was graded, before that is kept and before its page is written.
    """
    row, score = _recorded(course, recorder, begun, on_graded)
    if pages:
        _page(course, recorder, begun.assignment, begun.student, score)
    return replace(row, isolated=apart.is_isolated())


def _recorded(
    course: Course, recorder: Recorder, begun: Begun, on_graded: Callable[[GradeRow], None] | None
) -> tuple[GradeRow, Score | None]:
    assignment, student, row = begun.assignment, begun.student, begun.row
    looked = begun.looked.result() if begun.looked else Looked()
    if not intake.is_name(student):  # nothing can be kept under it
        return _named(assignment, intake.readable(student), looked), None
    if row:
        score = recorder.score(assignment, student)
        if score or row.problem:
            return (row if row.problem else _scored(row, score)), score
        looked = look(Task(course.root, assignment, student))  # its gradebook is gone
    row, score, lasting = _named(assignment, student, looked), None, True
    if not row.problem:
        row, score, lasting = _graded(course, recorder, assignment, student, looked)
        if on_graded and not row.problem:
            on_graded(row)
    ledger.record(course, assignment, student, row.problem, row.file, row.mend, row.verdicts, apart.is_isolated())
    before = done.find(course, assignment, student) or Done("")
    result = done.of_folder(recorder.autograded(assignment, student))
    done.keep(course, assignment, student, replace(before, key=begun.key if lasting else "", result=result))
    return row, score


def _named(assignment: str, student: str, looked: Looked) -> GradeRow:
    """The row of what cannot be opened."""
    return GradeRow(assignment, student, problem=looked.problem, file=looked.file, mend=looked.mend)


def _scored(row: GradeRow, score: Score) -> GradeRow:
    return replace(row, score=score.score, max_score=score.max_score, needs_manual=score.needs_manual)


def _graded(
    course: Course, recorder: Recorder, assignment: str, student: str, looked: Looked
) -> tuple[GradeRow, Score | None, bool]:
    """Row and score of a submission that nbgrader has recorded, and whether that need not be tried again."""
    from jissho_kit.grading.nbgrader_plugin import verdicts_in

    row = GradeRow(assignment, student)
    try:
        recorder.record(assignment, student, looked.outcome)
    except Exception as error:  # one submission never stops the others
        if _no_room(error):
            raise
        why = _last_line(f"{type(error).__name__}: {error}")
        mend = f"提出されたファイルを開いて確かめてください（{why}）。"
        file = f"submitted/{student}/{assignment}/{assignment}.ipynb"
        return replace(row, problem="採点の途中で止まりました。", file=file, mend=mend), None, False
    path = recorder.autograded(assignment, student) / f"{assignment}.ipynb"
    verdicts = verdicts_in(from_dict(json.loads(path.read_bytes())))
    score = recorder.score(assignment, student)
    return _scored(replace(row, verdicts=verdicts, file=str(path.relative_to(course.root))), score), score, True


def _page(course: Course, recorder: Recorder, assignment: str, student: str, score: Score | None) -> None:
    """Write the feedback page of a submission where it would be another one."""
    autograded = recorder.autograded(assignment, student) / f"{assignment}.ipynb"
    if score is None or not autograded.is_file():
        return
    before = done.find(course, assignment, student) or Done("")
    key = done.digest(done.of_kit(), done.of_file(autograded), score.rows)
    page = recorder.page(assignment, student)
    if before.page != done.digest(key, done.of_file(page)):
        recorder.write_page(assignment, student)
        done.keep(course, assignment, student, replace(before, page=done.digest(key, done.of_file(page))))

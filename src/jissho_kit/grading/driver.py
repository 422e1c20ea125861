"""Drive nbgrader for a course: hand out, grade each submission in its own try, write feedback pages."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jissho.errors import UsageError
from jissho_kit.grading import ledger
from jissho_kit.grading.course import Course

OWN_RISK = "隔離なしで採点します。提出されたプログラムは採点者の権限で動きます。"
# The last line of a traceback; nbgrader's own summary says nothing.
RAISED = re.compile(r"^\s*((?!nbgrader)[\w.]*(?:Error|Exception|Exit)\b.*)$", re.MULTILINE)
Progress = Callable[[int, int, str], None]  # done, total, what


@dataclass(frozen=True)
class GradeRow:
    """One submission's outcome.

    ``problem``: what is wrong, which file, how to mend it (empty when graded). ``isolated``: it was shut in.
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


def hand_out(course: Course) -> list[Path]:
    """Make the participants' copies below ``release/`` that do not exist yet; returns all of them.

    Raises
    ------
    UsageError
        nbgrader cannot make one; the message says why.
    """
    api = _api(course)
    for assignment in course.assignments:
        if not _is_handed_out(course, api, assignment):
            _done(api.generate_assignment(assignment), f"課題 {assignment} の配布用を作れません。")
    return [course.root / "release" / assignment for assignment in course.assignments]


def grade(course: Course, assignment: str | None = None, on_progress: Progress | None = None) -> list[GradeRow]:
    """Grade what is in ``submitted/``, one student after the other, with the course's own configuration.

    Parameters
    ----------
    course : Course
    assignment : str, optional
        By default all of the course.
    on_progress : callable, optional
        Called as ``(done, total, what)`` before each submission.

    Returns
    -------
    list of GradeRow
        In order of assignment and student. A submission that cannot be graded is named, the others go on.

    Raises
    ------
    UsageError
        The course has no such assignment, or submissions cannot be shut in (see :mod:`jissho_kit.grading.apart`).
    ContentError
        The private folder cannot be read.
    """
    from jissho_kit.grading import apart

    chosen = _chosen(course, assignment)
    for one in chosen:
        # What cannot be read stops grading before anything is changed.
        course.manifest(one), course.keys(one), course.hidden(one)
    apart.require()
    api = _api(course)
    hand_out(course)
    submissions = [(one, student) for one in chosen for student in _students(course, one)]
    rows = []
    for done, (one, student) in enumerate(submissions):
        if on_progress:
            on_progress(done, len(submissions), f"{one} {student}")
        row = replace(_grade_one(course, api, one, student), isolated=apart.is_isolated())
        ledger.record(course, one, student, row.problem, row.file, row.mend, row.verdicts)
        rows.append(row)
    return rows


def feedback(course: Course, assignment: str | None = None, on_progress: Progress | None = None) -> list[Path]:
    """Write the feedback page of every graded submission; returns the pages in order of assignment and student."""
    api = _api(course)
    graded = [
        (one, path.parent.parent.name)
        for one in _chosen(course, assignment)
        for path in sorted((course.root / "autograded").glob(f"*/{one}/{one}.ipynb"))
    ]
    pages = []
    for done, (one, student) in enumerate(graded):
        if on_progress:
            on_progress(done, len(graded), f"{one} {student}")
        _done(api.generate_feedback(one, student), f"{student} さんの {one} の結果のページを作れません。")
        pages.append(course.root / "feedback" / student / one / f"{one}.html")
    return pages


def _chosen(course: Course, assignment: str | None) -> list[str]:
    if assignment is not None and assignment not in course.assignments:
        raise UsageError(
            f"この講座に課題 {assignment} はありません。", mend=f"ある課題: {'、'.join(course.assignments)}"
        )
    return list(course.assignments) if assignment is None else [assignment]


def _students(course: Course, assignment: str) -> Iterator[str]:
    submitted = course.root / "submitted"
    return (
        path.name for path in sorted(submitted.iterdir() if submitted.is_dir() else []) if (path / assignment).is_dir()
    )


def _api(course: Course):
    """nbgrader's API with the course's configuration, silent."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    log = logging.getLogger("jissho.grading")
    log.propagate = False
    log.addHandler(logging.NullHandler()) if not log.handlers else None
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    (course.root / "exchange").mkdir(exist_ok=True)
    return NbGraderAPI(CourseDirectory(config=config, log=log), config=config, log=log)


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


def _done(result: dict, what: str) -> None:
    if not result["success"]:
        raise UsageError(what, mend=_last_line(result))


def _last_line(result: dict) -> str:
    text = result.get("error", "").strip().splitlines()
    if text and text[-1].startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader's API catches it, too
    raised = RAISED.findall(result.get("log", "")) or RAISED.findall(result.get("error", ""))
    return raised[-1] if raised else "".join(text[-1:])


def _grade_one(course: Course, api, assignment: str, student: str) -> GradeRow:
    row = _vetted(course, assignment, student)
    if row.problem:
        return row
    try:
        result = api.autograde(assignment, student, force=True)
    except Exception as error:  # one submission never stops the others
        result = {"success": False, "error": str(error)}
    if not result["success"]:
        return GradeRow(
            assignment,
            student,
            problem="採点の途中で止まりました。",
            file=row.file,
            mend=f"提出されたファイルを開いて確かめてください（{_last_line(result)}）。",
        )
    return _graded(course, api, assignment, student)


def _vetted(course: Course, assignment: str, student: str) -> GradeRow:
    """A row with the problem named when the notebook cannot even be opened."""
    from jissho_kit.grading.nbgrader_plugin import MOST_BYTES, read_notebook

    folder = course.root / "submitted" / student / assignment
    path = folder / f"{assignment}.ipynb"
    name = str(path.relative_to(course.root))

    def broken(problem: str, mend: str) -> GradeRow:
        return GradeRow(assignment, student, problem=problem, file=name, mend=mend)

    try:
        status = os.lstat(path)
    except OSError:
        others = "、".join(sorted(p.name for p in folder.glob("*.ipynb"))) or "なし"
        return broken(
            "ノートブックがありません。",
            f"ファイル名を {path.name} に戻してください（提出されたノートブック: {others}）。",
        )
    if not stat.S_ISREG(status.st_mode):
        return broken(
            "ふつうのファイルではありません。", "ノートブックのファイルそのものを出し直してもらってください。"
        )
    if status.st_size > MOST_BYTES:
        return broken("ノートブックが大きすぎます。", "「すべての出力を消去」してから出し直してもらってください。")
    try:
        read_notebook(path.read_bytes())["cells"]
    except Exception:  # nbformat raises whatever it meets in a broken file
        return broken(
            "ノートブックとして読めません。", "配布されたノートブックを開き、書き直して出してもらってください。"
        )
    return GradeRow(assignment, student, file=name)


def _graded(course: Course, api, assignment: str, student: str) -> GradeRow:
    import nbformat

    from jissho_kit.grading.nbgrader_plugin import verdicts_in

    path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    with api.gradebook as gradebook:
        submission = gradebook.find_submission(assignment, student)
        score, max_score, manual = submission.score, submission.max_score, submission.needs_manual_grade
    return GradeRow(
        assignment,
        student,
        float(score),
        float(max_score),
        bool(manual),
        verdicts_in(nbformat.read(path, as_version=4)),
        file=str(path.relative_to(course.root)),
    )

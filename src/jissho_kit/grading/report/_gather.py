"""Read a graded course into plain data: gradebook, graded notebooks, ledger, answer files. Changes no hand-in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jissho.bundle import ERRORS
from jissho.errors import AnswerError, UsageError
from jissho.teach import store
from jissho_kit import curriculum
from jissho_kit.grading import intake, ledger
from jissho_kit.grading.course import Course
from jissho_kit.grading.items import load_items
from jissho_kit.grading.judge import REFUSALS
from jissho_kit.grading.report._data import ANSWERED, ClassData, Mark, Mention, Paper, Question, Reason, Status
from jissho_kit.grading.report._pseudonyms import number, pseudonyms
from jissho_kit.grading.report._survey import read_survey

GRADEBOOK = "gradebook.db"
RESUBMITTED = "採点した後に出し直しがあります。もう一度採点してください。"
STATUSES = {
    "graded": "採点済み",
    "broken": "採点できません",
    "waiting": "まだ採点していません",
    "missing": "未提出",
}


@dataclass(frozen=True)
class Entry:
    """A hand-in as only the instructor sees it: with the name, the file and how to mend it."""

    person: str
    name: str
    assignment: str
    status: str
    problem: str = ""
    file: str = ""
    mend: str = ""


def gather(course: Course, root: Path | None = None) -> tuple[ClassData, tuple[Entry, ...]]:
    """All that is known of a course's hand-ins.

    Parameters
    ----------
    course : Course
    root : Path, optional
        Content root; by default the kit's own.

    Returns
    -------
    ClassData
        Without names.
    tuple of Entry
        One for each person and assignment, with names: for the instructor alone.

    Raises
    ------
    UsageError
        Nothing was graded yet; the gradebook, a graded notebook or the ledger cannot be read.
    ContentError
        The private folder or the items cannot be read.
    """
    scores, enrolled = _gradebook(course)
    lying = intake.misplaced(course.root, course.assignments)
    found = {*enrolled, *_submitters(course), *(one.student for one in lying if one.assignment)}
    names = sorted(name for name in found if intake.is_name(name))
    called = pseudonyms(course, names)
    placed = {(one.student, one.assignment): one for one in lying if one.assignment and one.student in called}
    papers, entries = [], []
    for assignment in course.assignments:
        texts = [key.id for key in course.keys(assignment).values() if key.kind == "text"]
        for name in sorted(names, key=lambda name: number(called[name])):
            paper, entry = _paper(course, assignment, name, called[name], scores.get((name, assignment), {}), texts)
            if paper.status == "missing" and (name, assignment) in placed:
                paper, entry = _elsewhere(paper, entry, placed[name, assignment])
            papers.append(paper)
            entries.append(entry)
    if not any(paper.first for paper in papers):
        raise UsageError(
            "まだ採点されていないため、報告書を作れません。",
            where=str(course.root),
            mend="先に ./jissho grade で採点してください。",
        )
    strays = [_stray(one) for one in [*lying, *_unnamable(course)] if (one.student, one.assignment) not in placed]
    data = ClassData(
        course=course.name,
        title=_title(course, root),
        practice=course.practice,
        people=tuple(sorted(called.values(), key=number)),
        questions=tuple(question for one in course.assignments for question in _questions(course, one, root)),
        papers=tuple(papers),
        objectives=_objectives(course, root),
        reasons=_reasons(course, root),
        strays=tuple(entry.problem for entry in strays),
        survey=read_survey(course.root),
    )
    return data, (*entries, *strays)


def _elsewhere(paper: Paper, entry: Entry, place: intake.Misplaced) -> tuple[Paper, Entry]:
    """A paper that is not where it is looked for, but not missing either."""
    told = {"problem": place.problem, "file": place.file, "mend": place.mend}
    return replace(paper, status="broken", problem=place.problem), replace(entry, status=STATUSES["broken"], **told)


def _stray(place: intake.Misplaced) -> Entry:
    """A hand-in that cannot be laid to a person and an assignment."""
    name = intake.readable(place.student)
    return Entry("", name, place.assignment, STATUSES["broken"], place.problem, place.file, place.mend)


def _unnamable(course: Course) -> Iterator[intake.Misplaced]:
    """Hand-ins in folders under whose names nothing can be kept."""
    for name in sorted(name for name in _submitters(course) if not intake.is_name(name)):
        for assignment in course.assignments:
            if (course.root / "submitted" / name / assignment).is_dir():
                place = f"submitted/{intake.readable(name)}/{assignment}"
                yield intake.Misplaced(assignment, name, intake.UNNAMABLE, place, intake.RENAME)


def _submitters(course: Course) -> list[str]:
    folder = course.root / "submitted"
    return [
        path.name
        for path in (folder.iterdir() if folder.is_dir() else [])
        if any((path / assignment).is_dir() for assignment in course.assignments)
    ]


def _gradebook(course: Course) -> tuple[dict[tuple[str, str], dict[str, float | None]], list[str]]:
    """Points by (student, assignment) and grade_id, None where an instructor must still read; and who is enrolled.

    Opened for reading only: nbgrader's own Gradebook writes into the file as soon as it is opened.
    """
    from nbgrader import api
    from sqlalchemy import create_engine, select
    from sqlalchemy.exc import SQLAlchemyError

    path = course.root / GRADEBOOK
    if not path.is_file():
        return {}, []
    query = (
        select(
            api.Student.id,
            api.Assignment.name,
            api.BaseCell.name,
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.extra_credit,
            api.Grade.needs_manual_grade,
        )
        .select_from(api.Grade)
        .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        .join(api.Student, api.SubmittedAssignment.student_id == api.Student.id)
    )
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))
    try:
        with engine.connect() as connection:
            students = list(connection.execute(select(api.Student.id)).scalars())
            scores: dict[tuple[str, str], dict[str, float | None]] = {}
            for student, assignment, cell, auto, manual, extra, unread in connection.execute(query):
                points = next((score for score in (manual, auto) if score is not None), 0.0) + (extra or 0.0)
                scores.setdefault((student, assignment), {})[cell] = None if unread else points
    except SQLAlchemyError as error:
        raise UsageError(
            f"成績表（{GRADEBOOK}）を読めません（{type(error).__name__}）。",
            where=str(path),
            mend="ほかのソフトで開いていれば閉じてください。壊れていれば、このファイルを移してから採点し直してください。",
        ) from None
    finally:
        engine.dispose()
    return scores, students


def _paper(
    course: Course, assignment: str, name: str, person: str, scores: Mapping[str, float | None], texts: list[str]
) -> tuple[Paper, Entry]:
    """A person's paper. ``scores`` by grade_id; ``texts``: items in prose, which have no verdict."""
    folder = course.root / "submitted" / name / assignment
    kept = ledger.entries(course, assignment, name)
    now, shut_in = _graded(course.root / "autograded" / name / assignment / f"{assignment}.ipynb")
    points = {item: scores.get(_grade_id(item), mark.points) for item, mark in now.items()}
    # A 0 for lack of an answer file says nothing about the person (points given by the instructor do).
    points = {item: score for item, score in points.items() if score or now[item].delivered}
    read = {item: scores.get(_grade_id(item)) for item in texts if now}
    status, last = _status(folder, kept, bool(now))
    problem = last.problem if last else RESUBMITTED if status == "graded" and kept and folder.is_dir() else ""
    at, others = _moments(folder)
    paper = Paper(
        assignment=assignment,
        person=person,
        status=status,
        problem=problem,
        notes=tuple(_notes(now)),
        first=_first([*(_marks(one.verdicts) for one in kept), now])
        | {item: Mark(score or 0.0, 0.0, "manual") for item, score in read.items()},
        points=points | read,
        at=at,
        others=others,
        # The ledger knows; where stock nbgrader has graded, only the graded notebook does.
        isolated=all(one.isolated for one in kept if one.verdicts) and (shut_in or last is not None),
    )
    told = (last.file, last.mend) if last else ("", "")
    return paper, Entry(person, name, assignment, STATUSES[status], problem, *told)


def _status(folder: Path, kept: list[ledger.Entry], graded: bool) -> tuple[Status, ledger.Entry | None]:
    """Where a hand-in stands, and what the ledger says of exactly this one."""
    if not folder.is_dir():
        return ("graded" if graded else "missing"), None
    mark = ledger.fingerprint(folder)
    last = next((one for one in kept if one.submission == mark), None)
    if last and last.problem:
        return "broken", last
    return ("graded" if graded else "waiting"), last


def _grade_id(item: str) -> str:
    return item.replace(".", "_")


def _graded(path: Path) -> tuple[dict[str, Mark], bool]:
    """Marks in a graded notebook (none when there is no such file), and whether it was shut in."""
    import nbformat

    from jissho_kit.grading.nbgrader_plugin import OPEN_NOTE, verdicts_in

    try:
        nb = nbformat.read(path, as_version=4)
        return _marks(verdicts_in(nb)), not any(cell.source == OPEN_NOTE for cell in nb.cells[:1])
    except FileNotFoundError:
        return {}, True
    except Exception:  # nbformat raises whatever it meets in a broken file
        raise UsageError(
            "採点済みのノートブックを読めません。",
            where=str(path),
            mend="このファイルを消し、もう一度採点してください（./jissho grade）。",
        ) from None


def _marks(verdicts: Mapping[str, dict]) -> dict[str, Mark]:
    names = ("points", "max", "state", "because", "answer")
    return {item: Mark(**{name: verdict[name] for name in names}) for item, verdict in verdicts.items()}


def _first(rounds: list[dict[str, Mark]]) -> dict[str, Mark]:
    """By item the first real answer; where there never was one, what came last."""
    found: dict[str, Mark] = {}
    for marks in rounds:
        found |= {item: mark for item, mark in marks.items() if item not in found or found[item].state not in ANSWERED}
    return found


def _notes(marks: Mapping[str, Mark]) -> Iterator[str]:
    """Why answers could not be judged, without what the participant wrote."""
    kinds: dict[str, int] = {}
    for mark in marks.values():
        if mark.state == "error":
            kinds[mark.because] = kinds.get(mark.because, 0) + 1
    for kind, count in kinds.items():
        said = re.sub(r"(: )?「?\{detail\}」?", "", REFUSALS.get(kind) or ERRORS.get(kind, kind))
        yield f"{said.partition('。')[0]}（{count}問）"


def _moments(folder: Path) -> tuple[dict[str, datetime], tuple[datetime, ...]]:
    """When answers were recorded, and when anything else was, as far as the file says so."""
    try:
        kept = store.read(folder / store.FILE_NAME)
    except (OSError, AnswerError):
        return {}, ()
    answers = {item: _moment(entry) for item, entry in kept["answers"].items()}
    others = [_moment(entry) for entry in kept["predictions"].values()]
    return {item: at for item, at in answers.items() if at}, tuple(at for at in others if at)


def _moment(entry: dict) -> datetime | None:
    try:
        at = datetime.fromisoformat(entry["at"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo else None  # without a time zone it cannot be laid beside the others


def _questions(course: Course, assignment: str, root: Path | None) -> Iterator[Question]:
    from jissho_kit.lessons import fill

    keys, data = course.keys(assignment), course.data(assignment)
    for item in load_items(assignment, root):
        if key := keys.get(item.id):
            known = tuple(dict.fromkeys(wrong.because for wrong in key.wrong))
            text = fill(item.question, data, key.params)
            yield Question(item.id, assignment, item.objective, item.kind, key.points, text, known)


def _title(course: Course, root: Path | None) -> str:
    return f"{curriculum.load_course(course.tier, root).title}コース（{curriculum.FIELD_TITLES[course.field]}）"


def _objectives(course: Course, root: Path | None) -> dict[str, str]:
    return {
        f"{module.id}/{number}": objective.text
        for module in curriculum.load_course(course.tier, root).modules
        for number, objective in enumerate(module.objectives, 1)
    }


def _reasons(course: Course, root: Path | None) -> dict[str, Reason]:
    modules = [
        module.id for module in curriculum.load_course(course.tier, root).modules if module.field == course.field
    ]
    guides = {module: _guide(module, root) for module in modules}
    return {
        one.id: Reason(one.id, one.name, one.text, one.remedy, tuple(_mentions(one.id, guides)))
        for one in curriculum.misconceptions(root).values()
    }


def _guide(module: str, root: Path | None) -> tuple[str, list[str]]:
    path = curriculum.guide_path(module, root)
    return path.name, path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _mentions(id: str, guides: Mapping[str, tuple[str, list[str]]]) -> Iterator[Mention]:
    """Lines of the guides that speak of a misconception, with the heading above them."""
    for module, (file, lines) in guides.items():
        heading = ""
        for place, line in enumerate(lines, 1):
            if line.startswith("#"):
                heading = line.strip("# ")
            elif re.search(rf"(?<![A-Z0-9]){id}(?!\d)", line):
                yield Mention(module, file, place, heading, line.strip("-| ").replace("**", ""))

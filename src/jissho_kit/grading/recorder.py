"""nbgrader's own converters, kept open from one submission to the next: each is recorded whole or not at all.

Results are those of ``nbgrader autograde`` and ``nbgrader generate_feedback``. What is saved is the time: one gradebook
connection instead of nine per submission, one transaction instead of one per cell, exporters that are made once.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from jsonschema import validators
from jsonschema.exceptions import best_match
from nbconvert.writers import FilesWriter
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import common
from nbgrader.utils import rmtree
from sqlalchemy import Column, create_engine, select
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from jissho.errors import UsageError
from jissho_kit.grading import apart
from jissho_kit.grading.course import Course

# Results are made here, on the same disk, and moved to their place in one step.
WORK = ".grading"
OLD = ".grading-old"
NOBODYS = "default_course"  # the course that nbgrader's preprocessors open


@dataclass(frozen=True)
class Score:
    """What the gradebook says of a submission. ``rows``: all that its page shows of it, as text."""

    score: float
    max_score: float
    needs_manual: bool
    rows: str


def settings(course: Course) -> tuple[Config, logging.Logger]:
    """The course's own nbgrader configuration, and a log that says nothing."""
    log = logging.getLogger("jissho.grading")
    log.propagate = False
    log.addHandler(logging.NullHandler()) if not log.handlers else None
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    (course.root / "exchange").mkdir(exist_ok=True)
    return config, log


def api(course: Course) -> NbGraderAPI:
    """nbgrader's API with the course's configuration, silent."""
    config, log = settings(course)
    return NbGraderAPI(CourseDirectory(config=config, log=log), config=config, log=log)


class _Whole(Session):
    """nbgrader commits after every cell; here that is kept back until all of a submission is there."""

    def commit(self) -> None:
        self.flush()

    def keep(self) -> None:
        """Write what has been kept back."""
        super().commit()


class _Converter:
    """``BaseConverter.start`` taken apart: what is made once, and what is done for a submission. Errors are raised."""

    def make(self) -> None:
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for preprocessor in self.preprocessors:
            self.exporter.register_preprocessor(preprocessor)

    def convert(self, assignment: str, student: str) -> None:
        self.notebooks = sorted(map(str, Path(self._format_source(assignment, student)).glob("*.ipynb")))
        self.run_pre_convert_hook()
        self.init_assignment(assignment, student)
        for notebook in self.notebooks:
            self.convert_single_notebook(notebook)
        self.set_permissions(assignment, student)
        self.run_post_convert_hook()


class _Autograde(_Converter, Autograde):
    pass


class _Feedback(_Converter, GenerateFeedback):
    pass


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else records in this course meanwhile; the system lets go of it however this process ends."""
    try:
        import fcntl
    except ImportError:  # Windows, where only one's own work is graded
        yield
        return
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "この講座は、いま別の画面で採点しています。",
                where=str(path.parent.parent),
                mend="終わるのを待つか、そちらを Ctrl-C で止めてから、もう一度動かしてください。",
            ) from None
        yield


class Recorder:
    """Records submissions of a course, one after the other. Use as a context manager, in one thread.

    Entering raises UsageError while another process records in the same course.
    """

    def __init__(self, course: Course) -> None:
        self._course, (config, log) = course, settings(course)
        directory = CourseDirectory(config=config, log=log)
        self._url, self._name = directory.db_url, directory.course_id
        config.Exporter.optimistic_validation = True  # notebooks are checked once, after all preprocessors
        self._autograde = _Autograde(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
        self._feedback = _Feedback(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
        self._final = {one: getattr(one.coursedir, name) for one, name in self._outputs()}

    def _outputs(self) -> list[tuple]:
        return [(self._autograde, "autograded_directory"), (self._feedback, "feedback_directory")]

    def __enter__(self) -> Recorder:
        with contextlib.ExitStack() as opened:
            opened.enter_context(_alone(self._course.private / "grading.lock"))
            opened.enter_context(contextlib.chdir(self._course.root))  # as nbgrader does
            opened.callback(self._clear)
            self._clear()
            self._db = opened.enter_context(_one_gradebook(self._url, self._name))
            opened.enter_context(_quick_metadata())
            for one, name in self._outputs():
                one.make()
                setattr(one.coursedir, name, WORK)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def _clear(self) -> None:
        for name in (WORK, OLD):
            if (self._course.root / name).exists():
                rmtree(str(self._course.root / name))

    def record(self, assignment: str, student: str, outcome: apart.Outcome | None) -> None:
        """Autograde a submission; without an outcome it is run now.

        The gradebook is written in one transaction, then ``autograded/`` is replaced in one step.
        """
        if outcome is not None:
            apart.OUTCOMES[outcome.digest] = outcome
        try:
            made = self._made(self._autograde, assignment, student)
            self._db().keep()
        finally:
            apart.OUTCOMES.clear()
            self._db.remove()  # rolls back what was not kept
        self._replace(made, self.autograded(assignment, student))

    def write_page(self, assignment: str, student: str) -> None:
        """Write the feedback page of a submission from what is in ``autograded/`` and in the gradebook."""
        try:
            made = self._made(self._feedback, assignment, student)
        finally:
            self._db.remove()
        self._replace(made, self.page(assignment, student).parent)

    def _made(self, converter: _Converter, assignment: str, student: str) -> Path:
        with contextlib.suppress(FileNotFoundError):
            rmtree(str(self._course.root / WORK))
        directory = converter.coursedir
        directory.assignment_id, directory.student_id = assignment, student
        converter.convert(assignment, student)
        return self._folder(WORK, assignment, student)

    def _folder(self, step: str, assignment: str, student: str) -> Path:
        return Path(self._autograde.coursedir.format_path(step, student, assignment))

    def autograded(self, assignment: str, student: str) -> Path:
        """Folder of a graded submission."""
        return self._folder(self._final[self._autograde], assignment, student)

    def page(self, assignment: str, student: str) -> Path:
        """A submission's feedback page."""
        return self._folder(self._final[self._feedback], assignment, student) / f"{assignment}.html"

    def _replace(self, made: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        old = self._course.root / OLD
        if place.exists():
            os.rename(place, old)
        os.rename(made, place)
        if old.exists():
            rmtree(str(old))

    def score(self, assignment: str, student: str) -> Score | None:
        """What the gradebook says of a submission now; ``None`` where it has none."""
        with Gradebook(self._url, self._name) as gradebook:
            try:
                found = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return None
            score = Score(
                float(found.score),
                float(found.max_score),
                bool(found.needs_manual_grade),
                json.dumps(self._rows(found.id), default=str),
            )
        self._db.remove()
        return score

    def _rows(self, submission: str) -> list[list]:
        tables = (SubmittedNotebook.__table__, Grade.__table__, Comment.__table__)
        whose = SubmittedAssignment.__table__.c.id == submission
        whole = SubmittedAssignment.__table__.join(tables[0], tables[0].c.assignment_id == SubmittedAssignment.id)
        found = []
        for table in tables:
            joined = whole if table is tables[0] else whole.join(table, table.c.notebook_id == tables[0].c.id)
            chosen = select(table).select_from(joined).where(whose).order_by(table.c.id)
            found.append([list(row) for row in self._db.execute(chosen)])
        return found

    def cells(self, assignment: str) -> dict[str, list[dict]]:
        """What the gradebook knows of an assignment: itself, its notebooks and cells, by table; plain values."""
        with Gradebook(self._url, self._name) as gradebook:
            found = gradebook.find_assignment(assignment)
            cells = [
                cell
                for notebook in found.notebooks
                for cell in [
                    *notebook.source_cells,
                    *notebook.grade_cells,
                    *notebook.solution_cells,
                    *notebook.task_cells,
                ]
            ]
            rows = [(type(one).__name__, _columns(one)) for one in [found, *found.notebooks, *cells]]
        self._db.remove()
        rows.sort(key=lambda row: (row[0], row[1]["id"]))
        return {kind: [row for one, row in rows if one == kind] for kind in dict.fromkeys(kind for kind, _ in rows)}


def _columns(one) -> dict:
    """What is stored of it; sums over what hangs on it are left out."""
    stored = [name for name, column in one.__mapper__.columns.items() if isinstance(column, Column)]
    return {name: getattr(one, name) for name in stored}


@contextlib.contextmanager
def _one_gradebook(url: str, name: str) -> Iterator[scoped_session]:
    """While this lasts every ``Gradebook`` of this course, in this process, is the same session."""
    for course in (name, NOBODYS):
        Gradebook(url, course).close()  # makes the file, its tables, the course
    engine = create_engine(url)
    db = scoped_session(sessionmaker(class_=_Whole, bind=engine))
    opened, closed = Gradebook.__init__, Gradebook.close

    def open_(self, db_url, course_id=NOBODYS, authenticator=None):
        if db_url != url:
            return opened(self, db_url, course_id, authenticator)
        self.engine, self.db, self.course_id, self.authenticator = engine, db, course_id, authenticator

    def close(self):
        # As with a session of one's own, the next reader asks the database again.
        db.expire_all() if self.db is db else closed(self)

    Gradebook.__init__, Gradebook.close = open_, close
    try:
        yield db
    finally:
        Gradebook.__init__, Gradebook.close = opened, closed
        db.remove()
        engine.dispose()


@contextlib.contextmanager
def _quick_metadata() -> Iterator[None]:
    """While this lasts nbgrader does not check its own schema again before it checks a cell against it."""
    checker = functools.cache(lambda schema: validators.validator_for(json.loads(schema))(json.loads(schema)))

    def validate(instance, schema):
        error = best_match(checker(json.dumps(schema)).iter_errors(instance))
        if error is not None:
            raise error

    stock, common.jsonschema = common.jsonschema, SimpleNamespace(validate=validate)
    try:
        yield
    finally:
        common.jsonschema = stock

"""Grade hand-ins as they arrive (``jissho grade --watch``), with set A and the limits against searching for answers.

The final grading (:func:`jissho_kit.grading.driver.grade`) uses set B and grades again all that was graded here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jissho_kit.grading import course as courses
from jissho_kit.grading import driver, inclass, ledger
from jissho_kit.grading.ahead import ahead
from jissho_kit.grading.course import Course
from jissho_kit.grading.driver import GradeRow
from jissho_kit.grading.engine import Engine
from jissho_kit.grading.intake import is_name
from jissho_kit.grading.judge import names_wrong

if TYPE_CHECKING:
    from jissho_kit.grading.recorder import Recorder

POLL_S = 1.0
SETTLE_S = 2.0  # a hand-in is complete when nothing in it has changed for so long
MOST_SEEN = 2_000  # files looked at in a hand-in's folder

Submission = tuple[str, str]  # assignment, student
Shot = tuple[tuple[str, int, int], ...]  # files with size and time


@dataclass(frozen=True)
class Due:
    """A hand-in that has to wait; ``at``: until when, in seconds of the clock."""

    assignment: str
    student: str
    at: float


def watch(
    course: Course,
    engine: Engine,
    assignment: str | None = None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[GradeRow | Due]:
    """Grade what lies in ``submitted/`` and has not been graded, then what arrives or changes; goes on for ever.

    A person's hand-in of an assignment is graded again at most every :data:`jissho_kit.grading.inclass.BETWEEN_S` seconds;
    a wrong answer is named at most :data:`~jissho_kit.grading.inclass.MOST_NAMED` times per item and person. Feedback
    pages are written at once.

    Parameters
    ----------
    course : Course
    engine : Engine
    assignment : str, optional
        By default all of the course.
    now, sleep : callable
        The clock, in seconds.

    Yields
    ------
    GradeRow or Due
        What came of a hand-in, or that it has to wait (once).

    Raises
    ------
    UsageError, ContentError
        As :func:`jissho_kit.grading.driver.grade`.
    """
    with driver.recording(course, assignment, engine) as (recorder, chosen):
        final = driver.grounds(course, recorder, chosen)
        with courses.in_class():
            [course.keys(one) for one in chosen]  # what cannot be read is said before anybody hands in
            live = driver.grounds(course, recorder, chosen)
        arrivals = _Arrivals(course, chosen)
        while True:
            ready = []
            for one, shot in arrivals.settled(now()):
                if any(driver.is_done(course, grounds, *one) for grounds in (final, live)):
                    arrivals.taken(one, shot)
                elif (at := _due(course, *one, now())) <= now():
                    arrivals.taken(one, shot)
                    ready.append(one)
                elif arrivals.waits(one, shot):
                    yield Due(*one, at)
            most = engine.jobs * driver.WAITING
            begun = ahead(lambda one: driver.begin(course, live, engine, True, *one), ready, most)
            for one in begun:
                yield _graded(course, recorder, one, now)
            sleep(POLL_S)


def _due(course: Course, assignment: str, student: str, now: float) -> float:
    """When a hand-in may be graded: the first one of an assignment that can be graded at once."""
    if not is_name(student) or all(one.problem for one in ledger.entries(course, assignment, student)):
        return now
    return inclass.find(course, student).due(now)


def _graded(course: Course, recorder: Recorder, begun: driver.Begun, now: Callable[[], float]) -> GradeRow:
    def keep(row: GradeRow) -> None:
        named = [item for item, verdict in row.verdicts.items() if names_wrong(verdict)]
        inclass.keep(course, row.student, told.then(now(), named))

    told = inclass.find(course, begun.student) if is_name(begun.student) else inclass.Told()
    with courses.in_class(told.unnamed()):
        return driver.record(course, recorder, begun, pages=True, on_graded=keep)


class _Arrivals:
    """What lies in ``submitted/``, and since when it has been as it is."""

    def __init__(self, course: Course, chosen: list[str]) -> None:
        self._course, self._chosen = course, chosen
        self._seen: dict[Submission, tuple[Shot, float]] = {}
        self._taken: dict[Submission, Shot] = {}
        self._waiting: dict[Submission, Shot] = {}

    def settled(self, now: float) -> Iterator[tuple[Submission, Shot]]:
        """Hand-ins that have changed since they were taken, and have not changed for a while."""
        for one in driver.submissions(self._course, self._chosen):
            shot = _shot(self._course.root / "submitted" / one[1] / one[0])
            before, since = self._seen.get(one, (None, now))
            if shot != before or since > now:
                self._seen[one] = (shot, now)
            elif shot != self._taken.get(one) and now - since >= SETTLE_S:
                yield one, shot

    def taken(self, one: Submission, shot: Shot) -> None:
        """It is graded as it is now."""
        self._taken[one] = shot
        self._waiting.pop(one, None)

    def waits(self, one: Submission, shot: Shot) -> bool:
        """Whether it is news that it has to wait as it is now."""
        news = self._waiting.get(one) != shot
        self._waiting[one] = shot
        return news


def _shot(folder: Path) -> Shot:
    """Names, sizes and times of what lies in a folder; links are not followed, and what goes meanwhile is left out."""
    found: list[tuple[str, int, int]] = []
    waiting = [str(folder)]
    while waiting and len(found) < MOST_SEEN:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in sorted(entries, key=lambda one: one.name):
                    status = entry.stat(follow_symlinks=False)
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return tuple(found)

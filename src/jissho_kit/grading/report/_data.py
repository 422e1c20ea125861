"""What a report is made of: plain data of a class, without names (people are pseudonyms from here on)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from jissho_kit.grading.judge import State
from jissho_kit.grading.report._survey import Survey

Status = Literal["graded", "broken", "waiting", "missing"]

ANSWERED = ("right", "partial", "wrong")
# Kinds of error that say nothing about the question: the answer file never arrived.
NOT_DELIVERED = ("no-file", "bad-file")
OPEN = "隔離なしで採点しました"
BEFORE, AFTER = "-pre", "-post"  # ends of assignment ids: K-F-pre and K-F-post are one pair


@dataclass(frozen=True)
class Mark:
    """Outcome of one item: as :class:`judge.Verdict`, without the message."""

    points: float
    max: float
    state: State
    because: str = ""
    answer: str = ""

    @property
    def delivered(self) -> bool:
        """Whether the answer, or its being left out, reached the judge."""
        return not (self.state == "error" and self.because in NOT_DELIVERED)

    @property
    def slip(self) -> str:
        """Id of the misconception or slip behind the answer, "" when there is none."""
        return self.because if self.state in ("wrong", "partial") else ""


@dataclass(frozen=True)
class Question:
    """An item as a report shows it. ``known``: ids of misconceptions and slips its known wrong answers stand for."""

    id: str
    assignment: str
    objective: str
    kind: str
    points: float
    text: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One person's hand-in of one assignment.

    ``first``: by item, the first answer that was graded (what people thought before they were told anything).
    ``points``: by item, what counts now, changes by the instructor included; None for what is still to be read.
    ``at``: by item, when the answer was last recorded, where that is known; ``others``: further records in the file.
    ``problem`` and ``notes`` name nobody. ``isolated``: whenever it was graded, it was shut in.
    """

    assignment: str
    person: str
    status: Status
    problem: str = ""
    notes: tuple[str, ...] = ()
    first: dict[str, Mark] = field(default_factory=dict)
    points: dict[str, float | None] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    others: tuple[datetime, ...] = ()
    isolated: bool = True

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of the result."""
        return (*(() if self.isolated else (OPEN,)), *self.notes)


@dataclass(frozen=True)
class Mention:
    """Where a guide for instructors speaks of a misconception."""

    module: str
    file: str
    line: int
    heading: str
    text: str


@dataclass(frozen=True)
class Reason:
    """A misconception (M01…) or slip (S01…): the learner's words, why it is wrong, how to mend it, where to read on."""

    id: str
    name: str
    text: str = ""
    remedy: str = ""
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class ClassData:
    """All that is known of a class. ``people`` in the order in which they are listed, never by score.

    ``strays``: what is wrong with hand-ins that cannot be laid to a person and an assignment.
    """

    course: str
    title: str
    practice: bool
    people: tuple[str, ...]
    questions: tuple[Question, ...]
    papers: tuple[Paper, ...]
    objectives: dict[str, str]
    reasons: dict[str, Reason]
    strays: tuple[str, ...] = ()
    survey: Survey | None = None

    @property
    def assignments(self) -> list[str]:
        """Ids, in the course's order."""
        return list(dict.fromkeys(question.assignment for question in self.questions))

    @property
    def present(self) -> list[str]:
        """Graded assignments that show what the class can do now: pre-tests only while there is nothing else."""
        graded = [one for one in self.assignments if self.graded(one)]
        return [one for one in graded if not is_pretest(one)] or graded

    def of(self, assignment: str) -> list[Question]:
        """Items of an assignment."""
        return [question for question in self.questions if question.assignment == assignment]

    def graded(self, assignment: str) -> list[Paper]:
        """Papers of an assignment that hold answers, in the order of people."""
        order = {person: place for place, person in enumerate(self.people)}
        found = [paper for paper in self.papers if paper.assignment == assignment and paper.first]
        return sorted(found, key=lambda paper: order[paper.person])

    def reason(self, id: str) -> Reason:
        """A misconception or slip, also one that the curriculum does not know any more."""
        return self.reasons.get(id, Reason(id, id))


def is_pretest(assignment: str) -> bool:
    """Whether an assignment is taken before the class."""
    return assignment.endswith(BEFORE)


def pairs(assignments: list[str]) -> list[tuple[str, str]]:
    """Pre and post tests that belong together: ids that differ in their ends ``-pre`` and ``-post`` alone."""
    twins = [(one, one.removesuffix(BEFORE) + AFTER) for one in assignments if is_pretest(one)]
    return [(before, after) for before, after in twins if after in assignments]

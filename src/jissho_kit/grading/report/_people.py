"""Who handed in, what each has reached, and how long items took."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np

from jissho_kit.grading.report._data import ClassData, Paper, Question

GO_ON, REMEDY = 0.80, 0.50  # share of right answers (curriculum-design D.2)
LONGEST = 30 * 60  # seconds; a longer gap is a break, not thinking


@dataclass(frozen=True)
class HandIns:
    """An assignment's hand-ins in numbers; ``unread``: graded papers with answers the instructor has yet to read."""

    assignment: str
    graded: int
    broken: int
    waiting: int
    missing: int
    unread: int


@dataclass(frozen=True)
class Reached:
    """An objective: the class's mean share of points, of ``n`` people, and what to do next."""

    id: str
    text: str
    n: int
    mean: float | None
    advice: str


@dataclass(frozen=True)
class Row:
    """One person's line of the mastery map: by objective the share of points (None: nothing graded), and in all."""

    person: str
    shares: dict[str, float | None]
    total: float | None


@dataclass(frozen=True)
class Time:
    """Seconds between recording the answer before and this one (median and quartiles), of ``n`` people."""

    item: str
    n: int
    median: float
    low: float
    high: float


def hand_ins(data: ClassData) -> tuple[HandIns, ...]:
    """One line for each assignment."""
    return tuple(
        _hand_ins(one, [paper for paper in data.papers if paper.assignment == one]) for one in data.assignments
    )


def _hand_ins(assignment: str, papers: list[Paper]) -> HandIns:
    counts = [sum(paper.status == status for paper in papers) for status in ("graded", "broken", "waiting", "missing")]
    unread = sum(paper.status == "graded" and None in paper.points.values() for paper in papers)
    return HandIns(assignment, *counts, unread)


def mastery(data: ClassData) -> tuple[tuple[Reached, ...], tuple[Row, ...]]:
    """The mastery map: objectives with the class's mean, and one row for each person with a graded paper.

    From the points that count now (those of the gradebook), people in the order in which they are listed.
    """
    questions = [question for one in data.present for question in data.of(one)]
    objectives = sorted({question.objective for question in questions}, key=_place)
    points = _points(data)
    rows = tuple(
        Row(person, {id: _share(points[person], questions, id) for id in objectives}, _share(points[person], questions))
        for person in data.people
        if person in points
    )
    return tuple(_reached(data, id, [row.shares[id] for row in rows]) for id in objectives), rows


def _place(objective: str) -> tuple[str, int]:
    """``K-F-1/10`` comes after ``K-F-1/2``."""
    module, _, number = objective.rpartition("/")
    return module, int(number)


def _points(data: ClassData) -> dict[str, dict[str, float]]:
    """Points by person and item, of what is graded."""
    found: dict[str, dict[str, float]] = {}
    present = data.present
    for paper in data.papers:
        if paper.first and paper.assignment in present:
            known = {item: points for item, points in paper.points.items() if points is not None}
            found.setdefault(paper.person, {}).update(known)
    return found


def _share(points: dict[str, float], questions: list[Question], objective: str = "") -> float | None:
    """Share of the points of an objective's items (by default all items) that are graded; None when none is."""
    most = {one.id: one.points for one in questions if one.id in points and objective in ("", one.objective)}
    return sum(points[item] for item in most) / sum(most.values()) if most else None


def _reached(data: ClassData, id: str, shares: list[float | None]) -> Reached:
    known = [one for one in shares if one is not None]
    mean = float(np.mean(known)) if known else None
    return Reached(id, data.objectives.get(id, ""), len(known), mean, _advice(mean))


def _advice(mean: float | None) -> str:
    if mean is None:
        return "まだ分かりません"
    if mean >= GO_ON:
        return "次へ進みます"
    return "隣と話して答え直します" if mean >= REMEDY else "三分の手当てをします"


def times(data: ClassData) -> tuple[Time, ...]:
    """Items in the order of questions, where at least one person's gap is known.

    A gap is the time from the record before (of any answer or prediction in the same file) to the item's last record.
    Gaps of 0 (recorded together) and above 30 minutes are left out.
    """
    gaps: dict[str, list[float]] = {}
    for paper in data.papers:
        for item, seconds in _gaps(paper).items():
            gaps.setdefault(item, []).append(seconds)
    return tuple(
        Time(one.id, len(gaps[one.id]), median(gaps[one.id]), *map(float, np.quantile(gaps[one.id], [0.25, 0.75])))
        for one in data.questions
        if one.id in gaps
    )


def _gaps(paper: Paper) -> dict[str, float]:
    moments = sorted([*paper.at.values(), *paper.others])
    found = {}
    for item, at in paper.at.items():
        place = moments.index(at)
        if place and moments.count(at) == 1:
            seconds = (at - moments[place - 1]).total_seconds()
            if seconds <= LONGEST:
                found[item] = seconds
    return found

"""Which misconceptions the class holds, and how many of those held before the class are gone after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from jissho_kit.grading.report._data import ANSWERED, ClassData, Paper, Question, Reason, pairs
from jissho_kit.grading.report._stats import Estimate, bootstrapped, class_gain, share

# Of those who could have held it (curriculum-design D.2, which speaks of right answers: 80 % go on, 50 % remedy).
WHOLE_CLASS, PAIRS = 0.50, 0.20


@dataclass(frozen=True)
class Held:
    """A misconception or slip of the class.

    ``people`` of ``chances`` chose it at least once; a chance is a person who answered an item that offers it.
    """

    reason: Reason
    people: int
    chances: int
    share: Estimate
    items: tuple[str, ...]

    @property
    def id(self) -> str:
        """``M01`` … or ``S01`` …"""
        return self.reason.id

    @property
    def common(self) -> bool:
        """Whether it is the class's, and not one person's or a few people's."""
        return self.people > 1 and self.share.value >= PAIRS

    @property
    def advice(self) -> str:
        """What to do, by how many hold it."""
        if not self.people:
            return "いません"
        if not self.common:
            return "次へ進み、本人に一声かけます"
        return "全員に手当てをします" if self.share.value >= WHOLE_CLASS else "隣と話して答え直し、残れば手当てをします"


@dataclass(frozen=True)
class Shed:
    """A misconception (no slips) before and after, among the ``both`` who answered items that offer it in both tests.

    ``held`` chose it before, ``gone`` of them no longer after (抜けた率), ``new`` people only after.
    """

    reason: Reason
    both: int
    held: int
    gone: int
    new: int
    rate: Estimate


@dataclass(frozen=True)
class Gain:
    """Pre and post test of a class. ``people`` sat both, ``only_one`` one of them; shares of points."""

    before: str
    after: str
    people: int
    only_one: int
    mean_before: float | None
    mean_after: float | None
    gain: Estimate
    shed: tuple[Shed, ...]


def held(data: ClassData) -> tuple[Held, ...]:
    """Misconceptions and slips, most people first.

    From first answers, of the assignments that show what the class can do now (``data.present``).
    """
    questions = [question for one in data.present for question in data.of(one)]
    papers = [paper for one in data.present for paper in data.graded(one)]
    found = []
    for id in _offered(questions):
        chances, holders = _chances(papers, questions, id), _holders(papers, questions, id)
        items = tuple(question.id for question in questions if _holders(papers, [question], id))
        if chances:
            whole = share(len(holders), len(chances))
            found.append(Held(data.reason(id), len(holders), len(chances), whole, items))
    return tuple(sorted(found, key=lambda one: (-one.people, -one.share.value, one.id)))


def gains(data: ClassData) -> tuple[Gain, ...]:
    """One for each pair of pre and post test that has been graded."""
    found = [_gain(data, before, after) for before, after in pairs(data.assignments)]
    return tuple(one for one in found if one.people)


def _gain(data: ClassData, before: str, after: str) -> Gain:
    first, last = _scores(data, before), _scores(data, after)
    both = [person for person in data.people if person in first and person in last]
    x, y = (np.array([scores[person] for person in both]) for scores in (first, last))
    return Gain(
        before,
        after,
        len(both),
        len(set(first) ^ set(last)),
        float(x.mean()) if both else None,
        float(y.mean()) if both else None,
        bootstrapped(class_gain, x, y, label=f"gain {before} {after}"),
        _all_shed(data, before, after),
    )


def _scores(data: ClassData, assignment: str) -> dict[str, float]:
    """Share of the points by person, of those whose every answer has reached us."""
    questions = [question for question in data.of(assignment) if question.kind != "text"]
    return {
        paper.person: sum(paper.first[one.id].points for one in questions) / sum(one.points for one in questions)
        for paper in data.graded(assignment)
        if questions and all(one.id in paper.first and paper.first[one.id].delivered for one in questions)
    }


def _all_shed(data: ClassData, before: str, after: str) -> tuple[Shed, ...]:
    sides = [(data.graded(one), data.of(one)) for one in (before, after)]
    offered = [id for id in _offered(sides[0][1]) if id in _offered(sides[1][1]) and id.startswith("M")]
    found = []
    for id in offered:
        both = _chances(*sides[0], id) & _chances(*sides[1], id)
        first, last = (_holders(*side, id) & both for side in sides)
        if first or last:
            rate = share(len(first - last), len(first))
            found.append(Shed(data.reason(id), len(both), len(first), len(first - last), len(last - first), rate))
    return tuple(sorted(found, key=lambda one: (-one.held, one.reason.id)))


def _offered(questions: Iterable[Question]) -> list[str]:
    return sorted({id for question in questions for id in question.known})


def _chances(papers: list[Paper], questions: list[Question], id: str) -> set[str]:
    """People who answered an item that offers the misconception; a blank shows nothing either way."""
    items = [question.id for question in questions if id in question.known]
    return {
        paper.person
        for paper in papers
        if any(item in paper.first and paper.first[item].state in ANSWERED for item in items)
    }


def _holders(papers: list[Paper], questions: list[Question], id: str) -> set[str]:
    items = [question.id for question in questions]
    return {
        paper.person for paper in papers if any(item in paper.first and paper.first[item].slip == id for item in items)
    }

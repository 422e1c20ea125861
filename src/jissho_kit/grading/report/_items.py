"""Item analysis: difficulty, discrimination, and which wrong answers were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jissho_kit.grading.report._data import ClassData, Mark, Paper, Question, is_pretest
from jissho_kit.grading.report._stats import (
    FEWEST,
    SMALL,
    Estimate,
    bootstrapped,
    discrimination,
    item_rest,
    share,
)

# Thresholds of curriculum-design D.5.
TOO_EASY, TOO_HARD = 0.85, 0.30
FAIR_D, FAIR_R = 0.30, 0.20
RARELY_CHOSEN = 0.05  # of those who sat a pre-test; in a class of fewer than 1 / 0.05 one person is more


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its misconception or slip, and how many gave it."""

    id: str
    name: str
    people: int
    share: float


@dataclass(frozen=True)
class Flag:
    """What to look at in an item. ``inspect``: before the item is used again; else only worth knowing."""

    inspect: bool
    word: str
    text: str


@dataclass(frozen=True)
class ItemResult:
    """One item. ``n = right + partial + known wrong + unknown + blank + error + read``.

    ``read``: answers in prose that the instructor has scored; ``unread`` and ``lost`` (no answer file) are not in n.
    ``partial`` counts those without a known reason. ``unknown_most``: the wrong number that most gave, if two did.
    """

    id: str
    assignment: str
    objective: str
    question: str
    n: int
    p: Estimate
    d: Estimate
    r: Estimate
    right: int
    partial: int
    wrong: tuple[Wrong, ...]
    unknown: int
    unknown_most: str
    blank: int
    error: int
    read: int
    unread: int
    lost: int
    flags: tuple[Flag, ...]

    @property
    def small(self) -> bool:
        """Whether the figures are 参考値 only."""
        return self.n < SMALL


def analyse(data: ClassData) -> tuple[ItemResult, ...]:
    """All items, in the order of assignments and questions; statistics from people's first answers."""
    return tuple(result for assignment in data.assignments for result in _of_one(data, assignment))


def _of_one(data: ClassData, assignment: str) -> Iterator[ItemResult]:
    papers, questions = data.graded(assignment), data.of(assignment)
    got, most = _points(papers, questions)
    for column, question in enumerate(questions):
        # The rest of the paper stands for the person's ability, whatever of it has reached us.
        others = np.arange(len(questions)) != column
        held = np.nansum(most[:, others], axis=1)
        rest = np.nansum(got[:, others], axis=1) / np.where(held > 0, held, 1)
        known = ~np.isnan(got[:, column])
        both = known & (held > 0)
        yield _result(
            data,
            question,
            [paper.first[question.id] for paper in papers if question.id in paper.first],
            got[known, column] / most[known, column],
            (got[both, column] / most[both, column], rest[both].round(9)),
        )


def _points(papers: list[Paper], questions: list[Question]) -> tuple[np.ndarray, np.ndarray]:
    """Points got and to be had, people × items; NaN where no answer has reached us or none has been read yet."""
    got = np.full((len(papers), len(questions)), np.nan)
    most = np.full_like(got, np.nan)
    for row, paper in enumerate(papers):
        for column, question in enumerate(questions):
            points = _first_points(paper, question)
            if points is not None:
                got[row, column], most[row, column] = points, question.points
    return got, most


def _first_points(paper: Paper, question: Question) -> float | None:
    mark = paper.first.get(question.id)
    if mark is None or not mark.delivered:
        return None
    return paper.points.get(question.id) if mark.state == "manual" else mark.points


def _result(
    data: ClassData, question: Question, marks: list[Mark], shares: np.ndarray, pair: tuple[np.ndarray, np.ndarray]
) -> ItemResult:
    n, enough = len(shares), len(pair[0]) >= FEWEST
    states = Counter(mark.state for mark in marks if mark.delivered)
    slips = Counter(mark.slip for mark in marks if mark.slip)
    unknown = [mark for mark in marks if mark.state == "wrong" and not mark.slip]
    wrong = tuple(
        Wrong(id, data.reason(id).name, slips[id], slips[id] / n if n else 0.0)
        for id in dict.fromkeys([*question.known, *slips])
    )
    p = share(float(shares.sum()), n)
    d = bootstrapped(discrimination, *pair, label=f"D {question.id}") if enough else Estimate()
    r = bootstrapped(item_rest, *pair, label=f"r {question.id}") if enough else Estimate()
    read = n - sum(count for state, count in states.items() if state != "manual")
    return ItemResult(
        id=question.id,
        assignment=question.assignment,
        objective=question.objective,
        question=question.text,
        n=n,
        p=p,
        d=d,
        r=r,
        right=states["right"],
        partial=sum(mark.state == "partial" and not mark.slip for mark in marks),
        wrong=wrong,
        unknown=len(unknown),
        unknown_most=_most_common(unknown) if question.kind == "number" else "",
        blank=states["blank"],
        error=states["error"],
        read=read,
        unread=states["manual"] - read,
        lost=sum(not mark.delivered for mark in marks),
        flags=tuple(_flags(p, d, r, wrong, n, is_pretest(question.assignment))),
    )


def _most_common(marks: list[Mark]) -> str:
    """A number that several gave and no author foresaw; a number names nobody."""
    found = Counter(mark.answer for mark in marks if mark.answer).most_common(1)
    return f"{found[0][0]}（{found[0][1]}人）" if found and found[0][1] > 1 else ""


def _flags(p: Estimate, d: Estimate, r: Estimate, wrong: tuple[Wrong, ...], n: int, before: bool) -> Iterator[Flag]:
    """What the thresholds of curriculum-design D.5 say about an item."""
    if p.value is None:
        return
    if d.value is not None and d.value < 0:
        unsure = "区間が0をまたぐので、まだ決められません。" if d.high is None or d.high >= 0 else ""
        yield Flag(True, "要点検", f"できる人ほど間違えています（D<0）。正答と設問文を読み直してください。{unsure}")
    if p.value > TOO_EASY and before:
        yield Flag(True, "易しすぎ", f"事前から{TOO_EASY:.0%}を超えています。外すか、別の問に替えてください。")
    elif p.value > TOO_EASY:
        yield Flag(False, "易しい", f"{TOO_EASY:.0%}を超えました。身についたか、問が易しすぎるかです。")
    elif p.value < TOO_HARD and not before:
        yield Flag(True, "難しすぎ", f"{TOO_HARD:.0%}に届きません。教え方か、設問文を見直してください。")
    elif d.value is not None and d.value >= 0 and (d.value < FAIR_D or (r.value is not None and r.value < FAIR_R)):
        yield Flag(
            False, "見分けが弱い", f"できる人とそうでない人の差が小さい問です（D<{FAIR_D:.1f} か r<{FAIR_R:.1f}）。"
        )
    if before and n >= 1 / RARELY_CHOSEN and any(one.share < RARELY_CHOSEN for one in wrong):
        yield Flag(False, "選ばれない誤答", f"{RARELY_CHOSEN:.0%}に届かない誤答があります。差し替えの候補です。")

"""The whole report as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from jissho import __version__
from jissho_kit.grading.report._actions import Next, next_steps
from jissho_kit.grading.report._data import ClassData, Paper
from jissho_kit.grading.report._items import ItemResult, analyse
from jissho_kit.grading.report._misconceptions import Gain, Held, gains, held
from jissho_kit.grading.report._people import HandIns, Reached, Row, Time, hand_ins, mastery, times
from jissho_kit.grading.report._stats import SMALL
from jissho_kit.grading.report._survey import Survey


@dataclass(frozen=True)
class Report:
    """What an instructor gets. ``people``: with a graded paper; ``papers``: all, for the list of hand-ins."""

    course: str
    title: str
    practice: bool
    date: dt.date
    version: str
    people: int
    papers: tuple[Paper, ...]
    next: Next
    hand_ins: tuple[HandIns, ...]
    objectives: tuple[Reached, ...]
    rows: tuple[Row, ...]
    misconceptions: tuple[Held, ...]
    items: tuple[ItemResult, ...]
    gains: tuple[Gain, ...]
    times: tuple[Time, ...]
    strays: tuple[str, ...] = ()
    survey: Survey | None = None

    @property
    def small(self) -> bool:
        """Whether all figures are 参考値 only."""
        return self.people < SMALL

    @property
    def open(self) -> int:
        """Number of papers that were graded without being shut in."""
        return sum(not paper.isolated for paper in self.papers)

    @property
    def mean(self) -> float | None:
        """The class's mean share of all points."""
        known = [row.total for row in self.rows if row.total is not None]
        return sum(known) / len(known) if known else None

    def as_json(self) -> dict:
        """As plain values; of the papers only where they stand (scores are in ``rows``)."""
        kept = ("assignment", "person", "status", "problem", "notes", "isolated")
        papers = [{name: getattr(paper, name) for name in kept} for paper in self.papers]
        return asdict(self) | {"small": self.small, "papers": papers}


def make_report(data: ClassData, date: dt.date) -> Report:
    """Compute a report from a class's plain data; the same data give the same report.

    Parameters
    ----------
    data : ClassData
    date : date
        Day that stands on the report.
    """
    reached, rows = mastery(data)
    misconceptions, items, counts = held(data), analyse(data), hand_ins(data)
    return Report(
        course=data.course,
        title=data.title,
        practice=data.practice,
        date=date,
        version=__version__,
        people=len(rows),
        papers=data.papers,
        next=next_steps(misconceptions, reached, items, counts),
        hand_ins=counts,
        objectives=reached,
        rows=rows,
        misconceptions=misconceptions,
        items=items,
        gains=gains(data),
        times=times(data),
        strays=data.strays,
        survey=data.survey,
    )

"""What a person has been told in class: ``private/class/<student>.json`` (limits of CONTRACTS section 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jissho.errors import UsageError
from jissho_kit.grading.course import Course
from jissho_kit.grading.ledger import write_whole

MOST_NAMED = 2  # times that a wrong answer to one item is named
BETWEEN_S = 600.0  # seconds between two gradings of a person's hand-ins


@dataclass(frozen=True)
class Told:
    """What one person has been told. ``at``: when last, in seconds of the clock; ``named``: how often, by item."""

    at: float | None = None
    named: dict[str, int] = field(default_factory=dict)

    def due(self, now: float) -> float:
        """From when on a hand-in may be graded again; a clock that was put back makes nobody wait longer."""
        return now if self.at is None or self.at > now else max(now, self.at + BETWEEN_S)

    def unnamed(self) -> set[str]:
        """Items whose wrong answers are not named any more."""
        return {item for item, times in self.named.items() if times >= MOST_NAMED}

    def then(self, now: float, named: Iterable[str]) -> Told:
        """After a grading that has named wrong answers to these items."""
        return Told(now, self.named | {item: self.named.get(item, 0) + 1 for item in named})


def find(course: Course, student: str) -> Told:
    """What a person has been told so far.

    Raises
    ------
    UsageError
        The file cannot be read.
    """
    path = _file(course, student)
    try:
        told = Told(**json.loads(path.read_text(encoding="utf-8")))
        return Told(told.at, {str(item): int(times) for item, times in told.named.items()})
    except FileNotFoundError:
        return Told()
    except (OSError, ValueError, TypeError, AttributeError):
        raise UsageError(
            "授業中の採点の控えを読めません。",
            where=str(path),
            mend="このファイルを消すと、この人への助言の回数と時刻を、初めから数え直します。",
        ) from None


def keep(course: Course, student: str, told: Told) -> None:
    """Keep it, whole or not at all."""
    write_whole(_file(course, student), json.dumps(asdict(told)))


def _file(course: Course, student: str) -> Path:
    return course.private / "class" / f"{student}.json"

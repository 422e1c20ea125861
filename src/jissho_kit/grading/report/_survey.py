"""What the class says in the survey: means with their n, and free texts in an order that tells nothing."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from jissho.teach import survey
from jissho_kit.grading._model import Strict

FEWEST = 3  # with fewer sheets one could tell who said what
MAX_BYTES = 64 * 1024
Mark = Annotated[int, Field(ge=1, le=len(survey.MARKS))]
Letters = Annotated[str, Field(max_length=survey.LONGEST)]


class Sheet(Strict):
    """One filled-in survey as the page has left it."""

    v: Literal[1]
    scale: dict[Literal[tuple(survey.SCALE)], Mark]
    recommend: Annotated[int, Field(ge=0, le=survey.MOST)] | None
    free: dict[Literal[tuple(survey.FREE)], Letters]


@dataclass(frozen=True)
class Asked:
    """A statement or question with marks: how many answered, their mean (None where nobody did), and how often each mark."""

    text: str
    n: int
    mean: float | None
    counts: dict[int, int]


@dataclass(frozen=True)
class Survey:
    """``sheets`` were sent, ``unreadable`` are none of ours; with fewer than three sheets nothing of them is shown."""

    sheets: int
    unreadable: int
    scale: tuple[Asked, ...] = ()
    recommend: Asked | None = None
    free: dict[str, tuple[str, ...]] | None = None

    @property
    def shown(self) -> bool:
        """Whether there are enough sheets to show what they say."""
        return self.recommend is not None


def read_survey(course: Path) -> Survey | None:
    """The survey of the course in a folder; None where nobody was asked. Never raises for what a sheet says."""
    folder = course / survey.FOLDER
    found = [_sheet(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    if not found:
        return None
    sheets = [sheet for sheet in found if sheet]
    unreadable = len(found) - len(sheets)
    if len(sheets) < FEWEST:
        return Survey(len(sheets), unreadable)
    return Survey(
        len(sheets),
        unreadable,
        tuple(
            _asked(text, [one.scale[key] for one in sheets if key in one.scale], range(1, 1 + len(survey.MARKS)))
            for key, text in survey.SCALE.items()
        ),
        _asked(
            survey.RECOMMEND, [one.recommend for one in sheets if one.recommend is not None], range(1 + survey.MOST)
        ),
        {text: tuple(_shuffled(one.free.get(key, "") for one in sheets)) for key, text in survey.FREE.items()},
    )


def _sheet(path: Path) -> Sheet | None:
    try:
        known = path.lstat()
        if not stat.S_ISREG(known.st_mode) or known.st_size > MAX_BYTES:
            return None
        return Sheet.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _asked(text: str, marks: list[int], all_marks: range) -> Asked:
    mean = sum(marks) / len(marks) if marks else None
    return Asked(text, len(marks), mean, {mark: marks.count(mark) for mark in all_marks})


def _shuffled(texts: Iterator[str]) -> list[str]:
    """In the order of their hashes: the same report each time, and no sheet can be put together from its places."""
    return sorted((text for text in texts if text.strip()), key=lambda text: hashlib.sha256(text.encode()).digest())

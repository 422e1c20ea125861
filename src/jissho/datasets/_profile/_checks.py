"""What a check is: a small function that looks at a trial and yields findings. ``_columns`` and ``_trial`` hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from jissho.datasets._profile._case import Case
from jissho.datasets._profile._score import Scores
from jissho.datasets._profile._structure import Tie


@dataclass
class Trial:
    """A table on its way through the checks; later fields are filled as they become known.

    ``case`` is the whole table in the file's order; ``sample`` and ``sample_tie`` are what is scored; ``kept`` the
    rows of ``sample`` that copy no other.
    """

    case: Case
    tie: Tie | None = None
    others: list[Tie] = field(default_factory=list)
    sample: Case | None = None
    sample_tie: Tie | None = None
    kept: np.ndarray | None = None
    scores: Scores | None = None


@dataclass(frozen=True)
class Finding:
    """``text``: which columns, what about them, what to do (Japanese)."""

    text: str
    columns: tuple[str, ...] = ()
    drop: bool = False


Check = Callable[[Trial], Iterator[Finding]]


def look(trial: Trial, checks: tuple[Check, ...]) -> list[str]:
    """Run checks in turn, set aside what they drop (each check sees only what is left), return what they say."""
    said = []
    for check in checks:
        for finding in check(trial):
            said.append(finding.text)
            if finding.drop:
                for case in filter(None, (trial.case, trial.sample)):
                    case.drop(finding.columns)
    return said

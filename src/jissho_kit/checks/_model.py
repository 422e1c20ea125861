"""What rules are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning"]
LooksAt = Literal["kit", "file", "part", "lesson", "guide", "rules", "items", "data", "dataset", "release"]


@dataclass(frozen=True)
class Fault:
    """One place that breaks a rule. ``detail`` completes the rule's sentence, ``mend`` replaces the rule's."""

    file: Path
    line: int = 1
    id: str = ""
    detail: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Rule:
    """A row of the table.

    ``run`` takes one subject of the kind ``looks_at`` (see :mod:`jissho_kit.checks._subjects`) and yields faults;
    a ``ContentError`` or ``DataError`` it raises is a fault too. ``wrong`` and ``mend`` are Japanese.
    """

    id: str
    looks_at: LooksAt
    wrong: str
    mend: str
    run: Callable[[Any], Iterable[Fault]]
    severity: Severity = "error"


@dataclass(frozen=True)
class Finding:
    """A fault as it is reported; ``file`` is relative to the content root where it lies below it."""

    rule: str
    file: str
    line: int
    id: str
    message: str
    mend: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Report:
    """All findings, in the order of the rules; ``kept`` where they are those of an earlier check."""

    findings: tuple[Finding, ...]
    kept: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing but warnings was found."""
        return all(finding.severity == "warning" for finding in self.findings)

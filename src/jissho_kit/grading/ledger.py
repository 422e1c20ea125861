"""What came of every hand-in that was graded: ``private/graded/<student>/<assignment>.json``.

nbgrader keeps the last result only and nothing of what it could not grade. A report needs both: why a hand-in has
no score, and what people answered before they had been told anything (CONTRACTS section 6).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jissho.errors import UsageError
from jissho_kit.grading.course import Course
from jissho_kit.grading.intake import answer_file

MOST_BYTES = 20_000_000  # more is not read, only measured


@dataclass(frozen=True)
class Entry:
    """One graded hand-in.

    ``submission`` tells hand-ins apart (see :func:`fingerprint`). ``problem`` names nobody, so that it may stand in
    a report; ``file`` and ``mend`` may, and are for the instructor. ``verdicts``: by item, as plain values.
    ``isolated``: the hand-in was shut in while it ran.
    """

    submission: str
    problem: str = ""
    file: str = ""
    mend: str = ""
    verdicts: dict[str, dict] = field(default_factory=dict)
    isolated: bool = True


def fingerprint(folder: Path) -> str:
    """SHA-256 over the notebooks and the answer file in a submission's folder."""
    whole = hashlib.sha256()
    for path in sorted([*folder.glob("*.ipynb"), answer_file(folder)]):
        whole.update(f"{path.name}\0{_content(path)}\0".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _content(path: Path) -> str:
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return f"{status.st_mode} {status.st_size}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "none"


def record(
    course: Course,
    assignment: str,
    student: str,
    problem: str = "",
    file: str = "",
    mend: str = "",
    verdicts: Mapping[str, dict] | None = None,
    isolated: bool = True,
) -> None:
    """Keep the outcome of the hand-in that lies in ``submitted/`` now; graded again, it replaces its own.

    Raises
    ------
    UsageError
        What was kept before cannot be read.
    """
    submission = fingerprint(course.root / "submitted" / student / assignment)
    kept = {one.submission: one for one in entries(course, assignment, student)}
    kept[submission] = Entry(submission, problem, file, mend, dict(verdicts or {}), isolated)
    write_whole(
        _file(course, assignment, student), json.dumps([asdict(one) for one in kept.values()], ensure_ascii=False)
    )


def entries(course: Course, assignment: str, student: str) -> list[Entry]:
    """Graded hand-ins of one student, in the order in which they came.

    Raises
    ------
    UsageError
        The file cannot be read.
    """
    path = _file(course, assignment, student)
    try:
        return [Entry(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError):
        raise UsageError(
            "採点の控えを読めません。",
            where=str(path),
            mend="このファイルを別の場所へ移し、もう一度採点してください（./jissho grade）。",
        ) from None


def _file(course: Course, assignment: str, student: str) -> Path:
    return course.private / "graded" / student / f"{assignment}.json"


def write_whole(path: Path, text: str) -> None:
    """Write a private file whole or not at all: grading may be stopped at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".ledger-", dir=path.parent) as work:
        made = Path(work) / path.name
        made.write_text(text, encoding="utf-8")
        made.chmod(0o600)
        os.replace(made, path)

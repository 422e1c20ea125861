"""Look at a submission and run its cells: all of grading that needs neither keys nor a gradebook.

A :class:`Task` is plain data and may be done in this process, another one or on another machine. What it needs of the
course's private folder travels in it (never a key); the rest it reads from the course's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from jissho.errors import DataError
from jissho_kit import kernels
from jissho_kit.grading import apart, intake
from jissho_kit.grading.apart import Outcome
from jissho_kit.grading.manifest import Manifest
from jissho_kit.grading.tidy import tidy


@dataclass(frozen=True)
class Task:
    """A submission to look at.

    ``root``: the course's folder. ``known``: ids of all cells that nbgrader knows. ``inputs``: hidden ones (inputs only) by
    file name. ``runs``: its cells are run, too; without a manifest they never are.
    """

    root: Path
    assignment: str
    student: str
    manifest: Manifest | None = None
    known: frozenset[str] = frozenset()
    inputs: Mapping[str, bytes] = field(default_factory=dict)
    runs: bool = True


@dataclass(frozen=True)
class Looked:
    """What came of it.

    ``problem``, ``file``, ``mend``: where it cannot be opened. ``outcome``: ``None`` where the cells have to wait for
    nbgrader itself. ``refused``: why submissions cannot be shut in here; then nothing was run.
    """

    problem: str = ""
    file: str = ""
    mend: str = ""
    outcome: Outcome | None = None
    refused: str = ""


def look(task: Task) -> Looked:
    """Vet a submission and run its cells as nbgrader will ask for it; never raises for anything it meets in there."""
    try:
        intake.vet(task.root, task.student, task.assignment)
    except DataError as error:
        return Looked(error.what, error.where, error.mend)
    if task.manifest is None or not task.runs:
        return Looked()
    try:
        return Looked(outcome=_run(task, task.manifest))
    except OSError:
        return Looked(refused=kernels.why_not())
    except Exception:  # nbgrader comes to the same, and there it is said whose submission it was
        return Looked()


def _run(task: Task, manifest: Manifest) -> Outcome:
    folder = task.root / "submitted" / task.student / task.assignment
    written = intake.read_notebook(intake.read_regular(folder / f"{task.assignment}.ipynb"))
    nb, _ = tidy(written, manifest, set(task.known))
    job, _ = apart.make_job(nb, manifest, folder, task.root / "source" / task.assignment, None)
    return apart.run_submission(replace(job, inputs=task.inputs))

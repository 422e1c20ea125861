"""Run one submission in the sandbox: what goes in, and its outputs as a stock kernel would have left them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from jupyter_client.session import Session
from nbclient import NotebookClient
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from jissho.errors import UsageError
from jissho_kit.grading import intake
from jissho_kit.grading.manifest import Manifest
from jissho_kit.kernels import Limits, Sandbox, Stopped, sandbox, why_not

NO_SANDBOX = "JISSHO_NO_SANDBOX"  # environment variable: "1" runs submissions with the rights of whoever grades

INPUTS = "inputs"  # folder of the hidden inputs in the box, beside work/
ENVIRONMENT = {"JISSHO_AUTO": "1", "JISSHO_PROBE": f"/box/{INPUTS}", "NBGRADER_EXECUTION": "autograde"}
SKIPPED = "skip-execution"  # nbclient's tag

LIMITS = Limits()

# Why a run ended early → what the participant and the instructor read.
STOPS = {
    "cell-time": "一つのセルが時間の上限を超え、止めても止まらない",
    "notebook-time": "全体の時間の上限を超えた",
    "memory": "使ってよいメモリーを超えた",
    "processes": "同時に動かしてよいプログラムの数を超えた",
    "output": "出力が多すぎる",
    "died": "プログラムの終了",
    "forged": "採点のしくみとのやりとりが決まりどおりでない",
}


@dataclass(frozen=True)
class Job:
    """A submission ready to be run, as plain data.

    ``sources``: by cell, ``None`` for one that is not run; ``first_probe``: from here on only results count;
    ``files``: of the working folder; ``inputs``: hidden ones (inputs only, never what is expected).
    """

    sources: tuple[str | None, ...]
    first_probe: int
    files: Mapping[str, bytes]
    inputs: Mapping[str, bytes]

    def digest(self) -> str:
        """SHA-256 of all of it: two jobs with the same digest are the same."""
        whole = hashlib.sha256(json.dumps([self.sources, self.first_probe]).encode())
        for group in (self.files, self.inputs):
            for name in sorted(group):
                whole.update(f"{name}\0{hashlib.sha256(group[name]).hexdigest()}\0".encode("utf-8", "surrogateescape"))
        return whole.hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What came of a run, as plain data. ``outputs`` and ``counts``: by cell, as in a notebook's JSON.

    ``stopped``: key of :data:`STOPS`, empty after a full run; ``timed_out``: cells that were interrupted.
    """

    digest: str
    outputs: tuple[list[dict], ...]
    counts: tuple[int | None, ...]
    stopped: str = ""
    timed_out: tuple[int, ...] = ()

    def put_into(self, nb: NotebookNode) -> None:
        """Write outputs and execution counts into the notebook that was run."""
        for cell, outputs, count in zip(nb.cells, self.outputs, self.counts, strict=True):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [from_dict(one) for one in outputs], count


def make_job(
    nb: NotebookNode,
    manifest: Manifest | None,
    submission: Path,
    master: Path,
    hidden: Path | None,
    theirs: Collection[str] = (),
) -> tuple[Job, list[str]]:
    """What one submission takes into the sandbox, and Japanese notes on files that stay outside.

    Parameters
    ----------
    nb : NotebookNode
        Tidied (see :func:`jissho_kit.grading.tidy.tidy`): probe cells last.
    manifest : Manifest, optional
        Without one no cell is a probe.
    submission, master : Path
        The submission's folder and the assignment's master copy, whose files win.
    hidden : Path, optional
        Folder of hidden inputs.
    theirs : collection of str
        Files of the master copy that do not win (nbgrader's ``Autograde.exclude_overwriting``).
    """
    probes = {cell.grade_id for cell in manifest.cells if cell.probe} if manifest else set()
    first = next((i for i, cell in enumerate(nb.cells) if _grade_id(cell) in probes), len(nb.cells))
    own, notes = intake.take_files(submission)
    files = intake.take_files(master)[0] if master.is_dir() else {}
    files = {name: content for name, content in files.items() if name not in theirs or name not in own}
    files |= {name: own[name] for name in intake.without_clashes(own, files)}
    inputs = intake.take_files(hidden)[0] if hidden and hidden.is_dir() else {}
    return Job(tuple(map(_source, nb.cells)), first, files, inputs), notes


def _source(cell: NotebookNode) -> str | None:
    runs = cell.cell_type == "code" and cell.source.strip() and SKIPPED not in cell.metadata.get("tags", [])
    return cell.source if runs else None


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def run_submission(job: Job, box: Sandbox | None = None, limits: Limits | None = None) -> Outcome:
    """Run all cells of a submission, shut in alone; never raises for anything that the submission does.

    Parameters
    ----------
    job : Job
    box : Sandbox, optional
        By default this process's own, which is started when it is first needed.
    limits : Limits, optional

    Raises
    ------
    OSError
        The sandbox cannot start a process.
    """
    limits = limits or LIMITS
    cells = [intake.make_cell("code") for _ in job.sources]
    reader = _Reader(NotebookNode(cells=cells, metadata={}))
    stopped, timed_out = "", []
    with (box or sandbox()).start(limits, ENVIRONMENT) as process:
        try:
            process.put({f"work/{name}": content for name, content in job.files.items()})
            for i, source in enumerate(job.sources):
                if i == job.first_probe:  # not a moment earlier: cells above could show them
                    process.put({f"{INPUTS}/{name}": content for name, content in job.inputs.items()})
                if source is not None and reader.read(process.execute(source), i, only_result=i >= job.first_probe):
                    timed_out.append(i)
        except Stopped as stop:
            stopped = stop.reason
    outputs = tuple(json.loads(json.dumps(cell.outputs)) for cell in cells)
    return Outcome(job.digest(), outputs, tuple(cell.execution_count for cell in cells), stopped, tuple(timed_out))


@contextlib.contextmanager
def without_sandbox(wanted: bool = True) -> Iterator[None]:
    """While this lasts, submissions run with the rights of whoever grades (for one's own work)."""
    before = os.environ.get(NO_SANDBOX)
    if wanted:
        os.environ[NO_SANDBOX] = "1"
    try:
        yield
    finally:
        os.environ.pop(NO_SANDBOX, None) if before is None else os.environ.update({NO_SANDBOX: before})


def is_isolated() -> bool:
    """Whether submissions are to be shut in; ``JISSHO_NO_SANDBOX=1`` says no."""
    return os.environ.get(NO_SANDBOX) != "1"


def require() -> None:
    """Raise UsageError where submissions are to be shut in and cannot be; the message says how to get there."""
    reason = why_not() if is_isolated() else ""
    if reason:
        raise UsageError(
            "提出されたプログラムを隔離して動かせないので、採点しません。",
            mend=f"{reason}\n自分で書いた提出物だけなら、隔離なし（./jissho grade --no-sandbox）でも採点できます。",
        )


# Outcomes that a driver has computed ahead, by the digest of their jobs; each is used once.
OUTCOMES: dict[str, Outcome] = {}


class _Reader(NotebookClient):
    """Takes messages into a notebook exactly as nbclient does, from our channel instead of a kernel's sockets."""

    def __init__(self, nb: NotebookNode) -> None:
        super().__init__(nb, record_timing=False)
        # Output widgets answer the kernel, which nobody waits for.
        self.kc = SimpleNamespace(session=Session(key=b""), shell_channel=SimpleNamespace(send=lambda message: None))

    def read(self, messages, index: int, only_result: bool) -> bool:
        """Take one cell's messages; returns whether it was interrupted for time.

        With ``only_result`` nothing else that a cell sends is kept, in this cell or an earlier one: what a probe shows
        could be the hidden inputs.
        """
        cell = self.nb.cells[index]
        cell.outputs = []
        self.clear_before_next_output = False
        for message in messages:
            kind = message["msg_type"]
            if kind == "done":
                return self._done(cell, message)
            if only_result and kind not in ("execute_result", "execute_input", "error"):
                continue
            if only_result:
                message["content"].pop("transient", None)  # it can rewrite what an earlier cell has shown
            try:
                self.process_message(message, cell, index)
            except Exception as error:  # of a shape that nbclient does not expect
                raise Stopped("forged") from error
        raise Stopped("died")

    def _done(self, cell: NotebookNode, message: dict) -> bool:
        """As nbgrader's Execute: an error that no output shows is added."""
        content, timed_out = message["content"], message["timed_out"]
        if timed_out:
            content = {"status": "error", **TIMED_OUT}
        if content["status"] == "error" and content["ename"] not in [one.get("ename") for one in cell.outputs]:
            cell.outputs.append(new_output("error", **{name: content[name] for name in TIMED_OUT}))
        return timed_out


TIMED_OUT = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"],
}

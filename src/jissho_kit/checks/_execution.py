"""Run a lesson once for all rules that look at what happened."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import nbformat

from jissho.errors import ContentError
from jissho_kit import kept, lessons
from jissho_kit.curriculum import Part

KIND = "execution"
_WATCH = Path(__file__).with_name("_watch.py")


@dataclass(frozen=True)
class Drawing:
    """A figure drawn in a cell: its texts when last drawn, and what matplotlib warned of, each once.

    ``cell`` is the position in the source.
    """

    cell: int
    texts: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Execution:
    """A lesson's run: its result, or the error that stopped it; the figures drawn."""

    result: lessons.RunResult | None
    error: ContentError | None
    drawings: tuple[Drawing, ...]


def start_all(
    parts: Sequence[Part], root: Path, jobs: int | None = None, reuse: bool = False
) -> dict[str, Future[Execution]]:
    """Start to run lessons, ``jobs`` at a time; the executions to come by part."""
    return lessons.start_all(partial(execute, root=root, reuse=reuse), parts, jobs, root)


def execute(part: Part, root: Path, reuse: bool = False) -> Execution:
    """Run a lesson on the shipped data; with ``reuse`` only if anything has changed since it last ran to the end."""
    if not reuse:
        return _execute(part, root)
    key = lessons.rests_on(part, root=root)
    if earlier := kept.get(KIND, key):
        result = lessons.RunResult(**earlier["result"], kept=True)
        return Execution(result, None, tuple(map(_drawing, earlier["drawings"])))
    execution = _execute(part, root)
    if execution.result and key == lessons.rests_on(part, root=root):  # nothing was edited meanwhile
        kept.put(KIND, key, _as_json(execution))
    return execution


def _as_json(execution: Execution) -> dict:
    """All but the files, which are gone."""
    result = asdict(execution.result) | {"notebook": "", "html": ""}
    del result["kept"]
    return {"result": result, "drawings": [asdict(drawing) for drawing in execution.drawings]}


def _drawing(kept: dict) -> Drawing:
    return Drawing(kept["cell"], tuple(kept["texts"]), tuple(kept["warnings"]))


def _execute(part: Part, root: Path) -> Execution:
    with tempfile.TemporaryDirectory(prefix="jissho-check-") as folder:
        log = Path(folder) / "drawn.jsonl"
        startup = _WATCH.read_text(encoding="utf-8").replace('"LOG"', repr(str(log)))
        result = error = None
        try:
            result = lessons.run(part, Path(folder), root=root, startup=startup)
        except ContentError as stopped:
            error = stopped
        return Execution(result, error, tuple(_drawings(log, Path(folder) / f"{part.id}.ipynb")))


def _drawings(log: Path, notebook: Path) -> list[Drawing]:
    if not log.is_file() or not notebook.is_file():
        return []
    cells = {cell.get("execution_count"): cell for cell in nbformat.read(notebook, as_version=4).cells}
    drawings: dict[tuple, Drawing] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        drawn = json.loads(line)
        if drawn["cell"] not in cells:
            continue
        # A figure is drawn several times (layout, then picture); later times matplotlib warns no more.
        key = drawn["cell"], drawn["figure"]
        warned = drawings[key].warnings if key in drawings else ()
        warned = tuple(dict.fromkeys((*warned, *drawn["warnings"])))
        drawings[key] = Drawing(lessons.position(cells[drawn["cell"]]), tuple(drawn["texts"]), warned)
    return list(drawings.values())

"""Run a lesson once for all rules that look at what happened."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from jissho.errors import ContentError
from jissho_kit import lessons
from jissho_kit.curriculum import Part

_WATCH = Path(__file__).with_name("_watch.py")


@dataclass(frozen=True)
class Drawing:
    """A figure as last drawn in a cell: its texts, and matplotlib's warnings. ``cell`` is the position in the source."""

    cell: int
    texts: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Execution:
    """A lesson's run: its result, or the error that stopped it; the figures drawn."""

    result: lessons.RunResult | None
    error: ContentError | None
    drawings: tuple[Drawing, ...]


def execute(part: Part, root: Path) -> Execution:
    """Run a lesson on the shipped data."""
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
    last = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        drawn = json.loads(line)
        last[drawn["cell"], drawn["figure"]] = drawn
    return [
        Drawing(lessons.position(cells[d["cell"]]), tuple(d["texts"]), tuple(d["warnings"]))
        for d in last.values()
        if d["cell"] in cells
    ]

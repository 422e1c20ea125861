"""Rules on the house itself: the wall between the two sides, and the arrows between rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._subjects import Kit

# Rooms a room may use directly; what these may use, it may use too.
ARROWS = {
    "cli": ("checks", "classroom"),
    "checks": ("classroom",),
    "classroom": ("grading",),
    "grading": ("lessons",),
    "lessons": ("curriculum", "truths", "kernels"),
    "truths": ("simulators",),
    "curriculum": (),
    "kernels": (),
    "simulators": (),
}
KIT = "jissho_kit"


def wall_stands(kit: Kit) -> Iterator[Fault]:
    for path, line, name in _imports(kit.root / "src" / "jissho"):
        if name.partition(".")[0] == KIT:
            yield Fault(path, line, detail=name)


def arrows_point_down(kit: Kit) -> Iterator[Fault]:
    package = kit.root / "src" / KIT
    for room in ARROWS:
        for path, line, name in _imports(package / room):
            _, _, rest = name.partition(f"{KIT}.")
            used = rest.partition(".")[0]
            if used in ARROWS and used != room and used not in _below(room):
                yield Fault(path, line, room, f"{room} → {used}")


@cache
def _below(room: str) -> frozenset[str]:
    """Rooms that arrows lead to, directly or on the way."""
    return frozenset(lower for used in ARROWS[room] for lower in (used, *_below(used)))


def _imports(place: Path) -> Iterator[tuple[Path, int, str]]:
    """File, line and full name of every import in a package (or, without a folder, its module), also inside functions."""
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else ():
            if isinstance(node, ast.Import):
                yield from ((path, node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((path, node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


RULES = (
    Rule(
        "wall",
        "kit",
        "受講者側（jissho）が講師側（jissho_kit）を使っています",
        "講師側のものは jissho_kit に置いてください。",
        wall_stands,
    ),
    Rule(
        "arrow",
        "kit",
        "部屋のつながりが決まりと逆です",
        "下の部屋が上の部屋を使わないように分けてください。",
        arrows_point_down,
    ),
)

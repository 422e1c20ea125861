"""A memory limit that Linux keeps itself, where this process may set one (as root on most machines)."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

PREFIX = "jissho-"
_numbers = itertools.count()


class Cage:
    """A control group of its own. Raises ``OSError`` where there can be none."""

    def __init__(self, pids: Iterable[int], memory: int) -> None:
        base, limits = _base()
        if base is None:
            raise OSError("no control group for memory can be made here")
        self._folder = base / f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        self._folder.mkdir()
        try:
            (self._folder / limits[0]).write_text(str(memory))
            for name in limits[1:]:  # not on every machine
                with suppress(OSError):
                    (self._folder / name).write_text("0" if "swap" in name else str(memory))
            for pid in pids:
                (self._folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            self.open()
            raise

    def open(self, wait_s: float = 1.0) -> None:
        """Remove it; its processes have ended, but Linux may need a moment to know."""
        ends = time.monotonic() + wait_s
        while self._folder.exists() and not _remove(self._folder) and time.monotonic() < ends:
            time.sleep(0.01)


@lru_cache
def _base() -> tuple[Path | None, tuple[str, ...]]:
    """Where control groups for memory are made, and the names of their limits: of version 1, else of version 2."""
    own = dict(
        line.split(":")[1:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.count(":") == 2
    )
    for mounted in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = mounted.split(" ")
        if kind == "cgroup" and "memory" in options.split(","):
            path = next((path for names, path in own.items() if "memory" in names.split(",")), "/")
            return _usable(Path(place + path)), ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
        if kind == "cgroup2" and "memory" in _read(Path(place) / "cgroup.controllers").split():
            base = Path(place + own.get("", "/"))
            with suppress(OSError):
                (base / "cgroup.subtree_control").write_text("+memory")
            ready = "memory" in _read(base / "cgroup.subtree_control").split()
            return _usable(base) if ready else None, ("memory.max", "memory.swap.max")
    return None, ()


def _usable(base: Path) -> Path | None:
    if not os.access(base, os.W_OK):
        return None
    for left in base.glob(f"{PREFIX}*"):  # by one that was killed
        if not Path("/proc", left.name.removeprefix(PREFIX).partition("-")[0]).exists():
            _remove(left)
    return base


def _remove(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

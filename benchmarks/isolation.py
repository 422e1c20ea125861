"""What isolation costs: the share of a process's start that its walls take, and how far memory overshoots its limit.

./jissho python benchmarks/isolation.py [--json]
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import time

from jissho_kit.kernels import Limits, Stopped, sandbox

ROUNDS = 20
LIMIT = Limits().memory
# Several processes that grow as fast as they can; one alone meets its own limit first.
GROWING = """
import os
for _ in range(4):
    if os.fork() == 0:
        break
x = []
while True:
    try: x.append(b"x" * 5_000_000)
    except MemoryError: pass
"""


def main() -> None:
    """Measure and print."""
    box = sandbox()
    starts = [start(box) for _ in range(ROUNDS + 1)][1:]
    whole, walls, stops = (statistics.median(column) for column in zip(*starts, strict=True))
    result = {
        "start_ms": round(whole, 1),
        "added_ms": round(walls, 1),  # the same fork without walls would be ready that much earlier
        "stop_ms": round(stops, 1),
        "memory_over_limit": round(max(overshoot(box) for _ in range(3)) / LIMIT - 1, 3),
        "rounds": ROUNDS,
    }
    print(
        json.dumps(result) if "--json" in sys.argv else "\n".join(f"{name}: {value}" for name, value in result.items())
    )


def start(box) -> tuple[float, float, float]:
    """Milliseconds until a process is ready for a cell, of these for its walls, and until nothing of it is left."""
    began = time.perf_counter()
    with box.start(Limits()) as process:
        ready = time.perf_counter()
        walls = process.walls_s
        leaving = time.perf_counter()
    return (ready - began) * 1000, walls * 1000, (time.perf_counter() - leaving) * 1000


def overshoot(box) -> int:
    """Largest memory, in bytes, that was seen of a submission whose processes grow as fast as they can."""
    with box.start(Limits(memory=LIMIT, cell_s=60)) as process:
        with contextlib.suppress(Stopped):
            list(process.execute(GROWING))
        return process.peak


if __name__ == "__main__":
    main()

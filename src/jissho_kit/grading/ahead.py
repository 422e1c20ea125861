"""Do work in threads ahead of whoever takes its results, in order, and never too far ahead."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

# Results per thread that may wait: enough that one slow submission does not stop the others, few enough for memory.
WAITING = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ahead(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int, on_stop: Callable[[], None]
) -> Iterator[Result]:
    """Results of ``work`` in the order of ``items``; at most ``jobs`` run at once and ``WAITING`` times as many wait.

    ``on_stop`` is called when the results are not taken to the end (an error, Ctrl-C); it has to end what still runs.
    """
    items = iter(items)
    with ThreadPoolExecutor(jobs, thread_name_prefix="grading") as pool:
        waiting = deque(pool.submit(work, one) for one in islice(items, jobs * WAITING))
        try:
            while waiting:
                waiting.extend(pool.submit(work, one) for one in islice(items, 1))
                result = waiting[0].result()
                waiting.popleft()
                yield result
                del result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            while running := [one for one in waiting if not one.done()]:
                on_stop()  # again, where one had only just begun
                wait(running, timeout=1)

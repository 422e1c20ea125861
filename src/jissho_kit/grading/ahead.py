"""Begin work ahead of whoever takes its results, in order, and never too far ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Begun = TypeVar("Begun")


def ahead(begin: Callable[[Item], Begun], items: Iterable[Item], most: int) -> Iterator[Begun]:
    """What ``begin`` gives for each of ``items``, in order; at most ``most`` have begun before the one that is given."""
    items = iter(items)
    waiting = deque(begin(one) for one in islice(items, most))
    while waiting:
        waiting.extend(begin(one) for one in islice(items, 1))
        yield waiting.popleft()

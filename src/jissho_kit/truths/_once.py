"""Compute once what is asked for a table again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from threading import RLock

import pandas as pd


def once_per_table(compute: Callable) -> Callable:
    """Keep what was computed for a table by its content: prose and items ask for one number at a time."""
    kept: dict[bytes, object] = {}
    one_at_a_time = RLock()  # lessons are built in several threads

    @wraps(compute)
    def computed(df: pd.DataFrame):
        key = hashlib.sha256(pd.util.hash_pandas_object(df, index=False).to_numpy().tobytes()).digest()
        with one_at_a_time:
            if key not in kept:
                if len(kept) >= 8:
                    kept.pop(next(iter(kept)))
                kept[key] = compute(df)
            return kept[key]

    return computed

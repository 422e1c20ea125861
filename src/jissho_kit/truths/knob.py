"""The knob by prices alone, on given numbers: where the line belongs, and which of three settings loses least."""

from __future__ import annotations

from jissho_kit.truths._registry import RESULTS

SETTINGS = {"usual": "出荷時の設定", "often": "鳴りやすい設定", "rare": "鳴りにくい設定"}


def knob(
    tables=None,
    miss: float = 30_000,
    false: float = 600,
    missed_usual: float = 24,
    false_usual: float = 60,
    missed_often: float = 10,
    false_often: float = 300,
    missed_rare: float = 45,
    false_rare: float = 12,
    **_,
) -> dict[str, str]:
    """Named words, from yen per miss and per false alarm.

    ``line``: the threshold of least loss for a score that is a chance, ``false / (false + miss)``; ``turned``: with the
    prices exchanged. ``cheapest`` and ``fewest_errors`` of the three settings, whose misses and false alarms are given.
    """
    theory = false / (false + miss)
    counts = {
        "usual": (missed_usual, false_usual),
        "often": (missed_often, false_often),
        "rare": (missed_rare, false_rare),
    }
    cheapest = min(counts, key=lambda name: counts[name][0] * miss + counts[name][1] * false)
    return {
        "line": f"{theory:.2f}くらい",
        "turned": f"{1 - theory:.2f}くらい",
        "cheapest": SETTINGS[cheapest],
        "fewest_errors": SETTINGS[min(counts, key=lambda name: sum(counts[name]))],
    }


RESULTS["knob"] = knob

"""Profit and loss of an AI that flags what will go wrong: the confusion matrix of a year times unit prices."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import ndarray

Number = float | ndarray


@dataclass(frozen=True)
class Confusion:
    """Expected counts of a year."""

    caught: Number
    missed: Number
    false_alarms: Number
    quiet: Number


@dataclass(frozen=True)
class ProfitAndLoss:
    """Yen per year. ``effect`` = ``loss_now`` − ``loss_missed`` − ``false_cost``: before running cost."""

    loss_now: Number
    loss_missed: Number
    false_cost: Number
    effect: Number


def confusion(count: Number, share: Number, recall: Number, false_share: Number) -> Confusion:
    """Expected confusion matrix of a year.

    Parameters
    ----------
    count : number or array
        Things judged per year.
    share, recall, false_share : number or array
        Ratios: of the things, those that go wrong; of these, those found; of the others, those flagged all the same.
    """
    bad, good = count * share, count * (1 - share)
    return Confusion(bad * recall, bad * (1 - recall), good * false_share, good * (1 - false_share))


def profit_and_loss(counts: Confusion, miss_yen: Number, false_yen: Number) -> ProfitAndLoss:
    """What a year costs without and with the AI; ``miss_yen`` per thing missed, ``false_yen`` per false alarm (yen)."""
    loss_now = (counts.caught + counts.missed) * miss_yen
    loss_missed, false_cost = counts.missed * miss_yen, counts.false_alarms * false_yen
    return ProfitAndLoss(loss_now, loss_missed, false_cost, loss_now - loss_missed - false_cost)

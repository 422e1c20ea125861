"""A proposed AI as a handful of numbers, and how a card of the table ``cases`` becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from jissho.errors import DataError
from jissho.invest._flow import DISCOUNT, RAMP, YEARS, Appraisal, appraise, cash_flow, present_value
from jissho.invest._profit import Number, ProfitAndLoss, confusion, profit_and_loss

MAX_YEN, MAX_COUNT, MAX_YEARS = 1e15, 1e12, 50


@dataclass(frozen=True)
class Field:
    """A number of a proposal: name for people, unit, least and largest value."""

    label: str
    unit: str
    least: float
    most: float


FIELDS = {
    "count": Field("年間数", "件/年", 0, MAX_COUNT),
    "share": Field("発生率", "比", 0, 1),
    "miss_yen": Field("見逃し単価", "円/件", 0, MAX_YEN),
    "false_yen": Field("過検出単価", "円/件", 0, MAX_YEN),
    "recall": Field("再現率", "比", 0, 1),
    "false_share": Field("過検出率", "比", 0, 1),
    "initial_yen": Field("初期費用", "円", 0, MAX_YEN),
    "running_yen": Field("運用費", "円/年", 0, MAX_YEN),
    "first_year": Field("立上り1年目", "比", 0, 1),
    "second_year": Field("立上り2年目", "比", 0, 1),
    "years": Field("見る年数", "年", 1, MAX_YEARS),
    "discount": Field("割引率", "比/年", 0, 1),
}


@dataclass(frozen=True)
class Proposal:
    """An AI that flags what will go wrong: units in :data:`FIELDS`, ratios between 0 and 1.

    Any number but ``years`` may be an array (one element per draw). ``support_yen``: what a measure or subsidy gives at the
    years' ends, from the first on: of a subsidy or credit ``(amount_yen,)``, of extra depreciation ``flows_yen`` as
    :func:`jissho.rules.compare_tax` gives them. Only one of them: whether they add up is not known (rule Z3).

    Raises
    ------
    DataError
        A number is missing, not finite or out of its range; names it.
    """

    count: Number
    share: Number
    miss_yen: Number
    false_yen: Number
    recall: Number
    false_share: Number
    initial_yen: Number
    running_yen: Number
    first_year: Number = RAMP[0]
    second_year: Number = RAMP[1]
    years: int = YEARS
    discount: Number = DISCOUNT
    support_yen: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name in FIELDS:
                _check(one.name, getattr(self, one.name))
        _check_whole_years(self.years)
        if not _finite(list(self.support_yen)):
            raise DataError("税制・補助の額に、数ではないものがあります。", "support_yen", "円の数で書いてください。")

    def profit_and_loss(self) -> ProfitAndLoss:
        """Yen of a year in full swing, before running cost."""
        counts = confusion(self.count, self.share, self.recall, self.false_share)
        return profit_and_loss(counts, self.miss_yen, self.false_yen)

    def flows(self) -> np.ndarray:
        """Yearly flows of cash, shape (..., years + 1)."""
        ramp = (self.first_year, self.second_year)
        effect = self.profit_and_loss().effect
        return cash_flow(self.initial_yen, effect, self.running_yen, ramp, self.years, self.support_yen)

    def npv(self) -> np.ndarray:
        """Net present value (yen)."""
        return present_value(self.flows(), self.discount)

    def appraise(self) -> Appraisal:
        """Flows, payback and net present value of one proposal (no arrays)."""
        return appraise(self.flows(), self.discount)


def proposal_of(card: Mapping[str, Any], **changes: Any) -> Proposal:
    """The AI of a card.

    Parameters
    ----------
    card : mapping
        A row of :func:`jissho.datasets.load_cases`, or a case of one's own with the same columns (percent, yen).
    changes
        Fields of :class:`Proposal` that the card does not say, or that are to differ.

    Raises
    ------
    DataError
        A column is missing, or a number is out of its range.
    """
    given = {
        "count": _column(card, "年間数"),
        "share": _column(card, "発生率") / 100,
        "miss_yen": _column(card, "見逃し単価"),
        "false_yen": _column(card, "過検出単価"),
        "recall": _column(card, "再現率") / 100,
        "false_share": _column(card, "過検出率") / 100,
        "initial_yen": _column(card, "初期費用"),
        "running_yen": _column(card, "運用費"),
        "first_year": _column(card, "立上り1年目") / 100,
        "second_year": _column(card, "立上り2年目") / 100,
    }
    return Proposal(**given | changes)


def alternative_of(card: Mapping[str, Any], years: int = YEARS, discount: float = DISCOUNT) -> Appraisal:
    """The card's other way (jig, 5S, rule): part of today's loss gone from the first year on.

    Formula: 今の損失 × 代案の削減率 − 代案の運用費, 代案の初期費用 today (card of the dataset ``cases``).
    """
    loss = proposal_of(card).profit_and_loss().loss_now
    removed = loss * _column(card, "代案の削減率") / 100
    initial, running = _column(card, "代案の初期費用"), _column(card, "代案の運用費")
    return appraise(cash_flow(initial, removed, running, (), years), discount)


def _column(card: Mapping[str, Any], name: str) -> float:
    try:
        return float(card[name])
    except KeyError:
        raise DataError(f"案件に「{name}」がありません。", name, "投資案件カードと同じ項目を書いてください。") from None
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"案件の「{name}」は数ではありません。", name, "半角の数字で書いてください。") from None


def _check(name: str, value: Any) -> None:
    field = FIELDS[name]
    if not _finite(value):
        raise DataError(f"「{field.label}」は数ではありません。", name, "半角の数字で書いてください。")
    numbers = np.asarray(value, dtype=float)
    if (numbers < field.least).any() or (numbers > field.most).any():
        limits = f"{field.least:g}〜{field.most:g}（{field.unit}）にしてください。"
        percent = "30%なら 0.3 と書きます。" if field.most == 1 else ""
        raise DataError(f"「{field.label}」の値が範囲の外です。", name, limits + percent)


def _check_whole_years(years: Any) -> None:
    if np.ndim(years) or int(years) != years:
        raise DataError("「見る年数」は整数で書きます。", "years", f"1〜{MAX_YEARS}の整数にしてください。")


def _finite(value: Any) -> bool:
    """Whether it is a number, or an array of numbers, all finite."""
    try:
        numbers = np.asarray(value)
        return numbers.size == 0 or (numbers.dtype.kind in "iuf" and bool(np.isfinite(numbers).all()))
    except (ValueError, TypeError, OverflowError):
        return False

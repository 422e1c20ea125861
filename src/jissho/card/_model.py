"""The card as data. Lengths are bounded, so that it always fits one page."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from jissho.errors import DataError

DECISIONS = ("やる", "小さく試す", "見送る")
VERDICTS = ("可", "不可", "要確認")
MAX_YEN = 10**15
# Field → its name for people and the most letters it may have.
LONGEST = {
    "case": ("案件", 22),
    "reason": ("理由", 100),
    "stop": ("撤退条件", 80),
    "next_fact": ("次に必要な事実", 80),
    "label": ("数字の名前", 18),
    "value": ("値", 14),
    "unit": ("単位", 6),
    "screen": ("画面", 14),
    "name": ("制度の名前", 24),
    "why": ("可否の理由", 85),
    "problem": ("困りごと", 75),
    "data": ("手元のデータ", 75),
    "loss": ("損失", 60),
    "partner": ("相談したい相手", 75),
}
OPTIONAL = {"reason", "unit"}
MOST = {"numbers": ("数字", 8), "money": ("資金", 4)}


@dataclass(frozen=True)
class _Checked:
    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name in LONGEST:
                _check_text(one.name, getattr(self, one.name))


@dataclass(frozen=True)
class Figure(_Checked):
    """A number the decision rests on, written for people, and the screen of the lab that it comes from."""

    label: str
    value: str
    unit: str
    screen: str


@dataclass(frozen=True)
class Money(_Checked):
    """A tax measure or subsidy: 可, 不可 or 要確認, and why; ``amount_yen`` where it is known."""

    name: str
    verdict: str
    why: str
    amount_yen: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _one_of("可否", self.verdict, VERDICTS)
        _check_yen("補助・税制の額", self.amount_yen)


@dataclass(frozen=True)
class Need(_Checked):
    """ニーズカード: what a lab has to know to find a partner."""

    problem: str
    data: str
    loss: str
    partner: str


@dataclass(frozen=True)
class DecisionCard(_Checked):
    """One decision. ``ceiling_yen``: the most that may be spent (None: nothing); ``synthetic``: numbers of a teaching case.

    Raises
    ------
    DataError
        A text is missing or longer than :data:`LONGEST` says, a list longer than :data:`MOST`, or a word or amount unknown.
    """

    case: str
    decision: str
    ceiling_yen: int | None
    numbers: tuple[Figure, ...]
    stop: str
    next_fact: str
    money: tuple[Money, ...]
    need: Need
    reason: str = ""
    synthetic: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        _one_of("決定", self.decision, DECISIONS)
        _check_yen("上限額", self.ceiling_yen)
        for name, kind in {"numbers": Figure, "money": Money}.items():
            _check_list(name, getattr(self, name), kind)
        if not isinstance(self.need, Need):
            raise DataError("ニーズカードの部分がありません。", "need", "四つの項目を書いてください。")
        if not isinstance(self.synthetic, bool):
            raise DataError(
                "合成データかどうかは true か false で書きます。", "synthetic", "自社の数字なら false です。"
            )


def as_data(one: Any) -> Any:
    """A card, or a part of it, as plain data."""
    if is_dataclass(one):
        return {field.name: as_data(getattr(one, field.name)) for field in fields(one)}
    return [as_data(part) for part in one] if isinstance(one, tuple) else one


def _check_text(name: str, value: Any) -> None:
    label, most = LONGEST[name]
    if not isinstance(value, str) or (not value.strip() and name not in OPTIONAL):
        raise DataError(f"「{label}」が書かれていません。", name, f"{most}字までの文で書いてください。")
    if len(value) > most:
        raise DataError(f"「{label}」が長すぎます（{len(value)}字）。", name, f"{most}字までにしてください。")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        raise DataError(
            f"「{label}」に、改行か使えない文字が入っています。", name, "一行のふつうの文で書いてください。"
        )


def _one_of(label: str, value: Any, words: tuple[str, ...]) -> None:
    if value not in words:
        raise DataError(f"「{label}」の書き方が違います。", label, f"{'・'.join(words)} のどれかを書いてください。")


def _check_yen(label: str, value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_YEN):
        raise DataError(
            f"「{label}」が円の金額ではありません。", label, "0以上の整数を円で書きます（ないときは null）。"
        )


def _check_list(name: str, value: Any, kind: type) -> None:
    label, most = MOST[name]
    if not isinstance(value, tuple) or not all(isinstance(one, kind) for one in value):
        raise DataError(f"「{label}」の並びの書き方が違います。", name, "項目を [ ] で並べてください。")
    if len(value) > most:
        raise DataError(
            f"「{label}」が多すぎます（{len(value)}件）。",
            name,
            f"一枚に入るのは{most}件までです。大事な順に残します。",
        )

"""What stands in a case: checked, exact, and written again for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from numbers import Rational
from typing import Any

from jissho.errors import DataError
from jissho.rules._model import Input

MAX_YEN = 10**15  # beyond any budget: what is larger was typed wrongly
MAX_RATIO = 1000
MAX_YEARS = 100
MAX_MEMBERS = 100
MAX_DECIMALS = 40
SHOWN = 40
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Null:
    """A null that says something (never certified, the pool as it comes); a key that is not there is absent instead."""


@dataclass(frozen=True)
class Growth:
    """From one amount to another within whole ``years``."""

    start: Fraction
    end: Fraction
    years: int

    def simple(self) -> Fraction:
        """Yearly rate as a ratio: the growth shared out evenly."""
        return (self.end / self.start - 1) / self.years

    def readings(self, op: str, rate: Fraction) -> tuple[bool, bool]:
        """Whether it grows by ``rate`` a year ``at_least`` or ``at_most``: by simple and by compound reading, both exactly."""
        gaps = self.simple() - rate, self.end - self.start * (1 + rate) ** self.years
        return tuple(gap >= 0 if op == "at_least" else gap <= 0 for gap in gaps)

    def compound(self) -> Fraction:
        """Yearly rate as a ratio, compound (CAGR), to 30 digits: only for showing."""
        if self.end <= 0:
            return Fraction(-1)
        with localcontext() as context:
            context.prec = 60
            whole = Decimal(self.end.numerator) / self.end.denominator * self.start.denominator / self.start.numerator
            rate = whole ** (Decimal(1) / self.years) - 1
            return Fraction(rate.quantize(Decimal(1).scaleb(-30)))


Value = Fraction | Growth | bool | date | str | list | type[Null]
Facts = dict[str, Any]


def read_facts(inputs: dict[str, Input], case: Mapping, where: str = "") -> Facts:
    """Values of the keys that are there and not null (but :class:`Null` where null says something).

    Raises
    ------
    DataError
        A value of the wrong kind, out of range, or not finite; names the key.
    """
    facts: Facts = {}
    for name, one in inputs.items():
        value = case.get(name)
        if value is not None:
            facts[name] = read_value(one, value, f"{where}{name}")
        elif name in case and one.nullable:
            facts[name] = Null
    return facts


def read_value(one: Input, value: Any, where: str) -> Value:
    """One value as its input's type. Raises DataError."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    return READERS[one.type](one, value, where)


def _money(one: Input, value: Any, where: str) -> Fraction:
    number = read_number(value, where)
    if number < 0:
        raise DataError(f"{one.label}が0円より小さい値（{shown(value)}）です。", where, "0以上の円で書いてください。")
    return _within(number, MAX_YEN, one, value, where)


def _rate(one: Input, value: Any, where: str) -> Fraction:
    return _within(read_number(value, where), MAX_RATIO, one, value, where)


def _growth(one: Input, value: Any, where: str) -> Fraction | Growth:
    if not isinstance(value, Mapping):
        return _rate(one, value, where)
    if set(value) != {"from", "to", "years"}:
        mend = '0.03 のような数か、{"from": 100, "to": 109, "years": 3} の形で書いてください。'
        raise DataError(f"{one.label}の書き方が違います。", where, mend)
    years = read_number(value["years"], f"{where}.years")
    if years.denominator != 1 or not 1 <= years <= MAX_YEARS:
        raise DataError(f"{one.label}の年数が使えません。", f"{where}.years", f"1〜{MAX_YEARS}の整数で書いてください。")
    start, end = (
        _within(read_number(value[key], f"{where}.{key}"), MAX_YEN, one, value[key], f"{where}.{key}")
        for key in ("from", "to")
    )
    return Growth(start, end, int(years))


def _whole(one: Input, value: Any, where: str) -> Fraction:
    number = _within(read_number(value, where), MAX_RATIO, one, value, where)
    if number.denominator != 1 or number < 0:
        raise DataError(f"{one.label}が0以上の整数ではありません（{shown(value)}）。", where, "整数で書いてください。")
    return number


def _flag(one: Input, value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise DataError(
            f"{one.label}は、はい・いいえで答える項目です（{shown(value)}）。",
            where,
            "true か false で書いてください（引用符は付けません）。",
        )
    return value


def _date(one: Input, value: Any, where: str) -> date:
    return read_date(value, where)


def _choice(one: Input, value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in one.of:
        mend = f"使える値: {'、'.join(f'{key}（{label}）' for key, label in one.of.items())}"
        raise DataError(f"{one.label}に「{shown(value)}」は使えません。", where, mend)
    return value


def _members(one: Input, value: Any, where: str) -> list[Mapping]:
    if not isinstance(value, list | tuple) or not all(isinstance(member, Mapping) for member in value):
        raise DataError(
            f"{one.label}は、1者ずつの組の並びで書きます。", where, '[{"cost_yen": …}, …] の形で書いてください。'
        )
    if len(value) > MAX_MEMBERS:
        raise DataError(f"{one.label}が多すぎます（{len(value):,}者）。", where, f"{MAX_MEMBERS}者までにしてください。")
    return list(value)


READERS = {
    "money": _money,
    "growth": _growth,
    "rate": _rate,
    "whole": _whole,
    "flag": _flag,
    "date": _date,
    "choice": _choice,
    "members": _members,
}


def read_number(value: Any, where: str) -> Fraction:
    """An exact number from a JSON or Python number. Raises DataError for anything else."""
    mend = "半角の数字で、引用符・単位・コンマを付けずに書いてください（例: 60000000、0.03）。"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Rational):
        raise DataError(f"数が必要なところに「{shown(value)}」があります。", where, mend)
    if isinstance(value, int | Rational) and not isinstance(value, bool):
        if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > 400:
            raise DataError("数の桁が多すぎます。", where, mend)
        return Fraction(value)
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite():
        raise DataError("NaN や Infinity は数として使えません。", where, mend)
    if number and (number.adjusted() > MAX_DECIMALS or number.as_tuple().exponent < -2 * MAX_DECIMALS):
        raise DataError("数の桁が多すぎます。", where, mend)
    return Fraction(number) if number else Fraction(0)


def read_date(value: Any, where: str) -> date:
    """A date from ``"2018-10-01"`` or a Python date. Raises DataError for anything else."""
    if isinstance(value, datetime) and value == value:  # pandas' NaT is one, too
        return value.date()
    if type(value) is date:
        return value
    mend = "2018-10-01 の形（西暦・半角）で書いてください。"
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise DataError(f"日付が必要なところに「{shown(value)}」があります。", where, mend)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DataError(f"「{value}」は暦にない日付です。", where, mend) from None


def _within(number: Fraction, most: int, one: Input, value: Any, where: str) -> Fraction:
    if abs(number) > most:
        raise DataError(f"{one.label}の値（{shown(value)}）が大きすぎます。", where, "桁と単位を確かめてください。")
    return number


def shown(value: Any) -> str:
    """A value as it was given, for a message: short, on one line, and printable whatever it is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping | list | tuple):
        return "{…}" if isinstance(value, Mapping) else "[…]"
    try:
        text = f"{value:.4g}" if isinstance(value, Decimal) and value.is_finite() else str(value)
    except (ValueError, InvalidOperation):  # an int of more digits than Python writes
        return "…"
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def written(one: Input, value: Value) -> str:
    """A value in words for people, with its unit."""
    if value is Null:
        return "なし"
    if isinstance(value, bool):
        return "「はい」" if value else "「いいえ」"
    if isinstance(value, Growth):
        return (
            f"単利で年{percent(value.simple())}・複利で年{percent(value.compound())}"
            if value.start > 0
            else "計算できない"
        )
    if one.type in ("growth", "rate"):
        return percent(value)
    if isinstance(value, Fraction):
        return yen(value) if one.type == "money" else f"{value}{one.unit}"
    return one.of.get(value, str(value)) if isinstance(value, str) else str(value)


def yen(value: Fraction | int) -> str:
    """``Fraction(1800000)`` → ``"1,800,000円"``; below 1 yen cut off to two places, so that no limit seems to be met."""
    number = _cut(Fraction(value), 2)
    return f"{number:,.0f}円" if number == int(number) else f"{number:,.2f}円"


def percent(value: Fraction) -> str:
    """``Fraction(3, 100)`` → ``"3%"``; cut off to three places, so that no threshold seems to be met."""
    text = f"{_cut(value * 100, 3):f}"
    return f"{text.rstrip('0').rstrip('.')}%"


def _cut(value: Fraction, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 120
        number = Decimal(value.numerator) / value.denominator
        return number.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)

"""Yen and percentages as they are written on a slide; halves are rounded up, as on a bill."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

NO_VALUE = "—"


def yen(x: float) -> str:
    """``1234000`` → ``"1,234,000円"`` (x in yen, rounded to 1 yen; not a number → ``"—"``)."""
    return _written(x, 0, "円")


def man_yen(x: float) -> str:
    """``1230000`` → ``"123万円"`` (x in yen); below 10万円 one decimal is kept: ``12300`` → ``"1.2万円"``."""
    small = abs(x) < 100_000 and x % 10_000 != 0
    return _written(x, 1 if small else 0, "万円", scale=Decimal("0.0001"))


def percent(x: float, digits: int = 1) -> str:
    """``0.9955`` → ``"99.6%"`` (x is a ratio, ``digits`` decimals)."""
    return _written(x, digits, "%", scale=Decimal(100))


def _written(x: float, digits: int, unit: str, scale: Decimal = Decimal(1)) -> str:
    try:
        value = (Decimal(str(x)) * scale).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    except (InvalidOperation, ValueError):
        return NO_VALUE
    return f"{value + 0:,.{digits}f}{unit}" if value.is_finite() else NO_VALUE

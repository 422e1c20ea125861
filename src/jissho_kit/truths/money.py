"""Misconceptions about money, by arithmetic: M39 (payback), M40 (depreciation against credit), M41 (rate and cap).

Rules are those of 平成30年6月 (C6–C8: connected-industries tax, M1, M2, M4: monozukuri subsidy); nothing here is current
law. Money in yen, cut off below 1 yen (Z1); an item's parameters arrive as floats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from jissho.invest import DISCOUNT, RAMP, YEARS, cash_flow, payback, present_value
from jissho_kit.truths._registry import DEMONSTRATIONS, Demonstration

EXTRA = Fraction(30, 100)  # C6: share of the cost that is written off on top in the first year
PAY_GROWTH = 0.03  # C8: from here on the higher credit
CREDIT = {False: (Fraction(3, 100), Fraction(15, 100)), True: (Fraction(5, 100), Fraction(20, 100))}  # C7: rate, cap
TAX_RATE = 0.232  # corporate tax of years that begin on or after 2018-04-01
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
GENERAL_CAP, MEMBER_CAP, MEMBER_POOL, EXPERT = 10_000_000, 10_000_000, 2_000_000, 300_000  # M2, M1, M1, M4


def recovery(
    initial: float,
    effect: float,
    running: float,
    ramp: tuple[float, ...] = RAMP,
    years: int = YEARS,
    discount: float = DISCOUNT,
) -> dict[str, float]:
    """Payback (years) and net present value (yen): of the effect alone, with running cost, with the ramp-up as well."""
    full = present_value(cash_flow(initial, effect, 0, (), years), discount)
    with_running = cash_flow(initial, effect, running, (), years)
    ramped = cash_flow(initial, effect, running, ramp, years)
    return {
        "payback_simple": initial / effect if effect > 0 else float("inf"),
        "payback_running": initial / (effect - running) if effect > running else float("inf"),
        "payback": years_to_pay_back(ramped),
        "npv_simple": float(full),
        "npv_running": float(present_value(with_running, discount)),
        "npv": float(present_value(ramped, discount)),
    }


def years_to_pay_back(flows: ArrayLike) -> float:
    """Years until the flows add up to zero; beyond the last year its flow goes on for ever, infinite if that never pays."""
    found, last = payback(flows), float(flows[-1])
    if found is not None:
        return found
    return len(flows) - 1 - float(np.sum(flows)) / last if last > 0 else float("inf")


def extra_depreciation(cost: float) -> int:
    """Extra depreciation of the first year (C6): an amount that is written off, not tax."""
    return int(round(cost) * EXTRA)


def deferral(cost: float, tax_rate: float = TAX_RATE, years: int = YEARS) -> np.ndarray:
    """Tax saved at the end of each year by writing off more in the first; negative where it is paid back.

    Straight line over ``years``, in both cases until the cost is written off; assumes income enough to write it off from.
    """
    ends = np.arange(1, years + 1)
    without = cost * ends / years
    with_extra = np.minimum(cost, without + extra_depreciation(cost))
    return tax_rate * np.diff(with_extra - without, prepend=0.0)


def tax_credit(investment: float, corporate_tax: float, pay_growth: float) -> int:
    """Tax credit (C7, C8): the rate's share of the investment, at most the cap's share of the corporate tax."""
    rate, cap = CREDIT[pay_growth >= PAY_GROWTH]
    return int(min(round(investment) * rate, round(corporate_tax) * cap))


def subsidy(cost: float, rate: Fraction = HALF, cap: int = GENERAL_CAP, expert: bool = False) -> int:
    """Subsidy of the general type (M2): the rate's share of the cost, at most the cap; an expert raises the cap (M4)."""
    return min(int(round(cost) * rate), cap + EXPERT * expert)


def consortium(costs: Sequence[float]) -> tuple[int, int]:
    """Subsidy of a consortium of 2–10 members (M1), and the most any consortium of that size could get (yen).

    Two thirds of each member's cost up to the cap; the members' pool tops up whoever is over it.
    """
    raw = [int(round(cost) * TWO_THIRDS) for cost in costs]
    pool = MEMBER_POOL * len(raw)
    over = sum(max(amount - MEMBER_CAP, 0) for amount in raw)
    return sum(min(amount, MEMBER_CAP) for amount in raw) + min(pool, over), MEMBER_CAP * len(raw) + pool


def m39(
    tables=None,
    initial: float = 12_000_000,
    effect: float = 6_000_000,
    running: float = 1_800_000,
    first: float = RAMP[0],
    second: float = RAMP[1],
    years: float = YEARS,
    discount: float = DISCOUNT,
    **_,
) -> Demonstration:
    """「年600万の効果÷1,200万=2年で回収」: running cost and ramp-up put payback off and leave little present value.

    ``first``, ``second``: share of the full effect in these years. ``*_running`` forgets only the ramp-up; ``year*`` is
    the year in which the money is back, as a word.
    """
    found = recovery(initial, effect, running, (first, second), int(years), discount)
    return Demonstration(
        "M39",
        right={"payback": found["payback"], "npv": found["npv"], "year": _year(found["payback"])},
        wrong={
            "payback": found["payback_simple"],
            "payback_running": found["payback_running"],
            "npv": found["npv_simple"],
            "npv_running": found["npv_running"],
            "year": _year(found["payback_simple"]),
            "year_running": _year(found["payback_running"]),
        },
        statement="運用費と立上りを入れると、回収は約束より遅く、5年の正味の得は小さい。",
    )


def _year(payback: float) -> str:
    return f"{math.ceil(round(payback, 9))}年目" if math.isfinite(payback) else "戻らない"


def m40(
    tables=None,
    investment: float = 60_000_000,
    corporate_tax: float = 20_000_000,
    pay_growth: float = 0.02,
    tax_rate: float = TAX_RATE,
    years: float = YEARS,
    discount: float = DISCOUNT,
    **_,
) -> Demonstration:
    """「償却30%は控除3%の10倍得」: C6 only puts tax off, C7 takes it away; both discounted from the years' ends.

    ``break_even_tax``: corporate tax (yen) at which the credit, held down by its cap, is worth as much as the deferral;
    infinite if even the uncapped credit is worth less.
    """
    later = deferral(investment, tax_rate, int(years))
    worth = float(present_value([0.0, *later], discount))
    credit = tax_credit(investment, corporate_tax, pay_growth)
    rate, cap = CREDIT[pay_growth >= PAY_GROWTH]
    due = worth * (1 + discount)  # a credit of this size at the first year's end is worth the same
    return Demonstration(
        "M40",
        right={
            "npv_depreciation": worth,
            "credit": credit,
            "npv_credit": credit / (1 + discount),
            "break_even_tax": due / float(cap) if due <= investment * rate else float("inf"),
            "better": "税額控除" if credit >= due else "特別償却",
        },
        wrong={
            "extra_depreciation": extra_depreciation(investment),
            "first_year": float(later[0]),
            "ratio": float(EXTRA / rate),
        },
        statement="特別償却は税を払う時期を延ばすだけ。正味の得は初年度の減税よりずっと小さい。",
    )


def m41(
    tables=None,
    cost: float = 24_000_000,
    small_cost: float = 9_000_000,
    large_cost: float = 24_000_000,
    investment: float = 60_000_000,
    corporate_tax: float = 10_000_000,
    members: float = 2,
    member_cost: float = 9_000_000,
    **_,
) -> Demonstration:
    """「率だけ掛ければ補助額」「上限＝もらえる額」「専門家で+30万もらえる」: C7 and C8, M2, M4, M1.

    ``subsidy`` (``cost``), ``expert_small`` (``small_cost``) and ``expert_large`` (``large_cost``): general type at 1/2, the
    latter two with an expert; ``credit``, ``credit_raise``: without and with the rise in pay; ``consortium``: ``members`` of
    ``member_cost`` each. Wrong: ``*_rate`` forgets the cap, ``*_cap`` takes the cap for the amount, ``*_added`` adds the
    expert's 300,000 yen to the amount, ``*_old_cap`` leaves the cap where it was, ``*_plain_cap`` takes the members' caps
    without the pool, ``*_costs`` forgets the rate, ``*_one`` is one member's.
    """
    (rate, cap), (raised, _higher_cap) = CREDIT[False], CREDIT[True]
    paid, limit = consortium([member_cost] * int(members))
    small, large = subsidy(small_cost, expert=True), subsidy(large_cost, expert=True)
    return Demonstration(
        "M41",
        right={
            "credit": tax_credit(investment, corporate_tax, 0.0),
            "credit_raise": tax_credit(investment, corporate_tax, PAY_GROWTH),
            "subsidy": subsidy(cost),
            "expert_small": small,
            "expert_large": large,
            "consortium": paid,
        },
        wrong={
            "credit_rate": int(round(investment) * rate),
            "credit_raise_rate": int(round(investment) * raised),
            "credit_raise_old_cap": int(round(corporate_tax) * cap),
            "subsidy_rate": int(round(cost) * HALF),
            "subsidy_cap": GENERAL_CAP,
            "expert_small_added": small + EXPERT,
            "expert_small_cap": GENERAL_CAP + EXPERT,
            "expert_large_old_cap": subsidy(large_cost),
            "expert_large_added": large + EXPERT,
            "consortium_cap": limit,
            "consortium_plain_cap": MEMBER_CAP * int(members),
            "consortium_costs": int(round(member_cost)) * int(members),
            "consortium_one": consortium([member_cost])[0],
        },
        statement="補助額は、率を掛けた額と上限の小さい方。専門家の30万円は上限を上げるだけ。",
    )


DEMONSTRATIONS.update(M39=m39, M40=m40, M41=m41)

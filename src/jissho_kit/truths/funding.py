"""Results of the decision rules on an item's parameters, by the engine itself (:mod:`jissho.rules`), and what people say instead.

Money in yen. The rules are those of 平成30年6月; nothing here is current law.
"""

from __future__ import annotations

from fractions import Fraction

from jissho.invest import DISCOUNT, YEARS, pool_yen
from jissho.rules import compare_tax, judge
from jissho_kit.truths._registry import RESULTS
from jissho_kit.truths.money import PAY_GROWTH, TAX_RATE

AS_OF = "2018-10-01"
MEMBER_CAP = 10_000_000


def ci_tax(
    tables=None, investment: float = 60_000_000, corporate_tax: float = 20_000_000, pay_growth: float = 0.02, **_
):
    """Of a certified plan: ``credit``; wrong: ``rate_only`` (no cap), ``cap_only``, ``other_pay`` (as if pay had grown the
    other way), ``old_cap`` (the higher rate under the lower cap), ``depreciation`` (written off, not tax); ``first_year``
    (tax that the depreciation puts off), ``npv_depreciation``, ``npv_credit``, ``better`` (税額控除, 特別償却).
    """
    case = {
        "program": "ci_tax",
        "as_of": AS_OF,
        "investment_yen": round(investment),
        "corporate_tax_yen": round(corporate_tax),
        "pay_growth": pay_growth,
        "certified": True,
        "certified_on": None,
        "data_link": True,
        "security_expert": True,
        "labour_productivity_growth": 0.02,
        "roi": 0.15,
        "choice": "credit",
    }
    grown = pay_growth >= PAY_GROWTH
    answer, other = judge(case), judge(case | {"pay_growth": 0.0 if grown else PAY_GROWTH})
    raw = max(answer["breakdown"]["raw_yen"], other["breakdown"]["raw_yen"])
    both = compare_tax(case, TAX_RATE, YEARS, DISCOUNT)
    return {
        "credit": answer["amount_yen"],
        "rate_only": answer["breakdown"]["raw_yen"],
        "cap_only": answer["breakdown"]["cap_yen"],
        "other_pay": other["amount_yen"],
        "old_cap": min(raw, answer["breakdown"]["cap_yen"], other["breakdown"]["cap_yen"]),
        "depreciation": both["depreciation"]["amount_yen"],
        "first_year": both["depreciation"]["first_year_yen"],
        "npv_depreciation": both["depreciation"]["present_value_yen"],
        "npv_credit": both["credit"]["present_value_yen"],
        "better": {"credit": "税額控除", "depreciation": "特別償却"}.get(both["better"], "同じ"),
    }


def it_subsidy(tables=None, cost: float = 300_000, **_):
    """``amount`` (0 where there is none); wrong: ``half`` (no floor), ``two_thirds``, ``floor`` and ``cap``."""
    answer = judge({"program": "it_subsidy", "cost_yen": round(cost), "hardware_only": False})
    return {
        "amount": answer["amount_yen"] or 0,
        "half": int(round(cost) * Fraction(1, 2)),
        "two_thirds": int(round(cost) * Fraction(2, 3)),
        "floor": 150_000,
        "cap": answer["breakdown"]["cap_yen"],
    }


def consortium(tables=None, members: float = 3, **_):
    """``limit``: the most a consortium may receive; wrong: ``without_pool``, ``pool_once``, ``pool_only``, ``one_cap``."""
    count = round(members)
    answer = judge(
        {
            "program": "mono_consortium",
            "members": [{"cost_yen": 30_000_000, "pool_yen": None, "expert": False}] * count,
            "plan_years": 3,
            "value_added_growth": 0.03,
            "ordinary_profit_growth": 0.01,
            "support_organisation": True,
            "guideline": "monozukuri",
        }
    )
    pool = pool_yen(count)
    return {
        "limit": answer["breakdown"]["limit_yen"],
        "without_pool": MEMBER_CAP * count,
        "pool_once": MEMBER_CAP * count + pool // count,
        "pool_only": pool,
        "one_cap": MEMBER_CAP + pool,
    }


RESULTS.update(ci_tax=ci_tax, it_subsidy=it_subsidy, consortium=consortium)

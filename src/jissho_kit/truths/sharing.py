"""Three farms that share a sorting house: what each receives of a consortium's subsidy, and who gains by buying together.

Money in yen. The rules are those of 平成30年6月 (M1), as :mod:`jissho.rules` interprets them; nothing here is current law.
"""

from __future__ import annotations

from jissho.invest import cash_flow, present_value, simulate_consortium
from jissho_kit.simulators.cases import appraise
from jissho_kit.truths._registry import RESULTS

PLAN = {
    "plan_years": 3,
    "value_added_growth": 0.03,
    "ordinary_profit_growth": 0.01,
    "support_organisation": True,
    "guideline": "service",
}
SHARES = {"A": 0.2, "B": 0.3, "C": 0.5}  # of the boxes, and so of the cost
CAP, POOL_EACH = 10_000_000, 2_000_000


def pool(tables=None, cost_a: float = 12_000_000, cost_b: float = 15_000_000, cost_c: float = 21_000_000, **_) -> dict:
    """A consortium of three whose whole pool may go to C.

    ``c`` and ``total``: what C and all receive; ``equal_c``, ``equal_total``: if the pool is split evenly; ``lost`` =
    what the even split loses. Wrong about C: ``cap_c`` (no pool), ``ceiling_c`` (C's cap and the pool, taken for the
    amount), ``half_c`` (rate 1/2).
    """
    costs = [round(one) for one in (cost_a, cost_b, cost_c)]
    wise, even = (simulate_consortium(costs, PLAN, weights=w) for w in ([0, 0, 1], [1, 1, 1]))
    return {
        "c": wise.members[2].subsidy_yen,
        "total": wise.subsidy_yen,
        "equal_c": even.members[2].subsidy_yen,
        "equal_total": even.subsidy_yen,
        "lost": wise.subsidy_yen - even.subsidy_yen,
        "cap_c": CAP,
        "ceiling_c": CAP + POOL_EACH * len(costs),
        "half_c": costs[2] // 2,
        "limit": wise.limit_yen,
    }


def alike(tables=None, members: float = 2, cost: float = 9_000_000, **_) -> dict:
    """``members`` farms of the same ``cost``: ``paid`` to all. Wrong: ``limit``, ``caps`` (without the pool), ``half``
    (rate 1/2), ``one`` (a single member's), ``costs`` (no rate), ``with_pool`` (the pool put on top of what the rate gives).
    """
    count = round(members)
    found = simulate_consortium([round(cost)] * count, PLAN)
    return {
        "paid": found.subsidy_yen,
        "limit": found.limit_yen,
        "caps": CAP * count,
        "half": round(cost) * count // 2,
        "one": found.members[0].subsidy_yen,
        "costs": round(cost) * count,
        "with_pool": found.subsidy_yen + found.pool_yen,
    }


def sharing(tables, **_) -> dict:
    """Net present value (yen, no subsidy) of the shared sorting house's card by who buys: ``all``, ``a``, ``b``, ``c``
    (alone), ``ab``, ``ac``, ``bc``; each brings its share of the boxes, cost and upkeep are due in full. ``cost_a`` …: of each; ``claim``: what
    a box that is not sweet enough costs.
    """
    cards = tables["cases"]
    row = cards.index[cards["案件番号"] == "A3"][0]
    card, effect = cards.loc[row], appraise(cards).loc[row, "効果"]
    ramp = (card["立上り1年目"] / 100, card["立上り2年目"] / 100)

    def npv(who: str) -> float:
        share = sum(SHARES[name] for name in who)
        return float(present_value(cash_flow(card["初期費用"], effect * share, card["運用費"], ramp)))

    buyers = {name.lower(): npv(name) for name in ("A", "B", "C", "AB", "AC", "BC")}
    costs = {f"cost_{name.lower()}": float(card["初期費用"] * share) for name, share in SHARES.items()}
    return {"all": npv("ABC"), "claim": float(card["見逃し単価"])} | buyers | costs


RESULTS.update(pool=pool, alike=alike, sharing=sharing)

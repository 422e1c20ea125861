"""連携シミュレーター: up to ten members, the pool's split, what each receives and pays itself. Rules: :mod:`jissho.rules`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jissho.errors import DataError
from jissho.rules import judge, load_rules

PROGRAM = "mono_consortium"


@dataclass(frozen=True)
class Member:
    """One member, in whole yen; ``subsidy_yen`` and ``own_yen`` are None where there is no subsidy or it is not known."""

    cost_yen: int | None
    pool_yen: int | None
    subsidy_yen: int | None
    own_yen: int | None


@dataclass(frozen=True)
class Consortium:
    """The verdict on a consortium. ``limit_yen``: the most it could receive; ``unused_yen``: how much of that it does not."""

    verdict: str
    members: tuple[Member, ...]
    pool_yen: int
    subsidy_yen: int | None
    limit_yen: int | None
    unused_yen: int | None
    reasons: tuple[dict[str, str], ...]


def pool_yen(count: int, basis: str = "supplemented", rules: Any = None) -> int:
    """The pool that ``count`` members may split among them (yen)."""
    return load_rules(rules)[PROGRAM].under(basis).pool_yen(count)


def split_pool(total_yen: int, weights: Sequence[float]) -> list[int]:
    """Split a pool in proportion to sliders: whole yen that add up to ``total_yen``; the odd yen go to the first.

    All weights 0: nothing is split. Raises DataError for a negative or infinite weight.
    """
    try:
        shares = [Fraction(float(weight)) for weight in weights]
    except (TypeError, ValueError, OverflowError):
        raise DataError("枠の配分に、数ではないものがあります。", "weights", "0以上の数にしてください。") from None
    if any(share < 0 for share in shares):
        raise DataError("枠の配分に、0より小さいものがあります。", "weights", "0以上の数にしてください。")
    if not sum(shares):
        return [0] * len(shares)
    parts = [int(total_yen * share / sum(shares)) for share in shares]
    takers = [i for i, share in enumerate(shares) if share]
    for i in takers[: total_yen - sum(parts)]:
        parts[i] += 1
    return parts


def simulate_consortium(
    costs: Sequence[Any],
    plan: Mapping[str, Any],
    weights: Sequence[float] | None = None,
    experts: Sequence[bool] | None = None,
    basis: str = "supplemented",
    rules: Any = None,
) -> Consortium:
    """Judge a consortium and say what each member receives.

    Parameters
    ----------
    costs : sequence of number
        Cost of each member (yen).
    plan : mapping
        The keys of the case that all members share (``plan_years``, ``value_added_growth`` …).
    weights : sequence of number, optional
        Sliders: how the pool is split (:func:`split_pool`); left out, it goes to members over their cap, in order.
    experts : sequence of bool, optional
        Which members employ an expert; none where left out.
    basis, rules : optional
        As for :func:`jissho.rules.judge`.

    Raises
    ------
    DataError
        The lists differ in length, or a number is nonsense.
    """
    count = len(costs)
    for name, given in {"weights": weights, "experts": experts}.items():
        if given is not None and len(given) != count:
            raise DataError(
                f"{name} の数が、参加者の数（{count}者）と違います。", name, "1者に一つずつ書いてください。"
            )
    pool = pool_yen(count, basis, rules)
    split = [None] * count if weights is None else split_pool(pool, weights)
    flags = [False] * count if experts is None else list(experts)
    members = [
        {"cost_yen": cost, "pool_yen": part, "expert": flag}
        for cost, part, flag in zip(costs, split, flags, strict=True)
    ]
    answer = judge({**plan, "program": PROGRAM, "members": members}, basis=basis, rules=rules)
    found = answer["breakdown"]
    paid = found["members_yen"] or [None] * count
    return Consortium(
        verdict=answer["verdict"],
        members=tuple(
            Member(None if cost is None else int(cost), part, given, None if given is None else int(cost) - given)
            for cost, part, given in zip(costs, split, paid, strict=True)
        ),
        pool_yen=pool,
        subsidy_yen=answer["amount_yen"],
        limit_yen=found["limit_yen"],
        unused_yen=None if found["limit_yen"] is None else found["limit_yen"] - answer["amount_yen"],
        reasons=tuple(answer["reasons"]),
    )

"""連携シミュレーター: the pool's split and what each member receives; the rules' word, not our own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jissho.errors import DataError
from jissho.invest import pool_yen, simulate_consortium, split_pool

PLAN = {
    "plan_years": 3,
    "value_added_growth": 0.03,
    "ordinary_profit_growth": 0.01,
    "support_organisation": True,
    "guideline": "service",
}
MAN = 10_000


def test_three_members_and_the_slider_at_the_third():
    found = simulate_consortium([1500 * MAN, 1500 * MAN, 2400 * MAN], PLAN, weights=[0, 0, 100])
    assert [member.subsidy_yen // MAN for member in found.members] == [1000, 1000, 1600]
    assert [member.own_yen // MAN for member in found.members] == [500, 500, 800]
    assert (found.verdict, found.pool_yen, found.limit_yen) == ("可", 600 * MAN, 3600 * MAN)
    assert (found.subsidy_yen, found.unused_yen) == (3600 * MAN, 0)


def test_a_pool_given_to_who_cannot_use_it_is_lost():
    found = simulate_consortium([1500 * MAN, 1500 * MAN, 2400 * MAN], PLAN, weights=[1, 1, 1])
    assert [member.subsidy_yen // MAN for member in found.members] == [1000, 1000, 1200]
    assert found.unused_yen == 400 * MAN
    assert simulate_consortium([1500 * MAN, 1500 * MAN, 2400 * MAN], PLAN).unused_yen == 0


@pytest.mark.parametrize("count", [0, 1, 11])
def test_one_or_eleven_are_no_consortium(count):
    found = simulate_consortium([900 * MAN] * count, PLAN)
    assert (found.verdict, found.subsidy_yen, found.limit_yen, found.unused_yen) == ("不可", None, None, None)
    assert [member.own_yen for member in found.members] == [None] * count
    assert found.reasons[0]["rule"] == "M1"


def test_a_cost_that_is_not_known_is_left_to_be_confirmed():
    found = simulate_consortium([900 * MAN, None], PLAN)
    assert found.verdict == "要確認" and found.members[1].cost_yen is None and found.subsidy_yen is None


def test_experts_raise_the_limit():
    assert simulate_consortium([1500 * MAN] * 3, PLAN, experts=[True] * 3).limit_yen == 3690 * MAN


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.floats(0, 1e6) | st.integers(0, 100), max_size=10))
def test_parts_add_up_to_the_pool(total, weights):
    parts = split_pool(total, weights)
    assert len(parts) == len(weights) and min(parts, default=0) >= 0
    assert sum(parts) == (total if sum(weights) else 0)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=2, max_size=10), st.data())
def test_members_never_receive_more_than_the_limit(costs, data):
    weights = data.draw(st.lists(st.integers(0, 100), min_size=len(costs), max_size=len(costs)))
    found = simulate_consortium([cost * MAN for cost in costs], PLAN, weights)
    assert found.subsidy_yen == sum(member.subsidy_yen for member in found.members)
    assert found.subsidy_yen + found.unused_yen == found.limit_yen == len(costs) * 1200 * MAN
    best = simulate_consortium([cost * MAN for cost in costs], PLAN)
    assert found.subsidy_yen <= best.subsidy_yen
    assert pool_yen(len(costs)) == found.pool_yen == len(costs) * 200 * MAN


@pytest.mark.parametrize(
    ("costs", "options"),
    [
        ([1, 2], {"weights": [1]}),
        ([1, 2], {"experts": [True]}),
        ([1, 2], {"weights": [1, -1]}),
        ([1, 2], {"weights": [1, float("nan")]}),
        ([1, 2], {"weights": [1, "多め"]}),
        ([1, -2], {}),
        ([1, "2"], {}),
        ([1, 10**400], {}),
        ([1, 2], {"experts": [1, 0]}),
    ],
)
def test_nonsense_is_refused(costs, options):
    with pytest.raises(DataError):
        simulate_consortium(costs, PLAN, **options)

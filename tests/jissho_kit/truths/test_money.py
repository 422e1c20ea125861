"""M39–M41: figures worked out by hand (万円 in the names of the design), then sign and order over other inputs."""

from fractions import Fraction

import numpy as np
import pytest

from jissho_kit.truths import demonstrate
from jissho_kit.truths.money import TWO_THIRDS, consortium, deferral, subsidy, tax_credit, years_to_pay_back

MAN = 10_000


def shown(id, **params):
    return demonstrate(id, data={}, params={name: float(value) for name, value in params.items()})


def test_m39_two_years_become_more_than_four():
    right, wrong = shown("M39").right, shown("M39").wrong
    assert wrong["payback"] == 2
    assert (wrong["year"], wrong["year_running"], right["year"]) == ("2年目", "3年目", "5年目")
    assert wrong["payback_running"] == pytest.approx(1_200 / 420)
    assert right["payback"] == pytest.approx(4 + 60 / 420)  # 1,200 = 0 + 300 + 420 + 420 + 60
    assert [round(value / MAN) for value in (wrong["npv"], wrong["npv_running"], right["npv"])] == [1548, 723, 203]


@pytest.mark.parametrize("seed", range(20))
def test_m39_order_holds_for_any_inputs_of_an_item(seed):
    rng = np.random.default_rng(seed)
    initial, effect = rng.uniform(500, 7_000) * MAN, rng.uniform(300, 3_000) * MAN
    params = {"initial": initial, "effect": effect, "running": effect * rng.uniform(0.1, 0.6)}
    params |= {"first": rng.uniform(0, 0.5), "second": rng.uniform(0.5, 0.95), "discount": rng.uniform(0.01, 0.08)}
    right, wrong = shown("M39", **params).right, shown("M39", **params).wrong
    assert wrong["payback"] < wrong["payback_running"] < right["payback"]
    assert wrong["npv"] > wrong["npv_running"] > right["npv"]


def test_m39_what_never_pays_back_takes_for_ever():
    found = shown("M39", effect=1_800_000)
    assert found.right["payback"] == found.wrong["payback_running"] == float("inf")
    assert found.right["year"] == "戻らない"
    assert found.right["npv"] < found.wrong["npv_running"] == pytest.approx(-12_000_000)


def test_payback_on_numbers_of_the_back_of_a_hand():
    assert years_to_pay_back([-100, 20, 50, 50]) == pytest.approx(2.6)
    assert years_to_pay_back([-100, 50, 50]) == 2 and years_to_pay_back([-100, 10, 20]) == pytest.approx(2 + 70 / 20)
    assert years_to_pay_back([0, 5]) == 0 and years_to_pay_back([-1, -1]) == float("inf")


def test_m40_the_deferral_is_worth_a_tenth_of_what_it_shows():
    right, wrong = shown("M40").right, shown("M40").wrong
    assert (wrong["extra_depreciation"], wrong["first_year"], wrong["ratio"]) == (1_800 * MAN, 417.6 * MAN, 10)
    assert right["npv_depreciation"] / MAN == pytest.approx(41.6, abs=0.05)
    assert right["credit"] == 180 * MAN and right["npv_credit"] == pytest.approx(180 * MAN / 1.03)
    assert right["break_even_tax"] / MAN == pytest.approx(286, abs=0.5)
    assert right["better"] == "税額控除"


def test_m40_a_deferral_comes_back_to_the_last_yen():
    saved = deferral(6_000 * MAN, 0.232, 5)
    # 1,200 a year against 3,000, 1,200, 1,200, 600, 0.
    assert saved / (0.232 * MAN) == pytest.approx([1_800, 0, 0, -600, -1_200])
    assert deferral(5_000 * MAN, 0.3, 1) == pytest.approx([0])


def test_m40_with_little_tax_the_deferral_wins():
    assert shown("M40", corporate_tax=200 * MAN).right["credit"] == 30 * MAN
    assert shown("M40", corporate_tax=200 * MAN).right["better"] == "特別償却"
    even = shown("M40").right["break_even_tax"]
    assert shown("M40", corporate_tax=even - MAN).right["better"] == "特別償却"
    assert shown("M40", corporate_tax=even + MAN).right["better"] == "税額控除"
    assert shown("M40", discount=0.3).right["break_even_tax"] == float("inf")


@pytest.mark.parametrize("seed", range(20))
def test_m40_order_holds_for_any_inputs_of_an_item(seed):
    rng = np.random.default_rng(seed)
    investment = rng.uniform(5_000, 20_000) * MAN
    params = {"investment": investment, "corporate_tax": investment, "pay_growth": rng.uniform(0, 0.06)}
    params |= {"tax_rate": rng.uniform(0.15, 0.34), "discount": rng.uniform(0.01, 0.05), "years": rng.integers(3, 8)}
    right, wrong = shown("M40", **params).right, shown("M40", **params).wrong
    assert 0 < right["npv_depreciation"] < 0.35 * wrong["first_year"] < 0.35 * wrong["extra_depreciation"]
    assert right["npv_depreciation"] < right["npv_credit"] < right["credit"] and right["better"] == "税額控除"
    assert right["break_even_tax"] < params["corporate_tax"]


@pytest.mark.parametrize(
    ("investment", "tax", "pay_growth", "credit"),
    [  # worked examples 1–7, 9 and 10
        (6_000, 2_000, 0.02, 180),
        (6_000, 1_000, 0.02, 150),
        (6_000, 1_000, 0.03, 200),
        (6_000, 2_000, 0.03, 300),
        (6_000, 1_500, 0.03, 300),
        (6_000, 1_200, 0.02, 180),
        (5_000, 2_000, 0.02, 150),
        (6_000, 2_000, 0.0299, 180),
        (6_000, 0, 0.02, 0),
    ],
)
def test_the_credit_is_rate_or_cap_whichever_is_less(investment, tax, pay_growth, credit):
    assert tax_credit(investment * MAN, tax * MAN, pay_growth) == credit * MAN


@pytest.mark.parametrize(
    ("cost", "rate", "expert", "yen"),
    [  # worked examples 27–32
        (1_800 * MAN, Fraction(1, 2), False, 900 * MAN),
        (2_400 * MAN, Fraction(1, 2), False, 1_000 * MAN),
        (1_200 * MAN, Fraction(1, 2), False, 600 * MAN),
        (1_200 * MAN, TWO_THIRDS, False, 800 * MAN),
        (1_500 * MAN, TWO_THIRDS, False, 1_000 * MAN),
        (1_545 * MAN, TWO_THIRDS, True, 1_030 * MAN),
        (900 * MAN, Fraction(1, 2), True, 450 * MAN),
        (100 * MAN, TWO_THIRDS, False, 666_666),
    ],
)
def test_the_subsidy_is_rate_or_cap_and_an_expert_raises_the_cap(cost, rate, expert, yen):
    assert subsidy(cost, rate, expert=expert) == yen


@pytest.mark.parametrize(
    ("costs", "paid", "limit"),
    [  # worked examples 36–38, 40 and 41
        ([1_500, 1_500, 2_400], 3_600, 3_600),
        ([1_800] * 3, 3_600, 3_600),
        ([900] * 2, 1_200, 2_400),
        ([3_000] * 3, 3_600, 3_600),
        ([1_800] * 10, 12_000, 12_000),
    ],
)
def test_a_consortium_gets_no_more_than_its_costs_ask_for(costs, paid, limit):
    assert consortium([cost * MAN for cost in costs]) == (paid * MAN, limit * MAN)


def test_m41_figures_of_the_worked_examples():
    right, wrong = shown("M41").right, shown("M41").wrong
    assert {name: value / MAN for name, value in right.items()} == {
        "credit": 150,
        "credit_raise": 200,
        "subsidy": 1_000,
        "expert_small": 450,
        "expert_large": 1_030,
        "consortium": 1_200,
    }
    assert {name: value / MAN for name, value in wrong.items()} == {
        "credit_rate": 180,
        "credit_raise_rate": 300,
        "credit_raise_old_cap": 150,
        "subsidy_rate": 1_200,
        "subsidy_cap": 1_000,
        "expert_small_added": 480,
        "expert_small_cap": 1_030,
        "expert_large_old_cap": 1_000,
        "expert_large_added": 1_060,
        "consortium_cap": 2_400,
        "consortium_plain_cap": 2_000,
        "consortium_costs": 1_800,
        "consortium_one": 600,
    }


@pytest.mark.parametrize("seed", range(20))
def test_m41_order_holds_for_inputs_where_the_cap_bites(seed):
    rng = np.random.default_rng(seed)
    investment, members = rng.uniform(5_000, 9_000) * MAN, rng.integers(2, 11)
    params = {"cost": rng.uniform(2_100, 4_000) * MAN, "small_cost": rng.uniform(200, 1_900) * MAN}
    params |= {"large_cost": rng.uniform(2_100, 4_000) * MAN, "investment": investment}
    params |= {"corporate_tax": investment * rng.uniform(0.05, 0.19), "members": members}
    params |= {"member_cost": rng.uniform(300, 1_400) * MAN}
    right, wrong = shown("M41", **params).right, shown("M41", **params).wrong
    assert right["credit"] < wrong["credit_rate"] and right["credit_raise"] < wrong["credit_raise_rate"]
    assert wrong["credit_raise_old_cap"] == right["credit"] < right["credit_raise"]
    assert right["subsidy"] == wrong["subsidy_cap"] < wrong["subsidy_rate"]
    assert right["expert_small"] < wrong["expert_small_added"] < wrong["expert_small_cap"]
    assert wrong["expert_large_old_cap"] < right["expert_large"] < wrong["expert_large_added"]
    assert right["consortium"] < wrong["consortium_cap"] == 1_200 * MAN * members

"""Profit, cash, payback and present value, against figures computed by hand, and what must hold for all."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jissho import datasets, rules
from jissho.errors import DataError
from jissho.invest import (
    Proposal,
    alternative_of,
    appraise,
    cash_flow,
    confusion,
    payback,
    present_value,
    profit_and_loss,
    proposal_of,
    what_if,
)

# 100 of 1,000 go wrong at 100,000 yen each; 60 are found: an effect of 6,000,000 a year.
PLAN = Proposal(
    count=1_000,
    share=0.1,
    miss_yen=100_000,
    false_yen=0,
    recall=0.6,
    false_share=0.0,
    initial_yen=12_000_000,
    running_yen=1_800_000,
)
FULL = {"first_year": 1.0, "second_year": 1.0}


def test_confusion_matrix_times_unit_prices():
    counts = confusion(20_000, 0.0045, 0.9, 0.12)
    assert (counts.caught, counts.missed, counts.false_alarms) == pytest.approx((81, 9, 2_389.2))
    assert counts.caught + counts.missed + counts.false_alarms + counts.quiet == pytest.approx(20_000)
    money = profit_and_loss(counts, 50_000, 300)
    assert (money.loss_now, money.loss_missed, money.false_cost) == pytest.approx((4_500_000, 450_000, 716_760))
    assert money.effect == pytest.approx(3_333_240)


def test_running_cost_and_ramp_put_payback_off():
    simple = what_if(PLAN, running_yen=0, **FULL)
    running = what_if(PLAN, **FULL)
    ramped = PLAN.appraise()
    assert (simple.payback, running.payback, ramped.payback) == pytest.approx((2.0, 12 / 4.2, 4 + 0.6 / 4.2))
    assert [round(one.npv / 10_000) for one in (simple, running, ramped)] == [1548, 723, 203]
    assert ramped.flows == pytest.approx((-12e6, 0, 3e6, 4.2e6, 4.2e6, 4.2e6))
    assert ramped.cumulative == pytest.approx((-12e6, -12e6, -9e6, -4.8e6, -0.6e6, 3.6e6))
    assert ramped.payback_words == "4.1年"


def test_what_is_not_paid_back_in_time_has_no_number():
    late = what_if(PLAN, recall=0.5)
    assert late.payback is None and late.payback_words == "5年で戻らない"
    assert what_if(PLAN, initial_yen=0).payback == 0.0
    assert payback([-10, 4, 6]) == 2.0 and payback([-10, 4, 5.9]) is None


def test_present_value_is_due_at_the_years_ends():
    assert present_value([-100, 0, 121], 0.1) == pytest.approx(0)
    assert present_value([[1, 1], [2, 0]], [0.0, 0.5]) == pytest.approx([2, 2])
    with pytest.raises(DataError):
        present_value([1, 1], -1)


def test_support_comes_at_the_years_ends():
    with_subsidy = what_if(PLAN, support_yen=(6_000_000,))
    assert with_subsidy.npv - PLAN.appraise().npv == pytest.approx(6_000_000 / 1.03)
    case = {"program": "ci_tax", "as_of": "2018-10-01", "investment_yen": 60_000_000, "corporate_tax_yen": 20_000_000}
    case |= {"pay_growth": 0.02, "certified": True, "certified_on": None, "data_link": True, "security_expert": True}
    case |= {"labour_productivity_growth": 0.02, "roi": 0.15}
    put_off = rules.compare_tax(case, 0.232, 5, 0.03)["depreciation"]
    gained = what_if(PLAN, support_yen=tuple(put_off["flows_yen"])).npv - PLAN.appraise().npv
    assert gained == pytest.approx(put_off["present_value_yen"], abs=1)


def test_cards_give_the_proposal_and_the_other_way():
    cards = datasets.load_cases().to_dict("records")
    card = next(card for card in cards if card["案件番号"] == "F1")
    loss = card["年間数"] * card["発生率"] / 100 * card["見逃し単価"]
    false = card["年間数"] * (1 - card["発生率"] / 100) * card["過検出率"] / 100 * card["過検出単価"]
    effect = loss * card["再現率"] / 100 - false
    proposal = proposal_of(card)
    assert proposal.profit_and_loss().effect == pytest.approx(effect)
    assert proposal.appraise().flows[1] == pytest.approx(effect * card["立上り1年目"] / 100 - card["運用費"])
    other = alternative_of(card)
    yearly = loss * card["代案の削減率"] / 100 - card["代案の運用費"]
    assert other.flows == pytest.approx((-card["代案の初期費用"], *[yearly] * 5))
    assert proposal_of(card, discount=0.1).npv() < proposal.npv()
    assert len([proposal_of(card).appraise() for card in cards]) == 8


def test_a_card_that_lacks_something_names_it():
    card = datasets.load_cases().iloc[0].to_dict()
    for wrong in (
        {key: value for key, value in card.items() if key != "再現率"},
        card | {"再現率": "九割"},
        card | {"再現率": None},
    ):
        with pytest.raises(DataError, match="再現率"):
            proposal_of(wrong)
    with pytest.raises(DataError, match="再現率"):
        proposal_of(card | {"再現率": 120})


@pytest.mark.parametrize(
    "change",
    [
        {"recall": 1.2},
        {"recall": -0.1},
        {"recall": float("nan")},
        {"recall": "0.9"},
        {"recall": True},
        {"count": -1},
        {"initial_yen": float("inf")},
        {"initial_yen": 10**400},
        {"miss_yen": None},
        {"years": 0},
        {"years": 2.5},
        {"years": 1000},
        {"discount": 3},
        {"support_yen": ("6",)},
        {"recal": 0.5},
        {"recall": np.array([0.5, 2.0])},
    ],
)
def test_nonsense_is_named(change):
    with pytest.raises(DataError) as refused:
        what_if(PLAN, **change)
    assert refused.value.where == next(iter(change)) and refused.value.mend


YEN = st.integers(0, 10**9)
PLANS = st.builds(
    Proposal,
    count=st.integers(0, 10**6),
    share=st.floats(0, 1),
    miss_yen=st.integers(0, 10**6),
    false_yen=st.integers(0, 10**4),
    recall=st.floats(0, 1),
    false_share=st.floats(0, 1),
    initial_yen=YEN,
    running_yen=YEN,
)


@settings(max_examples=50, deadline=None)
@given(PLANS, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rate_never_makes_gains_at_the_end_worth_more(plan, one, other):
    low, high = sorted([one, other])
    gains = np.maximum(plan.flows(), 0)
    assert present_value(gains, high) <= present_value(gains, low) * (1 + 1e-12)
    assert present_value(plan.flows(), 0) == pytest.approx(plan.flows().sum(), abs=1)


@settings(max_examples=50, deadline=None)
@given(PLANS, YEN, st.sampled_from(["initial_yen", "running_yen"]))
def test_more_cost_never_pays_back_sooner_nor_gains_more(plan, more, name):
    before, after = plan.appraise(), what_if(plan, **{name: getattr(plan, name) + more})
    assert after.npv <= before.npv
    assert after.payback is None or (before.payback is not None and before.payback <= after.payback + 1e-9)


@settings(max_examples=50, deadline=None)
@given(PLANS, st.floats(0, 1))
def test_a_better_recall_never_gains_less(plan, recall):
    assume(recall >= plan.recall)
    assert what_if(plan, recall=recall).npv >= plan.appraise().npv - 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_payback_is_where_the_running_total_crosses_zero(flows):
    years = payback(flows)
    total = np.cumsum(flows)
    if years is None:
        assert (total < 0).all()
    else:
        assert 0 <= years <= len(flows) - 1 and total[int(np.ceil(years))] >= 0
        assert (total[: int(np.ceil(years))] < 0).all()


def test_arrays_and_numbers_agree():
    recalls = np.array([0.3, 0.6, 0.9])
    together = Proposal(**{**vars(PLAN), "recall": recalls}).npv()
    assert together == pytest.approx([what_if(PLAN, recall=one).npv for one in recalls])
    assert cash_flow(np.zeros(3), 1.0, years=2).shape == (3, 3)
    assert appraise([-1, 1, 1]).payback == 1.0

"""The participants' arithmetic (rules, invest) and the kit's own keys come from two hands, and must say the same."""

import pytest

from jissho import datasets
from jissho.invest import Proposal, alternative_of, proposal_of
from jissho.rules import compare_tax, judge
from jissho_kit.simulators.cases import appraise
from jissho_kit.truths import money

TAX = {
    "program": "ci_tax",
    "as_of": "2018-10-01",
    "certified": True,
    "certified_on": None,
    "data_link": True,
    "security_expert": True,
    "labour_productivity_growth": 0.02,
    "roi": 0.15,
    "choice": "credit",
}
PLAN = {
    "plan_years": 3,
    "value_added_growth": 0.03,
    "ordinary_profit_growth": 0.01,
    "support_organisation": True,
    "guideline": "service",
}


@pytest.mark.parametrize("pay", [0.0, 0.0299, 0.03])
@pytest.mark.parametrize(("cost", "tax"), [(50_000_000, 3_333_333), (60_000_001, 20_000_000), (99_999_999, 1)])
def test_tax(cost, tax, pay):
    case = TAX | {"investment_yen": cost, "corporate_tax_yen": tax, "pay_growth": pay}
    assert judge(case)["amount_yen"] == money.tax_credit(cost, tax, pay)
    compared, key = compare_tax(case, money.TAX_RATE, 5, 0.03), money.m40(None, cost, tax, pay)
    assert compared["depreciation"]["amount_yen"] == key.wrong["extra_depreciation"]
    assert compared["depreciation"]["first_year_yen"] == pytest.approx(key.wrong["first_year"], abs=1)
    assert compared["depreciation"]["present_value_yen"] == pytest.approx(key.right["npv_depreciation"], abs=1)
    assert compared["credit"]["present_value_yen"] == pytest.approx(key.right["npv_credit"], abs=1)
    assert compared["break_even_tax_yen"] == pytest.approx(key.right["break_even_tax"], abs=1)
    assert {"credit": "税額控除", "depreciation": "特別償却"}[compared["better"]] == key.right["better"]


@pytest.mark.parametrize("cost", [1_000_000, 15_450_000, 15_000_001, 24_000_000])
@pytest.mark.parametrize("expert", [False, True])
@pytest.mark.parametrize(("certified", "rate"), [(False, money.HALF), (True, money.TWO_THIRDS)])
def test_subsidy(cost, expert, certified, rate):
    case = {"program": "mono_general", "cost_yen": cost, "plan_certified": certified, "expert": expert} | PLAN
    assert judge(case)["amount_yen"] == money.subsidy(cost, rate, expert=expert)


@pytest.mark.parametrize(
    "costs", [[9_000_000] * 2, [15_000_000, 15_000_000, 24_000_000], [18_000_001, 1, 99_999_999, 0]]
)
def test_consortium(costs):
    members = [{"cost_yen": cost, "pool_yen": None, "expert": False} for cost in costs]
    answer = judge({"program": "mono_consortium", "members": members} | PLAN)
    assert (answer["amount_yen"], answer["breakdown"]["limit_yen"]) == money.consortium(costs)


def test_cards():
    cards = datasets.load_cases()
    found = appraise(cards)
    for card, key in zip(cards.to_dict("records"), found.to_dict("records"), strict=True):
        proposal = proposal_of(card)
        profit = proposal.profit_and_loss()
        assert (profit.loss_now, profit.effect) == pytest.approx((key["損失"], key["効果"]))
        assert (proposal.appraise().npv, alternative_of(card).npv) == pytest.approx((key["AI"], key["代案"]))


def test_payback():
    plan = Proposal(1_000, 0.1, 100_000, 0, 0.6, 0.0, 12_000_000, 1_800_000)
    key = money.recovery(12_000_000, 6_000_000, 1_800_000)
    assert (plan.appraise().payback, plan.appraise().npv) == pytest.approx((key["payback"], key["npv"]))

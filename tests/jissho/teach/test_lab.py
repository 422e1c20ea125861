"""Charts of the investment lab: what a vendor leaves out delays the payback, and the title says what is seen."""

import re

import pytest

from jissho.datasets import load_cases
from jissho.invest import proposal_of, tornado
from jissho.teach import charts
from jissho.teach.lab import show_cash, show_tornado, three_ways, years_to_pay_back


@pytest.fixture(scope="module")
def proposal():
    return proposal_of(load_cases().iloc[0].to_dict())


@pytest.fixture
def alt(monkeypatch):
    """What a chart says to those who cannot see it."""
    shown = []
    monkeypatch.setattr(charts, "display", lambda what, **_: shown.append(what["text/html"]))

    def told(draw):
        draw()
        return re.search('alt="([^"]*)"', shown.pop())[1]

    return told


def test_each_way_pays_back_later_than_the_one_before(proposal, alt):
    ways = three_ways(proposal)
    paid = [one.payback for one in ways.values()]
    assert paid == sorted(paid)
    assert ways["効果だけ"].payback == pytest.approx(proposal.initial_yen / proposal.profit_and_loss().effect)
    told = alt(lambda: show_cash(ways, "題"))
    assert all(f"{name}：{years_to_pay_back(way)}" in told for name, way in ways.items())


def test_what_does_not_come_back_is_said_so(proposal):
    lost = three_ways(proposal_of(load_cases().iloc[0].to_dict(), initial_yen=1e12))
    assert years_to_pay_back(lost["効果だけ"]) == "5年で戻らない"


def test_a_tornado_names_its_bars_as_the_case_does(proposal, alt):
    told = alt(lambda: show_tornado(proposal, {tornado(proposal)[0].name: "箱の数"}))
    assert "得を動かす順に、箱の数" in told

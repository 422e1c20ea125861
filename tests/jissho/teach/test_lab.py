"""Charts of the investment lab: what a vendor leaves out delays the payback, and the title says what is seen."""

import re
from dataclasses import replace

import pytest

from jissho.datasets import load_cases
from jissho.invest import funding_of, proposal_of, tornado
from jissho.teach import charts, lab
from jissho.teach.lab import comes_back, show_cash, show_funding, show_gains, show_tornado, three_ways


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
    assert all(f"{name}：{way.payback_words}" in told for name, way in ways.items())
    assert "運用費" in alt(lambda: show_cash(ways, "題", "運用費も引く")) and "立上り" not in alt(
        lambda: show_cash(ways, "題", "運用費も引く")
    )


def test_what_does_not_come_back_is_said_so(proposal):
    found = three_ways(replace(proposal, initial_yen=1e12))["効果だけ"]
    assert found.payback_words == comes_back(found) == "5年で戻らない"
    assert comes_back(proposal.appraise()) == f"{proposal.appraise().payback_words}で戻る"


@pytest.mark.parametrize(
    "changes", [{"recall": 0.0}, {"running_yen": 0.0}, {"initial_yen": 0.0, "count": 0, "running_yen": 0.0}]
)
def test_lines_of_any_case_are_in_the_chart_and_their_labels_apart(proposal, changes, monkeypatch):
    """A case of one's own may lose every year, or have no running cost, so that two lines end at one point."""
    seen = []
    monkeypatch.setattr(lab, "show", lambda fig, alt: seen.append(fig))
    ways = three_ways(replace(proposal, **changes))
    show_cash(ways, "題")
    (ax,) = seen[0].axes
    low, high = ax.get_ylim()
    assert all(low < value / 1e4 < high for way in ways.values() for value in way.cumulative)
    heights = sorted(text.xy[1] for text in ax.texts)
    assert all(above - below > 0.05 * (high - low) for below, above in zip(heights, heights[1:], strict=False))
    charts.plt.close(seen[0])


def test_a_tornado_names_its_bars_as_the_case_does(proposal, alt):
    told = alt(lambda: show_tornado(proposal, {tornado(proposal)[0].name: "箱の数"}))
    assert "得を動かす順に、箱の数" in told


def test_what_cannot_be_vouched_for_is_marked(monkeypatch):
    seen = []
    monkeypatch.setattr(lab, "show", lambda fig, alt: seen.append((fig, alt)))
    show_gains({"やる": 4_040_000, "待つ": -180_000, "何もしない": 0.0}, "題", "", ["やる"])
    ((fig, alt),) = seen
    assert [text.get_text() for text in fig.axes[0].texts] == ["404万円 ※", "-18万円", "0万円"]
    assert alt == "やる404万円、待つ-18万円、何もしない0万円"
    charts.plt.close(fig)


def test_each_measure_stands_with_its_mark_and_the_date(monkeypatch):
    said = []
    monkeypatch.setattr(lab, "display", lambda what: said.append(what.data))
    funding = funding_of(load_cases().iloc[0].to_dict())
    show_funding(funding)
    assert all(one.title in said[0] and one.why in said[0] for one in funding)
    assert "？ 要確認" in said[0] and "× 不可" in said[0] and "2018年10月1日" in said[0]


def test_a_case_of_ones_own_is_not_called_made_up(monkeypatch):
    feet = []
    monkeypatch.setattr(lab, "display", lambda what: None)
    monkeypatch.setattr(
        lab, "show", lambda fig, alt: (feet.append([t.get_text() for t in fig.texts]), charts.plt.close(fig))
    )
    card = load_cases().iloc[0].to_dict()
    lab.show_case(card | {"分野": "自社"})
    lab.show_case(card)
    assert "自社の案件" in str(feet[0]) and "合成データ" not in str(feet[0]) and "合成データ" in str(feet[1])

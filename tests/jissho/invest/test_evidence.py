"""What records vouch for, and what the rules say to a card: by the other side's arithmetic, and where it must turn."""

from math import inf

import pytest

from jissho.datasets import load_cases
from jissho.errors import DataError
from jissho.invest import events_needed, evidence_of, funding_of, lower_limit, proposal_of, what_if
from jissho.rules import judge
from jissho_kit.simulators import make_cases
from jissho_kit.simulators.cases import appraise

CARDS = {card["案件番号"]: card for card in load_cases().to_dict("records")}


def test_the_lower_limit_is_wilsons():
    # Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), 81 of 263 and 15 of 148
    assert lower_limit(81 / 263, 263) == pytest.approx(0.2553, abs=1e-4)
    assert lower_limit(15 / 148, 148) == pytest.approx(0.0624, abs=1e-4)
    assert lower_limit(0.9, 0) == lower_limit(0.8, 0) == 0.0
    assert lower_limit([0.9, 1.0], [100, 3]) == pytest.approx([0.8256, 0.4385], abs=1e-4)


def test_with_the_events_needed_the_lower_limit_is_the_floor():
    for share, floor in [(0.9, 0.7), (0.75, 0.5), (0.6, 0.59)]:
        assert lower_limit(share, events_needed(share, floor)) == pytest.approx(floor)
    assert events_needed([0.8, 0.5], 0.8).tolist() == [inf, inf]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_card_is_judged_as_the_simulator_judges_it(seed):
    table, _ = make_cases(random_state=seed)
    found = appraise(table)
    for card, row in zip(table.to_dict("records"), found.to_dict("records"), strict=True):
        one = evidence_of(card)
        assert (one.vouched, one.needed) == pytest.approx((row["裏づけの再現率"], row["必要な発生記録"]))
        assert what_if(proposal_of(card), recall=one.vouched).npv == pytest.approx(row["裏づけのAI"], abs=1)
        assert (one.break_even is None or one.break_even == pytest.approx(row["損益分岐の再現率"])) and (
            row["判断"] != "AIをやる" or one.enough
        )


def test_a_promise_below_the_break_even_is_never_vouched_for():
    one = evidence_of(CARDS["F3"] | {"発生記録": 10**6})
    assert one.needed == inf and not one.enough and not one.enough_in_a_year


def test_a_card_without_records_says_so():
    with pytest.raises(KeyError):
        evidence_of({name: value for name, value in CARDS["F1"].items() if name != "発生記録"})


def test_only_what_stands_on_the_card_is_told_to_the_rules():
    verdicts = {key: [one.verdict for one in funding_of(CARDS[key])] for key in ("F1", "F2", "F3", "F4")}
    assert verdicts == {
        "F1": ["不可", "要確認", "要確認", "不可"],
        "F2": ["要確認", "要確認", "要確認", "不可"],
        "F3": ["不可", "可", "要確認", "不可"],
        "F4": ["不可", "要確認", "要確認", "不可"],
    }
    assert "5,000万円" in funding_of(CARDS["F1"])[0].why
    unsure = funding_of(CARDS["F2"])[0]
    assert unsure.why.startswith("まだ分からないこと：計画の認定日、計画の認定、") and unsure.why.endswith("ほか3つ")
    assert "certified" not in unsure.why and len(unsure.open_questions) == 6


def test_the_amounts_are_the_rules_own():
    soft = funding_of(CARDS["F3"])[1]
    case = {"program": "it_subsidy", "cost_yen": CARDS["F3"]["初期費用"], "hardware_only": False}
    assert (soft.amount_yen, soft.limit_yen) == (judge(case)["amount_yen"], 500_000)
    assert "小さい方の394,500円" in soft.why


def test_several_members_may_ask_together():
    consortium = funding_of(CARDS["A3"])[-1]
    assert consortium.verdict == "要確認" and consortium.limit_yen == 36_000_000


def test_nonsense_on_a_card_is_told():
    with pytest.raises(DataError):
        evidence_of(CARDS["F1"] | {"再現率": "高い"})

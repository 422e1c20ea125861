"""F7: on every draw the right decision follows from a card's numbers, with a margin."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_cases, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_cases, write
from jissho_kit.simulators.cases import DECISIONS, STORIES, appraise

RIGHT = {
    "F1": "AIをやる",
    "F2": "小さく試す",
    "F3": "治具・5S",
    "F4": "見送り",
    "A1": "小さく試す",
    "A2": "AIをやる",
    "A3": "AIをやる",
    "A4": "治具・5S",
}
SAME = {"参加者数", "立上り1年目", "立上り2年目"}  # part of the story, not drawn


@pytest.fixture(scope="module")
def draws():
    return [make_cases(random_state=seed) for seed in range(20)]


@pytest.fixture(scope="module")
def appraised(draws):
    """What the rule says of each card beside the card's numbers; by card's number, then draw."""
    both = pd.concat([table.join(appraise(table).rename(columns={"代案": "代案の正味"})) for table, _ in draws])
    return dict(list(both.groupby("案件番号")))


def test_every_draw_fits_the_schema_and_has_the_same_cards(draws):
    for table, _ in draws:
        schema("cases").check(table)
        assert table["案件番号"].tolist() == list(STORIES)


def test_the_right_decisions_are_the_same_on_every_draw(draws):
    for table, truth in draws:
        found = {number: DECISIONS[int(truth.effects[f"decision_{number}"])] for number in table["案件番号"]}
        assert found == RIGHT


def test_where_ai_is_right_it_beats_the_jig_clearly_and_its_records_suffice(appraised):
    for number in ("F1", "A2", "A3"):
        card = appraised[number]
        assert (card["AI"] - card["代案の正味"].clip(lower=0) > 0.15 * card["初期費用"]).all()
        assert (card["発生記録"] > 1.5 * card["必要な発生記録"]).all()


def test_where_a_trial_is_right_records_are_short_now_and_plenty_after_it(appraised):
    for number in ("F2", "A1"):
        card = appraised[number]
        assert (card["発生記録"] < 0.8 * card["必要な発生記録"]).all()
        assert (card["発生記録"] + card["発生記録の増え方"] > 1.5 * card["必要な発生記録"]).all()
        assert (card["試行"] - card["代案の正味"] > 0.05 * card["初期費用"]).all()
        assert (card["裏づけのAI"] < 0).all()


def test_where_the_jig_is_right_it_beats_ai_clearly_even_if_its_promise_is_believed(appraised):
    for number in ("F3", "A4"):
        card = appraised[number]
        assert (card["代案の正味"] - card["AI"].clip(lower=0) > 0.5 * card["代案の初期費用"]).all()
        assert (card["代案の正味"] > 1.5 * card["AI"]).all()


def test_the_card_without_data_looks_good_on_paper(appraised):
    card = appraised["F4"]
    assert (card["AI"] > 0.3 * card["初期費用"]).all() and (card["裏づけのAI"] < -0.3 * card["初期費用"]).all()
    assert (card["発生記録"] + 2 * card["発生記録の増え方"] < card["必要な発生記録"]).all()
    assert (card["代案の正味"] < -0.5 * card["代案の初期費用"]).all()


def test_cards_tell_the_stories_that_lessons_count_on(draws):
    for table, _ in draws:
        card = table.set_index("案件番号")
        assert card.loc[["F1", "F2", "F3"], "初期費用"].to_list() == pytest.approx([12e6, 60e6, 0.8e6], rel=0.06)
        assert 150 < card.loc["F4", "記録件数"] < 210
        assert card.loc["A3", "参加者数"] == 3
        assert card.loc["F2", "初期費用"] > 50_000_000  # the tax measure's least investment
        assert {"治具", "5S", "ルール"} == set(card["代案の種類"])


def test_no_number_of_a_lessons_card_is_a_courses(draws):
    lesson = load_cases()
    numbers = [name for name in lesson.select_dtypes("number").columns if name not in SAME]
    equal = sum((table[numbers] == lesson[numbers]).mean().mean() for table, _ in draws) / len(draws)
    assert equal < 0.15
    assert all((table["見逃し単価"] != lesson["見逃し単価"]).sum() >= 6 for table, _ in draws)


CARD = {
    "年間数": 1_000,
    "発生率": 10.0,
    "見逃し単価": 10_000,
    "過検出単価": 1_000,
    "再現率": 80,
    "過検出率": 10.0,
    "初期費用": 1_000_000,
    "運用費": 100_000,
    "立上り1年目": 50,
    "立上り2年目": 100,
    "発生記録": 200,
    "発生記録の増え方": 50,
    "試行費用": 30_000,
    "代案の初期費用": 50_000,
    "代案の運用費": 20_000,
    "代案の削減率": 10.0,
}


def of(**changed) -> pd.Series:
    return appraise(pd.DataFrame([CARD | changed])).iloc[0]


def test_a_card_small_enough_to_work_out_by_hand():
    found = of()
    assert found["損失"] == pytest.approx(1_000_000)
    assert found["効果"] == pytest.approx(800_000 - 900 * 0.1 * 1_000)
    ai = -1_000_000 + (0.5 * 710_000 - 100_000) / 1.03 + sum(610_000 / 1.03**t for t in (2, 3, 4, 5))
    assert found["AI"] == pytest.approx(ai)
    assert found["代案"] == pytest.approx(-50_000 + sum(80_000 / 1.03**t for t in range(1, 6)))
    assert found["試行"] == pytest.approx(ai / 1.03 - 30_000)
    # At the recall where AI breaks even, its value is nothing; the events needed have their lower limit there.
    at_break_even = of(再現率=100 * found["損益分岐の再現率"])
    assert at_break_even["AI"] == pytest.approx(0, abs=1e-3)
    judged = found["必要な発生記録"] / 2
    r, z = 0.8, 1.96
    wilson = (r + z**2 / (2 * judged) - z * np.sqrt(r * (1 - r) / judged + z**2 / (4 * judged**2))) / (
        1 + z**2 / judged
    )
    assert wilson == pytest.approx(found["損益分岐の再現率"])
    assert (found["判断"], found["正味"]) == ("AIをやる", found["AI"])


@pytest.mark.parametrize(
    ("changed", "decision"),
    [
        ({}, "AIをやる"),
        ({"発生記録": 4}, "小さく試す"),
        ({"発生記録": 4, "発生記録の増え方": 3}, "治具・5S"),
        ({"発生記録": 4, "発生記録の増え方": 3, "代案の削減率": 1.0}, "見送り"),
        ({"発生記録": 0, "発生記録の増え方": 0, "代案の削減率": 0.0}, "見送り"),
        ({"発生記録": 4, "試行費用": 5_000_000}, "治具・5S"),
        ({"代案の削減率": 90.0}, "治具・5S"),
        ({"初期費用": 9_000_000}, "治具・5S"),
        ({"初期費用": 9_000_000, "代案の初期費用": 9_000_000}, "見送り"),
        ({"再現率": 0}, "治具・5S"),
    ],
)
def test_one_number_changes_the_decision(changed, decision):
    assert of(**changed)["判断"] == decision


def test_enough_records_or_a_worse_jig_turn_the_shipped_decisions_around():
    table = load_cases().set_index("案件番号", drop=False)
    assert appraise(table.assign(発生記録=1_000)).loc[["F2", "F4", "A1"], "判断"].eq("AIをやる").all()
    assert appraise(table.assign(代案の削減率=0.0)).loc["A4", "判断"] == "AIをやる"
    assert appraise(table.assign(発生記録=2, 発生記録の増え方=0))["判断"].isin(["治具・5S", "見送り"]).all()


def test_the_best_total_is_above_every_single_policy(draws):
    for table, truth in draws:
        found = appraise(table)
        best = truth.best_score("npv")
        assert best > found["代案"].sum() and best > 0
        assert best > found["裏づけのAI"].sum()  # AI on every card, at the recall that can be vouched for
        right = dict(zip(table["案件番号"], found["正味"], strict=True))
        assert right["F4"] == 0 and best == pytest.approx(sum(right.values()))
        assert truth.effects["npv_ai_F1"] == right["F1"] and truth.effects["npv_alternative_A4"] == right["A4"]


def test_fewer_cards_are_the_first_and_more_are_other_companies():
    eight, _ = make_cases(random_state=5)
    three, _ = make_cases(n=3, random_state=5)
    twenty, truth = make_cases(n=20, random_state=5)
    pd.testing.assert_frame_equal(three, eight.head(3))
    pd.testing.assert_frame_equal(twenty.head(8), eight)
    assert twenty["案件番号"].tolist()[8:] == [
        "F5",
        "F6",
        "F7",
        "F8",
        "A5",
        "A6",
        "A7",
        "A8",
        "F9",
        "F10",
        "F11",
        "F12",
    ]
    assert twenty["案件"].tolist()[8:16] == eight["案件"].tolist()
    assert (twenty["見逃し単価"].to_numpy()[8:16] != eight["見逃し単価"].to_numpy()).all()
    assert DECISIONS[int(truth.effects["decision_F8"])] == "見送り"


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_cases(random_state=3)
    by_generator, _ = make_cases(random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


@pytest.mark.parametrize("n", [0, -1, 8_001, 2.5, float("nan"), float("inf"), "8", None])
def test_a_number_of_cards_that_makes_no_sense_is_refused(n):
    with pytest.raises(ValueError, match="between 1 and 8000"):
        make_cases(n=n)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["cases"], tmp_path, SHIPPED_SEED)
    relative = "cases/cases.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert load_cases()["案件番号"].tolist() == list(RIGHT)

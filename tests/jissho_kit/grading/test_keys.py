"""Keys are computed from the data, told apart, and drawn from the secret."""

from __future__ import annotations

import pytest

from jissho_kit import truths
from jissho_kit.grading.items import Item
from jissho_kit.grading.keys import NotSeparable, derive, draw_params, make_key
from jissho_kit.grading.proof import prove


@pytest.fixture(scope="module")
def data():
    return truths.draw_tables(3)


def changed(item: Item, **changes) -> Item:
    raw = item.model_dump(exclude_none=True)
    return Item.model_validate(raw | changes)


def test_the_promises_hold_for_every_kind(toy_items, data):
    assert prove(toy_items, data) == []


def test_a_number_item_gets_the_lesson_data_answer(toy_items, data):
    key = make_key(toy_items[0], data)
    automatic = key.wrong[-1]
    assert automatic.because == "S05"
    assert automatic.answer == truths.result("toy.share", truths.shipped_tables()) != key.right
    assert "練習用の数字" in automatic.say


def test_values_too_close_to_tell_are_refused(toy_items, data):
    right = truths.result("toy.share", data)
    wide = changed(toy_items[0], right={"result": "toy.share", "tolerance": abs(right - 0.5)})
    with pytest.raises(NotSeparable, match="G-A-1.a"):
        make_key(wide, data)


def test_the_other_reading_of_a_unit_counts_as_close(toy_items, data):
    """Right share x: a known wrong answer of 100 x would be x written without the per cent."""
    right = truths.result("toy.share", data)
    wrong = [
        {"value": 100 * right, "because": "S02", "say": "単位は。"},
        *toy_items[0].model_dump(exclude_none=True)["wrong"],
    ]
    with pytest.raises(NotSeparable):
        make_key(changed(toy_items[0], wrong=wrong), data)


def test_a_choice_that_is_not_true_on_the_data_is_refused(toy_items, data):
    truths.RESULTS["toy_choice"] = lambda tables, **_: {"top": "キズ"}
    try:
        with pytest.raises(NotSeparable, match="汚れ"):
            make_key(changed(toy_items[1], right={"choice": "汚れ", "result": "toy_choice.top"}), data)
    finally:
        del truths.RESULTS["toy_choice"]


def test_an_option_without_a_sentence_is_refused(toy_items, data):
    item = changed(toy_items[1], wrong=toy_items[1].model_dump(exclude_none=True)["wrong"][:1])
    with pytest.raises(NotSeparable, match="寸法"):
        make_key(item, data)


def test_a_sentence_that_gives_the_number_away_is_refused(toy_items, data):
    right = truths.result("toy.share", data)
    wrong = toy_items[0].model_dump(exclude_none=True)["wrong"]
    wrong[0]["say"] = f"答えは {right:.2%} です。"
    with pytest.raises(NotSeparable, match="正解の値"):
        make_key(changed(toy_items[0], wrong=wrong), data)


def test_faults_that_share_a_label_are_refused(toy_items, data):
    wrong = toy_items[5].model_dump(exclude_none=True)["wrong"]
    wrong[1]["function"] = "toy_none"
    with pytest.raises(NotSeparable, match="見分けられません"):
        make_key(changed(toy_items[5], wrong=wrong), data)


def test_seeds_come_from_secret_and_label_alone():
    assert derive(b"a", "x") == derive(b"a", "x")
    assert len({derive(b"a", "x"), derive(b"a", "y"), derive(b"b", "x")}) == 3


def test_parameters_are_drawn_from_the_list(toy_items):
    drawn = {draw_params(toy_items[0], seed)["limit"] for seed in range(20)}
    assert drawn == {0.1, 0.2}


def test_hidden_inputs_do_not_change_between_two_computations(toy_items, data):
    assert make_key(toy_items[5], data, seed=4).inputs == make_key(toy_items[5], data, seed=4).inputs
    assert make_key(toy_items[5], data, seed=4).inputs != make_key(toy_items[5], data, seed=5).inputs


def test_other_right_answers_are_proven_and_kept_apart(toy_items, data):
    def having(index, *also):
        return changed(toy_items[index], also_right=list(also))

    assert prove([having(0, {"value": 0.77, "note": "別解です。"})], data) == []
    assert prove([having(3, {"order": ["分ける", "集める", "学ぶ"]})], data) == []
    assert prove([having(6, {"function": "toy_double_by_adding"})], data) == []
    with pytest.raises(NotSeparable):
        make_key(having(0, {"result": "toy.half"}), data)
    with pytest.raises(NotSeparable):
        make_key(having(6, {"function": "toy_square"}), data)
    with pytest.raises(NotSeparable, match="toy_same"):
        make_key(having(5, {"function": "toy_same"}), data)


def test_the_last_option_may_be_right_too(toy_items, data):
    raw = toy_items[1].model_dump(exclude_none=True)
    also, *wrong = raw["wrong"]
    item = changed(toy_items[1], also_right=[{"choice": also["choice"]}], wrong=wrong)
    assert prove([item], data) == []


def test_a_stated_partial_credit_is_proven(toy_items, data):
    wrong = toy_items[0].model_dump(exclude_none=True)["wrong"]
    wrong[0]["points"] = 0.5
    item = changed(toy_items[0], wrong=wrong)
    assert make_key(item, data).wrong[0].points == 0.5
    assert prove([item], data) == []


@pytest.mark.parametrize(
    ("index", "changes", "said"),
    [
        (0, {"also_right": [{"choice": "汚れ"}]}, "使えない書き方"),
        (0, {"also_right": [{"note": "別解"}]}, "答えの書き方がありません"),
        (2, {"also_right": [{"includes": "期間"}]}, "使えない書き方"),
        (1, {"also_right": [{"choice": "バリ"}]}, "選択肢にない"),
        (1, {"equivalent": {"並びが逆": "順は問いません。"}}, "使えないキー"),
    ],
)
def test_other_right_answers_are_checked_like_any(toy_items, index, changes, said):
    with pytest.raises(ValueError, match=said):
        changed(toy_items[index], **changes)


def test_a_wrong_answer_earns_less_than_the_right_one(toy_items):
    for index, points, said in [(0, 2, "満点"), (2, 1, "includes")]:
        wrong = toy_items[index].model_dump(exclude_none=True)["wrong"]
        wrong[0]["points"] = points
        with pytest.raises(ValueError, match=said):
            changed(toy_items[index], wrong=wrong)

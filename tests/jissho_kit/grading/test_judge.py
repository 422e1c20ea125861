"""The judge: honest answers in any writing, hostile bundles without harm."""

from __future__ import annotations

import numpy as np
import pytest

from jissho.bundle import bundle, encode
from jissho.errors import ContentError
from jissho_kit import truths
from jissho_kit.grading.judge import AGAIN, judge
from jissho_kit.grading.keys import AlsoRight, make_key


@pytest.fixture(scope="module")
def keys(toy_items):
    data = truths.draw_tables(3)
    return {item.id[-1]: make_key(item, data, seed=1) for item in toy_items}


def given(key, value, kind="answer"):
    return judge(key, bundle(key.id, kind, value if kind == "probe" else encode(value)))


def written(key) -> str:
    return f"{key.right * 100:.4f}"


@pytest.mark.parametrize("form", ["{}", "{}%", " {} ％ ", "（{}）", "約{}%"])
def test_a_number_counts_in_any_writing(keys, form):
    assert given(keys["a"], form.format(written(keys["a"]))).state == "right"


def test_full_width_digits_count(keys):
    wide = written(keys["a"]).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert given(keys["a"], wide).state == "right"


def test_a_share_without_the_unit_counts(keys):
    assert given(keys["a"], keys["a"].right).state == "right"
    assert given(keys["a"], np.float64(keys["a"].right)).state == "right"


@pytest.mark.parametrize("value", [True, "たくさん", [1, 2], {"a": 1}])
def test_what_is_no_number_is_an_error_not_a_wrong_answer(keys, value):
    verdict = given(keys["a"], value)
    assert (verdict.points, verdict.state) == (0, "error")


def test_nan_is_named(keys):
    verdict = given(keys["a"], float("nan"))
    assert verdict.because == "nan" and "NaN" in verdict.message


def test_any_other_number_is_wrong_without_a_hint(keys):
    verdict = given(keys["a"], "77.7")
    assert (verdict.state, verdict.message, verdict.points) == ("wrong", AGAIN, 0)


@pytest.mark.parametrize("value", [None, "", "　", "未回答", [], {}])
@pytest.mark.parametrize("item", "abcde")
def test_blank_is_not_called_wrong(keys, item, value):
    verdict = given(keys[item], value)
    assert (verdict.points, verdict.state, verdict.message) == (0, "blank", "未解答です。")


@pytest.mark.parametrize("value", ["汚れ", "「汚れ」", "ア", "あ", "ｱ", "（ア）", ["汚れ"]])
def test_a_choice_by_text_or_label(keys, value):
    assert given(keys["b"], value).state == "right"


@pytest.mark.parametrize("value", ["い", "（ｲ）"])
def test_a_wrong_choice_by_label_gets_its_sentence(keys, value):
    verdict = given(keys["b"], value)
    assert "件数で一番" in verdict.message and verdict.because == "S04"


def test_what_is_no_option_is_quoted(keys):
    verdict = given(keys["b"], "バリ" * 200)
    assert verdict.state == "error" and "バリ" in verdict.message and len(verdict.message) < 120


@pytest.mark.parametrize("value", [["期間", "見逃し率"], "期間、見逃し率", {"期間", "見逃し率"}, "ア, イ"])
def test_choices_in_any_order_and_shape(keys, value):
    assert given(keys["c"], value).state == "right"


def test_a_wrong_inclusion_takes_one_off_and_is_named(keys):
    verdict = given(keys["c"], ["期間", "見逃し率", "学習時間"])
    assert (verdict.state, verdict.points) == ("partial", 1.0)
    assert "学習時間は" in verdict.message
    assert given(keys["c"], ["期間", "学習時間"]).points == 0
    assert given(keys["c"], ["期間"]).points == 1.0


def test_an_order_needs_every_place(keys):
    assert given(keys["d"], ["集める", "分ける", "学ぶ"]).state == "right"
    assert given(keys["d"], ["集める", "学ぶ", "分ける"]).because == "M05"


def test_classes_give_a_share_but_a_known_misconception_none(keys):
    assert given(keys["e"], {"外観": "AI", "期限": "ルール", "配合": "ルール"}).points == 2.0
    assert given(keys["e"], {"外観": "AI", "期限": None, "配合": ""}).points == 1.0
    everything = given(keys["e"], {"外観": "AI", "期限": "AI", "配合": "AI"})
    assert (everything.points, everything.because) == (0, "M01")


def test_a_function_that_raised_is_named_with_its_error(keys):
    failed = [{"error": "raised", "type": "KeyError", "message": "'<b>列</b>'"}] * 2
    verdict = given(keys["f"], failed, "probe")
    assert verdict.state == "error" and "KeyError" in verdict.message


def test_a_function_that_returns_nothing_is_blank(keys):
    assert given(keys["f"], [None, None], "probe").state == "blank"


def test_a_function_of_the_wrong_shape_is_no_crash(keys):
    assert given(keys["f"], [encode(3), encode("x")], "probe").state == "error"
    assert given(keys["f"], [encode(3)], "probe").because == "malformed"
    assert given(keys["g"], [encode(3), encode("x")], "probe").state == "wrong"


@pytest.mark.parametrize(
    ("hostile", "because"),
    [
        (None, "no-bundle"),
        ("text", "malformed"),
        ({}, "malformed"),
        ({"v": 2, "item": "G-A-1.a", "kind": "answer", "value": 1}, "malformed"),
        ({"v": 1, "item": "G-A-1.b", "kind": "answer", "value": 1}, "other-id"),
        ({"v": 1, "item": "G-A-1.a", "kind": "answer", "value": float("inf")}, "malformed"),
        ({"v": 1, "item": "G-A-1.a", "kind": "answer", "value": "9" * 2_000_000}, "too-big"),
        ({"v": 1, "item": "G-A-1.a", "kind": "answer", "value": {"t": "pickle", "v": "x"}}, "malformed"),
        ({"v": 1, "item": "G-A-1.a", "kind": "error", "value": {"error": "no-file"}}, "no-file"),
        ({"v": 1, "item": "G-A-1.a", "kind": "error", "value": {"error": ["no-file"]}}, "malformed"),
        ({"v": 1, "item": "G-A-1.a", "kind": "probe", "value": 1}, "malformed"),
        ({"v": 1, "item": "G-A-1.a", "kind": ["answer"], "value": 1}, "malformed"),
        ({"v": 1, "item": "G-A-1.a", "value": 1}, "malformed"),
    ],
)
def test_a_hostile_or_broken_bundle_is_zero_and_named(keys, hostile, because):
    verdict = judge(keys["a"], hostile)
    assert (verdict.points, verdict.state, verdict.because) == (0, "error", because)


def test_a_bottomless_bundle_is_no_crash(keys):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert judge(keys["a"], {"v": 1, "item": "G-A-1.a", "kind": "answer", "value": deep}).state == "error"


def test_no_message_contains_the_right_value(keys):
    key = keys["a"]
    said = [given(key, value).message for value in (key.right * 50, 77.7, "x", *[w.answer * 100 for w in key.wrong])]
    for text in said:
        assert f"{key.right:.3f}" not in text and f"{key.right * 100:.1f}" not in text


def test_prose_is_left_to_the_instructor(keys):
    assert judge(keys["h"], None).state == "manual"
    written = given(keys["h"], "根拠は三つ。")
    assert (written.state, written.points, written.answer) == ("manual", 0, "根拠は三つ。")
    assert given(keys["h"], "").state == "blank" and given(keys["h"], 3).state == "error"


def test_another_right_answer_is_right_and_its_note_is_said(keys):
    key = keys["a"].model_copy(update={"also": [AlsoRight(answer=0.75, note="全員が専門家でない場合の別解です。")]})
    other = given(key, "75%")
    assert (other.state, other.points) == ("right", key.points) and "別解" in other.message
    assert "別解" not in given(key, written(key)).message
    assert given(key, 75).state == "right" and given(key, 76).state == "wrong"


def test_a_known_wrong_answer_may_earn_something(keys):
    wrong = [one.model_copy(update={"points": 0.5}) for one in keys["b"].wrong]
    found = given(keys["b"].model_copy(update={"wrong": wrong}), "キズ")
    assert (found.state, found.points, found.because) == ("partial", 0.5, "S04") and "件数で一番" in found.message


def test_too_many_words_are_no_choice(keys):
    assert given(keys["c"], ["期間"] * 100_000).because == "not-an-option"
    assert given(keys["e"], {str(n): "AI" for n in range(10_000)}).because == "kind"


def test_a_criterion_that_is_gone_is_the_instructors_to_mend(keys):
    with pytest.raises(ContentError, match="nowhere"):
        given(keys["f"].model_copy(update={"criterion": "nowhere"}), [[[1], [2]]] * 2, "probe")

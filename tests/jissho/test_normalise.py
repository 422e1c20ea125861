import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jissho.normalise import is_blank, normalise_choice, parse_number

BARE, WRITTEN = False, True


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("12%", "%", [(0.12, WRITTEN)]),
        ("１２％", "%", [(0.12, WRITTEN)]),
        ("12 %", "", [(0.12, WRITTEN)]),
        ("12パーセント", "%", [(0.12, WRITTEN)]),
        ("１２ﾊﾟｰｾﾝﾄ", "%", [(0.12, WRITTEN)]),
        ("99.55％", "", [(0.9955, WRITTEN)]),
        ("0.12", "", [(0.12, BARE), (0.0012, BARE)]),
        ("12", "%", [(0.12, BARE), (12.0, BARE)]),
        ("99。55", "%", [(0.9955, BARE), (99.55, BARE)]),
        ("９９・５５", "%", [(0.9955, BARE), (99.55, BARE)]),
        ("3割", "%", [(0.3, WRITTEN)]),
        ("２割５分", "", [(0.25, WRITTEN)]),
        ("3,600万", "円", [(36_000_000.0, WRITTEN)]),
        ("3,600万円", "万円", [(36_000_000.0, WRITTEN)]),
        ("３、６００万円", "万円", [(36_000_000.0, WRITTEN)]),
        ("3600", "万円", [(36_000_000.0, BARE), (3600.0, BARE)]),
        ("3600", "円", [(3600.0, BARE), (36_000_000.0, BARE)]),
        ("1.2億円", "万円", [(120_000_000.0, WRITTEN)]),
        ("1億2,000万円", "円", [(120_000_000.0, WRITTEN)]),
        ("3千万", "円", [(30_000_000.0, WRITTEN)]),
        ("三百万円", "円", [(3_000_000.0, WRITTEN)]),
        ("千円", "円", [(1000.0, WRITTEN)]),
        ("￥1,234,567", "円", [(1_234_567.0, WRITTEN)]),
        ("▲5", "個", [(-5.0, BARE)]),
        ("△5万円", "円", [(-50_000.0, WRITTEN)]),
        ("−5", "個", [(-5.0, BARE)]),
        ("－５", "個", [(-5.0, BARE)]),
        ("+5", "個", [(5.0, BARE)]),
        ("90個", "個", [(90.0, WRITTEN)]),
        ("90枚", "個", [(90.0, WRITTEN)]),
        ("2万個", "個", [(20_000.0, WRITTEN)]),
        ("（90）", "個", [(90.0, BARE)]),
        ("「90」", "個", [(90.0, BARE)]),
        ("約10", "個", [(10.0, BARE)]),
        ("10くらい", "個", [(10.0, BARE)]),
        ("答え：10です。", "個", [(10.0, BARE)]),
        ("19,910/20,000", "", [(0.9955, BARE), (0.009955, BARE)]),
        ("1e-3", "", [(0.001, BARE), (0.00001, BARE)]),
        (".54", "個", [(0.54, BARE)]),
        ("十二", "個", [(12.0, WRITTEN)]),
        ("120分", "分", [(120.0, WRITTEN)]),
        (90, "個", [(90.0, BARE)]),
        (0.9955, "%", [(0.009955, BARE), (0.9955, BARE)]),
    ],
)
def test_numbers_as_people_write_them(text, unit, expected):
    readings = parse_number(text, unit)
    assert [explicit for _, explicit in readings] == [explicit for _, explicit in expected]
    assert [value for value, _ in readings] == pytest.approx([value for value, _ in expected], rel=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "　", "未回答", "わからない", "万", "-", "▲", "1,2", "1,23,456", "10〜20", "10 20", "1.2.3", "10²", "①", "12%%",
     "90kg", "1/0", "nan", "inf", "1e999", "9" * 100_000, "1億2億", "3万5億"],
)  # fmt: skip
def test_what_is_not_one_number_has_no_reading(text):
    assert parse_number(text, "個") == []


@pytest.mark.parametrize(
    "value", [True, False, None, [], [1], {}, {"a": 1}, math.nan, math.inf, -math.inf, 10**400, b"12"]
)
def test_what_is_not_a_number_at_all(value):
    assert parse_number(value, "") == []


def test_a_minute_count_is_no_money():
    assert parse_number("120分", "円") == []


@given(st.text(max_size=60), st.sampled_from(["", "%", "円", "万円", "個", "分", "変な単位"]))
def test_any_text_gives_finite_readings_or_none(text, unit):
    assert all(math.isfinite(value) for value, _ in parse_number(text, unit))


@given(st.integers(-(10**12), 10**12))
def test_separators_and_width_do_not_change_a_number(number):
    wide = f"{number:,}".translate(str.maketrans("0123456789,-", "０１２３４５６７８９，－"))
    assert parse_number(wide, "個") == parse_number(str(number), "個") == [(float(number), BARE)]


@pytest.mark.parametrize("text", ["イ", "ｲ", "い", "（イ）", "(い)", " イ ", "イ。", "「イ」", "【い】"])
def test_one_choice_written_in_many_ways(text):
    assert normalise_choice(text) == "イ"


def test_choices_that_differ_stay_different():
    assert normalise_choice("見逃し率") == normalise_choice("見逃 し率") != normalise_choice("過検出率")
    assert normalise_choice("ＡＩ") == normalise_choice("ai")
    assert normalise_choice(3) == "3"
    assert [normalise_choice(v) for v in (True, None, ["イ"], 1.5)] == ["", "", "", ""]


def test_blank_is_nothing_at_all():
    assert all(is_blank(v) for v in ("", " 　", None, [], {}, "未回答", "（未回答）"))
    assert not any(is_blank(v) for v in ("0", 0, False, [0], "なし", 0.0))

"""Numbers, units and marks as they are written in Japan, value by value."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import Mending
from jissho.datasets._own._values import is_unit, read_number, unit_in_name


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("１２．５", 12.5),
        ("1,234", 1234),
        ("1，234", 1234),
        ("１，２３４，５６７", 1234567),
        ("△3", -3),
        ("▲1,200", -1200),
        ("−4.5", -4.5),
        ("－３", -3),
        ("ー7", -7),
        ("‐6", -6),
        ("△ 5", -5),
        ("＋8", 8),
        ("(1,234)", -1234),
        ("（12）", -12),
        ("¥1,200", 1200),
        ("￥1,200-", 1200),
        ("\\800", 800),
        ("1,200円", 1200),
        ("▲1,200円", -1200),
        ("3万円", 30_000),
        ("1.5万円", 15_000),
        ("2億", 200_000_000),
        ("12.5℃", 12.5),
        ("300 kg", 300),
        ("12.5%", 12.5),
        ("１２％", 12),
        ("5m²", 5),
        ("1.2kg/10a", 1.2),
        ("1.5e-3", 0.0015),
        ("+    25.3", 25.3),
        ("12.5 )", 12.5),
        ("14.0 ]", 14.0),
    ],
)
def test_a_number(written, value):
    number = read_number(written)
    assert number.value == value and type(number.value) is type(value)


@pytest.mark.parametrize(
    "written", ["1,5", "12,34", "1,234,5", "約300", "300以上", "1/2", "1.2.3", "10-20", "①", "10²", "½", "12号機", "1班", "4月", "A12", "--5", "△−3",
                "(5", "3 4", "1 234", "", "℃", "12kg5", "±3"]
)  # fmt: skip
def test_not_one_number(written):
    assert read_number(written) is None


@pytest.mark.parametrize(
    "unit", ["℃", "kg", "(円)", "[mm]", "％", "kg/10a", "μmol/m2/s", "㎡", "千円", "MPa", "単位：kg", "個"]
)
def test_a_unit(unit):
    assert is_unit(unit)


@pytest.mark.parametrize("text", ["気温", "号機", "A棟", "備考", "kgA", "12", ""])
def test_not_a_unit(text):
    assert not is_unit(text)


def test_a_unit_in_a_heading_is_found_and_the_heading_kept(own):
    assert [unit_in_name(n) for n in ["気温(℃)", "重量［kg］", "長さ(A面)", "気温"]] == ["℃", "kg", "", ""]
    table, mendings = own("気温（℃）,長さ(A面)\n12,3\n")
    assert list(table) == ["気温（℃）", "長さ(A面)"] and table.attrs["units"] == {"気温（℃）": "℃"} and mendings == []


def test_each_changed_value_is_listed_with_line_column_before_after_and_why(column):
    series, mendings = column("気温", ["12.5", "１３", "-", "〃"])
    assert mendings[0] == Mending(3, "気温", "１３", 13, "全角の文字を半角として読みました。")
    assert [(m.row, m.before, m.after) for m in mendings[1:]] == [(4, "-", None), (5, "〃", None)]


def test_a_ditto_is_filled_with_what_stands_above(column):
    series, mendings = column("産地", ["久留米", "〃", "同上", '""""', "八女"])
    assert series.tolist() == ["久留米"] * 4 + ["八女"]
    assert [(m.row, m.after) for m in mendings] == [(3, "久留米"), (4, "久留米"), (5, "久留米")]


def test_a_ditto_with_nothing_above_stays(column):
    series, mendings = column("産地", ["〃", "八女"])
    assert series[0] == "〃" and mendings[0].before == mendings[0].after == "〃" and "読めない" in mendings[0].why


@pytest.mark.parametrize(
    "mark", ["-", "―", "ー", "NA", "NA ", "N/A", "n/a", "nan", "欠測", "*", "***", "#N/A", "#DIV/0!", "×", "///"]
)
def test_a_mark_for_a_missing_value_among_numbers(column, mark):
    series, mendings = column("気温", ["12", mark, "13"])
    assert series.dtype == "float64" and np.isnan(series[1])
    assert [(m.row, m.before, m.after) for m in mendings] == [(3, mark, None)]


def test_blanks_are_missing_and_nothing_was_mended(column):
    series, mendings = column("気温", ["12", "", "13"])
    assert np.isnan(series[1]) and mendings == []


@pytest.mark.parametrize("mark", ["×", "*", "なし", "欠"])
def test_marks_that_are_categories_among_text_stay(column, mark):
    series, mendings = column("判定", ["○", mark, "○", "△"])
    assert series.tolist() == ["○", mark, "○", "△"] and mendings == []


def test_what_cannot_be_read_stays_visible_among_the_numbers(column):
    series, mendings = column("湿度", ["55", "測定不能", "なし", "60", "61"])
    assert series.tolist() == [55, "測定不能", "なし", 60, 61] and series.dtype == object
    assert pd.to_numeric(series, errors="coerce").sum() == 176
    assert [(m.before, m.after) for m in mendings] == [("測定不能",) * 2, ("なし",) * 2] and all(
        "読めない" in m.why for m in mendings
    )


def test_a_minority_of_numbers_leaves_a_text_column_alone(column):
    series, mendings = column("備考", ["12", "雨のため中止", "１３", "晴れ", "確認済み"])
    assert series.tolist() == ["12", "雨のため中止", "１３", "晴れ", "確認済み"] and mendings == []


def test_outer_blanks_of_text_are_taken_off_and_told(column):
    series, mendings = column("品種", ["　あまおう ", "とよのか"])
    assert series.tolist() == ["あまおう", "とよのか"]
    assert [(m.before, m.after) for m in mendings] == [("　あまおう ", "あまおう")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("品番", ["00123", "00124", "12345"]),
        ("電話番号", ["0942123456", "0942123457", "0942123458"]),
        ("月", ["01", "02", "12"]),
        ("ID", ["12345678901234567890", "12345678901234567891", "5"]),
        ("カード", ["1234567890123456", "", "1234567890123457"]),
        ("項番", ["(1)", "(2)", "(3)"]),
        ("等級", ["①", "②", "③"]),
        ("設備", ["1号機", "2号機", "3号機"]),
        ("品番", ["123", "456", "A-78"]),
        ("版", ["1.2.3", "1.2.4", "10.2.3"]),
        ("材質", ["S45", "H30", "R6"]),
        ("枝番", ["1-2", "1-3", "2-1"]),
        ("品番", ["01.10", "01.20", "02.10"]),
    ],
)
def test_names_made_of_figures_stay_text(column, name, values):
    series, mendings = column(name, values)
    assert series.fillna("").tolist() == values and series.dtype == "str" and mendings == []


def test_long_numbers_without_gaps_are_exact_integers(column):
    series, _ = column("ID", ["1234567890123456", "1234567890123457", "5"])
    assert series.tolist() == [1234567890123456, 1234567890123457, 5]


def test_a_loggers_padded_figures_are_numbers_and_told(column):
    series, mendings = column("ch1", ["0012.5", "+0003.2", "-0003.1"])
    assert series.tolist() == [12.5, 3.2, -3.1] and all("先頭の0" in m.why for m in mendings)


@pytest.mark.parametrize(
    ("values", "numbers", "unit"),
    [
        (["12.5%", "13%", "14%"], [12.5, 13, 14], "%"),
        (["12.5℃", "13.0℃", "12.8℃"], [12.5, 13, 12.8], "℃"),
        (["300kg", "12 ㎏", "1,000kg"], [300, 12, 1000], "kg"),
        (["¥1,200", "1,300円", "3万円"], [1200, 1300, 30000], "円"),
        (["5個", "6", "7個"], [5, 6, 7], "個"),
    ],
)
def test_a_unit_that_the_column_carries_is_taken_off_and_kept_beside_it(own, values, numbers, unit):
    table, mendings = own("番\t値\n" + "".join(f"{i}\t{v}\n" for i, v in enumerate(values)))
    assert table["値"].tolist() == numbers and table.attrs["units"] == {"値": unit}
    assert [m.before for m in mendings] == values


def test_units_that_do_not_agree_are_not_mixed(column):
    assert column("重さ", ["300kg", "0.3t", "200g"])[0].tolist() == ["300kg", "0.3t", "200g"]
    series, mendings = column("率", ["0.5", "0.6", "0.7", "50%"])
    assert series.tolist() == [0.5, 0.6, 0.7, "50%"] and "単位" in mendings[0].why


def test_true_and_false_as_pandas_reads_them(column):
    assert column("合格", ["TRUE", "False", "true"])[0].tolist() == [True, False, True]

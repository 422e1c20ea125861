"""Dates, times and 和暦 as they are written in Japan."""

import pandas as pd
import pytest

PLAIN = {"2024/4/1", "2024-04-01", "2024/4/1 9:05", "9999/12/31"}  # any program reads them: nothing was mended


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和6年4月1日", "2024-04-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("R6.4.1", "2024-04-01"),
        ("R6/4/1", "2024-04-01"),
        ("R6-4-1", "2024-04-01"),
        ("Ｒ６．４．１", "2024-04-01"),
        ("r06.04.01", "2024-04-01"),
        ("令和 6年 4月 1日", "2024-04-01"),
        ("㋿6年4月1日", "2024-04-01"),
        ("令6.4.1", "2024-04-01"),
        ("H31.4.30", "2019-04-30"),
        ("S63.12.1", "1988-12-01"),
        ("昭和64年1月7日", "1989-01-07"),
        ("平成元年1月8日", "1989-01-08"),
        ("昭和元年12月25日", "1926-12-25"),
        ("大正15年12月25日", "1926-12-25"),
        ("大正元年7月30日", "1912-07-30"),
        ("明治45年7月30日", "1912-07-30"),
        ("M6.1.1", "1873-01-01"),
        ("平成32年1月1日", "2020-01-01"),
        ("2024/4/1", "2024-04-01"),
        ("2024-04-01", "2024-04-01"),
        ("2024.4.1", "2024-04-01"),
        ("２０２４／４／１", "2024-04-01"),
        ("2024年4月1日", "2024-04-01"),
        ("24年4月1日", "2024-04-01"),
        ("98年4月1日", "1998-04-01"),
        ("2024/4/1(月)", "2024-04-01"),
        ("2024/4/3（水・祝）", "2024-04-03"),
        ("2024年4月2日火曜日", "2024-04-02"),
        ("2024年4月", "2024-04-01"),
        ("令和6年4月", "2024-04-01"),
        ("45383", "2024-04-01"),
        ("45383.5", "2024-04-01 12:00"),
        ("4/25/2024", "2024-04-25"),
        ("25/4/2024", "2024-04-25"),
        ("2024/4/1 9:05", "2024-04-01 09:05"),
        ("2024/4/1 25:30", "2024-04-02 01:30"),
        ("2024/12/31 24:00", "2025-01-01 00:00"),
        ("令和6年4月1日 午後1時5分", "2024-04-01 13:05"),
        ("2024/4/1(月) 10:00:30", "2024-04-01 10:00:30"),
        ("2024-04-01T10:00:00+09:00", "2024-04-01 10:00"),
        ("9999/12/31", "9999-12-31"),
    ],
)
def test_a_day(column, written, day):
    series, mendings = column("測定日", [written, "2024/5/6"])
    assert series.dtype == "datetime64[us]" and series[0] == pd.Timestamp(day)
    told = [] if written in PLAIN else [(2, written, pd.Timestamp(day))]
    assert [(m.row, m.before, m.after) for m in mendings] == told


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("R6.2.30", "暦にない"),
        ("昭和64年1月8日", "1月7日まで"),
        ("令和元年4月30日", "5月1日から"),
        ("明治5年4月1日", "旧暦"),
        ("2023/2/29", "暦にない"),
        ("4月1日", "年か元号"),
        ("4/1", "年か元号"),
        ("6年4月1日", "年か元号"),
        ("03/04/2024", "順番"),
        ("24/04/01", "順番"),
        ("13:05", "日付がありません"),
        ("令和6年", "月と日がありません"),
        ("2024/4/1 25:70", "時刻"),
        ("2024/4/1 午前12時", "時刻"),
        ("9999/12/31 99:00", "9999年"),
        ("2024/4/1～4/5", "読めない"),
        ("不明", "読めない"),
    ],
)
def test_a_day_that_cannot_be_told_stays_as_it_is_with_the_reason(column, written, why):
    series, mendings = column("測定日", ["2024/5/5", written, "2024/5/6"])
    assert series.tolist() == [pd.Timestamp("2024-05-05"), written, pd.Timestamp("2024-05-06")]
    assert [(m.row, m.before, m.after) for m in mendings] == [(3, written, written)]
    assert "読めない" in mendings[0].why and why in mendings[0].why


def test_a_weekday_that_does_not_fit_is_told(column):
    _, mendings = column("日付", ["2024/4/1(火)"])
    assert "月曜日" in mendings[0].why


def test_formats_may_be_mixed_in_a_column(column):
    series, mendings = column("日付", ["2024/4/1", "2024-04-02", "2024年4月3日", "R6.4.4", "45387", "20240406"])
    assert series.tolist() == [pd.Timestamp(2024, 4, day) for day in range(1, 7)]
    assert [m.row for m in mendings] == [4, 5, 6, 7]


def test_the_order_of_day_and_month_is_read_only_when_proved(column):
    assert column("date", ["4/1/2024", "4/25/2024"])[0].tolist() == [
        pd.Timestamp("2024-04-01"),
        pd.Timestamp("2024-04-25"),
    ]
    assert column("date", ["3/4/2024", "5/4/2024"])[0].tolist() == ["3/4/2024", "5/4/2024"]
    assert column("日付", ["24/04/01", "24/04/02", "24/04/03"])[0][2] == pd.Timestamp("2024-04-03")


def test_eight_figures_and_serials_are_days_only_where_the_heading_says_so(column):
    assert column("検査日", ["20240401", "20240402"])[0][1] == pd.Timestamp("2024-04-02")
    assert column("出荷日", ["45383", "45384"])[0][1] == pd.Timestamp("2024-04-02")
    assert column("数量", ["20240401", "20240402"])[0].tolist() == [20240401, 20240402]
    assert column("部品", ["45383", "45384"])[0].tolist() == [45383, 45384]
    assert column("稼働日数", ["45383", "45384"])[0].tolist() == [45383, 45384]
    assert column("検査日", ["20240401", "20249999"])[0].tolist() == [20240401, 20249999]


def test_days_without_a_year_are_all_named(column):
    series, mendings = column("出荷日", ["4月1日", "4月2日"])
    assert series.tolist() == ["4月1日", "4月2日"] and len(mendings) == 2


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("令和6年", 2024),
        ("令和元年", 2019),
        ("R6", 2024),
        ("S63", 1988),
        ("平成31年度", 2019),
        ("昭和63", 1988),
        ("2024年", 2024),
        ("明治5年", 1872),
    ],
)
def test_a_year_alone_is_the_western_year(column, written, year):
    series, mendings = column("製造年", [written, "2023"])
    assert series.tolist() == [year, 2023] and series.dtype == "int64" and mendings[0].before == written


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("13:05", "13:05:00"),
        ("13:05:30", "13:05:30"),
        ("13時05分", "13:05:00"),
        ("13時", "13:00:00"),
        ("3時半", "03:30:00"),
        ("午後1時5分", "13:05:00"),
        ("午前9:30", "09:30:00"),
        ("12:00 AM", "00:00:00"),
        ("1:05 PM", "13:05:00"),
        ("１３：０５", "13:05:00"),
        ("25:30", "1 days 01:30:00"),
        ("24:00", "1 days 00:00:00"),
    ],
)
def test_a_time_of_day_is_the_time_since_midnight(column, written, time):
    series, _ = column("時刻", ["8:00", written])
    assert series.dtype == "timedelta64[us]" and series[1] == pd.Timedelta(time)


def test_date_and_time_stay_two_columns_and_add_up(own):
    table, mendings = own("日付,時刻\n2024/4/1,25:30\n2024/4/2,9:00\n")
    assert (table["日付"] + table["時刻"]).tolist() == [
        pd.Timestamp("2024-04-02 01:30"),
        pd.Timestamp("2024-04-02 09:00"),
    ]
    assert [(m.row, m.column, m.before) for m in mendings] == [(2, "時刻", "25:30")] and "翌日" in mendings[0].why


@pytest.mark.parametrize("written", ["25:70", "午前12時30分", "午後13時"])
def test_a_time_that_is_none_stays(column, written):
    series, mendings = column("時刻", ["8:00", written, "9:00"])
    assert series[1] == written and "読めない" in mendings[0].why

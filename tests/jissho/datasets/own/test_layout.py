"""Where the table is: titles, headings, units, totals, notes, empty and ragged rows."""

import pandas as pd
import pandas.testing as pdt
import pytest

from jissho.datasets import Mending

REPORT = """令和6年度　第一温室①記録,,,,
作成日：2024/4/30,,作成者：髙橋㈱,,

日付,環境,,収量,
,気温,湿度,総量,秀品率
,℃,％,kg,%
2024/4/1(月),１２．５,55,"1,234",12.5%
2024/4/2(火),△３,-,"2,345",13.5%
小計,,,"3,579",
R6.4.3,〃,61,"3,000",14%

合　計,,,"6,579",
平均,4,58,,
※ 気温は1.5mで測定,,,,
"""


def rows_of(mendings, word):
    return [m.row for m in mendings if word in m.why]


def test_a_whole_report_as_a_farm_keeps_it(own):
    table, mendings = own(REPORT, "cp932")
    expected = pd.DataFrame(
        {
            "日付": pd.to_datetime(["2024-04-01", "2024-04-02", "2024-04-03"]).astype("datetime64[us]"),
            "環境_気温": [12.5, -3.0, -3.0],
            "環境_湿度": [55.0, None, 61.0],
            "収量_総量": [1234, 2345, 3000],
            "収量_秀品率": [12.5, 13.5, 14.0],
        }
    )
    pdt.assert_frame_equal(table, expected)
    assert table.attrs["units"] == {"環境_気温": "℃", "環境_湿度": "%", "収量_総量": "kg", "収量_秀品率": "%"}
    assert rows_of(mendings, "表の上") == [1, 2] and rows_of(mendings, "合計や平均") == [9, 12, 13]
    assert (
        rows_of(mendings, "注の行") == [14]
        and rows_of(mendings, "空の行") == [3, 11]
        and rows_of(mendings, "単位の行") == [6] * 4
    )
    assert mendings[0] == Mending(1, "", "令和6年度　第一温室①記録", None, mendings[0].why)
    assert mendings == sorted(mendings, key=lambda m: m.row)


@pytest.mark.parametrize(
    ("text", "names", "count"),
    [
        # The Meteorological Agency's download: station, element, quality.
        ("ダウンロードした時刻：2024/05/01\n\n,福岡,福岡,福岡\n年月日,平均気温(℃),平均気温(℃),平均気温(℃)\n,,品質情報,均質番号\n2024/4/1,15.2,8,1\n2024/4/2,16,8,1\n",
         ["年月日", "福岡_平均気温(℃)", "福岡_平均気温(℃)_品質情報", "福岡_平均気温(℃)_均質番号"], 2),
        (",東棟,,西棟,\n日付,気温,湿度,気温,湿度\n2024/4/1,1,2,3,4\n", ["日付", "東棟_気温", "東棟_湿度", "西棟_気温", "西棟_湿度"], 1),
        ("日付,環境,,備考\n,気温,湿度,\n2024/4/1,1,2,晴\n", ["日付", "環境_気温", "環境_湿度", "備考"], 1),
        ("氏名,連絡先,\n,電話,メール\n山田,0901,a@b\n佐藤,0902,c@d\n", ["氏名", "連絡先_電話", "連絡先_メール"], 2),
        # A logger's block of settings above the table.
        ("機種,GL840\n間隔,1s\n開始時刻,2024/04/01,10:00:00\nCH,信号名,レンジ\nCH1,炉内温度,TC_K\n\n番号,日付,CH1,判定\n"
         + "".join(f"{i},2024/04/01 10:00:{i:02},25.{i},L\n" for i in range(1, 20)), ["番号", "日付", "CH1", "判定"], 19),
        ("温度記録,\n作成者,山田\n\n時刻,温度\n10:00,20\n11:00,21\n12:00,22\n", ["時刻", "温度"], 3),
        ("工場名,第一\n期間,2024/4/1～30\n日付,個数\n2024/4/1,5\n2024/4/2,6\n", ["日付", "個数"], 2),
        ("品目,2021,2022,2023\n米,900,800,700\n麦,10,20,30\n", ["品目", "2021", "2022", "2023"], 2),
        ("品目,令和4年,令和5年\n米,900,800\n麦,10,20\n", ["品目", "令和4年", "令和5年"], 2),
        ("品名,2024/4/1,2024/4/2\nA,5,6\nB,7,8\n", ["品名", "2024/4/1", "2024/4/2"], 2),
        ("時刻,1,2,3\n10:00,5.1,5.2,5.3\n11:00,5,6,7\n", ["時刻", "1", "2", "3"], 2),
        ("1,2.5,A\n2,2.6,B\n3,2.7,A\n", ["列1", "列2", "列3"], 3),
        ("日付,気温,湿度,収量,備考\n2024/4/1,,,,欠測日\n2024/4/2,12.5,60,3,\n2024/4/3,12.6,61,4,\n", ["日付", "気温", "湿度", "収量", "備考"], 3),
        ("日付,温度\n2024/4/1,測定不能\n2024/4/2,13\n2024/4/3,14\n", ["日付", "温度"], 3),
        ("氏名,値\n山田,測定不能\n佐藤,13\n鈴木,14\n", ["氏名", "値"], 3),
        ("氏名,部署,役職\n山田,製造,班長\n佐藤,品質,係長\n", ["氏名", "部署", "役職"], 2),
        ("温度\n12.5\n13.5\n", ["温度"], 2),
        ("品名\nりんご\nみかん\n", ["品名"], 2),
        ("濃度\n<0.01\n0.02\n0.03\n", ["濃度"], 3),
        ("品名,寸法,判定\nA,-,A\nB,12,B\nC,13,A\n", ["品名", "寸法", "判定"], 3),
        ("t,v\n1,2\n3,4\n", ["t", "v"], 2),
        (" 品名 ,数\n A ,1\n", ["品名", "数"], 1),
        ('"気温\n(℃)",数\n12,1\n', ["気温(℃)", "数"], 1),
        (",温度\n0,12\n1,13\n", ["列1", "温度"], 2),
    ],
)  # fmt: skip
def test_the_heading_is_found(own, text, names, count):
    table, _ = own(text)
    assert list(table) == names and len(table) == count


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("品名,数\nA,1\nB,2\n合計,3\n", [4]),
        ("品名,数\nA,1\nB,2\n合　計,3\n平均,1.5\n", [4, 5]),
        ("日,気温\n1,12\n2,14\n平均,13\n最高,14\n", [4, 5]),
        ("区分,品名,数\nA,x,5\nA,y,6\nA,小計,11\nB,x,1\n合計,,12\n", [4, 6]),
        ("年,区分,人数\n2023,男,5\n2023,女,6\n2023,計,11\n2024,男,5\n2024,女,5\n2024,計,10\n", [4, 7]),
        ("月,数\n4月,5\n5月,6\n上期計,11\n6月,7\n", [4]),
        ("item,n\nA,1\nB,2\nTotal,3\n", [4]),
        ("評価,人数\n良い,5\n平均,9\n悪い,7\n", []),
        ("部門,数\n製造,5\n設計,6\n温度計,2\n", []),
        ("項目,合計\nA,3\nB,4\n", []),
        ("区分,数\n計,3\n合計,4\n", []),
    ],
)
def test_totals_are_taken_out_and_listed_and_words_like_them_stay(own, text, out):
    table, mendings = own(text)
    assert rows_of(mendings, "合計や平均") == out
    assert len(table) == len(text.splitlines()) - 1 - len(out)


def test_notes_below_the_table_go_but_a_sparse_row_stays(own):
    table, mendings = own("品番,寸法,重さ,備考\nA1,1,2,\nA2,3,4,\nA3,,,\n※寸法は中央値, 重さは乾燥後,,\n以上,,,\n")
    assert table["品番"].tolist() == ["A1", "A2", "A3"] and rows_of(mendings, "注の行") == [5, 6]


def test_another_table_below_is_not_mixed_in_and_is_named(own):
    table, mendings = own("日付,値\n2024/4/1,1\n2024/4/2,2\n\n品名,個数\nりんご,3\nみかん,5\n")
    assert len(table) == 2 and rows_of(mendings, "別の表") == [5, 6, 7]


def test_a_heading_repeated_on_each_page_is_taken_out(own):
    table, mendings = own("日付,値\n2024/4/1,1\n日付,値\n2024/4/2,2\n")
    assert table["値"].tolist() == [1, 2] and rows_of(mendings, "くり返された") == [3]


def test_columns_of_one_name_are_numbered_and_unnamed_and_empty_ones_told(own):
    table, mendings = own(",気温,気温,気温_2,,空\n1,12,13,14,x,\n2,13,14,15,y,\n")
    assert list(table) == ["列1", "気温", "気温_3", "気温_2", "列5"]
    assert {(m.column, m.after) for m in mendings} == {
        ("列1", "列1"),
        ("気温_3", "気温_3"),
        ("列5", "列5"),
        ("空", None),
    }


def test_trailing_delimiters_and_empty_rows(own):
    table, mendings = own("a,b,\n1,2,\n,,\n3,4,\n,,\n")
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    assert rows_of(mendings, "空の行") == [3, 5] and rows_of(mendings, "値が一つもない列") == [1]


def test_ragged_rows_keep_every_cell(own):
    table, mendings = own("a,b,c\n1,2,3\n4,5\n6,7,8,9\n")
    assert (
        list(table) == ["a", "b", "c", "列4"]
        and table["列4"].tolist()[2] == 9
        and table["c"].isna().tolist() == [False, True, False]
    )
    assert rows_of(mendings, "少ない") == [3] and rows_of(mendings, "余り") == [4]


def test_a_units_row_is_kept_as_units(own):
    table, mendings = own("日時,温度,湿度,CO2\n,(℃),[%],ppm\n2024/4/1 0:00,12.1,80,400\n")
    assert table.attrs["units"] == {"温度": "℃", "湿度": "%", "CO2": "ppm"} and table["CO2"].tolist() == [400]
    assert [(m.column, m.before, m.after) for m in mendings] == [
        ("温度", "(℃)", None),
        ("湿度", "[%]", None),
        ("CO2", "ppm", None),
    ]


def test_titles_alone_with_a_unit_for_all(own):
    table, mendings = own("月報,,\n,,（単位：千円）\n月,売上,費用\n4月,900,800\n5月,1000,900\n")
    assert list(table) == ["月", "売上", "費用"] and [m.before for m in mendings] == ["月報", "（単位：千円）"]

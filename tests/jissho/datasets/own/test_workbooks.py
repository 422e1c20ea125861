"""Excel files: merged cells, hidden parts, formats, formulas, sheets."""

import datetime as dt
import io
import zipfile

import openpyxl
import pandas as pd
import pandas.testing as pdt
import pytest

from jissho.datasets import read_own_table
from jissho.errors import DataError


@pytest.fixture
def book(tmp_path):
    """``book({"シート": rows}, then=lambda book: …)`` → path of a workbook."""

    def write(sheets, then=lambda book: None):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        then(book)
        book.save(tmp_path / "own.xlsx")
        return tmp_path / "own.xlsx"

    return write


def told(mendings, word):
    return [(m.row, m.column, m.before, m.after) for m in mendings if word in m.why]


def test_a_plain_sheet_needs_no_mending(book):
    rows = [
        ["日付", "品名", "数", "重さ"],
        [dt.datetime(2024, 4, 1), "A", 1, 2.5],
        [dt.datetime(2024, 4, 2), "B", 2, None],
    ]
    table, mendings = read_own_table(book({"記録": rows}))
    days = pd.to_datetime(["2024-04-01", "2024-04-02"]).astype("datetime64[us]")
    pdt.assert_frame_equal(table, pd.DataFrame({"日付": days, "品名": ["A", "B"], "数": [1, 2], "重さ": [2.5, None]}))
    assert mendings == []


def test_a_report_with_merged_cells_title_and_total(book):
    rows = [[None, "第一工場 生産記録"], [], [None, "日付", "設備", "環境", None, "数量"], [None, None, None, "気温\n(℃)", "湿度", None],
            [None, dt.date(2024, 4, 1), "A棟", 12.5, 50, 100], [None, 45384, None, "△3", None, "1,200"], [None, "R6.4.3", "B棟", 13, "#N/A", "３００"],
            [None, "合計", None, None, None, "=SUM(F5:F7)"], [], [None, "※速報値"]]  # fmt: skip

    def merge(workbook):
        for cells in ("B1:F1", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "C5:C6"):
            workbook.active.merge_cells(cells)

    table, mendings = read_own_table(book({"記録": rows}, merge))
    assert list(table) == ["日付", "設備", "環境_気温(℃)", "環境_湿度", "数量"]
    assert table["日付"].tolist() == [pd.Timestamp(2024, 4, day) for day in (1, 2, 3)]
    assert table["設備"].tolist() == ["A棟", "A棟", "B棟"] and table["数量"].tolist() == [100, 1200, 300]
    assert told(mendings, "結合") == [(6, "設備", "", "A棟")]
    assert told(mendings, "通し番号") == [(6, "日付", 45384, pd.Timestamp("2024-04-02"))]
    assert [m[0] for m in told(mendings, "合計や平均")] == [8] and [m[0] for m in told(mendings, "注の行")] == [10]


def test_hidden_rows_and_columns_are_kept_and_named(book):
    def hide(workbook):
        workbook.active.row_dimensions[3].hidden = workbook.active.column_dimensions["B"].hidden = True

    table, mendings = read_own_table(book({"s": [["a", "b"], [1, 2], [3, 4]]}, hide))
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    assert told(mendings, "非表示") == [(1, "b", "b", "b"), (3, "", "3行目", "3行目")]


def test_numbers_are_read_as_they_are_shown(book):
    def show(workbook):
        for row in (2, 3):
            workbook.active.cell(row, 1).number_format = "0.0%"
            workbook.active.cell(row, 2).number_format = '[$-411]ggge"年"m"月"d"日"'
            workbook.active.cell(row, 3).number_format = "#,##0"

    table, mendings = read_own_table(book({"s": [["率", "日", "額"], [0.125, 45383, 1200], [0.07, 45384, 1300]]}, show))
    assert table["率"].tolist() == [12.5, 7.0] and table.attrs["units"] == {"率": "%"}
    assert table["日"].tolist() == [pd.Timestamp("2024-04-01"), pd.Timestamp("2024-04-02")] and table[
        "額"
    ].tolist() == [1200, 1300]
    assert [m[2] for m in told(mendings, "%")] == ["12.5%", "7%"]


def test_times_and_durations(book):
    rows = [
        ["開始", "時間"],
        [dt.time(13, 5), dt.timedelta(hours=25, minutes=30)],
        [dt.time(9, 0), dt.timedelta(hours=1)],
    ]
    table, mendings = read_own_table(book({"s": rows}))
    assert table["開始"].tolist() == [pd.Timedelta("13:05:00"), pd.Timedelta("9:00:00")] and table["時間"][
        0
    ] == pd.Timedelta("25:30:00")
    assert mendings == []


def test_a_formula_without_a_saved_result_stays_visible(book):
    table, mendings = read_own_table(book({"s": [["a", "b"], [1, 2], [3, "=A2+A3"], [5, 6]]}))
    assert table["b"].tolist() == [2, "=A2+A3", 6]
    assert told(mendings, "計算式") == [(3, "b", "=A2+A3", "=A2+A3")]


def test_numbers_among_text_become_text_and_are_told(book):
    table, mendings = read_own_table(
        book({"s": [["品番", "数"], ["A-1", 1], [345, 2], ["B", 3], [dt.datetime(2024, 4, 1), 4]]})
    )
    assert table["品番"].tolist() == ["A-1", "345", "B", "2024-04-01"]
    assert [(m[0], m[3]) for m in told(mendings, "文字にしました")] == [(3, "345"), (5, "2024-04-01")]


def test_the_first_sheet_with_a_table_is_read_and_the_others_named(book):
    path = book({"表紙": [[None, "月次報告書"]], "記録": [["a", "b"], [1, 2]], "空": [], "別": [["c", "d"], [3, 4]]})
    table, mendings = read_own_table(path)
    assert list(table) == ["a", "b"] and [m.before for m in mendings] == ["表紙、別"]
    table, mendings = read_own_table(path, sheet="別")
    assert list(table) == ["c", "d"] and mendings == []
    with pytest.raises(DataError) as caught:
        read_own_table(path, sheet="無い")
    assert "表紙、記録、空、別" in caught.value.mend


def test_a_hidden_sheet_is_read_only_when_there_is_no_other(book):
    def hide(workbook):
        workbook["裏"].sheet_state = "hidden"

    assert list(read_own_table(book({"裏": [["a", "b"], [1, 2]], "表": [["c", "d"], [3, 4]]}, hide))[0]) == ["c", "d"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/workbook.bin", ".xlsb"),
        ("word/document.xml", "Word"),
        ("content.xml", ".ods"),
        ("a.csv", "zip"),
        ("xl/workbook.xml", "壊れて"),
    ],
)
def test_other_archives_say_what_they_are(tmp_path, part, words):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(part, "x")
    (tmp_path / "own.xlsx").write_bytes(raw.getvalue())
    with pytest.raises(DataError) as caught:
        read_own_table(tmp_path / "own.xlsx")
    assert words in caught.value.what and caught.value.mend


def test_a_sheet_without_a_table(book):
    with pytest.raises(DataError, match="どのシートにも表が見つかりません"):
        read_own_table(book({"表紙": [["月次報告書"]]}))


def test_importing_the_datasets_does_not_import_the_readers_of_files():
    import subprocess
    import sys

    code = "import jissho.datasets, sys; print([m for m in ('openpyxl', 'charset_normalizer') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )

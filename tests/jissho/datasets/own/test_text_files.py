"""Encodings, delimiters, quotes, and files that are no table."""

import pytest

from jissho.errors import DataError


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("品名,数\nトマト㈱①髙,1\n", "cp932"),
        ("ｵﾝﾄﾞ,ｼﾂﾄﾞ\n12,13\n", "cp932"),
        ("機種,ｵﾝﾄﾞ\nｱｲｽ,12\n", "cp932"),
        ("温度,湿度\n12,13\n", "cp932"),
        ("温度,湿度\n12,13\n", "euc_jp"),
        ("品名,数\nみかん,1\n", "euc_jp"),
        ("品名,数\nみかん,1\n", "iso2022_jp"),
        ("品名,数\nみかん,1\n", "utf-16"),
        ("品名,数\nみかん,1\n", "utf-16-be"),
        ("品名,数\nみかん,1\n", "utf-32"),
        ("name,x\n東京,1\n", "utf-8"),
        ("temp [°C],x\n1,2\n", "latin-1"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(own, text, encoding):
    table, mendings = own(text, encoding)
    first, second = text.splitlines()[:2]
    assert list(table) == first.split(",") and [str(v) for v in table.iloc[0]] == second.split(",") and mendings == []


@pytest.mark.parametrize("cut", [1, 2])
def test_utf8_cut_in_the_middle_of_a_letter_is_read_and_told(own, cut):
    table, mendings = own("品名,数,備考\nみかん,1,良い\nりんご,2,傷".encode()[:-cut])
    assert table["備考"][0] == "良い" and table["備考"][1] == "\ufffd" and [m.row for m in mendings] == [3]
    assert "読めない文字" in mendings[0].why


def test_cp932_cut_or_with_a_makers_own_letter_is_read_and_told(own):
    table, mendings = own("品名,数\nみかん,1\n".encode("cp932") + b"\xf0\x40,2\n" + "りんご,3\n梨".encode("cp932")[:-1])
    assert table["品名"][0] == "みかん" and {m.row for m in mendings} >= {3, 5}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('品名;備考;数\nA;"1;2";5\nB;x;6\n', [["A", "1;2", 5], ["B", "x", 6]]),
        ("日付\t値\nx\t1,234\ny\t2,345\n", [["x", 1234], ["y", 2345]]),
        ("日付;値\nx;1,234\ny;2,345\n", [["x", 1234], ["y", 2345]]),
        (
            '品名,備考,数\nA,"一行目\n二行目, と",5\nB,"a ""b"" c",6\n',
            [["A", "一行目\n二行目, と", 5], ["B", 'a "b" c', 6]],
        ),
        ('品名,管,数\nA,5" 管,7\nB,6",8\n', [["A", '5" 管', 7], ["B", '6"', 8]]),
        ('品名,数,色\nA,4,赤\n",5,"\nB,6,青\n', [["A", 4, "赤"], ["A", 5, "赤"], ["B", 6, "青"]]),
        ('品名, 備考, 数\nA, "x, y", 5\n', [["A", "x, y", 5]]),
    ],
)
def test_delimiters_and_quotes(own, text, rows):
    assert own(text)[0].to_numpy().tolist() == rows


def test_line_numbers_are_those_of_the_file_also_after_cells_of_several_lines(own):
    _, mendings = own('品名,備考,数\nA,"一\n二\n三",5\nB,x,１\n')
    assert [m.row for m in mendings] == [5]


def test_excels_separator_line(own):
    table, mendings = own("sep=;\r\na;b\r\n1;2\r\n")
    assert table.to_dict("list") == {"a": [1], "b": [2]} and mendings[0].before == "sep=;"


def test_zeros_at_the_end_after_a_power_failure(own):
    table, mendings = own(b"a,b\n1,2\n" + b"\0" * 500)
    assert table.to_dict("list") == {"a": [1], "b": [2]} and "文字ではない部分" in mendings[0].why


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "空のファイル"),
        (b"\xef\xbb\xbf\r\n", "空のファイル"),
        (b",,,\n,,,\n", "表が見つかりません"),
        ("お世話になっております。\n見積書を送ります。\n".encode(), "表が見つかりません"),
        ("日付,気温\n".encode(), "データの行がありません"),
        (b"%PDF-1.4 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "画像"),
        (b"\xff\xd8\xff\xe0....", "画像"),
        (b"\x1f\x8b\x08....", "圧縮"),
        (b"<html><table><tr><td>1</td></tr></table>", "HTML"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "パスワード"),
        (b"PK\x03\x04 broken", "壊れて"),
        (bytes(range(256)) * 20, "文字ではない"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is_and_what_to_do(own, raw, words):
    with pytest.raises(DataError) as caught:
        own(raw)
    assert words in caught.value.what and caught.value.mend and "own.csv" in caught.value.where


def test_a_missing_file_and_a_folder(tmp_path):
    from jissho.datasets import read_own_table

    with pytest.raises(DataError, match="ファイルがありません"):
        read_own_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="フォルダー"):
        read_own_table(str(tmp_path))


def test_a_sheet_of_a_text_file(own):
    with pytest.raises(DataError, match="シート"):
        own("a,b\n1,2\n", sheet="記録")


def test_text_named_xls_is_read_as_what_it_is(own):
    assert own("a\tb\n1\t2\n", name="export.xls")[0].to_dict("list") == {"a": [1], "b": [2]}

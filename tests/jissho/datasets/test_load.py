import shutil

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest

from jissho import datasets
from jissho.datasets._schema import read_schema
from jissho.errors import DataError

SCHEMA = """
name: fake
title: ためしの表
columns:
  - {name: 番号, dtype: int, unit: 番, min: 1, unique: true, description: 通し番号}
  - {name: 時刻, dtype: datetime, description: 測った時刻}
  - {name: 測定値, dtype: float, unit: mm, min: 0, max: 10, nullable: true, decimals: 2, description: 寸法}
  - {name: 判定, dtype: str, allowed: [良, 不良], description: 検査の結果}
  - {name: 備考, dtype: str, nullable: true, description: 気づいたこと}
"""
LINES = [
    "番号,時刻,測定値,判定,備考",
    "1,2024-04-01 08:00:00,1.25,良,",
    "2,2024-04-01 08:00:10,,不良,NA",
    '3,2024-04-01 08:00:20,10.00,良,"傷、""小"""',
]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A package folder with one fake dataset; the notebook's folder is another."""
    folder = tmp_path / "own" / "fake"
    folder.mkdir(parents=True)
    (folder / "schema.yml").write_text(SCHEMA, encoding="utf-8")
    write(folder / "fake.csv", LINES)
    (tmp_path / "notebook").mkdir()
    monkeypatch.chdir(tmp_path / "notebook")
    monkeypatch.delenv("JISSHO_DATA", raising=False)
    monkeypatch.setattr(datasets, "own_data", lambda: tmp_path / "own")
    return folder


def write(path, lines, bom=True, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + "".join(f"{line}\r\n" for line in lines).encode(encoding))


def refused(own, lines, **how):
    write(own / "fake.csv", lines, **how)
    with pytest.raises(DataError) as caught:
        datasets.load("fake")
    return caught.value


def test_a_table_is_read_with_its_types(own):
    expected = pd.DataFrame(
        {
            "番号": [1, 2, 3],
            "時刻": pd.to_datetime(["2024-04-01 08:00:00", "2024-04-01 08:00:10", "2024-04-01 08:00:20"]).as_unit("ns"),
            "測定値": [1.25, np.nan, 10.0],
            "判定": pd.Series(["良", "不良", "良"], dtype="str"),
            "備考": pd.Series([None, "NA", '傷、"小"'], dtype="str"),
        }
    )
    pdt.assert_frame_equal(datasets.load("fake"), expected)
    assert datasets.names() == ["fake"]
    assert datasets.schema("fake").columns[2].label() == "測定値（mm）"


def test_with_or_without_bom_is_the_same(own):
    with_bom = datasets.load("fake")
    write(own / "fake.csv", LINES, bom=False)
    pdt.assert_frame_equal(datasets.load("fake"), with_bom)


def test_own_data_then_notebook_then_environment(own, tmp_path, monkeypatch):
    def rows():
        return len(datasets.load("fake"))

    assert rows() == 3
    write(tmp_path / "notebook" / "data" / "fake" / "fake.csv", LINES[:3])
    assert rows() == 2
    monkeypatch.setenv("JISSHO_DATA", str(tmp_path / "drawn"))
    assert rows() == 2  # nothing there: the next place counts
    write(tmp_path / "drawn" / "fake" / "fake.csv", LINES[:2])
    assert rows() == 1
    assert len(datasets.load("fake", tmp_path / "own")) == 3


def test_written_and_read_again_is_byte_identical(own, tmp_path):
    schema, original = datasets.schema("fake"), (own / "fake.csv").read_bytes()
    schema.write(datasets.load("fake"), tmp_path / "new" / "fake" / "fake.csv")
    assert (tmp_path / "new" / "fake" / "fake.csv").read_bytes() == original


def test_fixed_decimals_hide_the_last_bits(own, tmp_path):
    frame = datasets.load("fake")
    schema = datasets.schema("fake")
    schema.write(frame.assign(測定値=frame["測定値"] * (1 + 1e-15)), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (own / "fake.csv").read_bytes()


@pytest.mark.parametrize(
    ("row", "cells", "words"),
    [
        (3, "3,2024-04-01 08:00:20,10.01,良,", ["測定値", "10.01", "大きすぎ"]),
        (2, "2,2024-04-01 08:00:10,-0.5,良,", ["測定値", "-0.5", "小さすぎ"]),
        (1, "1,2024-04-01 08:00:00,1,保留,", ["判定", "保留"]),
        (2, "1,2024-04-01 08:00:10,1,良,", ["番号", "二度"]),
        (3, "3,2024-04-01 08:00:20,1,,", ["判定", "空欄"]),
        (2, ",2024-04-01 08:00:10,1,良,", ["番号", "空欄"]),
        (2, "2,,1,良,", ["時刻", "空欄"]),
        (2, "2,昨日,1,良,", ["時刻", "昨日", "日時"]),
        (3, "3,2024-04-01 08:00:20,1.2mm,良,", ["測定値", "1.2mm", "数字"]),
        (3, "3,2024-04-01 08:00:20,nan,良,", ["測定値", "nan", "数字"]),
        (3, "3.5,2024-04-01 08:00:20,1,良,", ["番号", "3.5", "整数"]),
        (2, "", ["番号", "空欄"]),
        (2, "2,2024-04-01 08:00:10", ["判定", "空欄"]),
        (2, "2,2024-04-01 08:00:10,1,良,,余り", ["「,」の数"]),
    ],
)
def test_a_bad_cell_is_named_with_column_value_and_line(own, row, cells, words):
    error = refused(own, [*LINES[:row], cells, *LINES[row + 1 :]])
    assert all(word in error.what for word in words), error.what
    assert error.where == f"{own / 'fake.csv'} {row + 1} 行目" and "配布されたファイル" in error.mend


def test_the_first_of_several_bad_lines_is_named(own):
    bad = [*LINES[:2], "2,2024-04-01 08:00:10,1,保留,", "3,2024-04-01 08:00:20,99,良,"]
    assert refused(own, bad).where.endswith(" 3 行目")


def test_a_missing_column_is_named(own):
    error = refused(own, [",".join(c for i, c in enumerate(line.split(",")) if i != 2) for line in LINES[:3]])
    assert "列「測定値」がありません" in error.what


def test_an_unknown_column_is_named(own):
    assert "知らない列「作業者」" in refused(own, [LINES[0] + ",作業者", LINES[1] + ",A"]).what


def test_a_file_in_another_encoding_says_so(own):
    assert "UTF-8" in refused(own, LINES, bom=False, encoding="cp932").what


def test_an_empty_file(own):
    (own / "fake.csv").write_bytes(b"")
    with pytest.raises(DataError, match="表を読めません"):
        datasets.load("fake")


def test_an_unknown_dataset_lists_the_known_ones(own):
    with pytest.raises(DataError, match="使える名前: fake"):
        datasets.load("press")


def test_a_file_that_is_not_there(own, tmp_path):
    with pytest.raises(DataError, match=r"fake\.csv"):
        datasets.load("fake", tmp_path)


def test_a_frame_made_in_memory_is_checked_whatever_its_index(own):
    frame = datasets.load("fake").set_index(pd.Index(["い", "ろ", "は"]))
    assert datasets.schema("fake").check(frame).index.tolist() == ["い", "ろ", "は"]
    frame.loc["は", "測定値"] = 11
    with pytest.raises(DataError, match="4 行目"):
        datasets.schema("fake").check(frame)
    with pytest.raises(DataError, match="列「判定」：この列がありません"):
        datasets.schema("fake").check(frame.drop(columns="判定"))


@pytest.mark.parametrize("text", ["", "name: x", "columns: [", "name: a\ntitle: b\ncolumns: [{name: c, dtype: complex, description: d}]",
                                  "name: a\ntitle: b\ncolumns: [{nom: c}]"])  # fmt: skip
def test_a_malformed_schema_is_an_error_with_its_place(tmp_path, text):
    (tmp_path / "schema.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"schema\.yml"):
        read_schema(tmp_path / "schema.yml")


@pytest.mark.parametrize("name", [path.parent.name for path in sorted(datasets.own_data().glob("*/*.csv"))])
def test_every_shipped_table_fits_its_schema_and_is_written_back_byte_for_byte(name, tmp_path):
    source = datasets.own_data() / name / f"{name}.csv"
    datasets.schema(name).write(datasets.load(name, datasets.own_data()), tmp_path / "copy.csv")
    assert (tmp_path / "copy.csv").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", [n for n in datasets.__all__ if n.startswith("load_")])
def test_each_loader_loads_its_table(name, monkeypatch, tmp_path):
    monkeypatch.delenv("JISSHO_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    dataset = name.removeprefix("load_")
    if not (datasets.own_data() / dataset / f"{dataset}.csv").exists():
        pytest.skip(f"{dataset} はまだありません")
    shutil.copytree(datasets.own_data() / dataset, tmp_path / "data" / dataset)
    pdt.assert_frame_equal(getattr(datasets, name)(), datasets.load(dataset))

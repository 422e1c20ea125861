"""Tables of any size: whole sites, the same in every format, whole or not at all, in bounded chunks."""

import errno
import os

import fastparquet
import numpy as np
import openpyxl
import pandas as pd
import pandas.testing as pdt
import pytest

from jissho import datasets
from jissho.errors import DataError, UsageError
from jissho_kit import simulators
from jissho_kit.simulators import SHIPPED_SEED, SIMULATORS, _files, draw, make_file

NAME, SITE_ROWS = "tomato", 336


def load(path):
    return datasets.load(path.parent.name, path.parents[1])


def names_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["cases", "checksheet", "ic_inspectors", "tomato"])
def test_by_default_it_is_the_shipped_file(tmp_path, name):
    made = make_file(name, tmp_path)
    assert made == tmp_path / name / f"{name}.csv"
    assert made.read_bytes() == (datasets.own_data() / name / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("rows", [1, 7, SITE_ROWS])
def test_a_smaller_table_is_the_beginning_of_the_site(tmp_path, rows):
    site, _ = SIMULATORS[NAME](random_state=3)
    (chunk,) = draw(NAME, rows, random_state=3)
    pdt.assert_frame_equal(chunk, datasets.schema(NAME).check(site.head(rows)))
    assert len(load(make_file(NAME, tmp_path, rows, random_state=3))) == rows


def test_a_larger_table_is_further_sites_the_last_one_cut(tmp_path):
    table = load(make_file(NAME, tmp_path, 2 * SITE_ROWS + 1, random_state=3))
    assert table.columns[0] == "事業所" and table["事業所"].value_counts().to_dict() == {
        1: SITE_ROWS,
        2: SITE_ROWS,
        3: 1,
    }
    first, _ = SIMULATORS[NAME](random_state=3)
    second, _ = SIMULATORS[NAME](random_state=np.random.default_rng([3, 2]))
    for site, drawn in ((1, first), (2, second)):
        part = table[table["事業所"] == site].drop(columns="事業所")
        assert datasets.schema(NAME).texts(part) == datasets.schema(NAME).texts(drawn)
    assert not np.array_equal(first["収量kg"], second["収量kg"])


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_two_sites_of_every_dataset_fit_the_schema_when_read_again(tmp_path, name):
    rows = len(datasets.load(name, datasets.own_data())) + 5
    table = load(make_file(name, tmp_path, rows))
    assert len(table) == rows and table["事業所"].tolist()[-6:] == [1, 2, 2, 2, 2, 2]


@pytest.mark.parametrize("rows", [50, 2 * SITE_ROWS])
def test_all_formats_hold_the_same_values(tmp_path, rows):
    table = load(make_file(NAME, tmp_path, rows))
    book = pd.read_excel(make_file(NAME, tmp_path, rows, "xlsx"))
    parquet = fastparquet.ParquetFile(make_file(NAME, tmp_path, rows, "parquet"))
    for other in (book, parquet.to_pandas()):
        assert [kind.kind == "O" for kind in other.dtypes] == [kind.kind == "O" for kind in table.dtypes]
        pdt.assert_frame_equal(other, table, check_dtype=False, check_column_type=False, check_exact=True)


def test_a_workbook_explains_its_columns_and_keeps_the_header_in_view(tmp_path):
    book = openpyxl.load_workbook(make_file(NAME, tmp_path, 5, "xlsx"))
    table, notes = book.worksheets
    assert table.freeze_panes == "A2" and table["A1"].font.bold and table.max_row == 6
    assert "合成データ" in book.properties.title and "合成データ" in notes["C1"].value
    told = {row[0]: row[1:] for row in notes.iter_rows(min_row=2, values_only=True)}
    assert told == {c.name: (c.unit or "–", c.description) for c in datasets.schema(NAME).columns}


def test_parquet_has_units_and_a_row_group_for_each_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "CHUNK", SITE_ROWS)
    parquet = fastparquet.ParquetFile(make_file(NAME, tmp_path, 3 * SITE_ROWS, "parquet"))
    assert len(parquet.row_groups) == 3 and parquet.count() == 3 * SITE_ROWS
    assert (
        "合成データ" in parquet.key_value_metadata["title"] and '"最高気温": "℃"' in parquet.key_value_metadata["units"]
    )


@pytest.mark.parametrize("format", simulators.FORMATS)
def test_chunks_are_bounded_and_leave_no_trace(tmp_path, monkeypatch, format):
    whole = make_file(NAME, tmp_path / "whole", 800, format)
    monkeypatch.setattr(_files, "CHUNK", 500)
    sizes = [len(chunk) for chunk in draw(NAME, 800)]
    assert sizes == [672, 128]
    told = []
    pieces = make_file(NAME, tmp_path / "pieces", 800, format, on_progress=lambda *at: told.append(at))
    assert told == [(672, 800), (800, 800)]
    read = {
        "csv": pd.read_csv,
        "xlsx": pd.read_excel,
        "parquet": lambda path: fastparquet.ParquetFile(path).to_pandas(),
    }
    pdt.assert_frame_equal(read[format](pieces), read[format](whole))


def test_nothing_is_kept_of_chunks_handed_on(monkeypatch):
    import tracemalloc

    monkeypatch.setattr(_files, "CHUNK", SITE_ROWS)

    def peak(sites):
        tracemalloc.start()
        for _ in draw(NAME, sites * SITE_ROWS):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2)  # imports and caches
    assert peak(8) < 1.3 * peak(2)


def test_what_was_there_is_kept_and_the_same_is_not_written_twice(tmp_path):
    for format in simulators.FORMATS:
        make_file(NAME, tmp_path, 5, format)
        make_file(NAME, tmp_path, 5, format)
    assert names_in(tmp_path) == ["tomato.csv", "tomato.parquet", "tomato.xlsx"]
    mine = tmp_path / NAME / "tomato.csv"
    mine.write_text("書き込みました", encoding="utf-8")
    (tmp_path / NAME / "tomato.xlsx").write_bytes(b"broken")
    make_file(NAME, tmp_path, 5)
    make_file(NAME, tmp_path, 5, "xlsx")
    assert len(load(make_file(NAME, tmp_path, 6))) == 6
    assert mine.with_name("tomato-前の1.csv").read_text(encoding="utf-8") == "書き込みました"
    assert len(mine.with_name("tomato-前の2.csv").read_text(encoding="utf-8").splitlines()) == 6
    assert mine.with_name("tomato-前の1.xlsx").read_bytes() == b"broken"


@pytest.mark.parametrize("format", simulators.FORMATS)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_nothing_half_written_stays(tmp_path, monkeypatch, format, stop):
    monkeypatch.setattr(_files, "CHUNK", SITE_ROWS)
    old = make_file(NAME, tmp_path, 5, format).read_bytes()

    def interrupt(done, total):
        assert len(names_in(tmp_path)) == 2 or format == "xlsx"  # openpyxl gathers elsewhere
        raise stop

    with pytest.raises(stop):
        make_file(NAME, tmp_path, 1000, format, on_progress=interrupt)
    assert names_in(tmp_path) == [f"{NAME}.{format}"] and (tmp_path / NAME / f"{NAME}.{format}").read_bytes() == old


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": "tomatoo"}, ["tomatoo", "tomato"]),
        ({"name": "みかん"}, ["みかん", "citrus", "weld"]),
        ({"rows": 0}, ["0", "1 以上"]),
        ({"rows": -3}, ["-3", "1 以上"]),
        ({"format": "xls"}, ["xls", "csv, xlsx, parquet"]),
        ({"format": "xlsx", "rows": 1_048_576}, ["1,048,575", "1,048,576", "parquet"]),
        ({"random_state": -1}, ["-1", "0 以上"]),
    ],
)
def test_nonsense_is_refused_before_anything_is_drawn(tmp_path, monkeypatch, wanted, words):
    monkeypatch.setitem(SIMULATORS, NAME, lambda **_: pytest.fail("drawn"))
    with pytest.raises(UsageError) as caught:
        make_file(**{"name": NAME, "folder": tmp_path, **wanted})
    assert all(word in str(caught.value) for word in words) and names_in(tmp_path) == []


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as caught:
        make_file(NAME, tmp_path / "file")
    assert str(tmp_path / "file") in caught.value.where and "同じ名前のファイル" in caught.value.what


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "ディスクがいっぱい"), (errno.EACCES, "許可"), (errno.EIO, "書けません")]
)
@pytest.mark.parametrize("format", simulators.FORMATS)
def test_a_disk_that_refuses(tmp_path, monkeypatch, code, words, format):
    def refuse(*_):
        raise OSError(code, os.strerror(code))  # becomes PermissionError and the like by its code

    monkeypatch.setattr(datasets.Schema, "texts", refuse)
    with pytest.raises(UsageError) as caught:
        make_file(NAME, tmp_path, 5, format)
    assert words in caught.value.what and caught.value.mend and names_in(tmp_path) == []


def test_what_is_unique_in_a_site_may_come_again_in_another_only(tmp_path):
    rows = 2001
    path = make_file("ic_inspectors", tmp_path, rows)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("1,1,") and lines[rows].startswith("2,1,")
    lines[2] = lines[2].replace("1,2,", "1,1,", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(path)
    assert "試料番号" in caught.value.what and "二度" in caught.value.what and caught.value.where.endswith(" 3 行目")


def test_a_site_has_a_number(tmp_path):
    path = make_file(NAME, tmp_path, SITE_ROWS + 1)
    path.write_text(path.read_text(encoding="utf-8-sig").replace("\n2,", "\n0,"), encoding="utf-8")
    with pytest.raises(DataError, match="事業所"):
        load(path)


def test_the_shipped_seed_is_the_default(tmp_path):
    assert next(draw(NAME)).equals(next(draw(NAME, random_state=SHIPPED_SEED)))

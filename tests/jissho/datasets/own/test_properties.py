"""What holds for any table: nothing raises but DataError, nothing is lost, what is written is read back."""

import datetime as dt
import tempfile
import unicodedata
from pathlib import Path

import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jissho.datasets import read_own_table
from jissho.errors import DataError

FULL = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")
ERAS = [("令和", "R", 2019, "2019-05-01"), ("平成", "H", 1989, "1989-01-08"), ("昭和", "S", 1926, "1926-12-26"),
        ("大正", "T", 1912, "1912-07-31"), ("明治", "M", 1868, "1873-01-01")]  # fmt: skip
light = settings(max_examples=40, deadline=None)


def read(raw, name="own.csv"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        return read_own_table(path)


def in_column(name, values, left="番"):
    lines = [f'{left},"{name}"', *(f'{i},"{value}"' for i, value in enumerate(values, 1))]
    table, mendings = read("\n".join(lines).encode())
    return table[name], mendings


def styles(number):
    """One number in the ways people write it."""
    plain = f"{abs(number):,}"
    sign = "" if number >= 0 else "-"
    yield from (f"{sign}{plain}", f"{sign}{plain}".translate(FULL), f"{sign}{abs(number)}", f"　{sign}{plain} ")
    if number < 0:
        yield from (f"△{plain}", f"▲ {plain}", f"−{plain}", f"ー{plain.translate(FULL)}")


numbers = st.one_of(st.integers(-(10**9), 10**9), st.decimals(-9999, 9999, places=2).map(lambda d: float(d) + 0.0))


@light
@given(st.lists(numbers, min_size=1, max_size=6), st.data())
def test_a_number_is_read_back_however_it_was_written(values, data):
    written = [data.draw(st.sampled_from(list(styles(value)))) for value in values]
    series, mendings = in_column("測定値", written)
    assert series.tolist() == values
    told = {m.row for m in mendings if m.column == "測定値"}
    plain = {row for row, text in enumerate(written, 2) if text.isascii() and "," not in text}
    assert told == set(range(2, len(values) + 2)) - plain


@light
@given(st.lists(st.dates(dt.date(1873, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=5), st.data())
def test_a_day_is_read_back_from_any_era_and_style(days, data):
    written = []
    for day in days:
        name, letter, start, _ = next(era for era in ERAS if day.isoformat() >= era[3] or era[1] == "M")
        year = day.year - start + 1
        first = "元" if year == 1 else str(year)
        ways = [f"{name}{first}年{day.month}月{day.day}日", f"{letter}{year}.{day.month}.{day.day}",
                f"{letter}{year:02}/{day.month:02}/{day.day:02}", f"{letter}{year}.{day.month}.{day.day}".translate(FULL),
                f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}", f"{day.year}.{day.month}.{day.day}",
                f"{day.year}-{day.month}-{day.day}", f"{day:%Y/%m/%d}({'月火水木金土日'[day.weekday()]})"]  # fmt: skip
        written.append(data.draw(st.sampled_from(ways)))
    series, _ = in_column("測定日", written)
    assert series.dtype == "datetime64[us]"
    assert [value.date() for value in series] == days, written


@light
@given(st.integers(0, 47), st.integers(0, 59), st.sampled_from(["{}:{:02}", "{}時{}分", "{:02}:{:02}:00"]))
def test_a_time_is_read_back_also_past_midnight(hour, minute, style):
    series, mendings = in_column("終了", [style.format(hour, minute)])
    assert series[0] == pd.Timedelta(hours=hour, minutes=minute)
    assert any("翌日" in m.why for m in mendings) == (hour >= 24)


names = st.text(st.characters(codec="cp932", categories=["Lo", "Lu"]), min_size=1, max_size=5)


@light
@given(
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"]),
    st.sampled_from(",\t;"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_encoding_delimiter_and_line_ends_do_not_matter(encoding, delimiter, end, last):
    rows = [["日付", "品名", "気温（℃）"], ["2024/4/1", "トマト㈱", "12.5"], ["2024/4/2", "ﾐｶﾝ", "-3"]]
    text = end.join(delimiter.join(row) for row in rows) + (end if last else "")
    table, mendings = read(text.encode(encoding))
    expected = pd.DataFrame({"日付": pd.to_datetime(["2024-04-01", "2024-04-02"]).astype("datetime64[us]"),
                             "品名": ["トマト㈱", "ﾐｶﾝ"], "気温（℃）": [12.5, -3.0]})  # fmt: skip
    pdt.assert_frame_equal(table, expected)
    assert mendings == [] and table.attrs["units"] == {"気温（℃）": "℃"}


cells = st.one_of(
    st.sampled_from(["", "", "-", "〃", '"', "NA", "合計", "平均", "※注", "℃", "kg", "(円)", "日付", "気温", "〇", "①", "1/2", "4月1日", "R6.2.30",
                     "25:30", "25:70", "2024/4/1", "45383", "20240401", "00123", "1,5", "12.5%", "3万円", "(5)", "12345678901234567890",
                     "R6", "1e999", "-", "#DIV/0!", "2024/4/1 25:30", "9999/12/31 99:00", "24/04/01", "inf", "²", "５", "=1+1", "True"]),
    st.integers(-9999, 9999).map(str),
    st.floats(allow_nan=False).map(repr),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=6),
)  # fmt: skip
grids = st.lists(st.lists(cells, min_size=1, max_size=6), min_size=1, max_size=9)


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


def visible(table, mendings):
    """All that a visitor can see: names, values, and what was said about changes."""
    seen = {str(name) for name in table.columns} | {str(value) for name in table for value in table[name]}
    for mending in mendings:
        seen |= {str(mending.before), *str(mending.before).split("｜"), *str(mending.before).split(" / ")}
    return seen


def is_blank(cell):
    return not cell.strip().strip("\u200b\ufeff")


@settings(max_examples=80, deadline=None)
@given(grids)
def test_whatever_stands_in_the_cells_no_cell_is_lost(grid):
    try:
        table, mendings = read("\n".join(",".join(map(quoted, row)) for row in grid).encode("utf-8", "replace"))
    except DataError:
        return
    seen = visible(table, mendings)
    text = "".join(sorted(seen))
    numbers = {float(value) for name in table for value in table[name] if isinstance(value, (int, float))}
    for row in grid:
        for cell in filter(lambda c: not is_blank(c), row):
            plain = cell.encode("utf-8", "replace").decode()
            assert plain.strip() in text or _as_number(plain) in numbers or _normal(plain) in _normal(text), (
                cell,
                seen,
            )


def _as_number(text):
    try:
        return float(text)
    except ValueError:
        return None


def _normal(text):
    """Without what a heading may lose: blanks and line ends; days and TRUE as they are printed."""
    day = pd.to_datetime(text.strip(), format="%Y/%m/%d", errors="coerce") if len(text) < 20 else pd.NaT
    return "".join((text if pd.isna(day) else f"{day:%Y-%m-%d}").casefold().split())


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_give_a_table_or_an_error_of_our_own(raw):
    try:
        table, mendings = read(raw)
    except DataError as error:
        assert error.what and error.mend and unicodedata.normalize("NFKC", error.what)
    else:
        assert table.shape[1] > 0 and all(m.why for m in mendings)


@light
@given(st.lists(st.tuples(st.integers(-99, 99), st.floats(-1e6, 1e6), st.sampled_from("ABC")), min_size=3, max_size=20))
def test_a_clean_table_is_what_pandas_reads(rows):
    import io

    raw = ("計測番号,measured,記号\n" + "".join(f"{a},{b!r},{c}\n" for a, b, c in rows)).encode()
    table, mendings = read(raw)
    pdt.assert_frame_equal(table, pd.read_csv(io.BytesIO(raw)), check_exact=False)
    assert mendings == []


@pytest.mark.parametrize("repeats", [1, 300])
def test_reading_twice_gives_the_same(own, repeats):
    text = "日付,気温\n" + "令和6年4月1日,１２\n〃,-\n" * repeats
    first, told = own(text, "cp932")
    second, again = own(text, "cp932")
    pdt.assert_frame_equal(first, second)
    assert told == again and len(told) == 4 * repeats

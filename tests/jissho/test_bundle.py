import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jissho.bundle import LIMIT, Failure, bundle, decode, encode
from jissho.errors import AnswerError

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | FINITE | st.text(max_size=20)
HASHABLE = st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
    ),
    max_leaves=15,
)


def through_json(value):
    """As it crosses: encoded, written as strict JSON, read again, decoded."""
    text = json.dumps(encode(value), ensure_ascii=False, allow_nan=False)
    return decode(json.loads(text))


@given(VALUES)
def test_plain_values_come_back_as_they_were(value):
    back = through_json(value)
    assert back == value and _types(back) == _types(value)


@given(st.sets(HASHABLE, max_size=6))
def test_sets_come_back(value):
    assert through_json(value) == value


@given(
    st.lists(FINITE | st.just(math.nan), max_size=8),
    st.lists(st.text(max_size=6), min_size=8, max_size=8),
    st.lists(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)), min_size=8, max_size=8),
)
def test_tables_with_japanese_columns_times_and_gaps_come_back(numbers, texts, times):
    n = len(numbers)
    frame = pd.DataFrame(
        {
            "測定値": np.array(numbers, dtype="float64"),
            "検査員": texts[:n],
            "時刻": pd.to_datetime(pd.Series(times[:n])),
        },
        index=pd.Index(range(10, 10 + n), name="行"),
    )
    pdt.assert_frame_equal(through_json(frame), frame, check_exact=True)


def _types(value):
    if isinstance(value, dict):
        return {k: _types(v) for k, v in value.items()}
    return [type(value), *map(_types, value)] if isinstance(value, (list, tuple)) else type(value)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1, 2, 3], name="個数"),
        pd.Series([True, False]),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([1.5, np.nan], dtype="float32"),
        pd.Series(pd.to_timedelta([1, None], unit="s")),
        pd.Series(pd.to_datetime(["2024-04-01 08:00:00.123456789", None])),
        pd.Series(["あ", None, "い"], dtype="str"),
        pd.Series([{1, 2}, "x", 3], dtype=object),
        pd.Series([], dtype="float64"),
        pd.Series([1.0, 2.0], index=["上", "下"]),
    ],
    ids=lambda s: str(s.dtype),
)
def test_series_come_back_with_their_type(series):
    pdt.assert_series_equal(through_json(series), series, check_exact=True)


@pytest.mark.parametrize(
    "array",
    [np.arange(6).reshape(2, 3), np.array([[0.1], [0.2]]), np.array([True, False]), np.array(["良", "不良"]),
     np.array(7), np.zeros((0, 3)), np.array([1, 2], dtype="uint8")],
    ids=lambda a: f"{a.dtype}{a.shape}",
)  # fmt: skip
def test_arrays_come_back_with_shape_and_type(array):
    back = through_json(array)
    assert back.shape == array.shape and back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_numpy_and_pandas_scalars_become_plain():
    assert encode(np.bool_(True)) is True
    assert encode(np.int64(3)) == 3 and type(encode(np.int64(3))) is int
    assert encode(np.float64(0.1)) == 0.1 and type(encode(np.float64(0.1))) is float
    assert encode(np.str_("良")) == "良"
    assert through_json(pd.Timestamp("2024-04-01 08:00")) == pd.Timestamp("2024-04-01 08:00")
    assert through_json(np.datetime64("2024-04-01")) == pd.Timestamp("2024-04-01")
    assert through_json(dt.date(2024, 4, 1)) == dt.date(2024, 4, 1)
    assert through_json(dt.timedelta(minutes=3)) == pd.Timedelta(minutes=3)
    assert through_json(Decimal("1234.50")) == Decimal("1234.50")
    assert through_json(range(3)) == [0, 1, 2]
    pdt.assert_index_equal(through_json(pd.Index([3, 1, 2], name="行")), pd.Index([3, 1, 2], name="行"))
    pdt.assert_index_equal(through_json(pd.RangeIndex(2, 8, 2)), pd.RangeIndex(2, 8, 2))


def test_a_category_column_crosses_as_its_values():
    frame = pd.DataFrame({"群": pd.Categorical(["夏", "冬"])})
    assert through_json(frame)["群"].tolist() == ["夏", "冬"]


class Odd:
    def __str__(self):
        raise RuntimeError


class Liar(list):
    def __len__(self):
        raise RuntimeError("no length")


LOOP: list = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (math.nan, "nan"),
        (np.float64("nan"), "nan"),
        (pd.NaT, "nan"),
        (pd.NA, "nan"),
        (np.array([1.0, np.nan]), "nan"),
        ([1, [math.nan]], "nan"),
        (math.inf, "infinite"),
        (pd.DataFrame({"a": [-math.inf]}), "infinite"),
        (Decimal("NaN"), "nan"),
        ("x" * (LIMIT + 1), "too-big"),
        (10**400, "too-big"),
        (np.zeros(LIMIT), "too-big"),
        (range(10**12), "too-big"),
        (LOOP, "too-deep"),
        ("\ud800", "bad-text"),
        (Odd(), "unsupported"),
        (Liar(), "unsupported"),
        (print, "unsupported"),
        (1j, "unsupported"),
        (b"bytes", "unsupported"),
        ((n for n in "abc"), "unsupported"),
        (pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])), "unsupported"),
    ],
    ids=lambda v: v if isinstance(v, str) and len(v) < 20 and v.isascii() else type(v).__name__,
)
def test_what_cannot_cross_is_named(value, kind):
    encoded = encode(value)
    assert encoded["error"] == kind
    assert decode(encoded).kind == kind


def test_a_failure_keeps_type_and_message():
    assert decode({"error": "raised", "type": "ValueError", "message": "だめ"}) == Failure(
        "raised", "ValueError", "だめ"
    )


def test_a_bundle_above_the_limit_becomes_an_error():
    assert bundle("K-F-1.a", "answer", "x" * LIMIT)["value"] == {"error": "too-big"}
    assert bundle("K-F-1.a", "answer", 1) == {"v": 1, "item": "K-F-1.a", "kind": "answer", "value": 1}


INDEX = {"dtype": "range", "v": [0, 1, 1], "name": None}
COLUMN = {"dtype": "int64", "v": [1]}


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"t": "pickle", "v": "gASV"},
        {"t": ["tuple"], "v": []},
        {"t": "tuple"},
        {"t": "tuple", "v": "abc"},
        {"t": "set", "v": [[1]]},
        {"t": "dict", "v": [[1]]},
        {"t": "dict", "v": [[{"t": "set", "v": []}, 1]]},
        {"t": "decimal", "v": "NaN"},
        {"t": "decimal", "v": "1e999999999"},
        {"t": "decimal", "v": 3},
        {"t": "datetime", "v": "now"},
        {"t": "datetime", "v": "2024-99-01T00:00:00"},
        {"t": "date", "v": 20240401},
        {"t": "timedelta", "v": 10**300},
        {"t": "array", "shape": [2], "dtype": "int64", "v": [1]},
        {"t": "array", "shape": [-1], "dtype": "int64", "v": [1]},
        {"t": "array", "shape": [10**18, 0], "dtype": "int64", "v": []},
        {"t": "array", "shape": [1], "dtype": "float64", "v": [None]},
        {"t": "array", "shape": [1], "dtype": "int64", "v": [True]},
        {"t": "array", "shape": [1], "dtype": "int8", "v": [300]},
        {"t": "array", "shape": [1], "dtype": "V1000000000", "v": [1]},
        {"t": "array", "shape": [1], "dtype": "int64", "v": [None]},
        {"t": "frame", "columns": ["a"], "index": INDEX, "data": []},
        {"t": "frame", "columns": ["a"], "index": INDEX, "data": [{"dtype": "int64", "v": [1, 2]}]},
        {"t": "frame", "columns": [[1]], "index": INDEX, "data": [COLUMN]},
        {"t": "frame", "columns": ["a"], "index": {"dtype": "range", "v": [0, 10**15, 1], "name": None}, "data": [COLUMN]},
        {"t": "frame", "columns": ["a"], "index": {"dtype": "range", "v": [0, 1, 0], "name": None}, "data": [COLUMN]},
        {"t": "series", "name": None, "index": INDEX, "dtype": "bool", "v": [None]},
        {"t": "series", "name": None, "index": INDEX, "dtype": "str", "v": [1]},
        {"error": "made-up"},
        {"error": "raised", "message": "x" * 5000},
        {"error": "raised", "type": 3},
        "\ud800",
        math.inf,
        10**400,
        pytest.param(object(), id="an object"),
    ],
    ids=lambda v: str(v)[:60].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_hostile_input_is_refused_as_an_answer_error(hostile):
    with pytest.raises(AnswerError):
        decode(hostile)


def test_a_deep_bundle_is_refused():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(AnswerError):
        decode(deep)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {"t": st.sampled_from(["tuple", "set", "dict", "array", "frame", "series", "index", "decimal", "datetime", "date", "timedelta"])},
            optional={"v": inner, "dtype": st.sampled_from(["int64", "float64", "str", "range", "object", "datetime64[ns]"]),
                      "shape": inner, "index": inner, "columns": inner, "data": inner, "name": inner},
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_decode_gives_a_value_or_an_answer_error_never_anything_else(encoded):
    try:
        decode(encoded)
    except AnswerError:
        return


def test_more_columns_than_an_answer_has_do_not_cross():
    wide = pd.DataFrame(np.zeros((1, 2000)))
    assert encode(wide) == {"error": "too-big"}
    assert through_json(wide.iloc[:, :1999]).shape == (1, 1999)
    with pytest.raises(AnswerError, match="多すぎ"):
        decode([encode(pd.Series([1]))] * 1001)

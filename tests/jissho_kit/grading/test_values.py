"""Comparing answers as values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jissho_kit.grading.values import confusable, in_unit, same, says

TABLE = pd.DataFrame({"列": [1, 2], "名": ["a", "b"]})


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        ([1, 2], (1, 2)),
        (np.array([1.0, 2.0]), [1, 2]),
        ({1, 2}, {2, 1}),
        ({"a": [1]}, {"a": (1,)}),
        (TABLE, TABLE.astype({"列": float})),
        (pd.Series([0.5], index=["キズ"]), pd.Series([0.5], index=["キズ"])),
        (np.bool_(True), True),
    ],
)
def test_equal_content_is_the_same(a, b):
    assert same(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, True),
        (1, "1"),
        ([1, 2], [2, 1]),
        ({1, 2}, [1, 2]),
        (TABLE, TABLE[["名", "列"]]),
        (TABLE, TABLE.to_dict("list")),
        (pd.Series([0.5], index=["キズ"]), pd.Series([0.5], index=["寸法"])),
        (float("nan"), float("nan")),
        (None, 0),
    ],
)
def test_other_content_or_kind_is_not(a, b):
    assert not same(a, b)


def test_a_tolerance_holds_inside_lists():
    assert same([1.0, 2.0], [1.04, 1.96], 0.05) and not same([1.0], [1.06], 0.05)


@pytest.mark.parametrize(("value", "unit", "written"), [(0.995, "%", 99.5), (36e6, "万円", 3600), (12, "個", 12)])
def test_numbers_are_written_in_their_unit(value, unit, written):
    assert in_unit(value, unit) == pytest.approx(written)


def test_a_hundredfold_is_confusable_only_where_per_cent_is_a_reading():
    assert confusable(0.5, 50.0, "%", 0.01) and not confusable(0.5, 50.0, "個", 0.01)


@pytest.mark.parametrize("sentence", ["答えは 99.55% です", "９９．５５％", "0.9955 ですね"])
def test_a_sentence_with_the_value_is_noticed(sentence):
    assert says(sentence, 0.9955, "%", 0.00005)
    assert not says("99.5%ならすごい", 0.9955, "%", 0.00005)

"""Parts that criteria are made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import criteria, hidden

TABLE = pd.DataFrame(
    {"行": range(12), "ロット": np.repeat([7, 5, 9, 6], 3), "時": pd.date_range("2024-01-01", periods=12)}
)
SPLIT = criteria.split_of_tables("行", "ロット", "時")


def parts(*positions):
    rest = [i for i in range(12) if i not in positions]
    return TABLE.iloc[rest], TABLE.iloc[list(positions)]


@pytest.mark.parametrize(
    ("output", "label"),
    [
        (parts(9, 10, 11), ""),
        (list(parts(9, 10, 11)), ""),
        ((pd.concat([TABLE.iloc[:9], TABLE.iloc[:3]]), TABLE.iloc[9:]), ""),  # rows copied after the split
        (parts(10, 11), "one-group-astride"),
        (parts(2, 5, 8), "groups-astride"),
        (parts(0, 1, 2), "backwards"),
        (parts(3, 4, 5), "future"),
        ((TABLE, TABLE.iloc[9:]), "overlap"),
        ((TABLE.iloc[:8], TABLE.iloc[9:]), "lost"),
        (parts(11), "size"),
        ((TABLE.iloc[:9], TABLE.iloc[9:].assign(行=99)), "stranger"),
        ((TABLE, None), "not-two-tables"),
        ((TABLE[["時"]], TABLE[["時"]]), "not-two-tables"),
    ],
)
def test_splits_of_tables(output, label):
    assert SPLIT([TABLE], output) == label


FOLDS = criteria.folds_of_positions("ロット", one_out=True)
GOOD = [([i for i in range(12) if i // 3 != k], [3 * k, 3 * k + 1, 3 * k + 2]) for k in range(4)]


@pytest.mark.parametrize(
    ("output", "label"),
    [
        (GOOD, ""),
        ([(np.array(train), np.array(test)) for train, test in GOOD], ""),
        (GOOD[:3], "untested"),
        ([*GOOD, GOOD[0]], "twice"),
        ([(train[1:], test) for train, test in GOOD], ""),
        ([(train + [0], test) for train, test in GOOD[1:]], "repeated"),
        ([(train + test, test) for train, test in GOOD], "overlap"),
        ([(train + [12], test) for train, test in GOOD], "stranger"),
        ([(train, [-1]) for train, test in GOOD], "stranger"),
        ([([0, 1, 3, 4, 6], [2, 5])], "groups-astride"),
        ([([0, 1, 2], [3, 4, 5, 6, 7, 8])], "not-one-group"),
        ([([0.0], [1.0])], "not-folds"),
        ([([True], [False])], "not-folds"),
        ([], "not-folds"),
        (GOOD[0], "not-folds"),
    ],
)
def test_folds(output, label):
    assert FOLDS([TABLE], output) == label


def test_folds_in_time_need_not_test_the_first_rows():
    ahead = criteria.folds_of_positions(time="時")
    assert ahead([TABLE], [(list(range(6)), [6, 7]), (list(range(8)), [8, 9, 10, 11])]) == ""
    assert ahead([TABLE], [(list(range(6, 12)), [0, 1])]) == "backwards"
    assert ahead([TABLE], [([0, 1, 8], [6, 7])]) == "future"


def test_shuffles_keep_the_labels_and_by_group_the_groups():
    rng = np.random.default_rng(0)
    labels, groups = np.repeat([0, 1, 0, 1, 1, 0], 4), np.repeat(np.arange(6), 4)
    by_row, by_group = hidden.shuffled(labels, rng), hidden.shuffled_by_group(labels, groups, rng)
    assert sorted(by_row) == sorted(by_group) == sorted(labels)
    assert all(len(set(by_group[groups == one])) == 1 for one in range(6))
    assert len(set(by_row[groups == 0])) == 2


def test_a_change_of_a_table_leaves_the_given_one_alone():
    before = TABLE.assign(値=1.0)
    after = hidden.raised(before, "値", np.array([1, 3]), 2.0)
    assert after["値"].tolist()[:4] == [1, 3, 1, 3] and before["値"].eq(1).all()
    assert hidden.with_canary(before, "札", before["値"])["札"].eq(1).all() and "札" not in before


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.1, False),
        (np.nan, float("nan"), True),
        ([1, None], (1, None), True),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (TABLE, TABLE.copy(), True),
        (TABLE, TABLE.iloc[:-1], False),
        (TABLE, None, False),
        (True, 1, False),
        (pd.NaT, pd.NaT, True),
    ],
)
def test_unchanged(a, b, same):
    assert criteria.unchanged(a, b) is same


def test_relations_are_looked_at_in_order_after_the_kind():
    judge = criteria.metamorphic(
        criteria.Relation(0, 1, criteria.falls, "up"), criteria.Relation(0, 1, criteria.moves_by(-1), "step")
    )
    inputs = [[None], [None]]
    assert judge(inputs, [2, 1]) == "" and judge(inputs, [2, 3]) == "up" and judge(inputs, [2, 0]) == "step"
    assert judge(inputs, [2, True]) == judge(inputs, ["2", 1]) == "not-asked"


def test_predictions_are_measured_against_the_law():
    judge = criteria.predictions(lambda args: 2 * args[1]["x"].to_numpy(), worst=0.5)
    args = [None, pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})]
    assert judge(args, np.array([2.1, 4.0, 5.8, 8.0])) == ""
    assert judge(args, [2.0, 4.0]) == "length" and judge(args, [5.0] * 4) == "constant"
    assert judge(args, [8.0, 6.0, 4.0, 2.0]) == "poor" and judge(args, ["a"] * 4) == "not-numbers"

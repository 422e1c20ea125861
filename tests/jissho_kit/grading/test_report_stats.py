"""Statistics of small classes: each formula against a second way to compute it, and against planted truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from jissho_kit.grading.report._stats import Estimate, bootstrapped, class_gain, discrimination, item_rest, share

SHARES = st.sampled_from([0.0, 0.5, 1.0])
PAIRS = st.lists(st.tuples(SHARES, SHARES), min_size=6, max_size=40)


def test_a_share_has_wilsons_interval():
    for n in (1, 3, 24, 300):
        for hits in range(n + 1):
            theirs = binomtest(hits, n).proportion_ci(method="wilson")
            ours = share(hits, n)
            assert (ours.value, ours.low, ours.high) == pytest.approx((hits / n, theirs.low, theirs.high), abs=1e-9)


def test_three_of_three_is_not_certain():
    assert share(3, 3).low < 0.5 and share(0, 3).high > 0.5


def test_a_share_of_nobody_is_unknown():
    assert share(0, 0) == Estimate(None, None, None)


def test_d_is_the_difference_of_thirds():
    item = np.array([0, 0, 1, 0, 1, 0, 1, 1, 1.0])
    rest = np.arange(9) / 9
    assert discrimination(item, rest) == pytest.approx(1 - 1 / 3)
    assert discrimination(1 - item, rest) == pytest.approx(1 / 3 - 1)


@given(PAIRS, st.randoms(use_true_random=False))
def test_d_does_not_depend_on_the_order_of_people(pairs, random):
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    values = [float(discrimination(*np.array(people).T)) for people in (pairs, shuffled)]
    assert values[0] == pytest.approx(values[1], nan_ok=True)
    assert np.isnan(values[0]) or -1 - 1e-9 <= values[0] <= 1 + 1e-9


@given(PAIRS)
def test_item_rest_is_the_correlation(pairs):
    item, rest = np.array(pairs).T
    if item.std() and rest.std():
        assert item_rest(item, rest) == pytest.approx(np.corrcoef(item, rest)[0, 1])
    else:
        assert np.isnan(item_rest(item, rest)) and np.isnan(discrimination(item, rest))


def test_many_draws_at_once_equal_one_after_another():
    rng = np.random.default_rng(1)
    item, rest = rng.integers(0, 2, (5, 24)).astype(float), rng.integers(0, 5, (5, 24)) / 4
    for statistic in (discrimination, item_rest):
        assert statistic(item, rest) == pytest.approx([float(statistic(x, y)) for x, y in zip(item, rest, strict=True)])


def test_the_gain_of_a_class_is_not_the_mean_of_gains():
    before, after = np.array([0.9, 0.1, 0.5]), np.array([1.0, 0.2, 0.5])
    single = np.mean((after - before) / (1 - before))
    assert class_gain(before, after) == pytest.approx((1.7 - 1.5) / (3 - 1.5))
    assert abs(class_gain(before, after) - single) > 0.2


def test_a_gain_may_be_negative_and_is_unknown_when_all_were_right_before():
    assert class_gain(np.array([0.5, 0.5]), np.array([0.2, 0.4])) < 0
    assert np.isnan(class_gain(np.ones(4), np.ones(4) / 2))
    assert bootstrapped(class_gain, np.ones(4), np.ones(4) / 2, label="x") == Estimate()


def test_the_same_data_give_the_same_interval():
    rng = np.random.default_rng(2)
    x, y = rng.random(24) / 2, rng.random(24)
    once, again = (bootstrapped(class_gain, x, y, label="gain") for _ in range(2))
    assert once == again != bootstrapped(class_gain, x, y, label="other")
    assert once.low < once.value < once.high


def test_no_interval_where_most_draws_say_nothing():
    item, rest = np.zeros(40), np.arange(40) / 40
    item[0] = 1  # two of three draws hold this person; without, all are alike
    few = bootstrapped(discrimination, item[:6] * 0, rest[:6], label="x")
    assert few == Estimate()
    assert bootstrapped(discrimination, item, rest, label="x").low is not None

"""Tornado, break-even and band: what the result hangs on, and how sure it is."""

from dataclasses import replace

import numpy as np
import pytest

from jissho.errors import DataError
from jissho.invest import RANGES, Range, break_even, monte_carlo, tornado, what_if

from .test_money import PLAN


def test_each_bar_changes_one_number_and_the_largest_stands_first():
    bars = tornado(PLAN)
    assert {bar.name for bar in bars} == set(RANGES) and all(bar.label and bar.why for bar in bars)
    assert [bar.swing for bar in bars] == sorted([bar.swing for bar in bars], reverse=True)
    recall = next(bar for bar in bars if bar.name == "recall")
    assert (recall.low, recall.high) == pytest.approx((0.6 * 0.8, 0.6 * 1.05))
    assert recall.npv_low == what_if(PLAN, recall=0.6 * 0.8).npv < PLAN.npv() < recall.npv_high
    running = next(bar for bar in bars if bar.name == "running_yen")
    # 1.8 million × (1.5 − 0.9), five years' ends at 3 %: 4.5797 times as much today.
    assert running.npv_low - running.npv_high == pytest.approx(1_800_000 * 0.6 * 4.579707, rel=1e-6)


def test_a_bar_stays_within_what_is_possible():
    (bar,) = tornado(PLAN, {"recall": Range(0.5, 3.0)})
    assert bar.high == 1.0


def test_break_even_is_where_nothing_is_gained():
    for name in ("recall", "share", "miss_yen", "initial_yen", "running_yen"):
        turn = break_even(PLAN, name)
        assert what_if(PLAN, **{name: turn}).npv == pytest.approx(0, abs=1), name
    assert break_even(PLAN, "initial_yen") == pytest.approx(12_000_000 + PLAN.npv())


def test_there_may_be_no_break_even():
    assert break_even(PLAN, "false_yen") is None  # no false alarms: their price does not matter
    assert break_even(PLAN, "first_year") is None  # not even a first year without effect
    assert break_even(replace(PLAN, initial_yen=10**9), "recall") is None
    with pytest.raises(DataError):
        break_even(PLAN, "discount")


def test_the_same_seed_gives_the_same_band_in_whatever_order():
    one = monte_carlo(PLAN, seed=3)
    other = monte_carlo(PLAN, dict(reversed(RANGES.items())), seed=3)
    assert np.array_equal(one.npv, other.npv) and one.percentiles == other.percentiles
    assert not np.array_equal(one.npv, monte_carlo(PLAN, seed=4).npv)


def test_the_band_lies_within_the_worst_and_the_best_of_its_ranges():
    band = monte_carlo(PLAN, draws=5000)
    worst = what_if(
        PLAN, recall=0.48, share=0.07, miss_yen=80_000, running_yen=2_700_000, initial_yen=15_600_000, first_year=0.15
    )
    best = what_if(
        PLAN, recall=0.63, share=0.13, miss_yen=120_000, running_yen=1_620_000, initial_yen=11_400_000, first_year=0.45
    )
    assert worst.npv <= band.npv[0] <= band.percentiles[5] < band.percentiles[50] < band.percentiles[95] <= best.npv
    assert band.gains == (band.npv > 0).mean() <= band.paid_back  # undiscounted, it is paid back sooner
    assert band.cumulative.shape == (3, 6) and (np.diff(band.cumulative, axis=0) >= 0).all()


@pytest.mark.seeds(20)
def test_draws_are_triangular(seed):
    # Triangular over 0.9, 1, 1.2 times 12 million: mean (0.9 + 1 + 1.2) / 3, variance (a²+b²+c²−ab−ac−bc) / 18.
    band = monte_carlo(PLAN, {"initial_yen": Range(0.9, 1.2)}, draws=20_000, seed=seed)
    initial = (12_000_000 + PLAN.npv() - band.npv) / 12_000_000
    spread = np.sqrt((0.9**2 + 1 + 1.2**2 - 0.9 - 0.9 * 1.2 - 1.2) / 18)
    assert initial.mean() == pytest.approx(3.1 / 3, abs=5 * spread / np.sqrt(20_000))
    assert initial.std() == pytest.approx(spread, rel=0.05)


def test_without_width_there_is_one_value():
    band = monte_carlo(PLAN, {"recall": Range(1, 1)}, draws=10)
    assert band.npv == pytest.approx(np.full(10, PLAN.npv()))
    assert monte_carlo(PLAN, {}, draws=10).npv == pytest.approx(np.full(10, PLAN.npv()))


@pytest.mark.parametrize(
    "arguments",
    [
        {"draws": 0},
        {"draws": 1.5},
        {"draws": True},
        {"draws": 10**9},
        {"percentiles": (101,)},
        {"ranges": {"years": Range(1, 2)}},
        {"ranges": {"recal": Range(1, 2)}},
        {"ranges": {"recall": Range(2, 1)}},
        {"ranges": {"recall": Range(-1, 1)}},
        {"ranges": {"recall": Range(0, float("nan"))}},
    ],
)
def test_nonsense_is_refused(arguments):
    with pytest.raises(DataError):
        monte_carlo(PLAN, **arguments)

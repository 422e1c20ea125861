"""A5: notices counted by hand on a short record; M37 and the price of a threshold on fresh draws."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import demonstrate, draw_tables, result
from jissho_kit.truths.cattle import NEVER, THRESHOLDS, at_threshold, by_night, judged

WEEK = 7 * 12


def record(heat: dict[int, int], ratio: dict[int, float], rows: int = WEEK + 60) -> pd.DataFrame:
    """One cow: readings in heat (row → 1) and ratios other than 1."""
    return pd.DataFrame(
        {
            "牛番号": 1,
            "日時": pd.date_range("2018-04-02", periods=rows, freq="2h"),
            "活動量": 20.0,
            "活動比": [ratio.get(i, 1.0) for i in range(rows)],
            "発情": [heat.get(i, 0) for i in range(rows)],
            "授精結果": None,
        }
    )


# A heat in the first week (not judged), one found at its third reading, one missed; two walks for nothing.
HEAT = dict.fromkeys([*range(20, 28), *range(WEEK + 10, WEEK + 18), *range(WEEK + 40, WEEK + 48)], 1)
NOTICES = {22: 3.0, WEEK + 12: 2.5, WEEK + 13: np.nan, WEEK + 14: 2.0, WEEK + 25: 1.9, WEEK + 30: 4.0, WEEK + 33: 4.0}


def test_notices_are_counted_per_reading_and_per_heat():
    found = at_threshold(judged(record(HEAT, NOTICES)), 1.8, miss=30_000, look=600)
    assert found["heats"] == 2
    assert (found["found"], found["missed"], found["recall"]) == (1, 1, 0.5)
    assert (found["readings"], found["readings_found"]) == (16, 2)
    assert found["notices"] == 3  # 6 h apart is one notice
    assert found["false"] == 2
    assert found["loss"] == 30_000 + 2 * 600
    assert found["accuracy"] == pytest.approx(1 - (14 + 3) / 60)


def test_a_notice_at_hour_20_is_too_late():
    first = WEEK + 10
    late = at_threshold(judged(record(dict.fromkeys(range(first, first + 10), 1), {first + 9: 2.0})), 1.8)
    soon = at_threshold(judged(record(dict.fromkeys(range(first, first + 10), 1), {first + 8: 2.0})), 1.8)
    assert (late["found"], late["in_time"], late["too_late"]) == (1, 0, 1)
    assert (soon["found"], soon["in_time"], soon["too_late"]) == (1, 1, 0)


def test_a_notice_just_after_a_heat_is_no_walk_for_nothing():
    heat = dict.fromkeys(range(WEEK + 10, WEEK + 18), 1)
    assert at_threshold(judged(record(heat, {WEEK + 20: 2.0})), 1.8)["false"] == 0
    assert at_threshold(judged(record(heat, {WEEK + 21: 2.0})), 1.8)["false"] == 1


def test_a_heat_that_runs_into_the_second_week_is_left_out_whole():
    rows = judged(record(dict.fromkeys(range(WEEK - 2, WEEK + 5), 1), {}))
    assert rows["発情"].sum() == 0
    assert len(rows) == 60 - 5


def test_without_notices_every_heat_is_missed():
    found = at_threshold(judged(record(HEAT, {})), 1.8)
    assert (found["notices"], found["found"], found["missed"]) == (0, 0, 2)


@pytest.mark.seeds(20)
def test_m37_counts_per_heat_are_far_better(seed):
    shown = demonstrate("M37", random_state=seed)
    assert 0.4 < shown.wrong["recall"] < 0.64
    assert shown.right["recall"] > 0.74
    assert shown.right["recall"] - shown.wrong["recall"] > 0.25
    for side in (shown.right, shown.wrong):
        assert side["recall"] == pytest.approx(side["found"] / side["of"])


def test_m37_effect_is_three_times_its_scatter_between_draws():
    shown = [demonstrate("M37", random_state=seed) for seed in range(5)]
    gaps = [d.right["recall"] - d.wrong["recall"] for d in shown]
    assert np.mean(gaps) / np.std(gaps, ddof=1) >= 3


@pytest.mark.seeds(20)
def test_the_most_accurate_threshold_is_not_the_cheapest(seed):
    data = draw_tables(seed)
    found = {name: result(f"cattle.{name}", data) for name in ("accuracy_none", "loss_none", "best_loss", "peak_loss",
             "best_threshold", "peak_threshold", "best_accuracy", "peak_accuracy")}  # fmt: skip
    assert found["accuracy_none"] > 0.95
    assert found["best_loss"] < 0.4 * found["loss_none"]
    assert found["best_loss"] < found["peak_loss"]
    assert found["best_threshold"] < found["peak_threshold"]
    assert found["best_accuracy"] < found["peak_accuracy"]


def test_a_dearer_miss_lowers_the_threshold():
    data = draw_tables(2)
    usual, dear = (result("cattle.best_threshold", data, {"miss": miss}) for miss in (30_000, 300_000))
    assert dear < usual


def night_record() -> pd.DataFrame:
    """One cow from midnight: two heats of nine readings, each first noticed at night; one walk for nothing at night, one by day."""
    first, second = WEEK + 12, WEEK + 48  # both begin at 0:00
    heat = dict.fromkeys([*range(first, first + 9), *range(second, second + 9)], 1)
    # sent at 2:00 (weak, a heat), 4:00 (strong, a heat), 22:00 (weak, nothing), 14:00 (weak, nothing)
    return judged(record(heat, {first: 1.9, second + 1: 3.0, WEEK + 34: 1.9, WEEK + 66: 1.9}, WEEK + 90))


@pytest.mark.parametrize(
    ("night_threshold", "day", "night"), [(1.8, 1, 1), (2.5, 2, 0), (NEVER, 2, 0)], ids=["all", "strong", "none"]
)
def test_a_walk_at_night_costs_more_and_a_weak_notice_waits_for_the_morning(night_threshold, day, night):
    found = by_night(night_record(), 1.8, night_threshold, miss=30_000, look=600, night_look=3_000)
    assert (found["missed"], found["false_day"], found["false_night"]) == (0, day, night)
    assert (found["in_time"], found["late"]) == (2, 0)
    assert found["loss"] == day * 600 + night * 3_000


def test_a_notice_late_in_a_heat_that_waits_for_the_morning_is_too_late():
    first = WEEK + 5  # begins at 10:00; the reading sent at 2:00 ends 16 hours later, at 6:00 it is 20
    rows = judged(record(dict.fromkeys(range(first, first + 10), 1), {first + 7: 2.0}))
    assert by_night(rows, 1.8, 1.8)["in_time"] == 1
    waits = by_night(rows, 1.8, NEVER)
    assert (waits["in_time"], waits["late"], waits["loss"]) == (0, 1, 30_000)


@pytest.mark.seeds(20)
def test_ringing_less_at_night_is_cheaper_than_ringing_always(seed):
    rows = judged(draw_tables(seed)["cattle"])
    always, strong = (min(by_night(rows, t, max(t, at))["loss"] for t in THRESHOLDS[4:29:2]) for at in (0, 2.5))
    assert strong < always


def test_the_five_settings_agree_with_the_sweep():
    data, price = draw_tables(1), {"miss": 32_000.0, "look": 500.0}
    told = {name: result(f"settings.{name}", data, price) for name in ("loss_best", "loss_peak", "best_misses_only")}
    losses = [at_threshold(judged(data["cattle"]), t, 32_000, 500)["loss"] for t in (1.4, 1.7, 2.0, 2.3, 2.6)]
    assert told["loss_best"] == min(losses)
    assert told["loss_peak"] in losses
    assert told["best_misses_only"] < told["loss_best"]


def test_the_hours_a_notice_may_lie_unread():
    assert result("window.slack", {}, {"rings": 4, "travels": 3}) == 11

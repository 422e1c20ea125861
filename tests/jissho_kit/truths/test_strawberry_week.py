"""A1 a week ahead: forecasts see nothing of the last seven days, promises are priced as by hand, the points hold on any draw."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import draw_tables, result, shipped_tables
from jissho_kit.truths.strawberry_week import GUESSES, WEEKS, houses_a_week_ahead, loss, past_days


def test_a_promise_is_priced_by_hand():
    assert loss(300, [290, 320], short=900, over=300) == pytest.approx((10 * 900 + 20 * 300) / 2 * 7)
    assert loss([290, 320], [290, 320]) == 0


def test_a_forecast_does_not_change_with_what_comes_less_than_seven_days_before():
    log = shipped_tables()["strawberry"]
    later = log.copy()
    after = later["日時"] >= later["日時"].max().normalize() - pd.Timedelta(days=6)
    later.loc[after, ["日射", "室温", "出荷kg"]] *= 1.5
    one, two = houses_a_week_ahead(log), houses_a_week_ahead(later)
    pd.testing.assert_frame_equal(one[GUESSES], two[GUESSES])
    changed = one["出荷kg"] != two["出荷kg"]
    assert set(one.loc[changed, "週"]) == {WEEKS}  # only next week itself


def test_a_forecast_does_change_with_the_day_seven_days_before():
    log = shipped_tables()["strawberry"]
    earlier = log.copy()
    day = earlier["日時"].dt.normalize() == earlier["日時"].max().normalize() - pd.Timedelta(days=7)
    earlier.loc[day, "出荷kg"] *= 1.5
    last = houses_a_week_ahead(log).groupby("棟").tail(1)
    changed = houses_a_week_ahead(earlier).groupby("棟").tail(1)
    assert (last["AI"] != changed["AI"]).all()
    assert (last["平年値"] == changed["平年値"]).all()


@pytest.mark.seeds(20)
def test_the_score_is_the_houses_sizes_and_a_low_promise_is_worth_more_than_the_forecast(seed):
    data = draw_tables(seed)
    week = {name: result(f"week.{name}", data) for name in ("r2", "r2_inside", "r2_house_mean", "right_side", "loss_ai",
            "loss_normal", "loss_last_year")}  # fmt: skip
    assert week["r2"] > 0.88
    assert week["r2_inside"] < 0.15
    assert abs(week["r2"] - week["r2_house_mean"]) < 0.03
    assert 0.4 < week["right_side"] < 0.6
    assert 0.8 < week["loss_ai"] / week["loss_normal"] < 1.2
    assert week["loss_last_year"] > 1.05 * week["loss_normal"]
    right, half, mirror = (result(f"contract.loss_{name}", data) for name in ("right", "half", "mirror"))
    assert right < 0.95 * min(half, week["loss_ai"])
    assert half < 0.8 * mirror


def test_the_promise_of_least_loss_lies_at_the_share_of_the_two_prices():
    data = shipped_tables()
    past = past_days(data["strawberry"])
    for short, over in [(900, 300), (1200, 300), (300, 900)]:
        promises = np.arange(200, 500)
        best = promises[np.argmin([loss(kg, past, short, over) for kg in promises])]
        kg = result("contract.kg_right", data, {"short": short, "over": over})
        assert abs(best - kg) <= 3


def test_the_five_days_are_counted_by_hand():
    data = shipped_tables()
    found = {name: result(f"contract.{name}", data) for name in (*(f"day_{i}" for i in range(1, 6)), "promise",
             "five_loss", "five_short_only", "five_swapped", "five_net")}  # fmt: skip
    missing = [found["promise"] - found[f"day_{i}"] for i in range(1, 6)]
    assert min(missing) < 0 < max(missing)
    assert found["five_loss"] == sum(900 * m if m > 0 else -300 * m for m in missing)
    assert found["five_short_only"] == sum(900 * m for m in missing if m > 0)
    assert found["five_swapped"] == sum(300 * m if m > 0 else -900 * m for m in missing)
    assert found["five_net"] == sum(missing) * 900 if sum(missing) > 0 else -sum(missing) * 300

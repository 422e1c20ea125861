"""A3: machines compared by hand; M06 and M20 hold on fresh draws."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_citrus
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.citrus import compared_machines, first_day_off, morning_check, trial

READINGS = pd.DataFrame(
    {
        "測定日": pd.Timestamp("2018-11-20"),
        "種別": "試験果実",
        "果実": [1, 2, 3, 4] * 2,
        "選果機": ["A"] * 4 + ["B"] * 4,
        "表示糖度": [10.0, 11.0, 12.0, 13.0, 10.5, 12.0, 12.5, 13.5],
        "糖度": [10.0, 11.0, 11.5, 13.0] * 2,
    }
)


def test_machines_are_compared_by_hand():
    found = compared_machines(READINGS)
    assert found["premium_true"] == 0.25
    assert (found["premium_a"], found["false_a"], found["bias_a"]) == (0.5, 0.5, 0.125)
    assert (found["premium_b"], found["false_b"], found["bias_b"]) == (0.75, pytest.approx(2 / 3), 0.75)


def test_morning_check_is_the_mean_of_the_standard_fruits():
    found = morning_check(READINGS.assign(種別="標準果実"))
    assert found.loc["2018-11-20"].to_dict() == {"A": 0.125, "B": 0.75}


@pytest.mark.seeds(20)
def test_m06_shuffled_readings_flatter(seed):
    shown = demonstrate("M06", random_state=seed)
    assert shown.right["known"] == 0 and shown.wrong["known"] > 0.95
    for target in ("r2_sugar", "r2_acid"):
        assert shown.wrong[target] - shown.right[target] > 0.2
    assert shown.right["r2_acid"] < 0 < shown.wrong["r2_acid"]


def test_m06_effect_is_three_times_its_scatter_between_draws():
    shown = [demonstrate("M06", random_state=seed) for seed in range(3)]
    gaps = [d.wrong["r2_acid"] - d.right["r2_acid"] for d in shown]
    assert np.mean(gaps) / np.std(gaps, ddof=1) >= 3


@pytest.mark.seeds(20)
def test_m20_high_correlation_and_half_of_the_premium_false(seed):
    shown = demonstrate("M20", random_state=seed)
    assert shown.right["r"] > 0.94
    assert shown.right["bias"] == pytest.approx(0.6, abs=0.08)
    assert shown.right["correction"] == -shown.right["bias"]
    assert shown.wrong["premium"] - shown.right["premium"] > 0.08
    assert 0.25 < shown.right["false"] < 0.65


def test_m20_everything_one_higher_moves_the_correction_by_one():
    table, _ = make_citrus(random_state=1)
    higher = table.assign(表示糖度=table["表示糖度"] + 1)
    usual, moved = (demonstrate("M20", data={"citrus": t}).right["correction"] for t in (table, higher))
    assert moved - usual == pytest.approx(-1)


@pytest.mark.seeds(20)
def test_the_chart_of_standard_fruits_finds_the_day(seed):
    table, truth = make_citrus(random_state=seed)
    assert first_day_off(table) in range(int(truth.effects["shift_day"]) - 5, int(truth.effects["shift_day"]) + 2)


def test_pls_reads_sugar_and_not_acid_on_new_fruits():
    table, truth = make_citrus(random_state=2)
    data = {"citrus": table}
    assert result("citrus.pls_r_sugar", data) > 0.9
    assert result("citrus.pls_r_acid", data) < 0.6
    assert result("citrus.pls_r2_sugar", data) < truth.best_score("r2_sugar")
    assert len(trial(table)) == result("citrus.readings", data)


def test_what_false_premium_costs_by_hand():
    """B shows 12.0 or more on three of four; the juice of two of them is below."""
    found = {
        name: result(
            f"sorter.{name}", {"citrus": READINGS.assign(酸度=1.0)}, {"boxes": 1000, "extra": 300, "claim": 1100}
        )
        for name in ("shown", "short", "real", "false", "loss", "sales", "claims")
    }
    assert (found["shown"], found["short"], found["real"]) == (3, 2, 1)
    assert found["false"] == pytest.approx(2 / 3)
    assert (found["loss"], found["sales"], found["claims"]) == (400_000, 150_000, 550_000)

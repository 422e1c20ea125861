"""A4: sums of temperature by hand; M19 holds on fresh draws."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import demonstrate
from jissho_kit.truths.tea import springs, sprouting, sums


def spring(garden: str, temperature: float, sprouted: str) -> pd.DataFrame:
    """A spring of steady warmth."""
    dates = pd.date_range("2001-03-01", "2001-04-30")
    works = [("萌芽" if day == pd.Timestamp(sprouted) else None) for day in dates]
    return pd.DataFrame({"年": 2001, "園": garden, "日付": dates, "平均気温": temperature, "被覆": "無", "作業": works})


GARDENS = pd.concat([spring("一番園", 10.0, "2001-03-29"), spring("峠園", 8.0, "2001-04-05")], ignore_index=True)


def test_sums_start_on_10_march():
    found = springs(GARDENS).set_index("園")
    assert found["必要"].to_dict() == {"一番園": 200.0, "峠園": 27 * 8.0}
    assert found["萌芽"].to_dict() == {"一番園": 88, "峠園": 95}


def test_sprouting_is_the_day_that_reaches_the_need():
    assert sprouting(GARDENS, 200).to_dict() == {(2001, "一番園"): 88, (2001, "峠園"): 93}
    by_garden = sprouting(GARDENS, pd.Series({"一番園": 201.0, "峠園": 216.0}))
    assert by_garden.to_dict() == {(2001, "一番園"): 89, (2001, "峠園"): 95}


def test_a_dead_logger_is_filled_from_the_other_gardens():
    hurt = GARDENS.copy()
    hurt.loc[(hurt["園"] == "峠園") & hurt["日付"].between("2001-03-20", "2001-03-22"), "平均気温"] = np.nan
    filled = sums(hurt)
    assert filled["気温"].notna().all()
    assert filled.loc[filled["園"] == "峠園", "気温"].iloc[11] == pytest.approx(8.0, abs=2.0)


@pytest.mark.seeds(20)
def test_m19_as_it_is_loses_to_the_average_and_re_fitted_wins(seed):
    shown = demonstrate("M19", random_state=seed)
    assert shown.right["mae"] < shown.right["mae_average"] < shown.wrong["mae"]
    assert shown.right["mae"] < 1.6
    assert shown.wrong["bias"] < -3
    assert shown.right["need"] - shown.wrong["need"] > 40


@pytest.fixture(scope="module")
def shown():
    return [demonstrate("M19", random_state=seed) for seed in range(12)]


def test_m19_effects_are_three_standard_errors(shown):
    over_average = np.array([d.wrong["mae"] - d.right["mae_average"] for d in shown])
    over_own = np.array([d.wrong["mae"] - d.right["mae"] for d in shown])
    assert over_average.mean() / (over_average.std(ddof=1) / len(shown) ** 0.5) >= 3
    assert over_own.mean() / over_own.std(ddof=1) >= 3


def test_re_fitting_on_the_judged_years_flatters_on_average(shown):
    assert np.mean([d.right["mae"] - d.wrong["mae_same_years"] for d in shown]) > 0

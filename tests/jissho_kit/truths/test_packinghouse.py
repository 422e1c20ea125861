"""A6: results by hand on a few slips; M17 and M36 hold on fresh draws."""

import pandas as pd
import pytest

from jissho_kit.truths import demonstrate, draw_tables, result
from jissho_kit.truths.packinghouse import deliveries, upper_limit

DAY = pd.to_datetime(["2018-09-03", "2018-09-03", "2018-09-04", "2018-10-01", "2018-10-01"])
SLIPS = pd.DataFrame(
    {
        "日付": DAY,
        "地区": ["北", "北", "南", "北", "北"],
        "園地": ["北01", "北01", "南01", "北01", "北01"],
        "検査個数": [100, 100, 50, 200, 200],
        "規格外理由": ["傷", "腐敗", "なし", "傷", "腐敗"],
        "個数": [10, 2, 0, 6, 8],
        "重量": [1.0, 0.2, 0.0, 0.6, float("nan")],
        "損失単価": [60, 600, 0, 60, 600],
    }
)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("rows", 4),
        ("blanks", 1),
        ("deliveries", 3),
        ("orchards", 2),
        ("looked_at", 350),
        ("off_share", 26 / 350),
        ("slips_without", 1),
        ("top_count", "傷"),
        ("top_loss", "腐敗"),
        ("top_loss_yen", 120),
        ("break_even", 96 / 120),
        ("line_of_top_loss", "北"),
    ],
)
def test_results_are_exact(name, expected):
    found = result(f"packinghouse.{name}", {"packinghouse": SLIPS})
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_deliveries_are_counted_once_each():
    found = deliveries(SLIPS)
    assert found["検査個数"].tolist() == [100, 50, 200]
    assert found["規格外"].tolist() == [12, 0, 14]
    assert found["腐敗"].tolist() == [2, 0, 8]
    assert found["前半"].tolist() == [True, True, False]


def test_upper_limit_is_the_textbooks():
    assert upper_limit(0.02, 50) == pytest.approx(0.0794, abs=1e-4)
    assert upper_limit(0.02, 400) == pytest.approx(0.0410, abs=1e-4)


@pytest.mark.seeds(20)
def test_m17_the_worst_improve_with_nothing_done(seed):
    shown = demonstrate("M17", random_state=seed)
    right, wrong = shown.right, shown.wrong
    assert wrong["improvement"] == pytest.approx(wrong["before"] - wrong["after"])
    assert wrong["improvement"] > 0.02
    assert abs(right["improvement"]) < 0.6 * wrong["improvement"]
    assert right["best_after"] > right["best_before"]
    assert right["slope"] < 0.7


def test_m17_effect_is_three_times_its_scatter_between_draws():
    shown = pd.Series([demonstrate("M17", random_state=seed).wrong["improvement"] for seed in range(12)])
    assert shown.mean() / shown.std() >= 3


def test_m17_nothing_is_left_beyond_regression_to_the_mean():
    left = pd.Series([demonstrate("M17", random_state=seed).right["improvement"] for seed in range(12)])
    assert abs(left.mean()) < 3 * left.std() / 12**0.5


@pytest.mark.seeds(20)
def test_m36_both_groups_lie_inside_their_own_limits(seed):
    shown = demonstrate("M36", data=draw_tables(seed))
    right, wrong = shown.right, shown.wrong
    assert right["share_small"] == pytest.approx(2 * right["share_large"])
    assert right["share_small"] < right["ucl_small"]
    assert right["share_large"] < right["ucl_large"] < wrong["ucl_small"] < right["ucl_small"]
    assert wrong["outside"] > 4 * right["outside"]
    assert wrong["outside_small"] > right["outside_small"]


def test_m36_takes_the_numbers_of_an_item():
    shown = demonstrate("M36", params={"bad_small": 3, "small": 60, "bad_large": 10, "large": 500})
    assert shown.right["share_small"] == pytest.approx(0.05)
    assert shown.right["ucl_large"] == pytest.approx(upper_limit(shown.right["mean"], 500))

"""A2: before and after against the other house, and what models say about a heat that nobody has seen."""

import pandas as pd
import pytest

from jissho_kit.simulators import make_tomato
from jissho_kit.truths import demonstrate, result, shipped_tables


@pytest.mark.parametrize("seed", range(20))
def test_m16_most_of_the_rise_is_the_seasons(seed):
    table, truth = make_tomato(random_state=seed)
    shown = demonstrate("M16", data={"tomato": table})
    assert shown.wrong["before_after"] > shown.wrong["control"] > 0
    assert shown.right["did"] == pytest.approx(shown.wrong["before_after"] - shown.wrong["control"])
    assert shown.wrong["before_after"] > 2 * shown.right["did"]
    assert shown.right["lower"] < shown.right["did"] < shown.right["upper"]
    assert abs(shown.right["did"] - truth.effects["did"]) < 3.5 * shown.right["se"]


def test_m16_stands_out_of_its_error_in_most_draws():
    shown = [demonstrate("M16", random_state=seed) for seed in range(20)]
    assert sum(d.right["did"] / d.right["se"] >= 3 for d in shown) >= 18


@pytest.mark.seeds(20)
def test_m18_line_and_forest_are_far_off(seed):
    table, truth = make_tomato(random_state=seed)
    shown = demonstrate("M18", data={"tomato": table})
    assert shown.right["growth"] < 0 < shown.wrong["forest"] < shown.wrong["line"]
    assert shown.wrong["forest"] == shown.wrong["forest_hottest"]
    assert shown.wrong["line"] - shown.wrong["forest"] > 10
    assert shown.right["growth"] == pytest.approx(truth.effects["growth_at_38"], abs=1)
    assert shown.right["beyond"] > 6


def test_m18_takes_the_heat_as_a_parameter():
    data = {"tomato": make_tomato(random_state=1)[0]}
    milder, hotter = (demonstrate("M18", data=data, params={"heat": heat}) for heat in (34, 40))
    assert milder.right["growth"] > hotter.right["growth"]
    assert milder.wrong["line"] < hotter.wrong["line"]
    assert milder.wrong["forest"] == hotter.wrong["forest"]


def test_difference_in_differences_by_hand():
    rows = [
        (week, house, int(house == "1号棟" and week > 2), value)
        for house, values in {"1号棟": (10, 12, 20, 22), "2号棟": (8, 9, 13, 14)}.items()
        for week, value in enumerate(values, start=1)
    ]
    table = pd.DataFrame(rows, columns=["週", "棟", "CO2機", "収量kg"])
    shown = demonstrate("M16", data={"tomato": table})
    assert shown.wrong == {"before_after": pytest.approx(10), "control": pytest.approx(5)}
    assert shown.right["did"] == pytest.approx(5)
    # Weekly gaps 2, 3 | 7, 8: variance 0.5 on each side, two weeks each.
    assert shown.right["se"] == pytest.approx((0.5 / 2 + 0.5 / 2) ** 0.5)
    assert shown.right["upper"] - shown.right["did"] == pytest.approx(4.303 * 0.7071, rel=1e-3)


def test_named_results_agree_with_the_table():
    data = shipped_tables()
    assert result("tomato.rows", data) == 336
    assert (result("tomato.weeks", data), result("tomato.weeks_before", data)) == (24, 12)
    assert result("tomato.missing_rows", data) == data["tomato"]["日射"].isna().sum() > 0
    assert result("tomato.hottest", data) == data["tomato"]["日中気温"].max()
    rise = result("tomato.after_treated", data) - result("tomato.before_treated", data)
    assert rise == pytest.approx(result("M16.wrong.before_after", data))

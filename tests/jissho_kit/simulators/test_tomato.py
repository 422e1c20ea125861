"""A2: the houses, the generator and its effect are planted as said, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_tomato, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_tomato, write
from jissho_kit.simulators.tomato import CLIMATE, growth


@pytest.fixture(scope="module")
def draws():
    return [make_tomato(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema_and_has_two_houses_for_24_weeks(draws):
    for table, _ in draws:
        schema("tomato").check(table)
        assert len(table) == 336
        assert table.groupby(["週", "棟"]).size().eq(7).all()
        assert table["週"].max() == 24
        on = table[table["CO2機"] == 1]
        assert set(on["棟"]) == {"1号棟"}
        assert (on["週"].min(), len(on)) == (13, 84)


def test_climate_is_missing_for_whole_days_together(draws):
    for table, truth in draws:
        missing = table[CLIMATE].isna()
        assert missing.all(axis=1).sum() == missing.any(axis=1).sum() == truth.effects["missing_days"] >= 2
        assert 0 < table["増体g"].isna().sum() <= 3


def test_no_day_comes_near_38_degrees_and_the_generator_is_held_back_by_the_vents(draws):
    for table, _ in draws:
        assert table["日中気温"].max() < 32
        on = table[table["CO2機"] == 1].dropna()
        assert on["日中CO2"].corr(on["換気時間"]) < -0.5
        late = table[table["週"] >= 13].groupby("棟")["日中CO2"].mean()
        assert late["1号棟"] - late["2号棟"] > 50


def test_plants_grow_less_when_too_hot_and_shrink_at_38(draws):
    assert growth(25, 7, 400) > growth(15, 7, 400) > 0
    assert growth(25, 7, 400) > growth(32, 7, 400)
    assert growth(25, 7, 500) == growth(25, 7, 900) > growth(25, 7, 400)
    for _, truth in draws:
        assert truth.effects["growth_at_38"] < 0 < truth.effects["growth_at_28"]


def test_weighed_growth_follows_the_mechanism(draws):
    for table, truth in draws:
        days = table.dropna()
        left = days["増体g"] - growth(days["日中気温"], days["日射"], days["日中CO2"])
        assert abs(left.mean()) < 4 * left.std() / np.sqrt(len(left))
        assert truth.best_score("r2") > 0.9
        assert -4 < truth.best_score("neg_mean_absolute_error") < -1.5


def test_the_effect_is_found_within_its_error_and_is_three_errors_strong(draws):
    found, strong = [], 0
    for table, truth in draws:
        weeks = table.groupby(["週", "棟"])["収量kg"].mean().unstack()
        gap = weeks["1号棟"] - weeks["2号棟"]
        error = np.sqrt(gap[:12].var() / 12 + gap[12:].var() / 12)
        found.append((gap[12:].mean() - gap[:12].mean() - truth.effects["did"]) / error)
        strong += truth.effects["did"] / error >= 3
        assert truth.effects["did_late"] > truth.effects["did"] > 0  # sugar waits in the fruit
        assert truth.effects["season"] > truth.effects["did"]
    assert strong >= 18
    assert sum(abs(miss) < 3 for miss in found) >= 18


def test_harvest_carries_over_from_day_to_day(draws):
    for table, _ in draws:
        control = table.loc[table["棟"] == "2号棟", "収量kg"]
        assert control.autocorr() > 0.7


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["tomato"], tmp_path, SHIPPED_SEED)
    relative = "tomato/tomato.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert len(load_tomato()) == 336


def test_a_generator_and_its_seed_draw_the_same_and_odd_sizes_are_refused():
    by_seed, _ = make_tomato(n=112, random_state=3)
    by_generator, _ = make_tomato(n=112, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)
    for n in (84, 113):
        with pytest.raises(ValueError):
            make_tomato(n=n)

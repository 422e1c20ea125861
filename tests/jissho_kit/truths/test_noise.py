"""M10, M11, M12, M32: nothing is in the noise; what is found there is the method's doing. By hand where arithmetic can."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_molding, make_press
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.noise import noise_seed


def shown(id, seed, **params):
    return demonstrate(id, data={}, params={"seed": seed, **params})


@pytest.fixture(scope="module")
def tables():
    return {"molding": make_molding(n=1000, random_state=1)[0], "press": make_press(n=1500, random_state=1)[0]}


def test_tables_give_the_seed(tables):
    shuffled = {"molding": tables["molding"].sample(frac=1, random_state=0)}
    other = {"molding": make_molding(n=1000, random_state=2)[0]}
    assert noise_seed(tables) == noise_seed({"molding": tables["molding"].copy()}) == noise_seed(shuffled)
    assert noise_seed(tables) not in {noise_seed(other), noise_seed({"press": tables["press"]})}
    in_a_notebook = int(pd.util.hash_pandas_object(tables["molding"], index=False).sum() % 2**32)
    assert noise_seed(tables) == in_a_notebook < 2**32
    assert noise_seed({}) == noise_seed(None) == 0


@pytest.mark.parametrize("id, name", [("M11", "wrong.accuracy"), ("M12", "right.r2"), ("M32", "wrong.found")])
def test_the_same_tables_give_the_same_number_and_others_another(tables, id, name):
    found = result(f"{id}.{name}", tables)
    assert result(f"{id}.{name}", dict(tables)) == found
    assert result(f"{id}.{name}", {"press": tables["press"]}) != found, "drawn anew"
    assert result(f"{id}.{name}", tables, {"seed": noise_seed(tables)}) == found


@pytest.mark.seeds(20)
def test_m10_noise_seems_to_tell_when_columns_are_chosen_first(seed):
    found = demonstrate("M10", random_state=seed)
    assert 0.8 < found.wrong["accuracy"] < 0.97
    assert 0.4 < found.right["accuracy"] < 0.6
    assert found.right["lowest"] < found.right["accuracy"] < found.right["highest"]


def test_m10_nothing_leaks_when_no_column_is_left_out():
    found = shown("M10", 3, rows=40, columns=15, kept=15)
    assert found.wrong == found.right


def test_m10_fewer_columns_to_choose_from_flatter_less():
    few, many = (shown("M10", 0, columns=columns).wrong["accuracy"] for columns in (40, 1000))
    assert few < many - 0.1


@pytest.mark.seeds(20)
def test_m11_the_best_of_many_coins_is_a_coin(seed):
    found = demonstrate("M11", random_state=seed)
    assert found.wrong["accuracy"] == pytest.approx(found.wrong["expected"], abs=0.02)
    assert found.right["accuracy"] == pytest.approx(0.5, abs=0.05)
    assert found.wrong["lowest"] > found.right["accuracy"] + 0.05


@pytest.mark.parametrize(
    "coins, questions, expected",
    [(1, 100, 0.5), (2, 1, 3 / 4), (3, 1, 7 / 8), (2, 2, (0 * 1 + 1 * 8 + 2 * 7) / 16 / 2)],
)
def test_m11_the_expected_best_by_hand(coins, questions, expected):
    assert shown("M11", 0, coins=coins, questions=questions).wrong["expected"] == pytest.approx(expected)


def test_m11_expected_best_of_the_lesson():
    assert shown("M11", 0).wrong["expected"] == pytest.approx(0.637, abs=0.001)


@pytest.mark.seeds(20)
def test_m12_learnt_perfectly_and_worse_than_the_mean_on_new_rows(seed):
    found = demonstrate("M12", random_state=seed)
    assert found.wrong["lowest"] == pytest.approx(1)
    assert found.right["r2"] < -0.2
    assert found.right["highest"] < 0.5


def test_m12_the_fit_is_perfect_from_one_column_less_than_rows():
    assert shown("M12", 0, rows=12, columns=11).wrong["lowest"] == pytest.approx(1)
    # A straight line through noise explains columns / (rows − 1) of it on average.
    assert shown("M12", 0, rows=41, columns=10).wrong["r2"] == pytest.approx(10 / 40, abs=0.08)


@pytest.mark.seeds(20)
def test_m32_ten_of_two_hundred_by_chance_and_none_after_the_correction(seed):
    found = demonstrate("M32", random_state=seed)
    assert found.wrong["found"] == pytest.approx(10, abs=2.5)
    assert found.wrong["lowest"] >= 1
    assert found.right["found"] < 0.5 < 0.1 * found.wrong["found"]
    assert "200個" in found.statement


def test_m32_by_hand():
    found = shown("M32", 0, sensors=2, level=0.1)
    assert found.right["by_chance"] == pytest.approx(0.2)
    assert found.right["at_least_one"] == pytest.approx(0.19)
    assert found.right["level_each"] == pytest.approx(0.05)


EFFECTS = {"M10": "accuracy", "M11": "accuracy", "M12": "r2", "M32": "found"}


@pytest.mark.parametrize("id, name", EFFECTS.items())
def test_effect_is_three_times_its_scatter_between_draws(id, name):
    draws = [shown(id, seed) for seed in range(3)]
    gaps = [found.wrong[name] - found.right[name] for found in draws]
    assert np.mean(gaps) / np.std(gaps, ddof=1) >= 3

"""F4b: agreement and kappa are exact on a table worked out by hand; M30 holds on fresh draws."""

import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from jissho_kit.truths import demonstrate, draw_tables, result

# 50 ICs: both bad 20, only A bad 5, only B bad 10, both good 15 (agreement 0.7, by chance 0.5, kappa 0.4).
COUNTS = {("不良", "不良"): 20, ("不良", "良品"): 5, ("良品", "不良"): 10, ("良品", "良品"): 15}
TRIAL = pd.DataFrame(
    [(a, b, a) for (a, b), count in COUNTS.items() for _ in range(count)], columns=["検査員A", "検査員B", "分解結果"]
)


@pytest.mark.parametrize(
    "name, expected",
    [("agreement", 0.7), ("expected", 0.5), ("above_chance", 0.2), ("kappa", 0.4), ("perfect_a", 1.0), ("differ", 15)],
)
def test_results_are_exact(name, expected):
    assert result(f"inspectors.{name}", {"ic_inspectors": TRIAL}) == pytest.approx(expected)


def test_kappa_is_the_librarys():
    table = draw_tables(1)["ic_inspectors"]
    found = result("inspectors.kappa", {"ic_inspectors": table})
    assert found == pytest.approx(cohen_kappa_score(table["検査員A"], table["検査員B"]))


@pytest.mark.parametrize("seed", range(20))
def test_m30_agreement_flatters_and_no_model_reaches_all_of_an_inspector(seed):
    shown = demonstrate("M30", random_state=seed)
    assert 0.45 < shown.right["kappa"] < 0.65
    assert shown.wrong["kappa"] - shown.right["kappa"] > 0.25
    assert 0.88 < shown.right["accuracy"] < 0.96
    assert shown.right["recall"] < 0.9

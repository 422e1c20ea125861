"""F4b: two inspectors, each with a line and an eye of their own, over 20 seeds."""

import numpy as np
import pytest

from jissho.datasets import own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_ic_inspectors, write


@pytest.fixture(scope="module")
def draws():
    return [make_ic_inspectors(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema_with_the_defects_collected(draws):
    for table, truth in draws:
        schema("ic_inspectors").check(table)
        assert len(table) == 2000
        assert (table["分解結果"] == "不良").mean() == pytest.approx(truth.effects["defect_share"])


def test_the_shipped_file_is_the_drawn_one(tmp_path):
    write(["ic_inspectors"], tmp_path, SHIPPED_SEED)
    file = "ic_inspectors/ic_inspectors.csv"
    assert (tmp_path / file).read_bytes() == (own_data() / file).read_bytes()


def test_inspectors_agree_often_and_a_perfect_model_misses_some_of_their_verdicts(draws):
    agreements = [(table["検査員A"] == table["検査員B"]).mean() for table, _ in draws]
    assert np.mean(agreements) == pytest.approx(0.88, abs=0.01)
    for table, truth in draws:
        for letter in "AB":
            accuracy = (table["分解結果"] == table[f"検査員{letter}"]).mean()
            assert accuracy == pytest.approx(truth.best_score(f"accuracy_{letter.lower()}"))
            assert 0.89 < accuracy < 0.96


def test_the_stricter_line_calls_more_defects(draws):
    agree = 0
    for table, truth in draws:
        stricter = "A" if truth.effects["line_a"] < truth.effects["line_b"] else "B"
        called = {letter: (table[f"検査員{letter}"] == "不良").sum() for letter in "AB"}
        agree += max(called, key=called.get) == stricter
    assert agree >= 13  # eyes differ too, and a noisy eye also calls more


def test_too_few_are_refused():
    with pytest.raises(ValueError):
        make_ic_inspectors(n=199)

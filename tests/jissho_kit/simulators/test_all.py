"""What every simulator owes, whatever it draws; each one's own tests look closer."""

import math

import pytest

from jissho import datasets
from jissho_kit.simulators import SIMULATORS, Truth


def test_every_dataset_with_a_schema_has_a_simulator_and_a_loader():
    assert datasets.names() == sorted(SIMULATORS)
    assert {f"load_{name}" for name in SIMULATORS} <= set(datasets.__all__)


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_a_truth_says_what_is_planted_and_how_good_a_model_could_be(name):
    _, truth = SIMULATORS[name](random_state=1)
    assert isinstance(truth, Truth) and truth.effects and truth.best
    assert not any(math.isnan(value) for value in truth.effects.values())
    assert all(math.isfinite(truth.best_score(metric)) for metric in truth.best)
    with pytest.raises(KeyError):
        truth.best_score("no such metric")

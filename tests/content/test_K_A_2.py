"""K-A-2 keeps its promises: no result before a prediction, the misses and the night are priced, a threshold is decided."""

from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import draw_params
from jissho_kit.truths import result, shipped_tables

PART = "K-A-2"


def test_how_many_walks_are_allowed_comes_first_and_the_decision_last(calls):
    keys = [key for _, key in calls]
    assert keys[0] == "K-A-2/allowed"
    assert keys[-3:] == ["K-A-2/threshold", "K-A-2/decision", "K-A-2/decision"]


def test_checks_come_after_each_idea(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 3
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 3


def test_the_latest_hour_is_never_a_number_of_the_question():
    item = next(item for item in load_items("K-A-2") if item.id == "K-A-2.e")
    for seed in range(20):
        params = draw_params(item, seed)
        assert result("window.slack", shipped_tables(), params) not in {18.0, 6.0, *params.values()}

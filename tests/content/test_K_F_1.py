"""K-F-1 keeps its promises: no result before a prediction, and a price at the beginning and at the end."""

from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import draw_params, make_key

PART = "K-F-1"

FIRST = "K-F-1/price_before"


def test_the_price_comes_first_and_again_at_the_end_after_the_decision(calls):
    keys = [key for _, key in calls]
    assert keys[0] == FIRST
    assert keys.index("K-F-1/decision") < keys.index("K-F-1/price_after")


def test_a_check_at_least_every_quarter_of_the_lesson(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 4
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 3


def test_no_drawn_parameter_gives_the_lessons_own_answer_to_the_bell():
    item = next(item for item in load_items("K-F-1") if item.id == "K-F-1.c")
    keys = [make_key(item, {}, draw_params(item, seed), seed) for seed in range(60)]
    assert len({key.right for key in keys}) == 8
    assert all(abs(key.right - 0.0902) > 0.01 for key in keys)

"""K-A-1 keeps its promises: no result before a prediction, a promise at the beginning and at the end, money laid beside it."""

from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import draw_params
from jissho_kit.truths import result, shipped_tables

PART = "K-A-1"

GIVEN = {"display", "提案書の図"}  # the vendor's own slide, seen before anything is asked


def test_a_promise_is_made_before_anything_is_seen_and_again_before_next_week_comes(calls):
    keys = [key for _, key in calls]
    assert keys[:3] == ["K-A-1/price_before", "K-A-1/promise_before", "K-A-1/right_side"]
    assert keys[-4:-1] == ["K-A-1/promise_after", "K-A-1/decision", "K-A-1/decision"]


def test_checks_come_after_each_idea(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 3
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 3


def test_no_drawn_price_asks_for_the_lessons_own_percent_point():
    item = next(item for item in load_items("K-A-1") if item.id == "K-A-1.a")
    shares = {result("contract.share", shipped_tables(), draw_params(item, seed)) for seed in range(20)}
    assert len(shares) == 2
    assert all(abs(share - result("contract.share", shipped_tables())) > 0.04 for share in shares)

"""K-A-1 keeps its promises: no result before a prediction, a promise at the beginning and at the end, money laid beside it."""

import ast

import pytest

from jissho_kit import lessons
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import draw_params
from jissho_kit.truths import result, shipped_tables

FREE = {"display", "提案書の図"}  # the vendor's own slide, seen before anything is asked


@pytest.fixture(scope="module")
def calls():
    """Calls at the top level of the participants' cells, in order: (function, its first argument if it is text)."""
    found = []
    for cell in lessons.build("K-A-1").cells:
        if cell.cell_type == "code":
            for statement in ast.parse(cell.source).body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    first = statement.value.args[0] if statement.value.args else None
                    name = statement.value.func.id
                    found.append((name, first.value if isinstance(first, ast.Constant) else ""))
    return [call for call in found if call[0] not in FREE]


def test_every_result_waits_for_a_prediction_that_was_asked_for_before(calls):
    asked = set()
    for function, key in calls:
        assert function in {"predict", "decide", "check", "after_prediction"}, f"{function} shows without waiting"
        if function == "after_prediction":
            assert key in asked, key
        asked.add(key)


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

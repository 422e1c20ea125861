"""K-A-2 keeps its promises: no result before a prediction, the misses and the night are priced, a threshold is decided."""

import ast

import pytest

from jissho_kit import lessons
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import draw_params
from jissho_kit.truths import result, shipped_tables


@pytest.fixture(scope="module")
def calls():
    """Calls at the top level of the participants' cells, in order: (function, its first argument if it is text)."""
    found = []
    for cell in lessons.build("K-A-2").cells:
        if cell.cell_type == "code":
            for statement in ast.parse(cell.source).body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    first = statement.value.args[0] if statement.value.args else None
                    found.append((statement.value.func.id, first.value if isinstance(first, ast.Constant) else ""))
    return found


def test_every_result_waits_for_a_prediction_that_was_asked_for_before(calls):
    asked = set()
    for function, key in calls:
        assert function in {"predict", "decide", "check", "after_prediction"}, f"{function} shows without waiting"
        if function == "after_prediction":
            assert key in asked, key
        asked.add(key)


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

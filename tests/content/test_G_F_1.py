"""G-F-1 keeps its promises: predictions come first, checks come often, cells stay short, the declaration is written."""

import ast

import pytest

from jissho_kit import lessons

PREDICTED = ["duplicates", "without", "baseline", "next", "agreement", "perfect"]
DECIDED = ["columns", "split-decision", "decision"]


@pytest.fixture(scope="module")
def cells():
    return [cell for cell in lessons.build("G-F-1").cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def calls(cells):
    """(function, its first argument) of every call with a key, in order."""
    return [
        (node.value.func.id, node.value.args[0].value)
        for cell in cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.args
        and isinstance(node.value.args[0], ast.Constant)
    ]


def test_every_prediction_is_asked_required_and_laid_beside_the_result(calls):
    for key in PREDICTED:
        told = [function for function, first in calls if first == f"G-F-1/{key}"]
        assert told == ["predict", "require_prediction", "show_prediction"], key


def test_the_lesson_ends_in_the_declaration(calls):
    assert [first for function, first in calls if function == "decide"] == [f"G-F-1/{key}" for key in DECIDED]
    assert calls[-1][0] == "decide"


def test_a_check_at_least_every_quarter_of_the_lesson(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 6
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 4


def test_a_cell_of_code_has_at_most_twelve_lines(cells):
    shown = [cell for cell in cells if "form" not in cell.metadata.get("tags", [])]
    long = {cell.id: count for cell in shown if (count := len([x for x in cell.source.splitlines() if x.strip()])) > 12}
    assert not long


def test_every_form_has_a_first_line_that_says_what_appears(cells):
    for cell in cells:
        if "form" in cell.metadata.get("tags", []):
            assert cell.source.startswith("# "), cell.id

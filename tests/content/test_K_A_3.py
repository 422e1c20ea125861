"""K-A-3 keeps its promises: no result before a prediction, prose that gives nothing away, a decision and one clause last."""

import ast

import pytest

from jissho_kit import lessons
from jissho_kit.truths import draw_tables, result

DECISIONS = [f"K-A-3/{name}" for name in ("decision", "clause", "ceiling", "stop", "next", "partner")]
# What a participant must find out: none of it may stand on the page before the prediction.
REVEALED = (
    "高く表示していました",
    "一円も増えない",
    "一人では損",
    "三つ（第一条",
    "2者から10者まで",
    "お金を減らしていました",
)


@pytest.fixture(scope="module")
def lesson():
    return lessons.build("K-A-3")


@pytest.fixture(scope="module")
def calls(lesson):
    """Calls at the top level of the participants' cells, in order: (function, its first argument if it is text)."""
    found = []
    for cell in lesson.cells:
        if cell.cell_type == "code":
            for statement in ast.parse(cell.source).body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    first = statement.value.args[0]
                    found.append((statement.value.func.id, first.value if isinstance(first, ast.Constant) else ""))
    return found


def test_every_result_waits_for_a_prediction_that_was_asked_for_before(calls):
    """話す writes out the card that was handed to them: what is given, not what is found."""
    asked = set()
    for function, key in calls:
        assert function in {"predict", "decide", "check", "after_prediction", "話す"}, (
            f"{function} shows without waiting"
        )
        if function == "after_prediction":
            assert key in asked, key
        asked.add(key)
    assert sum(function == "話す" for function, _ in calls) == 1


def test_prose_tells_no_result_beforehand(lesson):
    prose = "".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    assert not [words for words in REVEALED if words in prose]


def test_the_decision_and_the_clause_come_after_every_check(calls):
    keys = [key for _, key in calls]
    places = [keys.index(key) for key in DECISIONS]
    assert places == sorted(places)
    assert places[0] > max(i for i, (function, _) in enumerate(calls) if function == "check")


def test_a_check_at_least_every_third_of_the_lesson(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 4
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 3


@pytest.mark.seeds(20)
def test_the_questions_of_the_table_keep_their_answer_on_every_draw(seed):
    """K-A-3.h: buying together is the best row, alone is a loss, on whatever cards a course draws."""
    tables = draw_tables(seed)
    rows = {name: result(f"sharing.{name}", tables) for name in ("c", "bc", "all")}
    assert rows["c"] < 0 < rows["all"] == max(rows.values())
    assert rows["all"] > result("cases.A3_npv_alternative", tables)
    assert result("cases.A3_decision", tables) == "AIをやる"

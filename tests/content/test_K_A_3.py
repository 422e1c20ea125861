"""K-A-3 keeps its promises: no result before a prediction, prose that gives nothing away, a decision and one clause last."""

import pytest

from jissho_kit.truths import draw_tables, result

PART = "K-A-3"

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


def test_one_thing_is_given_the_card_that_was_handed_out(calls):
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

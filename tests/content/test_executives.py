"""What every lesson of the executives promises: nobody sees a result before a prediction was asked for."""

import pytest

from jissho_kit import curriculum, lessons

# Functions that show what is given, not what is found: a vendor's slide, the proposals, a card that was handed out.
GIVEN = {"K-A-1": {"display", "提案書の図"}, "K-F-3": {"話す"}, "K-A-3": {"話す"}}
ASK = {"predict", "decide", "check", "bring_case"}
NAMES = {"選択": "K-F-3/case"}


@pytest.mark.parametrize("part", curriculum.ready_parts("K"), ids=lambda part: part.id)
def test_every_result_waits_for_a_prediction_that_was_asked_for_before(part, calls_of):
    asked = set()
    for function, key in calls_of(lessons.build(part), GIVEN.get(part.id, ()), NAMES):
        assert function in ASK | {"after_prediction"}, f"{function} shows without waiting"
        if function == "after_prediction":
            assert key in asked, key
        asked.add(key)

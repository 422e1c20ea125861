"""Every assignment of a ready part keeps its items' promises on a course's own draw."""

import re

import pytest

from jissho_kit.curriculum import content_root, guide_path, ready_parts
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import NotSeparable
from jissho_kit.grading.proof import prove
from jissho_kit.truths import draw_tables

PARTS = [part for part in ready_parts() if part.assignment]
REDRAWS = 20  # a course redraws as often before it gives up


@pytest.mark.seeds(5)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_right_is_right_and_each_wrong_answer_has_its_sentence(part, seed):
    items = load_items(part.assignment)
    for redraw in range(REDRAWS):
        try:
            assert prove(items, draw_tables(100 * seed + redraw + 1), seed=seed) == []
            return
        except NotSeparable as error:
            last = error
    pytest.fail(f"{REDRAWS} draws, none separable: {last}")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_every_objective_is_measured(part):
    measured = {item.objective for item in load_items(part.assignment)}
    assert measured == {f"{part.module}/{number}" for number in part.objectives}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_the_guides_minutes_are_the_parts(part):
    text = guide_path(part.module).read_text(encoding="utf-8")
    assert sum(map(int, re.findall(r"^\| *(\d+) *\|", text, flags=re.M))) == part.minutes


def test_finished_modules_are_ready():
    assert {part.id for part in PARTS} >= {"K-F-1", "K-A-1", "K-A-2", "G-F-1", "B-F-1b"}
    assert all((content_root() / part.lesson).is_file() for part in PARTS)

"""Grading in class: as hand-ins arrive, with set A, and no more help than CONTRACTS section 6 allows."""

from __future__ import annotations

import json
import shutil
from functools import partial
from itertools import pairwise

import pytest

from jissho.bundle import encode
from jissho.errors import ContentError, UsageError
from jissho_kit import kernels
from jissho_kit.grading import driver, inclass, ledger
from jissho_kit.grading.course import in_class
from jissho_kit.grading.driver import GradeRow
from jissho_kit.grading.engine import Threads
from jissho_kit.grading.handin import hand_in, right_answers, wrong_answer_sets
from jissho_kit.grading.judge import AGAIN, PARTIAL, judge, names_wrong
from jissho_kit.grading.watch import SETTLE_S, Due, watch

from .conftest import make

NAME, START = "G-A-1", 1000.0
pytestmark = pytest.mark.skipif(bool(kernels.why_not()), reason="submissions cannot be shut in here")


@pytest.fixture
def course(content, tmp_path):
    made = make(content, tmp_path / "course")
    driver.hand_out(made)
    return made


class Day:
    """A clock that goes on only while somebody sleeps, and what happens at which time."""

    def __init__(self) -> None:
        self.time, self.events = START, []

    def at(self, seconds: float, what=lambda: None) -> None:
        self.events.append((START + seconds, what))

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for event in [one for one in self.events if one[0] <= self.time]:
            self.events.remove(event)
            event[1]()
        if not self.events:
            raise KeyboardInterrupt


def watched(course, day: Day) -> list:
    """``(seconds, event)`` until the day's last event."""
    found = []
    engine = Threads(1)
    try:
        for event in watch(course, engine, now=day.now, sleep=day.sleep):
            found.append((day.time - START, event))
    except KeyboardInterrupt:
        return found
    finally:
        engine.close()


def test_a_class_from_first_hand_in_to_final_grading(course, content):
    right = {item: known.answer for item, known in right_answers(course, NAME, content).items()}
    wrong = {item: known[0] for item, known in wrong_answer_sets(course, NAME, content).items()}
    first = {item: known.answer for item, known in wrong.items()}
    page = course.root / "feedback" / "一" / NAME / f"{NAME}.html"
    named, day = [], Day()

    def look_and_hand_in(answers):
        named.append(wrong["G-A-1.a"].say in page.read_text("utf-8"))
        shutil.rmtree(course.root / "submitted" / "一" / NAME)
        hand_in(course, NAME, "一", answers)

    def copy_half():
        folder = hand_in(course, NAME, "二", right)
        shutil.move(folder / f"{NAME}.ipynb", course.root / "late.ipynb")
        day.at(12, lambda: shutil.move(course.root / "late.ipynb", folder / f"{NAME}.ipynb"))

    hand_in(course, NAME, "一", first)
    day.at(10, copy_half)
    for minute in (1, 12, 23):
        day.at(60 * minute, partial(look_and_hand_in, first | {"G-A-1.h": f"理由{minute}"}))
    day.at(60 * 40, partial(look_and_hand_in, right))
    day.at(60 * 41)
    events = watched(course, day)

    seen = [(type(one), one.student) for _, one in events]
    row, due = (GradeRow, "一"), (Due, "一")
    assert seen == [row, (GradeRow, "二"), due, row, due, row, due, row, row]
    times = [seconds for seconds, one in events if (type(one), one.student) == row]
    assert times[0] <= SETTLE_S + 1 and min(b - a for a, b in pairwise(times)) >= inclass.BETWEEN_S
    waits = [one.at - START for _, one in events if isinstance(one, Due)]
    assert waits == [before + inclass.BETWEEN_S for before in times[:3]] and waits == times[1:4]
    assert not events[1][1].problem and events[1][1].score == 12  # not before it was whole
    assert named == [True, True, False, False]
    assert [one.verdicts["G-A-1.a"]["message"] for _, one in events[-3:-1] if isinstance(one, GradeRow)] == [AGAIN]
    kept = ledger.entries(course, NAME, "一")
    assert len(kept) == 5 and kept[0].verdicts["G-A-1.a"]["because"] and not kept[2].verdicts["G-A-1.a"]["because"]

    rows = driver.grade(course, pages=True)  # the final grading: set B, and nothing of set A is kept
    assert [(one.score, one.skipped) for one in rows] == [(12, False)] * 2
    assert ledger.entries(course, NAME, "一")[0] == kept[0]
    day = Day()
    day.at(10)
    assert watched(course, day) == []  # what was graded finally stays so
    assert all(one.skipped for one in driver.grade(course))


def test_what_cannot_be_opened_is_named_and_may_be_mended_at_once(course):
    folder = hand_in(course, NAME, "一", {})
    path, day = folder / f"{NAME}.ipynb", Day()
    whole = path.read_bytes()
    path.write_text("{", encoding="utf-8")
    day.at(10, lambda: path.write_bytes(whole))
    day.at(20)
    rows = [one for _, one in watched(course, day)]
    assert [bool(one.problem) for one in rows] == [True, False]


def test_a_course_without_keys_for_the_class_is_refused_before_anything_is_graded(course):
    hand_in(course, NAME, "一", {})
    (course.private / NAME / "keys-A.json").unlink()
    with pytest.raises(ContentError, match="採点表"):
        watched(course, Day())
    assert not (course.root / "autograded").exists()
    assert driver.grade(course)[0].problem == ""


def test_in_class_keys_belong_to_inputs_of_set_a_and_name_what_they_may(course):
    final = course.keys(NAME)
    with in_class({"G-A-1.a"}):
        live = course.keys(NAME)
        inputs = json.loads((course.hidden(NAME) / "G-A-1_g.json").read_text("utf-8"))
    assert live["G-A-1.g"].inputs == inputs != final["G-A-1.g"].inputs
    assert live["G-A-1.g"].right != final["G-A-1.g"].right
    assert {id for id, key in live.items() if not key.names_wrong} == {"G-A-1.a"}
    assert course.keys(NAME) == final


def test_a_verdict_that_names_nothing_keeps_its_points(course):
    count = 0
    for key in course.keys(NAME).values():
        for wrong in key.wrong if key.kind != "function" else []:
            answer = [wrong.answer] if wrong.includes else wrong.answer
            bundle = {"v": 1, "item": key.id, "kind": "answer", "value": encode(answer)}
            told, quiet = judge(key, bundle), judge(key.model_copy(update={"names_wrong": False}), bundle)
            assert names_wrong(told.as_dict()) and not names_wrong(quiet.as_dict())
            assert (quiet.points, quiet.state, quiet.because) == (told.points, told.state, "")
            assert quiet.message in (AGAIN, PARTIAL)
            count += 1
    assert count >= 6


def test_what_people_were_told_is_counted_per_item_and_a_clock_put_back_delays_nobody(course):
    told = inclass.Told().then(100, ["a"]).then(800, ["a", "b"])
    assert told.unnamed() == {"a"} and told.due(900) == 1400 and told.due(1500) == 1500 and told.due(50) == 50
    inclass.keep(course, "一", told)
    assert inclass.find(course, "一") == told and inclass.find(course, "二") == inclass.Told()
    (course.private / "class" / "一.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="授業中の採点の控え"):
        inclass.find(course, "一")

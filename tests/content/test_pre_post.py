"""Tests before and after the class: parallel forms, nothing given away, and a gain that comes out of the judge."""

import re
from datetime import date
from itertools import product

import numpy as np
import pytest

from jissho_kit import curriculum
from jissho_kit.grading.course import make_course
from jissho_kit.grading.handin import right_answers, wrong_answer_sets
from jissho_kit.grading.items import load_items
from jissho_kit.grading.judge import judge
from jissho_kit.grading.keys import NotSeparable, make_key
from jissho_kit.grading.proof import bundle_of, prove
from jissho_kit.grading.report import Paper, Question, make_report
from jissho_kit.grading.report._data import ClassData, Mark, Reason

PAIRS = [(course, tests) for course in curriculum.load_courses().values() for tests in course.tests.values()]
FORMS = [form for _, tests in PAIRS for form in (tests.pre, tests.post)]
ITEMS_PER_FORM = {"K": 6}
BLUEPRINT = {"M01", "M02", "M03", "M04", "M39", "M40"}  # curriculum-design D.5, taught in the factory's half day


def draws(item):
    """Every combination of an item's parameters."""
    return [dict(zip(item.params, values, strict=True)) for values in product(*item.params.values())]


@pytest.mark.parametrize("form", FORMS)
def test_every_promise_holds_whatever_is_drawn(form):
    items = load_items(form)
    assert len(items) == ITEMS_PER_FORM[form[0]]
    for item in items:
        for params in draws(item):
            assert prove([item], {}, {item.id: params}, lesson={}) == []


@pytest.mark.parametrize("course, tests", PAIRS, ids=lambda value: getattr(value, "pre", None))
def test_the_two_forms_differ_in_story_and_number_alone(course, tests):
    before, after = load_items(tests.pre), load_items(tests.post)
    for one, other in zip(before, after, strict=True):
        assert (one.objective, one.kind, one.points) == (other.objective, other.kind, other.points)
        assert sorted(w.because for w in one.wrong) == sorted(w.because for w in other.wrong)
        assert one.question != other.question and not {w.say for w in one.wrong} & {w.say for w in other.wrong}
        if one.options and set(one.options) == set(other.options):
            assert one.options.index(one.right.choice) != other.options.index(other.right.choice)


def test_the_factorys_form_follows_the_blueprint():
    items = load_items("K-F-pre")
    assert {wrong.because for item in items for wrong in item.wrong} >= BLUEPRINT
    heads = [max(ids := [w.because for w in item.wrong if w.because[0] == "M"], key=ids.count) for item in items]
    assert set(heads) == BLUEPRINT


@pytest.mark.parametrize("course, tests", PAIRS, ids=lambda value: getattr(value, "pre", None))
def test_what_is_said_to_the_first_form_gives_no_form_away(course, tests):
    rights = {item.right.choice for form in (tests.pre, tests.post) for item in load_items(form)} - {None}
    for item in load_items(tests.pre):
        for wrong in item.wrong:
            assert not [right for right in rights if right in wrong.say]
            assert not re.search(r"\d", wrong.say)


@pytest.mark.parametrize("form", FORMS)
def test_people_with_law_in_front_of_them_are_told_of_its_age(form):
    text = (curriculum.content_root() / "grading" / form / "assignment.py").read_text(encoding="utf-8")
    assert "平成30年6月時点の資料に基づきます。制度は終了しています" in text


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The two tests of the factory, which need no data."""
    tests = dict.fromkeys(("K-F-pre", "K-F-post"), [])
    return make_course(tmp_path_factory.mktemp("講座") / "経営者", "K", "factory", 5, assignments=tests)


@pytest.mark.parametrize("field", curriculum.FIELDS)
def test_a_class_sits_them_first_and_last(field):
    first, *own, last = curriculum.assignments("K", field)
    assert (first, last) == (f"K-{curriculum.FIELDS[field]}-pre", f"K-{curriculum.FIELDS[field]}-post")
    assert own == [part.assignment for part in curriculum.ready_parts("K", field)]


def sat(course, form: str, person: str, known: int, random: np.random.Generator) -> Paper:
    """The paper of a person who knows the first items and falls for a known wrong answer in the others."""
    items, keys = load_items(form), course.keys(form)
    rights, wrongs = right_answers(course, form), wrong_answer_sets(course, form)
    first = {}
    for place, item in enumerate(items):
        answer = rights[item.id] if place < known else random.choice(wrongs[item.id])
        verdict = judge(keys[item.id], bundle_of(item, answer.answer))
        first[item.id] = Mark(verdict.points, verdict.max, verdict.state, verdict.because, verdict.answer)
    return Paper(form, person, "graded", first=first)


def test_the_gain_of_a_simulated_class_is_what_it_learnt(course):
    random = np.random.default_rng(11)
    before, after = [0, 1, 1, 2, 3, 2, 0, 3], [3, 4, 6, 5, 6, 4, 2, 6]
    people = tuple(f"P{number:02d}" for number in range(1, 9))
    papers = [
        sat(course, form, person, known, random)
        for form, scores in (("K-F-pre", before), ("K-F-post", after))
        for person, known in zip(people, scores, strict=True)
    ]
    questions = tuple(
        Question(item.id, form, item.objective, item.kind, item.points, item.question, tuple(w.because for w in item.wrong))
        for form in ("K-F-pre", "K-F-post")
        for item in load_items(form)
    )  # fmt: skip
    reasons = {one.id: Reason(one.id, one.name) for one in curriculum.misconceptions().values()}
    objectives = {question.objective: "" for question in questions}
    data = ClassData("K", "経営者", True, people, questions, tuple(papers), objectives, reasons)
    (gain,) = make_report(data, date(2026, 2, 1)).gains
    assert gain.people == 8 and gain.only_one == 0
    assert gain.mean_before == pytest.approx(12 / 48) and gain.mean_after == pytest.approx(36 / 48)
    assert gain.gain.value == pytest.approx((36 - 12) / (48 - 12))
    shed = {one.reason.id: one for one in gain.shed}
    # Nobody knew the last item before; M40 is what two of its three other options stand for.
    before, after = (
        {one.person for one in papers if one.assignment == form and one.first[f"{form}.f"].because == "M40"}
        for form in ("K-F-pre", "K-F-post")
    )
    assert (shed["M40"].held, shed["M40"].gone) == (len(before), len(before - after)) and before - after


@pytest.mark.parametrize("form", FORMS)
def test_questions_can_be_read_in_five_minutes(form):
    """Some 500 letters a minute are read with ease; a minute and a half is left for thinking and pressing."""
    letters = sum(len(item.question) + sum(map(len, item.options or [])) for item in load_items(form))
    assert letters < 3.5 * 500


def test_a_choice_that_is_not_true_on_its_numbers_is_refused():
    item = next(item for item in load_items("K-F-pre") if item.id == "K-F-pre.e")
    with pytest.raises(NotSeparable, match="正しくありません"):
        make_key(item, {}, {**draws(item)[0], "running": 3_000_000.0}, lesson={})

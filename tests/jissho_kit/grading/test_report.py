"""The report of a made-up class of 24, laid beside what was planted in it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from jissho_kit.grading.report import Mark, Paper, make_report, page, tables
from jissho_kit.grading.report._data import pairs
from jissho_kit.grading.report._items import analyse
from jissho_kit.grading.report._misconceptions import gains

from .simulated import ITEMS, PEOPLE, Planted, simulate, with_papers

DAY = dt.date(2026, 1, 20)
HELD = {"M02": 0.4, "M01": 0.25, "M04": 0.125}


def report(seed: int = 3, people: int = PEOPLE, tests: bool = False, **planted):
    return make_report(simulate(seed, Planted(**planted), people, tests), DAY)


def changed(data, person: str, **fields):
    """The class with one person's paper changed."""
    old = next(paper for paper in data.papers if paper.person == person)
    return with_papers(data, replace(old, **fields))


def every_mark(data, mark: Mark):
    """The class with the same mark for everybody everywhere."""
    papers = [
        replace(one, first=dict.fromkeys(one.first, mark), points=dict.fromkeys(one.points, mark.points))
        for one in data.papers
    ]
    return replace(data, papers=tuple(papers))


@pytest.mark.seeds(20)
def test_planted_misconceptions_are_found_in_their_order(seed):
    made = report(seed, held=HELD)
    assert [one.id for one in made.next.top] == ["M02", "M01", "M04"]
    assert [one.people for one in made.next.top] == [10, 6, 3]
    assert all(one.share.low < HELD[one.id] < one.share.high for one in made.next.top)
    assert made.next.headline.startswith("まず M02「しきい値は0.5で決まり」")
    assert made.next.top[0].reason.remedy and made.next.top[0].reason.mentions[0].module == "K-F-2"


def test_who_falls_twice_is_one_person():
    made = report(held={"M02": 0.5})
    top = made.next.top[0]
    wrong = [wrong for item in made.items for wrong in item.wrong if wrong.id == "M02"]
    assert top.items == ("K-F-2.a", "K-F-2.b") and top.people == 12
    assert [one.people for one in wrong] == [12, 12]


def test_an_item_with_a_reversed_key_stands_out():
    signs = []
    for seed in range(10):
        items = {one.id: one for one in analyse(simulate(seed, Planted({}, reversed="K-F-2.d"), people=60))}
        bad = items.pop("K-F-2.d")
        signs.append(bad.d.value < 0 and bad.r.value < 0 and "要点検" in [flag.word for flag in bad.flags])
        assert all(one.d.value > bad.d.value for one in items.values())
    assert sum(signs) >= 9


def test_an_interval_that_spans_zero_is_said_so():
    said = set()
    for seed in range(8):
        for item in analyse(simulate(seed, Planted({}, reversed="K-F-2.d"))):
            for flag in item.flags:
                if flag.word == "要点検":
                    assert item.d.value < 0
                    assert ("まだ決められません" in flag.text) == (item.d.high >= 0)
                    said.add(item.d.high >= 0)
    assert said == {True, False}


def test_the_planted_gain_lies_in_its_interval():
    for planted in (0.0, 0.3, 0.7):
        hits = 0
        for seed in range(20):
            (gain,) = gains(simulate(seed, Planted(gain=planted), tests=True))
            hits += gain.gain.low <= planted <= gain.gain.high
        assert hits >= 17


def test_gain_is_computed_from_class_means_of_those_who_sat_both():
    data = simulate(1, tests=True)
    absent = next(one for one in data.papers if one.assignment == "K-F-post" and one.person == "P05")
    data = with_papers(data, Paper("K-F-post", absent.person, "missing"))
    (gain,) = make_report(data, DAY).gains
    scores = {
        end: [
            sum(mark.points for mark in paper.first.values()) / 16
            for paper in data.papers
            if paper.assignment == f"K-F-{end}" and paper.person != "P05"
        ]
        for end in ("pre", "post")
    }
    before, after = (np.mean(scores[end]) for end in ("pre", "post"))
    assert (gain.people, gain.only_one) == (PEOPLE - 1, 1)
    assert gain.gain.value == pytest.approx((after - before) / (1 - before))
    assert (gain.mean_before, gain.mean_after) == pytest.approx((before, after))


def test_misconceptions_that_are_shed():
    (gain,) = report(tests=True, gain=1.0).gains
    assert gain.shed and all(one.rate.value == 1 and one.gone == one.held and one.new == 0 for one in gain.shed)
    assert {one.reason.id for one in gain.shed} <= {"M01", "M02", "M03", "M04", "M42"}


def test_what_is_left_blank_after_the_class_is_not_shed():
    data = simulate(2, tests=True)
    held = next(p for p in data.papers if p.assignment == "K-F-pre" and p.first["K-F-pre.c"].slip == "M01")
    after = next(p for p in data.papers if p.assignment == "K-F-post" and p.person == held.person)
    blank = after.first | {"K-F-post.c": Mark(0.0, 2.0, "blank")}
    before, without = (
        next(one for one in make_report(given, DAY).gains[0].shed if one.reason.id == "M01")
        for given in (data, with_papers(data, replace(after, first=blank)))
    )
    assert (without.both, without.held) == (before.both - 1, before.held - 1)


def test_a_pair_of_tests_is_known_by_its_ends():
    assert pairs(["K-F-1", "K-F-pre", "K-F-post", "G-F-pre"]) == [("K-F-pre", "K-F-post")]


def test_a_pretest_says_what_the_class_holds_only_while_there_is_nothing_else():
    whole = simulate(4, Planted({}), tests=True)
    later = {one.id for one in whole.questions if not one.assignment.endswith("-pre")}
    assert {item for one in make_report(whole, DAY).misconceptions for item in one.items} <= later
    only = replace(whole, papers=tuple(paper for paper in whole.papers if paper.assignment == "K-F-pre"))
    made = make_report(only, DAY)
    assert made.misconceptions and all(item.startswith("K-F-pre") for one in made.misconceptions for item in one.items)
    assert len(made.rows) == PEOPLE and not made.gains


def test_every_answer_is_counted_once():
    for item in report(held=HELD).items:
        named = item.right + item.partial + item.unknown + item.blank + item.error + item.read
        assert named + sum(wrong.people for wrong in item.wrong) == item.n == PEOPLE


def test_a_hand_in_without_its_answer_file_is_no_wrong_answer():
    data = simulate(3)
    lost = dict.fromkeys(data.papers[0].first, Mark(0.0, 2.0, "error", "no-file"))
    before = make_report(data, DAY)
    after = make_report(changed(data, data.papers[0].person, first=lost, points={}), DAY)
    for old, new in zip(before.items, after.items, strict=True):
        assert (new.n, new.lost, new.error) == (old.n - 1, 1, 0)
    assert "回答ファイル（回答.json）のない提出が1件" in "".join(after.next.also)
    assert after.rows[0].total is None


def test_other_errors_count_as_answers_without_points():
    data = simulate(3)
    bad = data.papers[0].first | {"K-F-2.a": Mark(0.0, 2.0, "error", "not-a-number")}
    item = make_report(changed(data, data.papers[0].person, first=bad), DAY).items[0]
    assert (item.n, item.error, item.lost) == (PEOPLE, 1, 0)


def test_prose_counts_once_the_instructor_has_read_it():
    data = simulate(3)
    text = replace(data.questions[0], kind="text", known=())
    papers = [
        replace(
            paper,
            first=paper.first | {text.id: Mark(0.0, 0.0, "manual")},
            points=paper.points | {text.id: 1.0 if place < 10 else None},
        )
        for place, paper in enumerate(data.papers)
    ]
    made = make_report(replace(data, questions=(text, *data.questions[1:]), papers=tuple(papers)), DAY)
    item = made.items[0]
    assert (item.n, item.read, item.unread, item.p.value) == (10, 10, 14, 0.5)
    assert made.hand_ins[0].unread == 14 and "14人分" in "".join(made.next.also)


def test_a_wrong_number_that_several_gave_is_shown():
    items = {one.id: one for one in report(held={}).items}
    assert all(one.unknown_most == f"0.42（{one.unknown}人）" for one in items.values() if one.unknown > 1)
    assert any(one.unknown > 1 for one in items.values())


@pytest.mark.parametrize(
    ("assignment", "right", "words"),
    [
        ("K-F-2", PEOPLE, ["易しい"]),
        ("K-F-2", 3, ["難しすぎ"]),
        ("K-F-2-pre", PEOPLE, ["易しすぎ", "選ばれない誤答"]),
        ("K-F-2-pre", 3, ["選ばれない誤答"]),
    ],
)
def test_words_on_easy_and_hard_items(assignment, right, words):
    data = every_mark(simulate(3), Mark(2.0, 2.0, "right"))
    wrong = Mark(0.0, 2.0, "blank")
    papers = [
        replace(p, assignment=assignment, first=p.first if place < right else dict.fromkeys(p.first, wrong))
        for place, p in enumerate(data.papers)
    ]
    questions = tuple(replace(one, assignment=assignment) for one in data.questions)
    item = make_report(replace(data, questions=questions, papers=tuple(papers)), DAY).items[0]
    assert [flag.word for flag in item.flags] == words
    assert (item.d.value is None) == (right == PEOPLE)


def test_too_few_people_get_no_discrimination():
    assert all(one.d.value is None and one.r.value is None and one.p.low is not None for one in report(people=5).items)
    assert any(one.d.value is not None for one in report(people=6, held={}).items)


def test_less_than_thirty_people_are_a_hint_only():
    few, many = report(people=29), report(people=30)
    assert few.small and not many.small and {item.small for item in few.items} == {True}
    assert "参考値" in page(few) and "参考値" not in page(many)


def test_people_are_listed_by_pseudonym_never_by_score():
    made = report()
    assert [row.person for row in made.rows] == [f"P{number:02d}" for number in range(1, PEOPLE + 1)]
    totals = [row.total for row in made.rows]
    assert totals != sorted(totals) and totals != sorted(totals, reverse=True)


def test_the_mastery_map_is_the_share_of_points():
    data = simulate(3)
    made = make_report(data, DAY)
    for row, paper in zip(made.rows, data.papers, strict=True):
        assert row.total == pytest.approx(sum(paper.points.values()) / 16)
        assert row.shares["K-F-2/1"] == pytest.approx((paper.points["K-F-2.a"] + paper.points["K-F-2.b"]) / 4)
    assert made.objectives[0].mean == pytest.approx(np.mean([row.shares["K-F-2/1"] for row in made.rows]))


@pytest.mark.parametrize(
    ("share", "advice"), [(0.8, "次へ進みます"), (0.6, "隣と話して答え直します"), (0.4, "三分の手当てをします")]
)
def test_advice_on_objectives_follows_the_rule_of_checkpoints(share, advice):
    made = make_report(every_mark(simulate(3), Mark(2 * share, 2.0, "partial")), DAY)
    assert {one.advice for one in made.objectives} == {advice}
    assert made.next.top == () and "共通する考え違いは" in made.next.headline
    assert ("K-F-2/1" in made.next.headline) == (share < 0.8)


def test_one_person_is_not_the_class():
    made = report(people=2, held={"M02": 0.5})
    assert made.next.top[0].people == 1 and not made.next.headline.startswith("まず M02")
    assert made.next.top[0].advice == "次へ進み、本人に一声かけます"


def test_what_is_wrong_with_the_other_hand_ins():
    data = changed(simulate(3), "P03", status="broken", problem="ノートブックとして読めません。", first={}, points={})
    data = changed(data, "P09", status="missing", first={}, points={})
    data = changed(data, "P10", status="waiting", first={}, points={})
    made = make_report(data, DAY)
    (counts,) = made.hand_ins
    assert (counts.graded, counts.broken, counts.waiting, counts.missing) == (PEOPLE - 3, 1, 1, 1)
    assert made.people == PEOPLE - 3 and {item.n for item in made.items} == {PEOPLE - 3}
    rows = dict((row[0], row[2:4]) for row in tables(made)["提出状況"][1])
    assert rows["P03"] == ["採点できません", "ノートブックとして読めません。"] and rows["P09"] == ["未提出", ""]
    assert "採点できなかった提出が1件" in made.next.also[0] and "採点していない提出が1件" in made.next.also[1]


def test_time_is_the_gap_between_records():
    made = report()
    assert {one.item for one in made.times} == set(ITEMS) - {"K-F-2.a"}
    assert {(one.n, one.median) for one in made.times} == {(PEOPLE, 90.0)}


def test_breaks_and_answers_recorded_together_say_nothing_about_time():
    data = simulate(3)
    start = data.papers[0].at["K-F-2.a"]
    minutes = {"a": 0, "b": 31, "c": 32, "d": 35, "e": 35, "f": 36}
    at = {f"K-F-2.{letter}": start + timedelta(minutes=count) for letter, count in minutes.items()}
    one = replace(data.papers[0], at=at, others=(start + timedelta(minutes=34),))
    times = {time.item[-1]: time.median for time in make_report(replace(data, papers=(one,)), DAY).times}
    assert times == {"c": 60.0, "f": 60.0}


@pytest.fixture(scope="module")
def whole():
    """A report with everything in it."""
    return report(held=HELD, tests=True)


@pytest.fixture(scope="module")
def html(whole):
    return page(whole)


def test_the_page_says_first_what_to_do(html):
    assert html.index("次にすること") < html.index("M02") < html.index("<table")
    assert html.index("見逃し一件で") < html.index("提出の状況")


def test_the_page_needs_no_script_and_no_network(html):
    assert "<script" not in html and "<link" not in html and "@import" not in html
    assert set(re.findall(r'(?:src|href)="([^"]{18})', html)) == {"data:image/svg+xml"}
    outside = re.sub(r'src="data:[^"]*"', "", html)
    assert not re.search(r"https?://|//\w", outside)
    assert all(re.search(r'alt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", html))
    assert html.count("<img") == 1 + 3 + 1
    assert "合成データ" in html and not re.search(r"\bnan\b|None|undefined", outside)


def test_texts_on_the_page_are_text():
    data = simulate(3)
    hostile = replace(data.questions[0], text="<script>alert(1)</script>")
    html = page(make_report(replace(data, questions=(hostile, *data.questions[1:])), DAY))
    assert "<script" not in html and "&lt;script&gt;" in html


def test_the_same_class_gives_the_same_page(html):
    assert page(report(held=HELD, tests=True)) == html


def test_json_holds_the_whole_result(whole):
    told = json.loads(json.dumps(whole.as_json(), ensure_ascii=False, default=str))
    assert told["date"] == "2026-01-20" and told["small"] is True and len(told["rows"]) == PEOPLE
    assert told["next"]["top"][0]["reason"]["id"] == "M02" and told["gains"][0]["gain"]["low"] is not None
    assert Counter(paper["status"] for paper in told["papers"]) == {"graded": 3 * PEOPLE}


def test_tables_have_as_many_cells_as_columns(whole):
    for name, (columns, rows) in tables(whole).items():
        rows = list(rows)
        assert rows and {len(row) for row in rows} == {len(columns)}, name

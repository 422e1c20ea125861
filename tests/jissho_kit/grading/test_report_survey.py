"""The survey in the report: means with n, free texts shuffled, nobody named, and nothing of a class of two."""

from dataclasses import replace
from datetime import date

import pytest

from jissho.teach import survey
from jissho.teach.handin import COURSE
from jissho_kit.grading.report import make_report, page, tables
from jissho_kit.grading.report._survey import read_survey

from .simulated import simulate

STATEMENTS = list(survey.SCALE.values())
GOOD = survey.FREE["good"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv(COURSE, str(tmp_path))
    return tmp_path


def send(*marks, recommend=None, good=""):
    return survey.leave(dict(zip(STATEMENTS, map(str, marks), strict=False)), recommend, {GOOD: good} if good else {})


def test_means_count_only_those_who_answered(course):
    send(5, 1, recommend="10", good="ランプ板")
    send(4, good="<b>谷底</b>")
    send(recommend="7", good="判断カード")
    found = read_survey(course)
    assert [(one.n, one.mean) for one in found.scale[:3]] == [(2, 4.5), (1, 1.0), (0, None)]
    assert (found.recommend.n, found.recommend.mean, found.recommend.counts[10]) == (2, 8.5, 1)
    assert sorted(found.free[GOOD]) == ["<b>谷底</b>", "ランプ板", "判断カード"] and read_survey(course) == found
    report = make_report(replace(simulate(1), survey=found), date(2026, 2, 1))
    shown = page(report)
    assert "&lt;b&gt;谷底" in shown and "<b>谷底" not in shown and "4.5" in shown
    head, rows = tables(report)["アンケート"]
    assert next(iter(rows))[:3] == [STATEMENTS[0], 2, 4.5] and len(head) == 3 + 11


def test_the_order_of_texts_is_not_that_of_sending(course):
    for number in range(12):
        send(good=f"良い{number:02d}")
    texts = read_survey(course).free[GOOD]
    assert list(texts) != sorted(texts) and len(texts) == 12


def test_of_two_sheets_nothing_is_shown(course):
    send(5, good="秘密")
    send(4)
    found = read_survey(course)
    assert not found.shown and found.sheets == 2
    report = make_report(replace(simulate(1), survey=found), date(2026, 2, 1))
    assert "秘密" not in page(report) and "2人分しかありません" in page(report) and "アンケート" not in tables(report)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"v": 1, "scale": {"useful": 6}, "recommend": null, "free": {}}', "x" * 70_000]
)
def test_what_is_no_sheet_is_counted_and_left_out(course, text):  # fmt: skip
    for _ in range(3):
        send(3)
    (course / survey.FOLDER / "z.json").write_text(text, encoding="utf-8")
    found = read_survey(course)
    assert (found.sheets, found.unreadable) == (3, 1)


def test_a_course_without_survey_has_none(tmp_path):
    assert read_survey(tmp_path) is None
    assert "アンケート" not in page(make_report(simulate(1), date(2026, 2, 1)))

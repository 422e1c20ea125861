"""The survey is kept without anything that names a visitor, and sent once."""

import json

import pytest

from jissho.errors import AnswerError
from jissho.teach import survey
from jissho.teach.handin import COURSE

FIRST, *_ = survey.SCALE.values()


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "講座").mkdir()
    monkeypatch.setenv(COURSE, str(tmp_path / "講座"))
    monkeypatch.setenv("HTTP_COOKIE", "jissho_visitor=0123456789abcdef")
    return tmp_path / "講座"


def test_a_sheet_holds_answers_and_nothing_else(course):
    kept = survey.leave({FIRST: "4"}, "9", {survey.FREE["good"]: "谷底" * 600})
    assert json.loads(kept.read_text(encoding="utf-8")) == {
        "v": 1,
        "scale": {"useful": 4},
        "recommend": 9,
        "free": {"good": ("谷底" * 600)[: survey.LONGEST]},
    }
    assert kept.stat().st_mtime == 0 and "0123456789abcdef" not in kept.name
    assert [path.name for path in course.iterdir()] == ["survey"]


def test_an_empty_sheet_and_a_missing_course_are_told(course, monkeypatch):
    with pytest.raises(AnswerError, match="まだ何も"):
        survey.leave({}, None, {})
    monkeypatch.delenv(COURSE)
    with pytest.raises(AnswerError, match="送り先"):
        survey.leave({}, "0", {})

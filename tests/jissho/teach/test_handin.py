"""A visitor's answers become a hand-in: under a name, whole, and never over another visitor's."""

from __future__ import annotations

import json

import pytest

from jissho.errors import AnswerError
from jissho.teach import fields, forms, handin, store
from jissho.teach.handin import COURSE, hand_in

NAME = "K-X-1"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course that has handed out one assignment; the visitor's own folder is the present one."""
    release = tmp_path / "講座" / "release" / NAME
    (release / "data").mkdir(parents=True)
    (release / f"{NAME}.ipynb").write_text("{}")
    (release / "data" / "a.csv").write_text("a")
    visitor = tmp_path / "visitor"
    visitor.mkdir()
    monkeypatch.chdir(visitor)
    monkeypatch.setenv(COURSE, str(tmp_path / "講座"))
    return tmp_path / "講座"


def files(course):
    submitted = course / "submitted"
    return {str(path.relative_to(submitted)) for path in submitted.rglob("*") if path.is_file()}


def test_the_name_is_asked_for_once(course, tmp_path, monkeypatch):
    sheets = [tmp_path / "questions" / name / "visitor" for name in ("K-X-1", "K-X-2", "K-X-3")]
    for sheet in sheets:
        sheet.mkdir(parents=True)
    monkeypatch.setattr(store, "folder", lambda: sheets[0])
    assert handin.known_name() == ""
    store.save("answers", "K-X-1.a", "99.55")
    handin._handed_in(NAME, "山田　太郎")
    (sheets[1] / "回答.json").write_text("{壊れた")
    monkeypatch.setattr(store, "folder", lambda: sheets[2])
    assert handin.known_name() == "山田 太郎"
    monkeypatch.setattr(store, "folder", lambda: sheets[2].with_name("stranger"))
    assert handin.known_name() == ""


def test_what_was_recorded_lies_beside_the_released_notebook(course):
    store.save("answers", "K-X-1.a", "99.55")
    assert hand_in(NAME, "　山田　太郎 ") == "山田 太郎"
    assert files(course) == {
        f"山田 太郎/{NAME}/{name}" for name in (f"{NAME}.ipynb", "data/a.csv", "回答.json", "timestamp.txt")
    }
    handed_in = json.loads((course / "submitted" / "山田 太郎" / NAME / "回答.json").read_text(encoding="utf-8"))
    assert handed_in["answers"]["K-X-1.a"]["value"] == "99.55"
    assert sorted(path.name for path in course.iterdir()) == ["release", "submitted"]


def test_the_same_visitor_may_hand_in_again_and_under_a_better_name(course):
    store.save("answers", "K-X-1.a", "1")
    hand_in(NAME, "山田")
    store.save("answers", "K-X-1.a", "2")
    hand_in(NAME, "山田", before="山田")
    hand_in(NAME, "山田2", before="山田")
    assert {name.split("/")[0] for name in files(course)} == {"山田2"}
    assert '"2"' in (course / "submitted" / "山田2" / NAME / "回答.json").read_text(encoding="utf-8")


def test_nobody_hands_in_over_somebody_else(course):
    store.save("answers", "K-X-1.a", "1")
    hand_in(NAME, "山田")
    with pytest.raises(AnswerError, match="もう提出があります"):
        hand_in(NAME, "山田", before="佐藤")


@pytest.mark.parametrize("name", ["", "  ", "../山田", "a/b", ".隠し", "山\n田", "-rf", "あ" * 41, "a:b", "\u202e山田"])
def test_a_name_that_no_folder_should_have_is_refused(course, name):
    store.save("answers", "K-X-1.a", "1")
    with pytest.raises(AnswerError, match="使えません"):
        hand_in(NAME, name)


@pytest.mark.parametrize("name", ["山田 太郎", "P-07", "ヤマダ・タロウ", "参加者_3"])
def test_names_that_are_taken_here_are_taken_by_grading(name):
    from jissho_kit.grading.intake import is_name

    assert is_name(name)


def test_without_answers_or_a_course_nothing_is_handed_in(course, monkeypatch):
    with pytest.raises(AnswerError, match="まだ何も記録されていません"):
        hand_in(NAME, "山田")
    store.save("answers", "K-X-1.a", "1")
    monkeypatch.delenv(COURSE)
    with pytest.raises(AnswerError, match="提出先の講座がありません"):
        hand_in(NAME, "山田")


def test_a_course_that_cannot_be_written_loses_nothing(course):
    store.save("answers", "K-X-1.a", "1")
    (course / "submitted").write_text("a file in the way")
    with pytest.raises(AnswerError, match="書き込めません"):
        hand_in(NAME, "山田")
    assert store.get("answers", "K-X-1.a")["value"] == "1"
    assert sorted(path.name for path in course.iterdir()) == ["release", "submitted"]


def test_what_is_written_but_not_recorded_is_named_before_anything_is_handed_in(course, monkeypatch):
    monkeypatch.setattr(forms, "_asked", {})
    written = {}
    for letter in "ab":
        ask_of(f"{NAME}.{letter}", written)
    store.save("answers", f"{NAME}.a", "1")
    assert forms.asked(NAME) == {f"{NAME}.a": "recorded", f"{NAME}.b": "blank"} and not forms.asked("K-X-9")
    assert "2問のうち1問" in handin._how_many(NAME) and "b です" in handin._how_many(NAME)
    written["K-X-1.b"].children[0].value = "2"
    with pytest.raises(AnswerError, match="問 b は、まだ記録されていません"):
        handin._handed_in(NAME, "山田")
    assert not (course / "submitted").exists()
    store.save("answers", f"{NAME}.b", "2")
    handin._handed_in(NAME, "山田")
    assert "講師から届きます" in handin._how_many(NAME)


def ask_of(id, written):
    """The form of a number, its input kept."""
    field = fields.number()
    written[id] = field.widget
    forms._asked[id] = (field, field.get())

"""The course folder: private things private, nothing overwritten, data of its own."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit import curriculum
from jissho_kit.grading import course as courses
from jissho_kit.grading.course import make_course, open_course
from jissho_kit.grading.handin import hand_in

from .conftest import make, toy, write_content


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_participants_get_notebook_data_and_samples_only(course):
    released = ["G-A-1.ipynb", "data/checksheet/checksheet.csv", "標本入力.json"]
    assert files(course.root / "release" / "G-A-1") == sorted(released)
    assert files(course.source("G-A-1")) == sorted(released)


def test_nothing_private_is_in_what_participants_get(course):
    text = "\n".join(path.read_text("utf-8-sig") for path in (course.root / "release").rglob("*") if path.is_file())
    key = course.keys("G-A-1")["G-A-1.a"]
    hidden = [json.dumps(args) for args in json.loads((course.hidden("G-A-1") / "G-A-1_f.json").read_text("utf-8"))]
    secret = (course.private / "secret").read_text()
    for canary in [secret, repr(key.right), "toy_split", "数えていませんか", "misconception", *hidden]:
        assert canary not in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_private_is_for_its_owner_alone(course):
    assert course.private.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o077 for p in course.private.rglob("*")} == {0}


def test_hidden_inputs_come_in_two_sets(course):
    a, b = (json.loads((course.hidden("G-A-1", which) / "G-A-1_f.json").read_text("utf-8")) for which in "AB")
    assert len(a) == len(b) == 2 and a != b


def test_a_known_seed_marks_the_course_as_practice(course, content, tmp_path):
    assert course.practice and (course.root / "練習用.txt").is_file()
    again = make(content, tmp_path / "again")
    for name in ("G-A-1.ipynb", "data/checksheet/checksheet.csv", "標本入力.json"):
        assert (again.source("G-A-1") / name).read_bytes() == (course.source("G-A-1") / name).read_bytes()


def test_without_a_seed_two_courses_differ(content, tmp_path):
    one, two = (make(content, tmp_path / name, seed=None) for name in ("one", "two"))
    assert not one.practice and not (one.root / "練習用.txt").exists()
    tables = [sorted((course.source("G-A-1") / "data").rglob("*.csv")) for course in (one, two)]
    assert [path.read_bytes() for path in tables[0]] != [path.read_bytes() for path in tables[1]]


def test_the_same_course_again_changes_nothing(content, tmp_path):
    first = make(content, tmp_path / "c")
    work = first.root / "submitted" / "山田" / "G-A-1" / "G-A-1.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("仕事", encoding="utf-8")
    before = {name: (first.root / name).read_bytes() for name in files(first.root)}
    assert make(content, tmp_path / "c") == first
    assert {name: (first.root / name).read_bytes() for name in files(first.root)} == before


def test_a_folder_with_something_else_is_refused(content, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "大事.txt").write_text("x")
    with pytest.raises(UsageError, match="上書きしません"):
        make(content, tmp_path / "other")
    make(content, tmp_path / "c")
    with pytest.raises(UsageError, match="上書きしません"):
        make(content, tmp_path / "c", seed=8)
    assert files(tmp_path / "other") == ["大事.txt"]


def test_a_place_that_cannot_be_written_is_named(content, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="書けません"):
        make(content, tmp_path / "file" / "course")


def test_a_failed_build_leaves_nothing_behind(tmp_path):
    root = write_content(tmp_path / "content", toy.ITEMS.replace("tolerance: 0.0005", "tolerance: 0.4"))
    with pytest.raises(ContentError, match="20 回") as caught:
        make(root, tmp_path / "c")
    assert "G-A-1.a" in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content"]


def test_an_unlucky_draw_is_drawn_again(content, tmp_path, monkeypatch):
    seen = []

    def unlucky(item, *args):
        seen.append(item.id)
        if len(seen) < 3:
            raise courses.NotSeparable("似ています", where=item.id)
        return make_key(item, *args)

    make_key = courses.make_key
    monkeypatch.setattr(courses, "make_key", unlucky)
    third = make(content, tmp_path / "third").keys("G-A-1")["G-A-1.a"].right
    assert seen[:3] == ["G-A-1.a"] * 3
    assert third != make(content, tmp_path / "first").keys("G-A-1")["G-A-1.a"].right


def test_a_tier_without_assignments_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(curriculum, "assignments", lambda *_: {})
    with pytest.raises(UsageError, match="まだ課題がありません"):
        make_course(tmp_path / "c", "K", "agriculture")


def test_what_is_no_course_is_refused(tmp_path):
    with pytest.raises(UsageError, match="講座のフォルダではありません"):
        open_course(tmp_path)


def test_a_moved_course_opens(course, tmp_path):
    shutil.copytree(course.root, tmp_path / "moved")
    assert open_course(tmp_path / "moved").manifest("G-A-1") == course.manifest("G-A-1")


def test_a_broken_manifest_stops_and_says_so(content, tmp_path):
    made = make(content, tmp_path / "c")
    (made.private / "G-A-1" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ContentError, match="採点を止めました"):
        made.manifest("G-A-1")
    assert made.manifest("手作りの課題") is None
    shutil.rmtree(made.private / "G-A-1")
    for read in (made.manifest, made.keys, made.hidden):
        with pytest.raises(ContentError, match="採点を止めました"):
            read("G-A-1")


def test_handing_in_before_handing_out_is_refused(content, tmp_path):
    with pytest.raises(UsageError, match="まだ配られていません"):
        hand_in(make(content, tmp_path / "c"), "G-A-1", "山田", {})

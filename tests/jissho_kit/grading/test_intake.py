"""What is handed in is taken by ``lstat``, within sizes, and a notebook is built anew before anything else reads it."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from jissho.errors import DataError, UsageError
from jissho_kit.grading import apart, driver, intake, ledger
from jissho_kit.grading.handin import hand_in

CELL = {"cell_type": "code", "source": ["a = 1\n", "b"], "metadata": {}, "outputs": [], "execution_count": None}


def notebook(*cells, **more) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": list(cells)} | more).encode()


def test_files_are_taken_as_they_are_and_links_pipes_and_giants_are_named(tmp_path):
    (tmp_path / "中").mkdir()
    (tmp_path / "中" / "a.txt").write_text("a")
    (tmp_path / "x.ipynb").write_text("{}")
    os.symlink("/etc/passwd", tmp_path / "link")
    os.symlink("/etc", tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    with open(os.fsencode(tmp_path) + "/表.csv".encode("cp932"), "wb") as file:
        file.write(b"1")
    with (tmp_path / "giant").open("wb") as file:
        file.truncate(10**12)
    files, notes = intake.take_files(tmp_path)
    assert files == {"中/a.txt": b"a", "表.csv": b"1"}
    assert sorted(note.split("「")[1].split("」")[0] for note in notes) == ["folder", "giant", "link", "pipe"]


def test_a_link_is_not_followed_even_where_it_was_a_file_a_moment_ago(tmp_path):
    os.symlink("/etc/passwd", tmp_path / "link")
    with pytest.raises(OSError):
        intake.read_regular(tmp_path / "link")


@pytest.mark.parametrize(
    "raw",
    [
        notebook(CELL),
        b"\xef\xbb\xbf" + notebook(CELL),
        notebook(CELL).decode().encode("utf-16"),
        notebook(CELL | {"id": {"x": 1}}, metadata=[1], nbformat_minor="?"),
        notebook(
            nbformat=3,
            worksheets=[{"cells": [{"cell_type": "code", "input": "a = 1\nb", "language": "python", "outputs": []}]}],
        ),
    ],
)
def test_a_notebook_is_read_in_every_form_that_people_save(raw):
    assert [cell.source for cell in intake.read_notebook(raw).cells] == ["a = 1\nb"]


def test_what_is_no_cell_is_left_out_and_named():
    broken = [None, 3, {"cell_type": "code"}, CELL | {"source": "x" * 600_000}, CELL | {"cell_type": ["code"]}]
    note, kept = intake.read_notebook(notebook(*broken, CELL)).cells
    assert note.source.count("番目のセル") == len(broken) and kept.source == "a = 1\nb"


@pytest.mark.parametrize("raw", [b"", b"[]", b"[" * 100_000, b"\x89PNG", notebook(nbformat=5), notebook(nbformat="4")])
def test_what_is_no_notebook_is_refused_with_a_way_out(raw):
    with pytest.raises(DataError) as error:
        intake.read_notebook(raw)
    assert error.value.mend


def test_the_master_copy_wins_where_names_clash():
    master = ["data/a.csv", "標本入力.json"]
    assert list(intake.without_clashes(["data", "標本入力.json/x", "data/a.csv", "data/b.csv", "c"], master)) == [
        "data/b.csv",
        "c",
    ]


def test_folders_whose_names_nothing_can_bear_are_named_and_stop_nobody(content, tmp_path):
    from .conftest import make

    course = make(content, tmp_path / "course")
    driver.hand_out(course)
    submitted = hand_in(course, "G-A-1", "甲", {}).parent
    for raw in ("乙".encode("cp932"), b"[a]", b"*", b"a\nb"):
        shutil.copytree(os.fsencode(submitted), os.fsencode(submitted.parent) + b"/" + raw)
    submitted.joinpath("G-A-1").rename(submitted.parent / "丙")  # a folder too few
    *rows, lost = driver.grade(course, pages=True)
    assert (lost.assignment, lost.student, lost.file) == ("G-A-1", "丙", "submitted/丙/G-A-1.ipynb")
    assert sorted(row.student for row in rows) == ["*", "[a]", "a\nb", "乙"]
    assert all("フォルダー名" in row.problem and row.mend and row.file for row in rows)
    json.dumps([row.student for row in rows], ensure_ascii=False).encode()


def test_without_walls_nothing_is_graded_unless_it_is_ones_own(monkeypatch):
    monkeypatch.setattr(apart, "why_not", lambda: "隔離に使う bubblewrap が入っていません。")
    with pytest.raises(UsageError, match="--no-sandbox"):
        apart.require()
    with apart.without_sandbox():
        apart.require()
        assert not apart.is_isolated()
    assert apart.is_isolated()


def put(folder, *names):
    """Files of a hand-in; the notebooks cannot even be read, so that only their places can be spoken of."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["甲/K-F-1.ipynb", "甲/回答.json"], [("K-F-1", "甲", "甲/K-F-1.ipynb", "submitted/甲/K-F-1/ を作り")]),
        (["甲/Ｋ－Ｆ－１ (1).ipynb".replace("－", "-")], [("K-F-1", "甲", None, "submitted/甲/K-F-1/ を作り")]),
        (["K-F-1/甲/K-F-1.ipynb"], [("K-F-1", "甲", "K-F-1/甲", "submitted/甲/K-F-1 へ移して")]),
        (["K-F-1/K-F-1.ipynb"], [("K-F-1", "", "K-F-1/K-F-1.ipynb", "参加者の名前/K-F-1/")]),
        (["甲/K-F-1.zip"], [("K-F-1", "甲", "甲/K-F-1.zip", "展開してください。submitted/甲/K-F-1/")]),
        (["甲.zip"], [("", "", "甲.zip", "展開")]),
        (["K-F-1b.ipynb"], [("K-F-1b", "", "K-F-1b.ipynb", "参加者の名前/K-F-1b/")]),
        (["甲/k-f-1/K-F-1.ipynb"], [("K-F-1", "甲", "甲/k-f-1", "名前を変えて submitted/甲/K-F-1")]),
        (["甲/課題/K-F-1b.ipynb"], [("K-F-1b", "甲", "甲/課題", "submitted/甲/K-F-1b")]),
        (["甲/レポート.ipynb"], [("", "甲", "甲/レポート.ipynb", "課題の記号")]),
        # Each assignment is told of once, and only while it is missing.
        (["甲/K-F-1.ipynb", "甲/K-F-1.zip", "甲/K-F-1b.zip"], [("K-F-1", "甲", None, ""), ("K-F-1b", "甲", None, "")]),
        (["甲/K-F-1/K-F-1.ipynb", "甲/K-F-1b/x", "甲/K-F-1.zip", "甲/K-F-1.ipynb"], []),
        (["甲/K-F-1/K-F-1.ipynb", "甲/K-F-1 (1)/K-F-1.ipynb"], []),
        (["K-F-1/甲/K-F-1.ipynb", "甲/K-F-1/K-F-1.ipynb"], []),
        # No hand-ins.
        (["名簿.xlsx", ".DS_Store", "甲/メモ.txt", "甲/.ipynb_checkpoints/K-F-1-checkpoint.ipynb", "甲/ほか/ほか.ipynb"], []),
        (["甲/__MACOSX/._K-F-1.ipynb", "乙/中/.ipynb_checkpoints/K-F-1.ipynb"], []),
    ],
)  # fmt: skip
def test_a_hand_in_in_the_wrong_place_is_named_with_the_right_one(tmp_path, places, expected):
    put(tmp_path / "source", "K-F-1/x", "K-F-1b/x", "ほか/x")
    put(tmp_path / "submitted", *places)
    found = intake.misplaced(tmp_path, ["K-F-1", "K-F-1b"])
    assert [(one.assignment, one.student) for one in found] == [row[:2] for row in expected]
    for one, (*_, file, mend) in zip(found, expected, strict=True):
        assert mend in one.mend and one.problem.endswith("採点していません。") and "甲" not in one.problem
        assert file is None or one.file == f"submitted/{file}"


def test_nothing_is_misplaced_where_nothing_was_handed_in_and_no_link_is_followed(tmp_path):
    assert intake.misplaced(tmp_path, ["K-F-1"]) == []
    put(tmp_path / "else", "K-F-1.ipynb")
    (tmp_path / "submitted").mkdir()
    for name in ("甲", "K-F-1"):
        os.symlink(tmp_path / "else", tmp_path / "submitted" / name)
    assert intake.misplaced(tmp_path, ["K-F-1"]) == []


def test_with_one_assignment_it_can_only_be_that_one(tmp_path):
    put(tmp_path / "submitted", "甲/レポート.ipynb")
    assert [one.assignment for one in intake.misplaced(tmp_path, ["K-F-1"])] == ["K-F-1"]


@pytest.mark.parametrize(
    ("names", "mend"),
    [
        (["K-F-1/K-F-1.ipynb", "K-F-1/回答.json"], "K-F-1 フォルダーの中身を、一つ上の"),
        (["提出.zip"], "提出.zip を展開し"),
        (["K-F-1 (1).ipynb"], "K-F-1.ipynb に戻してください（提出されたノートブック: K-F-1 (1).ipynb）"),
        (["回答.json"], "K-F-1.ipynb も一緒に"),
    ],
)
def test_without_its_notebook_what_lies_there_says_how_to_mend(tmp_path, names, mend):
    put(tmp_path / "submitted" / "甲" / "K-F-1", *names)
    with pytest.raises(DataError) as error:
        intake.vet(tmp_path, "甲", "K-F-1")
    assert mend in error.value.mend


def test_the_answer_file_counts_also_one_folder_deeper_where_there_is_only_one(tmp_path):
    put(tmp_path, "visitor-1/回答.json", "a/b/回答.json")
    files, notes = intake.take_files(tmp_path)
    assert files["回答.json"] == b"{}" and notes == ["「visitor-1/回答.json」にあった回答ファイルを使いました。"]
    before = ledger.fingerprint(tmp_path)
    (tmp_path / "visitor-1" / "回答.json").write_text("{ }", encoding="utf-8")
    assert ledger.fingerprint(tmp_path) != before
    put(tmp_path, "visitor-2/回答.json")
    assert "回答.json" not in intake.take_files(tmp_path)[0]  # whose is it?
    put(tmp_path, "回答.json")
    assert intake.take_files(tmp_path) == ({**intake.take_files(tmp_path)[0], "回答.json": b"{}"}, [])


def test_an_answer_file_one_folder_deeper_that_is_a_link_is_none(tmp_path):
    put(tmp_path / "else", "回答.json")
    (tmp_path / "here" / "x").mkdir(parents=True)
    os.symlink(tmp_path / "else", tmp_path / "here" / "y")
    os.symlink(tmp_path / "else" / "回答.json", tmp_path / "here" / "x" / "回答.json")
    assert "回答.json" not in intake.take_files(tmp_path / "here")[0]

"""What is handed in is taken by ``lstat``, within sizes, and a notebook is built anew before anything else reads it."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from jissho.errors import DataError, UsageError
from jissho_kit.grading import apart, driver, intake
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
    submitted.joinpath("G-A-1").rename(submitted.parent / "丙")  # a folder too few: nothing of an assignment in it
    rows = driver.grade(course, pages=True)
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

"""A workspace belongs to its participant: nothing that was changed is ever overwritten or lost."""

from __future__ import annotations

import errno
import os

import pytest

from jissho.errors import UsageError
from jissho_kit.classroom.workspace import MANIFEST, Change, make_workspace, said

FIRST = {"K-F-1.ipynb": b"first", "data/ic/ic.csv": b"1,2"}
SECOND = FIRST | {"K-F-1.ipynb": b"second"}
THIRD = FIRST | {"K-F-1.ipynb": b"third"}
BESIDE = "K-F-1.新しい版.ipynb"


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


@pytest.fixture
def folder(tmp_path):
    make_workspace(tmp_path / "作業 フォルダー", FIRST)
    return tmp_path / "作業 フォルダー"


def test_a_new_workspace_holds_exactly_the_files(folder):
    assert contents(folder) == FIRST


def test_building_again_changes_nothing(folder):
    assert make_workspace(folder, FIRST) == []
    assert contents(folder) == FIRST


def test_an_unchanged_file_is_renewed(folder):
    assert make_workspace(folder, SECOND) == [Change("K-F-1.ipynb", "updated")]
    assert contents(folder) == SECOND


def test_a_changed_file_stays_and_the_new_version_goes_beside_it(folder):
    (folder / "K-F-1.ipynb").write_bytes(b"mine")
    changes = make_workspace(folder, SECOND)
    assert changes == [Change("K-F-1.ipynb", "beside", BESIDE)]
    assert contents(folder) == FIRST | {"K-F-1.ipynb": b"mine", BESIDE: b"second"}
    assert "K-F-1.ipynb は変更されているため" in said(changes)[0] and BESIDE in said(changes)[0]


def test_a_changed_file_is_left_in_peace_while_there_is_no_new_version(folder):
    (folder / "K-F-1.ipynb").write_bytes(b"mine")
    assert make_workspace(folder, FIRST) == []
    assert contents(folder)["K-F-1.ipynb"] == b"mine"


def test_a_new_version_is_offered_once_and_then_renewed(folder):
    (folder / "K-F-1.ipynb").write_bytes(b"mine")
    make_workspace(folder, SECOND)
    assert make_workspace(folder, SECOND) == []
    assert make_workspace(folder, THIRD) == [Change("K-F-1.ipynb", "beside", BESIDE)]
    assert contents(folder) == FIRST | {"K-F-1.ipynb": b"mine", BESIDE: b"third"}


def test_a_changed_new_version_is_kept_as_well(folder):
    (folder / "K-F-1.ipynb").write_bytes(b"mine")
    make_workspace(folder, SECOND)
    (folder / BESIDE).write_bytes(b"mine too")
    (change,) = make_workspace(folder, THIRD)
    assert contents(folder) == FIRST | {"K-F-1.ipynb": b"mine", BESIDE: b"mine too", change.beside: b"third"}


def test_the_participants_own_files_are_not_touched(folder):
    (folder / "回答.json").write_bytes(b"{}")
    make_workspace(folder, SECOND)
    assert contents(folder) == SECOND | {"回答.json": b"{}"}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe"])
def test_without_a_readable_manifest_nothing_counts_as_ours(folder, damage):
    (folder / MANIFEST).write_bytes(damage)
    assert make_workspace(folder, SECOND) == [Change("K-F-1.ipynb", "beside", BESIDE)]
    assert contents(folder) == FIRST | {BESIDE: b"second"}


def test_a_file_that_was_there_before_the_first_time_stays(tmp_path):
    (tmp_path / "K-F-1.ipynb").write_bytes(b"older than us")
    make_workspace(tmp_path, FIRST)
    assert contents(tmp_path) == FIRST | {"K-F-1.ipynb": b"older than us", BESIDE: b"first"}


def test_a_file_where_the_workspace_should_be(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    for place in ("file", "file/below"):
        with pytest.raises(UsageError, match="同じ名前のファイル") as caught:
            make_workspace(tmp_path / place, FIRST)
        assert str(tmp_path) in caught.value.where and "--workspace" in caught.value.mend


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "data").write_bytes(b"x")
    with pytest.raises(UsageError, match="同じ名前のファイル"):
        make_workspace(tmp_path, FIRST)
    assert (tmp_path / "data").read_bytes() == b"x"


def test_a_folder_where_a_file_should_be(tmp_path):
    (tmp_path / "K-F-1.ipynb").mkdir()
    with pytest.raises(UsageError, match="同じ名前のフォルダー"):
        make_workspace(tmp_path, FIRST)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "書き込めません"),
        (OSError(errno.EROFS, "Read-only file system"), "書き込めません"),
        (OSError(errno.ENOSPC, "No space left on device"), "作れません"),
        (OSError(errno.EIO, "Input/output error"), "作れません"),
    ],
)
def test_a_disk_that_refuses_is_named(tmp_path, monkeypatch, cause, words):
    """Root may write everywhere, so the refusal is played."""

    def refuse(*_):
        raise cause

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UsageError, match=words) as caught:
        make_workspace(tmp_path, FIRST)
    assert caught.value.where and caught.value.mend


def test_a_stop_half_way_leaves_whole_files_only(folder, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        make_workspace(folder, SECOND)
    assert (folder / "K-F-1.ipynb").read_bytes() == b"first"
    monkeypatch.undo()
    make_workspace(folder, SECOND)
    assert (folder / "K-F-1.ipynb").read_bytes() == b"second"

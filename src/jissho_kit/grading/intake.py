"""Take what was handed in without trusting it: regular files only, by ``lstat``, within sizes; everything else is named."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MOST_BYTES = 20_000_000  # of one file
MOST_TOGETHER = 100_000_000
MOST_FILES = 1_000
MOST_DEEP = 8  # folders in one another
MOST_NAME = 200  # bytes of a file's name


def take_files(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Contents of a folder's regular files by relative path, notebooks left out, and notes on what was not taken.

    Links, pipes and devices are never opened, folders that are links never entered. A name that is no UTF-8 (a file
    from an old Windows archive, say) is read as cp932.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    room = MOST_TOGETHER
    for path in _walk(Path(folder), notes):
        name = _readable(path.relative_to(folder))
        if name.endswith(".ipynb"):
            continue
        problem = _problem(path, name, room, len(files))
        if problem:
            notes.append(f"ファイル「{name[:MOST_NAME]}」は使えません: {problem}")
            continue
        content = read_regular(path)
        files[name], room = content, room - len(content)
    return files, notes


def _walk(folder: Path, notes: list[str]):
    """Everything below a folder that is no folder, in order of names; what is nested too deeply is noted and left."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                path = Path(entry.path)
                if not entry.is_dir(follow_symlinks=False):
                    yield path
                elif len(path.relative_to(folder).parts) < MOST_DEEP:
                    waiting.append(path)
                else:
                    notes.append(f"フォルダー「{_readable(path.relative_to(folder))}」は深すぎるので使えません。")


def _problem(path: Path, name: str, room: int, taken: int) -> str:
    try:
        status = os.lstat(path)
    except OSError as error:
        return error.strerror
    if not stat.S_ISREG(status.st_mode):
        return "ふつうのファイルではありません（リンクなど）。"
    if len(name.encode()) > MOST_NAME * MOST_DEEP or not name.isprintable():
        return "名前が長すぎるか、使えない文字があります。"
    if status.st_size > min(MOST_BYTES, room) or taken >= MOST_FILES:
        return "大きすぎるか、数が多すぎます。"
    return ""


def _readable(path: Path) -> str:
    raw = os.fsencode(path)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp932", "replace")


def read_regular(path: Path, most: int = MOST_BYTES) -> bytes:
    """Content of a regular file; never follows a link, waits for a pipe or reads beyond ``most`` bytes.

    Raises
    ------
    OSError
        It is something else, too large, or cannot be read.
    """
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(opened, "rb") as file:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            raise OSError(f"ふつうのファイルではないか、大きすぎます: {path.name}")
        return file.read(most + 1)[:most]

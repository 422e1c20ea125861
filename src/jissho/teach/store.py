"""Where a participant's answers and predictions are kept: 回答.json beside the notebook.

``{"v": 1, "answers": {id: {"value", "at"}}, "predictions": {key: {"value", "at", …}}}``
Under Voilà every visitor has a folder of their own below the notebook's (all visitors share its folder).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
import tempfile
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jissho.errors import AnswerError
from jissho.names import ANSWERS as FILE_NAME
from jissho.teach.mode import as_page

MAX_BYTES = 64 * 1024
SECTIONS = ("answers", "predictions")

_listeners: dict[tuple[str, str], list[Callable[[], None]]] = {}


def path() -> Path:
    """The file that holds this participant's answers (it need not exist yet)."""
    return folder() / FILE_NAME


def folder() -> Path:
    """The notebook's folder; under Voilà the visitor's own folder in it."""
    return Path.cwd() / visitor() if as_page() else Path.cwd()


def visitor() -> str:
    """Name of the visitor's folder: the Hub's user, else the cookie ``jissho_visitor``, else one for this kernel."""
    cookies = dict(part.strip().partition("=")[::2] for part in os.environ.get("HTTP_COOKIE", "").split(";"))
    return safe_name(os.environ.get("JUPYTERHUB_USER") or cookies.get("jissho_visitor") or _stranger())


@lru_cache(maxsize=1)
def _stranger() -> str:
    """Without a name, share with nobody: another visitor's prediction must never show."""
    return f"visitor-{uuid.uuid4().hex[:12]}"


def safe_name(name: str) -> str:
    """A folder name from anything; names that had to be changed get a short hash, so two never meet."""
    kept = re.sub(r"[^\w-]", "_", unicodedata.normalize("NFC", name))[:48].strip("_")
    if kept and kept == name:
        return kept
    return f"{kept or 'visitor'}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def load() -> dict:
    """What is stored so far; an unreadable file is put aside and said so, then an empty store is returned."""
    file = path()
    try:
        return read(file)
    except FileNotFoundError:
        return empty()
    except OSError as error:  # locked by another program, say: the file is good, leave it where it is
        raise AnswerError(
            f"{FILE_NAME} を開けません。", where=str(file), mend="ほかのソフトで開いていれば閉じてください。"
        ) from error
    except AnswerError as error:
        kept = _put_aside(file)
        from IPython.display import HTML, display

        display(
            HTML(
                f"<p>▲ {FILE_NAME} を読めませんでした。<b>{kept.name}</b> に残し、新しく作ります。（{error.what}）</p>"
            )
        )
        return empty()


def empty() -> dict:
    """A store with nothing in it."""
    return {"v": 1, "answers": {}, "predictions": {}}


def read(file: Path) -> dict:
    """Read a store.

    Raises
    ------
    OSError
        There is none (FileNotFoundError), or it cannot be opened.
    AnswerError
        Not a regular file, above 64 KiB, not JSON, or not of this shape.
    """
    status = os.lstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise AnswerError(f"{FILE_NAME} がふつうのファイルではありません。", where=str(file))
    if status.st_size > MAX_BYTES:
        raise AnswerError(f"{FILE_NAME} が大きすぎます（{MAX_BYTES // 1024} KB まで）。", where=str(file))
    try:
        data = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{FILE_NAME} の中身が壊れています。", where=str(file)) from error
    if not (isinstance(data, dict) and all(_is_section(data.get(name, {})) for name in SECTIONS)):
        raise AnswerError(f"{FILE_NAME} の形が決まりと違います。", where=str(file))
    return empty() | data


def _is_section(section: object) -> bool:
    return isinstance(section, dict) and all(isinstance(e, dict) and "value" in e for e in section.values())


def get(section: str, key: str) -> dict | None:
    """The entry ``{"value", "at", …}`` stored under ``key``, or ``None``."""
    return load()[section].get(key)


def save(section: str, key: str, value: object, **more: object) -> dict:
    """Store ``value`` under ``key``, keeping everything else in the file; then tell who listens.

    Raises
    ------
    AnswerError
        The file would grow above 64 KiB, or the folder cannot be written.
    """
    entry = {"value": value, "at": datetime.now().astimezone().isoformat(timespec="seconds"), **more}
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with _only_one_writer(path()):
            data = load()
            data[section][key] = entry
            _write(path(), data)
    except OSError as error:
        raise AnswerError(
            "回答を保存できません。",
            where=str(path()),
            mend=f"フォルダーに書き込めるか確かめてください。（{error.strerror}）",
        ) from None
    for listener in _listeners.get((section, key), []):
        listener()
    return entry


def when_saved(section: str, key: str, listener: Callable[[], None]) -> None:
    """Call ``listener()`` each time ``key`` is stored by this kernel."""
    _listeners.setdefault((section, key), []).append(listener)


def _write(file: Path, data: dict) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8")
    if len(text) > MAX_BYTES:
        raise AnswerError("答えが長すぎて保存できません。", where=str(file), mend="文を短くしてください。")
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".回答-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _put_aside(file: Path) -> Path:
    number = 1
    while (kept := file.with_name(f"回答.壊れた控え-{number}.json")).exists():
        number += 1
    os.replace(file, kept)
    return kept


@contextlib.contextmanager
def _only_one_writer(file: Path) -> Iterator[None]:
    """Two notebooks in one folder may save at the same moment; neither may lose the other's key."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    name = hashlib.sha256(str(file.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    with open(Path(tempfile.gettempdir()) / f"jissho-{user}-{name}.lock", "a+b") as lock:
        _lock(lock.fileno())
        yield  # closing the file gives the lock back


if os.name == "nt":  # pragma: no cover - Windows only

    def _lock(descriptor: int) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)

"""A participant's workspace: notebooks, data and the start page, made and renewed without losing anybody's work.

A manifest keeps, for every file, the hash of the version last written or offered. A file that has that hash is ours
and may be renewed; any other is the participant's and stays: a new version goes beside it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jissho.errors import UsageError

MANIFEST = ".jissho-workspace.json"
NEW_VERSION = ".新しい版"

What = Literal["written", "updated", "beside"]


@dataclass(frozen=True)
class Change:
    """What happened to one file: ``path`` is relative to the workspace; ``beside`` names the new version's file."""

    path: str
    what: What
    beside: str = ""


def make_workspace(folder: Path, files: Mapping[str, bytes]) -> list[Change]:
    """Make or renew a workspace.

    Parameters
    ----------
    folder : Path
        Made when missing.
    files : mapping of str to bytes
        What belongs into it, by relative path (:func:`jissho_kit.classroom.contents.files`).

    Returns
    -------
    list of Change
        One for every file that is new, renewed, or was left alone because its owner changed it.

    Raises
    ------
    UsageError
        The folder cannot be made or written, or a file stands where a folder is needed.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        manifest = _read_manifest(folder)
        changes = [_put(folder, path, content, manifest) for path, content in files.items()]
        _write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise _cannot_write(folder, error) from None
    return [change for change in changes if change]


def said(changes: Iterable[Change]) -> list[str]:
    """What a participant should know about the changes: only files that were left alone for their owner."""
    return [
        f"{change.path} は変更されているため、そのまま残しました。新しい版は {change.beside} です。"
        for change in changes
        if change.what == "beside"
    ]


def _put(folder: Path, path: str, content: bytes, manifest: dict[str, str]) -> Change | None:
    """Write one file, or, when its owner has changed it, offer the new version beside it, once."""
    target, new, known = folder / path, _hash(content), manifest.get(path)
    present = _hash(target.read_bytes()) if os.path.lexists(target) else None
    manifest[path] = new
    if present in (None, known) and present != new:
        _write(target, content)
        return Change(path, "written" if present is None else "updated")
    if new in (present, known):
        return None
    original = Path(path)
    beside = str(original.with_name(f"{original.stem}{NEW_VERSION}{original.suffix}"))
    offered = _put(folder, beside, content, manifest)
    return Change(path, "beside", (offered.beside or offered.path) if offered else beside)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    os.replace(draft, path)


def _read_manifest(folder: Path) -> dict[str, str]:
    """Hashes of what was written here; an unreadable manifest means that nothing is known to be ours."""
    try:
        read = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _cannot_write(folder: Path, error: OSError) -> UsageError:
    """The failure in words: what stands in the way, and what to do."""
    place = str(error.filename or folder)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return UsageError(
            "フォルダーを作る場所に、同じ名前のファイルがあります。",
            where=place,
            mend="そのファイルの名前を変えるか、--workspace で別のフォルダーを指定してください。",
        )
    if isinstance(error, IsADirectoryError):
        return UsageError(
            "ファイルを作る場所に、同じ名前のフォルダーがあります。",
            where=place,
            mend="そのフォルダーの名前を変えてください。",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UsageError(
            "作業フォルダーに書き込めません。",
            where=place,
            mend="書き込めるフォルダーを --workspace で指定してください。例: ./jissho open --workspace ~/jissho",
        )
    return UsageError(
        f"作業フォルダーを作れません（{error.strerror or error}）。",
        where=place,
        mend="ディスクの空きと、外付けディスクや共有フォルダーがつながっているかを確かめてください。",
    )

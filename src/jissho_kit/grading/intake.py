"""Take what was handed in without trusting it: regular files only, by ``lstat``, within sizes; everything else is named."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_markdown_cell, new_notebook

from jissho.errors import DataError

MOST_BYTES = 20_000_000  # of one file
MOST_TOGETHER = 100_000_000
MOST_FILES = 1_000
MOST_DEEP = 8  # folders in one another
MOST_NAME = 200  # bytes of a file's name
MOST_CELLS = 2_000
MOST_SOURCE = 500_000  # letters of a cell
MOST_NESTED = 64  # of a notebook's JSON
TIMESTAMP = "timestamp.txt"
NOT_A_NAME = set("*?[]{}/\\\0\n")  # nbgrader looks for folders by patterns
AGAIN = "配布されたノートブックを開き、書き直して出してもらってください。"
SMALLER = "「すべての出力を消去」してから出し直してもらってください。"
CELLS = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}


def take_files(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Contents of a folder's regular files by relative path, notebooks left out, and notes on what was not taken.

    Links, pipes and devices are never opened, folders that are links never entered. A name that is no UTF-8 (a file
    from an old Windows archive, say) is read as cp932.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    room = MOST_TOGETHER
    for path in _walk(Path(folder), notes):
        name = readable(path.relative_to(folder))
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
                    notes.append(f"フォルダー「{readable(path.relative_to(folder))}」は深すぎるので使えません。")


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


def readable(path: Path | str) -> str:
    """A path's text; a name that is no UTF-8 is read as cp932."""
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


def vet(root: Path, student: str, assignment: str) -> None:
    """Check that a submission can be opened: its folders, and its notebook as far as the outermost shape.

    Raises
    ------
    DataError
        Which file, what is wrong and how to mend it.
    """
    folder = root / "submitted" / student / assignment
    where = readable(folder.relative_to(root))
    if not is_name(student):
        raise DataError("参加者のフォルダー名に、使えない文字があります。", where, "フォルダー名を変えてください。")
    for place in (folder.parent, folder):
        if not stat.S_ISDIR(_mode(place)):
            raise DataError(
                "ふつうのフォルダーではありません（リンクなど）。",
                where,
                "フォルダーそのものを出し直してもらってください。",
            )
    path = folder / f"{assignment}.ipynb"
    where = f"{where}/{path.name}"
    mode = _mode(path)
    if not mode:
        others = "、".join(sorted(readable(Path(p.name)) for p in folder.glob("*.ipynb"))) or "なし"
        raise DataError(
            "ノートブックがありません。",
            where,
            f"ファイル名を {path.name} に戻してください（提出されたノートブック: {others}）。",
        )
    if not stat.S_ISREG(mode):
        raise DataError(
            "ふつうのファイルではありません。", where, "ノートブックのファイルそのものを出し直してもらってください。"
        )
    if path.lstat().st_size > MOST_BYTES:
        raise DataError("ノートブックが大きすぎます。", where, SMALLER)
    try:
        raw = read_regular(path)
    except OSError as error:
        raise DataError(f"ノートブックを開けません（{error.strerror or error}）。", where, AGAIN) from None
    try:
        read_notebook(raw)
    except DataError as error:
        raise DataError(error.what, where, error.mend) from None


def is_name(student: str) -> bool:
    """Whether a participant's folder has a name that the gradebook, pages and reports can bear."""
    plain = student.isprintable() and student == student.strip() and not set(student) & NOT_A_NAME
    return plain and student[:1] not in ("", ".", "-")


def _mode(path: Path) -> int:
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def read_notebook(raw: bytes) -> NotebookNode:
    """A notebook built anew from bytes as people save them; what had to be left out is noted in a first cell.

    UTF-8 with or without BOM, UTF-16 with BOM or cp932; nbformat 4 of any minor, or 3. Only what grading needs is
    taken: cells with source and a few plain metadata, no outputs, no ids.

    Raises
    ------
    DataError
        It is no notebook, or of a version that nobody here knows.
    """
    told = _parsed(raw)
    if isinstance(told.get("worksheets"), list) and told.get("nbformat") == 3:
        told = _from_version_3(told)
    cells = told.get("cells")
    if told.get("nbformat") != 4 or not isinstance(cells, list):
        raise DataError("このノートブックの形式（nbformat）は扱えません。", mend=AGAIN)
    if len(cells) > MOST_CELLS:
        raise DataError(f"セルが多すぎます（{MOST_CELLS:,}個まで）。", mend=AGAIN)
    notes: list[str] = []
    made = [_cell(cell, number, notes) for number, cell in enumerate(cells, 1)]
    if notes:
        made.insert(0, new_markdown_cell("\n".join(f"- {note}" for note in notes)))
    kept = [cell for cell in made if cell]
    for position, cell in enumerate(kept):
        cell["id"] = f"cell-{position:04d}"  # nbformat's are random: the same hand-in would give another file each time
    return new_notebook(cells=kept, metadata=_kernel(told.get("metadata")))


def _parsed(raw: bytes) -> dict:
    try:
        told = json.loads(_decoded(raw), parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise DataError("ノートブックとして読めません。", mend=AGAIN)
    return told


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932")


def _from_version_3(told: dict) -> dict:
    try:
        return nbformat.reads(json.dumps(told | {"nbformat_minor": 0}), as_version=4)
    except Exception:  # nbformat raises whatever it meets in a broken file
        raise DataError("ノートブックとして読めません。", mend=AGAIN) from None


def _cell(cell, number: int, notes: list[str]) -> NotebookNode | None:
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    kind = CELLS.get(cell.get("cell_type")) if isinstance(source, str) and isinstance(cell["cell_type"], str) else None
    if kind is None:
        notes.append(f"上から{number}番目のセルは、セルの形をしていないので除きました。")
    elif len(source) > MOST_SOURCE:
        notes.append(f"上から{number}番目のセルは、長すぎるので除きました。")
    else:
        text, metadata = source.encode("utf-8", "replace").decode(), _metadata(cell.get("metadata"))
        # Not by nbformat's new_code_cell, which checks every cell on its own: the whole notebook is checked anyway.
        run = {"outputs": [], "execution_count": None} if kind == "code" else {}
        return NotebookNode(cell_type=kind, source=text, metadata=metadata, **run)
    return None


def _metadata(told) -> NotebookNode:
    """What grading needs of a cell's metadata, in the types that nbformat and nbgrader expect."""
    told = told if isinstance(told, dict) else {}
    kept = {name: told[name] for name in ("editable", "deletable") if isinstance(told.get(name), bool)}
    if isinstance(told.get("tags"), list):
        kept["tags"] = [tag for tag in dict.fromkeys(map(str, told["tags"])) if "," not in tag][:20]
    if isinstance(told.get("nbgrader"), dict):
        kept["nbgrader"] = {
            str(name): value
            for name, value in told["nbgrader"].items()
            if isinstance(value, (str, int, float)) and len(str(name)) + len(str(value)) < MOST_NAME
        }
    return from_dict(kept)


def _kernel(told) -> dict:
    told = told if isinstance(told, dict) else {}
    return {
        name: {key: value for key, value in told[name].items() if isinstance(value, str)}
        for name in ("kernelspec", "language_info")
        if isinstance(told.get(name), dict)
    }


def read_timestamp(folder: Path) -> datetime | None:
    """When a submission was collected, as nbgrader's timestamp.txt says; ``None`` without one that can be read."""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(read_regular(Path(folder) / TIMESTAMP, 200).decode("utf-8-sig").strip())
    except (OSError, ValueError, OverflowError, TypeError):
        return None


def without_clashes(names, master) -> Iterator[str]:
    """Those of a submission's files that can lie in one folder with the master copy's; where both have one, the master's."""
    files = {PurePosixPath(name) for name in master}
    folders = {parent for path in files for parent in path.parents}
    for name in names:
        path = PurePosixPath(name)
        if path not in folders and not files & {path, *path.parents}:
            yield name

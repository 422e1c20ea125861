"""Take what was handed in without trusting it: regular files only, by ``lstat``, within sizes; everything else is named."""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from jissho.errors import DataError
from jissho.names import ANSWERS

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
UNNAMABLE, RENAME = "参加者のフォルダー名に、使えない文字があります。", "フォルダー名を変えてください。"
PACKED = (".zip", ".7z", ".rar", ".lzh", ".tar", ".gz", ".tgz")
MOST_SEARCHED = 200  # files in a folder that is in the wrong place
CELLS = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}


def take_files(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Contents of a folder's regular files by relative path, notebooks left out, and notes on what was not taken.

    Links, pipes and devices are never opened, folders that are links never entered. A name that is no UTF-8 (a file
    from an old Windows archive, say) is read as cp932. Where the answer file lies exactly one folder deeper (Voilà gives
    each visitor a folder), and only one does, it is taken as if it lay here.
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
    deeper = readable(answer_file(Path(folder)).relative_to(folder))
    if ANSWERS not in files and deeper in files:
        files[ANSWERS] = files[deeper]
        notes.append(f"「{deeper}」にあった回答ファイルを使いました。")
    return files, notes


def answer_file(folder: Path) -> Path:
    """A submission's answer file: the one in its folder, else the only one exactly one folder deeper (it need not exist)."""
    here = folder / ANSWERS
    if _mode(here) or not stat.S_ISDIR(_mode(folder)):
        return here
    deeper = [place / ANSWERS for place in _folders(folder) if stat.S_ISREG(_mode(place / ANSWERS))]
    return deeper[0] if len(deeper) == 1 else here


def _folders(folder: Path) -> list[Path]:
    """Folders in a folder in order of names, links left out."""
    with os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))


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
        raise DataError(UNNAMABLE, where, RENAME)
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
        raise DataError("ノートブックがありません。", where, _where_it_may_be(folder, path.name))
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


def _where_it_may_be(folder: Path, name: str) -> str:
    """How to mend a submission without a notebook, from what lies there instead."""
    found = _handed_in_below(folder)
    books = [place for place in found if place.suffix.lower() == ".ipynb"]
    packed = [place for place in found if place.suffix.lower() in PACKED]
    deeper = [place for place in books if place.name == name]
    if deeper:
        return (
            f"{readable(deeper[0].parent.relative_to(folder))} フォルダーの中身を、一つ上のフォルダーへ移してください。"
        )
    if packed and not books:
        return f"{readable(packed[0].relative_to(folder))} を展開し、{name} をこのフォルダーに置いてください。"
    if not books:
        return f"{name} も一緒に出してもらってください。"
    others = "、".join(readable(place.relative_to(folder)) for place in books)
    return f"ファイル名を {name} に戻してください（提出されたノートブック: {others}）。"


@dataclass(frozen=True)
class Misplaced:
    """A hand-in that lies where nobody looks. ``student`` and ``assignment``: as far as its place tells, else empty.

    ``problem`` names nobody; ``file`` (below the course) and ``mend`` may.
    """

    assignment: str
    student: str
    problem: str
    file: str
    mend: str


def misplaced(root: Path, assignments: Iterable[str]) -> list[Misplaced]:
    """Hand-ins below ``submitted/`` that lie outside ``<student>/<assignment>/``, in order of their places.

    What lies beside a hand-in in its right place is a leftover and passed over, as are folders of other assignments in
    ``source/``. Links are never followed.
    """
    submitted, source, known = root / "submitted", root / "source", list(assignments)
    others = {place.name for place in _visible(source)} - set(known)
    found: list[Misplaced] = []
    for place in _visible(submitted):
        if place.name in known:
            found += _turned_round(root, place, known)
        elif _is_handed_in(place):
            found.append(_nobodys(root, place, _meant([place], known)))
        else:
            found += _outside_folders(root, place, known, others)
    return found


def _turned_round(root: Path, folder: Path, known: list[str]) -> Iterator[Misplaced]:
    """What lies in ``submitted/<assignment>/``: participants' folders, or files that tell nobody's name."""
    for place in _visible(folder):
        right = folder.parent / place.name / folder.name
        if _is_handed_in(place):
            yield _nobodys(root, place, folder.name)
        elif place.name not in known and _handed_in_below(place) and not _mode(right):
            file, to = readable(place.relative_to(root)), readable(right.relative_to(root))
            problem = "参加者と課題のフォルダーの順が逆なので、採点していません。"
            yield Misplaced(folder.name, place.name, problem, file, f"{file} を {to} へ移してください。")


def _nobodys(root: Path, place: Path, assignment: str) -> Misplaced:
    return Misplaced(
        assignment,
        "",
        "参加者のフォルダーに入っていないので、採点していません。",
        readable(place.relative_to(root)),
        f"submitted/参加者の名前/{assignment or '課題の記号'}/ を作り、その中へ移してください（圧縮されていれば展開します）。",
    )


def _outside_folders(root: Path, folder: Path, known: list[str], others: set[str]) -> Iterator[Misplaced]:
    """What lies in ``submitted/<student>/`` outside the folders of assignments; one row for each assignment."""
    waited, told = [one for one in known if not _mode(folder / one)], set()
    for place in _visible(folder) if waited else []:
        if place.name in {*known, *others} or (place.name == ANSWERS and told):
            continue
        below = [place] if _is_handed_in(place) else _handed_in_below(place)
        meant = _meant([place, *below], known) or (known[0] if len(known) == 1 else "")
        if below and meant not in told and (not meant or meant in waited):
            told.add(meant)
            yield _outside(root, place, meant)


def _outside(root: Path, place: Path, assignment: str) -> Misplaced:
    right = readable((place.parent / (assignment or "課題の記号")).relative_to(root))
    into = f"{right}/ を作り、ノートブックも {ANSWERS} もその中へ移してください。"
    if stat.S_ISDIR(_mode(place)):
        problem, mend = "課題のフォルダーの名前が違う", f"フォルダーの名前を変えて {right} にしてください。"
    elif place.suffix.lower() in PACKED:
        problem, mend = "圧縮されたままな", f"展開してください。{into}"
    else:
        problem, mend = "課題のフォルダーに入っていない", into
    file = readable(place.relative_to(root))
    return Misplaced(assignment, place.parent.name, f"{problem}ので、採点していません。", file, mend)


def _visible(folder: Path) -> list[Path]:
    """What people put into a folder, in order of names; nothing in what is no folder."""
    if not stat.S_ISDIR(_mode(folder)):
        return []
    return sorted(Path(entry.path) for entry in os.scandir(folder) if not _is_hidden(Path(entry.name)))


def _is_handed_in(place: Path) -> bool:
    """Whether a file is a notebook, an answer file or an archive."""
    of_hand_in = place.name == ANSWERS or place.suffix.lower() in (".ipynb", *PACKED)
    return of_hand_in and stat.S_ISREG(_mode(place))


def _handed_in_below(folder: Path) -> list[Path]:
    """Notebooks, answer files and archives in a folder, as far as one has to look."""
    if not stat.S_ISDIR(_mode(folder)):
        return []
    seen = islice(_walk(folder, []), MOST_SEARCHED)
    return [place for place in seen if _is_handed_in(place) and not _is_hidden(place.relative_to(folder))]


def _is_hidden(place: Path) -> bool:
    """What systems and editors leave behind."""
    return any(part.startswith((".", "~")) or part == "__MACOSX" for part in place.parts)


def _meant(places: list[Path], known: list[str]) -> str:
    """The assignment that names speak of (width and case of letters aside): the first name that does, its longest match."""
    for place in places:
        name = _plain(place.name)
        if found := [one for one in known if _plain(one) in name]:
            return max(found, key=len)
    return ""


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", readable(name)).casefold()


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
        made.insert(0, make_cell("markdown", "\n".join(f"- {note}" for note in notes)))
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
        return make_cell(kind, source.encode("utf-8", "replace").decode(), _metadata(cell.get("metadata")))
    return None


def make_cell(kind: str, source: str = "", metadata: Mapping | None = None) -> NotebookNode:
    """A cell of ``kind`` that has not been run, without an id.

    Not by nbformat's own functions, which check every cell by itself: the whole notebook is checked anyway.
    """
    run = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return NotebookNode(cell_type=kind, source=source, metadata=from_dict(dict(metadata or {})), **run)


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

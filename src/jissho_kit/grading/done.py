"""What need not be graded again: ``private/done/<student>/<assignment>.json``, decided by content, never by time."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import stat
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import jissho
import jissho_kit
from jissho import datasets
from jissho_kit.grading.course import Course
from jissho_kit.grading.ledger import write_whole

LARGE = 100_000_000  # bytes; the content of a larger file is not read, its size and time stand for it
PIECE = 1 << 20


@dataclass(frozen=True)
class Done:
    """What was graded, as digests.

    ``key``: of everything that the grade depends on; ``result``: of ``autograded/``; ``page``: of what the feedback
    page was made from. Empty where there is none.
    """

    key: str
    result: str = ""
    page: str = ""


def find(course: Course, assignment: str, student: str) -> Done | None:
    """What was kept last; ``None`` also where it cannot be read, so that the submission is graded again."""
    try:
        told = json.loads(_file(course, assignment, student).read_text(encoding="utf-8"))
        done = Done(**told)
    except (OSError, ValueError, TypeError):
        return None
    return done if all(isinstance(value, str) for value in told.values()) else None


def keep(course: Course, assignment: str, student: str, done: Done) -> None:
    """Keep it, whole or not at all."""
    write_whole(_file(course, assignment, student), json.dumps(asdict(done)))


def _file(course: Course, assignment: str, student: str) -> Path:
    return course.private / "done" / student / f"{assignment}.json"


def digest(*parts: object) -> str:
    """SHA-256 over parts that have a plain text form."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def of_folder(*folders: Path) -> str:
    """SHA-256 over all that lies in folders: names, kinds, contents. Links and pipes are never opened."""
    whole = hashlib.sha256()
    for folder in folders:
        for path in _walk(folder):
            name = os.fsencode(path.relative_to(folder))
            whole.update(name + b"\0" + _content(path) + b"\0")
        whole.update(b"\1")
    return whole.hexdigest()


def of_file(path: Path) -> str:
    """SHA-256 of a file, or what is there instead."""
    return _content(path).hex()


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        yield from (Path(parent) / name for name in sorted([*files, *links]))


def _content(path: Path) -> bytes:
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return b"link " + os.fsencode(os.readlink(path))
        if not stat.S_ISREG(status.st_mode):
            return b"kind %d" % stat.S_IFMT(status.st_mode)
        if status.st_size > LARGE:
            return b"large %d %d" % (status.st_size, status.st_mtime_ns)
        content = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                content.update(piece)
        return content.digest()
    except OSError as error:
        return b"unreadable %d" % (error.errno or 0)


@functools.cache
def of_kit() -> str:
    """SHA-256 over what this process grades with: the kit, its data, Python and all installed packages."""
    packages = {
        entry
        for place in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
        for entry in os.listdir(place)
        if entry.endswith(".dist-info")
    }
    return digest(
        sys.version,
        sorted(packages),
        *(_code(Path(package.__file__).parent) for package in (jissho, jissho_kit)),
        of_folder(datasets.own_data()),
    )


def _code(folder: Path) -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".pyc", ".pyo")
    ]

"""How the command line speaks: results on stdout, everything else (messages, bars, errors) on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jissho.errors import UsageError

Step = Callable[..., None]

SECONDS_BETWEEN = 2.0  # of progress lines where there is no terminal
ON_SCREEN = 100  # columns of a table that goes to a file or a pipe
GAP = 3  # columns between two columns of a table
NAMED = 12  # columns named below a table that has no room for them


def say(message: str) -> None:
    """Write a message for the person at the keyboard (stderr)."""
    print(message, file=sys.stderr, flush=True)


def put(text: str) -> None:
    """Write a command's result (stdout)."""
    print(text)


def put_json(document: Any) -> None:
    """Write one JSON document (stdout), Japanese readable, paths and times as text, numpy's numbers as numbers."""
    put(
        json.dumps(document, ensure_ascii=False, indent=2, default=lambda v: v.item() if hasattr(v, "item") else str(v))
    )


def put_table(columns: list[str], rows: list[list[Any]], title: str = "") -> None:
    """Write a table whose columns line up although Japanese letters are twice as wide (stdout)."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table

    # Folded, never cut: Japanese has no spaces to break at, and the end of a remark says how to mend.
    folding = [Column(column, overflow="fold") for column in columns]
    table = Table(*folding, box=SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    screen = _screen()
    if title:  # as long as it needs: the table's own title would be folded to the table's width
        screen.print(title, style="italic")
    screen.print(table)


def put_wide_table(columns: list[str], rows: list[list[Any]], title: str = "") -> None:
    """Write the first columns of a table that find room side by side, and the names of the others below (stdout)."""
    from rich.cells import cell_len

    room, shown = _screen().width, 0
    for index, column in enumerate(columns):
        room -= max(cell_len(str(text)) for text in [column, *(row[index] for row in rows)]) + GAP
        if room < 0:
            break
        shown += 1
    shown = max(shown, 1)
    put_table(columns[:shown], [row[:shown] for row in rows], title)
    if rest := columns[shown:]:
        few = rest if len(rest) <= NAMED else [*rest[: NAMED - 2], "…", rest[-1]]
        put(f"ほか {len(rest)} 列: {'、'.join(few)}\n")


def put_markdown(text: str) -> None:
    """Write a Markdown text for reading on a terminal (stdout); the lines of a paragraph stay lines."""
    from rich.markdown import Markdown

    # Markdown would join them with a space, which Japanese does not have.
    _screen().print(Markdown(re.sub(r"(?<=[。）])\n(?=[^\s\-|#])", "  \n", text)))


def _screen() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else ON_SCREEN, markup=False, highlight=False)


def agreed(question: str) -> bool:
    """Ask a person at a terminal (stderr); where there is none, the command itself was the answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "はい")


def put_file(path: Path, text: str) -> None:
    """Write a command's result into a file, or say why it cannot be written."""
    with _written(path):
        path.write_text(text, encoding="utf-8")


def put_new_csv(path: Path, text: str) -> None:
    """Write a CSV that Excel opens in Japanese, or say why it cannot be written: also where there is another file."""
    _put_new(path, text.encode("utf-8-sig"))


def put_new(path: Path, text: str) -> None:
    """Write a file that a person will fill in, or say why it cannot be written: also where there is another file."""
    _put_new(path, text.encode("utf-8"))


def _put_new(path: Path, content: bytes) -> None:
    with _written(path):
        if not (path.is_file() and path.read_bytes() == content):
            with path.open("xb") as file:
                file.write(content)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise UsageError(
            "もうあるファイルには書きません。", where=str(path), mend="別の名前にするか、先に移してください。"
        ) from None
    except OSError as error:
        raise UsageError(
            f"ファイルに書き込めません（{error.strerror}）。",
            where=str(path),
            mend="書き込める場所を指定してください。フォルダーは先に作っておいてください。",
        ) from None


@contextmanager
def progress() -> Iterator[Step]:
    """Show how far a long command has come (stderr): a bar on a terminal, a line every few seconds elsewhere.

    Gives ``step(what, done=None, total=None)``: ``what`` is being done now, ``done`` of ``total`` steps are finished.
    """
    if not sys.stderr.isatty():
        yield _spoken_progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar, remaining = bars.add_task("", total=None), _remaining()

        def step(what: str, done: int | None = None, total: int | None = None) -> None:
            bars.update(bar, description=what + remaining(done, total), completed=done, total=total)

        yield step


def _spoken_progress() -> Step:
    """Say what is being done, but not more often than a person can read."""
    said, remaining = -SECONDS_BETWEEN, _remaining()

    def step(what: str, done: int | None = None, total: int | None = None) -> None:
        nonlocal said
        left = remaining(done, total)
        if time.monotonic() - said >= SECONDS_BETWEEN:
            said = time.monotonic()
            say(what + left)

    return step


def _remaining() -> Callable[[int | None, int | None], str]:
    """How long it will still take, told from how long it has taken so far; nothing where that cannot be known."""
    began, first, of = 0.0, 0, None

    def left(done: int | None, total: int | None) -> str:
        nonlocal began, first, of
        now = time.monotonic()
        if total != of or done is None or done < first:  # another kind of step
            began, first, of = now, done or 0, total
        if not total or done is None or done <= first:
            return ""
        seconds = (now - began) / (done - first) * (total - done)
        return f" 残り約{seconds:.0f}秒" if seconds < 90 else f" 残り約{seconds / 60:.0f}分"

    return left


def keep_traceback() -> Path:
    """Append the current exception to the log and return the log's place.

    The log is ``.jissho/jissho.log`` of the checkout; where that cannot be written, the temporary folder's.
    """
    from jissho_kit.classroom.places import state_dir

    entry = f"\n{time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(sys.argv[1:])}\n{traceback.format_exc()}"
    for folder in (state_dir(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / "jissho.log"
            with log.open("a", encoding="utf-8") as file:
                file.write(entry)
            return log
        except OSError:
            continue
    return Path(os.devnull)


def drop_stdout() -> None:
    """Forget stdout after its reader has gone, so that Python's exit does not complain about it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

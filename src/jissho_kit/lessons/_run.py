"""Execute lessons with papermill, on the shipped data or on a fresh draw."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import nbformat
import pandas as pd
import yaml
from nbformat import NotebookNode

from jissho.errors import ContentError, JisshoError, UsageError
from jissho_kit import kept
from jissho_kit.curriculum import Part, content_root
from jissho_kit.kernels import TIMEOUT, cores, papermill_engine, warm_up
from jissho_kit.lessons._build import build, is_claim, position
from jissho_kit.lessons._html import write_html
from jissho_kit.lessons._source import Lesson, part_named, read, source_of
from jissho_kit.simulators import write
from jissho_kit.truths import tables_in

T = TypeVar("T")
KIND = "run"
TO_IMPORT_S = 60  # after so long a cold start cannot be slower
_INJECTED = "injected-parameters"
# The cell's own line in a traceback, as IPython writes it and as Python does (once jissho.teach shows the errors).
_CELL_LINE = re.compile(r"""(?:Cell In\[\d+\]|File "[^"]*ipykernel_[^"]*"), line (\d+)""")


@dataclass(frozen=True)
class RunResult:
    """An executed lesson: its files, what it used, how many claims held, and what it wrote to stderr.

    ``kept``: it was executed earlier, and nothing has changed since.
    """

    id: str
    notebook: Path
    html: Path
    seconds: float
    cpu_seconds: float
    peak_mb: float
    claims: int
    stderr: str
    kept: bool = False


def parameters_of(part: Part | str, root: Path | None = None) -> dict[str, Any]:
    """Parameters of a lesson with their default values."""
    return read(source_of(part, root)).parameters()


def run(
    part: Part | str,
    out_dir: Path,
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    root: Path | None = None,
    timeout: int = TIMEOUT,
    startup: str = "",
    reuse: bool = False,
) -> RunResult:
    """Execute the author's build of a lesson; write ``<part>.ipynb`` and ``<part>.html`` into ``out_dir``.

    Parameters
    ----------
    part : Part or str
        A part of the curriculum, or its id.
    out_dir : Path
        Made when missing.
    parameters : mapping, optional
        Values for the lesson's parameters; text (from a command line) is read as the default's type.
        Another ``seed`` or ``n`` draws the part's tables anew; ``n`` counts for the first of them.
    seed : int, optional
        The same as ``parameters["seed"]``.
    root : Path, optional
        Content folder to read the lesson from.
    timeout : int
        Seconds one cell may take.
    startup : str
        Python that the kernel runs before the lesson.
    reuse : bool
        Whether the result of an earlier run will do, where nothing it rests on has changed: see :func:`rests_on`.

    Raises
    ------
    UsageError
        Unknown parameter, or a value of another type than the default's.
    ContentError
        A cell failed; names the lesson's file and line. The notebook up to there is written all the same.
    """
    part = part_named(part)
    lesson = read(source_of(part, root))
    wanted = dict(parameters or {}) | ({} if seed is None else {"seed": seed})
    chosen = _checked(wanted, lesson.parameters(), part.id)
    out_dir = writable(out_dir)
    target = out_dir / f"{part.id}.ipynb"
    key = rests_on(part, chosen, startup, root) if reuse else ""
    if reuse and (earlier := kept.get(KIND, key)):
        return _written_again(earlier, target)
    warm_up()  # gets ready while the lesson is built
    with tempfile.TemporaryDirectory(prefix="jissho-run-", ignore_cleanup_errors=True) as folder:
        data, env = _data(part, lesson, chosen, Path(folder) / "tables")
        work = Path(folder) / "work"
        work.mkdir()
        nb = build(part, data=data, audience="author", root=root, fills=False)
        prose = _in_background(partial(build, part, data=data, audience="author", root=root))
        kernel = {"kernel_cwd": work, "kernel_env": env | {"JISSHO_AUTO": "1"}, "kernel_startup": startup}
        used = _execute(nb, prose, target, chosen, lesson, execution_timeout=timeout, **kernel)
    executed = nbformat.read(target, as_version=4)
    html = write_html(executed, target.with_suffix(".html"), shows_code=lesson.shows_code)
    said = {"claims": sum(is_claim(cell) for cell in executed.cells), "stderr": _stderr(executed)}
    if reuse and key == rests_on(part, chosen, startup, root):  # nothing was edited meanwhile
        pages = {"notebook": target.read_text(encoding="utf-8"), "html": html.read_text(encoding="utf-8")}
        kept.put(KIND, key, {"id": part.id} | used | said | pages)
    return RunResult(part.id, target, html, **used, **said)


def rests_on(part: Part, chosen: Mapping[str, Any] | None = None, startup: str = "", root: Path | None = None) -> str:
    """Hash of all that a run depends on: lesson, curriculum, data, the kit's code, packages and settings."""
    root = root or content_root()
    content = kept.files(root / part.lesson, root / "curriculum", root / "datasets")
    return kept.key(kept.kit(), repr(part), dict(chosen or {}), startup, *content)


def run_all(
    parts: Sequence[Part | str],
    out_dir: Path,
    parameters: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    **options,
) -> Iterator[RunResult | JisshoError]:
    """Run several lessons, ``jobs`` at a time; yields a result or the error of each, in the order of ``parts``.

    Parameters
    ----------
    parts, out_dir, parameters
        As for :func:`run`.
    jobs : int, optional
        Lessons at a time; by default as many as this process has processors.
    **options
        Those of :func:`run`.

    Raises
    ------
    UsageError
        A wrong parameter, before any lesson starts.
    """
    parts = [part_named(part) for part in parts]
    for part in parts:
        _checked(dict(parameters or {}), parameters_of(part, options.get("root")), part.id)

    def one(part: Part) -> RunResult | JisshoError:
        try:
            return run(part, out_dir, parameters, **options)
        except JisshoError as error:
            return error

    running = start_all(one, parts, jobs, options.get("root"))
    return (running[part.id].result() for part in parts)


def start_all(
    run_one: Callable[[Part], T], parts: Sequence[Part], jobs: int | None = None, root: Path | None = None
) -> dict[str, Future[T]]:
    """Start ``run_one`` for every part, ``jobs`` at a time, the longest lesson first; gives the results to come by part.

    In threads that do not keep the process alive: Ctrl-C ends it, and its kernels with it.
    """
    waiting: SimpleQueue[Part] = SimpleQueue()
    for part in sorted(parts, key=lambda part: -source_of(part, root).stat().st_size):
        waiting.put(part)
    running = {part.id: Future() for part in parts}

    def work() -> None:
        with suppress(Empty):
            while True:
                part = waiting.get_nowait()
                _settle(running[part.id], partial(run_one, part))

    for _ in range(min(jobs or cores(), len(running))):
        Thread(target=work, daemon=True).start()
    return running


def _in_background(what: Callable[[], T]) -> Future[T]:
    """The result to come of ``what``, which starts now."""
    future = Future()
    Thread(target=_settle, args=(future, what), daemon=True).start()
    return future


def _settle(future: Future[T], what: Callable[[], T]) -> None:
    try:
        future.set_result(what())
    except Exception as error:
        future.set_exception(error)


def _written_again(earlier: dict[str, Any], target: Path) -> RunResult:
    """The files of an earlier run, and its result."""
    pages = {"notebook": target, "html": target.with_suffix(".html")}
    for name, path in pages.items():
        path.write_text(earlier[name], encoding="utf-8")
    return RunResult(**(earlier | pages), kept=True)


def writable(folder: Path) -> Path:
    """The folder, made when missing. Raises UsageError where nothing can be written into it."""
    folder = Path(folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"結果を書き込めません: {error.strerror}",
            where=str(folder),
            mend="--out に書き込めるフォルダーを指定してください。",
        ) from None
    return folder


def _checked(wanted: dict[str, Any], known: dict[str, Any], part: str) -> dict[str, Any]:
    """The wanted parameters, each of its default's type."""
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise UsageError(
            f"{part} に「{unknown[0]}」というパラメーターはありません。",
            mend=f"使えるもの: {', '.join(f'{name}（既定 {value!r}）' for name, value in known.items()) or 'なし'}",
        )
    return {name: _like(known[name], value, name) for name, value in wanted.items()}


def _like(default: Any, value: Any, name: str) -> Any:
    """``value`` as the type of ``default``; text for another type is read as YAML."""
    try:
        read_value = yaml.safe_load(value) if isinstance(value, str) and not isinstance(default, str) else value
        if isinstance(default, bool) != isinstance(read_value, bool):
            raise TypeError
        if isinstance(default, float) and isinstance(read_value, int):
            return float(read_value)
        if not isinstance(read_value, type(default)):
            raise TypeError
    except (yaml.YAMLError, TypeError):
        raise UsageError(
            f"パラメーター {name} に「{value}」は入れられません。",
            mend=f"{default!r} のような値にしてください。",
        ) from None
    return read_value


def _data(
    part: Part, lesson: Lesson, chosen: dict[str, Any], folder: Path
) -> tuple[Mapping[str, pd.DataFrame] | None, dict]:
    """Tables and environment of a run: nothing for the shipped data, else a fresh draw in ``folder``."""
    defaults = lesson.parameters()
    seed, n = (chosen.get(name, defaults.get(name)) for name in ("seed", "n"))
    if (seed, n) == (defaults.get("seed"), defaults.get("n")) or not part.datasets:
        return None, {}
    first, *others = part.datasets
    try:
        write([first], folder, random_state=seed, n=None if n == defaults.get("n") else n)
    except ValueError as error:
        raise UsageError(
            f"seed={seed}, n={n} ではデータを作れません: {error}",
            mend=f"既定は {'、'.join(f'{name}={value}' for name, value in defaults.items())} です。",
        ) from None
    write(others, folder, random_state=seed)
    return tables_in(folder), {"JISSHO_DATA": str(folder)}


def _execute(
    nb: NotebookNode,
    prose: Future[NotebookNode],
    target: Path,
    chosen: dict,
    lesson: Lesson,
    execution_timeout: int,
    **kernel,
) -> dict:
    """Run ``nb`` with papermill into ``target``; ``prose`` is the same with its numbers. Returns what the kernel used."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    _translate_japanese()
    warm_up(TO_IMPORT_S)
    try:
        with _quiet():
            papermill.execute_notebook(
                nb,
                str(target),
                chosen,
                engine_name=papermill_engine(),
                progress_bar=False,
                execution_timeout=execution_timeout,
                **kernel,
            )
    except papermill.PapermillExecutionError as error:
        raise _failure(error, target, lesson) from None
    except (CellTimeoutError, TimeoutError):
        raise ContentError(
            f"{lesson.part} の実行が {execution_timeout} 秒たっても終わりません。",
            where=str(lesson.path),
            mend="重い計算のセルを軽くしてください。",
        ) from None
    except DeadKernelError:
        raise ContentError(
            f"{lesson.part} の実行中にPythonが止まりました。",
            where=str(lesson.path),
            mend="メモリーの使いすぎがないか確かめてください。",
        ) from None
    finally:
        used = _tidy(target, lesson.part, prose)
    return used


def _tidy(target: Path, part: str, prose: Future[NotebookNode]) -> dict:
    """Take papermill's English markers, timings and random ids out of what it wrote, and put the numbers into the prose.

    Returns the kernel's usage. Raises what went wrong with the prose; then there is no notebook.
    """
    if prose.exception():
        target.unlink(missing_ok=True)
    written = {cell.id: cell.source for cell in prose.result().cells if cell.cell_type == "markdown"}
    if not target.exists():
        return {}
    from papermill.execute import remove_error_markers

    nb = remove_error_markers(nbformat.read(target, as_version=4))
    nb.metadata.pop("papermill", None)
    used = nb.metadata.pop("usage", {})
    for cell in nb.cells:
        for noise in ("papermill", "execution"):
            cell.metadata.pop(noise, None)
        cell.source = written.get(cell.id, cell.source)
        if _INJECTED in cell.metadata.get("tags", []):
            cell.id = f"{part}-{_INJECTED}"
            cell.source = cell.source.replace("# Parameters", "# 変更したパラメーター", 1)
    nbformat.write(nb, target)
    return used


def _failure(error, target: Path, lesson: Lesson) -> ContentError:
    """The author's message for a failed cell: file, line, and the assertion's own words (without any, the line itself)."""
    from papermill.execute import remove_error_markers

    cell = remove_error_markers(nbformat.read(target, as_version=4)).cells[error.cell_index]
    index = position(cell)
    found = _CELL_LINE.search(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback)))
    line = int(found[1]) if found else 0
    said = " / ".join(error.evalue.splitlines()) or "".join(cell.source.splitlines()[line - 1 : line]).strip()
    what = "主張（claim）が成り立ちません" if is_claim(cell) else "セルが止まりました"
    return ContentError(
        f"{lesson.part}: {what}: {error.ename}: {said}",
        where=lesson.where(index, line),
        mend=f"途中までのノートブック: {target}",
    )


def _stderr(nb: NotebookNode) -> str:
    """What cells wrote to stderr, also where an output widget caught it."""
    widgets = nb.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    outputs += [output for widget in widgets.values() for output in widget["state"].get("outputs", [])]
    return "".join(o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == "stderr")


@contextmanager
def _quiet() -> Iterator[None]:
    """papermill logs to stderr what we raise."""
    import logging

    logger = logging.getLogger("papermill")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@lru_cache
def _translate_japanese() -> None:
    r"""Inject Japanese text as it is: papermill writes ``あ`` otherwise."""
    from papermill.translators import PythonTranslator, papermill_translators

    class Readable(PythonTranslator):
        @classmethod
        def translate_str(cls, val):
            return repr(val)

    papermill_translators.register("python", Readable)

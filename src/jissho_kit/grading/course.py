"""Write a course folder that stock nbgrader grades with our judge (``jissho course``)."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from jissho.errors import ContentError, UsageError
from jissho_kit import simulators, truths
from jissho_kit.grading.build import Manifest, build_notebook
from jissho_kit.grading.items import Item, load_items
from jissho_kit.grading.keys import Key, NotSeparable, derive, draw_params, make_inputs, make_key, plain

MOST_DRAWS = 20
PRIVATE = "private"
PRACTICE_NOTE = "練習用.txt"
SAMPLES = "標本入力.json"
SAMPLE_SEED = 0  # public: the same small inputs in every course
SETS = ("A", "B")  # hidden inputs: A for regrading during class, B for the final grading

# In class: the items whose wrong answers are not named any more. None in the final grading.
_unnamed: ContextVar[frozenset[str] | None] = ContextVar("unnamed", default=None)


@contextlib.contextmanager
def in_class(unnamed: Iterable[str] = ()) -> Iterator[None]:
    """While this lasts, courses give the hidden inputs and keys of set A; those of ``unnamed`` items name no wrong answer."""
    token = _unnamed.set(frozenset(unnamed))
    try:
        yield
    finally:
        _unnamed.reset(token)


def which_set() -> str:
    """The set of hidden inputs that is graded with now."""
    return "B" if _unnamed.get() is None else "A"


@dataclass(frozen=True)
class Course:
    """A course folder. ``practice``: drawn from a known seed, not for real grading."""

    root: Path
    tier: str
    field: str
    assignments: tuple[str, ...]
    practice: bool = False
    seed: int | None = None

    @property
    def name(self) -> str:
        """The course's id in nbgrader."""
        return f"jissho-{self.tier}-{self.field}"

    @property
    def private(self) -> Path:
        """Folder of secret, manifests, keys and hidden inputs; never copied to a participant."""
        return self.root / PRIVATE

    def source(self, assignment: str) -> Path:
        """Folder of an assignment's master copy."""
        return self.root / "source" / assignment

    def manifest(self, assignment: str) -> Manifest | None:
        """Manifest of an assignment, None for one that is not ours. Raises ContentError when it cannot be read."""
        return self._read(Manifest, assignment, "manifest.json")

    def keys(self, assignment: str) -> dict[str, Key]:
        """Keys of an assignment by item id, in class (:func:`in_class`) those of set A. Raises ContentError when unreadable."""
        keys = {key.id: key for key in self._read(list[Key], assignment, "keys.json") or []}
        unnamed = _unnamed.get()
        if unnamed is None:
            return keys
        keys |= {key.id: key for key in self._read(list[Key], assignment, "keys-A.json") or []}
        return {id: key.model_copy(update={"names_wrong": False}) if id in unnamed else key for id, key in keys.items()}

    def hidden(self, assignment: str, which: str | None = None) -> Path:
        """Folder of an assignment's hidden inputs, one file per function item; by default of the set that is graded with.

        Raises ContentError when it is gone.
        """
        folder = self.private / assignment / f"hidden-{which or which_set()}"
        if assignment in self.assignments and not folder.is_dir():
            raise _unreadable(folder)
        return folder

    def data(self, assignment: str) -> Mapping[str, pd.DataFrame]:
        """The assignment's tables."""
        return truths.tables_in(self.source(assignment) / "data")

    def _read(self, model: type, assignment: str, name: str):
        if assignment not in self.assignments:
            return None
        path = self.private / assignment / name
        try:
            return TypeAdapter(model).validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise _unreadable(path) from None


def _unreadable(path: Path) -> ContentError:
    return ContentError(
        "採点表（private）を読めないため、採点を止めました。",
        where=str(path),
        mend="控えから private フォルダを戻すか、講座のフォルダを作り直してください。",
    )


def open_course(folder: Path) -> Course:
    """The course in a folder.

    Raises
    ------
    UsageError
        The folder is not a course written by ``jissho course``.
    """
    folder = Path(folder).resolve()
    try:
        told = json.loads((folder / PRIVATE / "course.json").read_text(encoding="utf-8"))
        return Course(folder, told["tier"], told["field"], tuple(told["assignments"]), told["practice"], told["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            "講座のフォルダではありません。",
            where=str(folder),
            mend="jissho course で作ったフォルダを指定してください。",
        ) from None


def make_course(
    folder: Path,
    tier: str,
    field: str,
    seed: int | None = None,
    root: Path | None = None,
    assignments: Mapping[str, list[str]] | None = None,
) -> Course:
    """Write a course folder: source, private keys, data of its own, nbgrader's configuration.

    Parameters
    ----------
    folder : Path
        New or empty folder. A folder that holds the same course is left as it is and returned.
    tier, field : str
        ``K|G|B`` (or executive …), ``factory|agriculture``.
    seed : int, optional
        For tests and rehearsals; marks the course 練習用. By default a 128-bit secret is drawn.
    root : Path, optional
        Content root; by default the kit's own.
    assignments : mapping of assignment to dataset names, optional
        By default those of the ready parts.

    Raises
    ------
    UsageError
        The folder holds something else, or nothing is ready for this tier and field.
    ContentError
        An item cannot be told apart in 20 draws, or content is malformed.
    """
    from jissho_kit import curriculum

    tier = curriculum.tier_of(tier)
    root = root or curriculum.content_root()
    assignments = _ready(tier, field) if assignments is None else assignments
    folder = Path(folder).resolve()
    course = Course(folder, tier, field, tuple(assignments), seed is not None, seed)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return _same_or_refuse(course)
    _check_writable(folder.parent)
    # Built beside and moved in one step: a stop half-way leaves no half a course.
    with tempfile.TemporaryDirectory(prefix=".jissho-course-", dir=folder.parent) as work:
        made = Path(work) / "course"
        _write(made, course, root, assignments)
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)
    return course


def _ready(tier: str, field: str) -> dict[str, list[str]]:
    from jissho_kit import curriculum

    found = curriculum.assignments(tier, field)
    if not found:
        raise UsageError(
            f"{tier}・{field} には、まだ課題がありません。", mend="jissho list で使える教材を確かめてください。"
        )
    return found


def _same_or_refuse(course: Course) -> Course:
    try:
        old = open_course(course.root)
    except UsageError:
        raise UsageError(
            "このフォルダには別のものが入っています。上書きしません。",
            where=str(course.root),
            mend="新しいフォルダ名を指定してください。",
        ) from None
    if (old.tier, old.field, old.seed) != (course.tier, course.field, course.seed):
        raise UsageError(
            "このフォルダには別の講座が入っています。上書きしません。",
            where=str(course.root),
            mend="新しいフォルダ名を指定してください。",
        )
    return old


def _check_writable(parent: Path) -> None:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=parent):
            pass
    except OSError as error:
        raise UsageError(
            f"フォルダに書けません: {error.strerror}", where=str(parent), mend="書ける場所を指定してください。"
        ) from None


def _write(made: Path, course: Course, root: Path, assignments: Mapping[str, list[str]]) -> None:
    private = made / PRIVATE
    private.mkdir(parents=True, mode=0o700)
    secret = (
        secrets.token_bytes(16) if course.seed is None else derive(b"practice", str(course.seed)).to_bytes(16, "big")
    )
    (private / "secret").write_text(secret.hex(), encoding="ascii")
    for assignment, datasets in assignments.items():
        _write_assignment(made, assignment, datasets, secret, root)
    _dump(
        private / "course.json",
        {
            "v": 1,
            "tier": course.tier,
            "field": course.field,
            "practice": course.practice,
            "seed": course.seed,
            "assignments": list(course.assignments),
        },
    )
    shutil.copyfile(root / "grading" / "nbgrader_config.py", made / "nbgrader_config.py")
    for name in ("submitted", "exchange"):
        (made / name).mkdir()
    if course.practice:
        (made / PRACTICE_NOTE).write_text(
            "この講座は練習用です（--seed で作成）。データと正解は誰でも再現できます。\n", encoding="utf-8"
        )
    for path in private.rglob("*"):
        os.chmod(path, 0o700 if path.is_dir() else 0o600)


def _write_assignment(made: Path, assignment: str, datasets: list[str], secret: bytes, root: Path) -> None:
    import nbformat

    items = load_items(assignment, root)
    source, private = made / "source" / assignment, made / PRIVATE / assignment
    private.mkdir(mode=0o700)
    params = {item.id: draw_params(item, derive(secret, f"params/{item.id}")) for item in items}
    data, keys, in_class_keys = _draw(source / "data", assignment, datasets, items, params, secret)
    notebook, manifest = build_notebook(assignment, items, data, params, root)
    nbformat.write(notebook, source / f"{assignment}.ipynb")
    _write_inputs(source, private, items, data, {"A": in_class_keys, "B": keys})
    _dump(private / "keys.json", [key.model_dump() for key in keys])
    _dump(private / "keys-A.json", [key.model_dump() for key in in_class_keys])
    _dump(private / "manifest.json", manifest.model_dump())


def _draw(
    folder: Path, assignment: str, datasets: list[str], items: list[Item], params: Mapping, secret: bytes
) -> tuple[Mapping, list[Key], list[Key]]:
    """Draw the tables until every answer can be told from every other: tables, keys, and set A's of function items."""
    for draw in range(MOST_DRAWS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in datasets:
            simulators.write([name], folder, derive(secret, f"data/{assignment}/{name}/{draw}"))
        data = truths.tables_in(folder)
        try:
            keys = [make_key(item, data, params[item.id], _input_seed(secret, item, "B")) for item in items]
            functions = [item for item in items if item.kind == "function"]
            return data, keys, [make_key(i, data, params[i.id], _input_seed(secret, i, "A")) for i in functions]
        except NotSeparable as error:
            last = error
    raise ContentError(
        f"{MOST_DRAWS} 回引き直しても、問題の答えを見分けられるデータになりません。{last.what}",
        where=last.where,
        mend=last.mend,
    )


def _input_seed(secret: bytes, item: Item, which: str) -> int:
    return derive(secret, f"hidden/{which}/{item.id}")


def _write_inputs(source: Path, private: Path, items: list[Item], data: Mapping, keys: Mapping[str, list[Key]]) -> None:
    """Hidden inputs (A and B) below private, and the public samples beside the notebook."""
    functions = {item.id: item for item in items if item.kind == "function"}
    for which in SETS:
        (private / f"hidden-{which}").mkdir(mode=0o700)
        for key in keys[which]:
            if key.id in functions:
                _dump(private / f"hidden-{which}" / f"{functions[key.id].grade_id}.json", key.inputs)
    if functions:
        made = {id: plain(make_inputs(item.samples, data, SAMPLE_SEED)) for id, item in functions.items()}
        _dump(source / SAMPLES, made)


def _dump(path: Path, value) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")

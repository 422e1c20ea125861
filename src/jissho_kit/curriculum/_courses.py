"""Find, read and cross-check the course files, and look things up in them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from jissho.errors import ContentError, UsageError
from jissho_kit.curriculum._consistency import Problem, problems_of, repeated_ids, unknown
from jissho_kit.curriculum._models import FIELDS, TIERS, Course, Misconception, Part
from jissho_kit.curriculum._standards import STANDARDS, Standard, read_standards
from jissho_kit.curriculum._yaml import Document, parse, read_text

DATASETS = "curriculum/datasets.yml"
MISCONCEPTIONS = "curriculum/misconceptions.yml"
COURSES = {tier: f"curriculum/{name}.yml" for name, tier in TIERS.items()}


def content_root() -> Path:
    """Folder that holds ``curriculum/ notebooks/ grading/ datasets/``: the checkout, or inside the installed kit."""
    installed = Path(__file__).parents[1] / "_content"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3]


def load_courses(root: Path | None = None) -> dict[str, Course]:
    """The three courses by tier, checked.

    Parameters
    ----------
    root : Path, optional
        Content root; by default the kit's own. Every function of this room takes it.

    Raises
    ------
    ContentError
        A file is missing or malformed, names something that does not exist, uses an id twice, or its minutes do
        not add up; ``where`` is ``file:line`` and the message starts with the key.
    """
    return dict(_checked(*_texts(root))[0])


def load_course(tier: str, root: Path | None = None) -> Course:
    """The course of a tier (``"K"`` or ``"executive"``). Raises ``UsageError`` for an unknown tier."""
    return load_courses(root)[tier_of(tier)]


def misconceptions(root: Path | None = None) -> dict[str, Misconception]:
    """Misconceptions M01… and slips S01… by id; ``modules`` are those whose course file names them.

    Raises
    ------
    ContentError
        As :func:`load_courses`.
    """
    return dict(_checked(*_texts(root))[1])


def datasets(root: Path | None = None) -> dict[str, str]:
    """Japanese titles of the datasets that courses may use (ready or planned), by name."""
    return dict(_checked(*_texts(root))[2])


def standards(root: Path | None = None) -> dict[str, Standard]:
    """The mapping to public standards by code, checked against the courses.

    Raises
    ------
    ContentError
        As :func:`load_courses`; the table is malformed, lacks a code that a course uses, or names other modules.
    """
    found = read_standards(_root(root))
    using: dict[str, list[str]] = {code: [] for code in found}
    for course in load_courses(root).values():
        for module in course.modules:
            for code in module.standards:
                using.setdefault(code, []).append(module.id)
    for code, modules in using.items():
        if code not in found:
            raise ContentError(
                f"code: {code} の行がありません（{modules[0]} が使っています）。", STANDARDS, "行を加えてください。"
            )
        if set(found[code].modules) != set(modules):
            mend = f"コースのファイルで使っているのは {' '.join(modules) or 'なし'} です。"
            raise ContentError(f"modules: {code} を使う教材が違います。", f"{STANDARDS}:{found[code].line}", mend)
    return found


def tier_of(name: str) -> str:
    """``K``, ``G`` or ``B`` for a tier's letter or name, in any width and case.

    Raises
    ------
    UsageError
        No such tier.
    """
    word = _plain(name)
    for tier_name, tier in TIERS.items():
        if word in (_plain(tier_name), tier):
            return tier
    raise UsageError(
        f"階層 {name} はありません。",
        mend="K（executive 経営者）、G（technical 技術系役員）、B（shopfloor 現場）から選んでください。",
    )


def field_of(name: str) -> str:
    """``factory`` or ``agriculture`` for a field's name or letter. Raises ``UsageError`` for another."""
    word = _plain(name)
    for field, letter in FIELDS.items():
        if word in (_plain(field), letter):
            return field
    raise UsageError(f"分野 {name} はありません。", mend="factory（工場）か agriculture（農業）を選んでください。")


def find(target: str, root: Path | None = None) -> list[Part]:
    """Parts named by a part id, a module id or a tier, ready or planned, in the order of the course.

    Raises
    ------
    UsageError
        Nothing has that name; close ids are proposed.
    """
    parts = _all_parts(root)
    word = _plain(target)
    tier = next((tier for name, tier in TIERS.items() if word in (_plain(name), tier)), None)
    found = [part for part in parts if word in (_plain(part.id), part.module) or part.tier == tier]
    if found:
        return found
    ids = list(dict.fromkeys(id for part in parts for id in (part.module, part.id)))
    close = difflib.get_close_matches(word, ids, n=3, cutoff=0.5)
    ready = "、".join(part.id for part in parts if part.status == "ready")
    mend = f"{'もしかして: ' + '、'.join(close) + '。' if close else ''}今使える教材: {ready}。階層 K、G、B でも指定できます。"
    raise UsageError(f"教材 {target} はありません。", mend=mend)


def ready_parts(tier: str | None = None, field: str | None = None, root: Path | None = None) -> list[Part]:
    """Parts that participants may be offered, optionally of one tier and field.

    Raises
    ------
    UsageError
        Unknown tier or field.
    """
    tier, field = tier and tier_of(tier), field and field_of(field)
    return [
        part
        for part in _all_parts(root)
        if part.status == "ready" and tier in (None, part.tier) and field in (None, part.field)
    ]


def assignments(tier: str, field: str, root: Path | None = None) -> dict[str, list[str]]:
    """Dataset names by assignment of a class: the test before it, those of the ready parts, the test after it.

    Tests rest on given numbers and need no data. Nothing while no part with an assignment is ready.

    Raises
    ------
    UsageError
        Unknown tier or field.
    """
    own = {part.assignment: part.datasets for part in ready_parts(tier, field, root) if part.assignment}
    tests = load_course(tier, root).tests.get(field_of(field))
    return {tests.pre: [], **own, tests.post: []} if own and tests else own


def guide_path(module_id: str, root: Path | None = None) -> Path:
    """Where the instructor's notes of a module (or of a part's module) are kept; the file may not exist yet."""
    return _root(root) / "curriculum" / "guides" / f"{find(module_id, root)[0].module}.md"


def course_file(tier: str) -> str:
    """Path of a tier's course file below the content root."""
    return COURSES[tier_of(tier)]


def _root(root: Path | None) -> Path:
    return content_root() if root is None else Path(root)


def _all_parts(root: Path | None) -> list[Part]:
    return [part for course in load_courses(root).values() for part in course.parts]


def _plain(word: str) -> str:
    """Full-width and lower-case spellings of an id count: ``ｋ-f-1`` is ``K-F-1``, ``b-f-1B`` is ``B-F-1b``."""
    return unicodedata.normalize("NFKC", word).strip().upper()


def _texts(root: Path | None) -> tuple[str, ...]:
    """Texts of the files behind the courses: what is parsed is kept by content, so an edit is seen at once."""
    return tuple(read_text(_root(root) / name, name) for name in (DATASETS, MISCONCEPTIONS, *COURSES.values()))


@lru_cache(maxsize=8)
def _checked(known_data: str, known_errors: str, *texts: str) -> tuple[dict, dict, dict]:
    """Courses by tier, misconceptions by id and dataset titles by name."""
    titles = parse(known_data, DATASETS).as_model(dict[str, str])
    document = parse(known_errors, MISCONCEPTIONS)
    listed = document.as_model(list[Misconception])
    _raise_first(document, repeated_ids(((i,), one.id) for i, one in enumerate(listed)))
    for i, one in enumerate(listed):
        _raise_first(document, unknown((i, "datasets"), one.datasets, titles, "データ", DATASETS))
    ids = {one.id for one in listed}
    courses = {}
    for tier, text in zip(COURSES, texts, strict=True):
        course_document = parse(text, COURSES[tier])
        course = course_document.as_model(Course)
        _raise_first(course_document, problems_of(course, tier, titles, ids))
        courses[tier] = course
    modules = [module for course in courses.values() for module in course.modules]
    breakers = {id: [module.id for module in modules if id in module.misconceptions] for id in ids}
    return courses, {one.id: one.model_copy(update={"modules": breakers[one.id]}) for one in listed}, titles


def _raise_first(document: Document, problems: Iterator[Problem]) -> None:
    for loc, what, mend in problems:
        raise document.error(loc, what, mend)

"""Rules on courses: what a ready part refers to exists, and every objective is measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jissho_kit import curriculum
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import line_of, line_of_id
from jissho_kit.checks._subjects import Kit, PartOf
from jissho_kit.grading.items import load_items

ASSIGNMENT_FILES = ("items.yml", "assignment.py")
DATASET_FILES = ("schema.yml", "card.md", "{name}.csv")


def readable(kit: Kit) -> Iterator[Fault]:
    """Everything below ``curriculum/`` that is data loads; its room raises what is wrong."""
    curriculum.load_courses(kit.root)
    curriculum.misconceptions(kit.root)
    yield from ()


def lesson_exists(subject: PartOf) -> Iterator[Fault]:
    part = subject.part
    if subject.ready and not part.lesson:
        yield _fault(subject, "lesson: がありません")
    elif part.lesson and not (subject.root / part.lesson).is_file():
        yield _fault(subject, f"{part.lesson} がありません")


def assignment_exists(subject: PartOf) -> Iterator[Fault]:
    part = subject.part
    if subject.ready and not part.assignment:
        yield _fault(subject, "assignment: がありません")
    elif part.assignment:
        yield from _missing(subject, subject.root / "grading" / part.assignment, ASSIGNMENT_FILES)


def pre_and_post_exist(kit: Kit) -> Iterator[Fault]:
    for id, (course, _twin) in kit.tests.items():
        for name in ASSIGNMENT_FILES:
            if not (kit.root / "grading" / id / name).is_file():
                file = kit.root / curriculum.course_file(course.tier)
                yield Fault(file, line_of(file, "tests:", id), id, f"grading/{id}/{name} がありません")


def guide_exists(subject: PartOf) -> Iterator[Fault]:
    path = curriculum.guide_path(subject.part.module, subject.root)
    if subject.ready and not path.is_file():
        yield _fault(subject, f"{path.relative_to(subject.root)} がありません")


def data_exist(subject: PartOf) -> Iterator[Fault]:
    for name in subject.part.datasets if subject.ready else ():
        yield from _missing(subject, subject.kit.data / name, [file.format(name=name) for file in DATASET_FILES])


def objectives_measured(subject: PartOf) -> Iterator[Fault]:
    part = subject.part
    if not subject.ready or not part.assignment or not (subject.root / "grading" / part.assignment).is_dir():
        return  # a missing assignment is another rule's matter
    measured = {item.objective for item in load_items(part.assignment, subject.root)}
    for objective in part.objectives:
        if f"{part.module}/{objective}" not in measured:
            yield _fault(subject, f"{part.module}/{objective}")


def _missing(subject: PartOf, folder: Path, names) -> Iterator[Fault]:
    for name in names:
        if not (folder / name).is_file():
            yield _fault(subject, f"{folder.parent.name}/{folder.name}/{name} がありません")


def _fault(subject: PartOf, detail: str) -> Fault:
    return Fault(subject.file, _line(subject), subject.part.id, detail)


def _line(subject: PartOf) -> int:
    """Line of the part in its course file (of the last ``id:`` when its module has the same)."""
    return line_of_id(subject.file, subject.part.id)


RULES = (
    Rule("course-file", "kit", "教科のファイルを読めません", "示された行を直してください。", readable),
    Rule(
        "lesson-missing",
        "part",
        "教材のファイルがありません",
        "教材を書くか、教科の lesson: と status: を直してください。",
        lesson_exists,
    ),
    Rule(
        "assignment-missing",
        "part",
        "課題がそろっていません",
        "grading/ に items.yml と assignment.py を書くか、assignment: と status: を直してください。",
        assignment_exists,
    ),
    Rule(
        "test-missing",
        "kit",
        "事前・事後テストがそろっていません",
        "grading/ に items.yml と assignment.py を書くか、教科の tests: を直してください。",
        pre_and_post_exist,
    ),
    Rule("guide-missing", "part", "講師ノートがありません", "curriculum/guides/ に書いてください。", guide_exists),
    Rule(
        "data-missing",
        "part",
        "教材のデータがそろっていません",
        "datasets/ に schema.yml・card.md・データを置いてください。",
        data_exist,
    ),
    Rule(
        "objective-unmeasured",
        "part",
        "どの問題も測っていない目標があります",
        "その目標を測る問題を足すか、パートの objectives: から外してください。",
        objectives_measured,
    ),
)

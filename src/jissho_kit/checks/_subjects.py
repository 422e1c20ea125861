"""What rules look at, found from the paths a user names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from jissho import datasets
from jissho.errors import ContentError, DataError, UsageError
from jissho_kit import curriculum, lessons, truths
from jissho_kit.checks._execution import Execution, execute
from jissho_kit.curriculum import Course, Module, Part
from jissho_kit.grading.course import MOST_DRAWS
from jissho_kit.grading.items import Item, load_items
from jissho_kit.grading.keys import NotSeparable
from jissho_kit.grading.proof import Finding, prove
from jissho_kit.lessons import Lesson

ROOMS = ("curriculum", "notebooks", "grading", "datasets")  # where content lies


@dataclass(frozen=True)
class Kit:
    """A content root and its courses. Raises ``ContentError`` where the course files are wrong."""

    root: Path
    id: str = ""

    @property
    def data(self) -> Path:
        """Folder of the datasets; the installed kit has it in the participants' package."""
        own = self.root / "datasets"
        return own if own.is_dir() else datasets.own_data()

    @cached_property
    def courses(self) -> dict[str, Course]:
        return curriculum.load_courses(self.root)

    @cached_property
    def parts(self) -> list[Part]:
        return [part for course in self.courses.values() for part in course.parts]

    @cached_property
    def tests(self) -> dict[str, tuple[Course, str]]:
        """By assignment given before or after a class: the course it belongs to, and the other form."""
        both = [(course, tests) for course in self.courses.values() for tests in course.tests.values()]
        before = {tests.pre: (course, tests.post) for course, tests in both}
        return before | {tests.post: (course, tests.pre) for course, tests in both}

    @cached_property
    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Objectives by assignment: those of its part; for a test those of all the field's modules."""
        found = {
            part.assignment: tuple(f"{part.module}/{number}" for number in part.objectives)
            for part in self.parts
            if part.assignment
        }
        for id in self.tests:
            taught = [(one.id, len(one.objectives)) for one in self.taught_for(id)]
            found[id] = tuple(f"{module}/{number}" for module, most in taught for number in range(1, most + 1))
        return found

    def taught_for(self, test: str) -> list[Module]:
        """Modules between a test before and one after the class."""
        course, _twin = self.tests[test]
        return [module for module in course.modules if module.id[2] == test[2]]


@dataclass(frozen=True)
class File:
    """A file or assignment folder of the content."""

    kit: Kit
    path: Path
    id: str = ""


@dataclass(frozen=True)
class PartOf:
    """A part and the course file it stands in."""

    kit: Kit
    part: Part
    running: dict[str, Future[Execution]] = field(default_factory=dict, compare=False)

    @property
    def root(self) -> Path:
        return self.kit.root

    @property
    def file(self) -> Path:
        return self.root / curriculum.course_file(self.part.tier)

    @property
    def ready(self) -> bool:
        return self.part.status == "ready"

    @property
    def id(self) -> str:
        return self.part.id

    @cached_property
    def lesson(self) -> Lesson:
        return lessons.read(lessons.source_of(self.part, self.root))

    @cached_property
    def execution(self) -> Execution:
        """The lesson's one run, shared by all rules: the one that is under way, else a new one."""
        running = self.running.get(self.part.id)
        return running.result() if running else execute(self.part, self.root)


@dataclass(frozen=True)
class Assignment:
    """An assignment's folder and its items."""

    kit: Kit
    id: str

    @property
    def objectives(self) -> tuple[str, ...]:
        """Those it may measure."""
        return self.kit.assignments[self.id]

    @property
    def path(self) -> Path:
        return self.kit.root / "grading" / self.id / "items.yml"

    @property
    def text(self) -> Path:
        return self.path.with_name("assignment.py")

    @cached_property
    def items(self) -> list[Item]:
        return load_items(self.id, self.kit.root)

    def draw(self, seed: int) -> Mapping[str, pd.DataFrame]:
        """Tables as a course might draw them."""
        return truths.draw_tables(seed)

    @cached_property
    def proofs(self) -> list[tuple[Item, list[Finding] | ContentError]]:
        """For each item, what is wrong on the first draw that can tell its answers apart, else why there is none."""
        return [(item, self._proof(item)) for item in self.items if item.kind != "text"]

    def _proof(self, item: Item) -> list[Finding] | ContentError:
        for seed in range(1, MOST_DRAWS + 1):
            try:
                return prove([item], self.draw(seed), seed=seed)
            except NotSeparable as error:
                last = error
            except ContentError as error:
                return error
        return last


@dataclass(frozen=True)
class Guide:
    """An instructor's guide."""

    kit: Kit
    path: Path

    @property
    def id(self) -> str:
        """The module it belongs to."""
        return self.path.stem


@dataclass(frozen=True)
class DataFolder:
    """The folder of all datasets."""

    kit: Kit
    id: str = ""

    @property
    def path(self) -> Path:
        return self.kit.data


@dataclass(frozen=True)
class Dataset:
    """One dataset's folder."""

    kit: Kit
    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def csv(self) -> Path:
        return self.path / f"{self.id}.csv"

    @property
    def card(self) -> Path:
        return self.path / "card.md"

    @property
    def schema_file(self) -> Path:
        return self.path / "schema.yml"

    @property
    def schema(self) -> datasets.Schema:
        return datasets.read_schema(self.schema_file)

    @cached_property
    def fault(self) -> DataError | None:
        """What is wrong with the CSV's first bad place; a folder without schema or CSV has that fault."""
        try:
            self.schema.read(self.csv)
        except DataError as error:
            return error
        return None


@dataclass(frozen=True)
class Release:
    """A notebook that was handed out, and the course folder it belongs to."""

    kit: Kit
    course: Path
    path: Path

    @property
    def id(self) -> str:
        """The assignment."""
        return self.path.parent.name


@dataclass
class Subjects:
    """Subjects by the kind a rule looks at."""

    kit: list[Kit] = field(default_factory=list)
    file: list[File] = field(default_factory=list)
    part: list[PartOf] = field(default_factory=list)
    lesson: list[PartOf] = field(default_factory=list)
    guide: list[Guide] = field(default_factory=list)
    rules: list[File] = field(default_factory=list)
    items: list[Assignment] = field(default_factory=list)
    data: list[DataFolder] = field(default_factory=list)
    dataset: list[Dataset] = field(default_factory=list)
    release: list[Release] = field(default_factory=list)


def select(kit: Kit, paths: list[Path]) -> Subjects:
    """Subjects that the paths name; without paths everything.

    Raises
    ------
    UsageError
        A path does not exist, or is not content of the kit nor a course folder.
    ContentError
        The course files are wrong.
    """
    chosen = Subjects(kit=[] if paths else [kit])
    files = {path for given in paths or [kit.root] for path in _files(kit, given, chosen)}
    in_data = {path for path in files if path.is_relative_to(kit.data)}
    chosen.file += [File(kit, path) for path in sorted(files - in_data)]
    folders = {kit.data / path.relative_to(kit.data).parts[0] for path in in_data if path.parent != kit.data}
    chosen.dataset += [Dataset(kit, folder) for folder in sorted(folders)]
    if not paths or {kit.root, kit.data} & {Path(given).resolve() for given in paths}:
        chosen.data.append(DataFolder(kit))
    for part in kit.parts:
        _add_part(kit, part, files, chosen)
    touched = {path.parent for path in files}
    chosen.items += [Assignment(kit, id) for id in kit.assignments if kit.root / "grading" / id in touched]
    chosen.guide += [Guide(kit, path) for path in sorted(files) if path.parent == kit.root / "curriculum" / "guides"]
    programmes = kit.root / "curriculum" / "rules"
    chosen.rules += [File(kit, path) for path in sorted(files) if (path.parent, path.suffix) == (programmes, ".yml")]
    return chosen


def _rooms(kit: Kit) -> list[Path]:
    return [kit.data if name == "datasets" else kit.root / name for name in ROOMS]


def _content(kit: Kit, path: Path) -> list[tuple[Path, Path]]:
    """Places where rules look, each with its room: the path where it is content, every room for the root, else nothing."""
    if path == kit.root:
        return [(room, room) for room in _rooms(kit) if room.is_dir()]
    return [(path, room) for room in _rooms(kit) if path.is_relative_to(room)]


def _files(kit: Kit, given: Path, chosen: Subjects) -> Iterator[Path]:
    """Content files below a path; course folders and handed-out notebooks go to ``chosen.release``."""
    path = Path(given).resolve()
    if not path.exists():
        raise UsageError(f"{given} がありません。", mend="調べるファイルかフォルダーの場所を確かめてください。")
    course = next((folder for folder in (path, *path.parents) if (folder / "private" / "course.json").is_file()), None)
    if course:
        chosen.release += _releases(kit, course, path)
    elif content := _content(kit, path):
        for place, room in content:
            found = place.rglob("*") if place.is_dir() else [place]
            yield from (one for one in found if one.is_file() and not _is_private(one.relative_to(room)))
    else:
        raise UsageError(
            f"{given} は教材でも講座でもありません。",
            mend=f"{'・'.join(ROOMS)} の中のものか、jissho course で作ったフォルダーを指定してください。",
        )


def _is_private(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _releases(kit: Kit, course: Path, path: Path) -> list[Release]:
    found = [path] if path.is_file() else sorted((course / "release").glob("*/*.ipynb"))
    if not found:
        raise UsageError(
            f"{course} には配った課題がまだありません。",
            mend="./jissho python -m nbgrader generate_assignment 課題 のあとで調べてください。",
        )
    return [Release(kit, course, one) for one in found]


def _add_part(kit: Kit, part: Part, files: set[Path], chosen: Subjects) -> None:
    """Add the part's subjects whose files were chosen."""
    subject = PartOf(kit, part)
    lesson = kit.root / part.lesson if part.lesson else None
    folder = kit.root / "grading" / part.assignment if part.assignment else None
    named = {subject.file, lesson, curriculum.guide_path(part.module, kit.root)} & files
    if named or any(file.parent == folder for file in files):
        chosen.part.append(subject)
    if lesson in files:
        chosen.lesson.append(subject)

"""The timetable of a course in one field: clock times are computed from minutes, never typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from jissho.errors import UsageError
from jissho_kit.curriculum._courses import field_of, load_course
from jissho_kit.curriculum._models import FIELD_TITLES, STAGES, Block, Course, Day, Part, Profile, Step

KINDS = {
    "opening": "開会",
    "lesson": "授業",
    "review": "振り返り",
    "break": "休憩",
    "lunch": "昼休み",
    "closing": "まとめ",
}
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Check:
    """A checkpoint and the percentage that should be right; those of lessons are numbered ``CP1``…, others ``""``."""

    id: str
    what: str
    share: int


@dataclass(frozen=True)
class Cut:
    """What to leave out when late: ``order`` 1 is cut first; ``minutes`` are saved."""

    order: int
    part: str
    what: str
    minutes: int


@dataclass(frozen=True)
class Row:
    """A line of the timetable. ``start`` and ``end`` are clock times, ``part`` is empty except for lessons."""

    start: str
    end: str
    minutes: int
    kind: str
    part: str
    title: str
    stage: str
    status: str
    doing: str
    checks: tuple[Check, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class DayPlan:
    """One day's rows."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Timetable:
    """What an instructor pins to the wall. ``minutes`` counts lessons, tests and breaks; lunch is apart.

    ``profile``: title of the way in which the course is held, empty for its own; ``material``: what that needs.
    """

    tier: str
    title: str
    field: str
    field_title: str
    minutes: int
    lunch_minutes: int
    days: tuple[DayPlan, ...]
    cuts: tuple[Cut, ...]
    keep: tuple[str, ...]
    profile: str = ""
    material: tuple[str, ...] = ()


def timetable(
    tier: str, field: str, start: str | None = None, root: Path | None = None, profile: str | None = None
) -> Timetable:
    """The plan of a course.

    Parameters
    ----------
    tier : str
        ``"K"`` or ``"executive"`` and so on.
    field : str
        ``"factory"`` or ``"agriculture"``.
    start : str, optional
        Clock time ``"13:00"`` at which every day starts; by default the course's own.
    root : Path, optional
        Content root.
    profile : str, optional
        Name of one of the course's profiles; by default its own days.

    Raises
    ------
    UsageError
        Unknown tier, field or profile, not a clock time, or a day that would end after midnight.
    """
    course, field = load_course(tier, root), field_of(field)
    begin = _minutes_of(course.start if start is None else start)
    held = _profile(course, profile)
    late = course.late[field]
    held_days = held.days if held else course.days
    whole = {block.stage for day in held_days for block in day.blocks if block.stage and not block.short}
    parts = {part.id for part in course.parts if int(part.module[-1]) in whole}
    # A short version has left out already what could be cut.
    chosen = [cut for cut in late.cut if cut.part in parts]
    cuts = tuple(Cut(i, cut.part, cut.what, cut.saves) for i, cut in enumerate(chosen, 1))
    steps = {stage: _steps(course, field, stage) for stage in STAGES}
    numbers = count(1)
    days = tuple(DayPlan(day.title, tuple(_rows(day, begin, steps, cuts, numbers))) for day in held_days)
    rows = [row for day in days for row in day.rows]
    lunch = sum(row.minutes for row in rows if row.kind == "lunch")
    return Timetable(
        tier=course.tier,
        title=course.title,
        field=field,
        field_title=FIELD_TITLES[field],
        minutes=sum(row.minutes for row in rows) - lunch,
        lunch_minutes=lunch,
        days=days,
        cuts=cuts,
        keep=tuple(late.keep) if max(whole, default=0) == max(STAGES) else (),  # they are of the last stage
        profile=held.title if held else "",
        material=tuple(held.material) if held else (),
    )


def _profile(course: Course, name: str | None) -> Profile | None:
    """The profile of that name; ``None`` for the course's own days."""
    if name in (None, course.profile):
        return None
    if name not in course.profiles:
        names = "、".join(filter(None, [course.profile, *course.profiles])) or "ありません（--profile を付けません）"
        raise UsageError(f"{course.title}コースに、開き方 {name} はありません。", mend=f"選べる開き方: {names}")
    return course.profiles[name]


def _steps(course: Course, field: str, stage: int) -> Iterator[tuple[Part, Step]]:
    """The steps of a stage's module in a field, in order."""
    return (
        (part, step)
        for module in course.modules
        if (module.field, module.stage) == (field, stage)
        for part in module.parts
        for step in part.steps
    )


def _rows(day: Day, clock: int, steps: Mapping, cuts: Iterable[Cut], numbers: Iterator[int]) -> Iterator[Row]:
    for block in day.blocks:
        part, step = next(steps[block.stage]) if block.stage else (None, None)
        minutes = block.minutes or step.minutes or part.minutes
        given = step or block
        yield Row(
            start=_clock(clock),
            end=_clock(clock + minutes),
            minutes=minutes,
            kind=block.kind,
            part=part.id if part else "",
            title=_title(block, part),
            stage=STAGES.get(block.stage, ""),
            status=part.status if part else "ready",
            doing=given.doing,
            checks=tuple(
                Check(f"CP{next(numbers)}" if part else "", check.what, check.share) for check in given.checks
            ),
            cuts=tuple(cut for cut in cuts if part and cut.part == part.id and step is part.steps[-1]),
        )
        clock += minutes


def _title(block: Block, part: Part | None) -> str:
    if part is None:
        return block.title or KINDS[block.kind]
    return f"{part.title}（短い版）" if block.short else part.title


def _minutes_of(clock: str) -> int:
    found = re.fullmatch(r"(\d{1,2}):(\d\d)", unicodedata.normalize("NFKC", clock).strip())
    if not found or not (int(found[1]) < 24 and int(found[2]) < 60):
        raise UsageError(f"時刻 {clock} は読めません。", mend="13:00 のように、時と分をコロンで区切ってください。")
    return int(found[1]) * 60 + int(found[2])


def _clock(minutes: int) -> str:
    if minutes > MIDNIGHT:
        raise UsageError(
            "この時刻に始めると、終わりが真夜中を過ぎます。", mend="もっと早い時刻を --start に指定してください。"
        )
    return f"{minutes // 60}:{minutes % 60:02d}"

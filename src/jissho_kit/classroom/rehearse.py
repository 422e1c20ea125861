"""The dress rehearsal: run the lessons, hand out, hand in as several participants, grade, compare with the promises."""

from __future__ import annotations

import dataclasses
import html
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from jissho.errors import JisshoError, UsageError
from jissho_kit import curriculum, lessons
from jissho_kit.grading import apart, driver
from jissho_kit.grading.course import Course, make_course
from jissho_kit.grading.handin import Known, hand_in, right_answers, wrong_answer_sets
from jissho_kit.grading.judge import BLANK
from jissho_kit.kernels import why_not

SEED = 20180605  # any course would do; a fixed one makes the rehearsal repeatable

Kind = Literal["perfect", "blank", "wrong", "bom"]
Progress = Callable[[str], object]


@dataclass(frozen=True)
class Module:
    """A lesson that was run. ``problem`` says why it is not ``ok``."""

    id: str
    ok: bool
    claims: int
    seconds: float
    problem: str = ""


@dataclass(frozen=True)
class Participant:
    """A made-up participant and what came of the hand-in: points by item, and whether every message was the promised."""

    id: str
    module: str
    kind: Kind
    expected: dict[str, float]
    graded: dict[str, float]
    messages_ok: bool
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether scores and messages are those the items promise."""
        return self.messages_ok and self.expected == self.graded


@dataclass(frozen=True)
class Rehearsal:
    """What came of it all. ``isolated``: hand-ins were shut in, as real ones are; without that, too, they are graded."""

    modules: tuple[Module, ...]
    participants: tuple[Participant, ...]
    isolated: bool = True

    @property
    def ok(self) -> bool:
        """Whether every lesson ran and every participant got what the items promise."""
        return all(one.ok for one in (*self.modules, *self.participants))

    def as_json(self) -> dict:
        """CONTRACTS section 7."""
        modules = [_without(module, "problem") for module in self.modules]
        participants = [_without(participant, "differences") for participant in self.participants]
        return {"ok": self.ok, "modules": modules, "participants": participants}


@dataclass(frozen=True)
class Role:
    """What a made-up participant hands in: by item, an answer and what the items promise for it."""

    id: str
    kind: Kind
    answers: dict[str, Known]
    promised: dict[str, Known] = field(default_factory=dict)


def rehearse(tier: str, field: str, on_progress: Progress = lambda what: None) -> Rehearsal:
    """Go through a seminar in a temporary folder.

    Parameters
    ----------
    tier, field : str
        ``K|G|B`` (or executive …), ``factory|agriculture``.
    on_progress : callable
        Told in Japanese what is being done.

    Raises
    ------
    UsageError
        Unknown tier or field, or nothing of it is ready.
    ContentError
        The course cannot be made from the items.
    """
    parts = curriculum.ready_parts(tier, field)
    if not parts:
        raise UsageError(
            "この階層と分野には、まだ使える教材がありません。", mend="使える教材は ./jissho list で分かります。"
        )
    with tempfile.TemporaryDirectory(prefix="jissho-rehearsal-") as folder:
        modules = tuple(_run(part, Path(folder) / "runs", on_progress) for part in parts)
        on_progress("講座を作り、課題を配っています")
        course = make_course(Path(folder) / "course", tier, field, seed=SEED)
        driver.hand_out(course)
        isolated = not why_not()
        with apart.without_sandbox(not isolated):  # what is handed in here is our own
            participants = tuple(_assess(course, on_progress))
    return Rehearsal(modules, participants, isolated)


def _run(part: curriculum.Part, out: Path, on_progress: Progress) -> Module:
    on_progress(f"授業を実行しています: {part.id}")
    try:
        result = lessons.run(part, out)
    except JisshoError as error:
        return Module(part.id, False, 0, 0.0, str(error))
    return Module(part.id, True, result.claims, round(result.seconds, 1))


def roles(rights: dict[str, Known], wrongs: dict[str, list[Known]]) -> Iterator[Role]:
    """The participants of one assignment.

    A participant carries one known wrong answer per item, so as many hand in wrong ones as the item with the most has;
    items whose wrong answers are used up are answered right.

    Parameters
    ----------
    rights, wrongs : dict
        By item: the right answer, all known wrong ones.
    """
    yield Role("満点", "perfect", rights, rights)
    yield Role("白紙", "blank", {}, {item: Known(item, None, 0.0, BLANK) for item in rights})
    for number in range(max(map(len, wrongs.values()), default=0)):
        given = {item: (*wrongs[item][number : number + 1], rights[item])[0] for item in rights}
        yield Role(f"誤答{number + 1}", "wrong", given, given)
    yield Role("BOMつき", "bom", rights, rights)


def _assess(course: Course, on_progress: Progress) -> Iterator[Participant]:
    """Hand in, grade and compare, for every assignment of the course."""
    played = {}
    for assignment in course.assignments:
        for role in roles(right_answers(course, assignment), wrong_answer_sets(course, assignment)):
            answers = {item: known.answer for item, known in role.answers.items()}
            hand_in(course, assignment, role.id, answers, bom=role.kind == "bom")
            played[assignment, role.id] = role
    rows = driver.grade(
        course, on_progress=lambda done, total, what: on_progress(f"採点しています（{done + 1}/{total}）: {what}")
    )
    on_progress("結果のページを作っています")
    driver.feedback(course)
    for row in rows:
        page = course.root / "feedback" / row.student / row.assignment / f"{row.assignment}.html"
        text = html.unescape(page.read_text(encoding="utf-8")) if page.is_file() else ""
        yield compare(row, played[row.assignment, row.student], text)


def compare(row: driver.GradeRow, role: Role, page: str) -> Participant:
    """Lay what was graded beside what was promised.

    Parameters
    ----------
    row : GradeRow
        The grading's outcome of the role's hand-in.
    role : Role
    page : str
        Text of the participant's feedback page; every promised sentence must be in it.
    """
    expected = {item: float(known.points) for item, known in role.promised.items()}
    graded = {item: float(row.verdicts[item]["points"]) for item in expected if item in row.verdicts}
    differences = [f"{row.problem} {row.mend}"] if row.problem else []
    differences += [
        f"{item}: 約束 {points:g}点、実際 {graded[item]:g}点" if item in graded else f"{item}: 採点されていません"
        for item, points in expected.items()
        if graded.get(item) != points
    ]
    unsaid = [
        f"{item}: 「{known.say}」がありません"
        for item, known in role.promised.items()
        if known.say not in row.verdicts.get(item, {}).get("message", "") or known.say not in page
    ]
    return Participant(
        id=row.student,
        module=row.assignment,
        kind=role.kind,
        expected=expected,
        graded=graded,
        messages_ok=not unsaid,
        differences=(*differences, *unsaid),
    )


def _without(record, name: str) -> dict:
    """A dataclass as a dict, without one field that the JSON contract does not have."""
    return {key: value for key, value in dataclasses.asdict(record).items() if key != name}

"""What a course file may say. Facts that follow from an id (tier, field, stage) are computed, never typed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jissho_kit.curriculum import _ids

Tier = Literal["K", "G", "B"]
FieldName = Literal["factory", "agriculture"]
Bloom = Literal["知識", "理解", "適用", "分析", "評価", "創造"]
Status = Literal["ready", "planned"]
Kind = Literal["opening", "lesson", "review", "break", "lunch", "closing"]

TIERS: dict[str, str] = {"executive": "K", "technical": "G", "shopfloor": "B"}
FIELDS: dict[str, str] = {"factory": "F", "agriculture": "A"}
FIELD_TITLES = {"factory": "工場", "agriculture": "農業"}
STAGES = {1: "理解", 2: "体験", 3: "検証・実証"}

Text = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(gt=0, le=600)]
Percent = Annotated[int, Field(gt=0, le=100)]
ModuleId = Annotated[str, Field(pattern=rf"^{_ids.MODULE}$")]
PartId = Annotated[str, Field(pattern=rf"^{_ids.PART}$")]
TestId = Annotated[str, Field(pattern=rf"^{_ids.TEST}$")]
MisconceptionId = Annotated[str, Field(pattern=r"^M\d\d$")]
# Quoted in YAML: 13:00 without quotes is the number 780 there.
Clock = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")]

LENGTH_OF_MODULE_ID = len("K-F-1")


class Model(BaseModel):
    """Refuses unknown keys and silent conversions (``"50"`` is not 50)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Objective(Model):
    """What a participant can do afterwards: a sentence ending in a verb, its Bloom level, standard codes."""

    text: Text
    bloom: Bloom
    standards: list[str] = []


class Checkpoint(Model):
    """What the class should have reached, and the share (percent) that should be right before going on."""

    what: Text
    share: Percent


class Step(Model):
    """A stretch of a part without a break. ``minutes`` may be left out when it is the whole part."""

    minutes: Minutes | None = None
    doing: Text
    checks: list[Checkpoint] = []


class Part(Model):
    """The smallest unit that is opened, run and handed in; a module without letters has one part."""

    id: PartId
    title: str = ""
    minutes: Minutes
    status: Status = "planned"
    objectives: Annotated[list[int], Field(min_length=1)]
    datasets: list[str] = []
    lesson: str | None = None
    assignment: str | None = None
    steps: Annotated[list[Step], Field(min_length=1)]

    @property
    def module(self) -> str:
        """Id of the module this part belongs to."""
        return self.id[:LENGTH_OF_MODULE_ID]

    @property
    def tier(self) -> str:
        """``K``, ``G`` or ``B``."""
        return self.id[0]

    @property
    def field(self) -> str:
        """``factory`` or ``agriculture``."""
        return _field(self.id)


class Module(Model):
    """One cell of the grid tier × field × stage."""

    id: ModuleId
    title: Text
    minutes: Minutes
    audience: Text
    knows: Text
    requires: list[ModuleId] = []
    objectives: Annotated[list[Objective], Field(min_length=1)]
    misconceptions: Annotated[list[MisconceptionId], Field(min_length=1)]
    decision: Text
    parts: Annotated[list[Part], Field(min_length=1)]

    @model_validator(mode="after")
    def _title_of_an_only_part(self) -> Module:
        self.parts[:] = [part if part.title else part.model_copy(update={"title": self.title}) for part in self.parts]
        return self

    @property
    def tier(self) -> str:
        """``K``, ``G`` or ``B``."""
        return self.id[0]

    @property
    def field(self) -> str:
        """``factory`` or ``agriculture``."""
        return _field(self.id)

    @property
    def stage(self) -> int:
        """1 理解, 2 体験, 3 検証・実証."""
        return int(self.id[-1])

    @property
    def datasets(self) -> list[str]:
        """Names of the datasets of all parts, each once, in order."""
        return list(dict.fromkeys(name for part in self.parts for name in part.datasets))

    @property
    def standards(self) -> list[str]:
        """Standard codes of all objectives, each once, in order."""
        return list(dict.fromkeys(code for objective in self.objectives for code in objective.standards))


class Block(Model):
    """A line of the timetable. ``lesson`` takes the next step of the stage's module in the chosen field.

    ``short``: in the lesson's short version, which takes ``minutes``.
    """

    kind: Kind
    minutes: Minutes | None = None
    stage: Literal[1, 2, 3] | None = None
    short: bool = False
    title: str = ""
    doing: str = ""
    checks: list[Checkpoint] = []

    @model_validator(mode="after")
    def _minutes_or_stage(self) -> Block:
        own_minutes = self.stage is None or self.short
        if (self.kind == "lesson") != (self.stage is not None) or own_minutes == (self.minutes is None):
            raise ValueError(
                "授業（kind: lesson）には stage だけ、短い版（short: true）とほかの行には minutes も書いてください"
            )
        return self


class Day(Model):
    """Blocks of one day, in order."""

    title: Text
    blocks: Annotated[list[Block], Field(min_length=1)]


class Profile(Model):
    """The same course at another length or place: its own days and what is needed there. ``minutes`` counts breaks."""

    title: Text
    minutes: Annotated[int, Field(gt=0)]
    days: Annotated[list[Day], Field(min_length=1)]
    material: list[Text] = []


class Cut(Model):
    """Something that may be left out of a part when the class runs late."""

    part: PartId
    what: Text
    saves: Minutes


class Late(Model):
    """What to cut when late, first thing first, and what is never cut."""

    cut: list[Cut]
    keep: Annotated[list[str], Field(min_length=1)]


class Tests(Model):
    """Assignments before and after the class: parallel forms of one test on what the field's modules teach."""

    pre: TestId
    post: TestId


class Course(Model):
    """The modules of one tier in both fields, and its days. ``minutes`` counts breaks but not lunch.

    ``profile`` is the name of these days among the ``profiles``, the other ways to hold the course.
    """

    tier: Tier
    title: Text
    audience: Text
    minutes: Annotated[int, Field(gt=0)]
    start: Clock
    days: Annotated[list[Day], Field(min_length=1)]
    late: dict[FieldName, Late]
    profile: str = ""
    profiles: dict[Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]*$")], Profile] = {}
    tests: dict[FieldName, Tests] = {}
    modules: Annotated[list[Module], Field(min_length=1)]

    @property
    def name(self) -> str:
        """``executive``, ``technical`` or ``shopfloor``."""
        return next(name for name, tier in TIERS.items() if tier == self.tier)

    @property
    def parts(self) -> list[Part]:
        """All parts, in order."""
        return [part for module in self.modules for part in module.parts]


class Misconception(Model):
    """A misconception (M01…) or slip (S01…): ``name`` in the learner's words, why it is wrong, how to mend it."""

    id: str
    name: Text
    text: Text
    remedy: Text
    demonstration: Literal["data", "arithmetic", "statement"] | None = None
    datasets: list[str] = []
    modules: list[str] = []


def _field(id: str) -> str:
    return next(name for name, letter in FIELDS.items() if letter == id[2])

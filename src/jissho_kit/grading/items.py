"""Questions as data: ``grading/<assignment>/items.yml`` → :class:`Item`.

An item says which objective it measures, its right answer (a named result, a reference function, an
option) and the typical wrong answers, each with a misconception or slip and the sentence to say back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jissho.errors import ContentError
from jissho_kit.curriculum import Document, content_root, read_document

Kind = Literal["number", "choice", "choices", "order", "classify", "function", "text"]

# Ways to state an answer that each kind of item allows.
STATED_BY: dict[str, set[str]] = {
    "number": {"value", "result"},
    "choice": {"choice", "result"},
    "choices": {"choices", "includes", "result"},
    "order": {"order", "result"},
    "classify": {"classes", "all", "result"},
    "function": {"function"},
    "text": set(),
}
# Keys an item of each kind must have, and those it may have besides the common ones.
NEEDS = {
    "number": set(),
    "choice": {"options"},
    "choices": {"options"},
    "order": {"options"},
    "classify": {"groups", "cards"},
    "function": {"function", "hidden", "samples"},
    "text": {"rubric"},
}
MAY = {"choices": {"partial"}, "classify": {"partial"}}
SPECIAL = {"options", "groups", "cards", "function", "hidden", "samples", "rubric", "partial"}
AUTOMATIC = "S05"  # the value on the lesson's data: added to every computed item, never typed
FEWEST_WRONG = {"number": 3, "function": 3, "choice": 1, "choices": 1, "order": 1, "classify": 1, "text": 0}


class Strict(BaseModel):
    """A model that refuses unknown keys and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stated(Strict):
    """An answer as an author states it; exactly one way of those its kind allows (see ``STATED_BY``)."""

    value: float | None = None
    result: str | None = None
    choice: str | None = None
    choices: list[str] | None = None
    includes: str | None = None
    order: list[str] | None = None
    classes: dict[str, str] | None = None
    all: str | None = None
    function: str | None = None

    def ways(self) -> set[str]:
        """Names of the fields that state the answer."""
        return {name for name in Stated.model_fields if getattr(self, name) is not None}


class Right(Stated):
    """The right answer. ``tolerance`` is absolute, in the result's own unit (a share, not per cent)."""

    tolerance: float = Field(default=0.0, ge=0)
    criterion: str | None = None


class Wrong(Stated):
    """A known wrong answer: why people give it (``because``) and what to say back (``say``)."""

    because: str = Field(pattern=r"^[MS]\d\d$")
    say: str = Field(min_length=1)


class Item(Strict):
    """One question. Fields by kind: see ``NEEDS`` and ``STATED_BY``."""

    id: str = Field(pattern=r"^[KGB]-[FA]-[123][a-e]?\.[a-z][0-9]?$")
    objective: str = Field(pattern=r"^[KGB]-[FA]-[123]/[0-9]+$")
    kind: Kind
    question: str = Field(min_length=1)
    points: float = Field(gt=0)
    unit: str = ""
    params: dict[str, list[float]] = {}
    options: list[str] | None = None
    groups: list[str] | None = None
    cards: list[str] | None = None
    function: str | None = None
    hidden: str | None = None
    samples: str | None = None
    partial: bool | None = None
    rubric: list[str] | None = None
    right: Right = Right()
    wrong: list[Wrong] = []

    @property
    def grade_id(self) -> str:
        """Name of the item's graded cell (nbgrader refuses dots)."""
        return self.id.replace(".", "_")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Item:
        given = {name for name in SPECIAL if getattr(self, name) is not None}
        _refuse(sorted(NEEDS[self.kind] - given), f"種類 {self.kind} に必要なキーがありません")
        _refuse(sorted(given - NEEDS[self.kind] - MAY.get(self.kind, set())), f"種類 {self.kind} では使えないキーです")
        for stated in [self.right, *self.wrong] if self.kind != "text" else []:
            ways = stated.ways()
            _refuse(sorted(ways - STATED_BY[self.kind]), f"種類 {self.kind} の答えには使えない書き方です")
            if not ways:
                raise ValueError(f"答えの書き方がありません（{'・'.join(sorted(STATED_BY[self.kind]))} のどれか）")
        if len(self.wrong) < FEWEST_WRONG[self.kind]:
            raise ValueError(f"よくある誤答が {FEWEST_WRONG[self.kind]} 件以上いります（いま {len(self.wrong)} 件）")
        if any(wrong.because == AUTOMATIC for wrong in self.wrong):
            raise ValueError(f"{AUTOMATIC}（教材の練習用データで計算）は自動で加わります。書かないでください")
        self._words_are_known()
        return self

    def _words_are_known(self) -> None:
        options = set(self.options or [])
        for stated in [self.right, *self.wrong]:
            named = {stated.choice, stated.includes, *(stated.choices or []), *(stated.order or [])} - {None}
            _refuse(sorted(named - options), "選択肢にない答えです")
            _refuse(sorted(set(stated.classes or {}) - set(self.cards or [])), "カードにない名前です")
            groups = {*(stated.classes or {}).values(), stated.all} - {None}
            _refuse(sorted(groups - set(self.groups or [])), "分類先にない名前です")


def _refuse(names: list[str], why: str) -> None:
    if names:
        raise ValueError(f"{why}: {'・'.join(names)}")


def load_items(assignment: str, root: Path | None = None) -> list[Item]:
    """Items of an assignment, in the order of its file.

    Parameters
    ----------
    assignment : str
        Folder name below ``grading/``, e.g. ``"K-F-1"``.
    root : Path, optional
        Content root; by default the kit's own.

    Raises
    ------
    ContentError
        File missing or malformed (``file:line`` and key), a kind that is not built yet, or an id used twice.
    """
    document = read_document((root or content_root()) / "grading" / assignment / "items.yml")
    _refuse_plans(document)
    items = document.as_model(list[Item])
    seen: set[str] = set()
    for index, item in enumerate(items):
        where = document.where((index, "id"))
        if item.id in seen:
            raise ContentError(
                f"問題の番号 {item.id} が二度使われています。", where=where, mend="片方の番号を変えてください。"
            )
        if item.id.rpartition(".")[0] != assignment:
            raise ContentError(
                f"問題の番号 {item.id} がフォルダ {assignment} と合いません。",
                where=where,
                mend=f"番号を {assignment}.a の形にしてください。",
            )
        seen.add(item.id)
    return items


def _refuse_plans(document: Document) -> None:
    for index, entry in enumerate(document.as_model(list[dict])):
        if entry.get("kind") != "plan":
            continue
        raise ContentError(
            f"種類 plan の問題はまだ採点できません: {entry.get('id', '？')}",
            where=document.where((index, "kind")),
            mend="number・choice・choices・order・classify・function・text のどれかにしてください。",
        )

"""Questions as data: ``grading/<assignment>/items.yml`` → :class:`Item`.

An item says which objective it measures, its right answer (a named result, a reference function, an
option, a filled-in plan), other answers that are right too (``also_right``, with a note), and the typical wrong answers,
each with a misconception or slip, the sentence to say back and, where it deserves some, its ``points``.

A plan item states its form (:mod:`jissho_kit.grading.plan`), whose points add up to the item's::

    kind: plan
    points: 3
    form:
      fields:
        - {name: 目的指標, words: [再現率, 見逃し], say: 何をどれだけ見つけるかを、数える言葉で書いてください。}
        - {name: 無作為抜取率, type: number, unit: "%", above: 0, max: 1}
        - {name: 標本数, type: number, unit: 個, min: 1, whole: true, points: 0}
      rules:
        - {name: 標本数の根拠, holds: 標本数 * 不良率 >= 30, say: 標本の中に、不良は何個入りますか。}
      given: {不良率: weld.defect_rate}
    right: {plan: {目的指標: 不良の再現率80%以上, 無作為抜取率: 5%, 標本数: 3,000個}}
    wrong:
      - {change: {無作為抜取率: 0}, because: M31, say: 検査しない物の中の見逃しは、だれが数えますか。}

A known wrong plan changes the right one (``null`` takes a field away) and is recognised by the requirements that it
breaks, or by those named in ``unmet``. Its ``points`` are the most such a plan can earn; without them it earns what its
other requirements are worth. A function item lists mutants of its reference that are no mistake in ``equivalent``
(see :mod:`jissho_kit.grading.mutants`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from jissho.errors import ContentError
from jissho_kit.curriculum import content_root, ids, read_document
from jissho_kit.grading._model import Strict
from jissho_kit.grading.plan import PlanForm

Kind = Literal["number", "choice", "choices", "order", "classify", "function", "plan", "text"]

# Ways to state an answer that each kind of item allows.
STATED_BY: dict[str, set[str]] = {
    "number": {"value", "result"},
    "choice": {"choice", "result"},
    "choices": {"choices", "includes", "result"},
    "order": {"order", "result"},
    "classify": {"classes", "all", "result"},
    "function": {"function"},
    "plan": {"plan", "change"},
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
    "plan": {"form"},
    "text": {"rubric"},
}
MAY = {"choices": {"partial"}, "classify": {"partial"}, "function": {"equivalent"}}
SPECIAL = {"options", "groups", "cards", "function", "hidden", "samples", "rubric", "partial", "equivalent", "form"}
AUTOMATIC = "S05"  # the value on the lesson's data: added to every computed item, never typed
FEWEST_WRONG = {"number": 3, "function": 3, "plan": 3, "choice": 1, "choices": 1, "order": 1, "classify": 1, "text": 0}


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
    plan: dict[str, Any] | None = None
    change: dict[str, Any] | None = None

    @field_validator("plan", "change")
    @classmethod
    def _days_as_written(cls, filled: dict[str, Any] | None) -> dict[str, Any] | None:
        """YAML reads 2026-04-01 as a day; a participant, and the key's JSON, has text."""
        days = {name: day.isoformat() for name, day in (filled or {}).items() if isinstance(day, date)}
        return filled and filled | days

    def ways(self) -> set[str]:
        """Names of the fields that state the answer."""
        return {name for name in Stated.model_fields if getattr(self, name) is not None}


class Right(Stated):
    """The right answer. ``tolerance`` is absolute, in the result's own unit (a share, not per cent)."""

    tolerance: float = Field(default=0.0, ge=0)
    criterion: str | None = None


class Also(Stated):
    """Another answer that is right (別解). ``note`` is said with it."""

    note: str = ""


class Wrong(Stated):
    """A known wrong answer: why people give it (``because``) and what to say back (``say``).

    ``points``: what it earns all the same, by default nothing; of a plan the most it can earn, by default what its met
    requirements are worth. ``unmet``: the requirements a wrong plan is recognised by, by default all that it breaks.
    """

    because: str = Field(pattern=r"^[MS]\d\d$")
    say: str = Field(min_length=1)
    points: float | None = Field(default=None, ge=0)
    unmet: list[str] | None = None


class Item(Strict):
    """One question. Fields by kind: see ``NEEDS`` and ``STATED_BY``."""

    id: str = Field(pattern=rf"^{ids.ITEM}$")
    objective: str = Field(pattern=rf"^{ids.OBJECTIVE}$")
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
    equivalent: dict[str, str] | None = None
    form: PlanForm | None = None
    right: Right = Right()
    also_right: list[Also] = []
    wrong: list[Wrong] = []

    @property
    def stated(self) -> list[Stated]:
        """All answers an author states: the right one, others that are right, known wrong ones."""
        return [self.right, *self.also_right, *self.wrong]

    @property
    def grade_id(self) -> str:
        """Name of the item's graded cell (nbgrader refuses dots)."""
        return self.id.replace(".", "_")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Item:
        given = {name for name in SPECIAL if getattr(self, name) is not None}
        _refuse(sorted(NEEDS[self.kind] - given), f"種類 {self.kind} に必要なキーがありません")
        _refuse(sorted(given - NEEDS[self.kind] - MAY.get(self.kind, set())), f"種類 {self.kind} では使えないキーです")
        for stated in self.stated if self.kind != "text" else []:
            ways = stated.ways()
            allowed = STATED_BY[self.kind] - (set() if isinstance(stated, Wrong) else {"includes"})
            _refuse(sorted(ways - allowed), f"種類 {self.kind} の答えには使えない書き方です")
            if not ways:
                raise ValueError(f"答えの書き方がありません（{'・'.join(sorted(allowed))} のどれか）")
        if len(self.wrong) < FEWEST_WRONG[self.kind]:
            raise ValueError(f"よくある誤答が {FEWEST_WRONG[self.kind]} 件以上いります（いま {len(self.wrong)} 件）")
        if any(wrong.because == AUTOMATIC for wrong in self.wrong):
            raise ValueError(f"{AUTOMATIC}（教材の練習用データで計算）は自動で加わります。書かないでください")
        self._credit_is_partial()
        self._words_are_known()
        if self.form:
            self._form_fits()
        return self

    def _credit_is_partial(self) -> None:
        for wrong in self.wrong:
            if wrong.points is not None and wrong.points >= self.points:
                raise ValueError(
                    f"誤答の点（points: {wrong.points:g}）は、満点の {self.points:g} より小さくしてください"
                )
            if wrong.points is not None and wrong.includes is not None:
                raise ValueError("includes の誤答には points を書けません（部分点は partial で決まります）")
            if wrong.unmet is not None and self.kind != "plan":
                raise ValueError("unmet は、種類 plan の誤答だけに書けます")

    def _form_fits(self) -> None:
        if abs(self.form.points - self.points) > 1e-9:
            raise ValueError(
                f"計画書の項目と決まりの点の合計 {self.form.points:g} が、満点の {self.points:g} と違います"
            )
        if self.right.plan is None:
            raise ValueError("種類 plan の正解は、plan: に項目を全部書いてください")
        for stated in self.stated:
            named = {*(stated.plan or {}), *(stated.change or {})}
            _refuse(sorted(named - {field.name for field in self.form.fields}), "計画書にない項目です")
        named = {name for wrong in self.wrong for name in wrong.unmet or []}
        _refuse(sorted(named - set(self.form.requirements())), "計画書にない項目か決まりです")

    def _words_are_known(self) -> None:
        options = set(self.options or [])
        for stated in self.stated:
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
        File missing or malformed (``file:line`` and key), or an id used twice.
    """
    document = read_document((root or content_root()) / "grading" / assignment / "items.yml")
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

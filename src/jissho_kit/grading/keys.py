"""Compute an assignment's keys from its data: right and wrong values, parameters, hidden inputs.

Nothing that depends on data is typed: a course draws its data from a secret, and the keys follow.
"""

from __future__ import annotations

import hashlib
import hmac
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jissho import datasets
from jissho.errors import ContentError
from jissho_kit import truths
from jissho_kit.grading._model import Strict
from jissho_kit.grading.items import AUTOMATIC, Item, Stated, Wrong
from jissho_kit.grading.plan import PlanForm, read_plan, unmet
from jissho_kit.grading.values import confusable, in_unit, same, says

MARGIN = 4  # answers must lie further apart than this many tolerances
LESSON_DATA = "教材の練習用の数字で計算していませんか。この課題の数字（data フォルダの表）を使ってください。"


class AlsoRight(Strict):
    """Another right answer as it looks on this data, and what is said with it."""

    answer: Any
    note: str = ""


class KnownWrong(Strict):
    """A wrong answer as it looks on this data, and the points it earns.

    ``includes``: it applies when the answer contains it. ``label``: of the fault by which a function's outputs are known;
    ``labels``: of the requirements by which a plan is. ``most``: what a plan with this fault can earn.
    """

    answer: Any
    because: str
    words: str = ""
    say: str
    points: float = 0.0
    most: float | None = None
    includes: bool = False
    label: str = ""
    labels: list[str] = []


class Key(Strict):
    """All the judge needs to know about one item of one course; plain values, so that it is kept as JSON.

    ``names_wrong``: a wrong answer is told by its sentence, not only that it is not right yet.
    """

    id: str
    kind: str
    points: float
    unit: str = ""
    tolerance: float = 0.0
    right: Any = None
    also: list[AlsoRight] = []
    wrong: list[KnownWrong] = []
    params: dict[str, float] = {}
    options: list[str] = []
    groups: list[str] = []
    cards: list[str] = []
    partial: bool = False
    criterion: str | None = None
    inputs: list = []
    form: PlanForm | None = None
    given: dict[str, float] = {}
    names_wrong: bool = True

    @property
    def rights(self) -> list[AlsoRight]:
        """All right answers, the stated one first."""
        return [AlsoRight(answer=self.right), *self.also]


class NotSeparable(ContentError):
    """Two answers of an item look alike on this data; another draw may mend it."""


def derive(secret: bytes, label: str) -> int:
    """Seed of one purpose: the first 63 bits of HMAC-SHA256(secret, label)."""
    return int.from_bytes(hmac.new(secret, label.encode(), hashlib.sha256).digest()[:8], "big") >> 1


def draw_params(item: Item, seed: int) -> dict[str, float]:
    """One value for each of the item's parameters."""
    rng = np.random.default_rng(seed)
    return {name: float(rng.choice(values)) for name, values in sorted(item.params.items())}


def make_inputs(maker: str, data: Mapping[str, pd.DataFrame], seed: int) -> list[list]:
    """Argument lists for a function item, from its input maker in ``truths.FUNCTIONS``."""
    return [list(args) for args in function_named(maker)(data, np.random.default_rng(seed))]


def make_key(
    item: Item,
    data: Mapping[str, pd.DataFrame],
    params: Mapping[str, float] | None = None,
    seed: int = 0,
    lesson: Mapping[str, pd.DataFrame] | None = None,
) -> Key:
    """Key of an item on ``data``.

    Parameters
    ----------
    item : Item
    data : mapping of name to DataFrame
        The assignment's tables.
    params : mapping, optional
        The item's drawn parameters; by default drawn from ``seed``.
    seed : int
        Seed of the hidden inputs (function items).
    lesson : mapping of name to DataFrame, optional
        The lesson's tables, for the automatic wrong answer; by default the shipped ones.

    Raises
    ------
    ContentError
        A named result or function does not exist, or has the wrong type.
    NotSeparable
        Two answers lie within 4 × tolerance, a choice is not true on this data, or faults share a label.
    """
    params = draw_params(item, seed) if params is None else dict(params)
    common = dict(
        id=item.id,
        kind=item.kind,
        points=item.points,
        unit=item.unit,
        params=params,
        tolerance=item.right.tolerance,
        options=item.options or [],
        groups=item.groups or [],
        cards=item.cards or [],
        partial=bool(item.partial),
        criterion=item.right.criterion,
    )
    if item.kind == "text":
        return Key(**common)
    if item.kind == "function":
        return _function_key(item, common, make_inputs(item.hidden, data, seed))
    right = _value(item, item.right, data, params)
    also = [AlsoRight(answer=_value(item, one, data, params), note=one.note) for one in item.also_right]
    if item.kind == "plan":
        return _plan_key(item, common, right, also, data)
    wrong = [_known(item, w, data, params) for w in item.wrong]
    key = Key(**common, right=right, also=also, wrong=wrong)
    check_separable(key)
    _every_option_is_known(key)
    return _tells_nothing(key.model_copy(update={"wrong": wrong + _on_lesson_data(item, key, data, lesson)}))


def check_separable(key: Key) -> None:
    """Raise :class:`NotSeparable` unless every answer of the key can be told from every other."""
    rights = [("正解", one.answer) for one in key.rights]
    answers = [*rights, *((w.because, w.answer) for w in key.wrong if not w.includes)]
    for i, (name, answer) in enumerate(answers):
        for j, (other, value) in enumerate(answers):
            if i != j and max(i, j) >= len(rights) and _confusable(key, answer, value):
                raise NotSeparable(
                    f"問題 {key.id} の答えが見分けられません: {name} と {other}（{answer!r:.60} と {value!r:.60}）",
                    where=key.id,
                    mend="誤答の値を離すか、許容幅（tolerance）を狭めてください。",
                )


def _confusable(key: Key, answer: Any, value: Any) -> bool:
    if key.kind == "choices":
        return set(answer) == set(value)
    if key.kind != "number":
        return same(answer, value)
    return confusable(answer, value, key.unit, max(MARGIN * key.tolerance, 1e-9 * abs(value)))


def _value(item: Item, stated: Stated, data: Mapping, params: Mapping) -> Any:
    """The stated answer as a plain value on this data."""
    if stated.result is not None:
        found = _plain(item, truths.result(stated.result, data, params))
        typed = _typed(item, stated)
        if typed is not None and not same(typed, found):
            raise NotSeparable(
                f"問題 {item.id} の答え「{typed}」が、このデータでは正しくありません。",
                where=item.id,
                mend=f"計算結果 {stated.result} と合わせてください。",
            )
        return found
    return _typed(item, stated)


def _typed(item: Item, stated: Stated) -> Any:
    if stated.all is not None:
        return dict.fromkeys(item.cards, stated.all)
    if item.kind == "plan":
        filled = {**item.right.plan, **(stated.change or {})} if stated.plan is None else stated.plan
        return {name: written for name, written in filled.items() if written is not None}
    for name in ("value", "choice", "choices", "order", "classes", "includes"):
        if getattr(stated, name) is not None:
            return getattr(stated, name)
    return None


def _plain(item: Item, found: Any) -> Any:
    """A computed result as a JSON value of the item's kind."""
    try:
        if item.kind == "number":
            value = float(found)
            if not np.isfinite(value):
                raise ValueError("有限の数ではありません")
            return value
        if item.kind == "classify":
            return {str(card): str(group) for card, group in dict(found).items()}
        return str(found) if item.kind == "choice" else [str(one) for one in found]
    except (TypeError, ValueError) as error:
        raise ContentError(
            f"問題 {item.id} の計算結果が種類 {item.kind} に合いません: {found!r:.60}（{error}）",
            where=item.id,
            mend="items.yml の種類か、計算結果の名前を確かめてください。",
        ) from None


def _known(item: Item, wrong: Wrong, data: Mapping, params: Mapping) -> KnownWrong:
    return KnownWrong(
        answer=_value(item, wrong, data, params),
        because=wrong.because,
        words=_words(wrong.because),
        say=wrong.say,
        points=wrong.points or 0.0,
        includes=wrong.includes is not None,
    )


def _plan_key(item: Item, common: dict, right: dict, also: list[AlsoRight], data: Mapping) -> Key:
    """Key of a plan item; raises NotSeparable where a right plan breaks a requirement, or a wrong one is not recognised."""
    given = {name: float(truths.result(result, data, common["params"])) for name, result in item.form.given.items()}
    for plan in [right, *(one.answer for one in also)]:
        if broken := _broken(item.form, plan, given):
            raise NotSeparable(
                f"問題 {item.id} の正解の計画書が、自分の決まりを守っていません: {'・'.join(broken)}",
                where=item.id,
                mend="正解の計画書か、項目と決まりを直してください。",
            )
    wrong = [_known_plan(item, stated, _typed(item, stated), given) for stated in item.wrong]
    labels = [tuple(one.labels) for one in wrong]
    if () in labels or len(set(labels)) < len(labels):
        raise NotSeparable(
            f"問題 {item.id} の誤答の計画書が見分けられません: {labels}",
            where=item.id,
            mend="誤答ごとに、別の項目か決まりが守られないようにしてください（unmet で選べます）。",
        )
    return Key(**common, right=right, also=also, wrong=wrong, form=item.form, given=given)


def _known_plan(item: Item, stated: Wrong, plan: dict, given: Mapping[str, float]) -> KnownWrong:
    broken = unmet(item.form, read_plan(item.form, plan), given)
    earned = item.points - sum(one.points for one in broken)
    return KnownWrong(
        answer=plan,
        because=stated.because,
        words=_words(stated.because),
        say=stated.say,
        points=round(earned if stated.points is None else min(earned, stated.points), 2),
        most=stated.points,
        labels=[one.label for one in broken if stated.unmet is None or one.name in stated.unmet],
    )


def _broken(form: PlanForm, plan: dict, given: Mapping[str, float]) -> list[str]:
    return [one.name for one in unmet(form, read_plan(form, plan), given)]


def _words(id: str) -> str:
    """The misconception in the learner's own words (or the slip's name)."""
    from jissho_kit.curriculum import misconceptions

    found = misconceptions().get(id)
    if found is None:
        raise ContentError(
            f"考え違い {id} は一覧にありません。",
            where="curriculum/misconceptions.yml",
            mend="番号を確かめるか、一覧に加えてください。",
        )
    return found.name


def _tells_nothing(key: Key) -> Key:
    """The key with learner's words left out where they would give the right number away."""
    if key.kind != "number":
        return key
    for wrong in key.wrong:
        if any(says(wrong.say, one.answer, key.unit, key.tolerance) for one in key.rights):
            raise NotSeparable(
                f"問題 {key.id} の一文に正解の値が入っています: {wrong.say}",
                where=key.id,
                mend="数を使わずに書いてください。",
            )
    quiet = [
        w.model_copy(update={"words": ""}) if says(w.words, key.right, key.unit, key.tolerance) else w
        for w in key.wrong
    ]
    return key.model_copy(update={"wrong": quiet})


def _every_option_is_known(key: Key) -> None:
    if key.kind != "choice":
        return
    answered = [one.answer for one in (*key.rights, *key.wrong)]
    left = [option for option in key.options if option not in answered]
    if left:
        raise NotSeparable(
            f"問題 {key.id} の選択肢に、誤答としての一文がありません: {'・'.join(left)}",
            where=key.id,
            mend="正解以外の選択肢すべてに、wrong の一文を書いてください。",
        )


def _on_lesson_data(item: Item, key: Key, data: Mapping, lesson: Mapping | None) -> list[KnownWrong]:
    """The automatic wrong answer of a number item: the same result on the lesson's tables."""
    if item.kind != "number" or item.right.result is None:
        return []
    value = _value(item, item.right, _lesson_tables(datasets.own_data()) if lesson is None else lesson, key.params)
    if any(_confusable(key, value, wrong.answer) for wrong in key.wrong):
        return []  # an authored sentence already answers it
    if any(_confusable(key, value, one.answer) for one in key.also):
        return []  # right by another road
    if _confusable(key, value, key.right):
        if value == key.right == _value(item, item.right, truths.draw_tables(0), key.params):
            return []  # three draws agree: the answer rests on the given numbers, not on the data
        raise NotSeparable(
            f"問題 {key.id} の正解が、教材の練習用データでの値と見分けられません。",
            where=key.id,
            mend="データを引き直すか、許容幅（tolerance）を狭めてください。",
        )
    return [KnownWrong(answer=value, because=AUTOMATIC, words=_words(AUTOMATIC), say=LESSON_DATA)]


@cache
def _lesson_tables(folder: Path) -> Mapping[str, pd.DataFrame]:
    """The lesson's tables, read once: every number item asks for them."""
    return truths.shipped_tables()


def _function_key(item: Item, common: dict, inputs: list[list]) -> Key:
    criterion = item.right.criterion
    rights = [(stated, run_on(stated.function, inputs)) for stated in (item.right, *item.also_right)]
    wrong = [(stated, run_on(stated.function, inputs)) for stated in item.wrong]
    labels = [fault(criterion, inputs, outputs) for _, outputs in wrong]
    if criterion:
        _check_labels(item, [fault(criterion, inputs, outputs) for _, outputs in rights], labels)
    kept = [None if criterion else plain(outputs) for _, outputs in (*rights, *wrong)]
    key = Key(
        **common,
        inputs=plain(inputs),
        right=kept[0],
        also=[
            AlsoRight(answer=a, note=one.note) for one, a in zip(item.also_right, kept[1 : len(rights)], strict=True)
        ],
        wrong=[
            KnownWrong(
                answer=answer,
                because=stated.because,
                words=_words(stated.because),
                say=stated.say,
                points=stated.points or 0.0,
                label=label,
            )
            for (stated, _), answer, label in zip(wrong, kept[len(rights) :], labels, strict=True)
        ],
    )
    if not criterion:
        check_separable(key)
    return key


def _check_labels(item: Item, rights: list[str], wrongs: list[str]) -> None:
    """Raise NotSeparable unless the criterion finds nothing in the right functions and a fault of its own in each wrong one."""
    for stated, label in zip((item.right, *item.also_right), rights, strict=True):
        if label:
            raise NotSeparable(
                f"問題 {item.id} の正解の関数 {stated.function} が判定に通りません: {label}",
                where=item.id,
                mend=f"関数 {stated.function} か判定 {item.right.criterion} を直してください。",
            )
    if "" in wrongs or len(set(wrongs)) < len(wrongs):
        raise NotSeparable(
            f"問題 {item.id} の誤答の関数が見分けられません: {wrongs}",
            where=item.id,
            mend="誤答ごとに別の名札を返す判定にしてください。",
        )


def plain(values: list) -> list:
    """Inputs or outputs of a function as a bundle carries them, one by one.

    Raises
    ------
    ContentError
        A value that cannot cross (NaN, too large, of an unknown type).
    """
    from jissho.bundle import encode

    encoded = [encode(value) for value in values]
    bad = [one["error"] for one in encoded if isinstance(one, dict) and "error" in one]
    if bad:
        raise ContentError(f"問題の入力か出力を記録できません: {bad[0]}", mend="小さく、ふつうの値にしてください。")
    return encoded


def run_on(function: str, inputs: list[list]) -> list:
    """What a reference function returns on each argument list."""
    from copy import deepcopy

    return [function_named(function)(*deepcopy(args)) for args in inputs]


def fault(criterion: str | None, inputs: list[list], outputs: list) -> str:
    """First fault label a criterion finds, or "" when every output is fine (or there is no criterion)."""
    if criterion is None:
        return ""
    judge = criterion_named(criterion)
    if getattr(judge, "sees_all", False):
        return judge(inputs, outputs)
    return next((label for args, output in zip(inputs, outputs, strict=True) if (label := judge(args, output))), "")


def criterion_named(criterion: str) -> Callable:
    """The criterion of that name. Raises ContentError when there is none."""
    if criterion not in truths.CRITERIA:
        raise ContentError(
            f"判定「{criterion}」がありません。", mend=f"使える名前: {', '.join(sorted(truths.CRITERIA))}"
        )
    return truths.CRITERIA[criterion]


def as_typed(key: Key, answer: Any) -> Any:
    """An answer of a key as a participant types it: a number in the item's unit."""
    return in_unit(answer, key.unit) if key.kind == "number" else answer


def source_of(function: str, name: str) -> str:
    """Source of a reference function renamed to ``name``: what a rehearsal participant hands in."""
    found = function_named(function)
    return inspect.getsource(found).replace(f"def {found.__name__}(", f"def {name}(", 1)


def function_named(name: str) -> Callable:
    """The reference function or input maker of that name. Raises ContentError when there is none."""
    if name not in truths.FUNCTIONS:
        raise ContentError(f"関数「{name}」がありません。", mend=f"使える名前: {', '.join(sorted(truths.FUNCTIONS))}")
    return truths.FUNCTIONS[name]

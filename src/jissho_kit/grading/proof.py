"""Prove items on given data.

Right, and every other right answer → full marks; each known wrong → 0, or the points stated for it, with its own
sentence and id; blank → 0 and 未解答.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jissho_kit.grading.items import Item
from jissho_kit.grading.judge import BLANK, Verdict, judge
from jissho_kit.grading.keys import Key, KnownWrong, as_typed, draw_params, make_key, run_on


@dataclass(frozen=True)
class Finding:
    """An item that does not keep its promise: what was expected of which answer."""

    item: str
    answer: str
    problem: str


def prove(
    items: list[Item],
    data: Mapping[str, pd.DataFrame],
    params: Mapping[str, Mapping[str, float]] | None = None,
    lesson: Mapping[str, pd.DataFrame] | None = None,
    seed: int = 0,
) -> list[Finding]:
    """Findings on items, none when every promise holds.

    Parameters
    ----------
    items : list of Item
    data : mapping of name to DataFrame
        The tables to compute keys on.
    params : mapping of item id to parameters, optional
        By default drawn from ``seed``.
    lesson : mapping, optional
        The lesson's tables; by default the shipped ones.
    seed : int
        Seed of parameters and hidden inputs.

    Raises
    ------
    NotSeparable, ContentError
        A key cannot be computed on this data.
    """
    found = []
    for item in items:
        drawn = (params or {}).get(item.id) or draw_params(item, seed)
        key = make_key(item, data, drawn, seed, lesson)
        found += _prove(item, key) if item.kind != "text" else []
    return found


def answers(item: Item, key: Key) -> Iterator[tuple[str, Any, Any]]:
    """``(name, answer, known)`` of an item: the right ones (known None), then each known wrong one.

    ``answer`` is what a participant would hand in: a value, or for a function item the outputs of the
    reference function on the key's inputs.
    """
    if item.kind == "function":
        from jissho.bundle import decode

        inputs = decode(key.inputs)
        for stated in (item.right, *item.also_right):
            yield "正解", run_on(stated.function, inputs), None
        for stated, known in zip(item.wrong, key.wrong, strict=True):
            yield known.because, run_on(stated.function, inputs), known
        return
    for right in key.rights:
        yield "正解", as_typed(key, right.answer), None
    for known in key.wrong:
        yield known.because, [known.answer] if known.includes else as_typed(key, known.answer), known


def bundle_of(item: Item, value: Any) -> dict:
    """The bundle a participant's process would hand over for ``value`` (a function item: a list of outputs)."""
    from jissho.bundle import bundle, encode

    if item.kind == "function":
        return bundle(item.id, "probe", [encode(one) for one in value])
    return bundle(item.id, "answer", encode(value))


def _prove(item: Item, key: Key) -> Iterator[Finding]:
    for name, answer, known in answers(item, key):
        verdict = judge(key, bundle_of(item, answer))
        if known is None and (verdict.points, verdict.state) != (key.points, "right"):
            yield Finding(item.id, name, f"満点になりません: {verdict.message}")
        if known is not None and not _keeps_promise(verdict, known):
            yield Finding(
                item.id, name, f"{known.points:g}点と自分の一文になりません: {verdict.points:g}点「{verdict.message}」"
            )
    for blank in _blanks(item, key):
        verdict = judge(key, bundle_of(item, blank))
        if (verdict.points, verdict.state, verdict.message) != (0.0, "blank", BLANK):
            yield Finding(item.id, "未記入", f"未解答になりません: {verdict.message}")


def _keeps_promise(verdict: Verdict, known: KnownWrong) -> bool:
    return (verdict.points, verdict.because) == (known.points, known.because) and known.say in verdict.message


def _blanks(item: Item, key: Key) -> list[Any]:
    """What a participant hands in who has not answered."""
    if item.kind == "function":
        return [[None] * len(key.inputs)]
    fields = [field.name for field in item.form.fields] if item.form else []
    forms = [dict.fromkeys(fields, ""), "\n".join(f"{name}: 未記入" for name in fields)] if fields else []
    return [None, "", "未回答", *forms]

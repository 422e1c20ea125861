"""Answer forms of an assignment (they know no right answer) and the one-minute check inside a lesson."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from jissho.errors import AnswerError
from jissho.teach import fields, store
from jissho.teach.cards import card
from jissho.teach.fields import Field

KINDS: dict[str, Callable[..., Field]] = {
    "number": lambda unit, **_: fields.number(unit),
    "choice": lambda options, **_: fields.choice(options),
    "choices": lambda options, **_: fields.choices(options),
    "order": lambda options, **_: fields.order(options),
    "classify": lambda options, groups, **_: fields.classify(options, groups),
    "plan": lambda parts, **_: fields.plan(parts),
    "text": lambda **_: fields.text(),
}


def ask(
    id: str,
    kind: str,
    question: str,
    *,
    unit: str = "",
    options: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    parts: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Show the answer form of one item; what is recorded goes to 回答.json under ``answers[id]``.

    Parameters
    ----------
    kind : str
        number, choice, choices, order, classify (``options`` are the cards, ``groups`` where they go), text, or plan
        (``parts``: its fields in order, see :func:`jissho.teach.fields.plan`).

    Raises
    ------
    AnswerError
        Unknown kind, or options missing.
    """
    if kind not in KINDS:
        raise AnswerError(f"知らない種類の問いです: {kind}", where=id, mend=f"使える種類: {'、'.join(KINDS)}")
    if (kind in ("choice", "choices", "order", "classify") and not options) or (kind == "classify" and not groups):
        raise AnswerError("選択肢がありません。", where=id, mend="options（と groups）を書いてください。")
    if kind == "plan" and not parts:
        raise AnswerError("計画書の項目がありません。", where=id, mend="parts を書いてください。")
    field = KINDS[kind](unit=unit, options=options, groups=groups, parts=parts)
    card(question, field, "回答を記録", store.get("answers", id), lambda value: store.save("answers", id, value))
    _asked[id] = (field, field.get())


_asked: dict[str, tuple[Field, Any]] = {}  # by item: the field and what it held when it was shown


def asked(assignment: str) -> dict[str, str]:
    """The assignment's items on this page: id → ``"recorded"``, ``"changed"`` (written, not recorded) or ``"blank"``."""
    found = {}
    for id, (field, at_first) in _asked.items():
        if id.startswith(f"{assignment}."):
            saved, written = store.get("answers", id), field.get()
            changed = written != at_first and not (saved and written == saved["value"])
            found[id] = "changed" if changed else "recorded" if saved else "blank"
    return found


def check(
    key: str,
    question: str,
    options: Sequence[str],
    right: str,
    say: Mapping[str, str] | Sequence[str],
) -> None:
    """One-minute check of a lesson: says at once whether the chosen option is right, and why.

    ``say`` gives a sentence for each option (mapping, or in the order of ``options``). The choice is kept in
    ``predictions[key]``.
    """
    sentences = dict(say) if isinstance(say, Mapping) else dict(zip(options, say, strict=True))
    if right not in options or set(sentences) != set(options):
        raise AnswerError("正解は選択肢の中から、説明は選択肢ごとに一つずつ書いてください。", where=key)

    def comment(value: Any) -> str:
        kind, mark = (
            ("jissho-ok", "◎ そのとおりです。") if value == right else ("jissho-no", "△ もう一度考えてみましょう。")
        )
        return f'<div><span class="{kind}">{mark}</span>{escape(sentences.get(value, ""))}</div>'

    card(
        question, fields.choice(options), "答え合わせ", store.get("predictions", key),
        lambda value: store.save("predictions", key, value), comment,
    )  # fmt: skip

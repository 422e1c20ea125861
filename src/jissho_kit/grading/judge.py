"""The judge: from a bundle of values to a verdict. Pure, in milliseconds, and suspicious of everything it is given.

A message never contains the right value; what a participant wrote is only quoted (the page escapes it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from jissho_kit.grading.keys import Key, KnownWrong, fault
from jissho_kit.grading.values import close, is_number, same

State = Literal["right", "partial", "wrong", "blank", "error", "manual"]
RIGHT = "正解です。"
BLANK = "未解答です。"
AGAIN = "もう一度。データと計算の手順を確かめてください。"
PARTIAL = "一部が正解です。残りをもう一度見直してください。"
MANUAL = "講師が読んで採点します。"
MOST_BYTES = 1_000_000
MOST_QUOTED = 60
LABELS = "アイウエオカキクケコサシスセソタチツテト"
BLANK_WORDS = {"", "未回答", "未解答", "未記入", "なし", "None"}

# Reasons a hand-in cannot be judged: kind of error → what to say. {detail} is quoted participant text.
REFUSALS = {
    "no-file": "回答ファイル（回答.json）がありません。ノートブックと同じ場所の 回答.json も一緒に提出してください。",
    "bad-file": "回答ファイル（回答.json）を読めません。書き換えずに、もう一度「回答を記録」を押して提出してください。",
    "no-bundle": "採点用の記録がありません。上のセルがエラーなく動くか、「再起動してすべて実行」で確かめてください。{detail}",
    "two-bundles": "採点用の記録が二つ以上あります。採点用のセルは書き換えずに提出してください。",
    "other-id": "採点用の記録の番号が、この問のものではありません。採点用のセルは書き換えずに提出してください。",
    "malformed": "採点用の記録の形が違います。採点用のセルは書き換えずに提出してください。",
    "too-large": "答えが大きすぎます。聞かれている値だけを入れてください。",
    "not-a-number": "数として読めません: 「{detail}」",
    "nan": "計算結果が数になっていません（欠けた値や0での割り算がないか確かめてください）。",
    "kind": "答えの種類が違います。聞かれている形（数・選択肢・一覧など）で入れてください。{detail}",
    "raised": "関数を動かすとエラーになりました: {detail}",
    "not-a-function": "関数になっていません。def から書いて、上のセルを実行してください。",
    "unknown-cell": "この講座の採点表にない採点セルです。0点にしました。",
}


@dataclass(frozen=True)
class Verdict:
    """Outcome of one item. ``because`` is the id of the misconception or slip, or the kind of error."""

    item: str
    points: float
    max: float
    state: State
    message: str
    because: str = ""

    def as_dict(self) -> dict:
        """As plain values."""
        return asdict(self)


def refuse(item: str, max: float, kind: str, detail: str = "") -> Verdict:
    """Verdict of a hand-in that cannot be judged: 0 points, and the reason named."""
    return Verdict(item, 0.0, max, "error", REFUSALS[kind].format(detail=_quoted(detail)), kind)


def judge(key: Key, bundle: Any) -> Verdict:
    """Verdict on a bundle ``{"v": 1, "item", "kind", "value"}`` as it came out of the participant's process.

    Never raises for anything in ``bundle``: what cannot be read is 0 points with the reason.
    """
    if key.kind == "text":
        return Verdict(key.id, 0.0, key.points, "manual", MANUAL)
    if bundle is None:
        return refuse(key.id, key.points, "no-bundle")
    problem = _problem(key, bundle)
    if problem:
        return refuse(key.id, key.points, problem)
    try:
        return _judge_value(key, bundle["value"])
    except RecursionError:
        return refuse(key.id, key.points, "malformed")


def _problem(key: Key, bundle: Any) -> str:
    if not isinstance(bundle, dict) or not {"v", "item", "value"} <= set(bundle) or bundle["v"] != 1:
        return "malformed"
    if bundle["item"] != key.id:
        return "other-id"
    try:
        size = len(json.dumps(bundle, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return "malformed"
    return "too-large" if size > MOST_BYTES else ""


def _judge_value(key: Key, raw: Any) -> Verdict:
    from jissho.teach.bundle import decode

    error = _error_of(raw)
    if error:
        return refuse(key.id, key.points, *error)
    try:
        value = decode(raw)
    except Exception:  # hostile input: whatever decoding says, it is no answer
        return refuse(key.id, key.points, "malformed")
    if _is_blank(value):
        return Verdict(key.id, 0.0, key.points, "blank", BLANK)
    return JUDGES[key.kind](key, value)


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip("　 \t\r\n") in BLANK_WORDS
    if isinstance(value, dict):
        return all(_is_blank(v) for v in value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(_is_blank(v) for v in value)
    return value is None


def _number(key: Key, value: Any) -> Verdict:
    readings = _readings(value, key.unit)
    if not readings:
        kind = ("kind", "") if not isinstance(value, str) else ("not-a-number", value)
        return refuse(key.id, key.points, *kind)
    first, *others = readings
    if close(first, key.right, key.tolerance):
        return _right(key)
    known = _known(key, lambda w: close(first, w.answer, key.tolerance))
    if known:
        return _wrong(key, known)
    known = _known(key, lambda w: any(close(other, w.answer, key.tolerance) for other in others))
    if not known and any(close(other, key.right, key.tolerance) for other in others):
        return _right(key)
    return _wrong(key, known)


def _choice(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if len(picked) != 1 or picked[0] is None:
        return _not_an_option(key, value)
    return _right(key) if picked[0] == key.right else _wrong(key, _known(key, lambda w: w.answer == picked[0]))


def _choices(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if None in picked:
        return _not_an_option(key, value)
    right, chosen = set(key.right), set(picked)
    if chosen == right:
        return _right(key)
    known = _known(key, lambda w: not w.includes and set(w.answer) == chosen)
    if known:
        return _wrong(key, known)
    known = _known(key, lambda w: w.includes and w.answer in chosen)
    return _share(key, (len(chosen & right) - len(chosen - right)) / len(right), known)


def _order(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if None in picked:
        return _not_an_option(key, value)
    return _right(key) if picked == key.right else _wrong(key, _known(key, lambda w: w.answer == picked))


def _classify(key: Key, value: Any) -> Verdict:
    if not isinstance(value, dict):
        return refuse(key.id, key.points, "kind")
    cards, groups = _options(key.cards, list(value)), _options(key.groups, list(value.values()), blank=True)
    if None in cards or None in groups:
        return _not_an_option(key, value)
    classes = {card: group for card, group in zip(cards, groups, strict=True) if group}
    if classes == key.right:
        return _right(key)
    known = _known(key, lambda w: w.answer == classes)
    if known:
        return _wrong(key, known)
    return _share(key, sum(classes.get(card) == group for card, group in key.right.items()) / len(key.right), [])


def _function(key: Key, value: Any) -> Verdict:
    from jissho.teach.bundle import decode

    inputs = decode(key.inputs)
    if not isinstance(value, list) or len(value) != len(inputs):
        return refuse(key.id, key.points, "malformed")
    if key.criterion is None:
        if same(value, decode(key.right), key.tolerance):
            return _right(key)
        return _wrong(key, _known(key, lambda w: same(value, decode(w.answer), key.tolerance)))
    try:
        label = fault(key.criterion, inputs, value)
    except Exception:  # a criterion may meet any shape: what it cannot look at is not the shape asked for
        return refuse(key.id, key.points, "kind")
    return _wrong(key, _known(key, lambda w: w.label == label)) if label else _right(key)


JUDGES: dict[str, Callable[[Key, Any], Verdict]] = {
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "order": _order,
    "classify": _classify,
    "function": _function,
}


def _right(key: Key) -> Verdict:
    return Verdict(key.id, key.points, key.points, "right", RIGHT)


def _known(key: Key, matches: Callable[[KnownWrong], bool]) -> list[KnownWrong]:
    return [wrong for wrong in key.wrong if matches(wrong)]


def _wrong(key: Key, known: list[KnownWrong]) -> Verdict:
    return Verdict(key.id, 0.0, key.points, "wrong", _sentences(known) or AGAIN, known[0].because if known else "")


def _share(key: Key, share: float, known: list[KnownWrong]) -> Verdict:
    """Partial credit where the item gives it, else 0; the sentences of the known wrong parts either way."""
    points = round(max(0.0, share) * key.points, 2) if key.partial else 0.0
    if not points:
        return _wrong(key, known)
    said = _sentences(known)
    return Verdict(
        key.id,
        points,
        key.points,
        "partial",
        f"{PARTIAL}\n{said}" if said else PARTIAL,
        known[0].because if known else "",
    )


def _sentences(known: list[KnownWrong]) -> str:
    return "\n".join(f"{w.say}\n（{w.because} {w.words}）" if w.words else w.say for w in known)


def _not_an_option(key: Key, value: Any) -> Verdict:
    return refuse(key.id, key.points, "kind", f"選択肢にない答えです: 「{_quoted(value)}」")


def _quoted(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED] + "…"


def _readings(value: Any, unit: str) -> list[float]:
    """Readings of a numeric answer in base unit, the one in the item's unit first; none when it is no number."""
    from jissho.teach.normalise import parse_number

    if isinstance(value, str):
        return parse_number(value, unit)
    return parse_number(repr(float(value)), unit) if is_number(value) else []


def _options(options: list[str], value: Any, blank: bool = False) -> list[str | None]:
    """The options an answer names, by text or by label (ア イ ウ …); None for what is no option."""
    from jissho.teach.normalise import normalise_choice

    known = {normalise_choice(label): option for label, option in zip(LABELS, options, strict=False)}
    known |= {normalise_choice(option): option for option in options}
    if isinstance(value, str):
        whole = normalise_choice(value) in known
        value = (
            [value]
            if whole
            else [part for part in value.replace("，", "、").replace(",", "、").split("、") if part.strip()]
        )
    if not isinstance(value, (list, tuple, set, frozenset)):
        return [None]
    found = []
    for one in value:
        if blank and _is_blank(one):
            found.append("")
        else:
            found.append(known.get(normalise_choice(one)) if isinstance(one, str) else None)
    return found


def _error_of(raw: Any) -> tuple[str, str] | None:
    """Kind and detail when the bundle's value is an error kind."""
    if isinstance(raw, dict) and isinstance(raw.get("error"), str):
        kind = raw["error"] if raw["error"] in REFUSALS else "malformed"
        return kind, str(raw.get("message", ""))
    return None

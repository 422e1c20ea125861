"""The judge: from a bundle of values to a verdict. Pure, in milliseconds, and suspicious of everything it is given.

A message never contains the right value; what a participant wrote is only quoted (the page escapes it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from jissho.bundle import ERRORS, LIMIT, VERSION, Failure, decode, size
from jissho.errors import AnswerError, ContentError
from jissho.normalise import is_blank, normalise_choice, parse_number
from jissho_kit.grading.keys import AlsoRight, Key, KnownWrong, criterion_named, fault
from jissho_kit.grading.plan import PlanError, Unmet, read_plan, unmet
from jissho_kit.grading.values import close, same

State = Literal["right", "partial", "wrong", "blank", "error", "manual"]
RIGHT = "正解です。"
BLANK = "未解答です。"
AGAIN = "もう一度。データと計算の手順を確かめてください。"
PARTIAL = "一部が正解です。残りをもう一度見直してください。"
MANUAL = "講師が読んで採点します。"
MOST_QUOTED = 60  # letters of a participant's text inside a message
MOST_SHOWN = 300  # letters of the answer shown beside it
MOST_CHOSEN = 100  # options, cards or groups that an answer may name
KINDS = {"function": ("probe", "error")}  # of bundle, by kind of item
ANSWER_KINDS = ("answer", "error")
LABELS = "アイウエオカキクケコサシスセソタチツテト"

# Reasons a hand-in cannot be judged, besides those of jissho.bundle. {detail} quotes the participant.
REFUSALS = {
    "no-file": "回答ファイル（回答.json）がありません。ノートブックと同じ場所の 回答.json も一緒に提出してください。",
    "bad-file": "回答ファイル（回答.json）を読めません。手で書き換えずに、もう一度答えを記録して提出してください。",
    "no-bundle": "採点用の記録がありません。この問のセルがエラーなく動くか、上から順に動かして確かめてください。{detail}",
    "two-bundles": "採点用の記録が二つ以上あります。採点用のセルは書き換えずに提出してください。",
    "other-id": "採点用の記録の番号が、この問のものではありません。採点用のセルは書き換えずに提出してください。",
    "malformed": "採点用の記録の形が違います。採点用のセルは書き換えずに提出してください。",
    "too-big": "答えが大きすぎます。聞かれている値だけを入れてください。",
    "not-a-number": "数として読めません: 「{detail}」",
    "not-an-option": "選択肢にない答えです: 「{detail}」",
    "kind": "答えの種類が違います。聞かれている形（数・選択肢・一覧など）で入れてください。",
    "bad-plan": "計画書を読めません（{detail}）。「項目名: 内容」を一行に一つずつ書いてください。",
    "raised": "関数を動かすとエラーになりました: {detail}",
    "unknown-cell": "この講座の採点表にない採点セルです。0点にしました。",
}


@dataclass(frozen=True)
class Verdict:
    """Outcome of one item. ``because``: id of the misconception or slip, or kind of error; ``answer``: what was read."""

    item: str
    points: float
    max: float
    state: State
    message: str
    because: str = ""
    answer: str = ""

    def as_dict(self) -> dict:
        """As plain values."""
        return asdict(self)


def refuse(item: str, max: float, kind: str, detail: str = "") -> Verdict:
    """Verdict of a hand-in that cannot be judged: 0 points, and the reason named (``REFUSALS``, ``bundle.ERRORS``)."""
    said = (REFUSALS.get(kind) or ERRORS[kind]).replace("{detail}", _quoted(detail))
    return Verdict(item, 0.0, max, "error", said, kind)


def judge(key: Key, bundle: Any) -> Verdict:
    """Verdict on a bundle (``jissho.bundle``) as it came out of the participant's process.

    Never raises for anything in ``bundle``: what cannot be read is 0 points with the reason.
    """
    if bundle is None and key.kind == "text":
        return Verdict(key.id, 0.0, key.points, "manual", MANUAL)
    if bundle is None:
        return refuse(key.id, key.points, "no-bundle")
    problem = _problem(key, bundle)
    if problem:
        return refuse(key.id, key.points, problem)
    try:
        value = decode(bundle["value"])
    except AnswerError:
        return refuse(key.id, key.points, "malformed")
    failure = _failure(value)
    if failure:
        detail = f"{failure.type}: {failure.message}" if failure.type else ""
        return refuse(key.id, key.points, failure.kind, detail)
    if _is_blank(value):
        return _blank(key)
    try:
        verdict = JUDGES[key.kind](key, value)
    except ContentError:  # a key whose criterion is gone is ours to mend, not the participant's
        raise
    except Exception:  # a value of a shape that nobody thought of is not the shape asked for
        return refuse(key.id, key.points, "kind")
    verdict = replace(verdict, answer="" if key.kind == "function" else _quoted(_written(value), MOST_SHOWN))
    return verdict if key.names_wrong or not names_wrong(verdict.as_dict()) else _unnamed(verdict)


def names_wrong(verdict: Mapping[str, Any]) -> bool:
    """Whether a verdict (as plain values) says more of a wrong answer than that it is not right yet."""
    return verdict["state"] in ("wrong", "partial") and verdict["message"] not in (AGAIN, PARTIAL)


def _unnamed(verdict: Verdict) -> Verdict:
    return replace(verdict, message=AGAIN if verdict.state == "wrong" else PARTIAL, because="")


def _blank(key: Key) -> Verdict:
    return Verdict(key.id, 0.0, key.points, "blank", BLANK)


def _problem(key: Key, bundle: Any) -> str:
    if not isinstance(bundle, dict) or not {"v", "item", "value"} <= set(bundle) or bundle["v"] != VERSION:
        return "malformed"
    if bundle["item"] != key.id:
        return "other-id"
    if bundle.get("kind") not in KINDS.get(key.kind, ANSWER_KINDS):
        return "malformed"
    try:
        return "too-big" if size(bundle["value"]) > LIMIT else ""
    except (TypeError, ValueError, RecursionError):
        return "malformed"


def _failure(value: Any) -> Failure | None:
    """The failure in a value, or the first among a function's results."""
    found = value if isinstance(value, list) else [value]
    return next((one for one in found if isinstance(one, Failure)), None)


def _is_blank(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_blank(one) for one in value.values())
    if isinstance(value, (list, tuple, set)):
        return all(_is_blank(one) for one in value)
    return is_blank(value)


def _number(key: Key, value: Any) -> Verdict:
    readings = [reading for reading, _ in parse_number(value, key.unit)]
    if not readings:
        return refuse(key.id, key.points, "not-a-number" if isinstance(value, str) else "kind", str(value))
    first, *others = readings
    if right := _hit(key, lambda answer: close(first, answer, key.tolerance)):
        return _right(key, right)
    known = _known(key, lambda w: close(first, w.answer, key.tolerance))
    if known:
        return _wrong(key, known)
    known = _known(key, lambda w: any(close(other, w.answer, key.tolerance) for other in others))
    right = _hit(key, lambda answer: any(close(other, answer, key.tolerance) for other in others))
    return _right(key, right) if right and not known else _wrong(key, known)


def _choice(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if len(picked) != 1 or picked[0] is None:
        return _not_an_option(key, value)
    return _right_or_known(key, lambda answer: answer == picked[0])


def _choices(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if None in picked:
        return _not_an_option(key, value)
    chosen = set(picked)
    if right := _hit(key, lambda answer: set(answer) == chosen):
        return _right(key, right)
    known = _known(key, lambda w: not w.includes and set(w.answer) == chosen)
    if known:
        return _wrong(key, known)
    known = _known(key, lambda w: w.includes and w.answer in chosen)
    shares = [(len(chosen & one) - len(chosen - one)) / len(one) for one in (set(r.answer) for r in key.rights)]
    return _share(key, max(shares), known)


def _order(key: Key, value: Any) -> Verdict:
    picked = _options(key.options, value)
    if None in picked:
        return _not_an_option(key, value)
    return _right_or_known(key, lambda answer: answer == picked)


def _classify(key: Key, value: Any) -> Verdict:
    if not isinstance(value, dict) or len(value) > MOST_CHOSEN:
        return refuse(key.id, key.points, "kind")
    cards, groups = _options(key.cards, list(value)), _options(key.groups, list(value.values()), blank=True)
    if None in cards or None in groups:
        return _not_an_option(key, value)
    classes = {card: group for card, group in zip(cards, groups, strict=True) if group}
    if right := _hit(key, lambda answer: answer == classes):
        return _right(key, right)
    known = _known(key, lambda w: w.answer == classes)
    if known:
        return _wrong(key, known)
    shares = [sum(classes.get(card) == group for card, group in r.answer.items()) / len(r.answer) for r in key.rights]
    return _share(key, max(shares), [])


def _function(key: Key, value: Any) -> Verdict:
    inputs = decode(key.inputs)
    if not isinstance(value, list) or len(value) != len(inputs):
        return refuse(key.id, key.points, "malformed")
    if key.criterion is None:
        return _right_or_known(key, lambda answer: same(value, decode(answer), key.tolerance))
    criterion_named(key.criterion)
    label = fault(key.criterion, inputs, value)
    return _wrong(key, _known(key, lambda w: w.label == label)) if label else _right(key)


def _plan(key: Key, value: Any) -> Verdict:
    try:
        filled = read_plan(key.form, value)
    except PlanError as error:
        return refuse(key.id, key.points, error.kind, str(error))
    if not filled:
        return _blank(key)
    broken = unmet(key.form, filled, key.given)
    return _wrong_plan(key, broken) if broken else _right(key)


def _wrong_plan(key: Key, broken: list[Unmet]) -> Verdict:
    """Points of the met requirements, the sentences of the known faults, a reason for each other unmet requirement."""
    labels = {one.label for one in broken}
    known = _known(key, lambda w: set(w.labels) <= labels)
    # A fault that is part of another one found is said by that one.
    known = [one for one in known if not any(set(one.labels) < set(other.labels) for other in known)]
    points = min([key.points - sum(one.points for one in broken), *(w.most for w in known if w.most is not None)])
    said = {label for w in known for label in w.labels}
    reasons = [f"{one.name}：{one.say}" for one in broken if one.label not in said]
    met = len(key.form.requirements()) - len(broken)
    lines = [f"{len(key.form.requirements())}項目のうち{met}項目がそろっています。", _sentences(known), *reasons]
    return Verdict(
        key.id,
        max(0.0, round(points, 2)),
        key.points,
        "partial" if points > 0 else "wrong",
        "\n".join(line for line in lines if line),
        known[0].because if known else "",
    )


def _text(key: Key, value: Any) -> Verdict:
    if not isinstance(value, str):
        return refuse(key.id, key.points, "kind")
    return Verdict(key.id, 0.0, key.points, "manual", MANUAL)


JUDGES: dict[str, Callable[[Key, Any], Verdict]] = {
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "order": _order,
    "classify": _classify,
    "function": _function,
    "plan": _plan,
    "text": _text,
}


def _hit(key: Key, matches: Callable[[Any], bool]) -> AlsoRight | None:
    """The right answer that matches, if one does."""
    return next((one for one in key.rights if matches(one.answer)), None)


def _right(key: Key, hit: AlsoRight | None = None) -> Verdict:
    return Verdict(key.id, key.points, key.points, "right", RIGHT + (hit.note if hit else ""))


def _right_or_known(key: Key, matches: Callable[[Any], bool]) -> Verdict:
    """Full points for a right answer that matches, else the verdict on the known wrong ones that do."""
    right = _hit(key, matches)
    return _right(key, right) if right else _wrong(key, _known(key, lambda w: matches(w.answer)))


def _known(key: Key, matches: Callable[[KnownWrong], bool]) -> list[KnownWrong]:
    return [wrong for wrong in key.wrong if matches(wrong)]


def _wrong(key: Key, known: list[KnownWrong]) -> Verdict:
    """0, or the points that the known wrong answer is worth."""
    points = min((one.points for one in known), default=0.0)
    state = "partial" if points else "wrong"
    return Verdict(key.id, points, key.points, state, _sentences(known) or AGAIN, known[0].because if known else "")


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
    return "\n".join(f"{w.say}\n（よくあるつまずき {w.because}「{w.words}」）" if w.words else w.say for w in known)


def _not_an_option(key: Key, value: Any) -> Verdict:
    return refuse(key.id, key.points, "not-an-option", str(value))


def _written(value: Any) -> str:
    """A participant's answer in one line."""
    if isinstance(value, dict):
        return "、".join(f"{card}→{_written(group)}" for card, group in value.items())
    if isinstance(value, (list, tuple, set)):
        return "、".join(map(_written, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _quoted(value: Any, most: int = MOST_QUOTED) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[:most] + "…"


def _options(options: list[str], value: Any, blank: bool = False) -> list[str | None]:
    """The options an answer names, by text or by label (ア イ ウ …); None for what is no option."""
    known = {normalise_choice(label): option for label, option in zip(LABELS, options, strict=False)}
    known |= {normalise_choice(option): option for option in options}
    if isinstance(value, str):
        whole = normalise_choice(value) in known
        value = (
            [value]
            if whole
            else [part for part in value.replace("，", "、").replace(",", "、").split("、") if part.strip()]
        )
    if not isinstance(value, (list, tuple, set, frozenset)) or len(value) > MOST_CHOSEN:
        return [None]
    found = []
    for one in value:
        if blank and _is_blank(one):
            found.append("")
        else:
            found.append(known.get(normalise_choice(one)) if isinstance(one, str) else None)
    return found

"""Plans (計画書): a form with named fields, each with what is required of it, and rules across fields.

A plan arrives as a mapping (from a form or a dict) or as text of lines ``項目名: 内容`` (YAML). Text is read as data only:
as events of limited number and depth, without aliases, anchors, tags or types of its own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from jissho.normalise import is_blank, normalise_choice, parse_number
from jissho_kit.grading import formula
from jissho_kit.grading._model import Strict

MOST_LETTERS = 20_000  # of a plan's text
MOST_EVENTS = 2_000
MOST_DEPTH = 4
MOST_READINGS = 64  # combinations of readings a rule is tried with
EMPTY_WORDS = {"なし", "ナシ", "無シ", "特ニナシ", "未定", "検討中", "不明", "後日", "?", "-", "ー", "n/a"}
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Limits a field may have, by the name of its key: whether a value keeps it, and what is said where the author says nothing.
LIMITS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "options": (lambda value, options: set(_parts(value)) <= {normalise_choice(one) for one in options},
                "決められた言葉から選んでください。"),
    "min": (operator.ge, "小さすぎます。"),
    "max": (operator.le, "大きすぎます。"),
    "above": (operator.gt, "小さすぎます。"),
    "below": (operator.lt, "大きすぎます。"),
    "whole": (lambda value, whole: not whole or value == int(value), "整数で書いてください。"),
    "min_length": (lambda value, least: len(re.sub(r"\s", "", value)) >= least, "もう少し具体的に書いてください。"),
    "words": (lambda value, words: any(_plain(word) in _plain(value) for word in words), "大事な言葉が足りません。"),
    "avoid": (lambda value, words: all(_plain(word) not in _plain(value) for word in words),
              "あいまいな言葉が入っています。"),
}  # fmt: skip
FITS = {  # limits that a field of each type may have
    "text": {"min_length", "words", "avoid"},
    "number": {"min", "max", "above", "below", "whole"},
    "date": set(),
    "choice": {"options"},
    "choices": {"options"},
}
MISSING, UNREADABLE = "missing", "unreadable"
SAID = {
    MISSING: "書かれていません。",
    UNREADABLE: "{type}として読めません。",
} | {name: said for name, (_, said) in LIMITS.items()}
TYPES = {"text": "文", "number": "数", "date": "日付（例: 2026-04-01）", "choice": "選択肢", "choices": "選択肢"}


class PlanField(Strict):
    """One field of a plan.

    Parameters
    ----------
    name : str
        As it is written before the colon; ``also`` are other names it may have.
    type : text, number, date, choice or choices
    unit : str
        Of a number; a bare number is read in it. Limits are in base units (a share for %, yen for 万円).
    min, max, above, below : float, optional
        Closed and open limits of a number; ``whole``: no fraction.
    min_length : int, optional
        Letters of a text, without blanks.
    words, avoid : list of str
        A text has at least one of ``words`` and none of ``avoid``.
    options : list of str, optional
        What a choice, or choices, are taken from.
    optional : bool
        May be left out; what is written must still keep the limits.
    points : float
        Earned when the field is there and keeps all its limits.
    say : str
        Said when it does not; by default a plain reason, without the limit itself.
    """

    name: str = Field(min_length=1)
    also: list[str] = []
    type: Literal["text", "number", "date", "choice", "choices"] = "text"
    unit: str = ""
    options: list[str] | None = None
    min: float | None = None
    max: float | None = None
    above: float | None = None
    below: float | None = None
    whole: bool | None = None
    min_length: int | None = Field(default=None, gt=0)
    words: list[str] | None = None
    avoid: list[str] | None = None
    optional: bool = False
    points: float = Field(default=1.0, ge=0)
    say: str = ""

    @property
    def limits(self) -> dict[str, Any]:
        """The field's limits by name, in the order they are looked at."""
        return {name: limit for name in LIMITS if (limit := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _limits_fit(self) -> PlanField:
        wrong = sorted(set(self.limits) - FITS[self.type])
        if wrong:
            raise ValueError(f"項目「{self.name}」の種類 {self.type} では使えないキーです: {'・'.join(wrong)}")
        if self.type.startswith("choice") and not self.options:
            raise ValueError(f"項目「{self.name}」に options がありません")
        return self


class PlanRule(Strict):
    """A rule across fields: ``holds`` is a formula (see :mod:`jissho_kit.grading.formula`) over fields and given names."""

    name: str = Field(min_length=1)
    holds: str
    points: float = Field(default=1.0, ge=0)
    say: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_formula(self) -> PlanRule:
        formula.parse(self.holds)
        return self


class PlanForm(Strict):
    """What a plan must have. ``given``: names in rules that stand for a named result of the course's data."""

    fields: list[PlanField] = Field(min_length=1)
    rules: list[PlanRule] = []
    given: dict[str, str] = {}

    @property
    def points(self) -> float:
        """All points of the form."""
        return sum(one.points for one in (*self.fields, *self.rules))

    @model_validator(mode="after")
    def _names_are_known(self) -> PlanForm:
        requirements = [one.name for one in (*self.fields, *self.rules)]
        written = [normalise_choice(name) for field in self.fields for name in (field.name, *field.also)]
        if len(set(requirements)) < len(requirements) or len(set(written)) < len(written):
            raise ValueError("計画書の項目か決まりの名前が二度使われています")
        numeric = {field.name for field in self.fields if field.type in ("number", "date")}
        for rule in self.rules:
            strange = formula.names(rule.holds) - numeric - set(self.given)
            if strange:
                raise ValueError(
                    f"決まり「{rule.name}」の式に、数の項目でも given でもない名前があります: {'・'.join(sorted(strange))}"
                )
        return self

    def requirements(self) -> list[str]:
        """Names of all fields and rules."""
        return [one.name for one in (*self.fields, *self.rules)]


@dataclass(frozen=True)
class Unmet:
    """A requirement that a plan does not meet: its name, the limit it breaks, the points lost, and the reason."""

    name: str
    limit: str
    points: float
    say: str

    @property
    def label(self) -> str:
        """By which known wrong plans are told apart."""
        return f"{self.name}:{self.limit}"


class PlanError(Exception):
    """A plan that cannot be read; ``kind`` is a refusal of the judge, the message its detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        self.kind = kind
        super().__init__(detail)


def read_plan(form: PlanForm, value: Any) -> dict[str, Any]:
    """What is written in each field of the form, as it was written; empty ones are left out.

    Parameters
    ----------
    form : PlanForm
    value : mapping or str
        Fields by name, or text of lines ``項目名: 内容``. Fields may stand below headings; unknown names are ignored.

    Raises
    ------
    PlanError
        Neither of the two, too long, or no such text.
    """
    if isinstance(value, str):
        value = _read_text(form, value)
    if not isinstance(value, Mapping):
        raise PlanError("kind")
    names = {normalise_choice(name): field.name for field in form.fields for name in (field.name, *field.also)}
    found: dict[str, Any] = {}
    for name, written in _entries(value, names):
        if not _is_empty(written):
            found.setdefault(names[name], written)
    return found


def _entries(value: Mapping, names: Mapping[str, str], depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, written in value.items():
        known = normalise_choice(name)
        if known in names:
            yield known, written
        elif isinstance(written, Mapping) and depth < MOST_DEPTH:
            yield from _entries(written, names, depth + 1)


def _is_empty(written: Any) -> bool:
    if isinstance(written, (list, tuple, set)):
        return all(map(_is_empty, written))
    return is_blank(written) or (isinstance(written, str) and normalise_choice(written) in EMPTY_WORDS)


def unmet(form: PlanForm, filled: Mapping[str, Any], given: Mapping[str, float]) -> list[Unmet]:
    """Requirements that a plan does not meet, fields first; one each, by the first limit broken.

    Parameters
    ----------
    form : PlanForm
    filled : mapping of field to what is written
        See :func:`read_plan`.
    given : mapping of name to number
        For the rules.
    """
    readings = {field.name: _readings(field, filled[field.name]) for field in form.fields if field.name in filled}
    broken = [(field, _broken(field, readings.get(field.name))) for field in form.fields]
    found = [
        Unmet(field.name, limit, field.points, field.say or SAID[limit].format(type=TYPES[field.type]))
        for field, limit in broken
        if limit
    ]
    bad = {one.name for one in found}
    for rule in form.rules:
        used = formula.names(rule.holds) - set(given)
        limit = (
            MISSING
            if used & bad or not used <= set(readings)
            else ""
            if _holds(rule, used, readings, given)
            else "rule"
        )
        if limit:
            found.append(Unmet(rule.name, limit, rule.points, rule.say if limit == "rule" else _needs(used)))
    return found


def _needs(used: set[str]) -> str:
    return f"{'・'.join(sorted(used))} がそろうと確かめられます。"


def _broken(field: PlanField, readings: list | None) -> str:
    """Name of the limit that no reading keeps ("" when some reading keeps all)."""
    if readings is None:
        return "" if field.optional else MISSING
    if not readings:
        return UNREADABLE
    faults = [next((name for name in field.limits if not _keeps(field, name, value)), "") for value in readings]
    return "" if "" in faults else faults[0]


def _keeps(field: PlanField, name: str, value: Any) -> bool:
    return LIMITS[name][0](value, field.limits[name])


def _holds(rule: PlanRule, used: set[str], readings: Mapping[str, list], given: Mapping[str, float]) -> bool:
    """Whether the rule holds in some reading of the numbers (5 may be 5% or 500%)."""
    names = sorted(used)
    combinations = itertools.islice(itertools.product(*(readings[name] for name in names)), MOST_READINGS)
    return any(formula.holds(rule.holds, {**given, **dict(zip(names, values, strict=True))}) for values in combinations)


def _readings(field: PlanField, written: Any) -> list:
    """All readings of what is written in a field, those that keep its limits only where there are such; [] for none."""
    found = READERS[field.type](field, written)
    fitting = [value for value in found if all(_keeps(field, name, value) for name in field.limits)]
    return fitting or found


def _text(_: PlanField, written: Any) -> list[str]:
    if isinstance(written, (list, tuple)) and all(isinstance(one, (str, int, float)) for one in written):
        return ["、".join(map(str, written))]
    return [str(written)] if isinstance(written, (str, int, float)) and not isinstance(written, bool) else []


def _number(field: PlanField, written: Any) -> list[float]:
    return [value for value, _ in parse_number(written, field.unit)]


def _date(_: PlanField, written: Any) -> list[float]:
    if isinstance(written, dt.date):
        return [float(written.toordinal())]
    numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", written)) if isinstance(written, str) else []
    try:
        return [float(dt.date(*map(int, numbers)).toordinal())] if len(numbers) == 3 and len(numbers[0]) == 4 else []
    except (ValueError, OverflowError):
        return []


def _choice(_: PlanField, written: Any) -> list[str]:
    return [written] if isinstance(written, str) and len(_parts(written)) == 1 else []


def _choices(_: PlanField, written: Any) -> list[str]:
    parts = written if isinstance(written, (list, tuple, set)) else [written]
    return ["、".join(sorted(parts))] if all(isinstance(one, str) for one in parts) else []


READERS: dict[str, Callable[[PlanField, Any], list]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
}


def _parts(text: str) -> list[str]:
    return [normalise_choice(part) for part in re.split(r"[、,，・]", text) if part.strip()]


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def _read_text(form: PlanForm, text: str) -> Any:
    if len(text) > MOST_LETTERS:
        raise PlanError("too-big")
    text = text.replace("\t", "  ").replace("\u3000", " ")
    try:
        found = _load(text)
    except PlanError as error:
        if error.kind != "bad-plan":
            raise
        return _load(_quoted_lines(form, text))
    # "目的：再現率" with a wide colon, or none of a blank behind it, is plain text to YAML.
    return found if isinstance(found, dict) else _load(_quoted_lines(form, text))


def _quoted_lines(form: PlanForm, text: str) -> str:
    """The text with every line that begins with a field's name as ``name: "rest"``."""
    names = sorted((name for field in form.fields for name in (field.name, *field.also)), key=len, reverse=True)
    line = re.compile(rf"^\s*(?:[-・]\s*)?({'|'.join(map(re.escape, names))})\s*[:：=＝][ ]*(.*?)(?:\s#.*)?$", re.M)
    return line.sub(lambda found: f"{found[1]}: {_quote(found[2])}", text)


def _quote(rest: str) -> str:
    if not rest or rest[0] in "\"'[|>":
        return rest
    escaped = rest.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Events:
    """Events of a YAML text, not more than a plan can have."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_Loader)
        self._left = MOST_EVENTS

    def next(self) -> yaml.Event:
        self._left -= 1
        if self._left < 0:
            raise PlanError("too-big")
        return next(self._events)


def _load(text: str) -> Any:
    """YAML as text, lists and dicts, from its events: nothing is resolved, and a bomb ends the reading.

    Raises
    ------
    PlanError
        Not YAML (``bad-plan``, with the line), a name written twice, or more than a plan can be (``too-big``).
    """
    events = _Events(text)
    try:
        while not isinstance(event := events.next(), (yaml.NodeEvent, yaml.StreamEndEvent)):
            pass
        return _node(event, events, 0) if isinstance(event, yaml.NodeEvent) else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PlanError("bad-plan", f"{mark.line + 1}行目のあたり" if mark else "使えない文字") from None
    except ValueError:  # half a character
        raise PlanError("bad-plan", "使えない文字") from None


def _node(event: yaml.Event, events: _Events, depth: int) -> Any:
    line = f"{event.start_mark.line + 1}行目"
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag not in (None, "!"):
        raise PlanError("bad-plan", f"{line}の & * ! の記号")
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if depth >= MOST_DEPTH:
        raise PlanError("too-big")
    nodes = []
    while not isinstance(inner := events.next(), yaml.CollectionEndEvent):
        nodes.append(_node(inner, events, depth + 1))
    if isinstance(event, yaml.SequenceStartEvent):
        return nodes
    names = nodes[::2]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise PlanError("bad-plan", f"{line}から始まる部分に、同じ項目名が二つ")
    return dict(zip(names, nodes[1::2], strict=True))

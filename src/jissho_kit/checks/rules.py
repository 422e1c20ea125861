"""Rules on the tax and subsidy rules (``curriculum/rules/*.yml``): readable, in force on some day, and true to their examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import yaml

from jissho.errors import ContentError, JisshoError
from jissho.rules import BASES, Program, judge, load_rules
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._subjects import File

STEP = " › "  # between the parts of a place in an error of jissho.rules


def readable(file: File) -> Iterator[Fault]:
    """Every line says its rule, its basis and a text, looks at what there is, and holds what the engine knows."""
    try:
        load_rules(file.path)
    except ContentError as error:
        name, *steps = error.where.split(STEP)
        if not steps:
            raise
        line = _line(Path(name), [word for step in steps for word in step.split(".")])
        yield Fault(file.path, line, detail=f"{error.what}（{STEP.join(steps)}）", mend=error.mend)


def in_force_on_some_day(file: File) -> Iterator[Fault]:
    for program in _programs(file):
        place = ["programs", program.id, "valid"]
        for number, line in enumerate(program.valid, 1):
            if line.since and line.until and line.since > line.until:
                yield Fault(file.path, _line(file.path, [*place, str(number)]), program.id, "from が until より後です")
        for basis in BASES:
            since, until = _period(program, basis)
            if since > until:
                yield Fault(
                    file.path, _line(file.path, place), program.id, f"使える日が一日もありません（--basis {basis}）"
                )


def _period(program: Program, basis: str) -> tuple[date, date]:
    """First and last day on which no line without an exception stands in the way."""
    lines = [line for line in program.under(basis).valid if not line.unless]
    since = max((line.since for line in lines if line.since), default=date.min)
    return since, min((line.until for line in lines if line.until), default=date.max)


def true_to_its_examples(file: File) -> Iterator[Fault]:
    for program in _programs(file):
        place = ["programs", program.id]
        if not program.examples:
            yield Fault(file.path, _line(file.path, place), program.id, "examples がありません")
        for number, example in enumerate(program.examples, 1):
            if came_out := _another_answer(program, example):
                line = _line(file.path, [*place, "examples", str(number)])
                yield Fault(file.path, line, program.id, f"{number}番目の例の答えは{came_out}です")


def _another_answer(program: Program, example) -> str:
    """What comes out instead of what the example says; "" where it is the same."""
    try:
        answer = judge({**example.case, "program": program.id}, rules={program.id: program})
    except JisshoError as error:
        return f"「{error.what}」"
    if (answer["verdict"], answer["amount_yen"]) == (example.verdict, example.amount_yen):
        return ""
    amount = "額なし" if answer["amount_yen"] is None else f"{answer['amount_yen']:,}円"
    return f"「{answer['verdict']}、{amount}」"


def _programs(file: File) -> list[Program]:
    """Those of the file; what cannot be read is told by the first rule."""
    try:
        return list(load_rules(file.path).values())
    except ContentError:
        return []


def _line(path: Path, steps: Sequence[str]) -> int:
    """Line (from 1) of a place in a YAML file: keys, and numbers (from 1) in a sequence; as near as it gets."""
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    line = 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            key, node = next(((key, value) for key, value in node.value if key.value == step), (None, None))
            line = key.start_mark.line + 1 if key else line
        elif isinstance(node, yaml.SequenceNode) and re.fullmatch(r"\d+", step) and int(step) <= len(node.value):
            node = node.value[int(step) - 1]
            line = node.start_mark.line + 1
    return line


RULES = (
    Rule(
        "rules-line",
        "rules",
        "制度のファイルに、読めない所があります",
        "CONTRIBUTING.md の「制度を足す」の例と見比べてください。",
        readable,
    ),
    Rule(
        "rules-period",
        "rules",
        "制度の期間が合いません",
        "valid の from と until を、資料の日付と見比べてください。",
        in_force_on_some_day,
    ),
    Rule(
        "rules-example",
        "rules",
        "制度の例（examples）が、規則と合いません",
        "規則の行か、例の verdict と amount_yen を直してください。例は一つの制度に一つ以上書きます。",
        true_to_its_examples,
    ),
)

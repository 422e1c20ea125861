"""A case read for its programme, and whether a line's tests hold for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from jissho.errors import DataError, UsageError
from jissho.rules._load import load_rules
from jissho.rules._model import BASES, Line, Program, Ref, Test
from jissho.rules._values import Facts, Growth, Null, read_date, read_facts, shown

ASSUMED = "仮定"


@dataclass(frozen=True)
class Finding:
    """What one line says about the case. ``holds``: True, False, or None where that is not known."""

    holds: bool | None
    rule: str
    basis: str
    text: str

    def reason(self) -> dict[str, str]:
        return {"rule": self.rule, "text": self.text, "basis": self.basis}


@dataclass(frozen=True)
class Case:
    """A case read for a programme. ``units``: the facts of each member, or of the case itself."""

    program: Program
    basis: str
    given: Mapping
    facts: Facts
    members: list[tuple[Mapping, Facts]]

    def units(self) -> list[Facts]:
        """Facts that amounts are computed from, one per payee."""
        if not self.program.member_inputs:
            return [self.facts]
        return [self.facts | facts for _, facts in self.members]


def read_case(case: Any, as_of: Any, basis: str, rules: Any) -> Case:
    """Check what was given and read it for its programme."""
    if not isinstance(basis, str) or basis not in BASES:
        raise UsageError(f"根拠「{shown(basis)}」は選べません。", "basis", f"選べるもの: {', '.join(BASES)}")
    if not isinstance(case, Mapping):
        mend = '{"program": "it_subsidy", …} のように書いてください。'
        raise DataError(f"ケースは「キー: 値」の組で書きます（{shown(case)}）。", "", mend)
    programs = load_rules(rules)
    name = case.get("program")
    if not isinstance(name, str) or name not in programs:
        what = f"制度「{shown(name)}」はありません。" if "program" in case else "制度の名前（program）がありません。"
        raise DataError(what, "program", f"使える名前: {', '.join(programs)}")
    program = programs[name].under(basis)
    given = dict(case) | {"as_of": _day(case, as_of)}
    if given["as_of"] is None:
        del given["as_of"]
    facts = read_facts(program.inputs, given)
    members = [
        (member, read_facts(program.member_inputs, member, f"{one.name}[{i}]."))
        for one in program.inputs.values()
        if one.type == "members"
        for i, member in enumerate(facts.get(one.name, []))
    ]
    return Case(program, basis, given, facts, members)


def _day(case: Mapping, as_of: Any) -> date | None:
    """The case's own day wins; both are looked at, so that a wrong one is told."""
    own, other = (None if day is None else read_date(day, "as_of") for day in (case.get("as_of"), as_of))
    return other if own is None else own


def convention(case: Case, holds: bool | None, rule: str, text: str) -> list[Finding]:
    """A convention of the engine's own, told where assumptions count."""
    return [Finding(holds, rule, ASSUMED, text)] if ASSUMED in BASES[case.basis] else []


def met(holds: bool | None) -> str:
    return "満たします。" if holds else "満たしません。"


# Conditions. True, False, or None where a key is missing or readings differ; False decides, however little is known.


def every(results: Iterable[bool | None]) -> bool | None:
    seen = set(results)
    return False if False in seen else None if None in seen else True


def holds_for(line: Line, facts: Facts) -> bool | None:
    """Whether a line's tests hold, or the exception that it allows."""
    held = every(meets(test, facts) for test in line.tests)
    if held or not line.unless:
        return held
    excepted = every(meets(test, facts) for test in line.unless)
    return True if excepted else None if excepted is None else held


def meets(test: Test, facts: Facts) -> bool | None:
    value, bound = facts.get(test.key), test.value
    if isinstance(bound, Ref):
        bound = facts.get(bound.key)
        if bound is None or bound is Null:
            return None
    if value is None:
        return None
    if test.op == "is":
        return value is Null if bound is None else value in bound if isinstance(bound, tuple) else value == bound
    if value is Null:
        return None
    if isinstance(value, Growth):
        return _grows(test, value, bound)
    return value >= bound if test.op == "at_least" else value <= bound


def _grows(test: Test, growth: Growth, bound: Fraction) -> bool | None:
    if growth.start <= 0:
        return None
    simple, compound = growth.readings(test.op, bound)
    return simple if simple == compound else None

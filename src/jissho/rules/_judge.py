"""Interpret a programme's lines for one case. No programme's numbers here: they are data."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from jissho.rules._amount import Amount, amount_of
from jissho.rules._case import Case, Finding, convention, every, holds_for, meets, met, read_case
from jissho.rules._load import Rules
from jissho.rules._model import Input, Line, Program, Test
from jissho.rules._values import Growth, Null, percent, shown, written

YES, NO, UNSURE = "可", "不可", "要確認"
VERDICTS = {True: YES, False: NO, None: UNSURE}


def judge(
    case: Mapping[str, Any],
    as_of: str | date | None = None,
    basis: str = "supplemented",
    rules: Rules | Mapping | str | Path | None = None,
) -> dict[str, Any]:
    """Whether a case is eligible, for how much, and why.

    Parameters
    ----------
    case : mapping
        ``program`` and the keys of that programme's ``inputs`` (``curriculum/rules/*.yml``). Money in yen, rates as
        ratios; a growth figure is a yearly rate or ``{"from", "to", "years"}``.
    as_of : date or "YYYY-MM-DD", optional
        Day of the judgement where the case has none of its own.
    basis : {"supplemented", "seed"}
        ``seed`` counts the lines that rest on the source document (資料) alone.
    rules : optional
        Programmes, as :func:`load_rules` takes them; by default those that come with the package.

    Returns
    -------
    dict
        ``verdict`` (可, 不可, 要確認), ``amount_yen`` (whole yen; None where not eligible or not known), ``breakdown``
        (``raw_yen``, ``cap_yen``, ``rate``, ``members_yen``, ``limit_yen``) and ``reasons`` (each with ``rule``, ``text`` and
        ``basis``; what stands in the way comes first). ``cap_yen`` is the cap of one payee (of several members the
        highest), ``limit_yen`` the most the whole case could receive.

    Raises
    ------
    DataError
        The case is nonsense: unknown programme, wrong type, negative, infinite or immense number.
    ContentError, UsageError
        The rules cannot be read; ``basis`` is unknown.
    """
    read = read_case(case, as_of, basis, rules)
    amount = amount_of(read)
    findings = [*_missing(read), *_conditions(read), *_doubts(read), *amount.findings]
    if amount.paid is None:
        findings += _undecided(findings, read)
    holds = every(finding.holds for finding in findings)
    if holds is False:
        # How much it would have been is beside the point now.
        findings = [finding for finding in findings if not (finding.holds and finding in amount.findings)]
        amount = Amount(None, amount.raw, amount.cap, None, amount.rate)
    elif (fixed := _fixed(read)) is not None:
        amount = Amount(fixed, amount.raw, amount.cap, fixed, amount.rate, findings=amount.findings)
    return {
        "verdict": VERDICTS[holds],
        "amount_yen": amount.paid,
        "breakdown": {
            "raw_yen": amount.raw,
            "cap_yen": amount.cap,
            "rate": None if amount.rate is None else str(amount.rate),
            "members_yen": amount.members,
            "limit_yen": amount.limit,
        },
        "reasons": _reasons(findings, read),
    }


def _missing(case: Case) -> list[Finding]:
    """Each key that a line looks at and that the case does not say, once, at the first such line."""
    program, found = case.program, {}
    for line in (*program.deciding(), *_base_lines(program)):
        for key in line.reads():
            for label, where, near in _lacking(case, key):
                found.setdefault(
                    where, Finding(None, line.rule, line.basis, f"「{where}」（{label}）が分かりません。{near}")
                )
    return list(found.values())


def _base_lines(program: Program) -> list[Line]:
    """The rates once more, as lines that look at what they are applied to; and the list of members."""
    looked_at = [program.base, *(one.name for one in program.inputs.values() if one.type == "members")]
    first = program.rates[0] if program.rates else None
    return [Line(first.rule, first.basis, first.text, of=key) for key in looked_at] if first else []


def _lacking(case: Case, key: str) -> Iterable[tuple[str, str, str]]:
    """Label, place and hint of a key wherever it is absent."""
    program = case.program
    if key in program.member_inputs:
        one, places = program.member_inputs[key], case.members
        for i, (given, facts) in enumerate(places):
            if key not in facts:
                yield one.label, f"{i + 1}者目の{key}", _near(one, given, program.member_inputs)
    elif key in program.inputs and key not in case.facts:
        one = program.inputs[key]
        yield one.label, key, _near(one, case.given, program.inputs)


def _near(one: Input, given: Mapping, known: Mapping[str, Input]) -> str:
    if one.name in given:
        return "空（null）になっています。確かめてから判定してください。"
    others = [key for key in given if isinstance(key, str) and key not in known]
    meant = difflib.get_close_matches(one.name, others, n=1)
    return f"「{shown(meant[0])}」は「{one.name}」のつもりですか。" if meant else "確かめてから判定してください。"


def _conditions(case: Case) -> list[Finding]:
    program, findings = case.program, []
    for line in (*program.valid, *program.conditions):
        findings += _condition(line, case)
    if program.member_inputs and any(
        one.type == "members" and one.name in case.facts for one in program.inputs.values()
    ):
        count = {"": Fraction(len(case.members))}
        for line in program.member_conditions:
            holds = holds_for(line, count)
            findings.append(
                Finding(holds, line.rule, line.basis, f"{line.text}参加者は{len(case.members)}者で、{met(holds)}")
            )
    return findings


def _condition(line: Line, case: Case) -> list[Finding]:
    holds = holds_for(line, case.facts)
    if holds is None:
        return _readings(line, case) or _open(line, case)
    tests = line.tests
    if holds and line.unless and not every(meets(test, case.facts) for test in line.tests):
        tests = line.unless
    keys = dict.fromkeys(test.key for test in tests)
    if any(case.facts.get(key) is Null for key in keys) and holds:
        return []
    said = "、".join(_said(case.program.inputs[key], case.facts[key]) for key in keys if key in case.facts)
    return [Finding(holds, line.rule, line.basis, f"{line.text}{said}で、{met(holds)}")]


def _said(one: Input, value: Any) -> str:
    return f"{one.label}は{written(one, value)}"


def _readings(line: Line, case: Case) -> list[Finding]:
    """What is to be said where a growth figure can be read in two ways; a missing key is told elsewhere."""
    if holds_for(line, case.facts) is not None:
        return []
    said = [
        Finding(None, line.rule, line.basis, line.text + _both(case.program.inputs[test.key].label, value, test))
        for test in line.tests
        if isinstance(value := case.facts.get(test.key), Growth) and meets(test, case.facts) is None
    ]
    return [*said, *convention(case, None, "Z2", "「年率」が単利か複利かは資料に記載がありません。")] if said else []


def _open(line: Line, case: Case) -> list[Finding]:
    """What is to be said where a null leaves a line open."""
    empty = [case.program.inputs[key].label for key in line.reads() if case.facts.get(key) is Null]
    asked = f"{'・'.join(empty)}が空（null）です。確かめてください。"
    return [Finding(None, line.rule, line.basis, f"{line.text}{asked}")] if empty else []


def _both(label: str, growth: Growth, test: Test) -> str:
    if growth.start <= 0:
        return f"{label}は、元の値が0以下なので伸び率を計算できません。確かめてください。"
    simple, compound = growth.readings(test.op, test.value)
    return (
        f"{label}は{growth.years}年間で、単利なら年{percent(growth.simple())}で、{met(simple)}"
        f"複利なら年{percent(growth.compound())}で、{met(compound)}解釈により異なるため、確かめてください。"
    )


def _doubts(case: Case) -> list[Finding]:
    """Lines that hold for the case (or for any member) and leave it to be confirmed; and rates that hang on a reading."""
    program = case.program
    doubts = [
        Finding(None, line.rule, line.basis, line.text)
        for line in program.doubts
        if any(holds_for(line, facts) for facts in case.units())
    ]
    lines = (*program.doubts, *program.rates, *program.caps, *program.raises)
    return doubts + [found for line in lines for found in _readings(line, case)]


def _undecided(findings: list[Finding], case: Case) -> list[Finding]:
    """Without an amount nothing is eligible: said here where nothing else has said why."""
    if every(finding.holds for finding in findings) is not True:
        return []
    line = case.program.rates[0]
    return [Finding(None, line.rule, line.basis, "この場合の率か上限が、規則からは決まりません。確かめてください。")]


def _fixed(case: Case) -> int | None:
    """The amount that a doubt sets."""
    for line in case.program.doubts:
        if line.yen is not None and any(holds_for(line, facts) for facts in case.units()):
            return int(line.yen)
    return None


def _reasons(findings: list[Finding], case: Case) -> list[dict[str, str]]:
    """What decides first, then what is open, then what is met, then the notes; each once."""
    order = [finding for holds in (False, None, True) for finding in findings if finding.holds is holds]
    notes = [
        Finding(True, line.rule, line.basis, f"注: {line.text}")
        for line in case.program.notes
        if any(holds_for(line, facts) for facts in case.units() or [case.facts])
    ]
    return [finding.reason() for finding in dict.fromkeys([*order, *notes])]

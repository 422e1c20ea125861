"""Interpret a programme's lines for one case. No programme's numbers here: they are data."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from jissho.errors import DataError, UsageError
from jissho.rules._load import Rules, load_rules
from jissho.rules._model import BASES, Input, Line, Program, Ref, Test
from jissho.rules._values import Facts, Growth, Null, percent, read_date, read_facts, shown, written, yen

ASSUMED = "仮定"
YES, NO, UNSURE = "可", "不可", "要確認"
VERDICTS = {True: YES, False: NO, None: UNSURE}


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
class Share:
    """What the case, or one member, may receive: whole yen; None where not known, ``cap`` also where there is none."""

    raw: int | None = None
    cap: int | None = None
    paid: int | None = None


@dataclass(frozen=True)
class Amount:
    """Yen of the whole case."""

    paid: int | None
    raw: int | None
    cap: int | None
    limit: int | None
    rate: Fraction | None
    members: list[int] | None = None
    findings: list[Finding] = field(default_factory=list)


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
    amount = _amount(read)
    findings = [*_missing(read), *_conditions(read), *_doubts(read), *amount.findings]
    holds = _every(finding.holds for finding in findings)
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


# Conditions. True, False, or None where a key is missing or readings differ; False decides, however little is known.


def _every(results: Iterable[bool | None]) -> bool | None:
    seen = set(results)
    return False if False in seen else None if None in seen else True


def _holds(line: Line, facts: Facts) -> bool | None:
    """Whether a line's tests hold, or the exception that it allows."""
    held = _every(_test(test, facts) for test in line.tests)
    if held or not line.unless:
        return held
    excepted = _every(_test(test, facts) for test in line.unless)
    return True if excepted else None if excepted is None else held


def _test(test: Test, facts: Facts) -> bool | None:
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
            holds = _holds(line, count)
            findings.append(
                Finding(holds, line.rule, line.basis, f"{line.text}参加者は{len(case.members)}者で、{_met(holds)}")
            )
    return findings


def _condition(line: Line, case: Case) -> list[Finding]:
    holds = _holds(line, case.facts)
    if holds is None:
        return _readings(line, case) or _open(line, case)
    tests = line.tests
    if holds and line.unless and not _every(_test(test, case.facts) for test in line.tests):
        tests = line.unless
    keys = dict.fromkeys(test.key for test in tests)
    if any(case.facts.get(key) is Null for key in keys) and holds:
        return []
    said = "、".join(_said(case.program.inputs[key], case.facts[key]) for key in keys if key in case.facts)
    return [Finding(holds, line.rule, line.basis, f"{line.text}{said}で、{_met(holds)}")]


def _said(one: Input, value: Any) -> str:
    return f"{one.label}は{written(one, value)}"


def _met(holds: bool | None) -> str:
    return "満たします。" if holds else "満たしません。"


def _readings(line: Line, case: Case) -> list[Finding]:
    """What is to be said where a growth figure can be read in two ways; a missing key is told elsewhere."""
    if _holds(line, case.facts) is not None:
        return []
    said = [
        Finding(None, line.rule, line.basis, line.text + _both(case.program.inputs[test.key].label, value, test))
        for test in line.tests
        if isinstance(value := case.facts.get(test.key), Growth) and _test(test, case.facts) is None
    ]
    return [*said, *_convention(case, None, "Z2", "「年率」が単利か複利かは資料に記載がありません。")] if said else []


def _open(line: Line, case: Case) -> list[Finding]:
    """What is to be said where a null leaves a line open."""
    empty = [case.program.inputs[key].label for key in line.reads() if case.facts.get(key) is Null]
    asked = f"{'・'.join(empty)}が空（null）です。確かめてください。"
    return [Finding(None, line.rule, line.basis, f"{line.text}{asked}")] if empty else []


def _convention(case: Case, holds: bool | None, rule: str, text: str) -> list[Finding]:
    """A convention of the engine's own, told where assumptions count."""
    return [Finding(holds, rule, ASSUMED, text)] if ASSUMED in BASES[case.basis] else []


def _both(label: str, growth: Growth, test: Test) -> str:
    if growth.start <= 0:
        return f"{label}は、元の値が0以下なので伸び率を計算できません。確かめてください。"
    simple, compound = growth.readings(test.op, test.value)
    return (
        f"{label}は{growth.years}年間で、単利なら年{percent(growth.simple())}で、{_met(simple)}"
        f"複利なら年{percent(growth.compound())}で、{_met(compound)}解釈により異なるため、確かめてください。"
    )


def _doubts(case: Case) -> list[Finding]:
    """Lines that hold for the case (or for any member) and leave it to be confirmed; and rates that hang on a reading."""
    program = case.program
    doubts = [
        Finding(None, line.rule, line.basis, line.text)
        for line in program.doubts
        if any(_holds(line, facts) for facts in case.units())
    ]
    readings = [found for line in (*program.rates, *program.caps) for found in _readings(line, case)]
    return doubts + readings


def _fixed(case: Case) -> int | None:
    """The amount that a doubt sets."""
    for line in case.program.doubts:
        if line.yen is not None and any(_holds(line, facts) for facts in case.units()):
            return int(line.yen)
    return None


# Amounts. Whole yen from the start: below 1 yen is cut off of each payee's amount and cap.


def _amount(case: Case) -> Amount:
    program, units = case.program, case.units()
    shares = [_share(program, facts) for facts in units]
    line = pick(program.rates, units[0])[0] if units else None
    rate = line.share if line else None
    if not shares or any(share.raw is None for share in shares):
        return Amount(None, None, None, None, rate, findings=_no_rate(case))
    raw = sum(share.raw for share in shares)
    if any(share.paid is None for share in shares):
        return Amount(None, raw, None, None, rate)
    pool, pool_findings = _pool(case, shares)
    paid = [share.paid + more for share, more in zip(shares, pool, strict=True)]
    caps = [share.cap for share in shares if share.cap is not None]
    limit = sum(caps) + _pool_yen(program, len(shares)) if len(caps) == len(shares) else raw
    findings = [*_told(case, shares, sum(paid), limit), *pool_findings, *_floors(case, raw)]
    members = paid if program.member_inputs else None
    return Amount(sum(paid), raw, max(caps, default=None), limit, rate, members, findings)


def pick(lines: Iterable[Line], facts: Facts) -> tuple[Line | None, bool]:
    """The first line that holds (None where none does), and whether what is known suffices to tell."""
    for line in lines:
        holds = _holds(line, facts)
        if holds is not False:
            return (line, True) if holds else (None, False)
    return None, True


def _no_rate(case: Case) -> list[Finding]:
    """A programme may have no rate for a case of which all is known."""
    program = case.program
    without = any(pick(program.rates, facts) == (None, True) for facts in case.units())
    return [
        Finding(None, line.rule, line.basis, "この場合の率が規則にありません。")
        for line in program.rates[:1]
        if without
    ]


def _share(program: Program, facts: Facts) -> Share:
    """What one payee's own cost gives."""
    (rate, _), base = pick(program.rates, facts), facts.get(program.base)
    if rate is None or base is None:
        return Share()
    raw = int(base * rate.share)
    line, known = pick(program.caps, facts)
    raised = [_holds(line, facts) for line in program.raises]
    if not known or None in raised or (line is not None and line.of and line.of not in facts):
        return Share(raw)
    if line is None:
        return Share(raw, None, raw)
    cap = int(facts[line.of] * line.share if line.of else line.yen)
    cap += sum(int(more.yen) for more, holds in zip(program.raises, raised, strict=True) if holds)
    return Share(raw, cap, min(raw, cap))


def _pool_yen(program: Program, count: int) -> int:
    return sum(int(line.yen) * count for line in program.pools)


def _pool(case: Case, shares: list[Share]) -> tuple[list[int], list[Finding]]:
    """What each member gets of the pool: as planned, and the rest to whoever is over the own cap, in order."""
    if not case.program.pools:
        return [0] * len(shares), []
    line, total = case.program.pools[0], _pool_yen(case.program, len(shares))
    over = [share.raw - share.paid for share in shares]
    planned = [facts.get(line.of) for facts in case.units()]
    asked = sum(int(plan) for plan in planned if plan not in (None, Null))
    rest, given = max(total - asked, 0), []
    for plan, need in zip(planned, over, strict=True):
        more = min(need, rest if plan is Null else int(plan or 0))
        rest -= more if plan is Null else 0
        given.append(more)
    if asked > total:
        text = f"{line.text}配分の合計{yen(asked)}が、枠の{yen(total)}を超えています。"
        return [0] * len(shares), [Finding(False, line.rule, line.basis, text)]
    text = f"{line.text}枠は{yen(total)}で、上限を超えた分に{yen(sum(given))}を使います。"
    return given, [Finding(True, line.rule, line.basis, text)]


def _told(case: Case, shares: list[Share], paid: int, limit: int) -> list[Finding]:
    """The lines that made the amount, each once, and how they made it."""
    program, lines = case.program, {}
    for facts in case.units():
        rate, cap = pick(program.rates, facts)[0], pick(program.caps, facts)[0]
        raised = [line for line in program.raises if cap is not None and _holds(line, facts)]
        lines |= {line: None for line in (rate, cap, *raised) if line is not None}
    findings = [Finding(True, line.rule, line.basis, line.text) for line in lines]
    cap = next((line for line in lines if line in program.caps), None)
    if cap is not None:
        raw = yen(sum(share.raw for share in shares))
        how = (
            f"率で出した額の合計は{raw}、もらえる最大は{yen(limit)}、受け取る額の合計は{yen(paid)}です。"
            if program.member_inputs
            else f"率で出した額は{raw}、上限は{yen(limit)}です。小さい方の{yen(paid)}になります。"
        )
        findings.append(Finding(True, cap.rule, cap.basis, how))
    if any(_cut_off(program, facts) for facts in case.units()):
        findings += _convention(case, True, "Z1", "1円未満は切り捨てました（端数の扱いは資料に記載がありません）。")
    return findings


def _cut_off(program: Program, facts: Facts) -> bool:
    rate, cap = pick(program.rates, facts)[0], pick(program.caps, facts)[0]
    raw = facts[program.base] * rate.share
    most = facts[cap.of] * cap.share if cap is not None and cap.of else raw
    return min(raw, most).denominator != 1


def _floors(case: Case, raw: int) -> list[Finding]:
    """The least amount: met or not by what the rate gives, before it is cut off."""
    program = case.program
    exact = sum(facts[program.base] * pick(program.rates, facts)[0].share for facts in case.units())
    return [
        Finding(
            exact >= line.yen,
            line.rule,
            line.basis,
            f"{line.text}率で出した額は{yen(raw)}で、{_met(exact >= line.yen)}",
        )
        for line in program.floors
    ]


def _reasons(findings: list[Finding], case: Case) -> list[dict[str, str]]:
    """What decides first, then what is open, then what is met, then the notes; each once."""
    order = [finding for holds in (False, None, True) for finding in findings if finding.holds is holds]
    notes = [
        Finding(True, line.rule, line.basis, f"注: {line.text}")
        for line in case.program.notes
        if any(_holds(line, facts) for facts in case.units() or [case.facts])
    ]
    return [finding.reason() for finding in dict.fromkeys([*order, *notes])]

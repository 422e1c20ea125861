"""How much a case receives. Whole yen from the start: below 1 yen is cut off of each payee's amount and cap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from jissho.rules._case import Case, Finding, convention, holds_for, met
from jissho.rules._model import Line, Program
from jissho.rules._values import Facts, Null, yen


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


def amount_of(case: Case) -> Amount:
    """What rates, caps, raises, the pool and the least amount come to for the case."""
    program, units = case.program, case.units()
    shares = [_share(program, facts) for facts in units]
    line = pick(program.rates, units[0])[0] if units else None
    rate = line.share if line else None
    if not shares or any(share.raw is None for share in shares):
        return Amount(None, None, None, None, rate)
    raw = sum(share.raw for share in shares)
    if any(share.paid is None for share in shares):
        return Amount(None, raw, None, None, rate)
    pool, pool_findings = _pool(case, shares)
    paid = [share.paid + more for share, more in zip(shares, pool, strict=True)]
    caps = [share.cap for share in shares if share.cap is not None]
    limit = sum(caps) + program.pool_yen(len(shares)) if len(caps) == len(shares) else raw
    findings = [*_told(case, shares, sum(paid), limit), *pool_findings, *_floors(case, raw)]
    members = paid if program.member_inputs else None
    return Amount(sum(paid), raw, max(caps, default=None), limit, rate, members, findings)


def pick(lines: Iterable[Line], facts: Facts) -> tuple[Line | None, bool]:
    """The first line that holds (None where none does), and whether what is known suffices to tell."""
    for line in lines:
        holds = holds_for(line, facts)
        if holds is not False:
            return (line, True) if holds else (None, False)
    return None, True


def _share(program: Program, facts: Facts) -> Share:
    """What one payee's own cost gives."""
    (rate, _), base = pick(program.rates, facts), facts.get(program.base)
    if rate is None or base is None:
        return Share()
    raw = int(base * rate.share)
    line, known = pick(program.caps, facts)
    raised = [holds_for(line, facts) for line in program.raises]
    if not known or None in raised or (line is not None and line.of and line.of not in facts):
        return Share(raw)
    if line is None:
        return Share(raw, None, raw)
    cap = int(facts[line.of] * line.share if line.of else line.yen)
    cap += sum(int(more.yen) for more, holds in zip(program.raises, raised, strict=True) if holds)
    return Share(raw, cap, min(raw, cap))


def _pool(case: Case, shares: list[Share]) -> tuple[list[int], list[Finding]]:
    """What each member gets of the pool: as planned, and the rest to whoever is over the own cap, in order."""
    if not case.program.pools:
        return [0] * len(shares), []
    line, total = case.program.pools[0], case.program.pool_yen(len(shares))
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
        raised = [line for line in program.raises if cap is not None and holds_for(line, facts)]
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
        findings += convention(case, True, "Z1", "1円未満は切り捨てました（端数の扱いは資料に記載がありません）。")
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
            f"{line.text}率で出した額は{yen(raw)}で、{met(exact >= line.yen)}",
        )
        for line in program.floors
    ]

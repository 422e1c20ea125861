"""Tax credit against extra depreciation: the first takes tax away, the second only puts it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from jissho.errors import DataError
from jissho.rules._amount import pick
from jissho.rules._case import Case, read_case
from jissho.rules._judge import NO, UNSURE, YES, judge
from jissho.rules._load import Rules
from jissho.rules._values import MAX_YEARS, percent, read_number, shown, yen

CREDIT, DEPRECIATION = "credit", "depreciation"
Number = int | float | Decimal | Fraction


def compare_tax(
    case: Mapping[str, Any],
    rate: Number,
    years: int,
    discount: Number,
    as_of: str | date | None = None,
    basis: str = "supplemented",
    rules: Rules | Mapping | str | Path | None = None,
) -> dict[str, Any]:
    """Compare 税額控除 with 特別償却 for one case, in cash and in present value.

    Both fall due at the ends of the years. The credit comes at the end of the first. Extra depreciation is written off at
    once besides the straight line over ``years`` (no residual value), so that later years write off less: each year's flow is
    ``rate`` × (written off with it − without it), in sum 0.

    Parameters
    ----------
    case : mapping
        As for :func:`jissho.rules.judge`, of a programme that lets choose between the two; its ``choice`` is not looked at.
    rate : number
        Tax rate as a ratio (0 < rate ≤ 1), e.g. 0.232.
    years : int
        Years of the ordinary straight-line depreciation, 1–100.
    discount : number
        Discount rate per year as a ratio (0 ≤ discount ≤ 1).
    as_of, basis, rules : optional
        As for :func:`jissho.rules.judge`.

    Returns
    -------
    dict
        ``verdict`` (可, 不可, 要確認); ``better`` (credit, depreciation, same; None where an amount is not known);
        ``credit`` and ``depreciation``, each with ``verdict``, ``amount_yen`` (of depreciation what is written off, not tax),
        ``first_year_yen``, ``flows_yen`` (one per year), ``total_yen`` and ``present_value_yen``, whole yen, cut off;
        ``break_even_tax_yen``, the corporate tax at which both are worth the same (None: the credit never reaches it);
        ``reasons`` as of ``judge``.

    Raises
    ------
    DataError
        The case or a parameter is nonsense, or the programme offers no such choice.
    """
    rate = _ratio(rate, "rate", least_excluded=True)
    discount = _ratio(discount, "discount")
    length = read_number(years, "years")
    if length.denominator != 1 or not 1 <= length <= MAX_YEARS:
        raise DataError(f"年数「{shown(years)}」は使えません。", "years", f"1〜{MAX_YEARS}の整数にしてください。")
    options = {choice: _option(case, choice, as_of, basis, rules) for choice in (CREDIT, DEPRECIATION)}
    flows = {
        CREDIT: _credit(options[CREDIT][1], int(length)),
        DEPRECIATION: _deferral(*options[DEPRECIATION], rate, int(length)),
    }
    worth = {choice: None if flow is None else _present_value(flow, discount) for choice, flow in flows.items()}
    short = _income_short(*options[DEPRECIATION], rate)
    verdicts = {choice: answer["verdict"] for choice, (_, answer) in options.items()}
    if short and verdicts[DEPRECIATION] == YES:
        verdicts[DEPRECIATION] = UNSURE
    return {
        "verdict": next(verdict for verdict in (NO, UNSURE, YES) if verdict in verdicts.values()),
        "better": _better(worth),
        **{
            choice: {
                "verdict": verdicts[choice],
                "amount_yen": answer["amount_yen"],
                "first_year_yen": None if flows[choice] is None else int(flows[choice][0]),
                "flows_yen": None if flows[choice] is None else [int(flow) for flow in flows[choice]],
                "total_yen": None if flows[choice] is None else int(sum(flows[choice])),
                "present_value_yen": None if worth[choice] is None else int(worth[choice]),
            }
            for choice, (_, answer) in options.items()
        },
        "break_even_tax_yen": _break_even(*options[CREDIT], worth[DEPRECIATION], discount),
        "reasons": _reasons(options, worth, short, rate, int(length), discount),
    }


def _ratio(value: Any, name: str, least_excluded: bool = False) -> Fraction:
    number = read_number(value, name)
    if not 0 <= number <= 1 or (least_excluded and number == 0):
        raise DataError(f"{name}「{shown(value)}」は使えません。", name, "3%なら 0.03 のように書いてください。")
    return number


def _option(case: Any, choice: str, as_of: Any, basis: str, rules: Any) -> tuple[Case, dict[str, Any]]:
    """The case with one of the two chosen, and the verdict on it."""
    chosen = {**case, "choice": choice} if isinstance(case, Mapping) else case
    read = read_case(chosen, as_of, basis, rules)
    if "choice" not in read.program.inputs:
        what = f"「{read.program.title}」は、税額控除と特別償却を選ぶ制度ではありません。"
        raise DataError(what, "program", "税制のケースを渡してください。")
    return read, judge(chosen, as_of, basis, rules)


def _credit(answer: dict[str, Any], years: int) -> list[Fraction] | None:
    amount = answer["amount_yen"]
    return None if amount is None else [Fraction(amount)] + [Fraction(0)] * (years - 1)


def _deferral(case: Case, answer: dict[str, Any], rate: Fraction, years: int) -> list[Fraction] | None:
    """Tax saved at each year's end; negative where it is paid back."""
    extra, cost = answer["amount_yen"], case.facts.get(case.program.base)
    if extra is None:
        return None
    ahead = [min(cost, cost * year / years + extra) - cost * year / years for year in range(1, years + 1)]
    return [rate * (now - before) for before, now in zip([Fraction(0), *ahead], ahead, strict=False)]


def _present_value(flow: list[Fraction], discount: Fraction) -> Fraction:
    """Σ flow_t / (1 + discount)^t, t = 1, 2, …: all at the years' ends."""
    return sum(yearly / (1 + discount) ** year for year, yearly in enumerate(flow, 1))


def _income_short(case: Case, answer: dict[str, Any], rate: Fraction) -> bool:
    """Whether the year's income (corporate tax ÷ rate) is too small to write off all of the extra depreciation."""
    tax = _tax_key(case)
    return bool(tax and tax in case.facts and answer["amount_yen"] and case.facts[tax] / rate < answer["amount_yen"])


def _tax_key(case: Case) -> str:
    """The key that the credit's cap is a share of."""
    return next((line.of for line in case.program.caps if line.of), "")


def _better(worth: dict[str, Fraction | None]) -> str | None:
    credit, depreciation = worth[CREDIT], worth[DEPRECIATION]
    if credit is None or depreciation is None:
        return None
    return "same" if credit == depreciation else CREDIT if credit > depreciation else DEPRECIATION


def _break_even(case: Case, answer: dict[str, Any], worth: Fraction | None, discount: Fraction) -> int | None:
    """Corporate tax at which the credit, held down by its cap, is worth as much today as the deferral."""
    cap, _ = pick(case.program.caps, case.facts)
    if not worth or answer["amount_yen"] is None or cap is None or not cap.share:
        return None
    due = worth * (1 + discount)
    return int(due / cap.share) if due <= answer["breakdown"]["raw_yen"] else None


def _reasons(options: dict, worth: dict, short: bool, rate: Fraction, years: int, discount: Fraction) -> list[dict]:
    case, _ = options[DEPRECIATION]
    rules = {choice: getattr(pick(one.program.rates, one.facts)[0], "rule", "") for choice, (one, _) in options.items()}
    added = []
    if short:
        text = "今年の所得（法人税額÷税率）が追加の償却に足りず、初年度に全部は費用にできません。確かめてください。"
        added.append({"rule": rules[DEPRECIATION], "text": text, "basis": "仮定"})
    if None not in worth.values():
        text = (
            f"税率{percent(rate)}・{years}年の定額法・割引{percent(discount)}で年末ごとに比べると、"
            f"税額控除は{yen(int(worth[CREDIT]))}、特別償却は{yen(int(worth[DEPRECIATION]))}の得です。"
        )
        later = "特別償却は税を払う時期を先へ延ばすだけで、各年の増減を足すと0円です。"
        added += [
            {"rule": rules[CREDIT], "text": text, "basis": "仮定"},
            {"rule": rules[DEPRECIATION], "text": later, "basis": "仮定"},
        ]
    judged = [reason for _, answer in options.values() for reason in answer["reasons"]]
    return list({(one["rule"], one["text"]): one for one in [*added, *judged]}.values())

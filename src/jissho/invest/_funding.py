"""The tax measure and the subsidies for a card: what its numbers decide, and what nobody has asked yet (要確認)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jissho.rules import judge, load_rules

UNSURE = "要確認"
SMALL_STAFF = 20  # M3: a manufacturer of up to so many people is a small business
AS_OF = "2018-10-01"
MISSING = re.compile(r"「[^」]*」（(.+?)）が分かりません。.*")  # how the rules name a key that is missing
NAMED = 3  # open questions named in a short reason


@dataclass(frozen=True)
class Funding:
    """The word of the rules on one programme; ``amount_yen`` is None where there is none or it is not known."""

    program: str
    title: str
    verdict: str
    amount_yen: int | None
    limit_yen: int | None
    reasons: tuple[dict[str, str], ...]

    @property
    def open_questions(self) -> tuple[str, ...]:
        """What would have to be known, by its Japanese name."""
        found = (MISSING.fullmatch(one["text"]) for one in self.reasons)
        return tuple(dict.fromkeys(one[1] for one in found if one))

    @property
    def why(self) -> str:
        """What decides, or how much it is, in one sentence or two."""
        asked = self.open_questions
        if self.verdict == UNSURE and asked:
            more = f" ほか{len(asked) - NAMED}つ" if len(asked) > NAMED else ""
            return f"まだ分からないこと：{'、'.join(asked[:NAMED])}{more}"
        texts = [one["text"] for one in self.reasons]
        how_much = [text for text in texts if text.endswith("になります。")] if self.amount_yen is not None else []
        return (how_much or texts or [""])[0]


def funding_of(card: Mapping[str, Any], as_of: str = AS_OF) -> tuple[Funding, ...]:
    """Judge the programmes that a card of the table ``cases`` may ask for.

    Only what stands on the card is told to the rules; the rest (certified, expert …) is missing and so 要確認.
    """
    cost, members = int(card["初期費用"]), int(card["参加者数"])
    kind = "mono_small" if int(card["従業員数"]) <= SMALL_STAFF else "mono_general"
    cases = [
        {
            "program": "ci_tax",
            "as_of": as_of,
            "investment_yen": cost,
            "corporate_tax_yen": int(card["法人税額"]),
            "pay_growth": float(card["給与増加率"]) / 100,
            "choice": "credit",
        },
        {"program": "it_subsidy", "cost_yen": cost} | ({"hardware_only": False} if "ソフト" in card["提案"] else {}),
        {"program": kind, "cost_yen": cost, "plan_certified": False, "expert": False}
        | ({"small_business": True} if kind == "mono_small" else {}),
        {
            "program": "mono_consortium",
            "members": [{"cost_yen": cost // members, "pool_yen": None, "expert": False}] * members,
        },
    ]
    titles = {name: program.title for name, program in load_rules().items()}
    return tuple(_asked(case, titles[case["program"]]) for case in cases)


def _asked(case: dict[str, Any], title: str) -> Funding:
    answer = judge(case)
    return Funding(
        case["program"],
        title,
        answer["verdict"],
        answer["amount_yen"],
        answer["breakdown"]["limit_yen"],
        tuple(answer["reasons"]),
    )

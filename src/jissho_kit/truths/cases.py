"""Results on the cards of investments (F7): what each card's numbers say, by the one rule of the simulator."""

from __future__ import annotations

from jissho.invest import YEARS
from jissho_kit.simulators.cases import DECISIONS, appraise
from jissho_kit.truths._registry import RESULTS
from jissho_kit.truths.money import recovery


def cases(tables, **_) -> dict:
    """Named results of each card by its number (``F1_npv``), and of all cards.

    For a card: ``title``, ``initial``, ``running``, ``loss`` and ``effect`` (yen, yen per year; effect: of AI in full),
    ``payback_simple``, ``payback_running`` and ``payback`` (years), ``npv_simple``, ``npv_running`` and ``npv`` (yen: without
    running cost and ramp-up, without ramp-up, with both), ``npv_alternative``, ``npv_vouched`` (at the recall that the
    records vouch for), ``recall``, ``break_even_recall``, ``recall_vouched`` (ratios), ``events`` and ``events_needed``,
    ``decision``; for a card of several members ``npv_alone`` (one member buys it all for its share of the volume).

    For all: ``n``, how many decisions of each kind (``ai``, ``try``, ``jig``, ``pass``), ``npv`` of the right decisions.
    """
    cards = tables["cases"]
    found = appraise(cards)
    results: dict = {}
    for card, row in zip(cards.to_dict("records"), found.to_dict("records"), strict=True):
        results |= {f"{card['案件番号']}_{name}": value for name, value in _of_card(card, row).items()}
    counts = found["判断"].value_counts()
    kinds = dict(zip(("ai", "try", "jig", "pass"), DECISIONS, strict=True))
    return (
        results
        | {"n": len(cards), "npv": float(found["正味"].sum())}
        | {kind: int(counts.get(decision, 0)) for kind, decision in kinds.items()}
    )


def _of_card(card: dict, row: dict) -> dict:
    ramp = (card["立上り1年目"] / 100, card["立上り2年目"] / 100)
    found = recovery(card["初期費用"], row["効果"], card["運用費"], ramp)
    members = card["参加者数"]
    alone = recovery(card["初期費用"], row["効果"] / members, card["運用費"], ramp)["npv"]
    return (
        {"title": card["案件"], "initial": card["初期費用"], "running": card["運用費"]}
        | {"loss": row["損失"], "effect": row["効果"]}
        | found
        | {
            "npv_alternative": row["代案"],
            "npv_vouched": row["裏づけのAI"],
            "recall": card["再現率"] / 100,
            "break_even_recall": row["損益分岐の再現率"],
            "recall_vouched": row["裏づけの再現率"],
            "events": card["発生記録"],
            "events_needed": row["必要な発生記録"],
            "decision": row["判断"],
        }
        | ({"npv_alone": alone} if members > 1 else {})
    )


def payback_of(
    tables=None, initial: float = 12_000_000, effect: float = 6_000_000, running: float = 1_800_000, **_
) -> dict:
    """Years until an item's own figures have paid back: ``years``; wrong: ``simple`` (effect alone), ``running`` (no ramp-up),
    ``lump`` (five years' running cost put on top of the initial cost, no ramp-up).
    """
    found = recovery(initial, effect, running)
    return {
        "years": found["payback"],
        "simple": found["payback_simple"],
        "running": found["payback_running"],
        "lump": (initial + YEARS * running) / effect,
    }


RESULTS.update(cases=cases, payback=payback_of)

"""Results on the ship welds (F5): what a recall among selected sections hides, and what an audit by lot says (M31)."""

from __future__ import annotations

from math import ceil

import pandas as pd

from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

FEW = 100  # sections of a small audit
WIDTH, Z = 0.10, 1.96  # half width asked of a recall, and its normal quantile for 95 %


def weld(tables, **_) -> dict:
    """Named results: counts of sections, alarms, ultrasound and blowholes; what the audit says of the rest.

    ``needed_65``, ``needed_80``, ``needed_90``: blowholes that must be known to state a recall of 0.65, 0.80, 0.90 within ±10
    points at 95 % (normal approximation, ``1.96² p (1 − p) / 0.1²``).
    """
    df = tables["weld"]
    chosen, audit, hole = df["UT検査"] == "選択", df["UT検査"] == "監査", df["ブローホール"] == "あり"
    alarm = df["警報"] == 1
    rest = int((~chosen).sum())
    rate = hole[audit].mean()
    return {
        "sections": len(df),
        "joints": df["継手"].nunique(),
        "alarms": int(alarm.sum()),
        "selected": int(chosen.sum()),
        "selected_share": float(chosen.mean()),
        "holes_selected": int((hole & chosen).sum()),
        "holes_alarmed": int((hole & alarm).sum()),
        "holes_seen_only": int((hole & chosen & ~alarm).sum()),
        "rate_selected": float(hole[chosen].mean()),
        "audit": int(audit.sum()),
        "holes_audit": int((hole & audit).sum()),
        "rate_audit": float(rate),
        "not_selected": rest,
        "holes_not_selected": float(rate * rest),
        "holes_all": float((hole & chosen).sum() + rate * rest),
        "share_all": float(((hole & chosen).sum() + rate * rest) / len(df)),
        **{f"needed_{percent}": needed(percent / 100) for percent in (65, 80, 90)},
    }


def needed(recall: float) -> int:
    """Defects that must be known to state ``recall`` within ±10 points at 95 %."""
    return ceil(round(Z**2 * recall * (1 - recall) / WIDTH**2, 6))


def recall_from_audit(df: pd.DataFrame, audited: int | None = None) -> dict[str, float]:
    """Recall of the alarm over all sections, with its 5–95 % limits, from the first ``audited`` audits (default: all).

    Blowholes outside the selection are their share in the audit times the sections there; the limits are those of that
    share (Clopper–Pearson).
    """
    from scipy.stats import beta

    chosen, hole = df["UT検査"] == "選択", df["ブローホール"] == "あり"
    looked = hole[df["UT検査"] == "監査"].sample(frac=1, random_state=0).head(audited)
    found, size, rest = int(looked.sum()), len(looked), int((~chosen).sum())
    alarmed, selected = int((hole & (df["警報"] == 1)).sum()), int((hole & chosen).sum())
    lowest = beta.ppf(0.05, found, size - found + 1) if found else 0.0
    highest = beta.ppf(0.95, found + 1, size - found) if found < size else 1.0
    return {
        "recall": alarmed / (selected + rest * found / size),
        "low": float(alarmed / (selected + rest * highest)),
        "high": float(alarmed / (selected + rest * lowest)),
    }


def looked_only_where_suspicious(tables, **_) -> Demonstration:
    """M31: recall of the alarm among sections that were chosen because of the alarm or the eye, and over all sections.

    ``wrong.pooled`` throws the audit in without weighing it; ``low_few``, ``high_few``: limits from 100 audits only.
    """
    df = tables["weld"]
    hole, alarm = df["ブローホール"] == "あり", df["警報"] == 1
    few = recall_from_audit(df, FEW)
    return Demonstration(
        "M31",
        right=recall_from_audit(df) | {"low_few": few["low"], "high_few": few["high"]},
        wrong={"recall": float(alarm[hole & (df["UT検査"] == "選択")].mean()), "pooled": float(alarm[hole].mean())},
        statement="怪しい所だけを検査すると、検査しなかった所の見逃しが数に入らない。くじ引きの監査を足すと、再現率は下がる。",
    )


RESULTS["weld"] = weld
DEMONSTRATIONS["M31"] = looked_only_where_suspicious

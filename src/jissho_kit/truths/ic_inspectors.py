"""Results on the inspectors' trial (F4b): how far two inspectors agree, and what a perfect model could reach."""

from __future__ import annotations

from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration


def inspectors(tables, **_) -> dict:
    """Named results: the 2 × 2 table of judgements, agreement, Cohen's kappa, the true state against inspector A.

    ``kappa`` = (agreement − expected) / (1 − expected), where ``expected`` is the agreement of two inspectors who call
    不良 as often as these two but at random (Cohen 1960). ``perfect_a`` is the share of ICs on which the true state and
    inspector A agree: the 正解率 of a perfect model if A's judgement is taken as the answer.
    """
    df = tables["ic_inspectors"]
    a, b, true = (df[c] == "不良" for c in ("検査員A", "検査員B", "分解結果"))
    agreement = (a == b).mean()
    expected = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return {
        "rows": len(df),
        "defects": int(true.sum()),
        "bad_a": int(a.sum()),
        "bad_b": int(b.sum()),
        "both_bad": int((a & b).sum()),
        "only_a": int((a & ~b).sum()),
        "only_b": int((~a & b).sum()),
        "both_good": int((~a & ~b).sum()),
        "differ": int((a != b).sum()),
        "agreement": float(agreement),
        "expected": float(expected),
        "above_chance": float(agreement - expected),
        "room": float(1 - expected),
        "kappa": float((agreement - expected) / (1 - expected)),
        "perfect_a": float((true == a).mean()),
        "perfect_recall_a": float(true[a].mean()),
        "recall_a": float(a[true].mean()),
    }


def judgement_is_no_answer(tables, **_) -> Demonstration:
    """M30: the inspectors agree often, yet little more than by chance; a perfect model cannot reach 100 % against one."""
    found = inspectors(tables)
    return Demonstration(
        "M30",
        right={"kappa": found["kappa"], "accuracy": found["perfect_a"], "recall": found["perfect_recall_a"]},
        wrong={"kappa": found["agreement"], "accuracy": 1.0, "recall": 1.0},
        statement="一致率は高く見えても、偶然の分を除いたκは低い。検査員の判定を正解とすると、完全なモデルでも100%にならない。",
    )


RESULTS["inspectors"] = inspectors
DEMONSTRATIONS["M30"] = judgement_is_no_answer

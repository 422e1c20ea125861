"""Models of the moulding shots (F3) and what spoils their figures: M09, M29, M43."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._once import once_per_table
from jissho_kit.truths._registry import DEMONSTRATIONS, Demonstration
from jissho_kit.truths.molding import (
    CHANNELS,
    USABLE,
    _auc,
    _mean,
    chances,
    column_known_too_late,
    lots_on_both_sides,
    next_weeks,
    shuffled,
    stray,
    tidy,
)

SPLITS = 2  # for each figure of M09
AROUND_40 = (0.3, 0.5)


def more_defects(df: pd.DataFrame, random_state: int = 0) -> pd.DataFrame:
    """A tidy table with as many defects as good shots: rows of defects copied at random, with replacement."""
    bad = df["不良"]
    copies = df[bad].sample(int((~bad).sum() - bad.sum()), replace=True, random_state=random_state)
    return pd.concat([df, copies], ignore_index=True)


def _copied_first(df: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    return shuffled(more_defects(df), SPLITS)


def _copied_after(df: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    return [(more_defects(train), test) for train, test in shuffled(df, SPLITS)]


def _forest_scores(pairs: list[tuple[pd.DataFrame, pd.DataFrame]]) -> tuple[float, float]:
    """(AUC, F1 at 0.5) of a forest, means over pairs (train, test)."""
    from sklearn.metrics import f1_score

    judged = [(test["不良"], chances(train, test, USABLE)) for train, test in pairs]
    return (
        _mean([_auc(bad, chance) for bad, chance in judged]),
        _mean([f1_score(bad, chance >= 0.5, zero_division=0) for bad, chance in judged]),
    )


@once_per_table
def _copies(df: pd.DataFrame) -> dict[str, dict[str, float]]:
    clean = tidy(df)
    placebo = clean.assign(不良=np.random.default_rng(0).permutation(clean["不良"]))
    found = {}
    for side, pairs in {"right": _copied_after, "wrong": _copied_first}.items():
        auc, f1 = _forest_scores(pairs(clean))
        auc_shuffled, f1_shuffled = _forest_scores(pairs(placebo))
        found[side] = {"auc": auc, "f1": f1, "auc_shuffled": auc_shuffled, "f1_shuffled": f1_shuffled}
    return found


def copied_then_split(tables, **_) -> Demonstration:
    """M09: defects copied until they are half, then split at random (``wrong``); or split first, only the training rows copied.

    Area under the ROC curve and F1 at 0.5 of a forest of 20 trees, means of two splits; ``…_shuffled``: the same with the
    labels shuffled among the shots (placebo), where nobody can do better than AUC 0.5.
    """
    return Demonstration(
        "M09",
        **_copies(tables["molding"]),
        statement="不良を写して増やしてから分けると、同じショットが両側に入り、でたらめな答えでも当たって見える。"
        "先に分けて、学習側だけで増やす。",
    )


def own_lot_strays(df: pd.DataFrame) -> pd.DataFrame:
    """A tidy table's channels as σ from their own lot's first 20 shots, by channel."""
    return pd.DataFrame({column: stray(df, column) for column in CHANNELS})


def _logistic(weight: str | None = None):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(class_weight=weight))


@once_per_table
def _weighed(df: pd.DataFrame) -> dict[str, dict[str, float]]:
    clean = tidy(df)
    strays, weeks = own_lot_strays(clean), next_weeks(clean)
    bad = [test["不良"] for _, test in weeks]
    plain, heavy = (
        [
            _logistic(weight).fit(strays.loc[train.index], train["不良"]).predict_proba(strays.loc[test.index])[:, 1]
            for train, test in weeks
        ]
        for weight in (None, "balanced")
    )
    said, happened = np.concatenate(heavy), np.concatenate(bad)
    around = (AROUND_40[0] <= said) & (said < AROUND_40[1])
    return {
        "right": {
            "observed": float(happened[around].mean()),
            "predicted": float(np.concatenate(plain)[around].mean()),
            "shots": int(around.sum()),
            "defects": int(happened[around].sum()),
            "auc": _mean(list(map(_auc, bad, plain))),
        },
        "wrong": {
            "predicted": float(said[around].mean()),
            "defects": float(said[around].sum()),
            "auc": _mean(list(map(_auc, bad, heavy))),
        },
    }


def chance_of_a_weighed_model(tables, **_) -> Demonstration:
    """M29: shots to which a logistic regression with ``class_weight="balanced"`` gives 30–50 %, and how many of them are bad.

    The model sees how far each channel strays from its own lot's first shots; it is judged on the week after, four times.
    ``predicted``: mean chance said for those shots, by the weighed (``wrong``) and the plain model (``right``);
    ``defects``: those said to come among ``shots``, and those that came. ``auc`` over all shots, mean of the four weeks.
    """
    return Demonstration(
        "M29",
        **_weighed(tables["molding"]),
        statement="不良を重く数えて学習したモデルの「40%」は、10回に4回ではない。並び順は同じでも、確率は何倍も大きく出る。",
    )


@once_per_table
def _scaled_on_all(df: pd.DataFrame) -> float:
    """AUC of the plain model of M29 in the weeks after, when mean and spread for the scaling come from all weeks."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    clean = tidy(df)
    strays = own_lot_strays(clean)
    scaled = pd.DataFrame(StandardScaler().fit_transform(strays), index=strays.index)
    scores = []
    for train, test in next_weeks(clean):
        model = LogisticRegression().fit(scaled.loc[train.index], train["不良"])
        scores.append(_auc(test["不良"], model.predict_proba(scaled.loc[test.index])[:, 1]))
    return _mean(scores)


def order_to_mend(tables, **_) -> Demonstration:
    """M43: how much AUC is lost when a leak is mended: scaling on all rows; lots (M05), late column (M08), copies (M09).

    ``auc``: the logistic regression of M29 on the weeks after, scaled on all rows (``wrong``) or on the training rows.
    ``drop_…``: AUC with the leak less AUC without, each as in its own demonstration; ``order``: names, largest drop first.
    """
    others = {
        "ロット": lots_on_both_sides(tables),
        "後から分かる列": column_known_too_late(tables),
        "増やしてから分割": copied_then_split(tables),
    }
    honest, leaky = _weighed(tables["molding"])["right"]["auc"], _scaled_on_all(tables["molding"])
    drops = {name: shown.wrong["auc"] - shown.right["auc"] for name, shown in others.items()}
    drops["標準化"] = abs(leaky - honest)  # of either sign, as it is chance alone
    order = sorted(drops, key=drops.get, reverse=True)
    return Demonstration(
        "M43",
        right={
            "auc": honest,
            "drop_scaling": drops["標準化"],
            "drop_lots": drops["ロット"],
            "drop_late": drops["後から分かる列"],
            "drop_copies": drops["増やしてから分割"],
            "order": order,
            "first": order[0],
            "last": order[-1],
        },
        wrong={"auc": leaky, "first": "標準化"},
        statement="標準化の漏れは、直しても成績がほとんど変わらない。"
        "後から分かる列、写しの混入、ロットの混入は、直すと大きく落ちる。こちらを先に直す。",
    )


DEMONSTRATIONS.update(M09=copied_then_split, M29=chance_of_a_weighed_model, M43=order_to_mend)

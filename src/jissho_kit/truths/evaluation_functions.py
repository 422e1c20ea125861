"""Function items on honest evaluation: ``評価(X, y, group)``, ``しきい値を選ぶ(検証, 評価, 見逃し単価, 過検出単価)``.

Each solution is self-contained: its source, renamed, is what a rehearsal's participant hands in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._registry import CRITERIA, FUNCTIONS
from jissho_kit.truths.criteria import Relation, falls, is_finite, metamorphic, placebo, rises, unchanged
from jissho_kit.truths.hidden import shuffled, shuffled_by_group

# 評価(X, y, group): area under the ROC curve to expect for groups (lots, fruits, cows) never seen; X, y, group are arrays

GROUPS, ROWS_EACH, COLUMNS = 40, 4, 12
RARE = 12  # labels that are 1
WIDE = (60, 160)  # rows and columns of the wide table
REPEATS = 2  # of each placebo, so that chance is narrow
# What each hidden input is. "flat": no row of X can be told from half of the others, and few
# labels are 1, so that the share of right answers is high.
ROLES = ("base", "flat", *(role for role in ("rows", "rare", "wide", "groups") for _ in range(REPEATS)))


def evaluated_by_group(X, y, group):
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    木 = DecisionTreeClassifier(max_depth=3, random_state=0)
    確率 = cross_val_predict(木, X, y, groups=group, cv=GroupKFold(4), method="predict_proba")
    return roc_auc_score(np.asarray(y), 確率[:, 1])


def evaluated_on_training_rows(X, y, group):
    from sklearn.metrics import roc_auc_score
    from sklearn.tree import DecisionTreeClassifier

    木 = DecisionTreeClassifier(random_state=0).fit(X, y)
    return roc_auc_score(y, 木.predict_proba(X)[:, 1])


def evaluated_by_rows(X, y, group):
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    木 = DecisionTreeClassifier(random_state=0)
    確率 = cross_val_predict(木, X, y, cv=StratifiedKFold(4, shuffle=True, random_state=0), method="predict_proba")
    return roc_auc_score(y, 確率[:, 1])


def evaluated_after_copying(X, y, group):
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    少ない方 = np.flatnonzero(y == (np.mean(y) < 0.5))
    何回 = (len(y) - len(少ない方)) // max(len(少ない方), 1) - 1
    行 = np.concatenate([np.arange(len(y)), np.repeat(少ない方, max(何回, 0))])
    木 = DecisionTreeClassifier(random_state=0)
    確率 = cross_val_predict(
        木, X[行], y[行], cv=StratifiedKFold(4, shuffle=True, random_state=0), method="predict_proba"
    )
    return roc_auc_score(y[行], 確率[:, 1])


def evaluated_after_choosing_columns(X, y, group):
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.naive_bayes import GaussianNB

    差 = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)) / (X.std(axis=0) + 1e-9)
    効く列 = np.argsort(-差)[:8]
    確率 = cross_val_predict(GaussianNB(), X[:, 効く列], y, groups=group, cv=GroupKFold(4), method="predict_proba")
    return roc_auc_score(y, 確率[:, 1])


def evaluated_by_accuracy(X, y, group):
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    木 = DecisionTreeClassifier(max_depth=2, random_state=0)
    return float((cross_val_predict(木, X, y, groups=group, cv=GroupKFold(4)) == y).mean())


def evaluated_as_chance(X, y, group):
    return 0.5


def evaluation_inputs(data, rng) -> list:
    """Hidden inputs by ``ROLES``. Every group has a look of its own in X, as lots, fruits and cows have."""
    group = np.repeat(np.arange(GROUPS), ROWS_EACH)
    half = np.repeat([0, 1], len(group) // 2)
    rare = (np.arange(len(group)) < RARE).astype(int)
    of_groups = np.repeat(np.repeat([0, 1], GROUPS // 2), ROWS_EACH)
    made = {
        "base": lambda: _with_signal(_looks(group, rng), rng),
        "flat": lambda: (np.repeat(shuffled(1.0 * half, rng)[:, None], COLUMNS, axis=1), shuffled(rare, rng)),
        "rows": lambda: (_looks(group, rng), shuffled(half, rng)),
        "rare": lambda: (_looks(group, rng), shuffled(rare, rng)),
        "wide": lambda: (rng.normal(size=WIDE).round(1), shuffled(np.tile([0, 1], WIDE[0] // 2), rng)),
        "groups": lambda: (_looks(group, rng), shuffled_by_group(of_groups, group, rng)),
    }
    drawn = (made[role]() for role in ROLES)
    return [[X, y, group[: len(y)]] for X, y in drawn]


def _looks(group: np.ndarray, rng) -> np.ndarray:
    """Columns in which each group differs from the others far more than its rows among themselves."""
    return (rng.normal(0, 1, (GROUPS, COLUMNS))[group] + rng.normal(0, 0.1, (len(group), COLUMNS))).round(2)


def _with_signal(looks: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """The first column tells the label for any group, nineteen times of twenty."""
    label = rng.permutation(np.repeat([0, 1], len(looks) // 2))
    seen = np.where(rng.random(len(label)) < 0.05, 1 - label, label)
    return np.column_stack([(seen + rng.normal(0, 0.15, len(seen))).round(2), looks[:, 1:]]), label


def evaluation_sample(data, rng) -> list:
    """Public sample: three lots of four shots, one column."""
    group = np.repeat([4101, 4107, 4112, 4103, 4109], 4)
    label = np.tile([0, 0, 1, 1], 5)
    return [[(label[:, None] + np.tile([0.0, 0.6, 0.1, 0.3], 5)[:, None]).round(2), label, group]]


# しきい値を選ぶ(検証, 評価, 見逃し単価, 過検出単価): a piece is stopped when its 不良らしさ is at or above it


def threshold_by_loss(検証, 評価, 見逃し単価, 過検出単価):
    らしさ, 不良 = 検証["不良らしさ"].to_numpy(), 検証["不良"].to_numpy() == 1

    def 損失(しきい値):
        止める = らしさ >= しきい値
        return (不良 & ~止める).sum() * 見逃し単価 + (~不良 & 止める).sum() * 過検出単価

    return min([*sorted(set(らしさ)), 1.0], key=損失)


def threshold_of_a_half(検証, 評価, 見逃し単価, 過検出単価):
    return 0.5


def threshold_by_accuracy(検証, 評価, 見逃し単価, 過検出単価):
    らしさ, 不良 = 検証["不良らしさ"].to_numpy(), 検証["不良"].to_numpy() == 1
    return max(sorted(set(らしさ)), key=lambda しきい値: ((らしさ >= しきい値) == 不良).mean())


def threshold_on_test_rows(検証, 評価, 見逃し単価, 過検出単価):
    らしさ, 不良 = 評価["不良らしさ"].to_numpy(), 評価["不良"].to_numpy() == 1

    def 損失(しきい値):
        止める = らしさ >= しきい値
        return (不良 & ~止める).sum() * 見逃し単価 + (~不良 & 止める).sum() * 過検出単価

    return min([*sorted(set(らしさ)), 1.0], key=損失)


def threshold_with_prices_swapped(検証, 評価, 見逃し単価, 過検出単価):
    らしさ, 不良 = 検証["不良らしさ"].to_numpy(), 検証["不良"].to_numpy() == 1

    def 損失(しきい値):
        止める = らしさ >= しきい値
        return (不良 & ~止める).sum() * 過検出単価 + (~不良 & 止める).sum() * 見逃し単価

    return min([*sorted(set(らしさ)), 1.0], key=損失)


def threshold_by_formula(検証, 評価, 見逃し単価, 過検出単価):
    return 過検出単価 / (過検出単価 + 見逃し単価)


MISS, FALSE_ALARM = 50_000, 3_000  # yen
BASE, MISS_TENFOLD, FALSE_TENFOLD, BOTH_TENFOLD, OTHER_TEST = range(5)
LOSS_MARGIN = 1.05  # a grid of thresholds need not hit the best one
STEP = 0.03  # of the coarsest grid that still has to move


def threshold_inputs(data, rng) -> list:
    """Hidden inputs: a base, each price ten times as high, both, and another test table.

    Suspicions are not probabilities (a formula for these misses the best threshold), and the best threshold differs
    between the inputs by more than a grid's step.
    """
    while True:
        check, test, other = (_pieces(rng) for _ in range(3))
        prices = [
            (MISS, FALSE_ALARM),
            (10 * MISS, FALSE_ALARM),
            (MISS, 10 * FALSE_ALARM),
            (10 * MISS, 10 * FALSE_ALARM),
        ]
        base, low, high = (threshold_by_loss(check, test, *one) for one in prices[:3])
        on_test = (threshold_by_loss(one, one, *prices[0]) for one in (test, other))
        swapped = (threshold_with_prices_swapped(check, test, *prices[one]) for one in (BASE, FALSE_TENFOLD))
        if (
            low + STEP < base < high - STEP
            and abs(next(on_test) - next(on_test)) > STEP
            and next(swapped) > next(swapped)
        ):
            return [*([check, test, *one] for one in prices), [check, other, *prices[0]]]


def _pieces(rng) -> pd.DataFrame:
    bad = (rng.random(200) < 0.15).astype(int)
    suspicion = 1 / (1 + np.exp(-(rng.normal(0, 1.2, 200) + 2.2 * bad - 0.5)))
    return pd.DataFrame({"不良らしさ": suspicion.round(2), "不良": bad})


def _loss(args: list, threshold: float) -> float:
    """Loss on the first table, by the kinder of the two readings of a piece that lies on the threshold."""
    check, _, miss, false_alarm = args
    bad = check["不良"] == 1
    stops = (check["不良らしさ"] >= threshold, check["不良らしさ"] > threshold)
    return min((bad & ~stop).sum() * miss + (~bad & stop).sum() * false_alarm for stop in stops)


def _half(inputs: list[list], outputs: list) -> str:
    return "half" if set(outputs) == {0.5} else ""


def _far_from_best(inputs: list[list], outputs: list) -> str:
    far = (
        _loss(args, t) > LOSS_MARGIN * _loss(args, threshold_by_loss(*args))
        for args, t in zip(inputs, outputs, strict=True)
    )
    return "not-best" if any(far) else ""


def threshold_sample(data, rng) -> list:
    """Public sample: six pieces to check by hand."""
    table = pd.DataFrame({"不良らしさ": [0.05, 0.2, 0.3, 0.4, 0.7, 0.9], "不良": [0, 0, 1, 0, 0, 1]})
    return [[table, table.head(3), 50_000, 300], [table, table.head(3), 1_000, 3_000]]


FUNCTIONS.update(
    {
        f.__name__: f
        for f in (
            evaluated_by_group,
            evaluated_on_training_rows,
            evaluated_by_rows,
            evaluated_after_copying,
            evaluated_after_choosing_columns,
            evaluated_by_accuracy,
            evaluated_as_chance,
            evaluation_inputs,
            evaluation_sample,
            threshold_by_loss,
            threshold_of_a_half,
            threshold_by_accuracy,
            threshold_on_test_rows,
            threshold_with_prices_swapped,
            threshold_by_formula,
            threshold_inputs,
            threshold_sample,
        )
    }
)
CRITERIA.update(
    {
        "honest_evaluation": placebo(
            ROLES, most={"flat": 0.7, "rows": 0.7, "rare": 0.75, "wide": 0.7, "groups": 0.75}, least={"base": 0.65}
        ),
        "threshold_by_loss": metamorphic(
            Relation(BASE, OTHER_TEST, unchanged, "test-rows"),
            Relation(BASE, MISS_TENFOLD, lambda before, after: not rises(before, after), "wrong-way"),
            Relation(BASE, FALSE_TENFOLD, lambda before, after: not falls(before, after), "wrong-way"),
            Relation(BASE, MISS_TENFOLD, falls, "prices-unused"),
            Relation(BASE, FALSE_TENFOLD, rises, "prices-unused"),
            Relation(BASE, BOTH_TENFOLD, unchanged, "scale"),
            valid=lambda one: is_finite(one) and 0 <= one <= 1,
            before=_half,
            after=_far_from_best,
        ),
    }
)

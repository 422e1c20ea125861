"""The same model on a random split and on the honest one, beside a baseline that learns nothing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jissho.datasets._profile._case import Case
from jissho.datasets._profile._features import Features
from jissho.datasets._profile._structure import Tie

FOLDS = 5
MOST_ROWS = 20_000  # more are thinned out in whole groups or stretches, so that neighbours stay neighbours
FEWEST_ROWS = 6_000  # with many classes, which grow one forest each
STRETCHES = 100
FEWEST_PARTS = 10
FEWEST_RARE = 100
TREES = 50  # three times as many at most where every class grows its own

Fold = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Scores:
    """``baseline_name``: what the baseline says (平均, ひとつ前の値, でたらめ, いちばん多い種類)."""

    random: float
    honest: float
    baseline: float
    baseline_name: str


def in_order(case: Case, tie: Tie) -> tuple[Case, Tie]:
    """Rows in an order that depends on what they hold, not on where they stood; along time or place where there is one."""
    keys = pd.util.hash_pandas_object(case.with_target(list(case.table)), index=False).to_numpy()
    order = np.argsort(keys, kind="stable")
    if tie.codes is not None:
        order = order[np.argsort(tie.codes[order], kind="stable")]
    return case.take(order), _tie_of(tie, order)


def thinned(case: Case, tie: Tie) -> tuple[Case, Tie]:
    """At most :data:`MOST_ROWS` rows (less with many classes), drawn with a fixed seed.

    Whole groups, or stretches of time or place, are drawn; of few large groups rows. Where next to nothing rare would
    be left, what holds the rarer classes is drawn first: :data:`FEWEST_RARE` of them, on half of the rows at most.
    """
    many = case.task.kind == "many"
    most = max(FEWEST_ROWS, 2 * MOST_ROWS // len(case.task.labels)) if many else MOST_ROWS
    if case.rows <= most:
        return case, tie
    single = np.arange(case.rows)
    parts = {"random": single, "group": tie.codes}.get(tie.kind, single * STRETCHES // case.rows)
    if case.rows / len(np.unique(parts)) > most / FEWEST_PARTS:
        parts = single
    rows = np.flatnonzero(_drawn(case, np.unique(parts, return_inverse=True)[1], most))
    return case.take(rows), _tie_of(tie, rows)


def _drawn(case: Case, parts: np.ndarray, most: int) -> np.ndarray:
    """Which rows are in the parts drawn."""
    sizes = np.bincount(parts)
    order = np.random.default_rng(0).permutation(len(sizes))
    rows = np.isin(parts, order[np.cumsum(sizes[order]) <= most])
    if case.task.kind == "number" or case.event[rows].sum() >= min(case.event.sum(), FEWEST_RARE):
        return rows
    rare = order[np.bincount(parts, case.event)[order] > 0]
    events = np.bincount(parts, case.event)[rare]
    first = rare[(np.cumsum(sizes[rare]) <= most / 2) & (np.cumsum(events) - events < FEWEST_RARE)]
    order = np.concatenate([first, order[~np.isin(order, first)]])
    return np.isin(parts, order[np.cumsum(sizes[order]) <= most])


def _tie_of(tie: Tie, rows: np.ndarray) -> Tie:
    return replace(tie, codes=None if tie.codes is None else tie.codes[rows])


def random_folds(case: Case, rows: np.ndarray | None = None) -> list[Fold]:
    """Shuffled folds, classes in equal shares; of these ``rows`` only where given."""
    from sklearn.model_selection import KFold, StratifiedKFold

    rows = np.arange(case.rows) if rows is None else rows
    y = case.y[rows]
    if case.task.kind == "number":
        folds = KFold(FOLDS, shuffle=True, random_state=0).split(rows)
    else:
        counts = np.bincount(y)[np.unique(y)]
        most = counts.min() if case.task.kind == "two" else counts.max()
        folds = StratifiedKFold(int(np.clip(most, 2, FOLDS)), shuffle=True, random_state=0).split(rows, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class rarer than the folds is told in our own words
        return [(rows[train], rows[test]) for train, test in folds]


def honest_folds(case: Case, tie: Tie, rows: np.ndarray) -> list[Fold]:
    """Folds of ``rows`` as the tie asks: whole groups, stretches of the field, or the past for the future.

    Time: five windows of a tenth of the times each, learned from all before less a gap of a hundredth
    (scikit-learn's TimeSeriesSplit). Where only one class is seen in them: whole stretches of time instead.
    """
    if tie.kind == "random":
        return random_folds(case, rows)
    if tie.kind == "time":
        folds = _forward(tie.codes, rows)
        tested = case.y[np.concatenate([test for _, test in folds])] if folds else np.array([])
        if len(np.unique(tested)) > 1:
            return folds
    codes = tie.codes[rows]
    parts = (
        codes if tie.kind == "group" else np.minimum(pd.Series(codes).rank(pct=True) * FOLDS, FOLDS - 1e-9).astype(int)
    )
    return _apart(case, np.asarray(parts), rows, tie.kind == "group")


def _forward(ranks: np.ndarray, rows: np.ndarray) -> list[Fold]:
    from sklearn.model_selection import TimeSeriesSplit

    times = np.unique(ranks[rows][ranks[rows] >= 0])
    count = len(times)
    windows = TimeSeriesSplit(min(FOLDS, count - 1), test_size=max(1, count // 10), gap=count // 100)
    folds = [tuple(rows[np.isin(ranks[rows], times[side])] for side in fold) for fold in windows.split(times)]
    return [(train, test) for train, test in folds if len(train) and len(test)]


def _apart(case: Case, parts: np.ndarray, rows: np.ndarray, shuffled: bool) -> list[Fold]:
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    y, count = case.y[rows], len(np.unique(parts))
    splitter = GroupKFold(min(FOLDS, count))
    if case.task.kind != "number" and shuffled and np.bincount(y).max() >= 2:
        splitter = StratifiedGroupKFold(int(min(FOLDS, count, np.bincount(y).max())), shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folds = list(splitter.split(rows, y, parts))
    return [(rows[train], rows[test]) for train, test in folds if len(train) and len(test)]


def scores(case: Case, tie: Tie, features: Features, kept: np.ndarray) -> Scores:
    """Scores of one model on both splits and of the baseline, all on the rows the honest split tests.

    Predictions of all folds are pooled and scored once: a fold without a defect, or a group whose values hardly
    differ, has no score of its own.

    Parameters
    ----------
    features : Features, shape (rows, columns)
    kept : array of row numbers
        Rows that are not copies of others; the honest split sees only these.

    Notes
    -----
    In order of time the baseline of a number is the stronger of the mean so far and ``case.previous``.
    """
    folds = honest_folds(case, tie, kept)
    honest = predicted(case, features, folds)
    same = tie.kind == "random" and len(kept) == case.rows
    mixed = honest if same else predicted(case, features, random_folds(case))
    tested = np.sort(np.concatenate([test for _, test in folds]))
    naive = {_NAIVE[case.task.kind]: score(case, _untaught(case, folds), tested)}
    if case.previous is not None:
        naive["ひとつ前の値"] = score(case, np.nan_to_num(case.previous), tested)
    best = max(naive, key=naive.get)
    return Scores(score(case, mixed, tested), score(case, honest, tested), naive[best], best)


_NAIVE = {"number": "平均", "two": "でたらめ", "many": "いちばん多い種類"}


def score(case: Case, guess: np.ndarray, tested: np.ndarray) -> float:
    """``case.task.metric`` of guesses (numbers, probabilities of the rarer class, or class codes) on rows ``tested``."""
    from sklearn import metrics

    y, guess = case.y[tested], guess[tested]
    if case.task.kind == "number":
        return float(metrics.r2_score(y, guess))
    if case.task.kind == "many":
        return float(metrics.f1_score(y, guess.astype(int), average="macro", labels=np.unique(y), zero_division=0))
    rank = {"roc_auc": metrics.roc_auc_score, "average_precision": metrics.average_precision_score}
    return float(rank[case.task.metric](y, guess))


def predicted(case: Case, features: Features, folds: list[Fold], make=None) -> np.ndarray:
    """Guess for every row from a model that has not seen it; NaN for rows in no test fold."""
    from threadpoolctl import threadpool_limits

    make, guess = make or _model, np.full(case.rows, np.nan)
    # One thread: on a shared class server, threads that wait for each other cost more than they win.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for train, test in folds:
            if len(np.unique(case.y[train])) < 2:
                guess[test] = case.y[train][0]
                continue
            model = make(case, features, len(train)).fit(features.values[train], case.y[train])
            tell = model.predict if case.task.kind != "two" else lambda x, model=model: model.predict_proba(x)[:, 1]
            guess[test] = tell(features.values[test])
    return guess


def _untaught(case: Case, folds: list[Fold]) -> np.ndarray:
    """Guesses of who never looks at a feature: mean or commonest class of the learning rows; for two classes a constant."""
    guess = np.zeros(case.rows)
    for train, test in folds:
        if case.task.kind == "number":
            guess[test] = case.y[train].mean()
        elif case.task.kind == "many":
            guess[test] = np.bincount(case.y[train]).argmax()
    return guess


def _model(case: Case, features: Features, rows: int):
    """Boosted trees as they come: they take blanks, kinds and odd scales, and learn in seconds. Nothing is tuned.

    The penalty is there for rare classes: at one per cent, steps without it overshoot until every guess is the same.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if case.task.kind == "number" else HistGradientBoostingClassifier
    return kind(
        max_iter=max(8, min(TREES, 3 * TREES // max(1, len(case.task.labels)))),
        learning_rate=0.2,
        l2_regularization=1.0,
        min_samples_leaf=int(np.clip(rows // 50, 2, 20)),
        categorical_features=features.texts,
        early_stopping=False,
        random_state=0,
    )

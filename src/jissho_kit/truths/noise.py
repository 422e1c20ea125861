"""Misconceptions shown on noise that nothing explains: M10, M11, M12, M32.

There is nothing to find in it, so all that a method finds is the method's own doing. The noise is drawn from a seed that the
tables give (:func:`noise_seed`): the same tables give the same figures, and a course's own tables others than the lesson's.
The parameter ``seed`` overrules it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from jissho_kit.truths._registry import DEMONSTRATIONS, Demonstration

DRAWS = 20  # one draw swings; figures are means of so many
DRAWS_SELECTION = 8  # the same where a draw costs more
FOLDS = 5


def noise_seed(tables: Mapping[str, pd.DataFrame] | None) -> int:
    """Seed (below 2³²) that the tables give: from the rows of molding, or of the first table by name; 0 without tables.

    A notebook has the same in one line: ``int(pd.util.hash_pandas_object(df, index=False).sum() % 2**32)``.
    """
    if not tables:
        return 0
    rows = tables["molding" if "molding" in tables else min(tables)]
    return int(pd.util.hash_pandas_object(rows, index=False).sum() % 2**32)


def _chosen(tables: Mapping[str, pd.DataFrame] | None, seed: float | None) -> int:
    return noise_seed(tables) if seed is None else int(seed)


def selected_before_folding(
    tables=None, rows: float = 60, columns: float = 1000, kept: float = 20, seed: float | None = None, **_
) -> Demonstration:
    """M10: the ``kept`` columns that tell two equal classes apart best, chosen on all rows or inside each fold.

    Accuracy of a logistic regression in five folds, mean of 8 draws; nobody can do better than 0.5.
    Source: Ambroise & McLachlan (2002), PNAS 99(10), 6562–6566.
    """
    return Demonstration(
        "M10",
        **_selection(_chosen(tables, seed), int(rows), int(columns), int(kept)),
        statement="答えを全部見て列を選んでから交差検証すると、雑音でも当たって見える。学習側だけで選び直すと、コイン投げに戻る。",
    )


@lru_cache(maxsize=8)
def _selection(seed: int, rows: int, columns: int, kept: int) -> dict[str, dict[str, float]]:
    from sklearn.feature_selection import SelectKBest, f_classif
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline

    rng = np.random.default_rng(seed)
    select, model = SelectKBest(f_classif, k=kept), LogisticRegression(solver="liblinear")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    bad = np.arange(rows) % 2
    before, inside = [], []
    for _ in range(DRAWS_SELECTION):
        noise = rng.standard_normal((rows, columns))
        before.append(cross_val_score(model, select.fit_transform(noise, bad), bad, cv=folds).mean())
        inside.append(cross_val_score(make_pipeline(select, model), noise, bad, cv=folds).mean())
    return {"right": _summary("accuracy", inside), "wrong": _summary("accuracy", before)}


def best_of_many(
    tables=None, coins: float = 200, questions: float = 100, seed: float | None = None, **_
) -> Demonstration:
    """M11: the best of many coins on one examination, and the same coin on fresh questions; means of 20 draws.

    ``wrong.expected``: exact mean of the best, from the binomial distribution of one coin's right answers.
    """
    seed, coins, questions = _chosen(tables, seed), int(coins), int(questions)
    first, fresh = np.random.default_rng(seed).binomial(questions, 0.5, (2, DRAWS, coins)) / questions
    winner = first.argmax(axis=1)
    return Demonstration(
        "M11",
        right=_summary("accuracy", fresh[range(DRAWS), winner]),
        wrong=_summary("accuracy", first.max(axis=1)) | {"expected": _expected_best(coins, questions)},
        statement="たくさん試して一番良いものを選ぶと、まぐれの分だけ高く出る。まだ使っていない問題で測り直すと、元に戻る。",
    )


def _expected_best(coins: int, questions: int) -> float:
    """Mean share of right answers of the best coin: Σ P(best > k) over k = 0 … questions − 1, by the number of questions."""
    from scipy.stats import binom

    return float((1 - binom.cdf(np.arange(questions), questions, 0.5) ** coins).mean())


def learnt_by_heart(
    tables=None, rows: float = 30, columns: float = 200, seed: float | None = None, **_
) -> Demonstration:
    """M12: R² of a straight-line fit on the rows it has learnt, and in five folds; means of 20 draws.

    With at least ``rows`` − 1 columns the fit is perfect whatever they hold.
    """
    return Demonstration(
        "M12",
        **_fitted(_chosen(tables, seed), int(rows), int(columns)),
        statement="列が行より多ければ、学習データにはいつでもぴったり合う。まだ見ていない行では、平均を言うより外れる。",
    )


@lru_cache(maxsize=8)
def _fitted(seed: int, rows: int, columns: int) -> dict[str, dict[str, float]]:
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import cross_val_score

    rng = np.random.default_rng(seed)
    learnt, unseen = [], []
    for _ in range(DRAWS):
        noise, target = rng.standard_normal((rows, columns)), rng.standard_normal(rows)
        learnt.append(LinearRegression().fit(noise, target).score(noise, target))
        unseen.append(cross_val_score(LinearRegression(), noise, target, cv=FOLDS).mean())
    return {"right": _summary("r2", unseen), "wrong": _summary("r2", learnt)}


def two_hundred_sensors(
    tables=None, sensors: float = 200, level: float = 0.05, parts: float = 50, seed: float | None = None, **_
) -> Demonstration:
    """M32: sensors that differ "significantly" between ``parts`` good and as many bad parts, none of which has to do with it.

    t-tests at ``level``, mean count of 20 draws; ``right`` after the correction of Benjamini & Hochberg (1995).
    By arithmetic: ``by_chance`` of them are expected, ``at_least_one`` is the chance of one or more, ``level_each`` the
    level for each that keeps the chance of any below ``level`` (Bonferroni).
    """
    from scipy.stats import false_discovery_control, ttest_ind

    sensors, parts = int(sensors), int(parts)
    bad, good = np.random.default_rng(_chosen(tables, seed)).standard_normal((2, DRAWS, parts, sensors))
    chances = ttest_ind(bad, good, axis=1).pvalue
    found = (chances < level).sum(axis=1)
    left = (false_discovery_control(chances, axis=1) < level).sum(axis=1)
    return Demonstration(
        "M32",
        right=_summary("found", left)
        | {
            "by_chance": sensors * level,
            "at_least_one": 1 - (1 - level) ** sensors,
            "level_each": level / sensors,
        },
        wrong=_summary("found", found),
        statement=f"関係のないセンサーでも、{sensors}個調べれば{sensors * level:.0f}個ほどは偶然に「効いて」見える。"
        "調べた数で補正すると、ほとんど残らない。",
    )


def _summary(name: str, values) -> dict[str, float]:
    """Mean of the draws by ``name``, with the lowest and the highest."""
    return {name: float(np.mean(values)), "lowest": float(np.min(values)), "highest": float(np.max(values))}


DEMONSTRATIONS.update(M10=selected_before_folding, M11=best_of_many, M12=learnt_by_heart, M32=two_hundred_sensors)

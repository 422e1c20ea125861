"""How flattering is a random split on a person's own table? What ties the rows together, and an honest split instead.

The way: read the columns (``_case``), set aside what cannot be a feature (``_columns``), find what ties rows together
(``_structure``), score one model on a random and on the honest split (``_score``),
look at the trial as a whole (``_trial``), say it in words (``_words``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jissho.datasets._profile import _words
from jissho.datasets._profile._case import make_case
from jissho.datasets._profile._checks import Trial, look
from jissho.datasets._profile._columns import AFTERWARDS, COLUMNS
from jissho.datasets._profile._features import features_of, previous_values
from jissho.datasets._profile._score import in_order, scores, thinned
from jissho.datasets._profile._structure import decide
from jissho.datasets._profile._trial import FIRST, TRIAL, order_of_rows, single_rows
from jissho.errors import DataError

__all__ = ["Profile", "profile_own_table"]


@dataclass(frozen=True)
class Profile:
    """What an honest trial on a table needs to know.

    Attributes
    ----------
    split : str
        ``random`` (rows mixed), ``group`` (whole groups apart), ``time`` (the past for the future) or ``block``
        (stretches of a field apart).
    reason : str
        Why, in Japanese, with the scores side by side.
    random_score, honest_score, baseline_score : float
        One model on a random split, the same model on ``split``, and a guess without any feature; on the same rows.
    metric : str
        scikit-learn's name: ``r2`` for numbers, ``average_precision`` for two classes with the rarer below 20 %,
        ``roc_auc`` for two classes else, ``f1_macro`` for several.
    warnings : tuple of str
        What to mind, in Japanese: which columns, what about them, what to do.
    """

    split: str
    reason: str
    random_score: float
    honest_score: float
    baseline_score: float
    metric: str
    warnings: tuple[str, ...]

    def text(self) -> str:
        """The profile as plain Japanese text for a screen: split, reason, the three scores, what to mind."""
        return _words.page(self)


def profile_own_table(df: pd.DataFrame, target: str, time: str | None = None, group: str | None = None) -> Profile:
    """Say how an honest trial should part the rows of ``df``, and how much a random split would flatter.

    Parameters
    ----------
    df : DataFrame
        A table as ``read_own_table`` or ``pandas.read_csv`` gives it, one row per piece, shot, animal and day, …
    target : str
        The column to be told. Text or two distinct values: classes. Three and more numbers: a number.
    time : str, optional
        Column with the order of time; the split is then by time (unless ``group`` is given too).
    group : str, optional
        Column with lot, animal, mould, field, …; the split then keeps whole groups apart.

    Returns
    -------
    Profile
        Without ``time`` and ``group`` the split is by what is found in names and values: coordinates, else groups
        whose rows are alike, else time, else random.

    Raises
    ------
    DataError
        No such column, nothing to tell, too few rows, or no column left to tell it from.

    Notes
    -----
    The model is scikit-learn's histogram gradient boosting with fixed settings; the columns that look known only
    afterwards, serial numbers, empty and constant columns, groups, dates (but for hour and month) and serial order
    are no features, in either split. Scores come from the pooled predictions of five folds. The same table gives
    the same scores in whatever order its rows stand. More than 20,000 rows (less for more than two classes) are
    thinned out in whole groups or stretches with a fixed seed.
    """
    case = make_case(df, target, time, group)
    trial = Trial(case)
    said = [*look(trial, FIRST), *case.notes, *look(trial, COLUMNS)]
    trial.tie, trial.others = decide(case)
    ordered, tie = in_order(case, trial.tie)
    ordered.previous = previous_values(ordered, tie)
    trial.sample, trial.sample_tie = thinned(ordered, tie)
    said += look(trial, AFTERWARDS)
    features = features_of(trial.sample, trial.sample_tie)
    if not features.names:
        raise DataError(
            "予測に使える列が残りません。",
            "\n".join(said),
            "予測する時点で分かっている列（測定値や条件）を表に足してください。",
        )
    trial.kept = single_rows(trial.sample)
    trial.scores = scores(trial.sample, trial.sample_tie, features, trial.kept)
    said += look(trial, TRIAL)
    got = trial.scores
    why = _words.reason(case, trial.tie, got, in_runs=any(order_of_rows(trial)))
    return Profile(trial.tie.kind, why, got.random, got.honest, got.baseline, case.task.metric, tuple(said))

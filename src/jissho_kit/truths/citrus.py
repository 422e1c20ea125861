"""Results on the mandarins (A3): a forest that recognises fruits (M06), and a machine that reads too high (M20)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.citrus import CHANNELS, PREMIUM
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

FOLDS = 4
JUICE = {"sugar": "糖度", "acid": "酸度"}


def trial(df: pd.DataFrame) -> pd.DataFrame:
    """Readings of the trial fruits that have a spectrum and a titration."""
    return df[df["種別"] == "試験果実"].dropna().reset_index(drop=True)


def _splits(rows: pd.DataFrame, by_fruit: bool) -> list:
    from sklearn.model_selection import GroupKFold, KFold

    if by_fruit:
        return list(GroupKFold(FOLDS).split(rows, groups=rows["果実"]))
    return list(KFold(FOLDS, shuffle=True, random_state=0).split(rows))


def _guessed(model, rows: pd.DataFrame, column: str, by_fruit: bool) -> np.ndarray:
    """The model's guess of ``column`` for every reading while that reading's fold was left out."""
    from sklearn.model_selection import cross_val_predict

    return cross_val_predict(model, rows[CHANNELS], rows[column], cv=_splits(rows, by_fruit)).ravel()


def _forest():
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(n_estimators=20, max_features=1 / 3, random_state=0)


def _scores(rows: pd.DataFrame, by_fruit: bool) -> dict[str, float]:
    """R² of a forest for sugar and acid, readings or fruits kept apart, and the share of test rows whose fruit is known."""
    from sklearn.metrics import r2_score

    known = [rows["果実"].iloc[test].isin(rows["果実"].iloc[train]).mean() for train, test in _splits(rows, by_fruit)]
    scores = {f"r2_{k}": float(r2_score(rows[c], _guessed(_forest(), rows, c, by_fruit))) for k, c in JUICE.items()}
    return scores | {"known": float(np.mean(known))}


def same_fruit_on_both_sides(tables, **_) -> Demonstration:
    """M06: with readings shuffled, a forest knows nearly every fruit it is tested on; on new fruits acid is worse than the mean."""
    rows = trial(tables["citrus"])
    return Demonstration(
        "M06",
        right=_scores(rows, by_fruit=True),
        wrong=_scores(rows, by_fruit=False),
        statement="測定を混ぜて分けると、同じ果実が両側に入り、当たって見える。果実で分けると、酸度は平均を答えるより悪い。",
    )


def correlated_but_off(tables, **_) -> Demonstration:
    """M20: machine B's display goes along with the juice (r) yet reads too high, so that many premium fruits are none.

    ``bias`` and ``correction`` in °Bx (correction is what to add to B); ``premium``: share of readings at 12.0 or more;
    ``false``: share of B's premium readings whose juice is below.
    """
    found = compared_machines(tables["citrus"])
    return Demonstration(
        "M20",
        right={
            "r": found["r_b"],
            "bias": found["bias_b"],
            "correction": -found["bias_b"],
            "premium": found["premium_true"],
            "false": found["false_b"],
        },
        wrong={"r": found["r_b"], "bias": 0.0, "correction": 0.0, "premium": found["premium_b"], "false": 0.0},
        statement="相関は高いのに、B機は全体に高く表示する。12度以上と表示された果実の多くが、12度に届いていない。",
    )


def compared_machines(df: pd.DataFrame) -> dict:
    """Each machine's display against the juice on the trial fruits: correlation, mean difference (°Bx), premium shares."""
    rows = trial(df)
    found = {"premium_true": float((rows.drop_duplicates("果実")["糖度"] >= PREMIUM).mean())}
    for machine, name in (("A", "a"), ("B", "b")):
        of = rows[rows["選果機"] == machine]
        premium = of["表示糖度"] >= PREMIUM
        found |= {
            f"r_{name}": float(of["表示糖度"].corr(of["糖度"])),
            f"bias_{name}": float((of["表示糖度"] - of["糖度"]).mean()),
            f"premium_{name}": float(premium.mean()),
            f"false_{name}": float((of.loc[premium, "糖度"] < PREMIUM).mean()),
        }
    return found


def morning_check(df: pd.DataFrame) -> pd.DataFrame:
    """Mean of display − juice (°Bx) of the five standard fruits, one row per day, one column per machine."""
    rows = df[df["種別"] == "標準果実"]
    return (rows["表示糖度"] - rows["糖度"]).groupby([rows["測定日"], rows["選果機"]]).mean().unstack()


def first_day_off(df: pd.DataFrame, learnt: int = 7) -> int:
    """Day of the season (from 1) on which machine B first leaves mean ± 3σ of its first ``learnt`` mornings; 0: never."""
    of_day = morning_check(df)["B"]
    first = of_day.iloc[:learnt]
    off = np.flatnonzero((of_day - first.mean()).abs().iloc[learnt:] > 3 * first.std())
    return learnt + int(off[0]) + 1 if len(off) else 0


def citrus(tables, **_) -> dict:
    """Named results: counts, both machines against the juice, PLS by fruit (r and R²), the first day off."""
    from sklearn.cross_decomposition import PLSRegression
    from sklearn.metrics import r2_score

    df = tables["citrus"]
    rows = trial(df)
    guesses = {name: _guessed(PLSRegression(8), rows, column, by_fruit=True) for name, column in JUICE.items()}
    pls = {f"pls_r_{k}": float(np.corrcoef(guess, rows[JUICE[k]])[0, 1]) for k, guess in guesses.items()}
    pls |= {f"pls_r2_{k}": float(r2_score(rows[JUICE[k]], guess)) for k, guess in guesses.items()}
    return compared_machines(df) | pls | {
        "rows": len(df),
        "readings": len(rows),
        "fruits": rows["果実"].nunique(),
        "overturned": int(df["表示糖度"].isna().sum()),
        "first_day_off": first_day_off(df),
    }  # fmt: skip


def sorter(tables, boxes: float = 10_000, extra: float = 300, claim: float = 1_100, **_) -> dict:
    """Named results on what machine B's reading too high costs when ``boxes`` pass it and fruit stands for box.

    ``extra`` (yen per box) is what a box sold as premium brings on top, ``claim`` what one that is not sweet enough costs.
    Counts: ``readings``, ``shown`` (12.0 or more), ``short`` (of these, juice below), ``real``. Shares: ``false`` (of
    shown), ``false_of_all``, ``shown_share``, ``real_share`` (these of all readings); ``*_thousand``: of 1,000. Yen: ``loss`` = false boxes × (claim − extra); wrong:
    ``sales`` (only what they bring), ``claims`` (only what they cost), ``sum`` (both added), ``all_shown`` (every premium
    box taken for false).
    """
    rows = trial(tables["citrus"])
    shown = rows[(rows["選果機"] == "B") & (rows["表示糖度"] >= PREMIUM)]
    readings, short = int((rows["選果機"] == "B").sum()), int((shown["糖度"] < PREMIUM).sum())
    false_boxes = boxes * short / readings
    shares = {
        "false": short / len(shown),
        "false_of_all": short / readings,
        "shown_share": len(shown) / readings,
        "real_share": (len(shown) - short) / readings,
    }
    return (
        shares
        | {f"{name}_thousand": 1000 * share for name, share in shares.items()}
        | {
            "readings": readings,
            "shown": len(shown),
            "short": short,
            "real": len(shown) - short,
            "loss": false_boxes * (claim - extra),
            "sales": false_boxes * extra,
            "claims": false_boxes * claim,
            "sum": false_boxes * (claim + extra),
            "all_shown": boxes * len(shown) / readings * (claim - extra),
        }
    )


RESULTS.update(citrus=citrus, sorter=sorter)
DEMONSTRATIONS.update(M06=same_fruit_on_both_sides, M20=correlated_but_off)

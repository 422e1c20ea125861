"""Results on the moulding shots (F3): the logger's faults, the baselines, and what a split hides."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.molding import CHANNELS, ODD_UNITS, SIZE_LIMIT
from jissho_kit.truths._once import once_per_table
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

USABLE = [*CHANNELS, "キャビ"]
LATER = "手直し時間_分"
TOP_SHARE = 0.2  # of the parts that go to a closer inspection
FIRST_SHOTS = 20  # of a lot, from which its control limits are drawn
TRAINING_WEEKS = 2  # weeks known before the first forecast of the next one


def tidy(df: pd.DataFrame) -> pd.DataFrame:
    """The table after its interrogation: rows sent twice dropped, the odd unit and the slow clock put right, 不良 (bool) added."""
    df = df.drop_duplicates().reset_index(drop=True)
    for column, factor in ODD_UNITS.items():
        odd = df[column] > 5 * df[column].median()
        df.loc[odd, column] /= factor
    df.loc[at_night(df), "日時"] += pd.Timedelta(hours=9)
    return df.assign(不良=df["不良種"] != "なし", 週=df["日時"].dt.isocalendar().week.astype(int))


def at_night(df: pd.DataFrame) -> pd.Series:
    """Rows whose clock says between 20:00 and 7:00, when the plant stands still."""
    return ~df["日時"].dt.hour.between(7, 19)


def stray(df: pd.DataFrame, column: str = "クッション量") -> pd.Series:
    """Control chart of a tidy table: how many σ a shot lies from its own lot's first 20 shots (those: 0)."""
    lot = df["材料ロット"]
    early = lot.groupby(lot).cumcount() < FIRST_SHOTS
    first = df[column].where(early).groupby(lot)
    return ((df[column] - first.transform("mean")) / first.transform("std")).mask(early, 0).fillna(0)


@once_per_table
def _sheet(df: pd.DataFrame) -> dict:
    clean = tidy(df)
    bad = clean["不良"]
    previous = bad.shift(fill_value=False)
    outside = stray(clean).abs() > 3
    ratio = df[CHANNELS].max() / df[CHANNELS].median()
    odd = ratio.idxmax()
    missing = df[CHANNELS].isna()
    return {
        "rows": len(df),
        "shots": len(clean),
        "lots": df["材料ロット"].nunique(),
        "weeks": clean["週"].nunique(),
        "duplicates": int(df.duplicated().sum()),
        "duplicates_both": int(df.duplicated(keep=False).sum()),
        "repeated_times": int(df["日時"].duplicated().sum()),
        "odd_column": odd,
        "odd_ratio": float(ratio.max()),
        "odd_factor": ODD_UNITS.get(odd, float("nan")),
        "odd_rows": int((df[odd] > 5 * df[odd].median()).sum()),
        "odd_lots": df.loc[df[odd] > 5 * df[odd].median(), "材料ロット"].nunique(),
        "night_rows": int(at_night(df).sum()),
        "missing_rows": int(missing.all(axis=1).sum()),
        "missing_blocks": int((missing.all(axis=1).astype(int).diff() == 1).sum()),
        "missing_weighing": int((missing["計量時間"] & ~missing.all(axis=1)).sum()),
        "inconsistent": int(((clean[LATER] > 0) & ~bad).sum()),
        "defects": int(bad.sum()),
        "defect_rate": float(bad.mean()),
        "accuracy_all_good": float(1 - bad.mean()),
        "accuracy_previous": float((previous == bad).mean()),
        "error_previous": float((previous != bad).mean()),
        "found_previous": int((previous & bad).sum()),
        "recall_previous": float(previous[bad].mean()),
        "missed_previous": float(1 - previous[bad].mean()),
        "accuracy_chart": float((outside == bad).mean()),
        "found_chart": int((outside & bad).sum()),
        "flagged_chart": int(outside.sum()),
        "recall_chart": float(outside[bad].mean()),
        "worst_lot_defects": int(bad.groupby(clean["材料ロット"]).sum().max()),
        "best_lot_defects": int(bad.groupby(clean["材料ロット"]).sum().min()),
        "share_of_worst_lots": float(bad.groupby(clean["材料ロット"]).sum().nlargest(6).sum() / bad.sum()),
    }


def chances(train: pd.DataFrame, test: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Chance of a defect for each row of ``test`` by the lesson's forest fitted to ``train`` (both tidy)."""
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(n_estimators=20, min_samples_leaf=3, random_state=0)
    return forest.fit(train[columns], train["不良"]).predict_proba(test[columns])[:, 1]


def found_in_top(bad: pd.Series, suspicion: np.ndarray) -> float:
    """Share of the defects among the fifth of the rows that look most suspicious."""
    top = np.argsort(-np.asarray(suspicion), kind="stable")[: round(TOP_SHARE * len(bad))]
    return float(bad.to_numpy()[top].sum() / bad.sum())


def next_weeks(df: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Pairs (all weeks so far, the week after) of a tidy table, from the third week on."""
    weeks = sorted(df["週"].unique())
    return [(df[df["週"] < week], df[df["週"] == week]) for week in weeks[TRAINING_WEEKS:]]


def shuffled(df: pd.DataFrame, times: int = 4) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """``times`` pairs (train, test) of rows drawn at random, the test as large as a week of six."""
    from sklearn.model_selection import train_test_split

    return [train_test_split(df, test_size=1 / 6, random_state=seed) for seed in range(times)]


@once_per_table
def _shuffled(df: pd.DataFrame) -> dict:
    return _judged(shuffled(tidy(df)), USABLE)


@once_per_table
def _shuffled_with_later(df: pd.DataFrame) -> dict:
    return _judged(shuffled(tidy(df)), [*USABLE, LATER])


@once_per_table
def _next(df: pd.DataFrame) -> dict:
    clean = tidy(df)
    usual = clean[CHANNELS] - clean.groupby("材料ロット")[CHANNELS].transform("mean")
    known = -(usual / usual.std())[["クッション量", "金型温度"]].sum(axis=1)
    chart = -stray(clean)
    return _judged(next_weeks(clean), USABLE) | {
        "chart_auc": _mean([_auc(test["不良"], chart[test.index]) for _, test in next_weeks(clean)]),
        "best_auc": _mean([_auc(test["不良"], known[test.index]) for _, test in next_weeks(clean)]),
    }


def _judged(pairs: list[tuple[pd.DataFrame, pd.DataFrame]], columns: list[str]) -> dict[str, float]:
    """The lesson's forest on pairs (train, test): mean, lowest and highest AUC, mean share found in the top fifth."""
    scores = [(test["不良"], chances(train, test, columns)) for train, test in pairs]
    aucs = [_auc(bad, chance) for bad, chance in scores]
    found = _mean([found_in_top(bad, chance) for bad, chance in scores])
    return {"auc": _mean(aucs), "lowest": min(aucs), "highest": max(aucs), "found": found}


def _auc(bad: pd.Series, suspicion) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(bad, suspicion))


def molding(tables, **_) -> dict:
    """Named results: the faults found, the baselines on the tidy table (shares and counts)."""
    return _sheet(tables["molding"])


def lots_on_both_sides(tables, **_) -> Demonstration:
    """M05: a forest looks good when shots are shuffled, because lots it knows are on both sides; next week's lots are new.

    Areas under the ROC curve, mean of four splits each; ``found``: share of the defects in the most suspicious fifth.
    The same next weeks judged without learning: ``chart_auc`` by how
    little cushion a shot has against its own lot's first ones; ``best_auc`` by someone who knows which two channels count.
    """
    return Demonstration(
        "M05",
        right=_next(tables["molding"]),
        wrong=_shuffled(tables["molding"]),
        statement="ショットを混ぜて分けると当たって見えるが、来週の新しいロットでは当たらない。",
    )


def column_known_too_late(tables, **_) -> Demonstration:
    """M08: with the time of rework the same forest on the same split is almost perfect; it is known only after inspection."""
    return Demonstration(
        "M08",
        right=_shuffled(tables["molding"]),
        wrong=_shuffled_with_later(tables["molding"]),
        statement="検査の後でしか分からない列を入れると、ほぼ完璧に見える。予測する瞬間には、その列は無い。",
    )


def cavities_mixed(tables, **_) -> Demonstration:
    """M35: both cavities together look like a poor process; each alone scatters little but lies off centre.

    Cpk = min(upper limit − mean, mean − lower limit) / (3 σ), limits 10.000 ± 0.030 mm; sd and shift in mm.
    """
    df = tables["molding"].drop_duplicates()
    by_cavity = df.groupby("キャビ")["寸法"]
    return Demonstration(
        "M35",
        right={
            "cpk_1": _cpk(by_cavity.get_group(1)),
            "cpk_2": _cpk(by_cavity.get_group(2)),
            "sd": float(by_cavity.std().mean()),
            "shift": float(by_cavity.mean()[1] - by_cavity.mean()[2]),
        },
        wrong={"cpk": _cpk(df["寸法"]), "sd": float(df["寸法"].std()), "mean": float(df["寸法"].mean())},
        statement="混ぜると、平均は真ん中でばらつきが大きく見える。キャビで分けると、ばらつきは小さく、平均がずれている。",
    )


def _cpk(sizes: pd.Series) -> float:
    return float((SIZE_LIMIT - abs(sizes.mean() - 10)) / (3 * sizes.std()))


def _mean(values: list[float]) -> float:
    return float(np.mean(values))


RESULTS["molding"] = molding
DEMONSTRATIONS.update({"M05": lots_on_both_sides, "M08": column_known_too_late, "M35": cavities_mixed})

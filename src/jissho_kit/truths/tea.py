"""Results on the tea gardens (A4): another prefecture's sum of temperatures, the average date, and a sum of one's own; M19."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.tea import ELSEWHERE, START
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

LEARNT_YEARS = 10  # known before the first judgement; the years after are judged


def sums(df: pd.DataFrame) -> pd.DataFrame:
    """The rows from 10 March on with 積算 (℃·day, that day included); days of a dead logger filled from the other gardens.

    A missing day is the other gardens' mean of that day plus what this garden's usual distance from it is.
    """
    of_day = df.groupby("日付")["平均気温"].transform("mean")
    distance = (df["平均気温"] - of_day).groupby(df["園"]).transform("mean")
    filled = df["平均気温"].fillna(of_day + distance)
    rows = df.assign(気温=filled.clip(lower=0))[_from_start(df["日付"])]
    return rows.assign(積算=rows.groupby(["年", "園"])["気温"].cumsum())


def _from_start(dates: pd.Series) -> pd.Series:
    month, day = map(int, START.split("-"))
    return dates.dt.month * 100 + dates.dt.day >= month * 100 + day


def springs(df: pd.DataFrame) -> pd.DataFrame:
    """One row per year and garden: 萌芽 (day of the year), and 必要 (℃·day reached on that day)."""
    rows = sums(df)
    seen = rows[rows["作業"] == "萌芽"]
    return pd.DataFrame(
        {"年": seen["年"], "園": seen["園"], "萌芽": seen["日付"].dt.day_of_year, "必要": seen["積算"]}
    ).reset_index(drop=True)


def sprouting(df: pd.DataFrame, need: pd.Series | float) -> pd.Series:
    """Day of the year on which the sum reaches ``need`` (one for all, or by garden); index (年, 園)."""
    rows = sums(df)
    wanted = rows["園"].map(need) if isinstance(need, pd.Series) else need
    reached = rows[rows["積算"] >= wanted]
    return reached.groupby(["年", "園"])["日付"].first().dt.day_of_year


def compared(df: pd.DataFrame) -> dict:
    """Errors (days) on the years after the first ten: as published, the average date, re-fitted, and re-fitted on all years."""
    seen = springs(df).set_index(["年", "園"])
    years = seen.index.get_level_values("年")
    learnt = seen[years < years.min() + LEARNT_YEARS]
    later = seen["萌芽"][years >= years.min() + LEARNT_YEARS]
    own = learnt.groupby("園")["必要"].mean()
    average = later.index.get_level_values("園").map(learnt.groupby("園")["萌芽"].mean())
    off = {
        "as_is": sprouting(df, ELSEWHERE).reindex(later.index) - later,
        "average": pd.Series(average.to_numpy(), later.index) - later,
        "own": sprouting(df, own).reindex(later.index) - later,
        "same_years": sprouting(df, seen.groupby("園")["必要"].mean()).reindex(later.index) - later,
    }
    maes = {f"mae_{name}": float(np.abs(error).mean()) for name, error in off.items()}
    return maes | {
        "bias_as_is": float(off["as_is"].mean()),
        "bias_own": float(off["own"].mean()),
        "need": float(own.mean()),
        "need_lowest": float(own.min()),
        "need_highest": float(own.max()),
        "judged": len(later),
    }


def tea(tables, **_) -> dict:
    """Named results: counts, the sums needed (℃·day), errors (days) of all four ways, how much later covered gardens pluck."""
    df = tables["tea"]
    days = df[df["作業"].notna()].assign(日=lambda t: t["日付"].dt.day_of_year)
    dates = days.pivot_table(index=["年", "園", "被覆"], columns="作業", values="日")
    growing = (dates["摘採"] - dates["萌芽"]).groupby("被覆").mean()
    return compared(df) | {
        "rows": len(df),
        "years": df["年"].nunique(),
        "gardens": df["園"].nunique(),
        "missing_days": int(df["平均気温"].isna().sum()),
        "published": ELSEWHERE,
        "cover_delay": float(growing["有"] - growing["無"]),
    }


def another_regions_model(tables, **_) -> Demonstration:
    """M19: the sum published elsewhere is worse than the plain average date; re-fitted on ten own years it beats both.

    ``mae``, ``bias`` in days on the years after; ``need`` in ℃·day from 10 March; ``mae_same_years`` (wrong): re-fitted on
    the very years that are judged.
    """
    found = compared(tables["tea"])
    return Demonstration(
        "M19",
        right={
            "mae": found["mae_own"],
            "mae_average": found["mae_average"],
            "bias": found["bias_own"],
            "need": found["need"],
        },
        wrong={
            "mae": found["mae_as_is"],
            "bias": found["bias_as_is"],
            "need": ELSEWHERE,
            "mae_same_years": found["mae_same_years"],
        },
        statement="よその式をそのまま使うと平年値より外れる。自分の園の記録で合わせ直すと、平年値より当たる。",
    )


RESULTS["tea"] = tea
DEMONSTRATIONS["M19"] = another_regions_model

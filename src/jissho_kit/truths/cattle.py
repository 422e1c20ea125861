"""Results on the cows' collars (A5): notices at a threshold, per reading and per heat, by day and by night; misconception M37."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.cattle import IN_TIME, LAST, SLOTS, STEP_H, USUAL_DAYS
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

MISS_YEN, LOOK_YEN = 30_000, 600  # a heat missed (21 days lost); going to look at a cow for nothing
RULE = 1.8  # the collar's rule as delivered: a cow moves 1.8 times as much as usual
THRESHOLDS = np.round(np.arange(1.2, 3.51, 0.05), 2)
OFFERED = [1.4, 1.7, 2.0, 2.3, 2.6]  # settings that an item's table shows
NIGHT = (20, 6)  # a notice sent from 20:00 until before 6:00 comes at night
NIGHT_YEN = 3_000  # going to look at night for nothing
NEVER = float("inf")  # a night threshold of "wait until the morning"


def judged(df: pd.DataFrame) -> pd.DataFrame:
    """Readings after the first week (the collar learns what is usual), with 回 (number of the heat, 0: none) and 経過 (h).

    経過 is the time from the start of the reading's heat to the end of the reading; a heat running at the end of that
    week is left out.
    """
    cow = df["牛番号"]
    in_heat = df["発情"] == 1
    starts = in_heat & ~(in_heat.shift(fill_value=False) & (cow == cow.shift()))
    number = starts.cumsum().where(in_heat, 0)
    since = (number.groupby(number).cumcount() + 1).where(
        in_heat, 0
    )  # readings since the heat began, this one included
    began = df.groupby("牛番号").cumcount() - (since - 1).clip(lower=0)
    return df.assign(回=number, 経過=since * STEP_H)[began >= USUAL_DAYS * SLOTS].reset_index(drop=True)


def at_threshold(df: pd.DataFrame, threshold: float, miss: float = MISS_YEN, look: float = LOOK_YEN) -> dict:
    """Counts, rates and loss (yen) of notices where 活動比 is ``threshold`` or more, on readings as :func:`judged` gives.

    Readings in a row, and those up to six hours apart, are one notice. A heat is found if a notice falls in it; a notice
    that touches no heat, nor the six hours after one, is a walk for nothing. ``in_time`` counts heats noticed early
    enough to inseminate (18 hours after the start at the latest).
    """
    heat, called = df["回"].to_numpy(), np.nan_to_num(df["活動比"].to_numpy()) >= threshold
    rows, notices, near = _notices(df, called)
    total = int(notices[-1]) if len(rows) else 0
    touching = len(np.unique(notices[near[rows]]))
    heats, found = np.unique(heat[heat > 0]), np.unique(heat[called & (heat > 0)])
    soon = np.unique(heat[called & (heat > 0) & (df["経過"].to_numpy() <= IN_TIME[1])])
    missed, false = len(heats) - len(found), total - touching
    return {
        "heats": len(heats),
        "found": len(found),
        "missed": missed,
        "in_time": len(soon),
        "too_late": len(found) - len(soon),
        "notices": total,
        "false": false,
        "recall": len(found) / len(heats),
        "readings": int((heat > 0).sum()),
        "readings_found": int((called & (heat > 0)).sum()),
        "reading_recall": float(called[heat > 0].mean()),
        "accuracy": float((called == (heat > 0)).mean()),
        "loss": missed * miss + false * look,
    }


def _notices(df: pd.DataFrame, called: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows that call, the number of the notice of each, for every row of ``df`` whether it touches a heat)."""
    cow, near = df["牛番号"].to_numpy(), df["回"].to_numpy() > 0
    rows = np.flatnonzero(called)
    new = np.r_[True, (np.diff(rows) > LAST) | (np.diff(cow[rows]) != 0)][: len(rows)]
    for _ in range(LAST):
        near = near | (np.r_[False, near[:-1]] & np.r_[False, cow[1:] == cow[:-1]])
    return rows, np.cumsum(new), near


def sweep(df: pd.DataFrame, miss: float = MISS_YEN, look: float = LOOK_YEN) -> pd.DataFrame:
    """:func:`at_threshold` for every threshold from 1.2 to 3.5 (index)."""
    return pd.DataFrame([at_threshold(df, t, miss, look) for t in THRESHOLDS], index=THRESHOLDS)


def by_night(
    df: pd.DataFrame,
    threshold: float,
    night_threshold: float,
    miss: float = MISS_YEN,
    look: float = LOOK_YEN,
    night_look: float = NIGHT_YEN,
) -> dict:
    """Counts and loss (yen) when a notice at night rings only from ``night_threshold`` on; the others are seen at 6:00.

    ``night_threshold``: as ``threshold`` rings every notice, ``NEVER`` none. A reading is sent at its end. A notice
    that begins by day is walked to by day, one that begins at night at night if any of its readings rings then. ``late`` counts heats that a notice found and that were seen
    later than 18 hours after their start; they are lost like ``missed`` ones.
    """
    ratio, heat, since = (np.nan_to_num(df[c].to_numpy(float)) for c in ("活動比", "回", "経過"))
    sent = ((df["日時"] + pd.Timedelta(hours=STEP_H)).dt.hour).to_numpy()
    called, night = ratio >= threshold, (sent >= NIGHT[0]) | (sent < NIGHT[1])
    rings = called & (~night | (ratio >= night_threshold))
    seen = np.where(rings, since, since + (NIGHT[1] - sent) % 24)
    first = pd.Series(seen[called & (heat > 0)]).groupby(heat[called & (heat > 0)]).min()
    rows, notice, touching = _notices(df, called)
    false = ~np.isin(notice, notice[touching[rows]])
    begins = np.r_[True, np.diff(notice) != 0][: len(rows)]
    at_night = np.intersect1d(notice[begins & night[rows]], notice[(rings & night)[rows]])
    false_night = len(np.intersect1d(at_night, notice[false]))
    heats, in_time = len(np.unique(heat[heat > 0])), int((first <= IN_TIME[1]).sum())
    walks = len(np.unique(notice[false]))
    return {
        "in_time": in_time,
        "late": len(first) - in_time,
        "missed": heats - len(first),
        "false_day": walks - false_night,
        "false_night": false_night,
        "loss": (heats - in_time) * miss + (walks - false_night) * look + false_night * night_look,
    }


def cattle(tables, miss: float = MISS_YEN, look: float = LOOK_YEN, **_) -> dict:
    """Named results: counts; no notice at all; the threshold of least loss and that of the highest accuracy; missing.

    ``miss`` and ``look``: yen per heat missed, per walk for nothing. ``accuracy_none`` is that of a collar that never
    calls, per reading.
    """
    df = tables["cattle"]
    rows = judged(df)
    every = sweep(rows, miss, look)
    best, peak = every["loss"].idxmin(), every["accuracy"].idxmax()
    of_best, of_peak, of_rule = (every.loc[t] for t in (best, peak, RULE))
    heats = int(of_best["heats"])
    return {
        "rows": len(df),
        "cows": df["牛番号"].nunique(),
        "days": df["日時"].dt.date.nunique(),
        "heats": heats,
        "heat_share": float((rows["発情"] == 1).mean()),
        "accuracy_none": float((rows["発情"] == 0).mean()),
        "missing_share": float(df["活動量"].isna().mean()),
        "loss_none": heats * miss,
        "best_threshold": float(best),
        "best_loss": float(of_best["loss"]),
        "best_missed": int(of_best["missed"]),
        "best_false": int(of_best["false"]),
        "best_accuracy": float(of_best["accuracy"]),
        "best_in_time": int(of_best["in_time"]),
        "best_too_late": int(of_best["too_late"]),
        "peak_threshold": float(peak),
        "peak_loss": float(of_peak["loss"]),
        "peak_missed": int(of_peak["missed"]),
        "peak_false": int(of_peak["false"]),
        "peak_accuracy": float(of_peak["accuracy"]),
        "rule_loss": float(of_rule["loss"]),
        "rule_missed": int(of_rule["missed"]),
        "rule_false": int(of_rule["false"]),
        "rule_loss_misses_only": int(of_rule["missed"]) * miss,
        "rule_loss_walks_only": int(of_rule["false"]) * look,
        "rule_loss_swapped": int(of_rule["missed"]) * look + int(of_rule["false"]) * miss,
        "inseminated": int(df["授精結果"].notna().sum()),
        "not_known_yet": int((df["授精結果"] == "未判定").sum()),
    }


def per_hour_not_per_heat(tables, threshold: float = RULE, **_) -> Demonstration:
    """M37: half of the readings in heat give no notice, yet most heats give one."""
    found = at_threshold(judged(tables["cattle"]), threshold)
    return Demonstration(
        "M37",
        right={"recall": found["recall"], "found": found["found"], "of": found["heats"]},
        wrong={"recall": found["reading_recall"], "found": found["readings_found"], "of": found["readings"]},
        statement="2時間ごとに数えると半分しか当たらないように見える。発情1回ごとに数えると、ほとんどの発情を見つけている。",
    )


def settings(tables, miss: float = MISS_YEN, look: float = LOOK_YEN, **_) -> dict:
    """Named results on five settings of the collar (1.4 … 2.6): counts of each, and the loss (yen) of five ways to choose.

    ``missed_14``, ``false_14``, ``accuracy_14``: at 1.4; ``loss_best`` is the least loss, ``loss_*`` otherwise the loss where
    accuracy is highest, misses are fewest, walks for nothing are fewest; ``best_misses_only`` leaves the walks out of the least loss.
    """
    rows = judged(tables["cattle"])
    offered = pd.DataFrame([at_threshold(rows, t, miss, look) for t in OFFERED], index=OFFERED)
    best = offered.loc[offered["loss"].idxmin()]
    told = {
        f"{name}_{round(t * 10)}": line[column]
        for t, line in offered.iterrows()
        for name, column in (("missed", "missed"), ("false", "false"), ("accuracy", "accuracy"))
    }
    return told | {
        "loss_best": float(best["loss"]),
        "loss_peak": float(offered.loc[offered["accuracy"].idxmax(), "loss"]),
        "loss_fewest_missed": float(offered["loss"].iloc[0]),
        "loss_fewest_false": float(offered["loss"].iloc[-1]),
        "best_misses_only": float(best["missed"] * miss),
    }


def heat(tables, **_) -> dict:
    """Named results: usual slips when the recall per heat is read from counts of heats and of readings (M37)."""
    shown = per_hour_not_per_heat(tables)
    return {"missed_share": 1 - shown.right["recall"], "mixed": shown.right["found"] / shown.wrong["of"]}


def window(tables=None, rings: float = 4, travels: float = 2, **_) -> dict:
    """Named results by arithmetic: hours a notice may lie unread when it rings ``rings`` hours after the start of a heat.

    ``travels``: hours from reading it to the insemination, which must be done 18 hours after the start (``IN_TIME``).
    """
    last = IN_TIME[1]
    return {
        "slack": last - rings - travels,
        "without_travel": last - rings,
        "without_ringing": last - travels,
    }


RESULTS.update(cattle=cattle, settings=settings, heat=heat, window=window)
DEMONSTRATIONS["M37"] = per_hour_not_per_heat

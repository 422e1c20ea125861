"""Results on the presses (F1), and M14: faster looks better over all presses, yet is worse in each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

NO_LOAD = 100  # kN: a peak below this is a dropped reading, no stroke


def press(tables, **_) -> dict:
    """Named results: counts, share of burrs and mean speed (spm) per press, the logger's faults.

    ``…_A`` to ``…_C`` are per press; slopes are changes of the share of burrs per spm.
    """
    df = tables["press"]
    by_press = df.groupby("機械")
    burrs, speeds = by_press["バリ"].mean(), by_press["spm"].mean()
    return {
        "rows": len(df),
        "days": df["日時"].dt.date.nunique(),
        "presses": len(by_press),
        "burrs": int(df["バリ"].sum()),
        "burr_rate": float(df["バリ"].mean()),
        "accuracy_all_good": float(1 - df["バリ"].mean()),
        "missing_rows": int(df["spm"].isna().sum()),
        "dropped_loads": int((df["荷重ピーク"] < NO_LOAD).sum()),
        "correlation": float(df["spm"].corr(df["バリ"])),
        "most_burrs": burrs.idxmax(),
        "fastest": speeds.idxmax(),
        **{f"rate_{name}": float(rate) for name, rate in burrs.items()},
        **{f"speed_{name}": float(speed) for name, speed in speeds.items()},
        **{f"slope_{name}": slope(rows) for name, rows in by_press},
    }


RESULTS["press"] = press


def slope(df: pd.DataFrame) -> float:
    """Change of the share of burrs per spm: the least-squares line through the rows with a speed."""
    known = df[["spm", "バリ"]].dropna()
    return float(np.polyfit(known["spm"], known["バリ"], 1)[0])


def slope_within(df: pd.DataFrame) -> float:
    """The common slope inside the presses: each press's own means are taken off before the line is drawn."""
    known = df[["機械", "spm", "バリ"]].dropna()
    own = known[["spm", "バリ"]] - known.groupby("機械")[["spm", "バリ"]].transform("mean")
    return slope(own)


def m14(tables, **_) -> Demonstration:
    """「相関があるから、速度を上げれば不良が減る」: slopes of the share of burrs per spm, over all and per press.

    ``per_ten`` is the change in percentage points for 10 spm more.
    """
    df = tables["press"]
    over_all, within = slope(df), slope_within(df)
    return Demonstration(
        "M14",
        right={"slope": within, "per_ten": 1000 * within}
        | {f"slope_{name}": slope(rows) for name, rows in df.groupby("機械")},
        wrong={"slope": over_all, "per_ten": 1000 * over_all},
        statement="全体では速いほどバリが減って見える。機械ごとに見ると、どの機械でも速いほどバリが増える。",
    )


DEMONSTRATIONS["M14"] = m14

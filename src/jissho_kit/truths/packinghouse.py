"""Results on the packing house's slips (A6): four rankings of reasons, and the misconceptions M17 and M36."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.packinghouse import NONE
from jissho_kit.truths._pareto import ranked
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

WORST = 5  # orchards that are spoken to after the first half of the season
ROT = "腐敗"


def deliveries(df: pd.DataFrame) -> pd.DataFrame:
    """One row per delivery: 検査個数 looked at, 規格外 (all reasons) and 腐敗 found, 前半 (bool: first half of the season)."""
    by = df.groupby(["日付", "地区", "園地"])
    rot = df["個数"].where(df["規格外理由"] == ROT, 0).groupby([df["日付"], df["地区"], df["園地"]]).sum()
    found = pd.DataFrame({"検査個数": by["検査個数"].first(), "規格外": by["個数"].sum(), ROT: rot}).reset_index()
    middle = found["日付"].min() + (found["日付"].max() - found["日付"].min()) / 2
    return found.assign(前半=found["日付"] <= middle)


def packinghouse(tables, **_) -> dict:
    """Named results: as of the check sheets (``ranked``: rows, kg for count, price, loss in yen, districts for lines).

    Also ``deliveries``, ``orchards``, ``looked_at``, ``off_share`` (share of the fruits looked at), ``slips_without``.
    """
    df = tables["packinghouse"]
    noted, slips = df[df["規格外理由"] != NONE], deliveries(df)
    return ranked(noted["規格外理由"], noted["重量"], noted["損失単価"], noted["地区"]) | {
        "deliveries": len(slips),
        "orchards": df["園地"].nunique(),
        "looked_at": int(slips["検査個数"].sum()),
        "off_share": float(slips["規格外"].sum() / slips["検査個数"].sum()),
        "slips_without": int((df["規格外理由"] == NONE).sum()),
    }


def worst_five_spoken_to(tables, **_) -> Demonstration:
    """M17: the five worst orchards of the first half get better in the second although nothing was done.

    Shares of fruits that were off-grade. ``expected`` is the improvement by regression to the mean alone: the gap of the
    worst to all orchards × (1 − ``slope`` of the second half on the first, all orchards), and what all orchards changed by.
    ``improvement`` on the right is what goes beyond it, on the wrong side what a before–after comparison gives.
    """
    slips = deliveries(tables["packinghouse"])
    sums = slips.groupby(["園地", "前半"])[["規格外", "検査個数"]].sum()
    share = (sums["規格外"] / sums["検査個数"]).unstack().dropna()
    before, after = share[True], share[False]
    worst, best = before.nlargest(WORST).index, before.nsmallest(WORST).index
    others = before.index.difference(worst)
    gained = float(before[worst].mean() - after[worst].mean())
    slope = float(np.cov(before, after)[0, 1] / before.var())
    expected = float((before[worst].mean() - before.mean()) * (1 - slope) + before.mean() - after.mean())
    return Demonstration(
        "M17",
        right={
            "improvement": gained - expected,
            "expected": expected,
            "slope": slope,
            "others_before": float(before[others].mean()),
            "others_after": float(after[others].mean()),
            "best_before": float(before[best].mean()),
            "best_after": float(after[best].mean()),
        },
        wrong={"improvement": gained, "before": float(before[worst].mean()), "after": float(after[worst].mean())},
        statement="何もしていないのに、ワースト5は次に良くなり、ベスト5は悪くなる。",
    )


def upper_limit(share: float, n: float) -> float:
    """Upper limit of a p chart for a group of ``n``: p̄ + 3 √(p̄ (1 − p̄) / n) (JIS Z 9020-2)."""
    return share + 3 * float(np.sqrt(share * (1 - share) / n))


def small_groups_swing(tables, bad_small=2, small=50, bad_large=8, large=400, **_) -> Demonstration:
    """M36: 2 rotten of 50 (4 %) and 8 of 400 (2 %) both lie inside their own limits around the packing house's share.

    The wrong side judges by the bare share (``outside``: deliveries above the mean) and by one limit for all
    (``outside_one_limit``, ``ucl_small``, ``ucl_large``: that of the mean number looked at).
    """
    slips = deliveries(tables["packinghouse"])
    mean = float(slips[ROT].sum() / slips["検査個数"].sum())
    share, usual = slips[ROT] / slips["検査個数"], float(slips["検査個数"].mean())
    own_limit = slips["検査個数"].map(lambda n: upper_limit(mean, n))
    one_limit = upper_limit(mean, usual)
    is_small = slips["検査個数"] <= small
    return Demonstration(
        "M36",
        right={
            "share_small": bad_small / small,
            "share_large": bad_large / large,
            "ucl_small": upper_limit(mean, small),
            "ucl_large": upper_limit(mean, large),
            "mean": mean,
            "deliveries": len(slips),
            "outside": int((share > own_limit).sum()),
            "outside_small": int((share > own_limit)[is_small].sum()),
        },
        wrong={
            "ucl_small": one_limit,
            "ucl_large": one_limit,
            "gap": bad_small / small - bad_large / large,
            "outside": int((share > mean).sum()),
            "outside_one_limit": int((share > one_limit).sum()),
            "outside_small": int((share > one_limit)[is_small].sum()),
        },
        statement="見た数が少ない荷の割合は大きく揺れる。数に合わせた管理限界の中なら、差とは言えない。",
    )


RESULTS["packinghouse"] = packinghouse
DEMONSTRATIONS.update(M17=worst_five_spoken_to, M36=small_groups_swing)

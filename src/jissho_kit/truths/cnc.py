"""Results on the CNC lathe (F2): what a jig exchange does to an alarm, to a score and to a control chart; wear; outliers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.cnc import SETUP_PIECES, SIZE, SIZE_LIMIT
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

TRIAL_DAYS = 30  # the days before the jig exchange on which the alarm is tried out; all before sets it up
WEEK = 5  # working days
ALARM_SHARE = 0.10  # of the pieces of the set-up period that the alarm stops
NO_LOAD = 5  # %: below it no piece was cut, the reading was dropped
GROUP, BASE_GROUPS, NEW_GROUPS = 5, 15, 10  # pieces per group; groups just before and just after the jig exchange
A2, D2 = 0.577, 2.326  # control chart constants for groups of five (JIS Z 9020-2)
TOP = 200  # pieces that look oddest
STEADY_USE, FAR_USE = 200, 360  # uses up to which the wear is learnt, and from which it is forecast
MODEL = ["通し番号", "使用回数", "主軸負荷", "サイクル時間", "室温"]


def cnc(tables, **_) -> dict:
    """Named results: counts, faults, the day of the new jig (稼働日) and the day on which a chart of errors notices it."""
    df = tables["cnc"]
    bad = is_bad(df)
    kinds = df["不良種"].value_counts()
    return {
        "rows": len(df),
        "days": df["稼働日"].nunique(),
        "tools": df["工具ID"].nunique(),
        "defects": int(bad.sum()),
        "defect_rate": float(bad.mean()),
        "accuracy_all_good": float(1 - bad.mean()),
        "size_defects": int(kinds.get("寸法", 0)),
        "torn": int(kinds.get("むしれ", 0)),
        "missing_rows": int(df["主軸負荷"].isna().sum()),
        "dropped_loads": int((df["主軸負荷"] < NO_LOAD).sum()),
        "not_measured": int(df["寸法"].isna().sum()),
        "booked_good": int((out_of_limits(df) & ~bad).sum()),
        "jig_day": jig_day(df),
        "alarm_day": alarm_day(df),
    }


def is_bad(df: pd.DataFrame) -> pd.Series:
    """Rows booked as defective, of either kind."""
    return df["不良種"] != "なし"


def out_of_limits(df: pd.DataFrame) -> pd.Series:
    """Rows whose size lies outside 10.000 ± 0.040 mm."""
    return (df["寸法"] - SIZE).abs() > SIZE_LIMIT + 1e-9


def jig_day(df: pd.DataFrame) -> int:
    """First day (稼働日) with the new jig."""
    return int(df.loc[df["治具"] == "J2", "稼働日"].min())


def after_setup(df: pd.DataFrame) -> pd.Series:
    """The first pieces after a change of tool or part set."""
    started = df["段取り"] != "なし"
    return (df.groupby(started.cumsum()).cumcount() < SETUP_PIECES) & (started.cumsum() > 0)


def periods(df: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows with a load: ``base`` (the alarm is set up), ``trial`` (the good days after it), ``after`` (with the new jig)."""
    known, change = df[df["主軸負荷"].notna()], jig_day(df)
    day = known["稼働日"]
    return {
        "base": known[day < change - TRIAL_DAYS],
        "trial": known[day.between(change - TRIAL_DAYS, change - 1)],
        "after": known[day >= change],
    }


def alarm(df: pd.DataFrame) -> dict:
    """``threshold`` (%) set up on the base period; recall, flagged share and AUC of the load per period (``recall_after`` …).

    ``days_…``, ``alarms_…``, ``per_day_…``, ``defects_…``, ``found_…``: working days, alarms, alarms a day, defects,
    and those with an alarm.
    ``threshold_reset``: moved by the load's mean forecast error of the first week with the new jig; ``recall_reset`` is
    what it finds in the weeks after.
    """
    from sklearn.metrics import roc_auc_score

    parts = periods(df)
    threshold = parts["base"]["主軸負荷"].quantile(1 - ALARM_SHARE)
    week = jig_day(df) + np.arange(WEEK)
    reset = threshold + daily_errors(df).reindex(week).mean()
    later = parts["after"][parts["after"]["稼働日"] > week[-1]]
    found = {"threshold": float(threshold), "threshold_reset": float(reset), "recall_reset": _recall(later, reset)}
    for name, part in parts.items():
        found[f"recall_{name}"] = _recall(part, threshold)
        found[f"flagged_{name}"] = float((part["主軸負荷"] >= threshold).mean())
        found[f"auc_{name}"] = float(roc_auc_score(is_bad(part), part["主軸負荷"]))
        found[f"days_{name}"] = part["稼働日"].nunique()
        found[f"alarms_{name}"] = int((part["主軸負荷"] >= threshold).sum())
        found[f"per_day_{name}"] = found[f"alarms_{name}"] / found[f"days_{name}"]
        found[f"defects_{name}"] = int(is_bad(part).sum())
        found[f"found_{name}"] = int((is_bad(part) & (part["主軸負荷"] >= threshold)).sum())
    return found


def _recall(df: pd.DataFrame, threshold: float) -> float:
    return float((df.loc[is_bad(df), "主軸負荷"] >= threshold).mean())


def daily_errors(df: pd.DataFrame) -> pd.Series:
    """Daily mean of the load's forecast error (%) by 稼働日: a cubic in 使用回数, fitted to the base period."""
    cut = df[(df["主軸負荷"] > NO_LOAD) & ~after_setup(df)]
    base = cut[cut["稼働日"] < jig_day(df) - TRIAL_DAYS]
    curve = np.polynomial.Polynomial.fit(base["使用回数"], base["主軸負荷"], 3)
    return (cut["主軸負荷"] - curve(cut["使用回数"])).groupby(cut["稼働日"]).mean()


def alarm_day(df: pd.DataFrame) -> int:
    """Day on which the chart of daily errors alarms: the second day in a row beyond 3σ of the base period; 0 if never."""
    errors, start = daily_errors(df), jig_day(df) - TRIAL_DAYS
    base, watched = errors[errors.index < start], errors[errors.index >= start]
    outside = (watched - base.mean()).abs() > 3 * base.std()
    twice = outside & outside.shift(fill_value=False)
    return int(twice.idxmax()) if twice.any() else 0


def groups(df: pd.DataFrame) -> np.ndarray:
    """Sizes (mm) of 25 groups of five measured pieces in order: 15 just before the new jig, 10 just after."""
    measured = df["寸法"].notna()
    before = df.loc[measured & (df["治具"] == "J1"), "寸法"].tail(BASE_GROUPS * GROUP)
    after = df.loc[measured & (df["治具"] == "J2"), "寸法"].head(NEW_GROUPS * GROUP)
    return pd.concat([before, after]).to_numpy().reshape(-1, GROUP)


def limits(sizes: np.ndarray) -> tuple[float, float]:
    """Control limits of the mean chart, X̿ ± A2·R̄ (mm), of groups of five (one per row)."""
    centre, half = sizes.mean(), A2 * np.ptp(sizes, axis=1).mean()
    return float(centre - half), float(centre + half)


def outside(sizes: np.ndarray, lower: float, upper: float) -> list[int]:
    """Numbers (from 1) of the groups whose mean lies outside the limits."""
    means = sizes.mean(axis=1)
    return [int(i) + 1 for i in np.flatnonzero((means < lower) | (means > upper))]


def chart(tables, **_) -> dict:
    """Named results of the mean chart: limits (mm) from the quiet groups and from all, groups outside, Cpk, Ppk."""
    sizes = groups(tables["cnc"])
    quiet, everything = limits(sizes[:BASE_GROUPS]), limits(sizes)
    nearest = SIZE_LIMIT - abs(sizes.mean() - SIZE)
    within = np.ptp(sizes, axis=1).mean() / D2
    return {
        "groups": len(sizes),
        "base_groups": BASE_GROUPS,
        "new_groups": NEW_GROUPS,
        "mean_before": float(sizes[:BASE_GROUPS].mean()),
        "mean_after": float(sizes[BASE_GROUPS:].mean()),
        "step": float(sizes[BASE_GROUPS:].mean() - sizes[:BASE_GROUPS].mean()),
        "lower": quiet[0],
        "upper": quiet[1],
        "lower_all": everything[0],
        "upper_all": everything[1],
        "out_of_limits": int((np.abs(sizes - SIZE) > SIZE_LIMIT + 1e-9).sum()),
        "outside": len(outside(sizes, *quiet)),
        "outside_all": len(outside(sizes, *everything)),
        "outside_new": sum(group > BASE_GROUPS for group in outside(sizes, *quiet)),
        "outside_new_all": sum(group > BASE_GROUPS for group in outside(sizes, *everything)),
        "cpk": float(nearest / (3 * within)),
        "ppk": float(nearest / (3 * sizes.std(ddof=1))),
    }


def wear(tables, **_) -> dict:
    """Named results: flank wear (mm) learnt on tools used up to 200 times and forecast beyond 360 by a line and a forest.

    ``mm_per_use``: slope of the line; ``mae_…``: mean absolute error within the range learnt (on the later half of the days)
    and far beyond it; ``far_…``: mean forecast and mean reading there.
    """
    from sklearn.ensemble import RandomForestRegressor

    read = tables["cnc"].dropna(subset="摩耗幅")
    steady, far = read[read["使用回数"] <= STEADY_USE], read[read["使用回数"] >= FAR_USE]
    half = steady["稼働日"].median()
    learn, near = steady[steady["稼働日"] <= half], steady[steady["稼働日"] > half]
    line = np.polynomial.Polynomial.fit(learn["使用回数"], learn["摩耗幅"], 1).convert()
    forest = RandomForestRegressor(n_estimators=40, min_samples_leaf=3, random_state=0)
    forest.fit(learn[["使用回数"]], learn["摩耗幅"])
    return {
        "readings": len(read),
        "learnt_to": STEADY_USE,
        "far_from": FAR_USE,
        "mm_per_use": float(line.coef[1]),
        "mae_learnt": _mae(learn, line),
        "mae_near": _mae(near, line),
        "mae_far": _mae(far, line),
        "far_true": float(far["摩耗幅"].mean()),
        "far_line": float(line(far["使用回数"]).mean()),
        "far_forest": float(forest.predict(far[["使用回数"]]).mean()),
        "end_of_range_forest": float(forest.predict(pd.DataFrame({"使用回数": [STEADY_USE]}))[0]),
    }


def _mae(df: pd.DataFrame, line: np.polynomial.Polynomial) -> float:
    return float((df["摩耗幅"] - line(df["使用回数"])).abs().mean())


RESULTS.update(cnc=cnc, cnc_alarm=lambda tables, **_: alarm(tables["cnc"]), cnc_chart=chart, cnc_wear=wear)


def m03(tables, **_) -> Demonstration:
    """「AUCが変わらないから大丈夫」: AUC and recall before and after the jig exchange, at the threshold set up before."""
    found = alarm(tables["cnc"])
    return Demonstration(
        "M03",
        right={
            "before": found["recall_trial"],
            "after": found["recall_after"],
            "reset": found["recall_reset"],
            "flagged_before": found["flagged_trial"],
            "flagged_after": found["flagged_after"],
        },
        wrong={"before": found["auc_trial"], "after": found["auc_after"]},
        statement="治具を替えてもAUCはほとんど変わらない。決めておいたしきい値では、不良がまったく引っかからなくなる。",
    )


def m38(tables, **_) -> Demonstration:
    """「一度学習したら使い続けられる」: alarms after the jig exchange, and the day on which a chart of errors says so."""
    found, change = alarm(tables["cnc"]), jig_day(tables["cnc"])
    return Demonstration(
        "M38",
        right={"recall": found["recall_after"], "alarm_day": alarm_day(tables["cnc"]), "jig_day": change},
        wrong={"recall": found["recall_base"]},
        statement="治具を替えた日から、警報は鳴らなくなる。予測の誤差を管理図で見張れば、数日で気づける。",
    )


def m44(tables, **_) -> Demonstration:
    """「PoCで成功した→本番も」: recall on the good days of the trial, and in service with the new jig."""
    found = alarm(tables["cnc"])
    return Demonstration(
        "M44",
        right={"recall": found["recall_after"], "defects": found["defects_after"]},
        wrong={"recall": found["recall_trial"], "defects": found["defects_trial"]},
        statement="条件が変わらない日だけで試した検出率は、条件が変わった日の検出率を何も教えない。",
    )


def m25(tables, **_) -> Demonstration:
    """「外れ値は除く」: sizes and loads beyond 3σ removed, against only the loads that cannot be (below 5 %)."""
    df = tables["cnc"]
    columns = df[["寸法", "主軸負荷"]]
    beyond = ((columns - columns.mean()).abs() > 3 * columns.std()).any(axis=1)
    return Demonstration(
        "M25",
        right=_removed(df, df["主軸負荷"] < NO_LOAD),
        wrong=_removed(df, beyond),
        statement="3σを超えた行を除くと、寸法不良がほとんど消える。除いてよいのは、ありえない読み取り値だけ。",
    )


def _removed(df: pd.DataFrame, rows: pd.Series) -> dict:
    """What goes with ``rows``: how many, how many of them defects, and the size defects and defects that are left."""
    return {
        "removed": int(rows.sum()),
        "defects_removed": int(is_bad(df)[rows].sum()),
        "size_defects": int((df["不良種"] == "寸法").sum()),
        "size_defects_left": int((df.loc[~rows, "不良種"] == "寸法").sum()),
        "defects_left": int(is_bad(df)[~rows].sum()),
    }


def m26(tables, **_) -> Demonstration:
    """「異常＝不良」: the 200 pieces that look oddest to the machine's channels, and what they are."""
    from sklearn.ensemble import IsolationForest

    df = tables["cnc"]
    seen = df[["主軸負荷", "サイクル時間", "室温"]].dropna()
    forest = IsolationForest(n_estimators=60, random_state=0).fit(seen)
    top = seen.index[np.argsort(forest.score_samples(seen), kind="stable")[:TOP]]
    defects, setups = int(is_bad(df)[top].sum()), int(after_setup(df)[top].sum())
    return Demonstration(
        "M26",
        right={
            "defects": defects,
            "share": defects / TOP,
            "share_overall": float(is_bad(df).mean()),
            "setups": setups,
            "share_setup": setups / TOP,
        },
        wrong={"defects": TOP, "share": 1.0},
        statement="「変」な上位200個の大半は、段取り直後の良品。不良はごくわずかしか入っていない。",
    )


def m28(tables, **_) -> Demonstration:
    """「重要度が高い＝原因」: a forest's built-in importance, and what the AUC on later days loses without each column.

    ``serial`` and ``used``: 通し番号 and 使用回数; the forest learns on the base period and is tried on the days after.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.inspection import permutation_importance

    parts = periods(tables["cnc"])
    learn, later = parts["base"], parts["trial"]
    forest = RandomForestClassifier(n_estimators=30, min_samples_leaf=10, random_state=0)
    forest.fit(learn[MODEL], is_bad(learn))
    lost = permutation_importance(
        forest, later[MODEL], is_bad(later), scoring="roc_auc", n_repeats=2, random_state=0
    ).importances_mean
    serial, used = MODEL.index("通し番号"), MODEL.index("使用回数")
    return Demonstration(
        "M28",
        right={"serial": float(lost[serial]), "used": float(lost[used])},
        wrong={
            "serial": float(forest.feature_importances_[serial]),
            "used": float(forest.feature_importances_[used]),
        },
        statement="通し番号の重要度は高く出る。後の日で混ぜても成績は落ちず、番号を変えても不良は変わらない。",
    )


def m33(tables, **_) -> Demonstration:
    """「規格内だから問題なし」: groups after the jig exchange outside the control limits; pieces out of specification."""
    found = chart(tables)
    return Demonstration(
        "M33",
        right={
            "signals": found["outside_new"],
            "step": found["step"],
            "lower": found["lower"],
            "upper": found["upper"],
        },
        wrong={"signals": found["out_of_limits"], "lower": SIZE - SIZE_LIMIT, "upper": SIZE + SIZE_LIMIT},
        statement="規格から外れた物は無い。それでも治具を替えた後の組の多くは、管理限界の外にある。",
    )


def m34(tables, **_) -> Demonstration:
    """「全データで管理限界を引く」: limits from the quiet groups only, and from all groups with the step among them."""
    found = chart(tables)
    return Demonstration(
        "M34",
        right={"signals": found["outside_new"], "lower": found["lower"], "upper": found["upper"]},
        wrong={"signals": found["outside_new_all"], "lower": found["lower_all"], "upper": found["upper_all"]},
        statement="変わった後の組まで入れて引くと、中心線がずれ、同じ段差がほとんど見えなくなる。",
    )


DEMONSTRATIONS.update(M03=m03, M25=m25, M26=m26, M28=m28, M33=m33, M34=m34, M38=m38, M44=m44)

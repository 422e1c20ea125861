"""Results on the IC inspection (F4), and the misconceptions shown on it: M01, M02, M42; by arithmetic M04, M13."""

from __future__ import annotations

import pandas as pd

from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

MISS_YEN, FALSE_YEN = 50_000, 300  # an escaped defect; a good IC stopped and looked at again
DISCARD_YEN, EYE = 1_500, 0.9  # a good IC thrown away; share of the defects that a person sees
HALF, NEVER = 0.5, 2.0  # the vendor's threshold; one that no score reaches
MENU = (HALF, 0.03, 0.01, 0.0002)  # settings of the knob that an assignment compares; the last stops everything


def ic(tables, miss: float = MISS_YEN, false: float = FALSE_YEN, **_) -> dict:
    """Named results: counts, the machine that calls everything good, the vendor's machine at threshold 0.5, yen.

    ``miss`` and ``false`` are yen per escaped defect and per good IC stopped.
    """
    df = tables["ic_inspection"]
    n, defects = len(df), int(df["不良"].sum())
    half = at_threshold(df, HALF, miss, false)
    by_lot = df.groupby("ロット")["不良"].sum().sort_values(ascending=False)
    nothing = 1 - defects / n
    return {
        "n": n,
        "defects": defects,
        "good": n - defects,
        "share": defects / n,
        "per_10000": round(defects / n * 10_000),
        "accuracy_all_good": nothing,
        "accuracy_rounded": round(nothing, 3),
        "accuracy_of_10000": 1 - defects / 10_000,
        "accuracy_at_half": half["accuracy"],
        "correct_all_good": n - defects,
        "correct_at_half": half["correct"],
        "correct_gain": half["correct"] - (n - defects),
        "found_at_half": half["found"],
        "missed_at_half": half["missed"],
        "false_at_half": half["false_alarms"],
        "recall_at_half": half["recall"],
        "miss_rate_at_half": 1 - half["recall"],
        "loss_nothing": defects * miss,
        "loss_half": half["loss"],
        "saved_half": defects * miss - half["loss"],
        "lots": len(by_lot),
        "lots_clean": int((by_lot == 0).sum()),
        "worst_fifth_share": float(by_lot.iloc[: len(by_lot) // 5].sum() / defects),
    }


RESULTS["ic"] = ic


def at_threshold(df: pd.DataFrame, threshold: float, miss: float = MISS_YEN, false: float = FALSE_YEN) -> dict:
    """Counts, rates and loss (yen) when every IC with a score of ``threshold`` or more is stopped."""
    stopped, bad = df["不良らしさ"] >= threshold, df["不良"] == 1
    found, alarms = int((stopped & bad).sum()), int((stopped & ~bad).sum())
    missed = int(bad.sum()) - found
    correct = found + int((~stopped & ~bad).sum())
    return {
        "found": found,
        "missed": missed,
        "false_alarms": alarms,
        "stopped": found + alarms,
        "correct": correct,
        "accuracy": correct / len(df),
        "recall": found / int(bad.sum()),
        "false_alarm_rate": alarms / int((~bad).sum()),
        "loss": missed * miss + alarms * false,
    }


def best_threshold(df: pd.DataFrame, miss: float = MISS_YEN, false: float = FALSE_YEN) -> float:
    """The score at which stopping loses the least on this table; 1.1 (stop nothing) when nothing pays."""
    scores = df.groupby("不良らしさ")["不良"].agg(["sum", "count"]).sort_index(ascending=False)
    saved = (scores["sum"] * miss - (scores["count"] - scores["sum"]) * false).cumsum()
    return float(saved.idxmax()) if saved.max() > 0 else 1.1


def m01(tables, **_) -> Demonstration:
    """「正解率99.5%ならすごい」: the machine that finds nothing is as right."""
    found = ic(tables)
    return Demonstration(
        "M01",
        right={"recall": found["recall_at_half"], "found": found["found_at_half"], "missed": found["missed_at_half"]},
        wrong={
            "accuracy": found["accuracy_at_half"],
            "accuracy_nothing": found["accuracy_all_good"],
            "gain": found["accuracy_at_half"] - found["accuracy_all_good"],
        },
        statement="正解率は、何もしない機械とほとんど同じ。不良の大半を見逃している。",
    )


def m02(tables, miss: float = MISS_YEN, false: float = FALSE_YEN, **_) -> Demonstration:
    """「しきい値は0.5」: the loss in yen at 0.5, at the best threshold of this table, and when nothing is stopped.

    ``right.theory`` is the threshold for a calibrated score, ``false / (false + miss)``.
    """
    df = tables["ic_inspection"]
    best = best_threshold(df, miss, false)
    at_best, at_half = at_threshold(df, best, miss, false), at_threshold(df, HALF, miss, false)
    theory = false / (false + miss)
    keep = ("loss", "recall", "false_alarm_rate", "accuracy")
    return Demonstration(
        "M02",
        right={"threshold": best, "theory": theory, "theory_loss": at_threshold(df, theory, miss, false)["loss"]}
        | {name: at_best[name] for name in keep},
        wrong={"threshold": HALF, "swapped": 1 - theory, "loss_nothing": float(df["不良"].sum() * miss)}
        | {name: at_half[name] for name in keep},
        statement="0.5では損失がほとんど減らない。損失が最小の点は0.5よりずっと低く、そこでは正解率が下がる。",
    )


def m04(tables=None, base: float = 0.001, sens: float = 0.99, spec: float = 0.99, **_) -> Demonstration:
    """「99%の検査機が鳴ったら99%不良」: Bayes' rule on a defect share, a sensitivity and a specificity.

    ``of_ten``: of ten pieces that were stopped, as a word.
    """
    real, alarms = base * sens, base * sens + (1 - base) * (1 - spec)
    return Demonstration(
        "M04",
        right={
            "ppv": real / alarms,
            "of_ten": f"{round(10 * real / alarms)}個くらい",
            "real": real * 10_000,
            "false": (alarms - real) * 10_000,
            "alarms": alarms * 10_000,
        },
        wrong={"sens": sens, "half": 0.5, "rest": 1 - real / alarms, "false_rate": 1 - spec, "base": base},
        statement="不良が少ない工程では、通知のほとんどが良品。",
    )


def m13(tables=None, **_) -> Demonstration:
    """「3個中3個見つけた→100%」「100個で不良0→不良なし」: exact 95 % limits (Clopper–Pearson)."""
    from scipy.stats import beta

    return Demonstration(
        "M13",
        right={
            "lower_3_of_3": float(beta.ppf(0.025, 3, 1)),
            "upper_0_of_100": float(beta.ppf(0.975, 1, 100)),
            "upper_0_of_3000": float(beta.ppf(0.975, 1, 3000)),
        },
        wrong={"share_3_of_3": 1.0, "share_0_of_100": 0.0},
        statement="数が少ないと、100%も0%も言えない。",
    )


def operate(
    df: pd.DataFrame,
    low: float,
    high: float,
    miss: float = MISS_YEN,
    discard: float = DISCARD_YEN,
    look: float = FALSE_YEN,
    eye: float = EYE,
) -> dict:
    """A month with two thresholds: below ``low`` passed, from ``high`` on thrown away, between them a person looks.

    ``discard``: yen per good IC thrown away; ``look``: yen per IC looked at; ``eye``: share of defects the person sees.
    ``escaped`` is the expected number, rounded; ``loss`` in yen is that of the numbers given.
    """
    passed, last = at_threshold(df, low), at_threshold(df, high)
    looked_at = passed["stopped"] - last["stopped"]
    escaped = round(passed["missed"] + (1 - eye) * (passed["found"] - last["found"]))
    return {
        "escaped": escaped,
        "looked_at": looked_at,
        "thrown_away": last["false_alarms"],
        "loss": escaped * miss + looked_at * look + last["false_alarms"] * discard,
    }


def ways(
    tables,
    miss: float = MISS_YEN,
    discard: float = DISCARD_YEN,
    look: float = FALSE_YEN,
    eye: float = EYE,
    **_,
) -> dict:
    """Named results: people look at all, the machine throws away what it stops, or it chooses and a person looks.

    The machine alone has the best threshold of this table; with a person it passes and throws away where the scores,
    taken as chances, say that looking costs more. ``*_labour_free`` forgets what looking costs.
    """
    df = tables["ic_inspection"]
    cut = best_threshold(df, miss, discard)
    low = look / (eye * miss)
    high = max(low, (discard - look) / (discard + (1 - eye) * miss))
    yen = {"miss": miss, "discard": discard, "look": look, "eye": eye}
    found = {
        "people": operate(df, 0.0, NEVER, **yen),
        "machine": operate(df, cut, cut, **yen),
        "both": operate(df, low, high, **yen),
    }
    results = {f"{way}_{name}": value for way, numbers in found.items() for name, value in numbers.items()}
    return results | {
        "least_loss": min(numbers["loss"] for numbers in found.values()),
        "both_labour_free": results["both_loss"] - results["both_looked_at"] * look,
        "both_labour": results["both_looked_at"] * look,
    }


def cost(tables, threshold: float = 0.02, miss: float = MISS_YEN, false: float = FALSE_YEN, **_) -> dict:
    """Named results at one threshold: counts and loss (yen), and the sums people make of them by mistake."""
    found = at_threshold(tables["ic_inspection"], threshold, miss, false)
    missed, alarms = found["missed"], found["false_alarms"]
    return found | {
        "swapped": missed * false + alarms * miss,
        "one_price": (missed + alarms) * miss,
        "only_misses": missed * miss,
        "only_alarms": alarms * false,
        "of_found": found["found"] * miss + alarms * false,
    }


def menu(tables, miss: float = MISS_YEN, false: float = FALSE_YEN, **_) -> dict:
    """Named results of four settings of the knob (``MENU``): ``missed_1``, ``false_1`` … and the loss (yen) of the best.

    Wrong: the second best, the standard setting, the one that misses least, and the best one's misses alone.
    """
    rows = [at_threshold(tables["ic_inspection"], threshold, miss, false) for threshold in MENU]
    best, second = sorted(rows, key=lambda row: row["loss"])[:2]
    fewest = min(rows, key=lambda row: row["missed"])
    counts = {f"missed_{i}": row["missed"] for i, row in enumerate(rows, 1)}
    counts |= {f"false_{i}": row["false_alarms"] for i, row in enumerate(rows, 1)}
    return counts | {
        "least_loss": best["loss"],
        "second_loss": second["loss"],
        "standard_loss": rows[0]["loss"],
        "fewest_missed_loss": fewest["loss"],
        "best_only_misses": best["missed"] * miss,
    }


def m42(
    tables,
    miss: float = MISS_YEN,
    discard: float = DISCARD_YEN,
    look: float = FALSE_YEN,
    eye: float = EYE,
    **_,
) -> Demonstration:
    """「AIに全部任せる」: what is stopped is thrown away, or a person looks at it; see :func:`ways`."""
    found = ways(tables, miss, discard, look, eye)
    return Demonstration(
        "M42",
        right={"loss": found["both_loss"], "looked_at": found["both_looked_at"], "people_loss": found["people_loss"]},
        wrong={"loss": found["machine_loss"], "thrown_away": found["machine_thrown_away"]},
        statement="止めた物を人が見る方が、機械だけで決めるより損失が小さい。",
    )


RESULTS.update(ic_cost=cost, ic_menu=menu, ic_ways=ways)
DEMONSTRATIONS.update(M01=m01, M02=m02, M04=m04, M13=m13, M42=m42)

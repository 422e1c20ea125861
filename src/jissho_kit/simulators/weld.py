"""F5: 30 cm sections of ship welds with the arc monitor's figures; ultrasound only where something looked wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

WELDERS = 8
JOINTS_PER_DAY = 3  # of each welder
SECTIONS = (10, 24)  # of 30 cm in a joint: at least, below
# 姿勢: share of joints, A, V, short circuits a second, how unsteady the arc is by itself.
POSITIONS = {
    "下向": (0.50, 235.0, 28.0, 42.0, -0.20),
    "横向": (0.20, 210.0, 25.5, 55.0, 0.0),
    "立向": (0.20, 165.0, 21.5, 68.0, 0.25),
    "上向": (0.10, 160.0, 21.0, 70.0, 0.45),
}
# The arc's unsteadiness drifts along a joint; a nozzle full of spatter makes it worse, a welder has his own hand.
CARRY, WELDER_SD, CLOG_UNSTEADY = 0.80, 0.30, 0.5
CLOG_STEP, CLOG_CLEANED, MORNING_CLEANING = (0.04, 0.22), 1.0, 0.5  # per joint; cleaned at 1, and on some mornings
INDOORS, HALL_WIND, SHIELD_LIMIT = 0.4, 0.3, 2.2  # share of joints; m/s; m/s above which the gas is blown away
# Log-odds of a blowhole: the monitor hears the unsteady arc; it hears neither lost gas nor primer and rust.
BASE, UNSTEADY, LOST_GAS, DIRT = -5.45, 1.60, 1.50, 0.80
# What the monitor measures moves with the arc only in part.
SHORTS_MOVE, SHORTS_NOISE, SPREAD_MOVE, SPREAD_NOISE = 0.16, 0.06, 0.20, 0.08
ALARM = 1.32  # on the mean of both standardised figures, set by the vendor
EYE = {"blowhole": 0.18, "none": 0.04}  # share of sections the visual check finds suspicious
AUDIT = 0.1  # sections drawn by lot among those without ultrasound, as a share of all sections
GAPS, GAP_LONG, GLITCH = 4, (15, 40), 0.001  # the monitor loses all channels at once; a voltage reads 2 V
WAVEFORM = ["電流平均", "電流ばらつき", "電圧平均", "電圧ばらつき", "短絡回数"]


def make_weld(n: int = 10_000, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` sections in order of work: joint after joint of eight welders, three joints a day each.

    Parameters
    ----------
    n : int
        Sections of 30 cm, at least 2,000.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        稼働日, 継手, 区間, 溶接者, 姿勢, 電流平均 and 電流ばらつき (A), 電圧平均 and 電圧ばらつき (V), 短絡回数 (1/s), 風速 (m/s),
        警報 and 目視 (1: suspicious), UT検査 (選択: alarm or eye; 監査: drawn by lot among the others; blank: none),
        ブローホール (あり, なし; blank: no ultrasound), UT待ち (days from welding to the result).
        Faults: all waveform figures missing together in blocks (no alarm there), single voltages of 2 V.
    Truth
        effects: ``unsteady``, ``lost_gas``, ``dirt`` (log-odds), ``blowholes`` and ``missed`` (sections on this draw: with a
        blowhole; of these neither alarmed nor seen), ``recall`` (of the alarm, over all sections), ``recall_selected``
        (over those alarmed or seen), ``missing_rows``, ``glitches``.
        best: ``roc_auc`` and ``average_precision`` over all sections of the probability that knows the mechanism.

    Raises
    ------
    ValueError
        ``n`` is too small for an audit to find anything.
    """
    if n < 2_000:
        raise ValueError("n must be at least 2000")
    rng = np.random.default_rng(random_state)
    joints = _joints(rng, n)
    joint = np.repeat(np.arange(len(joints)), joints["sections"])[:n]
    of_section = joints.iloc[joint].reset_index(drop=True)
    wind = (of_section["wind"] * np.exp(0.25 * rng.standard_normal(n))).clip(0, 15)
    arc = _along_joints(rng, joint) + of_section["unsteady"]
    lost_gas = _sigmoid((wind - SHIELD_LIMIT) / 0.4)
    chance = _sigmoid(BASE + UNSTEADY * arc + LOST_GAS * lost_gas + DIRT * of_section["dirt"]).to_numpy()
    blowhole = rng.random(n) < chance

    table = pd.DataFrame(
        {
            "稼働日": of_section["day"],
            "継手": joint + 1,
            "区間": pd.Series(joint).groupby(joint).cumcount() + 1,
            "溶接者": of_section["welder"],
            "姿勢": of_section["position"],
        }
    )
    alarm = _listen(rng, table, arc)
    planted = _monitor_faults(rng, table, alarm)
    table["風速"] = wind.round(1)
    table["警報"] = alarm.astype(int)
    seen = rng.random(n) < np.where(blowhole, EYE["blowhole"], EYE["none"])
    table["目視"] = seen.astype(int)
    _ultrasound(rng, table, blowhole)
    chosen = alarm | seen
    effects = {
        "unsteady": UNSTEADY,
        "lost_gas": LOST_GAS,
        "dirt": DIRT,
        "blowholes": int(blowhole.sum()),
        "missed": int((blowhole & ~chosen).sum()),
        "recall": float(alarm[blowhole].mean()),
        "recall_selected": float(alarm[blowhole & chosen].mean()),
        **planted,
    }
    return table, Truth(effects, _best(blowhole, chance))


def _joints(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Joints in order of work, with what a whole joint shares: welder, position, wind, primer and rust, nozzle."""
    count = n // SECTIONS[0] + 1
    order = np.arange(count)
    day = order // (WELDERS * JOINTS_PER_DAY)
    welder = order % WELDERS
    shares = np.array([share for share, *_ in POSITIONS.values()])
    position = rng.choice(list(POSITIONS), count, p=shares)
    hand = WELDER_SD * rng.standard_normal(WELDERS)
    own = np.array([POSITIONS[p][-1] for p in position])
    return pd.DataFrame(
        {
            "sections": rng.integers(*SECTIONS, count),
            "day": day + 1,
            "welder": [f"W{number + 1}" for number in welder],
            "position": position,
            "wind": np.where(rng.random(count) < INDOORS, HALL_WIND, _wind_of_days(rng, day[-1] + 1)[day]),
            "dirt": rng.standard_normal(count),
            "unsteady": hand[welder] + own + CLOG_UNSTEADY * _clog(rng, day, welder),
        }
    )


def _wind_of_days(rng: np.random.Generator, days: int) -> np.ndarray:
    """Mean wind outdoors (m/s), a windy day often followed by another."""
    level = np.empty(days)
    last = rng.standard_normal()
    for day in range(days):
        last = level[day] = 0.5 * last + np.sqrt(1 - 0.5**2) * rng.standard_normal()
    return 1.6 * np.exp(0.4 * level)


def _clog(rng: np.random.Generator, day: np.ndarray, welder: np.ndarray) -> np.ndarray:
    """Spatter in the nozzle at the start of each joint, 0 (clean) to 1 (cleaned at the latest then)."""
    clog, last_day, found = np.zeros(WELDERS), np.full(WELDERS, -1), np.empty(len(day))
    for i, (today, who) in enumerate(zip(day, welder, strict=True)):
        new_day = last_day[who] != today
        if clog[who] >= CLOG_CLEANED or (new_day and rng.random() < MORNING_CLEANING):
            clog[who] = 0
        found[i], last_day[who] = clog[who], today
        clog[who] += rng.uniform(*CLOG_STEP)
    return found


def _along_joints(rng: np.random.Generator, joint: np.ndarray) -> np.ndarray:
    """Autoregressive unsteadiness of spread 1 that starts afresh with each joint."""
    fresh = rng.standard_normal(len(joint))
    arc = np.empty(len(joint))
    for i, value in enumerate(fresh):
        same = i > 0 and joint[i] == joint[i - 1]
        arc[i] = CARRY * arc[i - 1] + np.sqrt(1 - CARRY**2) * value if same else value
    return arc


def _listen(rng: np.random.Generator, table: pd.DataFrame, arc: pd.Series) -> np.ndarray:
    """Write the monitor's figures into ``table`` and return its alarms: unsteady for the position's usual figures."""
    n = len(table)
    amperes, volts, shorts = (table["姿勢"].map({p: row[i] for p, row in POSITIONS.items()}) for i in (1, 2, 3))
    heard = SHORTS_MOVE * arc + SHORTS_NOISE * rng.standard_normal(n)
    spread = SPREAD_MOVE * arc + SPREAD_NOISE * rng.standard_normal(n)
    table["電流平均"] = (amperes + 6 * rng.standard_normal(n)).round(0)
    table["電流ばらつき"] = (0.08 * amperes * np.exp(0.6 * spread + 0.1 * rng.standard_normal(n))).round(1)
    table["電圧平均"] = (volts + 0.5 * rng.standard_normal(n)).round(1)
    table["電圧ばらつき"] = (0.11 * volts * np.exp(spread)).round(2)
    table["短絡回数"] = (shorts * np.exp(heard)).round(0)
    score = (heard / np.hypot(SHORTS_MOVE, SHORTS_NOISE) + spread / np.hypot(SPREAD_MOVE, SPREAD_NOISE)) / 2
    return score.to_numpy() > ALARM


def _monitor_faults(rng: np.random.Generator, table: pd.DataFrame, alarm: np.ndarray) -> dict[str, int]:
    """Lose all channels in a few blocks (in place; no alarm rings there), and let single voltages drop to 2 V."""
    n = len(table)
    glitches = rng.choice(n, max(2, int(GLITCH * n)), replace=False)
    table.loc[glitches, "電圧平均"] = 2.0
    lost = np.unique(
        np.concatenate([at + np.arange(rng.integers(*GAP_LONG)) for at in rng.integers(0, n - GAP_LONG[1], GAPS)])
    )
    table.loc[lost, WAVEFORM] = np.nan
    alarm[lost] = False
    return {"missing_rows": len(lost), "glitches": int((table["電圧平均"] == 2.0).sum())}


def _ultrasound(rng: np.random.Generator, table: pd.DataFrame, blowhole: np.ndarray) -> None:
    """Look where alarm or eye said so, and in an audit drawn by lot among the rest; results come days later."""
    chosen = ((table["警報"] == 1) | (table["目視"] == 1)).to_numpy()
    audit = np.zeros(len(table), dtype=bool)
    audit[rng.choice(np.flatnonzero(~chosen), int(AUDIT * len(table)), replace=False)] = True
    looked = chosen | audit
    table["UT検査"] = np.select([chosen, audit], ["選択", "監査"], None)
    table["ブローホール"] = np.where(looked, np.where(blowhole, "あり", "なし"), None)
    table["UT待ち"] = np.where(looked, 1 + rng.poisson(3, len(table)), np.nan)


def _best(blowhole: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "roc_auc": float(roc_auc_score(blowhole, chance)),
        "average_precision": float(average_precision_score(blowhole, chance)),
    }


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))

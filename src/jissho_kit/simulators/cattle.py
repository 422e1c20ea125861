"""A5: collars of dairy cows, one row per cow and two hours: activity, rumination, heats and inseminations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

STEP_H, SLOTS, DAYS = 2, 12, 84  # the collar sends every two hours, for twelve weeks: four cycles of 21 days
ROWS_PER_COW = SLOTS * DAYS
USUAL_DAYS, LAST = 7, 3  # the collar compares its last three readings with the same hours of the past seven days

# What a barn's day looks like (0:00, 2:00 …): feeding and milking at 6 and 16 o'clock, ruminating at night.
ACTIVE = np.array([0.60, 0.55, 0.75, 1.35, 1.20, 1.05, 0.95, 1.05, 1.45, 1.30, 0.95, 0.80])
RUMINATING = np.array([1.35, 1.40, 1.25, 0.75, 0.80, 1.00, 1.05, 0.95, 0.65, 0.80, 0.95, 1.05])
LEVEL, LEVEL_SD, RUMINATION, RUMINATION_SD = 26.0, 0.22, 42.0, 7.0
CARRY, RESTLESS = 0.40, 0.30  # of the log activity: share carried over to the next reading, and spread
DAY_SD = 0.10  # a cow's good and bad days (log)
STIR, STIR_DAYS = 1.7, 0.08  # all cows together: share of the days with hoof trimming or moving pens, and its factor

CYCLE, CYCLE_SD, HEAT_H = 21.0, 1.3, (14, 21)  # days, days, hours
HEAT, HEAT_SD = 2.5, 0.25  # factor of activity at the height of a heat, spread of its log
QUIET, QUIET_HEAT = 0.04, 1.2  # share of heats that hardly show, and their factor
RAMP_H = 4  # a heat comes and goes within four hours
CHEWS_LESS = 0.35  # share of rumination that is lost at the height of a heat

WAITING = 60  # days after calving before a cow is inseminated
CALVED = (10, 75)  # days since calving at the first reading
SEEN = 0.55  # share of heats the farmer sees
IN_TIME, CONCEIVES, CONCEIVES_LATE = (6, 18), 0.5, 0.2  # hours after the start; chance in time and otherwise
KNOWN_AFTER = 35  # days until a result is known
GAPS, GAP_LONG = 3, (4, 30)  # a collar out of reach: times per cow, readings; all channels together
FULL = 100  # the counter stops here


@dataclass(frozen=True)
class _Heat:
    start: float  # hours since the first reading
    hours: float
    factor: float


def make_cattle(n: int = 20 * ROWS_PER_COW, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` readings, cow after cow, each with twelve weeks of a reading every two hours.

    Parameters
    ----------
    n : int
        Rows, at least 2,016 (two cows); 1,008 per cow, the last cow may be cut short.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        牛番号, 日時, 産次, 活動量 (0–100 per two hours), 反すう (minutes of the two hours), 活動比 (times the usual; from the
        collar), 発情 (1: in heat), 授精結果 (受胎, 不受胎, 未判定; blank: none). Activity, rumination and ratio are blank
        together while a collar is out of reach.
    Truth
        effects: ``cycle`` (days), ``heat_hours`` (mean), ``heat_factor`` (median at the height), ``quiet`` (share),
        ``heats`` (count on this draw), ``quiet_heats``, ``conceives``, ``conceives_late``.
        best: ``roc_auc`` per reading of one who knows what each cow would have done, over the length of a heat.

    Raises
    ------
    ValueError
        ``n`` is too small for two cows.
    """
    if n < 2 * ROWS_PER_COW:
        raise ValueError(f"n must be at least {2 * ROWS_PER_COW}")
    rng = np.random.default_rng(random_state)
    stir = np.where(rng.random(DAYS)[:, None] < STIR_DAYS, _stirred(rng), 1.0).ravel()
    cows = [_cow(rng, number, stir) for number in range(1, int(np.ceil(n / ROWS_PER_COW)) + 1)]
    table = pd.concat([cow for cow, _, _ in cows], ignore_index=True).head(n)
    known = np.concatenate([suspicion for _, suspicion, _ in cows])[:n]
    heats = [heat for _, _, heats in cows for heat in heats]
    effects = {
        "cycle": CYCLE,
        "heat_hours": float(np.mean(HEAT_H)),
        "heat_factor": HEAT,
        "quiet": QUIET,
        "heats": len(heats),
        "quiet_heats": sum(heat.factor == QUIET_HEAT for heat in heats),
        "conceives": CONCEIVES,
        "conceives_late": CONCEIVES_LATE,
    }
    return table, Truth(effects, _best(table, known))


def _stirred(rng: np.random.Generator) -> np.ndarray:
    """Factor of each reading of each day if that day is a stirred one: three readings in the morning."""
    first = rng.integers(4, 7, DAYS)[:, None]
    slot = np.arange(SLOTS)[None, :]
    return np.where((slot >= first) & (slot < first + 3), STIR, 1.0)


def _cow(rng: np.random.Generator, number: int, stir: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, list[_Heat]]:
    """One cow's rows, the suspicion of one who knows the mechanism, and her heats."""
    hours = np.arange(ROWS_PER_COW) * STEP_H
    heats, inseminated = _cycles(rng)
    excited, chewing = np.ones(ROWS_PER_COW), np.ones(ROWS_PER_COW)
    in_heat = np.zeros(ROWS_PER_COW, dtype=int)
    for heat in heats:
        height = _height(hours, heat)
        excited *= 1 + (heat.factor - 1) * height
        chewing *= 1 - CHEWS_LESS * height * min(1.0, heat.factor - 1)
        in_heat[(hours + STEP_H > heat.start) & (hours < heat.start + heat.hours)] = 1

    daily = np.repeat(np.exp(DAY_SD * rng.standard_normal(DAYS)), SLOTS)
    usual = LEVEL * np.exp(LEVEL_SD * rng.standard_normal()) * np.tile(ACTIVE, DAYS) * daily * stir
    active = usual * excited * np.exp(_carried_over(rng) - RESTLESS**2 / 2)
    chews = (RUMINATION + RUMINATION_SD * rng.standard_normal()) * np.tile(RUMINATING, DAYS)
    chewed = chews * chewing + 9 * rng.standard_normal(ROWS_PER_COW)

    table = pd.DataFrame(
        {
            "牛番号": number,
            "日時": pd.date_range("2018-04-02", periods=ROWS_PER_COW, freq=f"{STEP_H}h").astype("datetime64[ns]"),
            "産次": int(rng.choice([1, 2, 3, 4, 5], p=[0.32, 0.28, 0.2, 0.12, 0.08])),
            "活動量": active.round().clip(0, FULL),
            "反すう": chewed.round().clip(0, 60 * STEP_H),
        }
    )
    suspicion = np.log(active / usual) / RESTLESS - (chewed - chews) / chews.std()
    lost = _lost(rng)
    table.loc[lost, ["活動量", "反すう"]] = np.nan
    table["活動比"] = _ratio(table["活動量"].to_numpy())
    table["発情"] = in_heat
    table["授精結果"] = pd.Series(inseminated, dtype=object).reindex(range(ROWS_PER_COW)).to_numpy()
    return table, np.where(lost, np.nan, suspicion), heats


def _cycles(rng: np.random.Generator) -> tuple[list[_Heat], dict[int, str]]:
    """A cow's heats until she conceives, and her inseminations (row → what the sheet says about it)."""
    calved_before = rng.uniform(*CALVED)
    day, heats, inseminated = rng.uniform(0, CYCLE), [], {}
    while day < DAYS - 1:
        quiet = rng.random() < QUIET
        factor = QUIET_HEAT if quiet else float(HEAT * np.exp(HEAT_SD * rng.standard_normal()))
        heats.append(_Heat(day * 24, float(rng.uniform(*HEAT_H)), factor))
        if calved_before + day > WAITING and rng.random() < SEEN:
            after = rng.uniform(4, 26)
            row = int((day * 24 + after) // STEP_H)
            conceived = rng.random() < (CONCEIVES if IN_TIME[0] <= after <= IN_TIME[1] else CONCEIVES_LATE)
            result = "受胎" if conceived else "不受胎"
            inseminated[row] = result if day + KNOWN_AFTER < DAYS else "未判定"
            if conceived:
                break
        day += rng.normal(CYCLE, CYCLE_SD)
    return heats, {row: result for row, result in inseminated.items() if row < ROWS_PER_COW}


def _height(hours: np.ndarray, heat: _Heat) -> np.ndarray:
    """How far a heat has come in each reading: 0 outside, 1 at its height, rising and falling within four hours."""
    middle = hours + STEP_H / 2
    return np.minimum((middle - heat.start) / RAMP_H, (heat.start + heat.hours - middle) / RAMP_H).clip(0, 1)


def _carried_over(rng: np.random.Generator) -> np.ndarray:
    """Autoregressive noise of a cow's log activity."""
    from scipy.signal import lfilter

    fresh = RESTLESS * rng.standard_normal(ROWS_PER_COW)
    fresh[1:] *= np.sqrt(1 - CARRY**2)
    return lfilter([1.0], [1.0, -CARRY], fresh)


def _lost(rng: np.random.Generator) -> np.ndarray:
    """Readings that never arrived (bool)."""
    lost = np.zeros(ROWS_PER_COW, dtype=bool)
    for start in rng.integers(0, ROWS_PER_COW, rng.poisson(GAPS)):
        lost[start : start + int(rng.integers(*GAP_LONG))] = True
    return lost


def _ratio(activity: np.ndarray) -> np.ndarray:
    """What the collar reports: mean of its last readings over the usual mean of these hours.

    Usual is the median of the same hour over the past seven days, at least three of them; blank where the reading or
    the usual is missing; of the last three readings, one may be.
    """
    days = activity.reshape(DAYS, SLOTS)
    usual = pd.DataFrame(days).rolling(USUAL_DAYS, min_periods=3).median().shift().to_numpy().ravel()
    usual = np.where(np.isnan(activity), np.nan, usual)
    now, before = (pd.Series(x).rolling(LAST, min_periods=2).mean().to_numpy() for x in (activity, usual))
    return np.where(np.isnan(activity), np.nan, np.round(now / np.maximum(before, 1.0), 2))


def _best(table: pd.DataFrame, known: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    long = round(np.mean(HEAT_H) / STEP_H)
    by_cow = pd.Series(known).groupby(table["牛番号"].to_numpy())
    judged = by_cow.transform(lambda x: x.rolling(long, center=True, min_periods=1).mean())
    there = judged.notna().to_numpy()
    return {"roc_auc": float(roc_auc_score(table["発情"][there], judged[there]))}

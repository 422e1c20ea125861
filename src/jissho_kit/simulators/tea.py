"""A4: twenty springs of five tea gardens, one row per garden and day: mean temperature and what the diary says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

FIRST_YEAR, FIRST, LAST_DAY = 1999, "02-15", "05-31"
DAYS = 106  # 15 February – 31 May; in leap years it starts one day later
START = "03-10"  # sums of temperature are taken from this day
ELSEWHERE = 256.5  # ℃·day from 10 March to sprouting, as published for another prefecture
HERE = 50.0  # ℃·day that this valley's variety needs beyond it
# Garden: degrees colder than the lowest one (altitude), its own need beyond the valley's (℃·day), covered with shades.
GARDENS = {
    "一番園": (0.0, -6.0, "無"),
    "川端園": (0.2, 5.0, "無"),
    "段々園": (0.7, -3.0, "有"),
    "峠園": (1.4, 6.0, "無"),
    "奥園": (1.1, -2.0, "有"),
}
NEED_SD, YEAR_SD = 7.0, 5.0  # spread of the need (℃·day): of a garden and year; of a year, all gardens
SEEN_SD = 0.6  # days by which the grower's eye strays when calling a garden sprouted
PLUCK, PLUCK_SD, COVER_DELAY, COVERED_AFTER = 330.0, 10.0, 4, 8  # ℃·day from sprouting; days
YEAR_T, WEATHER, CARRY, OWN, WARMING = 0.6, 2.2, 0.65, 0.35, 0.03  # ℃: years, days, share carried over, gardens; ℃/year
LOST, LOST_LONG = 0.35, (3, 12)  # share of garden-years with a dead logger, days
MAX_YEARS = 250


def make_tea(n: int = 20 * 5 * DAYS, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` rows: year after year, garden after garden, 15 February to 31 May.

    Parameters
    ----------
    n : int
        Rows, at least 2,120 (four years); 530 per year, the last year may be cut short; at most 132,500 (250 years).
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        年, 園, 日付, 平均気温 (℃; blank while the logger was dead), 被覆 (有 or 無), 作業 (萌芽, 被覆開始, 摘採; blank: none).
    Truth
        effects: ``elsewhere`` and ``here`` (℃·day from 10 March), ``cover_delay`` (days), ``warming`` (℃ per year),
        ``gap_days`` (about how many days too early the other prefecture's sum is, at 12 ℃).
        best: ``mae`` (days) of one who knows each garden's need and the true temperatures, not that year's chance.

    Raises
    ------
    ValueError
        ``n`` is too small or too large.
    """
    if not 4 * 5 * DAYS <= n <= MAX_YEARS * 5 * DAYS:
        raise ValueError(f"n must be between {4 * 5 * DAYS} and {MAX_YEARS * 5 * DAYS}")
    rng = np.random.default_rng(random_state)
    parts, misses = [], []
    for i in range(int(np.ceil(n / (5 * DAYS)))):
        spring, missed = _spring(rng, FIRST_YEAR + i, WARMING * i)
        parts.append(spring)
        misses += missed
    effects = {
        "elsewhere": ELSEWHERE,
        "here": ELSEWHERE + HERE,
        "cover_delay": COVER_DELAY,
        "warming": WARMING,
        "gap_days": HERE / 12,
    }
    return pd.concat(parts, ignore_index=True).head(n), Truth(effects, {"mae": float(np.mean(np.abs(misses)))})


def _spring(rng: np.random.Generator, year: int, warmer: float) -> tuple[pd.DataFrame, list[float]]:
    """One year's rows of all gardens, and by how many days the one who knows the needs is off."""
    dates = pd.date_range(end=f"{year}-{LAST_DAY}", periods=DAYS).astype("datetime64[ns]")
    start = int(np.flatnonzero(dates == pd.Timestamp(f"{year}-{START}"))[0])
    normal = 13.2 - 8.6 * np.cos(2 * np.pi * (dates.day_of_year.to_numpy() - 20) / 365) * 0.92
    common = normal + warmer + YEAR_T * rng.standard_normal() + _carried_over(rng, WEATHER)
    of_year = YEAR_SD * rng.standard_normal()
    rows, misses = [], []
    for garden, (colder, own, covered) in GARDENS.items():
        there = (common - colder + OWN * rng.standard_normal(DAYS)).clip(-8, 32)
        sums = np.cumsum(np.where(np.arange(DAYS) >= start, there.clip(0), 0))
        need = ELSEWHERE + HERE + own
        expected = int(np.searchsorted(sums, need))
        sprouted = int(np.searchsorted(sums, need + of_year + NEED_SD * rng.standard_normal()))
        seen = sprouted + int(np.round(SEEN_SD * rng.standard_normal()))
        misses.append(expected - seen)
        pluck = int(np.searchsorted(sums, sums[sprouted] + PLUCK + PLUCK_SD * rng.standard_normal()))
        works = {seen: "萌芽", pluck + (COVER_DELAY if covered == "有" else 0): "摘採"}
        if covered == "有":
            works[seen + COVERED_AFTER] = "被覆開始"
        measured = there.round(1)
        if rng.random() < LOST:
            first = int(rng.integers(0, DAYS - LOST_LONG[1]))
            measured[first : first + int(rng.integers(*LOST_LONG))] = np.nan
        rows.append(
            pd.DataFrame(
                {
                    "年": year,
                    "園": garden,
                    "日付": dates,
                    "平均気温": measured,
                    "被覆": covered,
                    "作業": [works.get(day) for day in range(DAYS)],
                }
            )
        )
    return pd.concat(rows, ignore_index=True), misses


def _carried_over(rng: np.random.Generator, spread: float) -> np.ndarray:
    """Autoregressive weather of the given spread (℃)."""
    from scipy.signal import lfilter

    fresh = spread * rng.standard_normal(DAYS)
    fresh[1:] *= np.sqrt(1 - CARRY**2)
    return lfilter([1.0], [1.0, -CARRY], fresh)

"""F2: pieces turned on one CNC lathe for half a year, tool after tool, and the day its jig was exchanged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

PIECES_PER_DAY, DAYS_PER_WEEK = 67, 5
SIZE, SIZE_LIMIT = 10.0, 0.040  # mm
KINDS = ["なし", "寸法", "むしれ"]

LIFE, LIFE_CV = 400, 0.2  # pieces after which a tool is worn (1.0), and how far tools differ
CHANGE_AT = (360, 440)  # pieces after which the operator changes the tool, worn or not;
HEARD = 1.08  # of its life: by then the operator hears it, whatever the count says
LIKE_WITH_LIKE = 160  # pieces before the jig exchange at which a fresh tool was put in
SETUP_PIECES = 4  # cut at reduced feed after a set-up: odd to the machine, yet watched and sound
PARTS = {"甲": 0.0, "乙": 1.2, "丙": -1.0}  # load (%) by part set; sets change every 150 to 350 pieces
PART_RUN = (150, 350)

LOAD, WEAR_LOAD, JIG_LOAD, SETUP_LOAD = 38.0, 9.0, -8.0, -9.0  # % of the spindle's rating
BAR_SD, BAR, LOAD_SD = 1.4, 40, 1.8  # hardness differs from bar to bar of 40 pieces
CYCLE, CYCLE_SD, SETUP_CYCLE = 42.0, 0.25, 5.0  # s
SIZE_SD, JIG_SIZE, OFFSET_SD = 0.0072, 0.0135, 0.001  # mm: one piece; the new jig's seat; setting of a tool
WEAR_SIZE = 0.005  # mm by which a tool at the end of its life has left its programmed correction
PERSON_SIZE = {"田中": 0.0, "松尾": 0.0, "古賀": 0.001}  # mm by which a person's reading is off
VB_FRESH, VB_WEAR, VB_SD, VB_EVERY = 0.05, 0.20, 0.006, 25  # flank wear (mm), read under a glass every 25 pieces
TORN_FROM, TORN_STEEP, TORN_MOST = 1.00, 12.0, 0.55  # chance of a torn surface by wear
CHIP_MOST, CHIP_LIFT, CHIP_SPREAD = (
    0.025,
    0.060,
    0.35,
)  # chip under the seat: chance 400 pieces after cleaning; lift (mm)
TEMPERATURE, SEASON, EXPANSION = 22.0, 4.0, 0.0003  # ℃, ℃, mm/℃
GLITCH, LOST_BLOCKS, NOT_MEASURED = 0.001, 3, 0.004
INCONSISTENT = 0.03  # share of the defects that were booked as なし


def make_cnc(n: int = 8000, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` pieces in order, 67 a day on five days a week.

    A tool's wear rises fast at first, then steadily, and runs away at the end of its own life; load, surface, size and
    flank wear follow it. Chips gather under the seat until the tool is changed. On a Monday in the last third of the
    period the jig is exchanged: the load falls and the size steps, within its limits; the quality stays as it was.

    Parameters
    ----------
    n : int
        Pieces, at least 2,500.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        通し番号, 稼働日, 日時, 工具ID, 使用回数 (pieces cut with this tool), 段取り (なし, 工具交換, 部品替え), 部品セット, 治具 (J1, J2),
        主軸負荷 (%; near 0 is a dropped reading), サイクル時間 (s), 室温 (℃), 寸法 (mm, 10.000 ± 0.040), 測定者, 摩耗幅 (mm, every
        25 pieces), 不良種 (なし, 寸法, むしれ).
        Faults: the clock repeats; load, cycle time and temperature missing together in blocks; sizes not measured;
        loads dropped to near 0; pieces out of their limits booked as なし.
    Truth
        effects: ``jig_day`` (稼働日), ``jig_load`` (%), ``jig_size`` (mm), ``size_sd`` (mm), ``life`` (pieces), ``life_cv``,
        ``wear_load`` (% over a life), ``person_size`` (mm), ``missing_rows``, ``glitches``, ``inconsistent``.
        best: ``roc_auc`` of the true chance of any defect, before and after the jig alike.

    Raises
    ------
    ValueError
        ``n`` is too small for weeks on both sides of the jig exchange.
    """
    if n < 2_500:
        raise ValueError("n must be at least 2500")
    rng = np.random.default_rng(random_state)
    state = _state(rng, n)
    torn_chance, chip_chance = _torn_chance(state), _chip_chance(state)
    size = _size(rng, state, chip=rng.random(n) < chip_chance)
    off = np.abs(size - SIZE) > SIZE_LIMIT + 1e-9
    torn = rng.random(n) < torn_chance
    flank = VB_FRESH + VB_WEAR * state["wear"] + VB_SD * rng.standard_normal(n)
    table = pd.DataFrame(
        {
            "通し番号": np.arange(n) + 1,
            "稼働日": state["day"] + 1,
            "日時": _clock(rng, state["day"]),
            "工具ID": [f"T{tool + 1:02d}" for tool in state["tool"]],
            "使用回数": state["used"],
            "段取り": np.select([state["used"] == 1, state["part_start"]], ["工具交換", "部品替え"], "なし"),
            "部品セット": np.array(list(PARTS))[state["part"]],
            "治具": np.where(state["jig"], "J2", "J1"),
            "主軸負荷": _load(rng, state),
            "サイクル時間": CYCLE + CYCLE_SD * rng.standard_normal(n) + SETUP_CYCLE * state["slowed"],
            "室温": state["temperature"] + 0.1 * rng.standard_normal(n),
            "寸法": size,
            "測定者": np.array(list(PERSON_SIZE))[state["person"]],
            "摩耗幅": flank.where(state["used"] % VB_EVERY == 0),
            "不良種": np.select([off, torn], KINDS[1:], KINDS[0]),
        }
    )
    effects = {
        "jig_day": int(table.loc[state["jig"], "稼働日"].min()),
        "jig_load": JIG_LOAD,
        "jig_size": JIG_SIZE,
        "size_sd": SIZE_SD,
        "life": LIFE,
        "life_cv": LIFE_CV,
        "wear_load": WEAR_LOAD,
        "person_size": PERSON_SIZE["古賀"],
        **_faults(rng, table),
    }
    return table, Truth(effects, {"roc_auc": _auc(off | torn, 1 - (1 - torn_chance) * (1 - chip_chance))})


def _state(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """What the shop is like at each piece: day, jig, tool and its wear, part set, set-up, person, temperature.

    ``slowed`` is how far the feed is reduced after a set-up (0–1); ``uncleaned`` counts pieces since the seat was cleaned.
    """
    number = np.arange(n)
    day = number // PIECES_PER_DAY
    jig_at = _jig_day(rng, int(day[-1]) + 1) * PIECES_PER_DAY
    tool, used, wear = _tools(rng, n, jig_at)
    part, part_start = _part_sets(rng, n)
    setup = _since(np.flatnonzero(part_start | (used == 1)), n) < SETUP_PIECES
    return pd.DataFrame(
        {
            "day": day,
            "jig": number >= jig_at,
            "tool": tool,
            "used": used,
            "wear": wear,
            "part": part,
            "part_start": part_start,
            "setup": setup,
            "slowed": setup * rng.random(n // BAR + 1)[number // BAR],  # as careful as the operator feels that hour
            "uncleaned": _since(np.flatnonzero((used == 1) | (number == jig_at)), n),
            "person": rng.integers(0, len(PERSON_SIZE), day[-1] + 1)[day],
            "temperature": _room(rng, day),
        }
    )


def _torn_chance(state: pd.DataFrame) -> np.ndarray:
    """Chance of a torn surface: a worn tool; not just after a set-up, where the feed is low and someone watches."""
    return np.where(state["setup"], 0, TORN_MOST / (1 + np.exp(-TORN_STEEP * (state["wear"] - TORN_FROM))))


def _chip_chance(state: pd.DataFrame) -> np.ndarray:
    """Chance of a chip under the seat, which grows until the seat is cleaned."""
    return np.where(state["setup"], 0, CHIP_MOST * (state["uncleaned"] / LIFE) ** 4)


def _load(rng: np.random.Generator, state: pd.DataFrame) -> np.ndarray:
    """Spindle load (%): wear, part set, jig, reduced feed, hardness of the bar."""
    n = len(state)
    hard = (BAR_SD * rng.standard_normal(n // BAR + 1))[np.arange(n) // BAR]
    known = WEAR_LOAD * state["wear"] + JIG_LOAD * state["jig"] + SETUP_LOAD * state["slowed"]
    return LOAD + known + np.array(list(PARTS.values()))[state["part"]] + hard + LOAD_SD * rng.standard_normal(n)


def _size(rng: np.random.Generator, state: pd.DataFrame, chip: np.ndarray) -> np.ndarray:
    """Size as read (mm): jig, setting of the tool, wear beyond its correction, warmth, chips, the person who reads."""
    n = len(state)
    size = SIZE + JIG_SIZE * state["jig"] + WEAR_SIZE * _runaway(state["wear"])
    size += (OFFSET_SD * rng.standard_normal(state["tool"].max() + 1))[state["tool"]] + SIZE_SD * rng.standard_normal(n)
    size += EXPANSION * (state["temperature"] - TEMPERATURE) + np.array(list(PERSON_SIZE.values()))[state["person"]]
    size += np.where(chip, CHIP_LIFT * np.exp(CHIP_SPREAD * rng.standard_normal(n)), 0)
    return size.clip(9.8, 10.3).round(3).to_numpy()


def _jig_day(rng: np.random.Generator, days: int) -> int:
    """Working day (from 0) on which the new jig is in: a Monday a little less than three quarters into the period."""
    middle = round(0.72 * days / DAYS_PER_WEEK)
    return DAYS_PER_WEEK * (middle + int(rng.integers(-1, 2)))


def _tools(rng: np.random.Generator, n: int, jig_at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tool (from 0), pieces cut with it (from 1) and its wear (1: worn) for each piece.

    A fresh tool goes in shortly before the jig is exchanged, so that old and new jig are compared on one tool.
    """
    fresh = jig_at - LIKE_WITH_LIKE
    starts, lives = [-int(rng.integers(0, 200))], list(_lives(rng))
    while starts[-1] < n:
        start = starts[-1]
        if len(lives) < len(starts) + 1:
            lives += list(_lives(rng))
        end = start + int(min(rng.integers(*CHANGE_AT), HEARD * lives[len(starts) - 1]))
        starts.append(fresh if start < fresh < end else end)
    number = np.arange(n)
    tool = np.searchsorted(starts, number, side="right") - 1
    used = number - np.array(starts)[tool] + 1
    return tool, used, _wear(used / np.array(lives)[tool])


def _lives(rng: np.random.Generator) -> np.ndarray:
    """Lives (pieces) of the next five tools: one from each of five equally likely slices, so poor and good alternate."""
    from scipy.stats import norm

    return LIFE * (1 + LIFE_CV * norm.ppf((rng.permutation(5) + rng.uniform(0.05, 0.95, 5)) / 5))


def _wear(age: np.ndarray) -> np.ndarray:
    """Wear by age (1: end of life): running in, steady, running away."""
    return 0.10 * (1 - np.exp(-age / 0.04)) + 0.60 * age + 0.30 * age**6


def _runaway(wear: np.ndarray) -> np.ndarray:
    """How far the size has left the correction programmed for steady wear (1 at the end of life)."""
    return (np.maximum(wear - 0.6, 0) / 0.4).clip(0, 1.5) ** 2


def _part_sets(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Part set (position in PARTS) of each piece, and whether a piece is the first of another set."""
    starts = np.r_[0, np.cumsum(rng.integers(*PART_RUN, size=n // PART_RUN[0] + 1))]
    order = np.cumsum(rng.integers(1, len(PARTS), len(starts))) % len(PARTS)  # never the same set twice in a row
    run = np.searchsorted(starts, np.arange(n), side="right") - 1
    return order[run], np.r_[False, run[1:] != run[:-1]]


def _since(events: np.ndarray, n: int) -> np.ndarray:
    """Pieces since the last event (0 at the event); before the first event a number beyond any set-up."""
    number = np.arange(n)
    last = np.searchsorted(events, number, side="right") - 1
    return np.where(last >= 0, number - events[last.clip(0)] if len(events) else 0, 200)


def _room(rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """Room temperature (℃): season, weather that lasts for days, and warming through the day."""
    days = int(day[-1]) + 1
    weather = np.empty(days)
    state = 0.0
    for i, fresh in enumerate(rng.standard_normal(days)):
        state = 0.8 * state + 0.9 * fresh
        weather[i] = state
    season = SEASON * np.sin(2 * np.pi * (np.arange(days) - 25) / 250)
    through = (np.arange(len(day)) % PIECES_PER_DAY) / PIECES_PER_DAY
    return (TEMPERATURE + (season + weather)[day] + 2 * (through - 0.5)).clip(8, 38)


def _clock(rng: np.random.Generator, day: pd.Series) -> pd.DatetimeIndex:
    """A piece every seven minutes from 8:00 on working days; now and then the clock repeats itself."""
    n = len(day)
    seconds = 8 * 3600 + 420 * (np.arange(n) % PIECES_PER_DAY) + rng.integers(0, 40, n)
    times = pd.bdate_range("2018-04-02", periods=day.iloc[-1] + 1)[day] + pd.to_timedelta(seconds, unit="s")
    times = times.astype("datetime64[ns]").to_numpy().copy()
    repeated = rng.choice(np.arange(1, n), max(2, n // 800), replace=False)
    times[repeated] = times[repeated - 1]
    return pd.DatetimeIndex(times)


def _faults(rng: np.random.Generator, table: pd.DataFrame) -> dict[str, int]:
    """Put the logger's and the people's faults into ``table`` (in place) and count them."""
    n = len(table)
    glitches = np.flatnonzero(rng.random(n) < GLITCH)
    table.loc[glitches, "主軸負荷"] = rng.uniform(0, 3, len(glitches))
    lost = np.unique(
        np.concatenate([at + np.arange(rng.integers(20, 41)) for at in rng.integers(0, n // 2, LOST_BLOCKS)])
    )
    table.loc[lost, ["主軸負荷", "サイクル時間", "室温"]] = np.nan
    bad = np.flatnonzero(table["不良種"] != KINDS[0])
    booked = rng.choice(bad, max(1, round(INCONSISTENT * len(bad))), replace=False)
    table.loc[booked, "不良種"] = KINDS[0]
    sound = np.flatnonzero(table["不良種"] == KINDS[0])
    table.loc[sound[rng.random(len(sound)) < NOT_MEASURED], "寸法"] = np.nan
    return {"missing_rows": len(lost), "glitches": len(np.setdiff1d(glitches, lost)), "inconsistent": len(booked)}


def _auc(bad: np.ndarray, chance: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(bad, chance))

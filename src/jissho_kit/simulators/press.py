"""F1: three presses stamping the same part for four weeks; the logger keeps one shot every two minutes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

SHOTS_PER_DAY = 240  # of one press: eight hours, one shot in two minutes
BLOCK = 15  # shots (half an hour) for which the operator leaves the speed alone
COIL = 80  # kept shots that one coil lasts
# Press: usual speed (spm), log-odds of a burr at that speed with a fresh die, peak load with a fresh die (kN).
# The newer a press, the stiffer its frame: it runs faster and yet burrs less.
PRESSES = {"A": (42.0, -3.25, 640.0), "B": (56.0, -3.90, 655.0), "C": (70.0, -4.50, 670.0)}
DIES = {"A": ("D11", "D12"), "B": ("D21", "D22"), "C": ("D31", "D32")}
SPEED_SD = 5.5  # spm by which operators stray from the press's usual speed, block by block
SPEED_EFFECT = 0.085  # log-odds of a burr per spm: a faster ram snaps through and bends the frame
WEAR_EFFECT, WEAR_LOAD = 1.1, 26.0  # log-odds and kN from a ground die to one due for grinding
GRIND = (900, 1300)  # kept shots between two grindings of a die
HARD_EFFECT, HARD_LOAD = 0.25, 9.0  # log-odds and kN per spread of the coils' hardness
OIL_REST, OIL_PER_SPM, OIL_PACE = 31.0, 0.22, 0.03  # ℃ at rest; warming per spm; share of the gap closed per shot
STOP_CHANCE, STOP_EFFECT = 0.012, 0.05  # short stops at the usual speed; log-odds per spm
GLITCH, INCONSISTENT, LOST_BLOCKS = 0.0008, 0.003, 3


def make_press(n: int = 14_400, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` shots of three presses in order of time, 240 a day from each.

    Parameters
    ----------
    n : int
        Shots, at least 1,500.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        日時, 機械 (A, B, C), 金型ID, コイル (number), spm (strokes per minute), 荷重ピーク (kN; near 0 is a dropped reading),
        油温 (℃), チョコ停 (1: a short stop since the row before of that press), バリ (1).
        Faults: the clock repeats now and then; spm, load and oil missing together in blocks; loads dropped to near 0;
        0.3 % of the burrs' records the wrong way round.
    Truth
        effects: ``speed_effect`` (log-odds per spm, the same inside each press), ``press_A``, ``press_B``, ``press_C`` (log-odds
        at the usual speed with a fresh die), ``wear_effect`` (log-odds over a die's life), ``missing_rows``, ``glitches``,
        ``inconsistent``. best: ``roc_auc`` and ``average_precision`` of the true chance of a burr against the records.

    Raises
    ------
    ValueError
        ``n`` is too small for each press to work two days.
    """
    if n < 1_500:
        raise ValueError("n must be at least 1500")
    rng = np.random.default_rng(random_state)
    per_press = -(-n // len(PRESSES))
    presses = [_one_press(rng, name, per_press) for name in PRESSES]
    table = (
        pd.concat(presses, ignore_index=True).sort_values(["日時", "機械"], kind="stable")[:n].reset_index(drop=True)
    )
    chance = table.pop("chance").to_numpy()
    burr = rng.random(n) < chance
    wrong = rng.random(n) < INCONSISTENT
    table["バリ"] = (burr ^ wrong).astype(int)
    effects = {
        "speed_effect": SPEED_EFFECT,
        **{f"press_{name}": odds for name, (_, odds, _) in PRESSES.items()},
        "wear_effect": WEAR_EFFECT,
        "inconsistent": int(wrong.sum()),
        **_logger_faults(rng, table),
    }
    return table, Truth(effects, _best(table["バリ"].to_numpy(), chance))


def _one_press(rng: np.random.Generator, name: str, shots: int) -> pd.DataFrame:
    """The shots of one press in order, with the true chance of a burr in the column ``chance``."""
    usual, odds, load = PRESSES[name]
    blocks = -(-shots // BLOCK)
    speed = np.round(usual + SPEED_SD * rng.standard_normal(blocks).clip(-2.2, 2.2))[np.arange(shots) // BLOCK]
    wear, die = _die_wear(rng, shots)
    coil = np.arange(shots) // COIL
    hard = rng.standard_normal(coil[-1] + 1)[coil]
    stop = rng.random(shots) < STOP_CHANCE * np.exp(STOP_EFFECT * (speed - usual))
    odds = odds + SPEED_EFFECT * (speed - usual) + WEAR_EFFECT * wear + HARD_EFFECT * hard
    peak = load + WEAR_LOAD * wear + HARD_LOAD * hard + 5 * rng.standard_normal(shots)
    return pd.DataFrame(
        {
            "日時": _clock(rng, shots),
            "機械": name,
            "金型ID": np.array(DIES[name])[die % 2],
            "コイル": 1000 + len(PRESSES) * coil + "ABC".index(name),
            "spm": speed.astype(float),
            "荷重ピーク": peak,
            "油温": _oil(rng, speed, stop),
            "チョコ停": stop.astype(int),
            "chance": 1 / (1 + np.exp(-odds)),
        }
    )


def _die_wear(rng: np.random.Generator, shots: int) -> tuple[np.ndarray, np.ndarray]:
    """Wear (0 freshly ground, 1 due) at each shot, and how often the dies have been swapped for grinding."""
    lives = rng.integers(*GRIND, size=shots // GRIND[0] + 2)
    ends = np.cumsum(lives) - rng.integers(0, GRIND[0])  # the first die is somewhere in its life
    at = np.arange(shots)
    die = np.searchsorted(ends, at, side="right")
    return 1 - (ends[die] - at) / lives[die], die


def _oil(rng: np.random.Generator, speed: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Oil temperature (℃): warms towards a level set by the speed, cools in short stops and overnight."""
    oil, warm = [], 0.0
    noise = 0.15 * rng.standard_normal(len(speed))
    # Plain numbers: a loop over them is several times faster than one over an array.
    for i, (spm, stopped, stray) in enumerate(zip(speed.tolist(), stop.tolist(), noise.tolist(), strict=True)):
        if i % SHOTS_PER_DAY == 0:
            warm = 0.0
        warm += OIL_PACE * (OIL_PER_SPM * spm - warm) - (0.8 if stopped else 0) + stray
        oil.append(OIL_REST + max(warm, -3))
    return np.array(oil)


def _clock(rng: np.random.Generator, shots: int) -> pd.DatetimeIndex:
    """A shot every two minutes from 8:30 on working days; now and then the clock repeats itself."""
    day, turn = np.divmod(np.arange(shots), SHOTS_PER_DAY)
    seconds = 8.5 * 3600 + 120 * turn + rng.integers(0, 20, shots)
    times = pd.bdate_range("2018-04-02", periods=day[-1] + 1)[day] + pd.to_timedelta(seconds, unit="s")
    times = times.astype("datetime64[ns]").to_numpy().copy()
    repeated = rng.choice(np.arange(1, shots), max(2, shots // 800), replace=False)
    times[repeated] = times[repeated - 1]
    return pd.DatetimeIndex(times)


def _logger_faults(rng: np.random.Generator, table: pd.DataFrame) -> dict[str, int]:
    """Lose speed, load and oil together in blocks, drop single loads to near 0 (in place); return the counts."""
    glitches = np.flatnonzero(rng.random(len(table)) < GLITCH)
    table.loc[glitches, "荷重ピーク"] = rng.uniform(0, 4, len(glitches))
    starts = rng.integers(0, len(table) - 60, LOST_BLOCKS)
    lost = np.unique(np.concatenate([at + np.arange(rng.integers(20, 60)) for at in starts]))
    table.loc[lost, ["spm", "荷重ピーク", "油温"]] = np.nan
    return {"missing_rows": len(lost), "glitches": len(np.setdiff1d(glitches, lost))}


def _best(burr: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "roc_auc": float(roc_auc_score(burr, chance)),
        "average_precision": float(average_precision_score(burr, chance)),
    }

"""F3: shots of one injection-moulding machine, material lot after material lot, as its logger wrote them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

SHOTS_PER_LOT = 100
LOTS_PER_DAY = 2
LOTS_PER_WEEK = 5 * LOTS_PER_DAY
CYCLE_S = 84
CHANNELS = ["金型温度", "充填時間", "保圧", "クッション量", "計量時間"]
KINDS = ["なし", "ヒケ", "ショート", "バリ"]

# Channel: level, spread of the lots' levels (material), spread from shot to shot, share carried over to the next shot.
# A lot is recognised by its levels, yet they say nothing about its quality: that is what a random split exploits.
SHAPE = {
    "金型温度": (60.0, 1.6, 0.55, 0.9),
    "充填時間": (1.80, 0.045, 0.012, 0.3),
    "保圧": (45.0, 1.3, 0.35, 0.3),
    "クッション量": (5.0, 0.50, 0.13, 0.5),
    "計量時間": (6.2, 0.28, 0.08, 0.3),
}
ODD_UNITS = {"クッション量": 10.0, "金型温度": 10.0, "保圧": 10.197}  # 1/10 mm; decimal point lost; kgf/cm² per MPa

LOT_SD = 1.7  # spread of the lots' hidden quality (moisture, foreign matter), in log-odds
SHOT_EFFECT = 1.2  # log-odds per spread by which a shot strays from its own lot: less cushion, colder mould
BASE = (-4.6, -3.8)  # log-odds of a defect in an average lot: drawn between these, once per table
CAVITY_SHIFT, SIZE_SD, SIZE_LIMIT = 0.020, 0.006, 0.030  # mm around 10.000


def make_molding(n: int = 6000, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` shots in lots of 100, in order of time, with the faults of a real logger.

    Parameters
    ----------
    n : int
        Shots, at least 1,000; a last lot may be shorter. The table has some more rows: those sent twice.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        材料ロット (received number, not in order of use), 日時, 金型温度 (℃), 充填時間 (s), 保圧 (MPa), クッション量 (mm),
        計量時間 (s), キャビ (1 or 2), 寸法 (mm), 不良種, 手直し時間_分 (known after inspection only).
        Faults: rows sent twice, clock readings repeated, one day's clock 9 hours slow, one channel in another unit for
        8 lots, all channels missing together in blocks, single blanks, reworked parts booked as なし.
    Truth
        effects: ``base``, ``lot_sd``, ``shot_effect`` (log-odds), ``cavity_shift``, ``size_sd`` (mm), ``odd_column`` (position in
        金型温度, 充填時間, 保圧, クッション量, 計量時間), ``odd_factor``, ``odd_rows``, ``duplicates``, ``inconsistent``,
        ``missing_rows`` (all before rows are sent twice except ``duplicates``), ``auc_knowing_lot``.
        best: ``roc_auc`` of the mechanism on a lot whose quality nobody knows yet.

    Raises
    ------
    ValueError
        ``n`` is too small for the faults to fit in.
    """
    from sklearn.metrics import roc_auc_score

    if n < 1000:
        raise ValueError("n must be at least 1000")
    rng = np.random.default_rng(random_state)
    lots = int(np.ceil(n / SHOTS_PER_LOT))
    lot = np.repeat(np.arange(lots), SHOTS_PER_LOT)[:n]

    strays = {c: _carried_over(rng, lot, carry) for c, (_, _, _, carry) in SHAPE.items()}
    shot_part = -SHOT_EFFECT * (strays["クッション量"] + strays["金型温度"]) / np.sqrt(2)
    base = rng.uniform(*BASE)
    odds = base + LOT_SD * _balanced_normal(rng, lots, slices=LOTS_PER_WEEK)[lot] + shot_part
    defect = rng.random(n) < 1 / (1 + np.exp(-odds))

    table = pd.DataFrame({"材料ロット": _received_numbers(rng, lots)[lot], "日時": _clock(rng, lot)})
    for c, (level, between, within, _) in SHAPE.items():
        table[c] = level + between * _balanced_normal(rng, lots, slices=LOTS_PER_WEEK)[lot] + within * strays[c]
    table["キャビ"] = rng.integers(1, 3, n)
    shift = np.where(table["キャビ"] == 1, CAVITY_SHIFT, -CAVITY_SHIFT)
    table["寸法"] = 10 + shift + SIZE_SD * rng.standard_normal(n)
    table["不良種"] = np.where(defect, _kinds(rng, strays), KINDS[0])
    table["手直し時間_分"] = np.where(defect, np.round(np.exp(rng.normal(1.8, 0.5, n)) + 0.5, 1), 0.0)

    planted = _spoil(rng, table, lot)
    table, planted["duplicates"] = _send_twice(rng, table)
    effects = {
        "base": base,
        "lot_sd": LOT_SD,
        "shot_effect": SHOT_EFFECT,
        "cavity_shift": CAVITY_SHIFT,
        "size_sd": SIZE_SD,
        "auc_knowing_lot": float(roc_auc_score(defect, odds)),
        **planted,
    }
    return table, Truth(effects, {"roc_auc": float(roc_auc_score(defect, shot_part))})


def _balanced_normal(rng: np.random.Generator, size: int, slices: int) -> np.ndarray:
    """Standard normal values; every ``slices`` in a row hold one from each of as many equally likely slices.

    Sixty free draws would make the share of defects, and with it every figure of the lesson, swing from week to week.
    """
    from scipy.stats import norm

    blocks = [rng.permutation(slices) for _ in range(int(np.ceil(size / slices)))]
    return norm.ppf((np.concatenate(blocks)[:size] + rng.random(size)) / slices)


def _carried_over(rng: np.random.Generator, lot: np.ndarray, carry: float) -> np.ndarray:
    """Autoregressive noise of spread 1 that starts afresh with each lot."""
    fresh = rng.standard_normal(len(lot))
    starts = np.r_[True, lot[1:] != lot[:-1]]
    noise = np.empty(len(lot))
    for i, start in enumerate(starts):
        noise[i] = fresh[i] if start else carry * noise[i - 1] + np.sqrt(1 - carry**2) * fresh[i]
    return noise


def _received_numbers(rng: np.random.Generator, lots: int) -> np.ndarray:
    """Numbers given at the gate; the store hands lots out roughly, not strictly, in that order."""
    return 4100 + np.argsort(np.argsort(np.arange(lots) + rng.uniform(0, 6, lots)))


def _clock(rng: np.random.Generator, lot: np.ndarray) -> pd.DatetimeIndex:
    """Time of each shot: two lots a working day, from 8:30 and from 13:00."""
    day, half = np.divmod(lot, LOTS_PER_DAY)
    dates = pd.bdate_range("2018-04-02", periods=day[-1] + 1)[day]
    seconds = (
        np.where(half == 0, 8.5, 13.0) * 3600
        + (np.arange(len(lot)) % SHOTS_PER_LOT) * CYCLE_S
        + rng.integers(0, 6, len(lot))
    )
    return (dates + pd.to_timedelta(seconds, unit="s")).astype("datetime64[ns]")


def _kinds(rng: np.random.Generator, strays: dict[str, np.ndarray]) -> np.ndarray:
    """Kind of defect if there is one: short shots with little cushion, burrs with much holding pressure."""
    weights = np.exp(np.column_stack([0.5 + 0 * strays["保圧"], -1.0 * strays["クッション量"], -0.5 + strays["保圧"]]))
    shares = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    return np.array(KINDS)[1 + (rng.random(len(shares))[:, None] > shares[:, :2]).sum(axis=1)]


def _spoil(rng: np.random.Generator, table: pd.DataFrame, lot: np.ndarray) -> dict[str, float]:
    """Put the logger's faults into ``table`` (in place) and return what was planted."""
    n, lots = len(table), lot[-1] + 1
    # A replacement logger ran for some days: one channel in another unit, on its first day the clock 9 hours slow (UTC).
    first = LOTS_PER_DAY * int(rng.integers(lots // 6, lots // 3))
    swapped = np.flatnonzero((lot >= first) & (lot < first + max(2, lots // 60 * 8)))
    column = str(rng.choice(list(ODD_UNITS)))
    table.loc[swapped, column] *= ODD_UNITS[column]
    slow = np.flatnonzero((lot >= first) & (lot < first + LOTS_PER_DAY))
    table.loc[slow, "日時"] -= pd.Timedelta(hours=9)

    lost = np.unique(np.concatenate([at + np.arange(rng.integers(20, 41)) for at in rng.integers(0, n - 40, 3)]))
    table.loc[lost, CHANNELS] = np.nan
    table.loc[rng.choice(n, max(3, n // 300), replace=False), "計量時間"] = np.nan
    repeated = rng.choice(np.arange(1, n), max(3, n // 500), replace=False)
    table.loc[repeated, "日時"] = table["日時"].to_numpy()[repeated - 1]
    sound = np.flatnonzero(table["不良種"] == KINDS[0])
    reworked = rng.choice(sound, max(2, n // 400), replace=False)
    table.loc[reworked, "手直し時間_分"] = np.round(rng.uniform(1, 6, len(reworked)), 1)
    return {
        "odd_column": CHANNELS.index(column),
        "odd_factor": ODD_UNITS[column],
        "missing_rows": len(lost),
        "odd_rows": int(table.loc[swapped, column].notna().sum()),
        "inconsistent": len(reworked),
    }


def _send_twice(rng: np.random.Generator, table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Repeat a few runs of rows right after themselves, as a logger does that saw no receipt."""
    starts = np.sort(rng.choice(np.arange(0, len(table) - 40, 40), rng.integers(3, 7), replace=False))
    order = np.arange(len(table))
    runs = [at + np.arange(rng.integers(6, 19)) for at in starts]
    for run in reversed(runs):
        order = np.insert(order, run[-1] + 1, run)
    return table.iloc[order].reset_index(drop=True), sum(map(len, runs))

"""A3: mandarins on two optical sorters, one row per reading: spectrum, displayed Brix, and what the juice then had."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

WAVELENGTHS = np.arange(700, 1100, 10)  # nm
CHANNELS = [f"波長{nm}" for nm in WAVELENGTHS]
ROWS_PER_DAY = 30  # 5 standard fruits on both machines every morning, and on average 5 trial fruits read 4 times
STANDARDS, READINGS = 5, 4

# Two groves lie in the shade of a hill, one in full sun: two humps of Brix. Acid has nothing to do with the grove.
GROVES = {"北園": 10.75, "西園": 10.85, "南園": 12.2}
BRIX_SD, ACID, ACID_SD = 0.58, 0.95, 0.16  # within a grove, °Bx; g/100 mL
PREMIUM = 12.0
JUICE_SD, ACID_JUICE_SD = 0.10, 0.02  # refractometer and titration

# What the light sees besides sugar and acid: level, spread between fruits, spread between two placements of one fruit.
# Thickness, peel and flesh make a fruit recognisable by its spectrum: that is what a random split exploits.
NUISANCE = {
    "厚み": (1.0, 0.13, 0.006),
    "果皮": (0.30, 0.10, 0.004),
    "果肉": (0.0, 0.05, 0.003),
    "水温": (0.0, 0.03, 0.003),
}
SUGAR, SOUR = 0.008, 0.0007  # absorbance per °Bx at the sugar band; per 0.1 g/100 mL at the acid band
NOISE = 0.0016  # of a channel
SHIFT = 0.6  # °Bx by which machine B reads too high after its lamp was exchanged
OVERTURNED, SPOILT_JUICE = 0.012, 0.02  # share of readings without light; of trial fruits without a titration


def make_citrus(n: int = 900, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` readings: 30 per day of the season; the trial fruits come in its second half.

    Parameters
    ----------
    n : int
        Rows, at least 300; 900 are 30 days with 150 trial fruits and 150 standard fruits.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        測定日, 種別 (標準果実: read once on each machine; 試験果実: twice on each), 果実, 園地, 選果機 (A, B), 回, 表示糖度 (°Bx,
        of the machine), 糖度 (°Bx, refractometer), 酸度 (g/100 mL; blank: no titration), 40 absorbances 波長700 … 波長1090
        (blank together with 表示糖度 when no light came through).
    Truth
        effects: ``shift`` (°Bx), ``shift_day`` (day of the season, from 1, on which machine B starts to read too high),
        ``days``, ``brix_low``, ``brix_high`` (groves' means).
        best: ``r2_sugar`` and ``r2_acid`` of the linear reading that knows all pure spectra and spreads, machine A.

    Raises
    ------
    ValueError
        ``n`` is too small.
    """
    if n < 300:
        raise ValueError("n must be at least 300")
    rng = np.random.default_rng(random_state)
    days = int(np.ceil(n / ROWS_PER_DAY))
    exchanged = int(rng.integers(days // 4, days // 2 - 1))
    fruits = _fruits(rng, days)
    times = np.where(fruits["種別"] == "標準果実", 2, READINGS)
    table = fruits.loc[fruits.index.repeat(times)].reset_index(drop=True)
    table["回"] = table.groupby("果実").cumcount() + 1
    table["選果機"] = np.where(table["回"] % 2 == 1, "A", "B")

    spectra, known = _spectra(rng, table)
    lamp = ((table["選果機"] == "B") & (table["日"] > exchanged)).to_numpy()
    spectra[lamp] += _lamp()
    shown = spectra @ _plain_weights()
    table["表示糖度"] = shown.round(1)
    table["糖度"] = table["糖度"].round(1)
    table["酸度"] = table["酸度"].round(2)
    table = pd.concat([table, pd.DataFrame(spectra.round(4), columns=CHANNELS)], axis=1)
    best = _best(table, known)
    table.loc[rng.random(len(table)) < OVERTURNED, ["表示糖度", *CHANNELS]] = np.nan
    table["測定日"] = (pd.Timestamp("2018-11-05") + pd.to_timedelta(table["日"], unit="D")).astype("datetime64[ns]")
    columns = ["測定日", "種別", "果実", "園地", "選果機", "回", "表示糖度", "糖度", "酸度", *CHANNELS]
    effects = {
        "shift": SHIFT,
        "shift_day": exchanged + 2,
        "days": days,
        "brix_low": GROVES["北園"],
        "brix_high": GROVES["南園"],
    }
    return table[columns].head(n), Truth(effects, best)


def _fruits(rng: np.random.Generator, days: int) -> pd.DataFrame:
    """One row per fruit in order of reading, with its juice (as measured and, with _, as it is) and its nuisances."""
    trial_days = np.sort(rng.permuted(np.tile(np.arange(days // 2, days), 2 * STANDARDS))[: days * STANDARDS])
    day = np.r_[np.repeat(np.arange(days), STANDARDS), trial_days]
    kind = np.repeat(["標準果実", "試験果実"], [days * STANDARDS, len(trial_days)])
    order = np.argsort(day, kind="stable")
    count = len(day)
    grove = rng.permuted(np.resize(list(GROVES), count))
    brix = np.array([GROVES[g] for g in grove]) + BRIX_SD * rng.standard_normal(count)
    acid = ACID + ACID_SD * rng.standard_normal(count)
    fruits = pd.DataFrame(
        {
            "日": day[order],
            "種別": kind[order],
            "果実": np.arange(1, count + 1),
            "園地": grove,
            "_糖": brix,
            "_酸": acid.clip(0.4),
            "糖度": brix + JUICE_SD * rng.standard_normal(count),
            "酸度": (acid + ACID_JUICE_SD * rng.standard_normal(count)).clip(0.3),
        }
    )
    fruits.loc[rng.random(count) < SPOILT_JUICE, "酸度"] = np.nan
    for name, (level, between, _) in NUISANCE.items():
        fruits[f"_{name}"] = level + between * rng.standard_normal(count)
    return fruits


def _band(centre: float, width: float) -> np.ndarray:
    return np.exp(-0.5 * ((WAVELENGTHS - centre) / width) ** 2)


def _pure() -> np.ndarray:
    """Pure spectra (7, 40): the nuisances in their order, a constant offset, sugar per °Bx, acid per 0.1 g/100 mL."""
    water = 0.25 + 0.8 * _band(970, 35) + 0.12 * _band(840, 30)
    return np.vstack(
        [
            water,
            _band(690, 30),
            np.linspace(-0.5, 0.5, len(WAVELENGTHS)),
            _band(955, 25) - _band(985, 25),
            np.ones(len(WAVELENGTHS)),
            SUGAR * (_band(910, 20) + 0.5 * _band(1060, 25) - 0.3 * _band(760, 20)),
            SOUR * (_band(925, 22) + 0.5 * _band(1035, 25)),
        ]
    )


def _spectra(rng: np.random.Generator, table: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Absorbances (readings, 40) of the fruits as they were placed, and the true juice of each reading."""
    amounts = np.column_stack(
        [table[f"_{name}"] + own * rng.standard_normal(len(table)) for name, (_, _, own) in NUISANCE.items()]
        + [0.25 + 0.01 * rng.standard_normal(len(table)), table["_糖"], table["_酸"] * 10]
    )
    return amounts @ _pure() + NOISE * rng.standard_normal((len(table), len(WAVELENGTHS))), table[["_糖", "_酸"]]


def _plain_weights() -> np.ndarray:
    """The machine's weights (40,): the amount of sugar by least squares on the pure spectra (classical calibration)."""
    return np.linalg.pinv(_pure().T)[5]


def _lamp() -> np.ndarray:
    """What machine B's new lamp adds to every spectrum (40,): a hump that its weights take for sugar."""
    hump = _band(905, 30)
    return hump * SHIFT / float(hump @ _plain_weights())


def _best(table: pd.DataFrame, known: pd.DataFrame) -> dict[str, float]:
    """R² of the posterior mean (linear, Gaussian) of sugar and acid given a spectrum of machine A."""
    spreads = [np.hypot(between, own) for _, between, own in NUISANCE.values()]
    brix_sd = float(np.hypot(BRIX_SD, np.std(list(GROVES.values()))))
    spread = np.diag(np.square([*spreads, 0.01, brix_sd, 10 * ACID_SD]))
    level = np.array([*(level for level, _, _ in NUISANCE.values()), 0.25, np.mean(list(GROVES.values())), 10 * ACID])
    pure = _pure()
    gain = spread @ pure @ np.linalg.inv(pure.T @ spread @ pure + NOISE**2 * np.eye(len(WAVELENGTHS)))
    rows = (table["選果機"] == "A").to_numpy()
    amounts = level + (table.loc[rows, CHANNELS].to_numpy() - level @ pure) @ gain.T
    found = {"r2_sugar": (amounts[:, 5], known["_糖"]), "r2_acid": (amounts[:, 6] / 10, known["_酸"])}
    return {name: _r2(true[rows].to_numpy(), guess) for name, (guess, true) in found.items()}


def _r2(true: np.ndarray, guess: np.ndarray) -> float:
    return float(1 - ((true - guess) ** 2).mean() / true.var())

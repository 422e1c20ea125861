"""A2: two tomato houses over 24 weeks; half-way one of them gets a CO2 generator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

HOUSES = ["1号棟", "2号棟"]
TREATED = 0  # position of the house that gets the generator
START = "2017-11-06"
WARM_UP = 60  # days simulated before the first one that is kept

# Growth of a plant (g a day): photosynthesis by light, CO2 and heat, less breathing that doubles every 10 ℃.
FULL_SPEED, HALF_LIGHT, HALF_CO2 = 210.0, 12.0, 260.0  # g a day; MJ/m² a day; ppm
CO2_ENOUGH = 500.0  # above it more CO2 brings nothing
HEAT_BEST, HEAT_WIDTH, HEAT_DEAD = 25.0, 11.0, 39.0  # ℃: fastest, spread of the bell, and where photosynthesis stops
BREATHING, BREATHING_AT = 4.0, 20.0  # g a day at 20 ℃
GROWTH_SD = 3.0  # of weighing the plants, g a day

# Harvest of a house of 10 a: a share of what the plants have put on in the weeks before.
PLANTS, TO_FRUIT = 2_000, 0.62  # plants; share of the growth that is sold as fruit
RIPENING_DAYS = 12.0  # mean time that sugar waits in the fruit before it is picked
PICK_SD, HOUSE_SD, HOUSE_CARRY = 0.07, 0.012, 0.6  # scatter of a day's picking; a house's own ups and downs
CO2_OUTSIDE, CO2_SET = 400.0, 500.0  # ppm
CLIMATE = ["日中気温", "最高気温", "日射", "日中CO2", "換気時間"]


def growth(heat, light, carbon):
    """Mean growth of a plant, g a day (arrays or numbers).

    ``heat``: mean daytime temperature inside, ℃; ``light``: radiation, MJ/m² a day; ``carbon``: mean daytime CO2, ppm.
    Light and CO2 act by saturating (Michaelis–Menten) curves, CO2 only up to 500 ppm; heat by a bell that falls to nothing
    at 39 ℃; breathing doubles every 10 ℃ (Q10 = 2).
    """
    heat = np.asarray(heat, dtype=float)
    usable = np.minimum(carbon, CO2_ENOUGH)
    bell = np.exp(-(((heat - HEAT_BEST) / HEAT_WIDTH) ** 2)) * np.clip((HEAT_DEAD - heat) / 4, 0, 1)
    made = FULL_SPEED * bell * (light / (light + HALF_LIGHT)) * (usable / (usable + HALF_CO2))
    return made - BREATHING * 2 ** ((heat - BREATHING_AT) / 10)


def make_tomato(n: int = 336, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` house-days of two houses; from the middle of the period on 1号棟 has a CO2 generator.

    Parameters
    ----------
    n : int
        Rows (a house's day), an even number of weeks: a multiple of 28, at least 112.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        日付, 週 (1…), 棟, CO2機 (0 or 1), 日中気温, 最高気温 (℃), 日射 (MJ/m² a day), 日中CO2 (ppm), 換気時間 (h),
        増体g (growth of a weighed plant, g a day), 収量kg (of the house of 10 a). Climate is missing for some whole days.
    Truth
        effects: ``did`` (mean of the generator's effect on the harvest after it came, kg a day, against the same house
        without it), ``did_late`` (the same in the last four weeks), ``season`` (rise of the other house, without scatter),
        ``growth_at_38``, ``growth_at_28`` (g a day in the mean light and CO2 of this draw), ``missing_days``.
        best: ``r2``, ``neg_mean_absolute_error`` of the mechanism for 増体g.

    Raises
    ------
    ValueError
        ``n`` is too small or not a whole even number of weeks.
    """
    if n < 112 or n % 28:
        raise ValueError("n must be a multiple of 28, at least 112")
    rng = np.random.default_rng(random_state)
    days = n // len(HOUSES)
    sky = _sky(rng, days + WARM_UP)
    houses = _houses(rng, sky)
    with_device = np.arange(days + WARM_UP) >= WARM_UP + days // 2
    noise = _noise(rng, (days + WARM_UP, len(HOUSES)))
    device = np.column_stack([with_device, np.zeros_like(with_device)])
    climate, without = (_with_carbon(houses, sky, on) for on in (device, np.zeros_like(device)))
    grown = growth(climate["日中気温"], sky["light"][:, None], climate["日中CO2"])
    usual = growth(without["日中気温"], sky["light"][:, None], without["日中CO2"])
    expected, counterfactual = (_ripened(g) * noise["house"] for g in (grown, usual))

    keep = slice(WARM_UP, None)
    date = pd.date_range(START, periods=days)
    table = pd.DataFrame(
        {
            "日付": np.repeat(date, len(HOUSES)).astype("datetime64[ns]"),
            "週": np.repeat(np.arange(days) // 7 + 1, len(HOUSES)),
            "棟": np.tile(HOUSES, days),
            "CO2機": device[keep].ravel().astype(int),
            **{name: climate[name][keep].ravel() for name in ("日中気温", "最高気温")},
            "日射": np.repeat(sky["light"][keep], len(HOUSES)),
            **{name: climate[name][keep].ravel() for name in ("日中CO2", "換気時間")},
            "増体g": (grown + noise["weighing"])[keep].ravel(),
            "収量kg": (expected * noise["picking"])[keep].ravel(),
        }
    )
    effects = _effects(expected[keep], counterfactual[keep], climate, sky, keep)
    best = _best(table["増体g"], grown[keep].ravel())
    effects["missing_days"] = _spoil(rng, table)
    return table, Truth(effects, best)


def _sky(rng: np.random.Generator, days: int) -> dict[str, np.ndarray]:
    """Weather of each day, the same for both houses: radiation (MJ/m²) and mean daytime temperature outside (℃)."""
    day = (pd.Timestamp(START) - pd.Timedelta(days=WARM_UP)).day_of_year + np.arange(days)
    clear = 15.5 - 8.0 * np.cos(2 * np.pi * (day + 10) / 365)  # clear sky, under the film
    share = 0.25 + 0.7 / (1 + np.exp(-1.3 * _carried(rng, days, 0.3)))
    warm = 18 - 10.5 * np.cos(2 * np.pi * (day - 28) / 365) + 2.2 * _carried(rng, days, 0.7)
    return {"light": clear * share, "outside": warm}


def _houses(rng: np.random.Generator, sky: dict) -> dict[str, np.ndarray]:
    """Temperature (℃) and hours with open vents of each house, shape (days, 2): the sun warms it, vents hold it below 28 ℃."""
    trait = rng.uniform(-0.4, 0.4, len(HOUSES))
    shape = (len(sky["light"]), len(HOUSES))
    free = (sky["outside"] + 1.15 * sky["light"])[:, None] + trait + 0.8 * rng.standard_normal(shape)
    heat = np.maximum(free, 14.5 + 0.15 * (free - 14.5))  # the heater
    heat = np.minimum(heat, 23.5 + 0.25 * (heat - 23.5))  # the vents
    vents = np.clip((free - 18) * 0.55, 0, 10)
    top = heat + 1.8 + 0.09 * sky["light"][:, None] + 0.5 * rng.standard_normal(shape)
    return {"日中気温": heat, "最高気温": top, "換気時間": vents, "drift": rng.standard_normal(shape)}


def _with_carbon(houses: dict, sky: dict, device: np.ndarray) -> dict[str, np.ndarray]:
    """The climate with mean daytime CO2 (ppm): plants use it up, the generator holds 500, an open vent brings the air outside."""
    shut = 1 - houses["換気時間"] / 11
    used = CO2_OUTSIDE - (30 + 5.0 * sky["light"][:, None]) * shut
    closed = np.where(device, CO2_SET, used)
    carbon = shut * closed + (1 - shut) * np.where(device, 0.35 * CO2_SET + 0.65 * CO2_OUTSIDE, CO2_OUTSIDE - 8)
    return houses | {"日中CO2": carbon + 9 * houses["drift"]}


def _noise(rng: np.random.Generator, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    return {
        "weighing": GROWTH_SD * rng.standard_normal(shape),
        "house": np.exp(HOUSE_SD * _carried(rng, shape, HOUSE_CARRY)),
        "picking": np.exp(PICK_SD * rng.standard_normal(shape) - PICK_SD**2 / 2),
    }


def _ripened(grown: np.ndarray) -> np.ndarray:
    """Harvest of each house, kg a day: growth waits in the fruit, and a fixed share of what waits ripens every day."""
    from scipy.signal import lfilter

    leave = 1 / RIPENING_DAYS
    settled = grown[:30].mean(axis=0)
    flow = lfilter([leave], [1, -(1 - leave)], grown - settled, axis=0) + settled
    return np.clip(PLANTS * TO_FRUIT * flow / 1000, 0, None)


def _effects(expected, counterfactual, climate, sky, keep) -> dict[str, float]:
    half = len(expected) // 2
    gained = (expected - counterfactual)[:, TREATED]
    other = expected[:, 1 - TREATED]
    usual = float(sky["light"][keep].mean()), float(climate["日中CO2"][keep].mean())
    return {
        "did": float(gained[half:].mean()),
        "did_late": float(gained[-28:].mean()),
        "season": float(other[half:].mean() - other[:half].mean()),
        "growth_at_38": float(growth(38.0, *usual)),
        "growth_at_28": float(growth(28.0, *usual)),
    }


def _best(weighed: pd.Series, expected: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import mean_absolute_error, r2_score

    return {
        "r2": float(r2_score(weighed, expected)),
        "neg_mean_absolute_error": -float(mean_absolute_error(weighed, expected)),
    }


def _spoil(rng: np.random.Generator, table: pd.DataFrame) -> int:
    """Lose a house's climate for two to four days, twice; in place. Returns the rows lost."""
    lost = np.zeros(len(table), bool)
    for house in rng.permutation(HOUSES):
        first = table["日付"].iloc[int(rng.integers(0, len(table) - 10))]
        run = table["日付"].between(first, first + pd.Timedelta(days=int(rng.integers(1, 4))))
        lost |= (run & (table["棟"] == house)).to_numpy()
    table.loc[lost, CLIMATE] = np.nan
    table.loc[rng.choice(len(table), 3, replace=False), "増体g"] = np.nan  # the scale was taken off for pruning
    return int(lost.sum())


def _carried(rng: np.random.Generator, shape: int | tuple[int, int], carry: float) -> np.ndarray:
    """Autoregressive noise of spread 1 along the first axis, starting at its spread."""
    from scipy.signal import lfilter

    fresh = rng.standard_normal(shape)
    fresh[1:] *= np.sqrt(1 - carry**2)
    return lfilter([1], [1, -carry], fresh, axis=0)

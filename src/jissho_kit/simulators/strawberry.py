"""A1: four strawberry houses — readings of the climate, and each evening the day's harvest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

HOUSES = list("ABCD")
CLIMATE = ["室温", "湿度", "CO2", "日射", "地温"]
SEASON_DAYS, FIRST_YEAR = 150, 2015  # a season runs from 1 December
STEP_MIN, STEPS = 10, 144  # the logger's interval, and how many make a day
THIN_MIN, FINE_DAYS = 180, 10  # older readings are thinned to 3-hour means; the last days are kept as they came
WARM_UP = 3  # days simulated before the first one that is kept

# Harvest. Every house picks the same share of its nearly ripe fruit; a sunny day ripens more of it.
SIZES = (15.0, 40.0, 90.0, 200.0)  # kg a day: 6 a to 75 a
RIPENING, SUN_EFFECT, PICK_SD = 0.3, 0.14, 0.07  # share a day; log share per sd of the sun; the pickers' scatter
WAVE, WAVE_DAYS = 0.06, 55  # planting is staggered, so the waves of trusses are low
SUN_CARRY = 0.3  # of a day's sunshine to the next

# Humidity: a sensor that got wet is dead until the air has dried.
WET, DRY = 98.5, 82.0
DAMP_CARRY, DAMP_RAIN, DAMP_SD = 0.55, 0.75, 4.5
# Grey mould follows the hours that fruit were wet, last night and (halved each night) before.
MOULD_BASE, MOULD_PER_HOUR, WET_CARRY = -3.7, 0.33, 0.5
MISLABELLED = 0.003


def make_strawberry(n: int = 1800, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw the log of four houses that has ``n`` harvests, with the faults of real sensors.

    A row is a reading at ``日時``: the mean of the ``間隔_分`` minutes before. Harvests are written at 18:00.

    Parameters
    ----------
    n : int
        Harvests (a house's day), at least 1,200: seasons of 150 days times four houses, the last one may be shorter.
        The table has about 11 rows for each.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        日時, 棟, 間隔_分 (180, in the last ten days 10), 室温 (℃), 湿度 (%), CO2 (ppm; 0 is a dropped reading), 日射 (W/m²), 地温 (℃);
        at 18:00 of each day 出荷kg, 秀品kg, 重油L (of 24 hours), 灰色かび (1: diseased fruit found).
        Faults: 湿度 missing while the sensor is wet, blocks without any reading, rows sent twice, a few labels wrong.
    Truth
        effects: ``sun_effect`` (log share per sd), ``r2_knowing_the_day`` (mean R² inside a house in the last season if the
        day's sun were known), ``humidity`` (true mean at 6:00, %), ``wet_share`` (of days with the sensor dead at 6:00),
        ``mould_wet``, ``mould_dry`` (share of days with mould, sensor dead or not), ``duplicates``, ``outage_rows``.
        best, in the last season at 6:00: ``r2`` (mean of R² inside each house), ``r2_overall``,
        ``neg_mean_absolute_error`` (kg), ``roc_auc`` (of grey mould).

    Raises
    ------
    ValueError
        ``n`` is less than two seasons.
    """
    if n < 2 * SEASON_DAYS * len(HOUSES):
        raise ValueError("n must be at least 1200")
    rng = np.random.default_rng(random_state)
    days = int(np.ceil(n / len(HOUSES)))
    traits = _house_traits(rng)
    seasons = []
    for number, first in enumerate(range(0, days, SEASON_DAYS)):
        start = pd.Timestamp(FIRST_YEAR + number, 12, 1)
        seasons.append(_season(rng, start, min(SEASON_DAYS, days - first), traits))
    last = seasons[-1]
    fine_from = last["日時"].max().normalize() - pd.Timedelta(days=FINE_DAYS - 1)
    log = pd.concat([_as_kept(season, fine_from) for season in seasons], ignore_index=True)
    effects = _effects(pd.concat(seasons), last)
    effects["outage_rows"] = _spoil(rng, log)
    log, effects["duplicates"] = _send_twice(rng, log)
    return log, Truth(effects, _best(last))


def _house_traits(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What differs from house to house and stays: arrays of shape (4,)."""
    houses = len(HOUSES)
    return {
        "size": np.array(SIZES) * rng.uniform(0.93, 1.07, houses),
        "heat_to": 7.5 + rng.uniform(-0.7, 0.7, houses),  # ℃, heater's set point
        "vent_at": 25 + rng.uniform(-1.0, 1.0, houses),  # ℃
        "damp": rng.uniform(-0.6, 0.6, houses),  # % RH
        "phase": rng.uniform(0, 1, houses),  # of the truss waves
    }


def _season(rng: np.random.Generator, start: pd.Timestamp, days: int, traits: dict) -> pd.DataFrame:
    """One season, every ten minutes of every house, with hidden columns (names in Latin letters) for the truth."""
    total = days + WARM_UP
    ticks = pd.date_range(start - pd.Timedelta(days=WARM_UP), periods=total * STEPS, freq=f"{STEP_MIN}min")
    sun = _carried(rng, total, SUN_CARRY)
    weather = _weather(rng, ticks, sun)
    climate = _climate(rng, weather, np.repeat(_dampness(rng, sun, traits), STEPS, axis=0), traits)
    wet_hours = _daily(climate["湿度真"] >= WET, "sum") * STEP_MIN / 60
    harvest, expected, knowing = _harvest(rng, sun, traits)
    chance = _sigmoid(MOULD_BASE + MOULD_PER_HOUR * _accumulated(wet_hours))
    mould = rng.random(chance.shape) < chance
    wrong = rng.random(chance.shape) < MISLABELLED
    prime = harvest * np.clip(0.84 - 0.12 * mould + 0.03 * rng.standard_normal(harvest.shape), 0.3, 0.98)
    at_18 = {
        "出荷kg": harvest,
        "秀品kg": prime,
        "重油L": _daily(climate.pop("heat"), "sum") * traits["size"] * 0.004,
        "灰色かび": (mould ^ wrong).astype(float),
        "expected": expected,
        "knowing": knowing,
        "chance": chance,
    }
    house = np.tile(HOUSES, len(ticks))
    table = pd.DataFrame({"日時": np.repeat(ticks, len(HOUSES)), "棟": house})
    for name, values in climate.items():
        table[name] = values.ravel()
    evening = ((ticks.hour == 18) & (ticks.minute == 0))[:, None] & np.ones(len(HOUSES), bool)
    for name, values in at_18.items():
        table[name] = np.where(evening, np.repeat(values, STEPS, axis=0), np.nan).ravel()
    return table[table["日時"] >= start].reset_index(drop=True)


def _weather(rng: np.random.Generator, ticks: pd.DatetimeIndex, sun: np.ndarray) -> dict[str, np.ndarray]:
    """Radiation (W/m²) and temperature (℃) outside, shape (ticks,); solar height by declination and hour angle at 33.3° N."""
    day, hour = ticks.day_of_year.to_numpy(), ticks.hour.to_numpy() + ticks.minute.to_numpy() / 60
    tilt, north = np.radians(23.45 * np.sin(2 * np.pi * (284 + day) / 365)), np.radians(33.3)
    height = np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.cos(np.radians(15 * (hour - 12.3)))
    clear = np.repeat(0.06 + 0.74 * _sigmoid(1.2 * sun), STEPS)
    flicker = np.exp(0.22 * _carried(rng, len(ticks), 0.85) * np.sin(np.pi * clear))
    light = np.clip(1080 * np.clip(height, 0, None) ** 1.15 * clear * flicker, 0, 1100)
    season = 10.5 - 6 * np.cos(2 * np.pi * (day - 25) / 365)
    synoptic = np.interp(np.arange(len(ticks)) / STEPS, np.arange(len(sun)) + 0.5, 2.3 * _carried(rng, len(sun), 0.65))
    swing = (3.0 + 4.5 * clear) * np.cos(2 * np.pi * (hour - 14) / 24)
    return {"light": light, "outside": season + synoptic + swing}


def _climate(rng: np.random.Generator, weather: dict, damp: np.ndarray, traits: dict) -> dict[str, np.ndarray]:
    """Readings inside, shape (ticks, 4), physical and not yet thinned; 湿度 is missing while the sensor is dead."""
    light, outside = weather["light"][:, None], weather["outside"][:, None]
    free = outside + 2.5 + 0.024 * light
    vented = free - 0.72 * np.clip(free - traits["vent_at"], 0, None)
    heat = np.clip(traits["heat_to"] - vented, 0, None)
    air = _lagged(vented + heat, 40) + 0.28 * _carried(rng, vented.shape, 0.75)
    humidity = np.clip(_lagged(91.8 + damp - 1.35 * (air - 8), 30) + 0.6 * _carried(rng, air.shape, 0.9), 25, 100)
    open_vent = _lagged((free > traits["vent_at"]).astype(float), 30)
    carbon = _lagged(np.where(light > 20, 430 - 0.22 * light * (1 - 0.7 * open_vent), 640), 90)
    return {
        "室温": air + 0.05 * rng.standard_normal(air.shape),
        "湿度": np.where(_dead(humidity), np.nan, humidity),
        "CO2": np.clip(carbon + 12 * _carried(rng, air.shape, 0.8), 250, 2000),
        "日射": np.broadcast_to(light, air.shape),
        "地温": _lagged(air, 60 * 30) + 3,
        "湿度真": humidity,
        "heat": heat,
    }


def _dampness(rng: np.random.Generator, sun: np.ndarray, traits: dict) -> np.ndarray:
    """How damp each day's air is, % RH above usual, shape (days, 4): rain brings it, and it stays for some days."""
    from scipy.signal import lfilter

    fresh = -DAMP_RAIN * sun[:, None] + np.sqrt(1 - DAMP_RAIN**2) * rng.standard_normal((len(sun), len(HOUSES)))
    carried = lfilter([np.sqrt(1 - DAMP_CARRY**2)], [1, -DAMP_CARRY], fresh, axis=0)
    return traits["damp"] + DAMP_SD * carried


def _dead(humidity: np.ndarray) -> np.ndarray:
    """Where the sensor is dead: from wet until dry again."""
    mark = pd.DataFrame(np.select([humidity >= WET, humidity < DRY], [1.0, 0.0], np.nan))
    return mark.ffill().fillna(0).to_numpy() > 0


def _harvest(rng: np.random.Generator, sun: np.ndarray, traits: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Harvest, what can be expected at 6:00, and what could be if the day's sun were known; kg, shape (days, 4)."""
    sizes, stock = traits["size"], traits["size"] / RIPENING
    rows = []
    for day, today in enumerate(sun):
        inflow = sizes * (1 + WAVE * np.cos(2 * np.pi * (day / WAVE_DAYS + traits["phase"])))
        yesterday = sun[day - 1] if day else 0.0
        scatter = np.exp(PICK_SD * rng.standard_normal(len(sizes)) - PICK_SD**2 / 2)
        knowing = stock * RIPENING * np.exp(SUN_EFFECT * today - SUN_EFFECT**2 / 2)
        # Mean of a log-normal: the day's sun is normal around what yesterday's says.
        expected = stock * RIPENING * np.exp(SUN_EFFECT * SUN_CARRY * yesterday - (SUN_EFFECT * SUN_CARRY) ** 2 / 2)
        rows.append((knowing * scatter, expected, knowing))
        stock = stock - rows[-1][0] + inflow
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def _as_kept(season: pd.DataFrame, fine_from: pd.Timestamp) -> pd.DataFrame:
    """The season as the log keeps it: 3-hour means (blank when half of the readings are missing), the last days in full."""
    fine = season[season["日時"] >= fine_from].assign(間隔_分=STEP_MIN)
    old = season[season["日時"] < fine_from]
    ends = old["日時"].dt.ceil(f"{THIN_MIN}min")
    groups = old.groupby([ends.rename("日時"), "棟"])
    means, enough = groups[CLIMATE].mean(), groups[CLIMATE].count() * 2 > THIN_MIN // STEP_MIN
    enough.iloc[: len(HOUSES)] = True  # the first row of a season is a single reading
    written = groups[["出荷kg", "秀品kg", "重油L", "灰色かび"]].max()
    thin = pd.concat([means.where(enough), written], axis=1).reset_index().assign(間隔_分=THIN_MIN)
    thin = thin[thin["日時"] < min(fine_from, season["日時"].max())]
    columns = ["日時", "棟", "間隔_分", *CLIMATE, "出荷kg", "秀品kg", "重油L", "灰色かび"]
    kept = pd.concat([thin, fine], ignore_index=True)[columns]
    kept["日時"] = kept["日時"].astype("datetime64[ns]")
    return kept


def _effects(seasons: pd.DataFrame, last: pd.DataFrame) -> dict[str, float]:
    at_six = seasons[(seasons["日時"].dt.hour == 6) & (seasons["日時"].dt.minute == 0)]
    dead = at_six["湿度"].isna().to_numpy()
    mould = seasons["灰色かび"].dropna().to_numpy()
    return {
        "sun_effect": SUN_EFFECT,
        "r2_knowing_the_day": _inside(last, "knowing"),
        "humidity": float(at_six["湿度真"].mean()),
        "wet_share": float(dead.mean()),
        "mould_wet": float(mould[dead].mean()),
        "mould_dry": float(mould[~dead].mean()),
    }


def _best(last: pd.DataFrame) -> dict[str, float]:
    from sklearn.metrics import mean_absolute_error, r2_score, roc_auc_score

    days = last.dropna(subset=["出荷kg"])
    return {
        "r2": _inside(last, "expected"),
        "r2_overall": float(r2_score(days["出荷kg"], days["expected"])),
        "neg_mean_absolute_error": -float(mean_absolute_error(days["出荷kg"], days["expected"])),
        "roc_auc": float(roc_auc_score(days["灰色かび"], days["chance"])),
    }


def _inside(season: pd.DataFrame, guess: str) -> float:
    """Mean over the houses of R² inside each."""
    from sklearn.metrics import r2_score

    houses = season.dropna(subset=["出荷kg"]).groupby("棟")
    return float(np.mean([r2_score(days["出荷kg"], days[guess]) for _, days in houses]))


def _spoil(rng: np.random.Generator, log: pd.DataFrame) -> int:
    """Lose a house's readings altogether for a day or two, and drop single CO2 readings to 0; in place."""
    lost = np.zeros(len(log), bool)
    for _ in range(6):
        begins = log["日時"].iloc[int(rng.integers(0, int(0.65 * len(log))))]  # not among the last, fine days
        ends = begins + pd.Timedelta(hours=int(rng.integers(12, 60)))
        lost |= (log["日時"].between(begins, ends) & (log["棟"] == rng.choice(HOUSES))).to_numpy()
    log.loc[lost, CLIMATE] = np.nan
    log.loc[(rng.random(len(log)) < 0.001) & log["CO2"].notna(), "CO2"] = 0.0
    return int(lost.sum())


def _send_twice(rng: np.random.Generator, log: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Repeat a few runs of rows right after themselves, as a logger does that saw no receipt."""
    order = np.arange(len(log))
    starts = np.sort(rng.choice(np.arange(0, len(log) - 60, 60), 5, replace=False))
    runs = [at + np.arange(rng.integers(8, 33)) for at in starts]
    for run in reversed(runs):
        order = np.insert(order, run[-1] + 1, run)
    return log.iloc[order].reset_index(drop=True), sum(map(len, runs))


def _daily(values: np.ndarray, how: str) -> np.ndarray:
    """Sum by day of values of shape (ticks, 4)."""
    return getattr(values.reshape(-1, STEPS, values.shape[1]), how)(axis=1)


def _accumulated(wet_hours: np.ndarray) -> np.ndarray:
    from scipy.signal import lfilter

    return lfilter([1], [1, -WET_CARRY], wet_hours, axis=0)


def _lagged(values: np.ndarray, minutes: float) -> np.ndarray:
    """First-order lag with that time constant, starting settled; along the first axis."""
    from scipy.signal import lfilter

    keep = np.exp(-STEP_MIN / minutes)
    return lfilter([1 - keep], [1, -keep], values - values[0], axis=0) + values[0]


def _carried(rng: np.random.Generator, shape: int | tuple[int, ...], carry: float) -> np.ndarray:
    """Autoregressive noise of spread 1 along the first axis, starting at its spread."""
    from scipy.signal import lfilter

    fresh = rng.standard_normal(shape)
    fresh[1:] *= np.sqrt(1 - carry**2)
    return lfilter([1], [1, -carry], fresh, axis=0)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))

"""A6: off-grade fruit found at a packing house, one row per reason noted on a delivery's slip."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

# Reason: share of the fruits of an ordinary delivery, share of deliveries hit by it in a burst, share of the fruits of
# such a delivery, loss per kg (yen). Poor colour is on nearly every slip but costs little; scratches come with a storm
# or a careless crew; rot brings claims from the market; foreign matter is rare and dear. So "most rows", "most kg",
# "dearest kg" and "largest loss" name four different reasons.
REASONS = {
    "着色不良": (0.034, 0.00, 0.000, 40),
    "傷": (0.003, 0.35, 0.150, 60),
    "腐敗": (0.018, 0.00, 0.000, 620),
    "奇形": (0.009, 0.00, 0.000, 70),
    "小玉": (0.008, 0.05, 0.060, 50),
    "日焼け": (0.004, 0.10, 0.040, 80),
    "虫害": (0.005, 0.04, 0.030, 120),
    "病斑": (0.004, 0.04, 0.030, 140),
    "裂果": (0.003, 0.03, 0.030, 90),
    "浮皮": (0.003, 0.05, 0.030, 60),
    "異物": (0.0006, 0.00, 0.000, 2400),
}
NONE = "なし"  # a slip without any off-grade fruit still has a row, or nobody could count what was looked at
FRUITS = {"みかん": (0.11, 1.0), "キウイ": (0.10, 1.3), "かき": (0.22, 1.1)}  # kg per fruit; factor of the loss per kg
DISTRICTS = {"北": 15, "東": 15, "南": 15, "西": 15}  # orchards in each
LOOKED_AT, LOOKED_SHARE = [50, 100, 200, 400], [0.35, 0.30, 0.20, 0.15]  # fruits of a delivery that are looked at
WET, DRY = 1.75, 0.75  # factor of rot in the district with poor drainage, and in the others
ORCHARD_SD = 0.12  # spread of the orchards' own, lasting quality (log): small beside what a burst does
SEASON = 0.5  # by how much rot has grown at the end of the twelve weeks (warm store rooms)
FIRST_DAY, DAYS = pd.Timestamp("2018-09-03"), 84
BLANK = 0.008  # share of rows whose weight was not written down


def make_packinghouse(n: int = 2100, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw the first ``n`` rows of slips: 60 orchards deliver every second week; later rounds follow if ``n`` asks for them.

    Nobody does anything about any orchard: its lasting quality is the same in the first and in the last week.

    Parameters
    ----------
    n : int
        Rows, at least 200 (2,100 are about six rounds of deliveries, twelve weeks).
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        日付, 地区, 園地, 品目, 検査個数 (fruits of the delivery looked at), 規格外理由, 個数, 重量 (kg; blank: not written
        down), 損失単価 (yen per kg).
    Truth
        effects: ``wet_district`` (position in 北, 東, 南, 西), ``wet_ratio`` (rot there over rot elsewhere),
        ``rot`` (expected share of rot at the middle of the season), ``season_growth`` (share), ``orchard_sd`` (log).
        best, of one who knows each orchard's quality, the district and the season: ``r2`` and
        ``neg_mean_absolute_error`` of the rotten fruits of a delivery. The last delivery, which may be cut, is left out.

    Raises
    ------
    ValueError
        ``n`` is too small for every reason to appear.
    """
    if n < 200:
        raise ValueError("n must be at least 200")
    rng = np.random.default_rng(random_state)
    wet = str(rng.choice(list(DISTRICTS)))
    orchards = _orchards(rng)
    rows: list[tuple] = []
    round_ = 0
    while len(rows) < n:
        rows += _deliveries(rng, orchards, round_, wet)
        round_ += 1
    columns = ["日付", "地区", "園地", "品目", "検査個数", "規格外理由", "個数", "重量", "損失単価"]
    table = pd.DataFrame(rows[:n], columns=columns)
    table["日付"] = pd.to_datetime(table["日付"]).astype("datetime64[ns]")
    table["重量"] = table["重量"].astype(float).mask(rng.random(n) < BLANK)
    rot = REASONS["腐敗"][0] * (1 + SEASON / 2) * (WET + 3 * DRY) / 4
    effects = {
        "wet_district": list(DISTRICTS).index(wet),
        "wet_ratio": WET / DRY,
        "rot": rot,
        "season_growth": SEASON,
        "orchard_sd": ORCHARD_SD,
    }
    return table, Truth(effects, _best(table, {name: own for _, name, _, own in orchards}, wet))


def _orchards(rng: np.random.Generator) -> list[tuple[str, str, str, float]]:
    """District, name, fruit and lasting quality (factor of all reasons) of each orchard."""
    names = [(district, f"{district}{i:02d}") for district, count in DISTRICTS.items() for i in range(1, count + 1)]
    fruits = rng.choice(list(FRUITS), len(names), p=[0.5, 0.25, 0.25])
    own = np.exp(ORCHARD_SD * rng.standard_normal(len(names)))
    return [(*name, str(fruit), float(factor)) for name, fruit, factor in zip(names, fruits, own, strict=True)]


def _deliveries(rng: np.random.Generator, orchards: list, round_: int, wet: str) -> list[tuple]:
    """The rows of one round, in order of time: every orchard delivers once within these two weeks."""
    days = np.sort(rng.integers(0, 14, len(orchards)))
    rows = []
    for day, i in zip(days, rng.permutation(len(orchards)), strict=True):
        at = round_ * 14 + int(day)
        rows += _slip(rng, FIRST_DAY + pd.Timedelta(days=at), orchards[i], (at % DAYS) / DAYS, wet)
    return rows


def _rot(in_wet_district: bool, elapsed: float) -> float:
    """Factor of rot; ``elapsed`` is the share of the season."""
    return (WET if in_wet_district else DRY) * (1 + SEASON * elapsed)


def _slip(rng: np.random.Generator, date: pd.Timestamp, orchard: tuple, elapsed: float, wet: str) -> list[tuple]:
    """The rows of one delivery's slip: a fruit is off-grade for at most one reason."""
    district, name, fruit, own = orchard
    looked = int(rng.choice(LOOKED_AT, p=LOOKED_SHARE))
    shares = []
    for reason, (usual, burst, hit, _) in REASONS.items():
        rot = _rot(district == wet, elapsed) if reason == "腐敗" else 1.0
        shares.append(own * rot * (usual + hit * (rng.random() < burst)))
    counts = rng.multinomial(looked, [*shares, 1 - sum(shares)])[:-1]
    head, (weight, dear) = (date, district, name, fruit, looked), FRUITS[fruit]
    rows = [
        (
            *head,
            reason,
            int(count),
            round(float(count * weight * rng.normal(1, 0.05)), 1) or 0.1,
            int(round(yen * dear, -1)),
        )
        for (reason, (*_, yen)), count in zip(REASONS.items(), counts, strict=True)
        if count
    ]
    return rows or [(*head, NONE, 0, 0.0, 0)]


def _best(table: pd.DataFrame, own: dict[str, float], wet: str) -> dict[str, float]:
    from sklearn.metrics import mean_absolute_error, r2_score

    by = [table["日付"], table["園地"]]
    slips = table.groupby(["日付", "園地"], sort=False)[["地区", "検査個数"]].first().iloc[:-1]
    found = table["個数"].where(table["規格外理由"] == "腐敗", 0).groupby(by).sum().reindex(slips.index)
    expected = [
        looked * own[orchard] * REASONS["腐敗"][0] * _rot(district == wet, (date - FIRST_DAY).days % DAYS / DAYS)
        for (date, orchard), district, looked in zip(slips.index, slips["地区"], slips["検査個数"], strict=True)
    ]
    return {
        "r2": float(r2_score(found, expected)),
        "neg_mean_absolute_error": -float(mean_absolute_error(found, expected)),
    }

"""F4: ICs after wire bonding and moulding, one row each, with the vendor machine's score and the true state."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

LOT_SIZE, LOTS_PER_DAY = 200, 4
# A lot shares its capillary (image and pull get worse together as it wears) and its resin.
LOT_WEIGHT = 0.55  # of one standard deviation of each measure; the rest is the single IC's own
DANGER = {"image": 0.60, "pull": 0.45, "fill": 0.50}  # weights of the three losses in an IC's danger
# Most defects are cracks under the bond. From outside the worst ninth only looks doubtful, and of
# that ninth about one in thirty fails: the machine can say "doubtful", not "defective".
DOUBTFUL, DOUBT_FROM, DOUBT_STEEP, SOUND = 0.036, 1.22, 14.0, 0.0002
# A few wires have come off and hang in the picture: these, anyone can see.
WIRE_OFF, OFF_IMAGE, OFF_IMAGE_SD, OFF_PULL = 0.0004, 36.0, 6.0, 2.8
# What the people on the line do: share of ICs called 不良 among sound, doubtful, cracked, wire off.
EYE = {"sound": 0.01, "doubtful": 0.04, "cracked": 0.45, "off": 0.97}
CLAIMED = 0.7  # share of escaped defects that the customer reports
GAPS, GAP_LONG, PULL_GLITCH = 4, (20, 60), 0.001  # the logger loses both cameras at once; a pull reading drops to 0


def make_ic_inspection(n: int = 20_000, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` ICs in order of production, in lots of 200, four lots a day.

    The machine's score is the mechanism's own probability of a defect given what its cameras see, so it
    is calibrated; no model is fitted.

    Parameters
    ----------
    n : int
        ICs, at least 2,000.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        稼働日, ロット, ワイヤプル強度 (gf; 0 is a dropped reading), ボンド画像スコア (0–100, high is good),
        樹脂未充填スコア (0–100, high is bad), 不良らしさ (0–1), 検査員A, 検査員B (良品, 不良, blank: not on duty),
        不良 (1: found defective when opened), 流出クレーム (1).
    Truth
        effects: ``defect_share`` expected; ``doubtful`` (probability of a defect in the doubtful group), ``sound``
        (in the others), ``wire_off`` (share), ``lot_share`` (share of the danger's variance that a lot has in common).
        best: ``roc_auc`` and ``average_precision`` of the probability that knows the mechanism.

    Raises
    ------
    ValueError
        ``n`` is too small for defects to appear.
    """
    if n < 2_000:
        raise ValueError("n must be at least 2000")
    rng = np.random.default_rng(random_state)
    lot = np.arange(n) // LOT_SIZE
    loss = _losses(rng, lot)
    off = rng.random(n) < WIRE_OFF
    danger = sum(weight * loss[name] for name, weight in DANGER.items()) / _danger_sd()
    image = np.where(off, OFF_IMAGE + OFF_IMAGE_SD * rng.standard_normal(n), 88 - 4.5 * loss["image"])
    pull = np.where(off, OFF_PULL + 0.6 * rng.standard_normal(n), 8.6 - 0.7 * loss["pull"])
    chance = np.where(off, _sigmoid((50 - image) / 8), SOUND + DOUBTFUL * _sigmoid(DOUBT_STEEP * (danger - DOUBT_FROM)))
    bad = rng.random(n) < chance
    table = pd.DataFrame(
        {
            "稼働日": lot // LOTS_PER_DAY + 1,
            "ロット": lot + 1,
            "ワイヤプル強度": pull.clip(0.1, 20).round(2),
            "ボンド画像スコア": image.clip(0, 100).round(1),
            "樹脂未充填スコア": (14 + 3 * loss["fill"]).clip(0, 100).round(1),
            "不良らしさ": chance.round(5),
        }
    )
    called = _called(rng, bad, off, danger)
    # A and B take turns by lot; every tenth lot both look, so that they can be compared.
    table["検査員A"] = _words(called(), on_duty=(lot % 2 == 0) | (lot % 10 == 9))
    table["検査員B"] = _words(called(), on_duty=(lot % 2 == 1) | (lot % 10 == 8))
    table["不良"] = bad.astype(int)
    stopped = (table[["検査員A", "検査員B"]] == "不良").any(axis=1)
    table["流出クレーム"] = (bad & ~stopped & (rng.random(n) < CLAIMED)).astype(int)
    _logger_faults(rng, table)
    return table, Truth(_effects(), _best(bad, chance))


def _losses(rng: np.random.Generator, lot: np.ndarray) -> dict[str, np.ndarray]:
    """Standardised loss of image, pull and fill for each IC; image and pull share the lot's capillary."""
    wear, resin = rng.standard_normal((2, lot[-1] + 1))
    common = {"image": wear, "pull": wear, "fill": resin}
    own = np.sqrt(1 - LOT_WEIGHT**2)
    return {name: LOT_WEIGHT * of_lot[lot] + own * rng.standard_normal(lot.size) for name, of_lot in common.items()}


def _lot_variance() -> float:
    return LOT_WEIGHT**2 * ((DANGER["image"] + DANGER["pull"]) ** 2 + DANGER["fill"] ** 2)


def _danger_sd() -> float:
    return float(np.sqrt(_lot_variance() + (1 - LOT_WEIGHT**2) * sum(w**2 for w in DANGER.values())))


def _called(rng: np.random.Generator, bad: np.ndarray, off: np.ndarray, danger: np.ndarray):
    """A function that draws one inspector's calls: they see more of a crack than the camera does."""
    share = np.select([off, bad, danger > DOUBT_FROM], [EYE["off"], EYE["cracked"], EYE["doubtful"]], EYE["sound"])
    return lambda: rng.random(bad.size) < share


def _words(called: np.ndarray, on_duty: np.ndarray) -> np.ndarray:
    return np.where(on_duty, np.where(called, "不良", "良品"), None)


def _logger_faults(rng: np.random.Generator, table: pd.DataFrame) -> None:
    """Lose both cameras' scores in a few blocks, and drop single pull readings to 0 (the machine saw them all)."""
    for start in rng.integers(0, len(table) - GAP_LONG[1], GAPS):
        table.loc[start : start + int(rng.integers(*GAP_LONG)), ["ボンド画像スコア", "樹脂未充填スコア"]] = np.nan
    table.loc[rng.random(len(table)) < PULL_GLITCH, "ワイヤプル強度"] = 0.0


def _effects() -> dict[str, float]:
    grid = (np.arange(20_000) + 0.5) / 20_000
    from scipy.stats import norm

    crack = SOUND + DOUBTFUL * _sigmoid(DOUBT_STEEP * (norm.ppf(grid) - DOUBT_FROM))
    seen = float(_sigmoid((50 - OFF_IMAGE) / 8))
    return {
        "defect_share": (1 - WIRE_OFF) * float(crack.mean()) + WIRE_OFF * seen,
        "doubtful": SOUND + DOUBTFUL,
        "sound": SOUND,
        "wire_off": WIRE_OFF,
        "lot_share": _lot_variance() / _danger_sd() ** 2,
    }


def _best(bad: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "roc_auc": float(roc_auc_score(bad, chance)),
        "average_precision": float(average_precision_score(bad, chance)),
    }


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))

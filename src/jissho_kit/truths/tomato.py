"""Results on the tomato houses (A2), and the misconceptions shown on them: M16 (before and after), M18 (heat never seen)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators.tomato import growth
from jissho_kit.truths._once import once_per_table
from jissho_kit.truths._registry import DEMONSTRATIONS, RESULTS, Demonstration

HEAT = 38.0  # ℃, a summer's day; no day of the table is near it


def weekly(df: pd.DataFrame) -> pd.DataFrame:
    """Mean harvest of each week (rows) and house (columns), kg a day."""
    return df.groupby(["週", "棟"])["収量kg"].mean().unstack("棟")


@once_per_table
def _compared(df: pd.DataFrame) -> dict[str, float]:
    """Before and after in both houses, and their difference with its 95 % interval (kg a day)."""
    from scipy.stats import t

    treated = df.loc[df["CO2機"] == 1, "棟"].iloc[0]
    (control,) = set(df["棟"]) - {treated}
    weeks = weekly(df)
    after = weeks.index >= df.loc[df["CO2機"] == 1, "週"].min()
    change = weeks[after].mean() - weeks[~after].mean()
    gap = weeks[treated] - weeks[control]
    parts = [gap[side].var() / side.sum() for side in (after, ~after)]
    error = float(np.sqrt(sum(parts)))
    # Welch: the weeks before and after need not scatter alike.
    freedom = sum(parts) ** 2 / sum(p**2 / (side.sum() - 1) for p, side in zip(parts, (after, ~after), strict=True))
    did, reach = float(change[treated] - change[control]), float(t.ppf(0.975, freedom)) * error
    return {
        "did": did,
        "se": error,
        "lower": did - reach,
        "upper": did + reach,
        "change_treated": float(change[treated]),
        "change_control": float(change[control]),
        "before_treated": float(weeks.loc[~after, treated].mean()),
        "after_treated": float(weeks.loc[after, treated].mean()),
        "before_control": float(weeks.loc[~after, control].mean()),
        "after_control": float(weeks.loc[after, control].mean()),
    }


def tomato(tables, **_) -> dict:
    """Named results: sizes, blanks, the hottest day seen, the weeks before and after, and how sure the difference is."""
    df = tables["tomato"]
    found = _compared(df)
    return {
        "rows": len(df),
        "weeks": df["週"].nunique(),
        "weeks_before": int(df.loc[df["CO2機"] == 1, "週"].min() - 1),
        "missing_rows": int(df["日中気温"].isna().sum()),
        "growth_blank": int(df["増体g"].isna().sum()),
        "hottest": float(df["日中気温"].max()),
        "growth": float(df["増体g"].mean()),
        "harvest": float(df["収量kg"].mean()),
        "reading": "効果があったと言える" if found["lower"] > 0 else "効果があったとは言い切れない",
        **found,
    }


def before_and_after(tables, **_) -> Demonstration:
    """M16: the house with the generator against itself before, and against the other house (difference in differences).

    kg a day, means of weeks; ``se``, ``lower``, ``upper`` (95 %) from the scatter of the weekly gap between the houses:
    with one house of each kind the spread between houses themselves is not in it.
    """
    found = _compared(tables["tomato"])
    return Demonstration(
        "M16",
        right={name: found[name] for name in ("did", "se", "lower", "upper")},
        wrong={"before_after": found["change_treated"], "control": found["change_control"]},
        statement="入れた棟は増えたが、入れなかった棟も増えている。引いた残りが効果で、それには幅がある。",
    )


def heat_never_seen(tables, heat: float = HEAT, **_) -> Demonstration:
    """M18: growth at ``heat`` ℃ by a line and a forest fitted to the days there are, and by the mechanism; g a day.

    ``right.growth`` is the plants' true mean growth in the mean light and CO2 of the table; ``wrong.forest_hottest`` the
    forest's answer at the hottest day seen, which it repeats for any heat beyond.
    """
    return Demonstration(
        "M18",
        **_beyond(tables["tomato"], heat),
        statement="見たことのない暑さでは、直線は伸び続け、森は一番暑かった日の値を繰り返す。本当は、株が弱って減る。",
    )


def _beyond(df: pd.DataFrame, heat: float) -> dict[str, dict[str, float]]:
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression

    days = df.dropna(subset=["日中気温", "日射", "日中CO2", "増体g"])
    hottest = float(days["日中気温"].max())
    asked = pd.DataFrame({"日中気温": [heat, hottest]})
    line = LinearRegression().fit(days[["日中気温"]], days["増体g"]).predict(asked)
    forest = RandomForestRegressor(n_estimators=50, min_samples_leaf=5, random_state=0)
    trees = forest.fit(days[["日中気温"]], days["増体g"]).predict(asked)
    usual = days["日射"].mean(), days["日中CO2"].mean()
    return {
        "right": {"growth": float(growth(heat, *usual)), "hottest": hottest, "beyond": heat - hottest},
        "wrong": {"line": float(line[0]), "forest": float(trees[0]), "forest_hottest": float(trees[1])},
    }


RESULTS["tomato"] = tomato
DEMONSTRATIONS.update(M16=before_and_after, M18=heat_never_seen)

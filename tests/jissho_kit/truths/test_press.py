"""F1: slopes are exact on shots worked out by hand; Simpson's paradox holds on fresh draws."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_press
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.press import slope, slope_within

# Press A at 40 and 50 spm: 2 and 3 burrs in 4; press B at 60 and 70: 0 and 1 in 4. Each rises by a quarter per 10 spm.
SHOTS = pd.DataFrame(
    {
        "日時": pd.to_datetime("2018-04-02 08:30"),
        "機械": list("AAAAAAAABBBBBBBB"),
        "spm": np.repeat([40.0, 50.0, 60.0, 70.0], 4),
        "荷重ピーク": [2.0] + [650.0] * 15,
        "バリ": [1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0],
    }
)


def test_slopes_and_counts_are_exact():
    data = {"press": SHOTS}
    assert result("press.slope_A", data) == pytest.approx(0.025)
    assert result("press.slope_B", data) == pytest.approx(0.025)
    assert slope_within(SHOTS) == pytest.approx(0.025)
    assert slope(SHOTS) == pytest.approx(-0.015)  # rates 1/2, 3/4, 0, 1/4 over 40, 50, 60, 70 spm
    assert result("press.rate_A", data) == pytest.approx(5 / 8)
    assert result("press.speed_B", data) == 65
    assert result("press.burrs", data) == 6
    assert result("press.dropped_loads", data) == 1
    assert (result("press.most_burrs", data), result("press.fastest", data)) == ("A", "B")


def test_rows_without_a_speed_do_not_count():
    gap = pd.concat([SHOTS, SHOTS.assign(spm=np.nan, バリ=1)])
    assert slope(gap) == pytest.approx(slope(SHOTS))
    assert slope_within(gap) == pytest.approx(slope_within(SHOTS))
    assert result("press.missing_rows", {"press": gap}) == len(SHOTS)


def standard_error(df: pd.DataFrame) -> float:
    known = df[["spm", "バリ"]].dropna()
    residual = known["バリ"] - np.polyval(np.polyfit(known["spm"], known["バリ"], 1), known["spm"])
    return float(np.sqrt(residual.var() / (len(known) * known["spm"].var())))


@pytest.mark.seeds(20)
def test_m14_faster_looks_better_over_all_and_is_worse_in_each_press(seed):
    table, truth = make_press(random_state=seed)
    shown = demonstrate("M14", data={"press": table})
    assert shown.wrong["slope"] < -3 * standard_error(table)
    assert shown.right["slope"] > 3 * standard_error(table)
    assert all(shown.right[f"slope_{name}"] > 0 for name in "ABC")
    assert shown.right["per_ten"] == pytest.approx(1000 * shown.right["slope"])
    assert truth.effects["speed_effect"] > 0

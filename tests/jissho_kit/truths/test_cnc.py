"""F2: limits, set-ups and alarms are exact on tables worked out by hand; the demonstrations hold on fresh draws."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_cnc
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.cnc import after_setup, groups, limits, outside


@pytest.fixture(scope="module")
def draws():
    return [{"cnc": make_cnc(random_state=seed)[0]} for seed in range(20)]


def in_most(draws, holds) -> bool:
    return sum(bool(holds(tables)) for tables in draws) >= 18


def test_limits_are_mean_plus_minus_a2_times_mean_range():
    sizes = np.array([[9.0, 9.5, 10.0, 10.5, 11.0], [10.0, 10.5, 11.0, 11.5, 12.0]])
    lower, upper = limits(sizes)
    assert (lower, upper) == pytest.approx((10.5 - 0.577 * 2, 10.5 + 0.577 * 2))
    assert outside(np.array([[9.0] * 5, [10.0] * 5, [12.0] * 5]), lower, upper) == [1, 3]


def test_groups_are_the_measured_pieces_on_both_sides_of_the_jig():
    sizes = np.r_[np.nan, np.arange(1, 90), np.nan, np.arange(101, 160)]
    df = pd.DataFrame({"寸法": sizes, "治具": ["J1"] * 90 + ["J2"] * 60})
    found = groups(df)
    assert found.shape == (25, 5)
    assert found[0].tolist() == [15, 16, 17, 18, 19]
    assert found[14, -1] == 89 and found[15, 0] == 101 and found[-1, -1] == 150


def test_set_up_pieces_are_the_first_four_after_a_change():
    df = pd.DataFrame({"段取り": ["なし", "なし", "部品替え", "なし", "工具交換"] + ["なし"] * 6})
    assert after_setup(df).tolist() == [False] * 2 + [True] * 6 + [False] * 3


def test_m03_and_m44_the_score_stays_while_the_alarm_falls_silent(draws):
    def holds(tables):
        shown, trial = demonstrate("M03", data=tables), demonstrate("M44", data=tables)
        found, defects = trial.wrong["recall"], trial.wrong["defects"]
        error = np.sqrt(found * (1 - found) / defects)
        return (
            shown.wrong["before"] > 0.7
            and shown.wrong["after"] > 0.7
            and abs(shown.wrong["after"] - shown.wrong["before"]) < 0.15
            and found - trial.right["recall"] > 3 * error
            and trial.right["recall"] < 0.06
            and shown.right["flagged_after"] < 0.01 < 0.03 < shown.right["flagged_before"]
            and shown.right["reset"] > 0.2
            and (shown.right["before"], shown.right["after"]) == (found, trial.right["recall"])
        )

    assert in_most(draws, holds)


def test_the_alarms_counts_are_its_shares(draws):
    found = {
        name: result(f"cnc_alarm.{name}", draws[0])
        for name in ("found_trial", "defects_trial", "recall_trial", "days_trial", "days_after", "alarms_after")
    }
    assert found["found_trial"] / found["defects_trial"] == found["recall_trial"]
    assert found["days_trial"] == 30
    jig, last = result("cnc.jig_day", draws[0]), draws[0]["cnc"]["稼働日"].max()
    assert found["days_after"] == last - jig + 1
    assert found["alarms_after"] >= result("cnc_alarm.found_after", draws[0])


def test_m38_a_chart_of_errors_notices_within_days(draws):
    def holds(tables):
        shown = demonstrate("M38", data=tables)
        late = shown.right["alarm_day"] - shown.right["jig_day"]
        return 0 < late <= 5 and shown.right["recall"] < 0.06 < 0.2 < shown.wrong["recall"]

    assert in_most(draws, holds)


def test_the_chart_of_errors_alarms_on_the_second_day_in_a_row(draws):
    quiet = draws[0]["cnc"].copy()
    after = quiet["治具"] == "J2"
    quiet.loc[after, "主軸負荷"] += 8
    assert result("cnc.alarm_day", {"cnc": quiet}) == 0
    first, second = (quiet["稼働日"] == result("cnc.jig_day", {"cnc": quiet}) + k for k in (10, 11))
    quiet.loc[first, "主軸負荷"] -= 15
    assert result("cnc.alarm_day", {"cnc": quiet}) == 0
    quiet.loc[second, "主軸負荷"] -= 15
    assert result("cnc.alarm_day", {"cnc": quiet}) == quiet.loc[second, "稼働日"].iloc[0]


def test_m25_three_sigma_takes_the_size_defects_away(draws):
    def holds(tables):
        right, wrong = demonstrate("M25", data=tables).right, demonstrate("M25", data=tables).wrong
        return (
            wrong["size_defects_left"] < 0.2 * wrong["size_defects"]
            and wrong["defects_removed"] > 0.4 * wrong["removed"]
            and right["size_defects_left"] == right["size_defects"] > 15
            and right["removed"] < 0.4 * wrong["removed"]
        )

    assert in_most(draws, holds)


@pytest.mark.seeds(20)
def test_m26_what_looks_odd_is_mostly_a_sound_piece_after_a_set_up(seed):
    shown = demonstrate("M26", data={"cnc": make_cnc(random_state=seed)[0]})
    assert shown.right["share"] < 0.12
    assert shown.right["share_setup"] > 0.45
    assert shown.right["setups"] + shown.right["defects"] <= 200
    assert shown.wrong["defects"] == 200


@pytest.mark.seeds(20)
def test_m28_the_serial_number_looks_important_and_is_worth_nothing(seed):
    shown = demonstrate("M28", data={"cnc": make_cnc(random_state=seed)[0]})
    assert shown.wrong["serial"] > 0.1
    assert shown.right["serial"] == 0  # later numbers lie beyond all that were learnt
    assert shown.right["used"] > 0.01


def test_m33_and_m34_limits_from_the_quiet_groups_see_the_step(draws):
    def holds(tables):
        inside, everything = demonstrate("M33", data=tables), demonstrate("M34", data=tables)
        assert everything.right["signals"] == inside.right["signals"]
        return inside.wrong["signals"] == 0 and everything.wrong["signals"] + 2 <= inside.right["signals"] >= 5

    assert in_most(draws, holds)
    right = [demonstrate("M34", data=tables).right["signals"] for tables in draws]
    wrong = [demonstrate("M34", data=tables).wrong["signals"] for tables in draws]
    assert np.mean(right) > 2 * np.mean(wrong)
    steps = [demonstrate("M33", data=tables).right["step"] for tables in draws]
    assert min(steps) > 3 * 0.0072 * np.sqrt(1 / 75 + 1 / 50)


def test_a_moved_process_has_a_ppk_below_its_cpk(draws):
    def holds(tables):
        return result("cnc_chart.cpk", tables) > 1.15 * result("cnc_chart.ppk", tables) > 1.0

    assert in_most(draws, holds)


@pytest.mark.seeds(20)
def test_a_line_and_a_forest_fail_beyond_the_uses_they_learnt_from(seed):
    tables = {"cnc": make_cnc(random_state=seed)[0]}
    found = {name: result(f"cnc_wear.{name}", tables) for name in ("mae_near", "mae_far", "far_true", "far_forest")}
    assert found["mae_far"] > 2 * found["mae_near"]
    assert found["far_forest"] < 0.8 * found["far_true"]
    assert found["far_forest"] == pytest.approx(result("cnc_wear.end_of_range_forest", tables), abs=0.001)

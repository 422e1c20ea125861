"""What the misconceptions of F4 show, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_ic_inspection
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.ic_inspection import MENU, at_threshold, best_threshold, operate


@pytest.fixture(scope="module")
def draws():
    return [{"ic_inspection": make_ic_inspection(random_state=seed)[0]} for seed in range(20)]


def in_most(draws, holds) -> bool:
    return sum(bool(holds(tables)) for tables in draws) >= 18


def test_m01_accuracy_hardly_moves_while_nearly_all_defects_escape(draws):
    def holds(tables):
        shown = demonstrate("M01", data=tables)
        return abs(shown.wrong["gain"]) < 0.001 and shown.wrong["accuracy"] > 0.993 and shown.right["recall"] < 0.2

    assert in_most(draws, holds)
    gains = [demonstrate("M01", data=tables).wrong["gain"] for tables in draws]
    recalls = [demonstrate("M01", data=tables).right["recall"] for tables in draws]
    assert (1 - np.mean(recalls)) / (np.std(recalls) / np.sqrt(20)) >= 3
    assert np.mean(gains) < 0.0005


def test_m02_the_best_threshold_is_far_below_half_and_less_accurate(draws):
    def holds(tables):
        shown = demonstrate("M02", data=tables)
        right, wrong = shown.right, shown.wrong
        return (
            right["threshold"] < 0.05
            and right["loss"] < 0.5 * wrong["loss"] < wrong["loss_nothing"]
            and right["accuracy"] < wrong["accuracy"]
            and right["recall"] > 0.8
            and 0.03 < right["false_alarm_rate"] < 0.25
            and right["theory_loss"] < 1.3 * right["loss"]
        )

    assert in_most(draws, holds)


def test_m02_a_dearer_miss_lowers_the_threshold(draws):
    moved = 0
    for tables in draws:
        cheap, dear = (demonstrate("M02", data=tables, params={"miss": yen}).right for yen in (50_000, 500_000))
        assert dear["theory"] < cheap["theory"]
        assert dear["threshold"] <= cheap["threshold"]
        moved += dear["threshold"] < cheap["threshold"]
    # A hundred defects: on a few draws the lowest point of the loss stays where it was, it never rises.
    assert moved >= 12


def test_m04_is_natural_frequencies():
    shown = demonstrate("M04", data={}, params={"base": 0.001, "sens": 0.99, "spec": 0.99})
    assert shown.right["ppv"] == pytest.approx(9.9 / (9.9 + 99.9))
    assert shown.right["of_ten"] == "1個くらい"
    assert shown.right["real"] + shown.right["false"] == pytest.approx(shown.right["alarms"])
    assert shown.wrong["sens"] == 0.99 and shown.wrong["rest"] == pytest.approx(1 - shown.right["ppv"])


def test_m04_ppv_falls_when_defects_get_rarer():
    values = [demonstrate("M04", data={}, params={"base": base}).right["ppv"] for base in (0.05, 0.01, 0.001)]
    assert values == sorted(values, reverse=True)


def test_m13_limits_are_the_exact_ones():
    right = demonstrate("M13", data={}).right
    assert right["lower_3_of_3"] ** 3 == pytest.approx(0.025)
    assert (1 - right["upper_0_of_100"]) ** 100 == pytest.approx(0.025)
    assert right["upper_0_of_3000"] < 0.002


def test_m42_a_person_behind_the_machine_loses_less(draws):
    def holds(tables):
        shown = demonstrate("M42", data=tables)
        return (
            shown.right["loss"] < 0.7 * shown.wrong["loss"] and shown.right["loss"] < 0.5 * shown.right["people_loss"]
        )

    assert in_most(draws, holds)


def test_m42_with_a_dear_look_the_machine_alone_is_cheaper(draws):
    shown = [demonstrate("M42", data=tables, params={"look": 2_000}) for tables in draws]
    assert sum(one.wrong["loss"] < one.right["loss"] for one in shown) >= 12
    assert all(one.wrong["loss"] < one.right["people_loss"] for one in shown)


def test_a_band_on_a_table_small_enough_to_check_by_hand():
    df = pd.DataFrame({"不良らしさ": [0.9, 0.8, 0.3, 0.2, 0.1, 0.1], "不良": [1, 0, 1, 0, 1, 0]})
    yen = {"miss": 1_000, "discard": 70, "look": 10, "eye": 0.0}
    # 0.1 passed (one defect), 0.2 and 0.3 looked at (by somebody who sees nothing), 0.8 and 0.9 thrown away
    assert operate(df, 0.2, 0.5, **yen) == {"escaped": 2, "looked_at": 2, "thrown_away": 1, "loss": 2_000 + 20 + 70}
    assert operate(df, 0.2, 0.5, **yen | {"eye": 1.0})["escaped"] == 1
    assert operate(df, 0.0, 2.0, **yen)["looked_at"] == len(df)


def test_the_ways_of_working_add_up(draws):
    found = {
        name: result(f"ic_ways.{name}", draws[0], {"look": 400, "discard": 1_800})
        for name in ("people_loss", "machine_loss", "both_loss", "least_loss", "both_escaped", "both_looked_at")
        + ("both_thrown_away", "both_labour", "both_labour_free", "people_looked_at", "machine_looked_at")
    }
    assert found["least_loss"] == min(found["people_loss"], found["machine_loss"], found["both_loss"])
    bill = found["both_escaped"] * 50_000 + found["both_looked_at"] * 400 + found["both_thrown_away"] * 1_800
    assert found["both_loss"] == bill == found["both_labour"] + found["both_labour_free"]
    assert (found["people_looked_at"], found["machine_looked_at"]) == (20_000, 0)


def test_the_bill_at_one_threshold_and_the_sums_people_make_of_it(draws):
    params = {"threshold": 0.02, "miss": 60_000, "false": 400}
    bill = {name: result(f"ic_cost.{name}", draws[0], params) for name in ("missed", "false_alarms", "loss", "swapped")}
    assert bill["loss"] == bill["missed"] * 60_000 + bill["false_alarms"] * 400
    assert bill["swapped"] == bill["missed"] * 400 + bill["false_alarms"] * 60_000
    parts = [result(f"ic_cost.{name}", draws[0], params) for name in ("only_misses", "only_alarms")]
    assert sum(parts) == bill["loss"]


def test_the_best_of_four_settings_is_neither_the_standard_nor_the_one_that_stops_all(draws):
    def holds(tables):
        least, standard, fewest = (
            result(f"ic_menu.{name}_loss", tables) for name in ("least", "standard", "fewest_missed")
        )
        return least < 0.5 * standard and least < 0.5 * fewest

    assert in_most(draws, holds)
    for tables in draws:
        bills = [
            result(f"ic_menu.missed_{i}", tables) * 50_000 + result(f"ic_menu.false_{i}", tables) * 300
            for i in range(1, len(MENU) + 1)
        ]
        assert sorted(bills)[:2] == [result(f"ic_menu.{name}_loss", tables) for name in ("least", "second")]


def test_named_results_agree_with_each_other(draws):
    tables = draws[0]
    ic = {
        name: result(f"ic.{name}", tables)
        for name in (
            "n",
            "defects",
            "found_at_half",
            "missed_at_half",
            "false_at_half",
            "accuracy_all_good",
            "accuracy_at_half",
            "loss_nothing",
            "loss_half",
            "correct_gain",
            "recall_at_half",
        )
    }
    assert ic["found_at_half"] + ic["missed_at_half"] == ic["defects"]
    assert ic["accuracy_all_good"] == 1 - ic["defects"] / ic["n"]
    assert ic["loss_nothing"] == ic["defects"] * 50_000
    assert ic["loss_half"] == ic["missed_at_half"] * 50_000 + ic["false_at_half"] * 300
    assert ic["correct_gain"] == ic["found_at_half"] - ic["false_at_half"]
    assert ic["accuracy_at_half"] - ic["accuracy_all_good"] == pytest.approx(ic["correct_gain"] / ic["n"])
    assert result("ic.loss_nothing", tables, {"miss": 10_000}) == ic["defects"] * 10_000


def test_the_best_threshold_on_a_table_small_enough_to_check_by_hand():
    df = pd.DataFrame({"不良らしさ": [0.9, 0.4, 0.4, 0.1, 0.1, 0.1], "不良": [1, 1, 0, 0, 0, 0], "ロット": 1})
    assert best_threshold(df, miss=1_000, false=300) == 0.4
    assert at_threshold(df, 0.4, 1_000, 300)["loss"] == 300
    assert best_threshold(df, miss=250, false=300) == 0.9
    assert best_threshold(df.assign(不良=0), miss=1_000, false=300) == 1.1

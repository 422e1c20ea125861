"""Reference solutions of function items: right ones pass, each wrong one has a verdict of its own, mutants are rejected."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from jissho.bundle import decode, encode
from jissho_kit.grading.items import Item
from jissho_kit.grading.judge import judge
from jissho_kit.grading.keys import make_inputs, make_key, run_on
from jissho_kit.grading.mutants import mutants
from jissho_kit.grading.proof import bundle_of, prove
from jissho_kit.truths import draw_tables

# right function, criterion, hidden inputs, sample inputs, tolerance, wrong functions
FAMILIES = {
    "評価": (
        "evaluated_by_group", "honest_evaluation", "evaluation_inputs", "evaluation_sample", 0,
        ["evaluated_on_training_rows", "evaluated_by_rows", "evaluated_after_copying",
         "evaluated_after_choosing_columns", "evaluated_by_accuracy", "evaluated_as_chance"],
    ),
    "しきい値を選ぶ": (
        "threshold_by_loss", "threshold_by_loss", "threshold_inputs", "threshold_sample", 0,
        ["threshold_of_a_half", "threshold_by_accuracy", "threshold_on_test_rows", "threshold_with_prices_swapped",
         "threshold_by_formula"],
    ),
    "果実で分ける": (
        "fruits_apart", "split_by_fruit", "fruit_tables", "fruit_sample", 0,
        ["fruits_mixed", "fruits_one_astride", "fruits_train_on_all", "fruits_few"],
    ),
    "一頭抜き": (
        "one_cow_out", "one_cow_out", "cow_tables", "cow_sample", 0,
        ["cows_mixed", "several_cows_out", "cow_in_training", "one_cow_only"],
    ),
    "再補正": (
        "recalibrated_by_other_years", "recalibrated_by_other_years", "year_records", "year_sample", 0,
        ["recalibrated_not", "recalibrated_by_all_years", "recalibrated_backwards", "recalibrated_as_mean_year"],
    ),
    "補正量": (
        "offset_by_mean", "offset_of_display", "offset_inputs", "offset_sample", 0,
        ["offset_none", "offset_backwards", "offset_by_slope", "offset_from_display_alone"],
    ),
    "朝6時の表": (
        "morning_from_past", "known_at_six", "morning_tables", "morning_sample", 0,
        ["morning_with_day_mean", "morning_with_day_maximum", "morning_with_last_value", "morning_of_calendar_alone"],
    ),
    "管理限界": (
        "limits_from_calm_groups", None, "group_tables", "group_sample", 1e-6,
        ["limits_from_all_groups", "limits_of_the_drawing", "limits_by_overall_spread", "limits_without_factor"],
    ),
    "歯止め": (
        "watch_from_first_errors", None, "error_series", "error_sample", 0,
        ["watch_from_all_errors", "watch_upwards_only", "watch_at_two_sigma", "watch_around_zero"],
    ),
    "範囲外か": (
        "outside_of_seen", None, "ranges", "range_sample", 0,
        ["outside_never", "outside_above_only", "outside_of_usual", "outside_of_new"],
    ),
    "西暦": (
        "common_era", None, "era_years", "era_sample", 0,
        ["common_era_a_year_off", "common_era_of_reiwa_alone", "common_era_not", "common_era_a_year_early"],
    ),
    "基準線": (
        "baselines", None, "shipments", "shipment_sample", 1e-6,
        ["baselines_with_later_days", "baselines_signed", "baselines_of_tomorrow", "baselines_in_percent"],
    ),
}  # fmt: skip


@cache
def tables():
    return draw_tables(5)


def item_of(name):
    right, criterion, hidden, samples, tolerance, wrongs = FAMILIES[name]
    return Item.model_validate(
        {
            "id": "G-F-2.a",
            "objective": "G-F-2/1",
            "kind": "function",
            "question": "関数を仕上げてください。",
            "points": 2,
            "function": name,
            "hidden": hidden,
            "samples": samples,
            "right": {"function": right, "tolerance": tolerance, "criterion": criterion},
            "wrong": [{"function": one, "because": "M05", "say": f"{one} ですか。"} for one in wrongs],
        }
    )


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.seeds(5)
def test_right_is_right_and_each_wrong_one_is_told_apart(name, seed):
    assert prove([item_of(name)], tables(), seed=seed) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_the_sample_is_public_and_the_right_function_solves_it(name):
    right, _, _, samples, *_ = FAMILIES[name]
    first, again = (make_inputs(samples, {}, seed) for seed in (0, 1))
    assert encode(first) == encode(again)
    assert all("error" not in (one if isinstance(one, dict) else {}) for one in map(encode, run_on(right, first)))


# Mutants that are no mistake: other shares of groups in the test, an order nobody asked for, the other reading of a tie.
NO_MISTAKE = {
    "評価": {"一つずれる 7行目「3」→「4」", "一つずれる 7行目「3」→「2」", "一つずれる 8行目「4」→「5」", "一つずれる 8行目「4」→「3」"},
    "しきい値を選ぶ": {"比べ方 5行目「らしさ >= しきい値」→「らしさ > しきい値」",
                "一つ落とす 8行目「[*sorted(set(らしさ)), 1.0]」→「[*sorted(set(らしさ))]」"},
    "果実で分ける": {"呼び出しを抜く 2行目「df['果実'].unique()」→「df['果実']」", "一つずれる 3行目「4」→「5」", "一つずれる 3行目「4」→「3」"},
    "一頭抜き": {"一つずれる 3行目「0」→「-1」", "一つずれる 3行目「0」→「-1」（2）", "並びが逆"},
    "朝6時の表": {"別の集計 7行目「df.groupby(日)['室温'].mean」→「df.groupby(日)['室温'].sum」",
              "呼び出しを抜く 9行目「表.reset_index()」→「表」", "並びが逆"},
    "歯止め": {"一つずれる 3行目「1」→「2」", "一つずれる 3行目「1」→「0」",
            "比べ方 4行目「abs(値 - はじめ.mean()) > 幅」→「abs(値 - はじめ.mean()) >= 幅」"},
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.seeds(3)
def test_no_mutant_that_is_a_mistake_earns_full_marks(name, seed):
    item = item_of(name)
    made = mutants(item, make_key(item, tables(), seed=seed))
    assert len(made) >= 8
    assert {one.name for one in made if one.survived} <= NO_MISTAKE.get(name, set())


ODD = [None, 3, True, "x", [], [1, 2], {}, {1: 2}, np.zeros((2, 2)), np.array([]), [[1], [2]], [(1, 2)], float("inf")]


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family[1]])
def test_an_odd_output_is_no_full_marks_and_no_crash(name):
    item = item_of(name)
    key = make_key(item, tables(), seed=1)
    calls = len(key.inputs)
    for odd in ODD:
        assert judge(key, bundle_of(item, [odd] * calls)).points == 0
    right = run_on(item.right.function, decode(key.inputs))
    for odd in ODD[1:8]:
        assert judge(key, bundle_of(item, [*right[:-1], odd])).points == 0

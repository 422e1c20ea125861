"""F3: named results by hand, what splits and late columns do on fresh draws, and the judges of G-F-1's functions."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.simulators import make_molding
from jissho_kit.truths import CRITERIA, FUNCTIONS, demonstrate, draw_tables, result
from jissho_kit.truths.molding import next_weeks, stray, tidy


@pytest.fixture(scope="module")
def drawn():
    return draw_tables(4)


def test_tidy_puts_right_what_was_planted():
    table, truth = make_molding(random_state=6)
    clean = tidy(table)
    assert len(clean) == 6000
    assert clean["日時"].is_monotonic_increasing
    assert clean["週"].value_counts().tolist() == [1000] * 6
    channels = clean[["金型温度", "充填時間", "保圧", "クッション量", "計量時間"]]
    assert (channels.max() < 2 * channels.median()).all()


def test_faults_are_counted_as_planted():
    table, truth = make_molding(random_state=6)
    for name in ("duplicates", "missing_rows", "inconsistent"):
        known = truth.effects[name]
        found = result(f"molding.{name}", {"molding": table.drop_duplicates() if name == "missing_rows" else table})
        assert found == known, name


def test_baselines_are_exact_on_a_few_shots(drawn):
    shots = drawn["molding"].drop_duplicates().head(6).copy()
    shots["不良種"] = ["なし", "バリ", "バリ", "なし", "ヒケ", "なし"]
    data = {"molding": shots}
    assert result("molding.accuracy_all_good", data) == pytest.approx(3 / 6)
    assert result("molding.accuracy_previous", data) == pytest.approx(2 / 6)  # right at the first and the third shot
    assert result("molding.recall_previous", data) == pytest.approx(1 / 3)
    assert result("molding.missed_previous", data) == pytest.approx(2 / 3)


def test_strays_are_measured_against_the_lots_own_first_shots():
    lots = np.repeat([1, 2], 21)
    values = np.tile([*([4.0, 6.0] * 10), 8.0], 2) + np.repeat([0.0, 100.0], 21)
    found = stray(pd.DataFrame({"材料ロット": lots, "クッション量": values}))
    spread = np.std([4.0, 6.0] * 10, ddof=1)
    assert (found[lots == 1].iloc[:20] == 0).all()
    assert found.iloc[[20, 41]].to_numpy() == pytest.approx([3 / spread, 3 / spread])


def test_next_weeks_train_on_the_past_and_share_no_lot(drawn):
    pairs = next_weeks(tidy(drawn["molding"]))
    assert len(pairs) == 4
    for train, test in pairs:
        assert train["日時"].max() < test["日時"].min()
        assert not set(train["材料ロット"]) & set(test["材料ロット"])


@pytest.mark.seeds(20)
def test_m05_and_m08_order_holds(seed):
    data = draw_tables(seed)
    lots, late = demonstrate("M05", data=data), demonstrate("M08", data=data)
    assert lots.wrong["auc"] - lots.right["auc"] > 0.1
    assert lots.right["auc"] < 0.68 < lots.wrong["auc"]
    assert lots.right["found"] < 0.7 * lots.wrong["found"]
    assert lots.right["auc"] - 0.05 < lots.right["chart_auc"] < lots.right["best_auc"]
    assert late.wrong["auc"] > 0.99 > late.right["auc"] + 0.1
    assert late.right == lots.wrong  # one figure for one split


def test_m05_effect_is_three_times_its_scatter_between_draws():
    shown = [demonstrate("M05", random_state=seed) for seed in range(3)]
    gaps = [d.wrong["auc"] - d.right["auc"] for d in shown]
    assert np.mean(gaps) / np.std(gaps, ddof=1) >= 3


@pytest.mark.parametrize("seed", range(20))
def test_m35_mixed_cavities_look_worse_than_each_alone(seed):
    shown = demonstrate("M35", data={"molding": make_molding(random_state=seed)[0]})
    assert shown.wrong["cpk"] == pytest.approx(0.48, abs=0.02)
    assert min(shown.right["cpk_1"], shown.right["cpk_2"]) > shown.wrong["cpk"]
    assert shown.wrong["sd"] / shown.right["sd"] > 3


COLUMN_FAULTS = {
    "usable": "",
    "usable_with_rework": "after",
    "usable_with_size": "size",
    "usable_with_lot": "lot",
    "usable_all": "all",
    "usable_by_exclusion": "stranger",
}
SPLIT_FAULTS = {
    "split_by_lot_and_time": "",
    "split_at_random": "groups-astride",
    "split_inside_a_lot": "one-group-astride",
    "split_every_fourth_lot": "future",
    "split_first_lots_for_test": "backwards",
    "split_train_on_all": "overlap",
}


@pytest.mark.parametrize("function, fault", COLUMN_FAULTS.items())
@pytest.mark.parametrize("seed", range(3))
def test_each_choice_of_columns_gets_its_own_label(drawn, function, fault, seed):
    labels = [
        CRITERIA["usable_columns"](args, FUNCTIONS[function](*args))
        for args in FUNCTIONS["column_frames"](drawn, np.random.default_rng(seed))
    ]
    assert set(labels) == {fault}


@pytest.mark.parametrize("function, fault", SPLIT_FAULTS.items())
@pytest.mark.parametrize("seed", range(3))
def test_each_split_gets_its_own_label(drawn, function, fault, seed):
    labels = [
        CRITERIA["split_by_lot_and_time"](args, FUNCTIONS[function](*args))
        for args in FUNCTIONS["split_frames"](drawn, np.random.default_rng(seed))
    ]
    assert set(labels) == {fault}


@pytest.mark.parametrize("output", [None, 3, "金型温度", [1, 2], pd.DataFrame()])
def test_odd_answers_are_named_not_raised(drawn, output):
    (columns,) = FUNCTIONS["column_frames"](drawn, np.random.default_rng(0))[0]
    (shots,) = FUNCTIONS["split_frames"](drawn, np.random.default_rng(0))[0]
    assert CRITERIA["usable_columns"]([columns], output) == "not-names"
    assert CRITERIA["split_by_lot_and_time"]([shots], output) == "not-two-tables"


def test_a_split_must_keep_every_row_and_a_fair_share_for_the_test(drawn):
    (shots,) = FUNCTIONS["split_frames"](drawn, np.random.default_rng(0))[0]
    train, test = FUNCTIONS["split_by_lot_and_time"](shots)
    judge = CRITERIA["split_by_lot_and_time"]
    assert judge([shots], (train.iloc[1:], test)) == "lost"
    assert judge([shots], (shots.iloc[:-1], shots.iloc[-1:])) == "size"
    assert judge([shots], [train.assign(日時="2030-01-01"), test]) == "stranger"
    assert judge([shots], [train.assign(日時="いつか"), test]) == "stranger"


def test_samples_are_made_up_and_solved_by_the_right_functions(drawn):
    for maker, function in [
        ("column_sample", "usable"),
        ("split_sample", "split_by_lot_and_time"),
        ("odd_sample", "odd_by_ratio"),
    ]:
        rng = np.random.default_rng(0)
        for args in FUNCTIONS[maker](drawn, rng):
            FUNCTIONS[function](*args)

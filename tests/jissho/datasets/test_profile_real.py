"""Public tables whose meaning is known: the split, what is left out, and which of the scores is higher."""

from pathlib import Path

import pandas as pd
import pytest

from jissho.datasets import profile_own_table
from jissho.datasets._profile import _score

REAL = Path(__file__).parents[3].parent / "shared" / "real-data"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the public tables are not beside the checkout")


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Fewer rows a table: the meaning stays, the minutes do not."""
    monkeypatch.setattr(_score, "MOST_ROWS", 4_000)
    monkeypatch.setattr(_score, "TREES", 20)
    monkeypatch.setattr(_score, "FEWEST_ROWS", 1_000)


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(REAL / name)


def said(profile, *words: str) -> bool:
    """Whether one of the warnings says all of these."""
    return any(all(word in text for word in words) for text in profile.warnings)


def test_yield_map_a_random_split_looks_at_the_neighbour():
    profile = profile_own_table(table("lasrosas.corn.csv"), "yield")
    assert (profile.split, profile.metric) == ("block", "r2")
    assert 0.92 < profile.random_score < 0.98
    assert 0.5 < profile.honest_score < 0.75
    assert profile.baseline_score < 0.1
    assert f"{profile.random_score:.2f}" in profile.reason and f"{profile.honest_score:.2f}" in profile.reason
    assert "「lat」「long」" in profile.reason


def test_machine_failure_sublabels_serials_and_balance():
    profile = profile_own_table(table("ai4i2020.csv"), "Machine failure")
    assert (profile.split, profile.metric) == ("random", "average_precision")
    assert said(profile, "「TWF」「HDF」「PWF」「OSF」「RNF」", "外しました")
    assert said(profile, "「UDI」「Product ID」", "外しました")
    assert said(profile, "339 行（3.4%）", "正解率")
    assert said(profile, "62 行要ります", "足りています")
    assert 0.4 < profile.honest_score < 0.9 and profile.baseline_score == pytest.approx(0.034, abs=0.01)


def test_steel_plates_columns_of_one_answer():
    plates = table("steel_plates_faults.csv")
    faults = list(plates.columns[27:])
    profile = profile_own_table(plates, "Bumps_Fault")
    assert said(
        profile, "".join(f"「{name}」" for name in faults if name != "Bumps_Fault"), "ちょうど一つ", "外しました"
    )
    assert profile.metric == "roc_auc" and 0.85 < profile.honest_score < 0.97

    kinds = plates.iloc[::5].assign(種類=plates[faults].idxmax(axis=1))
    profile = profile_own_table(kinds, "種類")
    assert said(profile, *[f"「{name}」" for name in faults], "外しました")
    assert profile.metric == "f1_macro" and 0.5 < profile.honest_score < 0.9
    assert "並びに意味がありそう" in profile.reason


def test_stamping_press_is_too_few():
    profile = profile_own_table(table("stamping_press_tsid.csv"), "label")
    assert "少なすぎます（39 行、うち「NG」は 6 行）" in profile.warnings[0]
    assert said(profile, "あと 56 行足りません")
    assert said(profile, "「Quality Score」", "外しました") and said(profile, "「Actual Pressure」", "偶然")


def test_conveyor_belt_one_recording_a_kind():
    belt = table("conveyor_belt.csv").groupby("condition", sort=False).head(20)
    profile = profile_own_table(belt, "condition")
    assert (profile.split, profile.metric) == ("random", "f1_macro")
    assert said(profile, "ひと続き", "別の日") and "並びに意味がありそう" in profile.reason
    assert profile.honest_score > profile.baseline_score + 0.1


def test_machine_temperature_four_events_and_a_clock_that_doubles():
    machine = table("nab_machine_temperature.csv")
    profile = profile_own_table(machine, "in_window")
    assert profile.split == "time" and profile.random_score > profile.honest_score + 0.1
    assert said(profile, "出来事は 4 回だけ") and said(profile, "「timestamp」", "12 行")


def test_machine_temperature_the_next_value_is_the_last_one():
    machine = table("nab_machine_temperature.csv").drop(columns="in_window")
    profile = profile_own_table(machine.assign(次の値=machine["value"].shift(-1)), "次の値", time="timestamp")
    assert profile.baseline_score > 0.95 and "ひとつ前の値" in profile.reason
    assert not said(profile, "「value」", "外しました")
    assert said(profile, "空欄の 1 行")


def test_cows_heats_cow_by_cow():
    cows = table("bovheat_activity_2h_farmA_2019.csv")
    heats = table("bovheat_heats_detected_reference.csv").dropna(subset="start_dt_heat")
    when = pd.to_datetime(cows["Date"] + " " + cows["Time"], format="%Y-%m-%d %I:%M %p")
    cows["発情"] = 0
    for heat in heats.itertuples():
        inside = when.between(heat.start_dt_heat, heat.stop_dt_heat) & (cows["Cow Number"] == heat[2])
        cows.loc[inside, "発情"] = 1
    profile = profile_own_table(cows, "発情")
    assert (profile.split, profile.metric) == ("group", "average_precision") and "「Cow Number」" in profile.reason
    assert said(profile, "出来事は", "回だけ") and said(profile, 'time="Date"')
    assert profile.honest_score > 5 * profile.baseline_score


def test_tokyo_tomorrow_against_today():
    days = table("tokyo_daily_2013_2023.csv").tail(1000)
    profile = profile_own_table(days.assign(翌日=days["AverageTemperature"].shift(-1)), "翌日")
    assert profile.split == "time" and "ひとつ前の値" in profile.reason
    assert 0.8 < profile.baseline_score < profile.honest_score + 0.04 < 1
    assert said(profile, "「SunshineDurationNoPhenomenonInformation」", "同じ値")


@pytest.mark.parametrize("name", ["nagai.strawberry.uniformity.csv", "eden.tea.uniformity.csv"])
def test_neighbouring_plots_are_alike(name):
    profile = profile_own_table(table(name), "yield")
    assert profile.split == "block" and profile.honest_score < profile.random_score


def test_rice_by_state_and_by_year():
    rice = table("nass.rice.csv")
    states = profile_own_table(rice, "yield")
    assert states.split == "group" and said(states, 'time="year"')
    years = profile_own_table(rice, "yield", time="year")
    assert years.split == "time" and years.baseline_score > 0.8 > years.honest_score
    assert said(years, 'group="state"')


def test_forty_rows_of_rice_by_place():
    profile = profile_own_table(table("senshu.rice.csv"), "yield")
    assert profile.split == "group" and "「loc」" in profile.reason and said(profile, "少なすぎます（40 行）")

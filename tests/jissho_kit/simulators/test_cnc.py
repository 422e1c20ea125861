"""F2: tools, jig, chips and the faults of logger and people are planted as said."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_cnc, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_cnc, write


@pytest.fixture
def drawn(seed):
    return make_cnc(random_state=seed)


@pytest.mark.seeds(20)
def test_a_draw_fits_the_schema_and_its_faults_are_as_said(drawn):
    table, truth = drawn
    schema("cnc").check(table)
    assert len(table) == 8000 and table["稼働日"].max() == 120
    lost = table[["主軸負荷", "サイクル時間", "室温"]].isna()
    assert (lost.all(axis=1) == lost.any(axis=1)).all()
    assert lost.all(axis=1).sum() == truth.effects["missing_rows"] >= 20
    assert (table["主軸負荷"] < 5).sum() == truth.effects["glitches"]
    assert table["日時"].duplicated().sum() >= 2
    assert 0 < table["寸法"].isna().sum() < 100
    assert 0.01 < (table["不良種"] != "なし").mean() < 0.04


@pytest.mark.seeds(20)
def test_out_of_limits_is_a_size_defect_but_for_a_few_misbooked(drawn):
    table, truth = drawn
    off = (table["寸法"] - 10).abs() > 0.0400001
    assert off[table["不良種"] == "寸法"].all()
    assert (off & (table["不良種"] == "なし")).sum() <= truth.effects["inconsistent"]


@pytest.mark.seeds(20)
def test_the_jig_is_exchanged_on_a_monday_in_the_middle_of_a_tool(drawn):
    table, truth = drawn
    first = table[table["治具"] == "J2"].iloc[0]
    assert first["稼働日"] == truth.effects["jig_day"] in (81, 86, 91)
    assert first["日時"].day_of_week == 0
    assert first["使用回数"] == 161
    assert (table["治具"] == "J2").is_monotonic_increasing


@pytest.mark.seeds(20)
def test_the_jig_moves_load_and_size_as_planted(drawn):
    table, truth = drawn
    near = table[(table["使用回数"] <= 230) & (table["主軸負荷"] > 5)]
    load = near.groupby("治具")["主軸負荷"].mean()
    size = near.groupby("治具")["寸法"].median()
    assert load["J2"] - load["J1"] == pytest.approx(truth.effects["jig_load"], abs=1.2)
    assert size["J2"] - size["J1"] == pytest.approx(truth.effects["jig_size"], abs=0.0025)


@pytest.mark.seeds(20)
def test_wear_is_slow_then_runs_away_and_brings_load_and_torn_surfaces(drawn):
    table, _ = drawn
    read = table.dropna(subset="摩耗幅").groupby("工具ID")["摩耗幅"]
    assert 0.06 < read.first().median() < 0.11 and 0.16 < read.last().median() < 0.30
    old = table["使用回数"] > 300
    torn = table["不良種"] == "むしれ"
    assert torn[old].mean() > 3 * torn[~old].mean()
    j1 = table[(table["治具"] == "J1") & (table["主軸負荷"] > 5)]
    assert j1.loc[j1["使用回数"] > 300, "主軸負荷"].mean() > j1.loc[j1["使用回数"] < 100, "主軸負荷"].mean() + 3


@pytest.mark.seeds(20)
def test_tools_start_afresh_and_are_changed_when_used_up(drawn):
    table, truth = drawn
    fresh = table["使用回数"] == 1
    assert (table.loc[fresh, "段取り"] == "工具交換").all()
    assert (table["段取り"] == "工具交換").sum() == fresh.sum()
    assert table.loc[fresh, "工具ID"].is_unique
    assert table["使用回数"].max() <= 440
    lives = table.groupby("工具ID")["使用回数"].max().iloc[1:-1]
    assert 300 < lives.median() <= truth.effects["life"] * 1.08


@pytest.mark.seeds(20)
def test_the_room_carries_over_and_the_mechanism_is_worth_knowing(drawn):
    table, truth = drawn
    assert table["室温"].autocorr() > 0.95
    assert table["室温"].between(8, 40).sum() == table["室温"].notna().sum()
    assert 0.85 < truth.best_score("roc_auc") < 0.97


def test_a_generator_is_accepted_and_too_few_pieces_are_refused():
    by_seed, _ = make_cnc(n=2600, random_state=3)
    by_generator, _ = make_cnc(n=2600, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)
    assert len(by_seed) == 2600
    assert set(by_seed["治具"]) == {"J1", "J2"}
    with pytest.raises(ValueError):
        make_cnc(n=2499)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["cnc"], tmp_path, SHIPPED_SEED)
    relative = "cnc/cnc.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert (own_data() / relative).stat().st_size < 900_000
    assert set(load_cnc()["治具"]) == {"J1", "J2"}

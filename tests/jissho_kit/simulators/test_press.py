"""F1: presses, dies, oil and the logger's faults are planted as said."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_press, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_press, write


@pytest.fixture
def drawn(seed):
    return make_press(random_state=seed)


@pytest.mark.seeds(20)
def test_a_draw_fits_the_schema_and_its_faults_are_as_said(drawn):
    table, truth = drawn
    schema("press").check(table)
    assert table["機械"].value_counts().tolist() == [4800] * 3
    assert 0.03 < table["バリ"].mean() < 0.07
    lost = table[["spm", "荷重ピーク", "油温"]].isna()
    assert (lost.all(axis=1) == lost.any(axis=1)).all()
    assert lost.all(axis=1).sum() == truth.effects["missing_rows"] >= 20
    assert (table["荷重ピーク"] < 100).sum() == truth.effects["glitches"]
    assert table.groupby("機械")["日時"].apply(lambda times: times.duplicated().sum()).min() >= 2


@pytest.mark.seeds(20)
def test_state_carries_over(drawn):
    table, _ = drawn
    for _, rows in table.dropna().groupby("機械"):
        assert rows["油温"].autocorr() > 0.9
        assert 0.6 < rows.groupby("コイル")["荷重ピーク"].median().std() / 9 < 2.5
        before_noon = rows["日時"].dt.hour < 9
        assert rows.loc[before_noon, "油温"].mean() < rows.loc[~before_noon, "油温"].mean() - 3


@pytest.mark.seeds(20)
def test_a_worn_die_needs_more_load(drawn):
    table, _ = drawn
    rows = table[(table["機械"] == "A") & (table["荷重ピーク"] > 100)]
    swap = rows["金型ID"].ne(rows["金型ID"].shift()).to_numpy().nonzero()[0]
    swap = [at for at in swap if 160 <= at <= len(rows) - 160]
    before, after = (
        np.mean([rows["荷重ピーク"].iloc[part].mean() for part in parts])
        for parts in ([slice(at - 160, at) for at in swap], [slice(at, at + 160) for at in swap])
    )
    assert before - after > 8


@pytest.mark.seeds(20)
def test_the_mechanism_is_worth_knowing(drawn):
    _, truth = drawn
    assert 0.64 < truth.best_score("roc_auc") < 0.76
    assert truth.best_score("average_precision") > 1.5 * 0.048


def test_a_generator_is_accepted_and_too_few_shots_are_refused():
    by_seed, _ = make_press(n=1600, random_state=3)
    by_generator, _ = make_press(n=1600, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)
    assert len(by_seed) == 1600
    with pytest.raises(ValueError):
        make_press(n=1499)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["press"], tmp_path, SHIPPED_SEED)
    relative = "press/press.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert (own_data() / relative).stat().st_size < 900_000
    assert set(load_press()["機械"]) == set("ABC")

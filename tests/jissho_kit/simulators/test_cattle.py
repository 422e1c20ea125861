"""A5: the planted truths of the cows' collars, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_cattle, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_cattle, write
from jissho_kit.simulators.cattle import ROWS_PER_COW


@pytest.fixture(scope="module")
def draws():
    return [make_cattle(n=6 * ROWS_PER_COW, random_state=seed) for seed in range(20)]


def heats(table: pd.DataFrame) -> pd.DataFrame:
    """Cow, first row and number of readings of each heat."""
    same = table["発情"].diff().ne(0) | table["牛番号"].diff().ne(0)
    runs = table.assign(行=np.arange(len(table))).groupby(same.cumsum())
    found = runs.agg(牛番号=("牛番号", "first"), 発情=("発情", "first"), 始まり=("行", "first"), 長さ=("行", "size"))
    return found[found["発情"] == 1]


@pytest.mark.seeds(20)
def test_a_full_draw_fits_the_schema(seed):
    table, truth = make_cattle(random_state=seed)
    assert len(table) == 20 * ROWS_PER_COW
    schema("cattle").check(table)
    assert 0.026 < table["発情"].mean() < 0.040
    assert truth.effects["heats"] == len(heats(table))


def test_heats_come_every_21_days_and_last_14_to_21_hours(draws):
    found = [heats(table) for table, _ in draws]
    apart = pd.concat([f.groupby("牛番号")["始まり"].diff().dropna() / 12 for f in found])
    lengths = pd.concat([f["長さ"] * 2 for f in found])
    assert apart.mean() == pytest.approx(draws[0][1].effects["cycle"], abs=0.3)
    assert apart.min() > 14
    assert lengths.mean() == pytest.approx(draws[0][1].effects["heat_hours"] + 2, abs=0.5)  # touched readings count
    assert lengths.max() <= 24


def test_activity_rises_and_rumination_falls_in_heat(draws):
    strong = 0
    for table, _ in draws:
        usual = table.groupby(["牛番号", table["日時"].dt.hour])[["活動量", "反すう"]].transform("mean")
        stray = table[["活動量", "反すう"]] - usual
        heat, rest = stray[table["発情"] == 1], stray[table["発情"] == 0]
        error = heat.std() / np.sqrt(len(heat) / 9)  # the readings of one heat go together
        rise = (heat.mean() - rest.mean()) / error
        strong += rise["活動量"] >= 3 and rise["反すう"] <= -3
    assert strong >= 18


def test_all_channels_are_lost_together(draws):
    for table, _ in draws:
        lost = table["活動量"].isna()
        assert 0.01 < lost.mean() < 0.12
        assert lost.equals(table["反すう"].isna())
        assert table.loc[lost, "活動比"].isna().all()


def test_the_ratio_knows_nothing_of_what_comes_later():
    table, _ = make_cattle(n=2 * ROWS_PER_COW, random_state=5)
    cow = table[table["牛番号"] == 1].reset_index(drop=True)
    activity, ratio = cow["活動量"], cow["活動比"]
    whole = activity.notna().rolling(3).sum() == 3
    for row in ratio.index[ratio.notna() & whole][[200, 400]]:
        usual = [activity.iloc[i - 7 * 12 : i : 12].median() for i in range(row - 2, row + 1)]
        assert ratio[row] == pytest.approx(activity.iloc[row - 2 : row + 1].mean() / np.mean(usual), abs=0.006)


def test_no_heat_after_conception_and_late_results_are_unknown(draws):
    for table, _ in draws:
        for _, cow in table.groupby("牛番号"):
            conceived = cow.index[cow["授精結果"] == "受胎"]
            if len(conceived):
                later = cow.loc[conceived[0] + 12 :]
                assert (later["発情"] == 0).all() and later["授精結果"].isna().all()
        known = table[table["授精結果"].isin(["受胎", "不受胎"])]
        assert (known["日時"] < pd.Timestamp("2018-04-02") + pd.Timedelta(days=84 - 35 + 2)).all()


def test_knowing_the_mechanism_beats_the_collar(draws):
    from sklearn.metrics import roc_auc_score

    for table, truth in draws:
        there = table["活動比"].notna()
        assert truth.best_score("roc_auc") > roc_auc_score(table["発情"][there], table["活動比"][there]) + 0.02
        assert truth.best_score("roc_auc") < 1


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_cattle(n=2 * ROWS_PER_COW, random_state=3)
    by_generator, _ = make_cattle(n=2 * ROWS_PER_COW, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError):
        make_cattle(n=1000)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["cattle"], tmp_path, SHIPPED_SEED)
    relative = "cattle/cattle.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert (own_data() / relative).stat().st_size <= 900_000
    assert load_cattle()["牛番号"].nunique() == 20

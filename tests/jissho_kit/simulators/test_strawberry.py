"""A1: houses, sensors and harvests are planted as said."""

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_strawberry, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_strawberry, write
from jissho_kit.simulators.strawberry import CLIMATE, HOUSES

drawn = lru_cache(maxsize=2)(lambda seed: make_strawberry(random_state=seed))


def fits_and_has_its_shape(table, truth):
    schema("strawberry").check(table)
    clean = table.drop_duplicates()
    assert len(table) - len(clean) == truth.effects["duplicates"] > 0
    assert not clean.duplicated(["日時", "棟"]).any()
    assert clean["日時"].is_monotonic_increasing
    fine = clean[clean["間隔_分"] == 10]
    assert len(fine) == 10 * 144 * len(HOUSES)
    assert fine["日時"].min() > clean.loc[clean["間隔_分"] == 180, "日時"].max()
    harvests = clean.dropna(subset=["出荷kg"])
    assert len(harvests) == 1800
    assert (harvests["日時"].dt.hour == 18).all()
    assert harvests[["秀品kg", "重油L", "灰色かび"]].notna().all().all()
    assert (harvests["秀品kg"] <= harvests["出荷kg"]).all()


def readings_are_physical(table):
    clean = table.drop_duplicates()
    assert clean.loc[clean["日時"].dt.hour.isin([0, 3]), "日射"].max() == 0
    by_hour = clean.groupby(clean["日時"].dt.hour)["室温"].mean()
    assert by_hour[15] - by_hour[6] > 5
    fine = clean[(clean["間隔_分"] == 10) & (clean["棟"] == "A")]
    assert fine["室温"].autocorr() > 0.9
    light = clean.groupby("日時")["日射"].agg(["min", "max"]).dropna()
    assert np.allclose(light["min"], light["max"])  # one sensor for all houses
    assert (clean["CO2"] == 0).any()


def the_sensor_dies_when_wet(table, truth):
    clean = table.drop_duplicates()
    lost = clean[CLIMATE].isna()
    assert lost.all(axis=1).sum() == pytest.approx(truth.effects["outage_rows"], abs=40)  # some of them were sent twice
    alone = lost["湿度"] & ~lost["室温"]
    at_6 = clean[(clean["日時"].dt.hour == 6) & (clean["日時"].dt.minute == 0)]
    assert alone[at_6.index].mean() == pytest.approx(truth.effects["wet_share"], abs=0.03)
    assert (lost["室温"] == lost["日射"]).all()
    assert at_6["湿度"].mean() < truth.effects["humidity"]  # what is left is the dry part
    mould = truth.effects["mould_wet"], truth.effects["mould_dry"]
    wet = 1800 * truth.effects["wet_share"]
    error = np.sqrt(sum(p * (1 - p) / n for p, n in zip(mould, (wet, 1800 - wet), strict=True)))
    assert (mould[0] - mould[1]) / error >= 3


def knowing_more_is_better(table, truth):
    harvests = table.drop_duplicates().dropna(subset=["出荷kg"])
    within = harvests.groupby("棟")["出荷kg"].transform("mean")
    assert within.var() / harvests["出荷kg"].var() > 0.9  # houses differ far more than days
    assert 0.05 < truth.best_score("r2") < truth.effects["r2_knowing_the_day"] - 0.3
    assert truth.best_score("r2_overall") > 0.9
    assert truth.best_score("roc_auc") > 0.75
    assert truth.best_score("neg_mean_absolute_error") < 0


@pytest.mark.seeds(20)
def test_a_draw_holds_what_was_planted(seed):
    table, truth = drawn(seed)
    fits_and_has_its_shape(table, truth)
    readings_are_physical(table)
    the_sensor_dies_when_wet(table, truth)
    knowing_more_is_better(table, truth)


@pytest.mark.seeds(20)
def test_a_sunny_day_brings_more_and_leaves_less(seed):
    table, _ = drawn(seed)
    harvests = table.drop_duplicates().dropna(subset=["出荷kg"]).set_index(["日時", "棟"])["出荷kg"].unstack()
    per_house = np.log(harvests / harvests.mean())
    common = per_house.mean(axis=1)
    own = per_house.sub(common, axis=0)
    assert common.var() / own.stack().var() > 2  # the sky is shared, the pickers are not
    following = pd.concat([own[h] for h in HOUSES]).groupby(level=0)
    assert following.size().eq(4).all()
    lagged = np.mean([own[h].diff().autocorr() for h in HOUSES])
    assert lagged < -0.3  # fruit picked today is not there tomorrow


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["strawberry"], tmp_path, SHIPPED_SEED)
    relative = "strawberry/strawberry.csv"
    made = (tmp_path / relative).read_bytes()
    assert made == (own_data() / relative).read_bytes()
    assert made.startswith(b"\xef\xbb\xbf")
    assert len(made) < 1_200_000
    assert len(load_strawberry()) == made.count(b"\r\n") - 1


def test_a_generator_is_accepted_a_last_season_may_be_shorter_and_too_few_harvests_are_refused():
    table, _ = make_strawberry(n=1300, random_state=np.random.default_rng(3))
    assert table.drop_duplicates()["出荷kg"].notna().sum() == 1300
    assert table["日時"].max() == pd.Timestamp(2017, 12, 25, 23, 50)
    with pytest.raises(ValueError):
        make_strawberry(n=1199)

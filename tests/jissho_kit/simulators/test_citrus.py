"""A3: the planted truths of the sorters' readings, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_citrus, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_citrus, write
from jissho_kit.simulators.citrus import CHANNELS


@pytest.fixture(scope="module")
def draws():
    return [make_citrus(random_state=seed) for seed in range(20)]


def test_draws_fit_the_schema(draws):
    for table, _ in draws[::4]:
        assert len(table) == 900
        schema("citrus").check(table)
        assert table["測定日"].is_monotonic_increasing
        kinds = table.groupby("種別")["果実"]
        assert kinds.nunique().to_dict() == {"標準果実": 150, "試験果実": 150}
        assert set(table.groupby(["種別", "果実"]).size().groupby("種別").unique().explode()) == {2, 4}


def test_machine_b_reads_too_high_from_its_day_on(draws):
    for table, truth in draws:
        day = (table["測定日"] - table["測定日"].min()).dt.days + 1
        off = (table["表示糖度"] - table["糖度"]).groupby([table["選果機"], day >= truth.effects["shift_day"]])
        error = np.sqrt(off.var() / off.count())
        assert off.mean()["B", True] / error["B", True] >= 3
        assert off.mean()["B", True] == pytest.approx(truth.effects["shift"], abs=0.1)
        assert abs(off.mean().drop(("B", True))).max() < 0.12
        assert table.loc[table["種別"] == "試験果実", "測定日"].min() >= table["測定日"].min() + pd.Timedelta(
            days=truth.effects["shift_day"] - 1
        )


def test_groves_differ_in_sugar_not_in_acid(draws):
    strong = 0
    for table, truth in draws:
        fruits = table.drop_duplicates("果実")
        sunny = fruits["園地"] == "南園"
        gap = fruits.loc[sunny, "糖度"].mean() - fruits.loc[~sunny, "糖度"].mean()
        assert gap == pytest.approx(truth.effects["brix_high"] - truth.effects["brix_low"], abs=0.35)
        acid = fruits.groupby(sunny)["酸度"].agg(["mean", "var", "count"])
        strong += abs(acid["mean"].diff().iloc[1]) / np.sqrt((acid["var"] / acid["count"]).sum()) >= 3
    assert strong <= 2


def test_channels_are_lost_together_with_the_display(draws):
    for table, _ in draws:
        lost = table["表示糖度"].isna()
        assert 0 < lost.sum() < 40
        assert (table[CHANNELS].isna().sum(axis=1) == lost * len(CHANNELS)).all()


def test_sugar_can_be_read_and_acid_hardly(draws):
    for _, truth in draws:
        assert truth.best_score("r2_sugar") > 0.9
        assert 0 < truth.best_score("r2_acid") < 0.45


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_citrus(n=310, random_state=3)
    by_generator, _ = make_citrus(n=310, random_state=np.random.default_rng(3))
    assert len(by_seed) == 310
    pd.testing.assert_frame_equal(by_seed, by_generator)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError):
        make_citrus(n=100)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["citrus"], tmp_path, SHIPPED_SEED)
    assert (tmp_path / "citrus/citrus.csv").read_bytes() == (own_data() / "citrus/citrus.csv").read_bytes()
    assert load_citrus()["果実"].nunique() == 300

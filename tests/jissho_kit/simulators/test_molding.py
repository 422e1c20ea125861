"""F3: shots, lots and the logger's faults are planted as said, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_molding, schema
from jissho_kit.simulators import SHIPPED_SEED, make_molding, write
from jissho_kit.simulators.molding import CHANNELS, ODD_UNITS


@pytest.fixture(scope="module")
def draws():
    return [make_molding(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema_and_has_sixty_lots_of_a_hundred(draws):
    for table, truth in draws:
        schema("molding").check(table)
        assert len(table) == 6000 + truth.effects["duplicates"]
        assert table.drop_duplicates()["材料ロット"].value_counts().tolist() == [100] * 60


def test_the_same_seed_gives_the_same_bytes_as_the_shipped_file(tmp_path):
    write(["molding"], tmp_path, SHIPPED_SEED)
    made = (tmp_path / "molding" / "molding.csv").read_bytes()
    shipped = (schema_folder() / "molding.csv").read_bytes()
    assert made == shipped
    assert made.startswith(b"\xef\xbb\xbf")
    assert len(load_molding()) == made.count(b"\r\n") - 1


def schema_folder():
    from jissho.datasets import own_data

    return own_data() / "molding"


def test_rows_sent_twice_are_whole_and_follow_their_first(draws):
    for table, truth in draws:
        again = table.duplicated()
        assert again.sum() == truth.effects["duplicates"] > 0
        assert table["日時"].duplicated().sum() > again.sum()  # a clock that stood still is not a row sent twice


def test_one_channel_is_in_another_unit_for_some_whole_lots(draws):
    columns = set()
    for table, truth in draws:
        column = CHANNELS[int(truth.effects["odd_column"])]
        clean = table.drop_duplicates()
        odd = clean[column] > 5 * clean[column].median()
        assert odd.sum() == truth.effects["odd_rows"]
        assert clean.loc[odd, "材料ロット"].nunique() == 8
        put_right = clean[column].mask(odd, clean[column] / truth.effects["odd_factor"])
        assert put_right.max() < 2 * put_right.median()
        others = clean[[c for c in CHANNELS if c != column]]
        assert (others.max() < 2 * others.median()).all()
        columns.add(column)
    assert columns == set(ODD_UNITS)


def test_channels_are_missing_together_in_blocks(draws):
    for table, truth in draws:
        missing = table.drop_duplicates()[CHANNELS].isna()
        together = missing.all(axis=1)
        assert together.sum() == truth.effects["missing_rows"] >= 40
        assert (missing.any(axis=1) & ~together).sum() == (missing["計量時間"] & ~together).sum() > 0


def test_the_clock_is_slow_for_the_lots_of_one_day(draws):
    for table, _ in draws:
        night = table[~table["日時"].dt.hour.between(7, 19)].drop_duplicates()
        assert len(night) == 200
        assert night["材料ロット"].nunique() == 2


def test_rework_is_known_for_defects_and_a_few_parts_booked_as_good(draws):
    for table, truth in draws:
        clean = table.drop_duplicates()
        good = clean["不良種"] == "なし"
        assert (clean.loc[~good, "手直し時間_分"] > 0).all()
        assert (clean.loc[good, "手直し時間_分"] > 0).sum() == truth.effects["inconsistent"]
        assert 0.03 < (~good).mean() < 0.1


def test_lots_differ_far_more_than_chance_and_keep_their_levels(draws):
    strong = 0
    for table, _ in draws:
        clean = table.drop_duplicates()
        rates = (clean["不良種"] != "なし").groupby(clean["材料ロット"]).mean()
        chance = np.sqrt(rates.mean() * (1 - rates.mean()) / 100)
        weighing = clean.groupby("材料ロット")["計量時間"]
        strong += rates.std() / chance >= 3 and weighing.mean().std() / weighing.std().mean() >= 3
    assert strong >= 18


def test_mould_temperature_carries_over_from_shot_to_shot_within_a_lot(draws):
    for table, truth in draws:
        if CHANNELS[int(truth.effects["odd_column"])] == "金型温度":
            continue
        lots = table.drop_duplicates().groupby("材料ロット")["金型温度"]
        assert lots.apply(lambda values: values.autocorr()).mean() > 0.7


def test_each_cavity_is_tight_but_off_centre(draws):
    for table, truth in draws:
        sizes = table.groupby("キャビ")["寸法"]
        assert sizes.std().to_numpy() == pytest.approx(truth.effects["size_sd"], rel=0.1)
        assert (sizes.mean() - 10).to_numpy() == pytest.approx([0.02, -0.02], abs=0.001)


def test_lot_numbers_are_not_in_order_of_use(draws):
    for table, _ in draws:
        used = pd.Series(table["材料ロット"].unique())
        assert not used.is_monotonic_increasing
        assert used.corr(pd.Series(range(len(used)))) > 0.9


def test_the_mechanism_is_worth_knowing_but_cannot_know_the_lot(draws):
    for _, truth in draws:
        assert 0.6 < truth.best_score("roc_auc") < truth.effects["auc_knowing_lot"]


def test_a_generator_is_accepted_and_too_few_shots_are_refused():
    table, _ = make_molding(n=1050, random_state=np.random.default_rng(3))
    assert table["材料ロット"].nunique() == 11
    with pytest.raises(ValueError):
        make_molding(n=999)

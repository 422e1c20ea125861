"""A6: the planted truths of the packing house's slips, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_packinghouse, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_packinghouse, write
from jissho_kit.simulators.packinghouse import DISTRICTS


@pytest.fixture(scope="module")
def draws():
    return [make_packinghouse(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema(draws):
    for table, _ in draws:
        assert len(table) == 2100
        schema("packinghouse").check(table)


def test_rows_weight_price_and_loss_name_four_different_reasons(draws):
    tops = []
    for table, _ in draws:
        by = table["規格外理由"]
        tops.append(
            (
                by.value_counts().idxmax(),
                table.groupby(by)["重量"].sum().idxmax(),
                table.groupby(by)["損失単価"].mean().idxmax(),
                (table["重量"] * table["損失単価"]).groupby(by).sum().idxmax(),
            )
        )
    assert sum(top == ("着色不良", "傷", "異物", "腐敗") for top in tops) >= 18


def test_a_slip_adds_up(draws):
    table, _ = draws[0]
    slips = table.groupby(["日付", "園地"])
    assert (slips["検査個数"].nunique() == 1).all()
    assert (slips["個数"].sum() <= slips["検査個数"].first()).all()
    assert (table["個数"] > 0).equals(table["規格外理由"] != "なし")
    assert slips["規格外理由"].nunique().equals(slips.size())


def test_rot_is_planted_in_the_wet_district(draws):
    strong, ratios = 0, []
    for table, truth in draws:
        rot = table[table["規格外理由"] == "腐敗"].groupby("地区")["個数"].sum()
        looked = table.drop_duplicates(["日付", "園地"]).groupby("地区")["検査個数"].sum()
        wet = list(DISTRICTS)[truth.effects["wet_district"]]
        inside, outside = rot[wet] / looked[wet], rot.drop(wet).sum() / looked.drop(wet).sum()
        error = np.sqrt(inside / looked[wet] + outside / looked.drop(wet).sum())
        strong += (inside - outside) / error >= 3
        ratios.append(inside / outside)
    assert strong >= 18
    assert np.mean(ratios) == pytest.approx(draws[0][1].effects["wet_ratio"], rel=0.1)


def test_the_share_of_rot_is_the_planted_one(draws):
    shares = [
        table.loc[table["規格外理由"] == "腐敗", "個数"].sum()
        / table.drop_duplicates(["日付", "園地"])["検査個数"].sum()
        for table, _ in draws
    ]
    assert np.mean(shares) == pytest.approx(draws[0][1].effects["rot"], rel=0.05)


def test_blanks_are_few_and_only_in_the_weight(draws):
    for table, _ in draws:
        assert 0 < table["重量"].isna().sum() < 50
        assert table.drop(columns="重量").notna().all().all()


def test_best_score_is_above_what_the_mean_share_gives_and_below_what_nobody_can_know(draws):
    better = 0
    for table, truth in draws:
        slips = table.groupby(["日付", "園地"], sort=False)["検査個数"].first().iloc[:-1]
        rot = table["個数"].where(table["規格外理由"] == "腐敗", 0).groupby([table["日付"], table["園地"]]).sum()
        rot = rot.reindex(slips.index)
        naive = slips * rot.sum() / slips.sum()
        better += truth.best_score("r2") > 1 - ((rot - naive) ** 2).sum() / ((rot - rot.mean()) ** 2).sum()
        assert -truth.best_score("neg_mean_absolute_error") < (rot - naive).abs().mean()
        assert truth.best_score("r2") < 0.9
    assert better >= 18
    assert np.mean([truth.best_score("r2") for _, truth in draws]) > 0.65


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_packinghouse(n=200, random_state=3)
    by_generator, _ = make_packinghouse(n=200, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError):
        make_packinghouse(n=10)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["packinghouse"], tmp_path, SHIPPED_SEED)
    relative = "packinghouse/packinghouse.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert load_packinghouse()["園地"].nunique() == 60

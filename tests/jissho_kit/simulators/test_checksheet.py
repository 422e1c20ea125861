"""F6: the planted truths of the check sheets, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_checksheet, schema
from jissho_kit.simulators import SHIPPED_SEED, make_checksheet, write


@pytest.fixture(scope="module")
def draws():
    return [make_checksheet(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema(draws):
    for table, _ in draws:
        assert len(table) == 1500
        schema("checksheet").check(table)


def test_lines_pieces_price_and_loss_name_four_different_items(draws):
    tops = []
    for table, _ in draws:
        loss = table["件数"] * table["損失単価"]
        tops.append(
            (
                table["不良項目"].value_counts().idxmax(),
                table.groupby("不良項目")["件数"].sum().idxmax(),
                table.groupby("不良項目")["損失単価"].mean().idxmax(),
                loss.groupby(table["不良項目"]).sum().idxmax(),
            )
        )
    assert sum(top == ("汚れ", "キズ", "組付け違い", "寸法") for top in tops) >= 18


def test_the_worn_jig_shows_in_its_line_and_the_effect_is_strong(draws):
    strong = 0
    for table, truth in draws:
        lines = table.loc[table["不良項目"] == "寸法", "ライン"]
        share = (lines == "ABC"[truth.effects["worn_line"]]).mean()
        error = np.sqrt(share * (1 - share) / len(lines))
        strong += (share - 1 / 3) / error >= 3
    assert strong >= 18


def test_shares_agree_with_the_planted_share(draws):
    shares = [
        (table.loc[table["不良項目"] == "寸法", "ライン"] == "ABC"[truth.effects["worn_line"]]).mean()
        for table, truth in draws
    ]
    assert np.mean(shares) == pytest.approx(draws[0][1].effects["worn_line_share"], abs=0.03)


def test_blanks_are_few_and_only_in_the_count(draws):
    for table, _ in draws:
        assert 0 < table["件数"].isna().sum() < 40
        assert table.drop(columns="件数").notna().all().all()


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_checksheet(n=200, random_state=3)
    by_generator, _ = make_checksheet(n=200, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError):
        make_checksheet(n=10)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["checksheet"], tmp_path, SHIPPED_SEED)
    from jissho.datasets import own_data

    relative = "checksheet/checksheet.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert load_checksheet()["不良項目"].nunique() == 14

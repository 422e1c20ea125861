"""F6: the planted truths of the check sheets, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from jissho.datasets import load_checksheet, schema
from jissho_kit.simulators import SHIPPED_SEED, make_checksheet, write
from jissho_kit.simulators.checksheet import ITEMS, _expected


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


def test_best_score_is_that_of_knowing_line_shift_and_wear(draws):
    """It beats knowing only which line is worn, and even it sees little of what a single day loses."""
    gains = []
    for table, truth in draws:
        whole = table[table["日付"] < table["日付"].max()]
        days = whole["日付"].unique()
        sheets = pd.MultiIndex.from_product([days, list("ABC"), list("昼夜")])
        noted = sheets.isin(whole[whole["不良項目"] == "寸法"].set_index(["日付", "ライン", "直"]).index)
        worn = sheets.get_level_values(1) == "ABC"[truth.effects["worn_line"]]
        gains.append(truth.best_score("roc_auc") - roc_auc_score(noted, worn))
        assert truth.best_score("average_precision") > 1.5 * noted.mean()
    assert np.mean(gains) / (np.std(gains, ddof=1) / len(gains) ** 0.5) >= 3
    r2 = [truth.best_score("r2") for _, truth in draws]
    assert 0.1 < np.mean(r2) < 0.4


def test_expected_loss_is_what_is_lost_on_average(draws):
    ratios = []
    for table, truth in draws:
        worn, rough = ("ABC"[truth.effects[f"{kind}_line"]] for kind in ("worn", "rough"))
        whole = table[table["日付"] < table["日付"].max()]
        lost = (whole["件数"] * whole["損失単価"]).sum() / (1 - whole["件数"].isna().mean())
        days = whole["日付"].nunique()
        period = int(np.ceil(1500 / (6 * sum(chance for chance, _, _ in ITEMS.values())) * 1.3)) + 5
        known = sum(loss for day in range(days) for *_, loss in _expected(day / period, worn, rough))
        ratios.append(lost / known)
    assert np.mean(ratios) == pytest.approx(1, abs=0.04)


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

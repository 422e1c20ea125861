"""F4: the mechanism behind the IC inspection table, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_ic_inspection, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, SIMULATORS, make_ic_inspection, write
from jissho_kit.simulators.__main__ import main


@pytest.fixture(scope="module")
def draws():
    return [make_ic_inspection(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema(draws):
    for table, _ in draws[:5]:
        assert len(table) == 20_000
        schema("ic_inspection").check(table)


def test_defects_are_rare_and_their_number_varies_with_the_draw(draws):
    counts = [int(table["不良"].sum()) for table, _ in draws]
    assert min(counts) >= 50 and max(counts) <= 140
    assert len(set(counts)) > 10
    assert np.mean(counts) / 20_000 == pytest.approx(draws[0][1].effects["defect_share"], rel=0.08)


def test_the_score_is_calibrated_where_it_says_sound_doubtful_and_certain(draws):
    table = pd.concat(table for table, _ in draws)
    for low, high in [(0, 0.001), (0.001, 0.02), (0.02, 0.1), (0.5, 1)]:
        group = table[table["不良らしさ"].between(low, high)]
        error = np.sqrt(group["不良らしさ"].mean() / len(group))
        assert abs(group["不良"].mean() - group["不良らしさ"].mean()) < 4 * error


def test_worse_looking_bonds_and_fuller_voids_are_worse_and_the_effect_is_strong(draws):
    for name, sign in {"ボンド画像スコア": -1, "ワイヤプル強度": -1, "樹脂未充填スコア": 1}.items():
        strong = 0
        for table, _ in draws:
            bad, good = (table.loc[table["不良"] == state, name].dropna() for state in (1, 0))
            strong += sign * (bad.mean() - good.mean()) / np.sqrt(bad.var() / len(bad) + good.var() / len(good)) >= 3
        assert strong >= 18, name


def test_lots_share_a_cause(draws):
    strong = 0
    for table, _ in draws:
        lots = table.groupby("ロット")[["不良らしさ", "不良"]].mean()
        risky = lots["不良らしさ"].rank(ascending=False) <= 20
        worst, rest = lots.loc[risky, "不良"].mean(), lots.loc[~risky, "不良"].mean()
        error = np.sqrt(worst * (1 - worst) / 4_000 + rest * (1 - rest) / 16_000)
        strong += (worst - rest) / error >= 3
    assert strong >= 18


def test_the_machine_is_as_good_as_its_cameras_allow(draws):
    assert all(0.88 < truth.best_score("roc_auc") < 0.97 for _, truth in draws)


def test_people_find_some_defects_stop_some_good_ones_and_claims_are_escapes(draws):
    table = pd.concat(table for table, _ in draws)
    both = table.dropna(subset=["検査員A", "検査員B"])
    assert 0 < len(both) < len(table) / 4
    assert table[["検査員A", "検査員B"]].notna().any(axis=1).all()
    assert (table.loc[table["流出クレーム"] == 1, "不良"] == 1).all()
    stopped = (table[["検査員A", "検査員B"]] == "不良").any(axis=1)
    assert not (stopped & (table["流出クレーム"] == 1)).any()
    assert stopped[table["不良"] == 1].mean() > 10 * stopped[table["不良"] == 0].mean() > 0


def test_the_logger_loses_both_cameras_at_once_in_blocks_and_drops_single_readings(draws):
    for table, _ in draws:
        lost = table[["ボンド画像スコア", "樹脂未充填スコア"]].isna()
        assert (lost.iloc[:, 0] == lost.iloc[:, 1]).all()
        starts = (lost.iloc[:, 0].astype(int).diff() == 1).sum()
        assert lost.iloc[:, 0].sum() >= 20 and starts <= 4
        assert 0 < (table["ワイヤプル強度"] == 0).sum() < 50
        assert table["不良らしさ"].notna().all()


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_ic_inspection(n=2_000, random_state=3)
    by_generator, _ = make_ic_inspection(n=2_000, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError):
        make_ic_inspection(n=100)


def test_shipped_file_is_what_the_simulator_writes_and_small(tmp_path):
    write(["ic_inspection"], tmp_path, SHIPPED_SEED)
    relative = "ic_inspection/ic_inspection.csv"
    assert (tmp_path / relative).read_bytes() == (own_data() / relative).read_bytes()
    assert (own_data() / relative).stat().st_size < 1_500_000
    assert len(load_ic_inspection()) == 20_000


def test_the_command_writes_the_named_file_and_refuses_an_unknown_one(tmp_path, monkeypatch, capsys):
    written = []
    monkeypatch.setattr(
        "jissho_kit.simulators.__main__.write", lambda names, folder, seed: written.append((names, seed))
    )
    assert main(["ic_inspection"]) == 0
    assert written == [(["ic_inspection"], SHIPPED_SEED)]
    assert main([]) == 0 and len(written) == 1 + len(SIMULATORS)
    assert main(["nosuch"]) == 2
    assert "ic_inspection" in capsys.readouterr().err

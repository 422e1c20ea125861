"""A4: the planted truths of the tea gardens, over 20 seeds."""

import numpy as np
import pandas as pd
import pytest

from jissho.datasets import load_tea, own_data, schema
from jissho_kit.simulators import SHIPPED_SEED, make_tea, write


@pytest.fixture(scope="module")
def draws():
    return [make_tea(random_state=seed) for seed in range(20)]


def test_every_draw_fits_the_schema_and_has_every_spring(draws):
    for table, _ in draws:
        assert len(table) == 10_600
        schema("tea").check(table)
        works = table.groupby(["年", "園"])["作業"].apply(lambda w: list(w.dropna()))
        covered = table.groupby(["年", "園"])["被覆"].first() == "有"
        assert all(
            w == (["萌芽", "被覆開始", "摘採"] if c else ["萌芽", "摘採"]) for w, c in zip(works, covered, strict=True)
        )


def test_gardens_share_their_weather(draws):
    for table, _ in draws:
        by_garden = table.pivot(index="日付", columns="園", values="平均気温")
        stray = by_garden - by_garden.rolling(31, center=True, min_periods=5).mean()
        assert stray.corr().min().min() > 0.9
        assert 0.3 < stray["一番園"].autocorr() < 0.9


def test_the_sum_at_sprouting_is_the_planted_one(draws):
    means = []
    for table, _ in draws:
        whole = table[table["日付"].dt.strftime("%m-%d") >= "03-10"]
        lost = whole["平均気温"].isna().groupby([whole["年"], whole["園"]]).transform("any")
        sums = whole["平均気温"].clip(lower=0).groupby([whole["年"], whole["園"]]).cumsum()
        means.append(sums[(whole["作業"] == "萌芽") & ~lost].mean())
    # The bud is seen on the day that completes the sum: half a day's warmth beyond it.
    assert np.mean(means) == pytest.approx(draws[0][1].effects["here"] + 6, abs=4)


def test_covered_gardens_are_plucked_later(draws):
    for table, truth in draws:
        days = table[table["作業"].notna()].assign(日=lambda t: t["日付"].dt.day_of_year)
        dates = days.pivot_table(index=["年", "園", "被覆"], columns="作業", values="日")
        growing = (dates["摘採"] - dates["萌芽"]).groupby("被覆")
        error = np.sqrt((growing.var() / growing.size()).sum())
        later = growing.mean()["有"] - growing.mean()["無"]
        assert later / error >= 3
        assert later == pytest.approx(truth.effects["cover_delay"], abs=1.5)


def test_missing_days_come_in_runs(draws):
    for table, _ in draws:
        lost = table["平均気温"].isna()
        assert 0.002 < lost.mean() < 0.06
        assert lost.sum() / (lost & ~lost.shift(fill_value=False)).sum() >= 3


def test_best_score_is_about_a_day(draws):
    assert all(0.5 < truth.best_score("mae") < 1.3 for _, truth in draws)


def test_a_generator_and_its_seed_draw_the_same():
    by_seed, _ = make_tea(n=2120, random_state=3)
    by_generator, _ = make_tea(n=2120, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(by_seed, by_generator)


@pytest.mark.parametrize("n", [100, 200_000])
def test_too_few_and_too_many_rows_are_refused(n):
    with pytest.raises(ValueError):
        make_tea(n=n)


def test_shipped_file_is_what_the_simulator_writes(tmp_path):
    write(["tea"], tmp_path, SHIPPED_SEED)
    assert (tmp_path / "tea/tea.csv").read_bytes() == (own_data() / "tea/tea.csv").read_bytes()
    assert load_tea()["年"].nunique() == 20

"""A1: tables at 6:00 hold nothing later, and each misconception gives its own wrong number."""

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import demonstrate, draw_tables, result, shipped_tables
from jissho_kit.truths.strawberry import MORNING, days_at_6

tables = lru_cache(maxsize=2)(draw_tables)


@pytest.mark.seeds(20)
def test_each_misconception_gives_its_own_wrong_number(seed):
    data = tables(seed)
    shown = {id: demonstrate(id, data=data) for id in ("M07", "M15", "M21", "M22", "M24", "M27")}

    day = shown["M07"]
    assert day.wrong["r2"] > day.right["r2"] + 0.08
    assert day.wrong["mae"] < day.right["mae"]
    assert day.right["r2"] < 0.25

    houses = shown["M22"]
    assert houses.wrong["r2"] > 0.85 > 0.3 > houses.right["r2"]
    assert abs(houses.wrong["r2"] - houses.right["r2_house_mean"]) < 0.04
    assert houses.right["r2"] == day.right["r2"]  # one figure for one forecast

    piles = shown["M15"]
    assert piles.wrong["r"] > 0.95
    assert abs(piles.right["r"]) < 0.4
    assert 0.25 < piles.wrong["share_flat"] < piles.wrong["share_rising"] < 0.9

    next_reading = shown["M21"]
    assert next_reading.wrong["r2"] > 0.985
    assert next_reading.wrong["r2"] - next_reading.right["r2_now"] < 0.01
    assert 0 < next_reading.right["skill_line"] < 0.6
    assert next_reading.right["skill"] < 0.6

    missing = shown["M24"]
    assert missing.right["mould"] > 1.8 * missing.wrong["mould"]
    assert missing.right["mould_when_missing"] > 6 * missing.wrong["mould"]
    assert missing.right["humidity"] - missing.wrong["humidity"] > 8
    assert missing.right["auc"] - missing.wrong["auc"] > 0.1

    alike = shown["M27"]
    assert alike.wrong["n"] == 1440
    assert alike.wrong["n"] / alike.right["n"] > 15
    assert alike.right["se"] / alike.wrong["se"] == pytest.approx(np.sqrt(1440 / alike.right["n"]))
    assert 0.4 < alike.right["se"] / alike.right["se_by_day"] < 2.5


def test_effects_are_three_times_their_scatter_between_draws():
    def gaps(seed):
        data = draw_tables(seed)
        day, missing = demonstrate("M07", data=data), demonstrate("M24", data=data)
        return day.wrong["r2"] - day.right["r2"], missing.right["auc"] - missing.wrong["auc"]

    found = np.array([gaps(seed) for seed in (1, 4, 7)])
    assert (found.mean(axis=0) / (found.std(axis=0, ddof=1) / np.sqrt(3)) >= 3).all()


def test_what_is_known_at_6_does_not_change_with_what_comes_later():
    log = shipped_tables()["strawberry"]
    house = log[(log["棟"] == "B") & (log["日時"] < "2016-02-01")]
    now = pd.Timestamp(2016, 1, 20, 6)
    later = house.copy()
    after = later["日時"] > now
    later.loc[after, ["室温", "湿度", "CO2", "日射", "地温"]] += 1
    later.loc[after, ["出荷kg", "秀品kg"]] *= 2
    known, of_the_day = [*MORNING, "昨日の出荷kg"], ["日平均の室温", "日平均の日射"]
    one, two = (days_at_6(t).set_index("日付").loc[now.normalize()] for t in (house, later))
    pd.testing.assert_series_equal(one[known], two[known])
    assert (one[of_the_day] < two[of_the_day]).all()


def test_days_at_6_by_hand():
    times = pd.to_datetime(
        ["2016-01-01 00:00", "2016-01-01 06:00", "2016-01-01 18:00", "2016-01-02 06:00", "2016-01-02 18:00"]
    )
    log = pd.DataFrame(
        {"日時": times, "棟": "A", "間隔_分": 180, "室温": [6.0, 8.0, 16.0, 9.0, 11.0], "湿度": [90, 95, 70, np.nan, 80.0],
         "CO2": [600, 0.0, 400, 500, 400], "日射": [0, 0, 90.0, 0, 30], "地温": 12.0, "出荷kg": [np.nan, np.nan, 5, np.nan, 7],
         "秀品kg": [np.nan, np.nan, 4, np.nan, 6], "重油L": [np.nan, np.nan, 3, np.nan, 2],
         "灰色かび": [np.nan, np.nan, 0, np.nan, 1]}
    )  # fmt: skip
    log = pd.concat([log, log.iloc[2:3]])
    first, second = (row for _, row in days_at_6(log).iterrows())
    assert (first["日平均の室温"], first["朝6時の室温"], first["出荷kg"]) == (10, 8, 5)
    assert np.isnan(first["朝6時のCO2"])  # 0 is a dropped reading
    assert (first["湿度計の欠測"], second["湿度計の欠測"]) == (0, 1)
    assert (second["昨日の室温"], second["昨日の日射"], second["昨日の出荷kg"], second["作"]) == (10, 30, 5, 2015)


def test_named_results_agree_with_the_table_and_each_other():
    data = shipped_tables()
    log = data["strawberry"]
    assert result("strawberry.rows", data) == len(log)
    assert result("strawberry.houses", data) == 4
    assert result("strawberry.seasons", data) == 3
    assert result("strawberry.house_days", data) == 1800
    assert result("strawberry.rows_fine", data) == 5760
    assert result("strawberry.mould_share", data) == pytest.approx(result("strawberry.mould_days", data) / 1800)
    assert result("strawberry.harvest_largest", data) > 5 * result("strawberry.harvest_smallest", data)
    normal, year_ago, yesterday, morning = (
        result(f"strawberry.mae_{name}", data) for name in ("normal", "last_year", "yesterday", "house_mean")
    )
    assert normal < min(year_ago, yesterday)
    assert result("strawberry.mae", data) < 1.05 * morning


def test_m23_by_hand():
    shown = demonstrate("M23", data={})
    assert shown.right["a"] == pytest.approx(0.2)
    assert shown.right["b"] == pytest.approx(3.2)
    assert shown.wrong["a"] == pytest.approx(0.4)
    assert shown.wrong["b"] == pytest.approx(0.15, abs=0.001)
    assert (shown.right["better"], shown.wrong["better"]) == ("A", "B")
    assert shown.right["yen_b"] / shown.right["yen_a"] == pytest.approx(16)

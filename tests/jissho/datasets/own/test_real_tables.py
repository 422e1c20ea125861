"""Every real public table beside the checkout: right shape, nothing to mend, and equal to what pandas reads."""

from pathlib import Path

import pandas as pd
import pandas.testing as pdt
import pytest

from jissho.datasets import read_own_table

FOLDER = Path(__file__).parents[5] / "shared" / "real-data"
SHAPES = {
    "ai4i2020": (10_000, 14),
    "bovheat_activity_2h_farmA_2019": (28_523, 11),
    "bovheat_heats_detected_reference": (139, 15),
    "conveyor_belt": (25_200, 6),
    "eden.tea.uniformity": (144, 4),
    "lasrosas.corn": (3_443, 9),
    "nab_machine_temperature": (22_695, 3),
    "nagai.strawberry.uniformity": (432, 3),
    "nass.rice": (662, 4),
    "senshu.rice": (40, 7),
    "stamping_press_tsid": (39, 6),
    "steel_plates_faults": (1_941, 34),
    "tokyo_daily_2013_2023": (3_652, 31),
}
DAYS = {"Date", "Effective Breeding Date", "calving_date", "start_dt_heat", "stop_dt_heat", "max_dt_heat", "timestamp"}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="公開データの置き場がありません")
@pytest.mark.parametrize("name", SHAPES)
def test_a_clean_public_table_is_what_pandas_reads_with_its_days_as_days(name):
    path = FOLDER / f"{name}.csv"
    table, mendings = read_own_table(path)
    expected = pd.read_csv(path)
    for column in DAYS & set(expected.columns):
        expected[column] = pd.to_datetime(expected[column]).astype("datetime64[us]")
    if "Time" in expected:
        clock = pd.to_datetime(expected["Time"], format="%I:%M %p")
        expected["Time"] = (clock - clock.dt.normalize()).astype("timedelta64[us]")
    assert table.shape == SHAPES[name] and mendings == []
    pdt.assert_frame_equal(table, expected)

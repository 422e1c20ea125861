"""The picture of a dataset: which columns it shows, and that nothing is hidden or said wrongly."""

import warnings

import numpy as np
import pandas as pd
import pytest

from jissho import datasets
from jissho.datasets import Column, Schema
from jissho.errors import UsageError
from jissho.teach.charts import FOOTER
from jissho_kit.simulators import charts


def schema(*columns):
    return Schema("試し", "試しの表", columns)


def column(name, dtype="float", unit="", **more):
    return Column(name, dtype, more.pop("description", "試し"), unit, **more)


def notes(shape, table, place=0):
    """The words of one panel of the picture."""
    return [text.get_text() for text in charts.overview(shape, table).axes[place].texts]


ROWS = 200
DRAW = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("one", "values", "kind"),
    [
        (column("番号", "int", unique=True), range(ROWS), None),
        (column("ロット", "int"), np.arange(ROWS) // 20, None),
        (column("名前", "str"), [f"T{i % 40}" for i in range(ROWS)], None),
        (column("空"), [np.nan] * ROWS, None),
        (column("班", "str"), ["A", "B"] * (ROWS // 2), "categories"),
        (column("不良", "int", allowed=(0, 1)), [0, 1] * (ROWS // 2), "shares"),
        (column("かび", unit="1か0", allowed=(0, 1)), [0.0, np.nan] * (ROWS // 2), "shares"),
        (column("回", "int", "回"), [1, 2, 3, 4] * (ROWS // 4), "levels"),
        (column("温度", unit="℃", decimals=1), DRAW.normal(size=ROWS).round(1), "numbers"),
        (column("稼働日", "int", "日目"), np.arange(ROWS) // 10, "days"),
        (column("日時", "datetime"), pd.date_range("2024-04-01", periods=ROWS), "times"),
    ],
)
def test_a_column_is_drawn_by_what_it_holds(one, values, kind):
    panels = charts.key_panels(schema(one), pd.DataFrame({one.name: values}))
    assert [panel.kind for panel in panels] == ([kind] if kind else [])


def test_columns_that_are_one_curve_and_flags_share_a_panel():
    waves = [column(f"波長{at}", unit="吸光度", description=f"{at} nm の吸光度") for at in range(700, 760, 10)]
    flags = [column(name, "int", allowed=(0, 1)) for name in ("警報", "不良")]
    shape = schema(*waves, *flags)
    table = pd.DataFrame({c.name: np.tile([0, 1], ROWS // 2) for c in shape.columns})
    profile, shares = charts.key_panels(shape, table)
    assert profile.title == "波長ごとの吸光度" and profile.columns == tuple(waves)
    assert shares.columns == tuple(flags)
    assert charts.overview(shape, table).axes[0].get_xlabel() == "nm"


def test_of_too_many_panels_the_time_gives_way_and_the_picture_says_what_is_not_shown():
    columns = [column("日時", "datetime"), *(column(f"測定{letter}", unit="mm") for letter in "ABCDEFGHIJKLM")]
    table = pd.DataFrame({c.name: DRAW.normal(size=ROWS) for c in columns[1:]})
    table.insert(0, "日時", pd.date_range("2024-04-01", periods=ROWS))
    shown = [panel.title for panel in charts.key_panels(schema(*columns), table)]
    assert shown == [c.name for c in columns[1:13]]
    assert [panel.title for panel in charts.key_panels(schema(*columns[:3]), table)][0] == "日時"
    words = [text.get_text() for text in charts.overview(schema(*columns), table).texts]
    assert "図のない列: 日時、測定M" in words and FOOTER in words


def test_missing_values_and_glitches_are_told():
    values = np.r_[DRAW.normal(60, 1, ROWS - 11).round(1), [999.0], [np.nan] * 10]
    shape = schema(column("温度", unit="℃", decimals=1))
    (told,) = notes(shape, pd.DataFrame({"温度": values}))
    assert "℃" in told and "空欄 10行（5.0%）、図の外 1行" in told


def test_bars_count_every_value_within_the_picture():
    shape = schema(column("温度", unit="℃", decimals=1))
    axes = charts.overview(shape, pd.DataFrame({"温度": DRAW.normal(60, 1, ROWS).round(1)})).axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == ROWS


def test_a_value_that_most_rows_have_is_told_and_not_drawn():
    values = np.r_[np.zeros(150), DRAW.uniform(5, 10, 50).round(1)]
    shape, table = schema(column("手直し", unit="分", decimals=1)), pd.DataFrame({"手直し": values})
    assert notes(shape, table) == ["75.0%が0.0（図はその他）"]
    assert sum(bar.get_height() for bar in charts.overview(shape, table).axes[0].patches) == 50


def test_values_over_many_powers_of_ten_get_a_logarithmic_axis():
    values = np.r_[np.linspace(0.0002, 0.0009, 150), np.linspace(0.1, 0.9, 50)].round(5)
    axes = charts.overview(schema(column("点", decimals=5)), pd.DataFrame({"点": values})).axes[0]
    assert axes.get_xscale() == "log" and sum(bar.get_height() for bar in axes.patches) == ROWS


def test_kinds_beyond_a_panel_are_put_together_and_sum_to_all():
    kinds = [letter for rank, letter in enumerate("ABCDEFGHIJ") for _ in range(20 - rank)]
    axes = charts.overview(schema(column("種類", "str")), pd.DataFrame({"種類": kinds})).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [*"ABCDEFG", "ほか3種類"]
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(100)


@pytest.mark.parametrize("days", [10, 100, 500, 2000, 8000])
def test_counts_over_time_lose_no_row(days):
    times = pd.date_range("2010-01-01", periods=days)
    axes = charts.overview(schema(column("日時", "datetime")), pd.DataFrame({"日時": times})).axes[0]
    (steps,) = axes.patches
    assert steps.get_data().values.sum() == days and 2 <= len(axes.get_xticks()) <= 4


def test_a_table_of_a_few_rows_is_drawn_row_by_row():
    shape = schema(column("案件番号", "str", unique=True), column("費用", "int", "円"))
    axes = charts.overview(shape, pd.DataFrame({"案件番号": ["F1", "A1"], "費用": [12_000_000, 900]})).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["F1", "A1"]
    assert "12,000,000" in [text.get_text() for text in axes.texts]


@pytest.mark.seeds(14)
def test_every_dataset_is_drawn_without_a_warning_and_the_same_again(seed, tmp_path):
    name = datasets.names()[seed]
    table = datasets.load(name, datasets.own_data())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = charts.draw(datasets.schema(name), table, tmp_path / "図" / "a.png")
    again = charts.draw(datasets.schema(name), table, tmp_path / "図" / "b.png")
    assert one.read_bytes() == again.read_bytes()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "図").write_text("ファイル")
    with pytest.raises(UsageError, match="図を書き込めません"):
        charts.draw(schema(column("費用")), pd.DataFrame({"費用": [1.0]}), tmp_path / "図" / "a.png")

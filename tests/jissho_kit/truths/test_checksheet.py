"""F6: named results are exact on a sheet small enough to check by hand, and wrong solutions differ."""

import numpy as np
import pandas as pd
import pytest

from jissho_kit.truths import FUNCTIONS, draw_tables, result

SHEET = pd.DataFrame(
    {
        "日付": pd.to_datetime(["2018-04-02"] * 6),
        "ライン": ["A", "A", "B", "B", "C", "C"],
        "不良項目": ["汚れ", "汚れ", "汚れ", "キズ", "寸法", "寸法"],
        "件数": [1.0, 1.0, np.nan, 9.0, 2.0, 1.0],
        "損失単価": [10, 10, 10, 20, 900, 1000],
    }
)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("rows", 6),
        ("blanks", 1),
        ("top_rows", "汚れ"),
        ("top_rows_count", 2),
        ("top_count", "キズ"),
        ("top_count_count", 9),
        ("top_count_loss", 180),
        ("top_loss", "寸法"),
        ("top_loss_yen", 2800),
        ("top_loss_price_sum", 1900),
        ("top_loss_mean_price", 2850),
        ("total_loss", 3000),
        ("loss_80", 1),
        ("count_80", 2),
        ("line_of_top_loss", "C"),
        ("line_of_most_count", "B"),
        ("line_other", "A"),
        ("break_even", 180 / 2800),
    ],
)
def test_results_are_exact(name, expected):
    assert result(f"checksheet.{name}", {"checksheet": SHEET}) == (
        pytest.approx(expected) if isinstance(expected, float) else expected
    )


def test_every_wrong_pareto_differs_from_the_right_one_on_every_hidden_sheet():
    data = draw_tables(5)
    inputs = FUNCTIONS["small_checksheets"](data, np.random.default_rng(5))
    for (sheet,) in inputs:
        right = FUNCTIONS["pareto_by_loss"](sheet)
        assert right.iloc[-1] == pytest.approx(1)
        assert right.is_monotonic_increasing
        for name in ("pareto_by_count", "pareto_unsorted", "pareto_ascending", "pareto_without_cumulation"):
            wrong = FUNCTIONS[name](sheet)
            assert not (list(wrong.index) == list(right.index) and np.allclose(wrong, right)), name

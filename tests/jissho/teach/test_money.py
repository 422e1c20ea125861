import math

from jissho.teach import man_yen, percent, yen


def test_yen():
    assert [yen(1_234_000), yen(0.5), yen(-3), yen(math.nan)] == ["1,234,000円", "1円", "-3円", "—"]


def test_man_yen_keeps_a_decimal_only_for_small_amounts():
    assert [man_yen(x) for x in (1_230_000, 12_300, 20_000, -4_500_000, 123_456_789)] == [
        "123万円", "1.2万円", "2万円", "-450万円", "12,346万円",
    ]  # fmt: skip


def test_percent_rounds_halves_up():
    assert [percent(0.9955), percent(0.9955, 2), percent(1, 0), percent(-0.0001, 1)] == [
        "99.6%",
        "99.55%",
        "100%",
        "0.0%",
    ]


def test_numpy_numbers_are_numbers():
    import numpy as np

    assert yen(np.int64(1000)) == "1,000円" and percent(np.float64(0.5)) == "50.0%"

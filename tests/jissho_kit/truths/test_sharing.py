"""The shared sorting house: the pool by hand, and on fresh draws that buying together is what pays."""

import pytest

from jissho_kit.truths import draw_tables, result


def test_an_even_split_of_the_pool_leaves_money_by_hand():
    costs = {"cost_a": 12_000_000, "cost_b": 15_000_000, "cost_c": 21_000_000}
    found = {
        name: result(f"pool.{name}", {}, costs) for name in ("c", "equal_c", "ceiling_c", "total", "lost", "limit")
    }
    assert found == {
        "c": 14_000_000,  # two thirds of 21 million; the cap would be 16
        "equal_c": 12_000_000,
        "ceiling_c": 16_000_000,
        "total": 32_000_000,
        "lost": 2_000_000,
        "limit": 36_000_000,
    }


def test_members_below_their_cap_receive_the_rate_and_nothing_of_the_pool():
    pair = {"members": 2, "cost": 9_000_000}
    assert result("alike.paid", {}, pair) == 12_000_000
    assert (result("alike.limit", {}, pair), result("alike.with_pool", {}, pair)) == (24_000_000, 16_000_000)


@pytest.mark.seeds(20)
def test_only_the_three_together_gain_much(seed):
    tables = draw_tables(seed)
    together, largest = result("sharing.all", tables), result("sharing.c", tables)
    assert together > 5_000_000 and largest < -5_000_000
    assert together == pytest.approx(result("cases.A3_npv", tables))
    assert result("sharing.bc", tables) < together / 2

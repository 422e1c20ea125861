"""Items' keys by the rule engine are the worked examples', and the wrong answers are theirs."""

import pytest

from jissho_kit.truths import demonstrate, result

MAN = 10_000


def of(group, **params):
    return lambda name: result(f"{group}.{name}", {}, params)


@pytest.mark.parametrize(
    ("tax", "pay", "credit", "rate_only", "old_cap"),
    [
        (2000, 0.02, 180, 180, 300),
        (1000, 0.02, 150, 180, 150),
        (1000, 0.03, 200, 300, 150),
        (2000, 0.03, 300, 300, 300),
    ],
)
def test_tax_credit(tax, pay, credit, rate_only, old_cap):
    found = of("ci_tax", investment=6000 * MAN, corporate_tax=tax * MAN, pay_growth=pay)
    assert [found(name) for name in ("credit", "rate_only", "old_cap")] == [
        v * MAN for v in (credit, rate_only, old_cap)
    ]


def test_depreciation_is_put_off_and_turns_at_little_tax():
    rich = of("ci_tax", investment=6000 * MAN, corporate_tax=2000 * MAN, pay_growth=0.02)
    assert (rich("depreciation"), rich("first_year")) == (1800 * MAN, 4_176_000)
    assert rich("npv_depreciation") == pytest.approx(41.6 * MAN, abs=500) and rich("better") == "税額控除"
    assert of("ci_tax", investment=6000 * MAN, corporate_tax=200 * MAN, pay_growth=0.02)("better") == "特別償却"


def test_both_hands_agree():
    """The engine's figures and those of the demonstrations, which do not use it."""
    for tax in (500, 1000, 2000):
        params = {"investment": 6000.0 * MAN, "corporate_tax": float(tax * MAN)}
        engine, other = of("ci_tax", **params, pay_growth=0.03), demonstrate("M41", data={}, params=params)
        assert (
            engine("credit") == other.right["credit_raise"] and engine("rate_only") == other.wrong["credit_raise_rate"]
        )
        assert engine("old_cap") == min(other.wrong["credit_raise_old_cap"], engine("rate_only"))


@pytest.mark.parametrize(
    ("cost", "amount", "half"),
    [(300_000, 150_000, 150_000), (299_999, 0, 149_999), (600_000, 300_000, 300_000), (1_500_000, 500_000, 750_000)],
)
def test_it_subsidy(cost, amount, half):
    found = of("it_subsidy", cost=float(cost))
    assert (found("amount"), found("half")) == (amount, half)


def test_consortium():
    three = of("consortium", members=3.0)
    names = ("limit", "without_pool", "pool_once", "one_cap")
    assert [three(name) // MAN for name in names] == [3600, 3000, 3200, 1600]


def test_payback():
    found = of("payback", initial=12e6, effect=6e6, running=1.8e6)
    values = [found(name) for name in ("simple", "running", "years", "lump")]
    assert values == pytest.approx([2.0, 12 / 4.2, 4 + 0.6 / 4.2, 3.5])

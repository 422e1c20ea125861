"""The knob by prices alone: figures worked out by hand."""

from jissho_kit.truths import result

WORDS = {"knob.line": "0.01くらい", "knob.turned": "0.99くらい"}


def test_the_line_by_two_prices():
    found = {name: result(name, {}, {"miss": 20_000.0, "false": 200.0}) for name in WORDS}
    assert found == WORDS  # 200 / 20,200


def test_the_cheapest_setting_is_not_the_one_with_the_fewest_errors():
    # 24 × 3 + 60 × 0.06 = 75.6万円, 10 × 3 + 300 × 0.06 = 48.0万円, 45 × 3 + 12 × 0.06 = 135.7万円
    assert result("knob.cheapest", {}, {}) == "鳴りやすい設定"
    assert result("knob.fewest_errors", {}, {}) == "鳴りにくい設定"
    assert result("knob.cheapest", {}, {"false": 20_000.0}) == "鳴りにくい設定"

"""Named results of the investment cards."""

import pytest

from jissho_kit.simulators import make_cases
from jissho_kit.truths import RESULTS, result


@pytest.fixture(scope="module")
def draws():
    return [{"cases": make_cases(random_state=seed)[0]} for seed in range(20)]


def test_three_ai_two_trials_two_jigs_one_passed_over(draws):
    for tables in draws:
        kinds = [result(f"cases.{kind}", tables) for kind in ("n", "ai", "try", "jig", "pass")]
        assert kinds == [8, 3, 2, 2, 1]
        assert result("cases.F4_decision", tables) == "見送り"


def test_running_cost_and_ramp_up_take_from_every_card_what_the_slide_promised(draws):
    for tables in draws:
        found = RESULTS["cases"](tables)
        for number in tables["cases"]["案件番号"]:
            of = {name.removeprefix(f"{number}_"): found[name] for name in found if name.startswith(f"{number}_")}
            assert of["payback_simple"] < of["payback_running"] < of["payback"]
            assert of["npv_simple"] > of["npv_running"] > of["npv"]
            assert of["effect"] < of["loss"] * of["recall"]


def test_results_agree_with_the_truth_of_the_draw():
    table, truth = make_cases(random_state=7)
    found = RESULTS["cases"]({"cases": table})
    assert found["npv"] == pytest.approx(truth.best_score("npv"))
    for number in table["案件番号"]:
        assert found[f"{number}_npv"] == pytest.approx(truth.effects[f"npv_ai_{number}"])
        assert found[f"{number}_npv_alternative"] == pytest.approx(truth.effects[f"npv_alternative_{number}"])


def test_the_sorter_pays_for_three_and_not_for_one(draws):
    for tables in draws:
        found = RESULTS["cases"](tables)
        assert found["A3_npv"] > 0.1 * found["A3_initial"] and found["A3_npv_alone"] < -0.5 * found["A3_initial"]
        assert "F1_npv_alone" not in found


def test_a_promise_without_records_is_worth_less_than_it_says(draws):
    for tables in draws:
        found = RESULTS["cases"](tables)
        for number in tables["cases"]["案件番号"]:
            assert found[f"{number}_recall_vouched"] < found[f"{number}_recall"]
            enough = found[f"{number}_events"] >= found[f"{number}_events_needed"]
            assert enough == (found[f"{number}_npv_vouched"] >= 0)

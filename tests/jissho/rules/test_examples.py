"""The worked examples of the curriculum, one row each (``examples.yml``); those that compare 償却 with 控除 below."""

from pathlib import Path

import pytest
import yaml

from jissho.rules import compare_tax, judge

ROWS = yaml.safe_load(Path(__file__).with_name("examples.yml").read_text(encoding="utf-8"))
MAN = 10_000
PROGRAMS = {
    "ci": "ci_tax",
    "it": "it_subsidy",
    "general": "mono_general",
    "small": "mono_small",
    "consortium": "mono_consortium",
}
COMPARED = {12, 13, 14}


def case_of(row, cases):
    kind = next(kind for kind in PROGRAMS if kind in row)
    fine, given = cases[PROGRAMS[kind]], dict(row[kind])
    base = "investment_yen" if kind == "ci" else "cost_yen"
    if "cost" in given:
        given[base] = given.pop("cost") * MAN
    if "tax" in given:
        given["corporate_tax_yen"] = given.pop("tax") * MAN
    if kind == "consortium":
        costs = given["costs"]
        pools = [None if pool is None else pool * MAN for pool in given.get("pools", [None] * len(costs))]
        expert = given.get("expert", False)
        members = [
            {"cost_yen": cost * MAN, "pool_yen": pool, "expert": expert}
            for cost, pool in zip(costs, pools, strict=True)
        ]
        given = {"members": members}
    return fine | given


def test_every_worked_example_has_a_row():
    assert {row["n"] for row in ROWS} | COMPARED == set(range(1, 43))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['n']}-{i}" for i, row in enumerate(ROWS)])
def test_worked_example(row, cases):
    answer = judge(case_of(row, cases), basis=row.get("basis", "supplemented"))
    found = answer["breakdown"]
    numbers = {"man": answer["amount_yen"]} | {key: found[f"{key}_yen"] for key in ("raw", "cap", "limit", "members")}
    assert answer["verdict"] == row["verdict"]
    if row["verdict"] == "不可":
        assert answer["amount_yen"] is None and found["limit_yen"] is None
    for key in numbers.keys() & row.keys():
        wanted = row[key]
        exact = [round(one * MAN) for one in wanted] if key == "members" else round(wanted * MAN)
        assert numbers[key] == exact, key
    if "rate" in row:
        assert found["rate"] == row["rate"]
    assert row["rule"] in [reason["rule"] for reason in answer["reasons"]]
    if row["verdict"] != "可":
        assert answer["reasons"][0]["rule"] == row["rule"]
    wrong = {round(one * MAN) for one in row.get("not", [])}
    assert not wrong & {answer["amount_yen"], found["limit_yen"]}


def test_both_readings_are_given_where_they_differ(general, ci):
    differing = judge(general | {"value_added_growth": {"from": 100, "to": 109.0, "years": 3}})["reasons"][0]["text"]
    assert "単利なら年3%で、満たします" in differing and "複利なら年2.914%で、満たしません" in differing
    assert "解釈により異なる" in differing
    labour = judge(ci | {"labour_productivity_growth": {"from": 100, "to": 106, "years": 3}})["reasons"][0]["text"]
    assert "単利なら年2%" in labour and "複利なら年1.961%" in labour


def test_12_extra_depreciation_puts_tax_off(ci):
    found = compare_tax(ci, 0.232, 5, 0.03)["depreciation"]
    assert (found["amount_yen"], found["first_year_yen"], found["total_yen"]) == (18_000_000, 4_176_000, 0)
    # 6,000 in five years of 1,200: written off ahead by 1,800 until the fourth and fifth year take back 600 and 1,200.
    assert found["flows_yen"] == [4_176_000, 0, 0, -1_392_000, -2_784_000]
    assert round(found["present_value_yen"] / MAN, 1) == 41.6


def test_13_the_credit_is_worth_more(ci):
    found = compare_tax(ci, 0.232, 5, 0.03)
    assert (found["verdict"], found["better"], found["credit"]["amount_yen"]) == ("可", "credit", 1_800_000)
    assert found["credit"]["present_value_yen"] == int(1_800_000 / 1.03)
    assert found["credit"]["first_year_yen"] < found["depreciation"]["first_year_yen"]


def test_14_little_tax_turns_it_round_and_leaves_income_to_be_confirmed(ci):
    found = compare_tax(ci | {"corporate_tax_yen": 2_000_000}, 0.232, 5, 0.03)
    assert (found["verdict"], found["better"]) == ("要確認", "depreciation")
    assert (found["credit"]["verdict"], found["depreciation"]["verdict"]) == ("可", "要確認")
    assert found["credit"]["amount_yen"] == 300_000
    assert round(found["break_even_tax_yen"] / MAN) == 286
    assert "所得" in found["reasons"][0]["text"] and found["reasons"][0]["rule"] == "C6"
    tax = found["break_even_tax_yen"]
    assert compare_tax(ci | {"corporate_tax_yen": tax - 100}, 0.232, 5, 0.03)["better"] == "depreciation"
    assert compare_tax(ci | {"corporate_tax_yen": tax + 100}, 0.232, 5, 0.03)["better"] == "credit"

"""The engine: what is missing, what is nonsense, dates, pools, and programmes that are only data."""

import copy
import json
import re
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest

from jissho.errors import ContentError, DataError, JisshoError, UsageError
from jissho.rules import BASES, compare_tax, judge, load_rules

KEYS = {"raw_yen", "cap_yen", "rate", "members_yen", "limit_yen"}


def test_an_answer_is_what_the_contract_says(fine):
    answer = judge(fine)
    assert list(answer) == ["verdict", "amount_yen", "breakdown", "reasons"]
    assert answer["verdict"] == "可" and type(answer["amount_yen"]) is int
    assert set(answer["breakdown"]) == KEYS and answer["breakdown"]["rate"] in ("3/100", "1/2", "2/3")
    assert all(set(reason) == {"rule", "text", "basis"} for reason in answer["reasons"])
    assert json.loads(json.dumps(answer)) == answer


def test_basis_seed_uses_lines_of_the_document_alone(fine):
    for case in (
        fine,
        fine | {"cost_yen": 1_000_001},
        fine | {"value_added_growth": {"from": 100, "to": 109, "years": 3}},
    ):
        assert {reason["basis"] for reason in judge(case, basis="seed")["reasons"]} == {"資料"}
    assert {reason["basis"] for reason in judge(fine)["reasons"]} <= set(BASES["supplemented"])


def test_a_case_is_not_changed(fine):
    before = copy.deepcopy(fine)
    judge(fine)
    assert fine == before


# What is missing.


def all_keys(case):
    return [key for key in case if key != "program"]


def test_each_missing_key_is_named_and_left_to_be_confirmed(fine):
    for key in all_keys(fine):
        answer = judge({name: value for name, value in fine.items() if name != key})
        assert answer["verdict"] == "要確認", key
        assert any(f"「{key}」" in reason["text"] for reason in answer["reasons"]), key


def test_each_missing_key_of_a_member_is_named_with_the_member(consortium):
    for key in consortium["members"][0]:
        second = {name: value for name, value in consortium["members"][0].items() if name != key}
        answer = judge(consortium | {"members": [consortium["members"][0], second]})
        assert answer["verdict"] == "要確認", key
        assert answer["reasons"][0]["text"].startswith(f"「2者目の{key}」")


def test_null_is_no_answer_but_where_it_says_something(fine):
    for key in all_keys(fine):
        wanted = "可" if key == "certified_on" else "要確認"
        assert judge(fine | {key: None})["verdict"] == wanted, key


def test_what_surely_fails_is_not_eligible_however_much_is_missing(ci):
    answer = judge({"program": "ci_tax", "investment_yen": 49_999_999})
    assert answer["verdict"] == "不可" and answer["reasons"][0]["rule"] == "C1"
    assert sum("分かりません" in reason["text"] for reason in answer["reasons"]) == len(all_keys(ci)) - 1


def test_the_amount_stays_where_it_does_not_hang_on_what_is_missing(ci):
    assert judge({key: value for key, value in ci.items() if key != "roi"})["amount_yen"] == 1_800_000
    for key in ("pay_growth", "corporate_tax_yen", "investment_yen", "choice"):
        assert judge({name: value for name, value in ci.items() if name != key})["amount_yen"] is None, key


def test_a_misspelt_key_is_guessed(it):
    answer = judge({"program": "it_subsidy", "cost_yenn": 1, "hardware_only": False})
    assert "「cost_yenn」は「cost_yen」のつもりですか" in answer["reasons"][0]["text"]


def test_a_reading_that_decides_the_rate_leaves_the_amount_open(ci):
    pay = {"from": 100, "to": 106.05, "years": 2}
    answer = judge(ci | {"pay_growth": pay})
    assert (answer["verdict"], answer["amount_yen"]) == ("要確認", None)
    assert answer["reasons"][0]["rule"] == "C8" and "解釈により異なる" not in judge(ci)["reasons"][0]["text"]
    # 特別償却 does not look at it.
    assert judge(ci | {"pay_growth": pay, "choice": "depreciation"})["verdict"] == "可"


@pytest.mark.parametrize("start", [0, -5])
def test_growth_from_nothing_cannot_be_told(general, start):
    answer = judge(general | {"ordinary_profit_growth": {"from": start, "to": 10, "years": 3}})
    assert answer["verdict"] == "要確認" and "伸び率を計算できません" in answer["reasons"][0]["text"]


@pytest.mark.parametrize("end", [0, -5])
def test_growth_to_nothing_is_not_enough(general, end):
    answer = judge(general | {"ordinary_profit_growth": {"from": 10, "to": end, "years": 3}})
    assert answer["verdict"] == "不可"


# Dates.


def test_the_cases_own_date_wins(ci):
    undated = {key: value for key, value in ci.items() if key != "as_of"}
    assert judge(undated)["verdict"] == "要確認"
    assert judge(undated | {"as_of": None}, as_of="2018-10-01")["verdict"] == "可"
    assert judge(undated, as_of=date(2018, 6, 5))["verdict"] == "不可"
    assert judge(ci, as_of="2018-06-05")["verdict"] == "可"
    assert judge(ci | {"as_of": datetime(2018, 6, 5, 12)})["verdict"] == "不可"


def test_subsidies_need_no_date(it):
    assert judge(it)["verdict"] == "可"


def test_a_plan_certified_after_the_day_does_not_count_yet(ci):
    assert judge(ci | {"certified_on": "2018-10-01"})["verdict"] == "可"
    later = judge(ci | {"certified_on": "2018-10-02"})
    assert later["verdict"] == "不可" and later["reasons"][0]["rule"] == "C5"


@pytest.mark.parametrize(
    "day", ["2018-2-3", "2018-02-30", "２０１８-10-01", "平成30年10月1日", 20181001, True, "2018-W01-1", [], ""]
)
def test_what_is_no_date_is_refused(ci, it, day):
    for call in (
        lambda: judge(ci | {"as_of": day}),
        lambda: judge(it, as_of=day),
        lambda: judge(ci | {"certified_on": day}),
    ):
        with pytest.raises(DataError, match="2018-10-01"):
            call()


# Nonsense.

NUMBERS = [
    -1,
    "6000万",
    "600000",
    "６００",
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("1e400"),
    Decimal("1e-400000"),
    10**5000,
    -(10**5000),
    True,
    [],
    {},
    [600_000],
    {"from": 1, "to": 2, "years": 1},
    10**16,
    1e300,
    1j,
]


@pytest.mark.parametrize("value", NUMBERS, ids=[str(type(one).__name__) + str(i) for i, one in enumerate(NUMBERS)])
def test_nonsense_for_money_is_refused_with_its_place(fine, consortium, value):
    key = next(key for key in ("investment_yen", "cost_yen", "members") if key in fine)
    given = [consortium["members"][0] | {"cost_yen": value}] if key == "members" else value
    with pytest.raises(DataError) as refused:
        judge(fine | {key: given})
    assert refused.value.where == ("members[0].cost_yen" if key == "members" else key)
    assert refused.value.mend


@pytest.mark.parametrize(
    ("program", "key", "value"),
    [
        ("ci_tax", "roi", "0.15"),
        ("ci_tax", "roi", {"from": 1, "to": 2, "years": 1}),
        ("ci_tax", "roi", 1e6),
        ("ci_tax", "certified", 1),
        ("ci_tax", "certified", "true"),
        ("ci_tax", "choice", "both"),
        ("ci_tax", "choice", ["credit"]),
        ("ci_tax", "pay_growth", {"from": 1, "to": 2}),
        ("ci_tax", "pay_growth", {"from": 1, "to": 2, "years": 0}),
        ("ci_tax", "pay_growth", {"from": 1, "to": 2, "years": 1.5}),
        ("ci_tax", "pay_growth", {"from": 1, "to": 2, "years": 10**9}),
        ("ci_tax", "pay_growth", {"from": "1", "to": 2, "years": 1}),
        ("mono_general", "plan_years", 3.5),
        ("mono_general", "plan_years", -3),
        ("mono_general", "guideline", "none"),
        ("mono_consortium", "members", 3),
        ("mono_consortium", "members", [1, 2]),
        ("mono_consortium", "members", {"cost_yen": 1}),
        ("mono_consortium", "members", [{"cost_yen": 1}] * 1000),
    ],
)
def test_nonsense_is_refused(cases, program, key, value):
    with pytest.raises(DataError) as refused:
        judge(cases[program] | {key: value})
    assert refused.value.where.startswith(key)


@pytest.mark.parametrize(
    "case", [None, 1, "ci_tax", [], {}, {"program": None}, {"program": "ci"}, {"program": ["ci_tax"]}]
)
def test_what_is_no_case_is_refused(case):
    with pytest.raises(DataError):
        judge(case)


def test_an_unknown_basis_is_misuse(it):
    for basis in ("資料", None, ["seed"], 1):
        with pytest.raises(UsageError, match="seed"):
            judge(it, basis=basis)


def test_words_of_a_message_can_always_be_written():
    with pytest.raises(DataError) as refused:
        judge({"program": "\ud800\x1b[31m\n" + "x" * 1000})
    assert str(refused.value).encode("utf-8") and "\x1b" not in str(refused.value) and len(refused.value.what) < 100


def test_a_wrong_value_is_shown_as_json_has_it(it):
    for value, words in {True: "「true」", "多め": "「多め」", (1,): "「[…]」"}.items():
        with pytest.raises(DataError, match=re.escape(words)):
            judge(it | {"cost_yen": value})


def test_numbers_of_numpy_and_decimals_count_as_they_are(it, ci):
    for cost in (np.int64(600_000), np.float64(600_000), Decimal("600000.9"), 600_000.0):
        assert judge(it | {"cost_yen": cost, "hardware_only": np.bool_(False)})["amount_yen"] == 300_000
    assert judge(ci | {"pay_growth": np.float64(0.03)})["amount_yen"] == 3_000_000


def test_thresholds_are_exact(ci, it):
    assert judge(ci | {"investment_yen": Decimal("49999999.99")})["verdict"] == "不可"
    assert judge(it | {"cost_yen": Decimal("299999.99999999")})["verdict"] == "不可"
    assert judge(ci | {"pay_growth": Decimal("0.02999999999999999999")})["amount_yen"] == 1_800_000
    assert judge(ci | {"roi": Decimal("0.1499999999999")})["verdict"] == "不可"
    assert "14.999%" in judge(ci | {"roi": Decimal("0.1499999999999")})["reasons"][0]["text"]


# Pools.


def members(*pairs):
    return [
        {"cost_yen": cost * 10_000, "pool_yen": None if pool is None else pool * 10_000, "expert": False}
        for cost, pool in pairs
    ]


@pytest.mark.parametrize(
    ("pairs", "paid"),
    [
        ([(2400, None), (2400, None), (2400, None)], [1600, 1000, 1000]),  # in order, while it lasts
        ([(2400, 100), (2400, None), (1500, None)], [1100, 1500, 1000]),  # what is planned stays where it is planned
        ([(1500, 600), (2400, None), (1500, None)], [1000, 1000, 1000]),
        ([(1800, 600), (1800, 0), (1800, 0)], [1200, 1000, 1000]),  # never more than the rate gives
    ],
)
def test_the_pool_goes_as_planned_and_the_rest_in_order(consortium, pairs, paid):
    answer = judge(consortium | {"members": members(*pairs)})
    assert answer["breakdown"]["members_yen"] == [yen * 10_000 for yen in paid]
    assert answer["amount_yen"] == sum(paid) * 10_000 and answer["breakdown"]["limit_yen"] == 36_000_000


def test_more_than_the_pool_cannot_be_planned(consortium):
    answer = judge(consortium | {"members": members((1500, 300), (1500, 300), (1500, 1))})
    assert answer["verdict"] == "不可" and "配分の合計6,010,000円" in answer["reasons"][0]["text"]


def test_one_member_with_an_expert_has_a_higher_cap(consortium):
    two = members((1545, None), (1545, None), (1500, None))
    two[0]["expert"] = True
    found = judge(consortium | {"members": two})["breakdown"]
    assert (found["limit_yen"], found["cap_yen"]) == (36_300_000, 10_300_000)


# Comparing.


def test_compare_tax_says_nothing_about_what_is_not_eligible(ci):
    found = compare_tax(ci | {"roi": 0.1}, 0.232, 5, 0.03)
    assert (found["verdict"], found["better"], found["break_even_tax_yen"]) == ("不可", None, None)
    assert found["credit"]["present_value_yen"] is None and found["reasons"][0]["rule"] == "C4"


def test_compare_tax_without_corporate_tax(ci):
    found = compare_tax(ci | {"corporate_tax_yen": 0}, 0.232, 5, 0.03)
    assert (found["verdict"], found["better"], found["break_even_tax_yen"]) == ("要確認", "same", None)


def test_without_discount_putting_off_is_worth_nothing(ci):
    found = compare_tax(ci, 0.232, 5, 0)["depreciation"]
    assert found["present_value_yen"] == found["total_yen"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 5, 0.03),
        (1.1, 5, 0.03),
        ("0.232", 5, 0.03),
        (0.232, 0, 0.03),
        (0.232, 2.5, 0.03),
        (0.232, 5, -0.1),
        (0.232, 5, 3),
    ]
    + [(float("nan"), 5, 0.03), (0.232, True, 0.03), (0.232, 10**9, 0.03), (None, 5, 0.03)],
)
def test_compare_tax_refuses_nonsense(ci, arguments):
    with pytest.raises(DataError):
        compare_tax(ci, *arguments)


def test_compare_tax_is_about_taxes(it):
    for case in (it, [], {"program": "x"}):
        with pytest.raises(DataError):
            compare_tax(case, 0.232, 5, 0.03)


# Programmes are data.

MADE_UP = """
source: 架空の町の案内（試験用）
banner: 架空の制度です。
programs:
  machi_sensor:
    title: 架空町センサー補助
    inputs:
      as_of: {type: date, label: 判定の日}
      cost_yen: {type: money, label: 経費}
      sales_yen: {type: money, label: 売上}
      farm: {type: flag, label: 農業者}
      staff: {type: whole, label: 従業員数, unit: 人}
    valid:
      - {rule: T0, basis: 資料, from: 2030-04-01, until: 2031-03-31, text: 期間は1年です。}
    conditions:
      - {rule: T1, basis: 資料, key: staff, at_most: 50, text: 50人以下です。, unless: [{key: farm, is: true}]}
    amount:
      base: cost_yen
      rates:
        - {rule: T2, basis: 資料, when: [{key: farm, is: true}], rate: 3/4, text: 農業者は3/4です。}
        - {rule: T2, basis: 資料, rate: 0.4, text: そのほかは4割です。}
      caps:
        - {rule: T3, basis: 資料, of: sales_yen, times: 1/100, text: 上限は売上の1%です。}
    notes:
      - {rule: T4, basis: 補足, text: 申し込みは先着順です。}
"""
TOWN = {
    "program": "machi_sensor",
    "as_of": "2030-04-01",
    "cost_yen": 100_001,
    "sales_yen": 10_000_000,
    "farm": False,
    "staff": 50,
}


@pytest.fixture
def town(tmp_path):
    (tmp_path / "machi.yml").write_text(MADE_UP, encoding="utf-8")
    return tmp_path


def test_a_new_programme_is_only_data(town):
    answer = judge(TOWN, rules=town)
    assert (answer["verdict"], answer["amount_yen"]) == ("可", 40_000)
    assert answer["breakdown"] | {"members_yen": None} == {
        "raw_yen": 40_000,
        "cap_yen": 100_000,
        "rate": "2/5",
        "members_yen": None,
        "limit_yen": 100_000,
    }
    assert judge(TOWN | {"staff": 51}, rules=town)["reasons"][0]["rule"] == "T1"
    assert judge(TOWN | {"staff": 51, "farm": True}, rules=town)["amount_yen"] == 75_000
    assert judge(TOWN | {"as_of": "2031-04-01"}, rules=town)["verdict"] == "不可"
    assert judge(TOWN | {"sales_yen": 0}, rules=town)["amount_yen"] == 0


def test_rules_are_a_folder_a_file_a_mapping_or_what_was_loaded(town):
    import yaml

    for rules in (
        town,
        str(town),
        town / "machi.yml",
        yaml.safe_load(MADE_UP),
        load_rules(town),
        load_rules(town) | load_rules(),
    ):
        assert judge(TOWN, rules=rules)["amount_yen"] == 40_000
    with pytest.raises(DataError, match="machi_sensor"):
        judge(TOWN)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("basis: 補足", "basis: うわさ", "basis「うわさ」"),
        ("rate: 0.4, ", "", "「rate」がありません"),
        ("rate: 0.4", "rate: たくさん", "数として読めません"),
        ("rate: 3/4", "rate: 3/0", "数として読めません"),
        ("at_most: 50", "at_most: true", "違う種類"),
        ("at_most: 50", "most: 50", "知らないキー「most」"),
        ("key: staff", "key: stuff", "項目「stuff」が inputs にありません"),
        ("times: 1/100, ", "", "times"),
        ("of: sales_yen", "of: staff", "money"),
        ("base: cost_yen", "base: staff", "money"),
        ("type: whole", "type: number", "type「number」"),
        ("from: 2030-04-01", "from: 2030年", "日付「2030年」"),
        ("from: 2030-04-01", "from: 2030-13-01", "YAML"),
        ("      base: cost_yen\n", "", "「base」がありません"),
        ("banner: 架空の制度です。", "", "「banner」がありません"),
        ("programs:", "programs: [", "YAML"),
        ("      as_of: {type: date, label: 判定の日}\n", "", "項目「as_of」が inputs にありません"),
    ],
)
def test_a_malformed_programme_is_named_with_its_place(tmp_path, before, after, words):
    assert before in MADE_UP
    (tmp_path / "machi.yml").write_text(MADE_UP.replace(before, after), encoding="utf-8")
    with pytest.raises(ContentError, match=words) as refused:
        judge(TOWN, rules=tmp_path)
    assert "machi.yml" in refused.value.where and refused.value.mend


@pytest.mark.parametrize("rules", [{}, {"programs": {}}, {"a": 1}, "ない", ""])
def test_rules_that_are_not_there(rules, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(JisshoError):
        judge(TOWN, rules=rules)


def test_the_same_programme_twice_is_refused(town):
    (town / "again.yml").write_text(MADE_UP, encoding="utf-8")
    with pytest.raises(ContentError, match="二度"):
        load_rules(town)


def test_every_line_of_ours_has_its_rule_and_its_source():
    programs = load_rules()
    assert set(programs) == {"ci_tax", "it_subsidy", "mono_general", "mono_small", "mono_consortium"}
    for program in programs.values():
        assert (
            program.banner == "平成30年6月時点の資料に基づく教材。制度は終了。" and "平成30年6月5日" in program.source
        )
        for line in (*program.deciding(), *program.notes):
            assert line.text.endswith("。") and line.rule[0] in "CIMZ"


def test_what_decides_rests_on_the_document_but_for_what_is_named_here():
    beside = [
        (program.id, table, line.rule, line.basis)
        for program in load_rules().values()
        for table in program.TABLES[:-1]
        for line in getattr(program, table)
        if line.basis != "資料"
    ]
    assert sorted(beside) == [
        ("ci_tax", "valid", "C0", "補足"),
        ("ci_tax", "valid", "C0", "補足"),
        ("it_subsidy", "conditions", "I2", "補足"),
        ("mono_consortium", "raises", "M4", "仮定"),
    ]

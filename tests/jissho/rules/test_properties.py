"""What must hold for every case: monotone in cost, never above a cap, members add up, always an answer or our own error."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jissho.errors import DataError, JisshoError
from jissho.rules import compare_tax, judge, read_cases

from . import conftest

MONEY = st.integers(0, 200_000_000) | st.decimals(0, 200_000_000, places=2)
RATIOS = st.floats(-0.5, 0.5).map(lambda rate: round(rate, 4))
GROWTHS = RATIOS | st.fixed_dictionaries(
    {"from": st.integers(-10, 1000), "to": st.integers(-10, 1100), "years": st.integers(1, 6)}
)
DAYS = st.dates().map(str)
FLAGS = st.booleans()


def cases_of(program, **varied):
    return st.fixed_dictionaries(varied).map(lambda given: conftest.CASES[program] | given)


CI = cases_of(
    "ci_tax",
    as_of=DAYS,
    investment_yen=MONEY,
    corporate_tax_yen=MONEY,
    pay_growth=GROWTHS,
    certified=FLAGS,
    certified_on=st.none() | DAYS,
    data_link=FLAGS,
    security_expert=FLAGS,
    labour_productivity_growth=GROWTHS,
    roi=RATIOS,
    choice=st.sampled_from(["credit", "depreciation"]),
)
IT = cases_of("it_subsidy", cost_yen=MONEY, hardware_only=FLAGS)
GENERAL = cases_of("mono_general", cost_yen=MONEY, plan_certified=FLAGS, expert=FLAGS, value_added_growth=GROWTHS)
SMALL = cases_of("mono_small", cost_yen=MONEY, small_business=FLAGS, expert=FLAGS, plan_years=st.integers(1, 7))
MEMBER = st.fixed_dictionaries({"cost_yen": MONEY, "pool_yen": st.none() | st.integers(0, 3_000_000), "expert": FLAGS})
CONSORTIUM = cases_of("mono_consortium", members=st.lists(MEMBER, min_size=0, max_size=12))
ANY = CI | IT | GENERAL | SMALL | CONSORTIUM
BASES = st.sampled_from(["seed", "supplemented"])


@settings(max_examples=100, deadline=None)
@given(ANY, BASES)
def test_never_above_what_rate_and_cap_allow(case, basis):
    answer = judge(case, basis=basis)
    found, paid = answer["breakdown"], answer["amount_yen"]
    assert (paid is None) == (answer["verdict"] == "不可") or answer["verdict"] == "要確認"
    if answer["verdict"] == "可":
        assert 0 <= paid <= min(found["raw_yen"], found["limit_yen"])
    if found["members_yen"] is not None:
        assert sum(found["members_yen"]) == paid <= found["limit_yen"]
    assert answer["reasons"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([conftest.CI, conftest.IT, conftest.GENERAL, conftest.SMALL]), FLAGS, MONEY, MONEY)
def test_more_cost_never_gives_less(case, flag, one, other):
    key = "investment_yen" if case["program"] == "ci_tax" else "cost_yen"
    flags = {name: flag for name in ("expert", "plan_certified", "small_business") if name in case}
    less, more = (judge(case | flags | {key: cost})["amount_yen"] or 0 for cost in sorted([one, other]))
    assert less <= more


@settings(max_examples=100, deadline=None)
@given(st.lists(MONEY, min_size=2, max_size=10), st.data())
def test_more_cost_of_a_member_never_gives_the_consortium_less(costs, data):
    members = [{"cost_yen": cost, "pool_yen": None, "expert": False} for cost in costs]
    raised = [dict(member) for member in members]
    raised[data.draw(st.integers(0, len(costs) - 1))]["cost_yen"] += data.draw(st.integers(0, 50_000_000))
    less, more = (judge(conftest.CONSORTIUM | {"members": which}) for which in (members, raised))
    assert less["amount_yen"] <= more["amount_yen"]
    assert less["breakdown"]["limit_yen"] == len(costs) * 12_000_000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(MONEY, min_size=2, max_size=10).flatmap(lambda costs: st.tuples(st.just(costs), st.permutations(costs)))
)
def test_the_order_of_members_changes_who_gets_the_pool_but_not_how_much_there_is(costs):
    first, second = (
        judge(conftest.CONSORTIUM | {"members": [{"cost_yen": c, "pool_yen": None, "expert": False} for c in order]})
        for order in costs
    )
    assert first["amount_yen"] == second["amount_yen"]


@settings(max_examples=100, deadline=None)
@given(MONEY, MONEY)
def test_compare_tax_agrees_with_judge_and_pays_back_what_it_puts_off(cost, tax):
    case = conftest.CI | {"investment_yen": cost, "corporate_tax_yen": tax}
    found = compare_tax(case, 0.232, 5, 0.03)
    assert found["credit"]["amount_yen"] == judge(case)["amount_yen"]
    if found["depreciation"]["flows_yen"] is not None:
        assert found["depreciation"]["total_yen"] == 0
        assert 0 <= found["depreciation"]["present_value_yen"] <= found["depreciation"]["first_year_yen"]


JSON = st.recursive(
    st.none() | FLAGS | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from([10**400, -(10**400)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
FOREIGN = ANY.flatmap(
    lambda case: st.dictionaries(st.sampled_from(sorted(case)), JSON, max_size=2).map(lambda odd: case | odd)
)


def answered_or_refused(call):
    try:
        return call()
    except JisshoError as error:
        str(error).encode("utf-8")
        return None


@settings(max_examples=100, deadline=None)
@given(JSON | FOREIGN, BASES | JSON)
def test_judge_always_gives_an_answer_or_our_own_error(case, basis):
    answer = answered_or_refused(lambda: judge(case, basis=basis))
    assert answer is None or answer["verdict"] in ("可", "不可", "要確認")
    answered_or_refused(lambda: compare_tax(case, 0.232, 5, 0.03))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_reading_json_always_gives_a_value_or_our_own_error(raw):
    answered_or_refused(lambda: read_cases(raw))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "空です"),
        (b" \n", "空です"),
        (b"{", "JSON"),
        (b"{'a': 1}", "JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1, "a": 2}', "二度"),
        (b'{"a": 1e99999999999999999999}', "桁"),
        ("費用".encode("cp932"), "UTF-8"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b"[" * 100_000, "入れ子"),
        (b" " * 10_000_000, "大きすぎます"),
    ],
)
def test_json_that_is_refused(raw, words):
    with pytest.raises(DataError, match=words) as refused:
        read_cases(raw, "ケース.json")
    assert "ケース.json" in refused.value.where and refused.value.mend


def test_numbers_of_json_are_exact_and_a_bom_is_no_harm():
    raw = b'\xef\xbb\xbf{"program": "ci_tax", "pay_growth": 0.02999999999999999999999}'
    assert str(read_cases(raw)["pay_growth"]) == "0.02999999999999999999999"
    assert judge(conftest.CI | read_cases(raw))["amount_yen"] == 1_800_000
    assert read_cases(b"[1, 1e400]")[1] > 10**399

"""Cases that are fine as they stand; a test changes what it is about."""

import pytest

CI = {
    "program": "ci_tax",
    "as_of": "2018-10-01",
    "investment_yen": 60_000_000,
    "corporate_tax_yen": 20_000_000,
    "pay_growth": 0.02,
    "certified": True,
    "certified_on": None,
    "data_link": True,
    "security_expert": True,
    "labour_productivity_growth": 0.02,
    "roi": 0.15,
    "choice": "credit",
}
IT = {"program": "it_subsidy", "cost_yen": 600_000, "hardware_only": False}
PLAN = {
    "plan_years": 3,
    "value_added_growth": 0.03,
    "ordinary_profit_growth": 0.01,
    "support_organisation": True,
    "guideline": "monozukuri",
}
GENERAL = {"program": "mono_general", "cost_yen": 12_000_000, "plan_certified": False, "expert": False} | PLAN
SMALL = {"program": "mono_small", "cost_yen": 7_500_000, "small_business": True, "expert": False} | PLAN
MEMBER = {"cost_yen": 15_000_000, "pool_yen": None, "expert": False}
CONSORTIUM = {"program": "mono_consortium", "members": [MEMBER] * 3} | PLAN
CASES = {case["program"]: case for case in (CI, IT, GENERAL, SMALL, CONSORTIUM)}


@pytest.fixture(params=list(CASES))
def fine(request):
    """One case of each programme."""
    return CASES[request.param]


@pytest.fixture
def ci():
    return CI


@pytest.fixture
def it():
    return IT


@pytest.fixture
def general():
    return GENERAL


@pytest.fixture
def small():
    return SMALL


@pytest.fixture
def consortium():
    return CONSORTIUM


@pytest.fixture
def cases():
    return CASES

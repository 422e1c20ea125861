"""Money of an investment: what an AI saves and costs, five years of cash, what the result hangs on, how sure it is.

Pure functions for the investment lab; money in yen, shares and rates as ratios, yearly flows at the years' ends. Whether a
measure or subsidy helps is :mod:`jissho.rules`' word; what it gives comes in as ``support_yen``.
"""

from jissho.invest._band import Band, monte_carlo
from jissho.invest._consortium import Consortium, Member, pool_yen, simulate_consortium, split_pool
from jissho.invest._evidence import JUDGED, Evidence, events_needed, evidence_of, lower_limit
from jissho.invest._flow import DISCOUNT, RAMP, YEARS, Appraisal, appraise, cash_flow, payback, present_value
from jissho.invest._funding import AS_OF, Funding, funding_of
from jissho.invest._own import FILE_NAME, MAX_BYTES, OWN, new_case, parse_own_case, read_own_case
from jissho.invest._profit import Confusion, ProfitAndLoss, confusion, profit_and_loss
from jissho.invest._proposal import FIELDS, Field, Proposal, alternative_of, proposal_of
from jissho.invest._ranges import RANGES, Range
from jissho.invest._whatif import Bar, break_even, tornado, what_if

__all__ = [
    "AS_OF",
    "DISCOUNT",
    "FIELDS",
    "FILE_NAME",
    "JUDGED",
    "MAX_BYTES",
    "OWN",
    "RAMP",
    "RANGES",
    "YEARS",
    "Appraisal",
    "Band",
    "Bar",
    "Confusion",
    "Consortium",
    "Evidence",
    "Field",
    "Funding",
    "Member",
    "ProfitAndLoss",
    "Proposal",
    "Range",
    "alternative_of",
    "appraise",
    "break_even",
    "cash_flow",
    "confusion",
    "events_needed",
    "evidence_of",
    "funding_of",
    "lower_limit",
    "monte_carlo",
    "new_case",
    "parse_own_case",
    "payback",
    "pool_yen",
    "present_value",
    "profit_and_loss",
    "proposal_of",
    "read_own_case",
    "simulate_consortium",
    "split_pool",
    "tornado",
    "what_if",
]

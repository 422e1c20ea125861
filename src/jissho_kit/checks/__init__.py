"""Check content: a table of rules, each saying what it looks at, what is wrong, and how to mend it.

Adding a rule is adding a row to :data:`RULES` and a function that yields :class:`Fault`.
"""

from __future__ import annotations

from jissho_kit.checks._engine import RULES, check, check_data
from jissho_kit.checks._model import Fault, Finding, Report, Rule
from jissho_kit.checks._render import render

__all__ = ["RULES", "Fault", "Finding", "Report", "Rule", "check", "check_data", "render"]

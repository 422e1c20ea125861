"""Check content: a table of rules, each saying what it looks at, what is wrong, and how to mend it.

Adding a rule is adding a row to :data:`RULES` and a function that yields :class:`Fault`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jissho_kit.checks._model import Fault, Finding, Report, Rule
from jissho_kit.checks._render import render
from jissho_kit.checks._unchanged import check_what_changed

if TYPE_CHECKING:
    from jissho_kit.checks._engine import RULES, check, check_data

__all__ = ["RULES", "Fault", "Finding", "Report", "Rule", "check", "check_data", "check_what_changed", "render"]


def __getattr__(name: str) -> Any:
    """Load the rules, and with them every room, only when something is checked."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jissho_kit.checks import _engine

    return getattr(_engine, name)

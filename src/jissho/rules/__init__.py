"""Decision rules: is a case eligible for a programme, for how much, and why.

Programmes (the tax measure and the subsidies of 平成30年6月) are data in ``curriculum/rules/*.yml``; this package only
interprets them. 平成30年6月時点の資料に基づく教材。制度は終了: never advice about today's law.
"""

from jissho.rules._judge import judge
from jissho.rules._load import load_rules, own_rules
from jissho.rules._model import BASES, Line, Program
from jissho.rules._read import MAX_BYTES, read_cases
from jissho.rules._tax import compare_tax

__all__ = ["BASES", "MAX_BYTES", "Line", "Program", "compare_tax", "judge", "load_rules", "own_rules", "read_cases"]

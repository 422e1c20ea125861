"""判断カード: what an executive has decided, on which numbers, until when — one sheet of A4, and the same as JSON.

Pure data and text: :func:`card_html` is a page without script, :func:`card_json` what a lab can collect with consent.
"""

from jissho.card._file import MAX_BYTES, card_json, read_card
from jissho.card._model import DECISIONS, LONGEST, MOST, DecisionCard, Figure, Money, Need
from jissho.card._page import BANNER, card_html, card_sheet

__all__ = [
    "BANNER",
    "DECISIONS",
    "LONGEST",
    "MAX_BYTES",
    "MOST",
    "DecisionCard",
    "Figure",
    "Money",
    "Need",
    "card_html",
    "card_json",
    "card_sheet",
    "read_card",
]

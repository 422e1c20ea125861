"""Read numbers and choices the way people write them: full-width digits, commas, 万円, %, brackets, kana.

The judge in ``jissho_kit`` imports the same functions, so what a lesson accepts is what grading accepts.
Values come back in base units: a ratio for %, 割; yen for 円, 万円, 億円; the plain count otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

MAX_LENGTH = 200
BLANK = {"", "未回答", "未記入", "未入力", "無回答"}

# What one written unit is worth in base units, and which other readings a bare number may have.
YEN = {"円": 1, "千円": 10**3, "万円": 10**4, "百万円": 10**6, "億円": 10**8}
READINGS = {
    "": ["", "%"],
    "%": ["%", ""],
    "割": ["割", "%", ""],
    "円": ["円", "万円"],
    "千円": ["千円", "円", "万円"],
    "万円": ["万円", "円"],
    "百万円": ["百万円", "円", "万円"],
    "億円": ["億円", "万円", "円"],
}
WORTH = {"": Decimal(1), "%": Decimal("0.01"), "割": Decimal("0.1")} | {k: Decimal(v) for k, v in YEN.items()}

COUNTERS = set("個件枚本台回行つ人名点匹頭株箱袋束") | {"ヶ", "ケ", "ロット", "ショット", "列", "組", "種類", "項目"}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}
KANJI_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0"}

OPEN, CLOSE = "([{「『【〔〈《<\"'“‘", ")]}」』】〕〉》>\"'”’"
MINUS = re.compile(r"^[▲△−‐‑‒–—―ー－-]")
NUMBER = re.compile(r"\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+(?:e[+-]?\d{1,3})?")
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
TWO_NUMBERS = re.compile(r"\d\s+\d")
HEDGE_BEFORE = re.compile(r"^(?:答えは?:?|約|およそ|だいたい|ほぼ|=|≒|≈)+")
HEDGE_AFTER = re.compile(r"(?:くらい|ぐらい|程度|ほど|です|。|\.$)+$")


def is_blank(value: object) -> bool:
    """True for nothing at all: ``None``, empty text or container, 未回答."""
    if isinstance(value, str):
        return _plain(value) in BLANK
    return value is None or (isinstance(value, (list, tuple, set, dict)) and not value)


def normalise_choice(text: object) -> str:
    """One spelling for a choice: NFKC, no spaces or surrounding brackets, hiragana as katakana, lower case.

    ``"い"``, ``"ｲ"``, ``"（イ）"`` all give ``"イ"``; what is neither text nor a plain integer gives ``""``.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        return ""
    plain = _plain(str(text)).rstrip("。.、,:").casefold()
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in plain)


def parse_number(text: object, unit: str = "") -> list[tuple[float, bool]]:
    """All readings of a written number, the likeliest first.

    Parameters
    ----------
    text : str or number
        As the participant wrote it. ``bool``, containers and non-finite numbers have no reading.
    unit : str
        The unit asked for: ``""`` (a ratio or plain number), ``"%"``, ``"円"``, ``"万円"``, ``"個"`` …

    Returns
    -------
    list of (value, explicit_unit)
        ``value`` in base units (see module). When a unit or scale was written there is one reading with
        ``explicit_unit=True``; a bare number is read in ``unit`` first, then in the units people confuse with it.
        Empty when it is not one number.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        return []
    if isinstance(text, str) and len(text) > MAX_LENGTH:
        return []
    unit = unicodedata.normalize("NFKC", unit).strip()
    value, written = _read(text if isinstance(text, str) else _repr(text))
    if value is None:
        return []
    if written is None:
        readings = [(value * WORTH.get(u, 1), False) for u in READINGS.get(unit, [unit])]
    elif (worth := _worth(written, unit)) is not None:
        readings = [(value * worth, True)]
    else:
        return []
    return [(float(v), explicit) for v, explicit in readings if _in_range(v)]


def _repr(number: int | float) -> str:
    if isinstance(number, float):
        return repr(float(number))
    return str(int(number)) if number.bit_length() <= 1000 else ""


def _in_range(value: Decimal) -> bool:
    return value.is_finite() and abs(value) < Decimal("1e300")


def _plain(text: str) -> str:
    """NFKC, without spaces and without the brackets around the whole."""
    if len(text) > MAX_LENGTH * 50:
        text = text[: MAX_LENGTH * 50]
    plain = re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", text))
    while len(plain) >= 2 and plain[0] in OPEN and plain[-1] == CLOSE[OPEN.index(plain[0])]:
        plain = plain[1:-1]
    return plain


def _read(written: str) -> tuple[Decimal | None, str | None]:
    """``"3,600万円"`` → ``(36000000, "円")``; the unit is ``None`` for a bare number, ``""`` for a bare scale."""
    # NFKC would make 102 of 10², and without its blanks "10 20" would be one number.
    if any(unicodedata.category(c) == "No" for c in written) or TWO_NUMBERS.search(written):
        return None, None
    text = HEDGE_AFTER.sub("", HEDGE_BEFORE.sub("", _plain(written).lower()))
    text = re.sub(r"(?<=\d)[。・](?=\d)", ".", re.sub(r"(?<=\d)、(?=\d)", ",", text))
    text = re.sub(r"^[¥\\]", "", text) + ("円" if text[:1] in ("¥", "\\") else "")
    negative = bool(MINUS.match(text))
    text = GROUPED.sub(lambda m: m[0].replace(",", ""), MINUS.sub("", text).lstrip("+"))
    try:
        value, unit = _quotient(_tenths(text))
    except (ValueError, InvalidOperation, ArithmeticError):
        return None, None
    return (-value if negative else value), unit


def _tenths(text: str) -> str:
    """``2割5分`` → ``2.5割``."""
    return re.sub(r"^(\d)割(\d)分(?:(\d)厘)?$", lambda m: f"{m[1]}.{m[2]}{m[3] or ''}割", text)


def _quotient(text: str) -> tuple[Decimal, str | None]:
    """A number, or one fraction ``19910/20000``."""
    above, slash, below = text.partition("/")
    value, unit = _scaled(above)
    if not slash:
        return value, unit
    divisor, unit_below = _scaled(below)
    if unit is not None:
        raise ValueError(text)
    return value / divisor, unit_below


def _scaled(text: str) -> tuple[Decimal, str | None]:
    """Arabic and Chinese numerals with 十百千万億兆: ``1億2000万円``, ``3千万``, ``三割``."""
    total = section = Decimal(0)
    digits: Decimal | None = None
    position, scaled, last_large = 0, False, 10**16
    while position < len(text):
        character = text[position]
        if match := NUMBER.match(text, position):
            if digits is not None:
                raise ValueError(text)
            digits, position = Decimal(match[0]), match.end()
        elif character in KANJI_DIGITS and digits is None:
            digits, position = Decimal(KANJI_DIGITS[character]), position + 1
        elif character in SMALL:
            section += (Decimal(1) if digits is None else digits) * SMALL[character]
            digits, scaled, position = None, True, position + 1
        elif character in LARGE:
            section += digits or 0
            if not section and digits is None or LARGE[character] >= last_large:
                raise ValueError(text)
            total, section, digits = total + section * LARGE[character], Decimal(0), None
            scaled, last_large, position = True, LARGE[character], position + 1
        else:
            break
    if position == 0:
        raise ValueError(text)
    rest = text[position:]
    return total + section + (digits or 0), (rest if rest or scaled else None)


PERCENT = {"%", "パーセント", "ぱーせんと", "percent", "pct"}


def _worth(written: str, unit: str) -> Decimal | None:
    """What one of the unit that was written is worth; ``None`` when it does not belong to ``unit``."""
    if written in PERCENT:
        return WORTH["%"]
    if written in WORTH:
        return WORTH[written]
    same_kind = written == unit.lower() or (written in COUNTERS and unit in COUNTERS)
    return Decimal(1) if same_kind else None

"""Numbers as people in Japan write them: full-width digits, separators, △, yen, units, 万."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

MINUS = "-△▲−–—―‐‑ー"
SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "億": 10**8, "兆": 10**12}

# Compared after NFKC and without case. What is not here ("号機", "班", "月") is a name, not a quantity.
WRITTEN = (
    "°c ° °f k 度 % ‰ ppm ppb パーセント mm cm m km μm um nm mg g kg t トン キロ グラム l ml dl kl cc リットル m2 m3 cm2 cm3 mm2 "
    "ha a アール ヘクタール 反 坪 町 畝 円 千円 万円 百万円 億円 個 コ ヶ ケ 本 枚 人 名 台 件 回 袋 箱 ケース パック 玉 束 株 頭 羽 匹 尾 粒 果 樹 房 俵 升 合 "
    "丁 足 冊 点 か所 カ所 ヵ所 箇所 歳 才 年 年度 か月 ヶ月 カ月 日 時間 分 秒 週 h hr hrs min sec s ms μs v kv mv ma w kw mw kwh wh va kva j kj mj cal kcal "
    "n kn nm pa hpa kpa mpa bar atm mmhg hz khz mhz rpm spm r db dba lx klx lm cd mol mmol μmol ds brix bx °bx ph 塩基 "
    "pcs pc ea deg degc rad ω kω mω ショット ロット シート コンテナ トレイ kgf"
)
UNITS = frozenset(WRITTEN.split())
# Powers stand on a letter: 12.5m². Elsewhere NFKC would make 102 of 10².
POWERS = str.maketrans("²³", "23")
NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[{MINUS}+])?\s*(?P<yen>[¥\\])?\s*(?P<sign2>[{MINUS}])?\s*"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?P<exponent>e[+-]?[0-9]{1,3})?"
    r"\s*(?P<scale>百万|千万|[千万億兆])?\s*(?P<unit>.*?)\s*(?P<close>\))?",
    re.I,
)
HALF = {ord("！") + i: chr(ord("!") + i) for i in range(94)}
POWER = re.compile(r"^([mcdk]?m|s)[-^]?[0-9]$")
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
FLAGGED = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) ?([)\]])")  # the Meteorological Agency's 12.5 ) and 14 ]
BRACKETED = re.compile(r"^.+?[(\[{〔【［<]\s*([^()\[\]{}〔〕【】<>]+?)\s*[)\]}〕】］>]$")


@dataclass(frozen=True)
class Number:
    """One cell as a number: ``unit`` as written (``""`` for none), ``plain`` when any program would read it so."""

    value: int | float
    unit: str = ""
    plain: bool = True
    bracketed: bool = False  # (1,234): negative in a ledger, but a label when all cells look so
    zeros: str = ""  # "whole" for 00123, "decimal" for 007.5
    long: bool = False  # more digits than a float keeps
    why: str = ""


def is_unit(text: str) -> bool:
    """True for a unit of measure or money, also compound (``kg/10a``) and in brackets (``(℃)``)."""
    plain = unicodedata.normalize("NFKC", text.translate(POWERS)).strip().casefold()
    plain = re.sub(r"^[(\[{〔【<](.*)[)\]}〕】>]$", r"\1", plain).strip().replace("単位:", "").strip()
    if plain in UNITS:
        return True
    first, *others = [POWER.sub(r"\1", part) for part in re.split(r"[/・·*⋅ ]", plain)]
    return len(plain) <= 12 and first in UNITS and all(re.sub("^10+", "", part) in UNITS for part in others)


def bare_unit(text: str) -> str:
    """``"(℃)"`` → ``"℃"``, ``"単位：kg"`` → ``"kg"``, ``"％"`` → ``"%"``."""
    text = text.translate(HALF)
    inner = re.sub(r"^\s*[(\[{（［〔【<]?\s*(?:単位\s*[:：]\s*)?(.*?)\s*[)\]}）］〕】>]?\s*$", r"\1", text)
    return inner or text.strip()


def unit_in_name(name: str) -> str:
    """Unit written in a heading: ``"気温(℃)"`` → ``"℃"``; ``""`` without one."""
    found = BRACKETED.match(name.strip().replace("（", "(").replace("）", ")"))
    return found[1] if found and is_unit(found[1]) else ""


def read_number(text: str) -> Number | None:
    """Read one number as written; ``None`` when it is not exactly one.

    Percentages keep their figure (``12.5%`` → 12.5, unit ``%``); 千, 万 and 億 are multiplied out (``3万円`` → 30000, unit 円).
    Wrong groups (``1,5``), ranges, fractions, ``約300`` and circled digits have no reading.
    """
    stripped = text.strip()
    if number := read_plain(stripped):
        return number if text.isascii() else replace(number, plain=False, why="前後の空白を取りました。")
    prepared = re.sub(r"(?<=[A-Za-zｍａ-ｚ])[²³]", lambda m: m[0].translate(POWERS), stripped)
    if not any(c.isdecimal() for c in prepared) or any(unicodedata.category(c) == "No" for c in prepared):
        return None
    whole = unicodedata.normalize("NFKC", prepared)
    if flagged := FLAGGED.fullmatch(whole):
        return replace(read_plain(flagged[1]), plain=False, why=f"気象庁の品質の印「{flagged[2]}」を外しました。")
    found = NUMBER.fullmatch(whole)
    if found is None or not _sound(found):
        return None
    unit = _unit(found)
    if unit is None:
        return None
    sign = found["sign"] or found["sign2"] or ""
    negative = bool(found["open"]) or (sign != "" and sign != "+")
    digits = found["digits"].replace(",", "") + (found["exponent"] or "")
    return _number(
        digits, negative, SCALES[found["scale"] or ""], unit, bool(found["open"]), _reasons(found, stripped, unit)
    )


def read_plain(text: str) -> Number | None:
    """A number that any program reads: ASCII digits, point, sign, exponent."""
    if not PLAIN.fullmatch(text):
        return None
    digits = text.lstrip("+-")
    whole = digits.isdecimal()
    zeros = "" if digits[0] != "0" or not digits[1:2].isdecimal() else "whole" if whole else "decimal"
    return Number(int(text) if whole else float(text), zeros=zeros, long=whole and len(digits) > 15)


def _sound(found: re.Match) -> bool:
    """Brackets close, and there are not two signs."""
    signs = [s for s in (found["sign"], found["sign2"]) if s]
    return bool(found["open"]) == bool(found["close"]) and len(signs) + bool(found["open"]) <= 1


def _unit(found: re.Match) -> str | None:
    """Unit of a match, ``""`` without one, ``None`` for letters that are no unit."""
    written = found["unit"]
    if found["yen"]:
        return "円" if written in ("", "-", "円") else None
    if found["scale"] and written == "円":
        return "円"
    if written and (not is_unit(written) or written[0] in "0123456789"):
        return None
    return written.replace("°C", "℃")


def _number(digits: str, negative: bool, scale: int, unit: str, bracketed: bool, why: str) -> Number:
    size = Decimal(digits) * scale
    whole = digits.isdecimal() or scale > 1 and size == size.to_integral_value()
    zeros = "" if not re.match("0[0-9]", digits) else "whole" if digits.isdecimal() else "decimal"
    value: int | float = int(size) if whole else float(size)
    return Number(
        -value if negative else value, unit, False, bracketed, zeros, digits.isdecimal() and len(digits) > 15, why
    )


def _reasons(found: re.Match, written: str, unit: str) -> str:
    """Why a number is not as it was written."""
    sign = found["sign"] or found["sign2"] or ""
    done = [
        (any("０" <= c <= "９" or c in "．，－＋％" for c in written), "全角の文字を半角として読みました。"),
        ("," in found["digits"], "桁区切りを外しました。"),
        (sign not in ("", "-", "+"), f"「{sign}」を負の数として読みました。"),
        (bool(found["open"]), "かっこ書きを負の数として読みました。"),
        (bool(found["scale"]), f"「{found['scale']}」を数に直しました。"),
        (bool(unit), f"単位「{unit}」を外しました。"),
    ]
    return "".join(text for happened, text in done if happened) or "間の空白などを取り、数字だけにしました。"

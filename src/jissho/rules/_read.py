"""Cases from JSON: numbers exact, nonsense refused in words."""

from __future__ import annotations

import json
from decimal import Decimal, DecimalException
from typing import Any

from jissho.errors import DataError

MAX_BYTES = 1_000_000
FORM = '{"program": "it_subsidy", "cost_yen": 600000, "hardware_only": false} のような形で書いてください。'


def read_cases(raw: bytes, where: str = "") -> Any:
    """One case (mapping) or several (list) as JSON in UTF-8, with or without BOM; numbers become ``Decimal``.

    Parameters
    ----------
    raw : bytes
        At most :data:`MAX_BYTES`.
    where : str
        What an error names as the place.

    Raises
    ------
    DataError
        Too large, not UTF-8, not JSON, nested too deep, a key written twice, NaN, Infinity or a number beyond all bounds.
    """
    if len(raw) > MAX_BYTES:
        raise DataError(f"ケースが大きすぎます（{MAX_BYTES // 1_000_000} MBまで）。", where, "ケースを分けてください。")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("文字コードがUTF-8ではありません。", where, "UTF-8で保存し直してください。") from None
    if not text.strip():
        raise DataError("ケースが空です。", where, FORM)

    def number(written: str) -> Decimal:
        try:
            return Decimal(written)
        except DecimalException:
            raise DataError("数の桁が多すぎます。", where, "桁と単位を確かめてください。") from None

    def constant(written: str) -> None:
        raise DataError(f"{written} は数として使えません。", where, "半角の数字で書いてください。")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise DataError("同じキーが二度書かれています。", where, "片方を消してください。")
        return found

    try:
        return json.loads(text, parse_float=number, parse_int=number, parse_constant=constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        place = f"{where} {error.lineno}行目{error.colno}文字目".strip()
        raise DataError("JSONとして読めません。", place, f"コンマ・引用符・括弧を確かめてください。{FORM}") from None
    except RecursionError:
        raise DataError("括弧の入れ子が深すぎます。", where, FORM) from None

"""The card as JSON: written, and read back with every mistake told by its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from jissho.card._model import DecisionCard, Figure, Money, Need, as_data
from jissho.errors import DataError

VERSION = 1
MAX_BYTES = 100_000
MEND = "教材が書き出した 判断カード.json を渡してください。"
PARTS: dict[str, type] = {"numbers": Figure, "money": Money}


def card_json(card: DecisionCard) -> str:
    """The card as JSON text (``"v": 1`` and its fields)."""
    return json.dumps({"v": VERSION, **as_data(card)}, ensure_ascii=False, indent=1) + "\n"


def read_card(raw: bytes, where: str = "") -> DecisionCard:
    """The card that :func:`card_json` wrote: UTF-8 with or without BOM, at most :data:`MAX_BYTES`.

    Raises
    ------
    DataError
        Too large, not UTF-8, not JSON, another version, a field missing, unknown or unusable; ``where`` names the file.
    """
    data = _parsed(raw, where)
    if not isinstance(data, Mapping) or data.get("v") != VERSION:
        raise DataError("判断カードのファイルではありません。", where, MEND)
    try:
        return _made(DecisionCard, {name: value for name, value in data.items() if name != "v"}, "")
    except DataError as error:
        raise DataError(error.what, " ".join(filter(None, [where, error.where])), error.mend) from None


def _parsed(raw: bytes, where: str) -> Any:
    if len(raw) > MAX_BYTES:
        raise DataError(f"ファイルが大きすぎます（{MAX_BYTES // 1000} KBまで）。", where, MEND)
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataError("文字コードがUTF-8ではありません。", where, MEND) from None
    except json.JSONDecodeError as error:
        raise DataError("JSONとして読めません。", f"{where} {error.lineno}行目".strip(), MEND) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        raise DataError("JSONとして読めません。", where, MEND) from None


def _made(kind: type, data: Any, place: str) -> Any:
    """A dataclass from a mapping; ``place`` is its path in the file."""
    if not isinstance(data, Mapping):
        raise DataError("「項目: 値」の組で書きます。", place, MEND)
    known = {field.name: field for field in fields(kind)}
    if unknown := [name for name in data if name not in known]:
        raise DataError(f"知らない項目「{unknown[0][:40]}」があります。", place, f"使える項目: {', '.join(known)}")
    needed = [name for name, field in known.items() if field.default is MISSING]
    if missing := [name for name in needed if name not in data]:
        raise DataError(f"項目「{missing[0]}」がありません。", place, MEND)
    try:
        return kind(**{name: _part(name, value, place) for name, value in data.items()})
    except DataError as error:
        inside = error.where if not place or error.where.startswith(place) else f"{place}.{error.where}"
        raise DataError(error.what, inside, error.mend) from None


def _part(name: str, value: Any, place: str) -> Any:
    here = f"{place}.{name}".lstrip(".")
    if name == "need":
        return _made(Need, value, here)
    if name in PARTS and isinstance(value, list):
        return tuple(_made(PARTS[name], one, f"{here}[{i}]") for i, one in enumerate(value))
    return value

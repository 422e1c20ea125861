"""Values as plain, explicit JSON, so that they leave a participant's kernel exactly and safely.

``None``, booleans, text, finite numbers and lists are themselves; everything else is an object with a type
tag ``"t"``. What cannot cross is ``{"error": <kind>, …}`` (kinds: :data:`ERRORS`). Nothing is pickled or
evaluated; :func:`decode` treats its input as hostile and raises on anything that :func:`encode` does not write.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from jissho.errors import AnswerError

VERSION = 1
MIME = "application/vnd.jissho.answer+json"
LIMIT = 1_000_000  # bytes of JSON
MAX_DEPTH = 20
MAX_BITS = 1024
MAX_COLUMNS = 2000  # arrays, indexes and columns of tables in one value: each takes pandas a moment
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?([+-]\d\d:\d\d(:\d\d)?)?")

ERRORS = {
    "nan": "数ではない値（NaN・欠測）です。0で割っていないか確かめてください。",
    "infinite": "無限大の値です。0で割っていないか確かめてください。",
    "too-big": "値が大きすぎます。",
    "too-deep": "値の入れ子が深すぎます。",
    "unsupported": "この型の値は記録できません。",
    "bad-text": "記録できない文字が入っています。",
    "raised": "関数がエラーで止まりました。",
    "interrupted": "実行が途中で止められました。",
    "not-a-function": "関数がまだ定義されていません。",
    "no-input": "試すための入力が見つかりません。",
    "no-file": "回答ファイルがありません。",
    "bad-file": "回答ファイルを読めません。",
}


class _Refused(Exception):
    def __init__(self, kind: str, type_name: str = "") -> None:
        self.error = {"error": kind} | ({"type": type_name} if type_name else {})


@dataclass(frozen=True)
class Failure:
    """A decoded error: ``kind`` is a key of :data:`ERRORS`; ``type`` and ``message`` as the function raised them."""

    kind: str
    type: str = ""
    message: str = ""


def bundle(item: str, kind: str, value: Any) -> dict:
    """``{"v", "item", "kind", "value"}`` of an encoded value; one above the size limit becomes an error.

    ``kind`` is ``"answer"`` (one value), ``"probe"`` (a list, one result per input) or ``"error"``.
    """
    if size(value) > LIMIT:
        kind, value = "error", {"error": "too-big"}
    return {"v": VERSION, "item": item, "kind": kind, "value": value}


def size(encoded: Any) -> int:
    """Bytes of an encoded value as JSON."""
    return len(json.dumps(encoded, ensure_ascii=False, allow_nan=False).encode("utf-8"))


def encode(value: Any) -> Any:
    """Encode one value; never raises: what cannot cross becomes ``{"error": kind}``.

    NaN and infinity are errors, except a missing value inside a table, which is part of the table (``null``).
    """
    try:
        encoded = _encode(value, 0)
        return encoded if size(encoded) <= LIMIT else {"error": "too-big"}
    except _Refused as refused:
        return refused.error
    except UnicodeEncodeError:
        return {"error": "bad-text"}
    except (RecursionError, MemoryError):
        return {"error": "too-deep"}
    except Exception as error:  # an object of the participant's own whose methods fail
        return {"error": "unsupported", "type": type(error).__name__[:100]}


def _encode(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise _Refused("too-deep")
    for types, encoder in ENCODERS:
        if isinstance(value, types):
            return encoder(value, depth + 1)
    raise _Refused("unsupported", type(value).__name__[:100])


def _integer(value: Any, _: int) -> int:
    number = int(value)
    if number.bit_length() > MAX_BITS:
        raise _Refused("too-big")
    return number


def _real(value: Any, _: int) -> float:
    number = float(value)
    if math.isnan(number):
        raise _Refused("nan")
    if math.isinf(number):
        raise _Refused("infinite")
    return number


def _text(value: str, _: int) -> str:
    if len(value) > LIMIT:
        raise _Refused("too-big")
    str(value).encode("utf-8")
    return str(value)


def _decimal(value: Decimal, _: int) -> dict:
    if not value.is_finite():
        raise _Refused("nan" if value.is_nan() else "infinite")
    if abs(value.adjusted()) > 300:
        raise _Refused("too-big")
    return {"t": "decimal", "v": str(value)}


def _items(values: Any, depth: int) -> list:
    if len(values) > LIMIT:
        raise _Refused("too-big")
    return [_encode(v, depth) for v in values]


def _set(values: Any, depth: int) -> dict:
    items = sorted(_items(values, depth), key=lambda e: json.dumps(e, ensure_ascii=False, sort_keys=True))
    return {"t": "set", "v": items}


def _dict(value: dict, depth: int) -> dict:
    return {"t": "dict", "v": [[_encode(k, depth), _encode(v, depth)] for k, v in value.items()]}


def _missing(*_: Any) -> Any:
    raise _Refused("nan")


def _array(value: np.ndarray, depth: int) -> dict:
    column = _column(pd.Series(value.reshape(-1)), depth, missing=False)
    return {"t": "array", "shape": list(value.shape), **column}


def _series(value: pd.Series, depth: int) -> dict:
    return {
        "t": "series",
        "name": _encode(value.name, depth),
        "index": _index(value.index, depth),
        **_column(value, depth),
    }


def _frame(value: pd.DataFrame, depth: int) -> dict:
    if value.shape[1] >= MAX_COLUMNS:
        raise _Refused("too-big")
    columns = [_column(value.iloc[:, i], depth) for i in range(value.shape[1])]
    return {
        "t": "frame",
        "columns": [_encode(label, depth) for label in value.columns],
        "index": _index(value.index, depth),
        "data": columns,
    }


def _index(value: pd.Index, depth: int) -> dict:
    if isinstance(value, pd.RangeIndex):
        return {"dtype": "range", "v": [value.start, value.stop, value.step], "name": _encode(value.name, depth)}
    if isinstance(value, pd.MultiIndex):
        raise _Refused("unsupported", "MultiIndex")
    return {**_column(pd.Series(value), depth), "name": _encode(value.name, depth)}


def _column(values: pd.Series, depth: int, missing: bool = True) -> dict:
    """One column as ``{"dtype", "v"}``; times are integers of their own unit, missing values ``null``."""
    if len(values) > LIMIT:
        raise _Refused("too-big")
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype if not values.isna().any() else object)
    name = str(values.dtype)
    if name in STRINGS:
        name = "str"
    if name not in DTYPES:
        raise _Refused("unsupported", name[:100])
    absent = values.isna().to_numpy(dtype=bool)
    if absent.any() and not missing:
        raise _Refused("nan")
    raw = values.to_numpy().view("int64") if name[:2] in ("da", "ti") else values.to_numpy(dtype=object)
    encode_cell = DTYPES[name]
    return {
        "dtype": name,
        "v": [None if gone else encode_cell(v, depth) for v, gone in zip(raw.tolist(), absent, strict=True)],
    }


STRINGS = {"str", "string"}
DTYPES: dict[str, Callable[[Any, int], Any]] = {
    "bool": lambda v, _: bool(v),
    "boolean": lambda v, _: bool(v),
    "str": _text,
    "object": _encode,
    **dict.fromkeys([f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)], _integer),
    **dict.fromkeys([f"{u}Int{n}" for u in ("", "U") for n in (8, 16, 32, 64)], _integer),
    **dict.fromkeys(["float32", "float64", "Float64"], _real),
    **dict.fromkeys([f"{t}[{u}]" for t in ("datetime64", "timedelta64") for u in ("s", "ms", "us", "ns")], _integer),
}
# Order matters: bool before int, Timestamp before datetime before date, NaT and NA before all.
ENCODERS: list[tuple[Any, Callable[[Any, int], Any]]] = [
    (type(None), lambda *_: None),
    ((type(pd.NaT), type(pd.NA)), _missing),
    ((bool, np.bool_), lambda v, _: bool(v)),
    ((int, np.integer), _integer),
    ((float, np.floating), _real),
    (str, _text),
    (list, _items),
    (range, _items),
    (tuple, lambda v, depth: {"t": "tuple", "v": _items(v, depth)}),
    ((set, frozenset), _set),
    (dict, _dict),
    (Decimal, _decimal),
    (np.datetime64, lambda v, depth: _encode(pd.Timestamp(v), depth)),
    (np.timedelta64, lambda v, depth: _encode(pd.Timedelta(v), depth)),
    (dt.datetime, lambda v, _: {"t": "datetime", "v": pd.Timestamp(v).isoformat()}),
    (dt.date, lambda v, _: {"t": "date", "v": v.isoformat()}),
    (dt.timedelta, lambda v, _: {"t": "timedelta", "v": int(pd.Timedelta(v).as_unit("ns").value)}),
    (np.ndarray, _array),
    (pd.DataFrame, _frame),
    (pd.Series, _series),
    (pd.Index, lambda v, depth: {"t": "index", **_index(v, depth)}),
]


def decode(encoded: Any) -> Any:
    """The value that was encoded; an error object becomes a :class:`Failure`.

    Raises
    ------
    AnswerError
        Anything that :func:`encode` would not have written.
    """
    if _columns_in(encoded) > MAX_COLUMNS:
        raise AnswerError("記録に表や配列が多すぎます。")
    try:
        return _decode(encoded, 0)
    except AnswerError:
        raise
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        OverflowError,
        AttributeError,
        InvalidOperation,
        RecursionError,
    ) as error:
        raise AnswerError(f"記録の形が正しくありません（{type(error).__name__}）。") from None


def _columns_in(encoded: Any) -> int:
    """How many columns, arrays and indexes there are, at any depth."""
    waiting, count = [encoded], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            count += "dtype" in one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


def _decode(encoded: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise AnswerError("記録の入れ子が深すぎます。")
    if encoded is None or isinstance(encoded, bool):
        return encoded
    if isinstance(encoded, str):
        encoded.encode("utf-8")  # half a character raises ValueError
        return encoded
    if isinstance(encoded, int):
        return _bounded(encoded)
    if isinstance(encoded, float):
        return _finite(encoded)
    if isinstance(encoded, list):
        return [_decode(v, depth + 1) for v in encoded]
    if not isinstance(encoded, dict):
        raise AnswerError("記録の形が正しくありません。")
    if "error" in encoded:
        return _failure(encoded)
    decoder = DECODERS.get(encoded["t"]) if isinstance(encoded.get("t"), str) else None
    if decoder is None:
        raise AnswerError("知らない種類の値が記録されています。")
    return decoder(encoded, depth + 1)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise AnswerError("記録に数ではない値があります。")
    return number


def _bounded(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise AnswerError("記録に大きすぎる数があります。")
    return number


def _failure(encoded: dict) -> Failure:
    fields = {name: encoded.get(name, "") for name in ("error", "type", "message")}
    if fields["error"] not in ERRORS or not all(isinstance(v, str) and len(v) <= 1000 for v in fields.values()):
        raise AnswerError("記録の形が正しくありません。")
    return Failure(fields["error"], fields["type"], fields["message"])


def _list_of(encoded: dict, depth: int) -> list:
    if not isinstance(encoded["v"], list):
        raise AnswerError("記録の形が正しくありません。")
    return [_decode(v, depth) for v in encoded["v"]]


def _typed(encoded: dict, key: str, kind: type) -> Any:
    value = encoded[key]
    if type(value) is not kind:
        raise AnswerError("記録の形が正しくありません。")
    return value


def _decode_decimal(encoded: dict, _: int) -> Decimal:
    number = Decimal(_typed(encoded, "v", str))
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise AnswerError("記録に数ではない値があります。")
    return number


def _decode_datetime(encoded: dict, _: int) -> pd.Timestamp:
    text = _typed(encoded, "v", str)
    if not MOMENT.fullmatch(text):
        raise AnswerError("日時の形が正しくありません。")
    return pd.Timestamp(text)


def _decode_dict(encoded: dict, depth: int) -> dict:
    return {_decode(k, depth): _decode(v, depth) for k, v in _typed(encoded, "v", list)}


def _decode_column(encoded: dict, depth: int) -> pd.Series:
    name, cells = _typed(encoded, "dtype", str), _typed(encoded, "v", list)
    if name not in DTYPES:
        raise AnswerError("知らない種類の列が記録されています。")
    if name == "object":
        values = np.empty(len(cells), dtype=object)
        values[:] = [_decode(v, depth) for v in cells]
        return pd.Series(values, dtype=object)
    wanted = CELLS[name.partition("[")[0].rstrip("0123456789")]
    if any(type(v) not in wanted for v in cells):
        raise AnswerError("列の中の値が、列の種類と合いません。")
    if name.startswith(("datetime64", "timedelta64")):
        stamps = np.array([np.iinfo("int64").min if v is None else v for v in cells], dtype="int64")
        return pd.Series(stamps.view(name))
    if "float" in name.lower():
        cells = [None if v is None else _finite(float(v)) for v in cells]
        if name != "Float64":
            return pd.Series(np.array([np.nan if v is None else v for v in cells], dtype=name))
    return pd.Series(cells, dtype=name)


NONE = type(None)
CELLS = {  # by dtype without its width: the JSON types a cell may have
    "bool": {bool}, "boolean": {bool, NONE}, "str": {str, NONE},
    "int": {int}, "uint": {int}, "Int": {int, NONE}, "UInt": {int, NONE},
    "float": {float, int, NONE}, "Float": {float, int, NONE}, "datetime": {int, NONE}, "timedelta": {int, NONE},
}  # fmt: skip


def _decode_index(encoded: dict, depth: int) -> pd.Index:
    name = _decode(encoded["name"], depth)
    if encoded["dtype"] == "range":
        start, stop, step = (_typed({"v": v}, "v", int) for v in _typed(encoded, "v", list))
        if len(range(start, stop, step)) > LIMIT:
            raise AnswerError("記録が大きすぎます。")
        return pd.RangeIndex(start, stop, step, name=name)
    return pd.Index(_decode_column(encoded, depth), name=name)


def _decode_array(encoded: dict, depth: int) -> np.ndarray:
    shape = _typed(encoded, "shape", list)
    if not all(type(n) is int and 0 <= n <= LIMIT for n in shape) or len(shape) > 8:
        raise AnswerError("配列の形が正しくありません。")
    values = _decode_column(encoded, depth)
    if encoded["dtype"] != "object" and values.isna().any():
        raise AnswerError("記録に数ではない値があります。")
    flat = np.array(values.tolist(), dtype=str) if encoded["dtype"] == "str" else values.to_numpy()
    return flat.reshape(shape)


def _decode_series(encoded: dict, depth: int) -> pd.Series:
    series = _decode_column(encoded, depth)
    series.index = _decode_index(encoded["index"], depth)
    return series.rename(_decode(encoded["name"], depth))


def _decode_frame(encoded: dict, depth: int) -> pd.DataFrame:
    labels = [_decode(c, depth) for c in _typed(encoded, "columns", list)]
    hash(tuple(labels))  # a label that is no label raises TypeError
    index = _decode_index(encoded["index"], depth)
    columns = [_decode_column(c, depth) for c in _typed(encoded, "data", list)]
    if len(labels) != len(columns) or any(len(c) != len(index) for c in columns):
        raise AnswerError("表の行と列の数が合いません。")
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(len(index)))
    frame.index, frame.columns = index, pd.Index(labels) if labels else pd.RangeIndex(0)
    return frame


DECODERS: dict[str, Callable[[dict, int], Any]] = {
    "tuple": lambda e, depth: tuple(_list_of(e, depth)),
    "set": lambda e, depth: set(_list_of(e, depth)),
    "dict": _decode_dict,
    "decimal": _decode_decimal,
    "datetime": _decode_datetime,
    "date": lambda e, _: dt.date.fromisoformat(_typed(e, "v", str)),
    "timedelta": lambda e, _: pd.Timedelta(_typed(e, "v", int), unit="ns"),
    "array": _decode_array,
    "series": _decode_series,
    "frame": _decode_frame,
    "index": _decode_index,
}

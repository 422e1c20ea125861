"""Read YAML into pydantic models; every error names file, line and key."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from jissho.errors import ContentError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# pydantic's error types in the words of a course author; the rest keeps pydantic's own message.
_REASONS = {
    "missing": "このキーが要ります",
    "extra_forbidden": "知らないキーです",
    "string_type": "文字で書いてください",
    "string_too_short": "空にはできません",
    "int_type": "整数で書いてください",
    "bool_type": "true か false で書いてください",
    "list_type": "並び（- で始まる行か [ ]）で書いてください",
    "too_short": "一つ以上書いてください",
    "dict_type": "「キー: 値」の組で書いてください",
    "model_type": "「キー: 値」の組で書いてください",
    "literal_error": "使えない値です",
    "string_pattern_mismatch": "形が違います",
    "greater_than": "小さすぎます",
    "greater_than_equal": "小さすぎます",
    "less_than_equal": "大きすぎます",
}

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A parsed YAML file that knows its lines. ``name`` is what an error shows."""

    name: str
    data: Any
    node: yaml.Node | None

    def where(self, loc: Loc) -> str:
        """``file:line`` of the deepest YAML node that ``loc`` (keys and positions) reaches."""
        node, line = self.node, 1
        for key in loc:
            if (node := _child(node, key)) is None:
                break
            line = node.start_mark.line + 1
        return f"{self.name}:{line}"

    def error(self, loc: Loc, what: str, mend: str = "") -> ContentError:
        """An error about the value at ``loc``, with file, line and key."""
        return ContentError(f"{_key(loc)}: {what}", where=self.where(loc), mend=mend)

    def as_model(self, model: Any) -> Any:
        """The data as ``model``: a pydantic model or a type such as ``dict[str, str]``.

        Raises
        ------
        ContentError
            The first thing that does not fit.
        """
        try:
            return TypeAdapter(model).validate_python(self.data)
        except ValidationError as error:
            # A misspelt key is both unknown and missing: name the one that was written.
            errors = error.errors()
            first = min(errors, key=lambda e: e["type"] != "extra_forbidden")
            raise self.error(first["loc"], f"{_reason(first)}。", _mend(first, errors)) from None


def read_text(path: Path, name: str) -> str:
    """Text of a UTF-8 file, with or without BOM; ``name`` is what errors show as the file.

    Raises
    ------
    ContentError
        File missing or not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ContentError(
            f"ファイルを読めません（{error.strerror}）。", where=name, mend="消えていれば元に戻してください。"
        ) from None
    except UnicodeDecodeError:
        raise ContentError(
            "文字コードがUTF-8ではありません。", where=name, mend="UTF-8で保存し直してください。"
        ) from None


def parse(text: str, name: str) -> Document:
    """Parse YAML text; ``name`` is what errors show as the file.

    Raises
    ------
    ContentError
        Not YAML, or a key written twice.
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        _refuse_repeated_keys(node, name)
        return Document(name, loader.construct_document(node) if node else None, node)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-13-01
        mark = getattr(error, "problem_mark", None)
        raise ContentError(
            f"YAMLとして読めません（{getattr(error, 'problem', None) or error}）。",
            where=f"{name}:{mark.line + 1 if mark else 1}",
            mend="この行と前の行の字下げ、コロンの後の空白、かぎ括弧や引用符の閉じ忘れを確かめてください。",
        ) from None


def read_document(path: Path) -> Document:
    """Read a YAML file; its data fit a pydantic model with :meth:`Document.as_model`.

    Raises
    ------
    ContentError
        File missing, not UTF-8, not YAML, or a key written twice.
    """
    return parse(read_text(path, str(path)), str(path))


def _refuse_repeated_keys(node: yaml.Node | None, name: str) -> None:
    """YAML would silently keep the last of two equal keys."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if str(key.value) in seen:
            raise ContentError(
                f"キー {key.value} が二度書かれています。",
                where=f"{name}:{key.start_mark.line + 1}",
                mend="片方を消してください。",
            )
        seen.add(str(key.value))
        _refuse_repeated_keys(value, name)


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    return None


def _key(loc: Loc) -> str:
    """``modules[0].minutes`` for ``("modules", 0, "minutes")``."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in loc)
    return text.lstrip(".") or "全体"


def _reason(error: dict) -> str:
    ours = error.get("ctx", {}).get("error")  # a ValueError of our own models
    return str(ours) if ours else _REASONS.get(error["type"], error["msg"])


def _mend(error: dict, errors: list[dict]) -> str:
    context = error.get("ctx", {})
    if "error" in context:  # about a whole entry: its value would be all that was written
        return "この行から始まる項目を、そのように直してください。"
    if "expected" in context:
        return f"使えるのは {context['expected'].replace(' or ', ', ')} です（今の値: {error['input']!r:.60}）。"
    if "pattern" in context:
        return f"{context['pattern']} の形で書いてください（今の値: {error['input']!r:.60}）。"
    if error["type"] == "missing":
        return f"「{error['loc'][-1]}: …」の行を加えてください。"
    if error["type"] == "extra_forbidden":
        *parent, key = error["loc"]
        missing = [e["loc"][-1] for e in errors if e["type"] == "missing" and list(e["loc"][:-1]) == parent]
        meant = difflib.get_close_matches(str(key), missing, n=1)
        return f"つづりを確かめるか、この行を消してください{f'（もしかして: {meant[0]}）' if meant else ''}。"
    return f"今の値: {error['input']!r:.60}"

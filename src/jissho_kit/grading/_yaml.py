"""Read YAML into pydantic models so that an error names file, line and key."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from jissho.errors import ContentError

REASONS = {
    "missing": "キーが足りません",
    "extra_forbidden": "知らないキーです",
    "literal_error": "使えない値です",
    "string_pattern_mismatch": "形が違います",
}


def read_as(model: type, path: Path):
    """Read a YAML file as ``model`` (a pydantic model or a type such as ``list[Item]``).

    Raises
    ------
    ContentError
        File missing, not YAML, or not of that shape; ``where`` is ``file:line`` and the key.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return TypeAdapter(model).validate_python(yaml.safe_load(text))
    except FileNotFoundError:
        raise ContentError("ファイルがありません。", where=str(path)) from None
    except UnicodeDecodeError:
        raise ContentError(
            "文字コードがUTF-8ではありません。", where=str(path), mend="UTF-8で保存し直してください。"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ContentError(
            f"YAMLとして読めません: {getattr(error, 'problem', error)}",
            where=f"{path}:{line}",
            mend="字下げとコロンの後の空白を確かめてください。",
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        keys = [str(k) for k in first["loc"]]
        raise ContentError(
            f"{REASONS.get(first['type'], first['msg'])}: {'.'.join(keys) or path.name}",
            where=f"{path}:{line_of(node, first['loc'])}",
            mend=f"受け取った値: {first['input']!r:.80}",
        ) from None


def line_of(node: yaml.Node | None, loc: tuple) -> int:
    """1-based line of the deepest YAML node that ``loc`` (keys and positions) reaches."""
    line = 1
    for key in (None, *loc):
        if key is not None:
            node = _child(node, key)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node, key) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    return None

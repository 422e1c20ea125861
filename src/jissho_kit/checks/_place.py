"""Where in a file something stands."""

from __future__ import annotations

import re
from pathlib import Path

from jissho.errors import ContentError
from jissho_kit.curriculum import ids

_WHERE = re.compile(r"^(?P<file>.*\.\w+)(?::(?P<line>\d+)| (?P<row>\d+) 行目)?")
_ID = re.compile(r"^\s*-?\s*id:\s*['\"]?(?P<id>[\w.-]+)")
ITEM_ID = re.compile(rf"^{ids.ITEM}$")


def text_of(path: Path) -> str:
    """Text of a UTF-8 file. Raises ``ContentError`` naming the file when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ContentError(f"ファイルを読めません（{error.strerror}）。", where=f"{path}:1") from None
    except UnicodeDecodeError:
        raise ContentError(
            "文字コードがUTF-8ではありません。", where=f"{path}:1", mend="UTF-8で保存し直してください。"
        ) from None


def _lines(path: Path) -> list[str]:
    """Lines to look for a place in; a file that is missing or badly encoded is reported elsewhere."""
    return path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if path.is_file() else []


def line_of(path: Path, *words: str, after: int = 0) -> int:
    """Line (from 1) that holds the last of ``words``, each looked for after the one before; 1 when nowhere."""
    line = after
    text = _lines(path)
    for word in words:
        line = next((n for n, one in enumerate(text[line:], line + 1) if word in one), line)
    return max(line, 1)


def line_of_id(path: Path, id: str) -> int:
    """Line of ``id: <id>`` in a YAML file; 1 when it has none."""
    text = _lines(path)
    return next((n for n, line in enumerate(text, 1) if (found := _ID.match(line)) and found["id"] == id), 1)


def id_at(path: Path, line: int) -> str:
    """The ``id:`` that the entry around ``line`` of a YAML file carries, else ""."""
    text = _lines(path)
    return next((found["id"] for one in reversed(text[:line]) if (found := _ID.match(one))), "")


def parse_where(where: str, root: Path) -> tuple[Path, int, str]:
    """File, line and id from an error's ``where``: ``path:line``, ``path n 行目``, a path below ``root``, or an item's id."""
    if ITEM_ID.match(where):
        path = root / "grading" / where.rpartition(".")[0] / "items.yml"
        return path, line_of_id(path, where), where
    found = _WHERE.match(where)
    if not found:
        return root, 1, where
    path, line = root / found["file"], int(found["line"] or found["row"] or 1)
    return path, line, id_at(path, line) if path.suffix == ".yml" else ""

"""A copy of the curriculum that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from jissho_kit.curriculum import content_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Content root whose files are copies."""
    shutil.copytree(content_root() / "curriculum", tmp_path / "curriculum")
    return tmp_path


@pytest.fixture
def spoil(root: Path):
    """Replace the first ``old`` in a file by ``new``; the line of the replacement comes back."""

    def replace(name: str, old: str, new: str) -> int:
        path = root / "curriculum" / name
        text = path.read_text(encoding="utf-8-sig")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace

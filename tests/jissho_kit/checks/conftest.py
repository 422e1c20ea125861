"""A copy of the kit's content to plant faults in."""

import shutil
from pathlib import Path

import pytest
import yaml

from jissho_kit import curriculum
from jissho_kit.checks import RULES, check

# Rules that start kernels or nbgrader have tests of their own.
COSTLY = {"lesson-stops", "stderr", "glyph", "figure-synthetic-unsaid", "budget", "release-differs", "leak"}
STATIC = [rule for rule in RULES if rule.id not in COSTLY]
LESSON = "notebooks/shopfloor/factory/1_understand_b.py"
ITEMS = "grading/B-F-1b/items.yml"


class Content:
    """A content root whose files a test changes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str, count: int = -1) -> None:
        assert old in self.read(name), f"nothing to plant in: {old}"
        self.write(name, self.read(name).replace(old, new, count))

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def delete(self, name: str) -> None:
        (self.root / name).unlink()

    def items(self, change) -> None:
        """Change the items as data."""
        items = yaml.safe_load(self.read(ITEMS))
        change(items)
        self.write(ITEMS, yaml.safe_dump(items, allow_unicode=True, sort_keys=False))

    def line(self, name: str, *words: str) -> int:
        """Line of the last of ``words``, each looked for after the one before."""
        lines, at = self.read(name).splitlines(), 0
        for word in words:
            at = next(n for n, line in enumerate(lines[at:], at + 1) if word in line)
        return at

    def findings(self, *paths: str):
        found = check([self.root / path for path in paths], root=self.root, rules=STATIC).findings
        return [finding for finding in found if finding not in self.before(*paths)]

    def before(self, *paths: str):
        """What the kit itself has, so that a test sees only what it planted."""
        key = paths
        if key not in _BEFORE:
            root = curriculum.content_root()
            there = [root / path for path in paths if (root / path).exists()]
            _BEFORE[key] = check(there, root=root, rules=STATIC).findings if there else ()
        return _BEFORE[key]


_BEFORE: dict = {}


@pytest.fixture
def content(tmp_path):
    for name in ("curriculum", "notebooks", "grading", "datasets"):
        shutil.copytree(curriculum.content_root() / name, tmp_path / name, ignore=shutil.ignore_patterns("*.csv"))
    for path in (curriculum.content_root()).glob("datasets/*/*.csv"):
        (tmp_path / path.relative_to(curriculum.content_root())).symlink_to(path)
    return Content(tmp_path)

"""A small lesson in a folder of its own."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

LESSON = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   jissho:
#     part: B-F-1b
#     given: ["80%"]
# ---

# %% [markdown]
# # 題
#
# 表は {{checksheet.rows|,}} 行、損失は {{checksheet.total_loss|万円}} です。

# %% tags=["parameters"]
seed = 20180605
n = 1500
班 = "あ"

# %%
from jissho.datasets import load_checksheet

df = load_checksheet()
print(len(df), 班)

# %% tags=["claim"]
from jissho_kit.truths import shipped_tables

assert len(df) == n, "行数が n と違います"
"""


@dataclass(frozen=True)
class APart:
    """What the room needs of a part of the curriculum."""

    id: str = "B-F-1b"
    title: str = "パレート図"
    lesson: str | None = "notebooks/a.py"
    datasets: list = field(default_factory=lambda: ["checksheet"])


@dataclass(frozen=True)
class Example:
    """A part and the content folder that holds its lesson."""

    root: Path
    part: APart = APart()

    def write(self, text: str) -> "Example":
        (self.root / "notebooks").mkdir(exist_ok=True)
        (self.root / self.part.lesson).write_text(text, encoding="utf-8")
        return self

    def changed(self, old: str, new: str) -> "Example":
        assert old in LESSON
        return self.write(LESSON.replace(old, new))

    def planned(self) -> "Example":
        return replace(self, part=replace(self.part, lesson=None))


@pytest.fixture
def example(tmp_path):
    return Example(tmp_path).write(LESSON)

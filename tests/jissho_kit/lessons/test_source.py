"""Reading a lesson: lines, parameters, and errors that name file and line."""

import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit.lessons import parameters_of, read, source_of


def test_each_cell_knows_its_line(example):
    path = source_of(example.part, example.root)
    lesson = read(path)
    text = path.read_text(encoding="utf-8").splitlines()
    assert [text[line - 1].startswith("# %%") for line in lesson.lines] == [True] * 4
    claim = next(number for number, line in enumerate(text, 1) if line.startswith("assert"))
    assert lesson.where(3, line=3) == f"{path}:{claim}"
    assert (lesson.part, lesson.given, lesson.shows_code) == ("B-F-1b", ("80%",), True)


def test_parameters_are_plain_values(example):
    assert parameters_of(example.part, example.root) == {"seed": 20180605, "n": 1500, "班": "あ"}
    example.changed("n = 1500", "n = len('abc')")
    with pytest.raises(ContentError, match="名前 = 値") as error:
        parameters_of(example.part, example.root)
    assert error.value.where.endswith("a.py:16")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#     part: B-F-1b\n", "", "part"),
        ("#   jissho:\n", "#   jissho: [\n", "見出し"),
        ("# ---\n\n# %% [markdown]", "# ---\n\nx = 1\n\n# %% [markdown]", "セルの外"),
    ],
)
def test_a_malformed_lesson_is_named(example, old, new, words):
    example.changed(old, new)
    with pytest.raises(ContentError, match=words) as error:
        read(source_of(example.part, example.root))
    assert "a.py:" in error.value.where


def test_a_lesson_that_is_missing_or_planned(example):
    with pytest.raises(ContentError, match="読めません"):
        read(example.root / "ない.py")
    with pytest.raises(UsageError, match="準備中"):
        source_of(example.planned().part, example.root)

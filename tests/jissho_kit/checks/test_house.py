"""The wall and the arrows."""

import pytest

from jissho_kit.checks import house
from jissho_kit.checks._subjects import Kit


@pytest.fixture
def source(tmp_path):
    def write(name, text):
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "text", ["import jissho_kit\n", "from jissho_kit.truths import result\n", "def f():\n    import jissho_kit.cli\n"]
)
def test_the_participants_side_may_not_use_the_other(source, tmp_path, text):
    path = source("jissho/a.py", f"import json\n{text}")
    (found,) = house.wall_stands(Kit(tmp_path))
    assert (found.file, found.line) == (path, 1 + text.count("\n"))


def test_a_lower_room_may_not_use_a_higher_one(source, tmp_path):
    path = source("jissho_kit/simulators/a.py", "import json\nfrom jissho_kit.lessons import run\n")
    source("jissho_kit/cli.py", "from jissho_kit import curriculum\n")
    source("jissho_kit/lessons/b.py", "from jissho_kit.curriculum import find\nimport jissho.errors\n")
    (found,) = house.arrows_point_down(Kit(tmp_path))
    assert (found.file, found.line, found.detail) == (path, 2, "simulators → lessons")


def test_a_room_named_in_the_import_list_counts(source, tmp_path):
    source("jissho_kit/truths/a.py", "from jissho_kit import grading\n")
    (found,) = house.arrows_point_down(Kit(tmp_path))
    assert found.detail == "truths → grading"

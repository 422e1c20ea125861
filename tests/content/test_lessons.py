"""Every ready lesson runs on other data for its author, and on the shipped data for a participant.

(On the shipped data for its author: test_checks, which also looks at the figures.)
"""

import pytest
from nbformat import NotebookNode

from jissho_kit.curriculum import ready_parts
from jissho_kit.kernels import execute
from jissho_kit.lessons import build, run

PARTS = [pytest.param(part, id=part.id) for part in ready_parts() if part.lesson]

# Imported first by a kernel that finds it on its path: makes the instructor's side look as if it were not installed.
PARTICIPANTS_PC = """\
import sys


class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "jissho_kit":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Wall())
"""


def stderr(nb: NotebookNode) -> str:
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stderr")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.seeds(5)
def test_a_lessons_claims_hold_on_another_draw(part, seed, tmp_path):
    result = run(part, tmp_path, seed=seed)
    assert result.stderr == ""
    assert result.claims >= 1


@pytest.mark.parametrize("part", PARTS)
def test_a_participants_lesson_needs_jissho_alone(part, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PARTICIPANTS_PC, encoding="utf-8")
    nb = build(part)
    wall = "import importlib.util\ntry:\n    importlib.util.find_spec('jissho_kit')\nexcept ModuleNotFoundError:\n    print('壁')"
    nb.cells.insert(
        0, NotebookNode(cell_type="code", id="wall", source=wall, outputs=[], execution_count=None, metadata={})
    )
    execute(nb, tmp_path, env={"PYTHONPATH": str(tmp_path), "JISSHO_AUTO": "1"})
    assert nb.cells[0].outputs[0].text == "壁\n"
    assert stderr(nb) == ""

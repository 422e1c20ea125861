"""The source notebook: question, the participant's cell, a locked test cell; probes last; faults named."""

from __future__ import annotations

import pytest

from jissho.errors import ContentError
from jissho_kit import truths
from jissho_kit.grading.build import build_notebook, stubbed
from jissho_kit.grading.items import load_items

from .conftest import toy, write_content


def build(root):
    items = load_items(toy.ASSIGNMENT, root)
    return build_notebook(toy.ASSIGNMENT, items, truths.draw_tables(3), {"G-A-1.a": {"limit": 0.2}}, root)


@pytest.fixture(scope="module")
def built(content):
    return build(content)


def graded(cells):
    return [cell.metadata.nbgrader for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]


def test_each_item_has_one_graded_cell_and_probes_come_last(built):
    notebook, _ = built
    ids = [meta["grade_id"] for meta in graded(notebook.cells)]
    assert ids == [f"G-A-1_{letter}" for letter in "abcdehfg"]
    assert [meta["points"] for meta in graded(notebook.cells)] == [2, 1, 2, 1, 3, 2, 2, 1]
    assert all(cell.source.startswith("from jissho.teach import probe") for cell in notebook.cells[-2:])


def test_the_question_is_filled_for_the_data(built):
    text = "\n".join(cell.source for cell in built[0].cells)
    assert "全部で1,500行あります" in text and "しきい値が20%" in text and "{{" not in text


def test_cell_ids_do_not_change_from_build_to_build(content, built):
    assert [c.id for c in build(content)[0].cells] == [c.id for c in built[0].cells]


def test_the_test_cell_holds_no_answer(built):
    notebook, manifest = built
    assert manifest.cell("G-A-1_a").source == 'from jissho.teach import answer\n\nanswer("G-A-1.a", 割合)'
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "数えていませんか" not in text and "because" not in text


def test_the_released_cell_keeps_the_typed_stub():
    source = "κ = None\n### BEGIN SOLUTION\nκ = 0.5\n### END SOLUTION"
    assert stubbed(source) == "κ = None\n# ここに書いてください"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('item="G-A-1.b"', 'item="G-A-1.z"', "G-A-1.z"),
        ('# %% item="G-A-1.c" form=true\n', "", "G-A-1.c"),
        ('answer="項目"', 'answer="別名"', "別名"),
        ('probe="分割"', 'answer="分割"', "G-A-1.f"),
        ("項目 = None\n### BEGIN SOLUTION\n### END SOLUTION", "項目 = None", "BEGIN SOLUTION"),
        ("    ### END SOLUTION\n    return None\n\n# %% item=\"G-A-1.g", "    ### END SOLUTION\n\n# %% item=\"G-A-1.g", "G-A-1.f"),
    ],
)  # fmt: skip
def test_a_faulty_assignment_is_refused_and_named(tmp_path, old, new, said):
    assert old in toy.ASSIGNMENT_PY
    root = write_content(tmp_path, assignment_text=toy.ASSIGNMENT_PY.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        build(root)
    assert said in str(caught.value) and "assignment.py" in caught.value.where

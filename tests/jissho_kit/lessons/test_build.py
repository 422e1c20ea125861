"""Building: ids, audiences, filled prose."""

import nbformat
import pytest

from jissho.errors import ContentError
from jissho_kit.lessons import build
from jissho_kit.lessons._build import unwrap
from jissho_kit.truths import draw_tables


def test_authors_and_participants_share_ids(example):
    author = build(example.part, audience="author", root=example.root)
    participant = build(example.part, root=example.root)
    assert [cell.id for cell in author.cells] == ["B-F-1b-001", "B-F-1b-002", "B-F-1b-003", "B-F-1b-004"]
    assert participant.cells == author.cells[:3]
    assert participant == build(example.part, root=example.root)
    assert "jissho_kit" not in nbformat.writes(participant)
    nbformat.validate(participant)


def test_prose_is_filled_for_the_data_given(example):
    shipped, drawn = (
        build(example.part, data=data, root=example.root).cells[0].source for data in (None, draw_tables(5))
    )
    assert "表は 1,500 行" in shipped and "{{" not in shipped
    assert shipped != drawn


def test_an_unknown_result_names_the_line(example):
    example.changed("checksheet.rows", "checksheet.rowz")
    with pytest.raises(ContentError, match="rowz") as error:
        build(example.part, root=example.root)
    assert error.value.where.endswith("a.py:12")


def test_the_instructors_side_never_reaches_a_participant(example):
    example.changed(' tags=["claim"]', "")
    with pytest.raises(ContentError, match="jissho_kit") as error:
        build(example.part, root=example.root)
    assert error.value.where.endswith("a.py:25")
    assert len(build(example.part, audience="author", root=example.root).cells) == 4


def test_the_code_of_a_question_is_folded():
    cells = build("B-F-1b").cells
    asked = [cell for cell in cells if cell.cell_type == "code" and "check(" in cell.source]
    assert asked and all(cell.metadata["jupyter"] == {"source_hidden": True} for cell in asked)
    assert all(cell.source.startswith("#") for cell in asked)


@pytest.mark.parametrize(
    "broken, joined",
    [
        ("一つの文を\n途中で折る。\n次の文", "一つの文を途中で折る。次の文"),
        ("# 題\n本文", "# 題\n本文"),
        ("| 表 |\n本文", "| 表 |\n本文"),
        ("- 一\n- 二", "- 一\n- 二"),
        ("**太字。**\n続き", "**太字。**\n続き"),
        ("```\n行一\n行二\n```", "```\n行一\n行二\n```"),
        ("段落\n\n段落", "段落\n\n段落"),
        ("改行  \nする", "改行  \nする"),
    ],
)
def test_a_line_broken_in_the_source_is_one_line_on_the_page(broken, joined):
    assert unwrap(broken) == joined

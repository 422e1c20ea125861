"""Slides of a lesson: where one begins, what the speaker says, and nothing from outside."""

from __future__ import annotations

import re

import pytest
from nbformat import v4

from jissho_kit import curriculum
from jissho_kit.lessons import _slides, read, source_of

GUIDE = """# 講師ノート

## ねらい
一行

## スライドの話し方
### はじめ
黙って十秒。

### おわり
**名前**と日付。

## 切る所
### はじめ
ここは話し方ではない
"""


def shown(text: str):
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", {"text/html": f"<b>{text}</b>"})])


@pytest.fixture
def executed():
    """Two headings, a picture and a form under the first, a claim, a cell that shows nothing."""
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# はじめ\n\n一文"),
            shown("図"),
            v4.new_code_cell("見せないコード"),
            shown("問い"),
            v4.new_markdown_cell("続きの文"),
            shown("図2"),
            v4.new_code_cell("assert 主張", metadata={"tags": ["claim"]}, outputs=[]),
            v4.new_markdown_cell("## おわり"),
        ]
    )


def kinds(nb, notes=()):
    return [cell.metadata.slideshow.slide_type for cell in _slides.arranged(nb, dict(notes)).cells]


def test_a_picture_comes_with_the_text_that_leads_to_it(executed):
    assert kinds(executed) == ["slide", "-", "subslide", "subslide", "-", "slide"]


def test_the_speakers_notes_follow_their_heading(executed):
    notes = _slides.notes_in(GUIDE)
    assert notes == {"はじめ": "黙って十秒。", "おわり": "**名前**と日付。"}
    assert kinds(executed, notes) == ["slide", "notes", "-", "subslide", "subslide", "-", "slide", "notes"]


def test_a_guide_without_that_section_gives_no_notes():
    assert _slides.notes_in("# 講師ノート\n\n## ねらい\n一行\n") == {}


def test_the_page_needs_nothing_from_outside_and_its_scripts_end_where_they_should(executed, tmp_path):
    page = _slides.write_slides(executed, tmp_path / "a.html", "題", {"おわり": "メモ"}, shows_code=False).read_text()
    own = re.sub(r"(?s)(<script>).*?(</script>)", r"\1\2", page)
    assert not re.findall(r"""<[^>]+(?:src|href)=["'](?!data:)""", own)
    assert page.count("<script>") == page.count("</script>") == 3
    assert "見せないコード" not in page and "主張" not in page
    assert "合成データ" in page and "MIT" in page and '<aside class="notes">' in page


@pytest.mark.parametrize("part", curriculum.ready_parts(), ids=lambda part: part.id)
def test_every_note_is_for_a_slide_that_there_is(part):
    notes = _slides.notes_in(curriculum.guide_path(part.module).read_text(encoding="utf-8"))
    prose = [cell.source for cell in read(source_of(part)).notebook.cells if cell.cell_type == "markdown"]
    assert set(notes) <= {heading[2] for heading in map(_slides.HEADING.match, prose) if heading}

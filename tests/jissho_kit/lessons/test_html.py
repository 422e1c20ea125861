"""The page: Japanese, offline, still readable without widgets."""

import re

import ipywidgets
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jissho_kit.lessons._html import write_html

MODEL = "application/vnd.jupyter.widget-view+json"


def widgets_notebook():
    """A notebook with a box of controls whose output area holds a figure, as nbclient stores it."""
    box = ipywidgets.VBox(
        [
            ipywidgets.IntSlider(description="不良率", value=3),
            ipywidgets.Dropdown(description="選ぶ", options=["ア", "イ"]),
            ipywidgets.HTML("<b>要点</b>"),
        ]
    )
    state = ipywidgets.Widget.get_manager_state()["state"]
    captured = {"output_type": "display_data", "data": {"text/html": "<i>図</i>"}, "metadata": {}}
    state["出力"] = {"state": {"_model_name": "OutputModel", "outputs": [captured]}}
    state[box.model_id]["state"]["children"].append("IPY_MODEL_出力")
    view = new_output("display_data", {MODEL: {"model_id": box.model_id}, "text/plain": "VBox(children=(IntSlider(…"})
    cells = [new_markdown_cell("# 題"), new_code_cell("explore(draw)", outputs=[view])]
    cells.append(new_code_cell("assert True", metadata={"tags": ["claim"]}))
    cells.append(new_code_cell("ask_me(right='ア')", metadata={"tags": ["form"]}))
    return new_notebook(
        cells=cells,
        metadata={"title": "K-F-1 検査機", "widgets": {"application/vnd.jupyter.widget-state+json": {"state": state}}},
    )


@pytest.fixture
def page(tmp_path):
    return lambda shows_code: write_html(widgets_notebook(), tmp_path / "a.html", shows_code).read_text(
        encoding="utf-8"
    )


def test_the_page_is_japanese_and_fetches_nothing(page):
    html = page(True)
    assert '<html lang="ja">' in html and "<title>K-F-1 検査機</title>" in html
    assert "<script" not in html
    assert not re.findall(r"""(?:src|href)=["']?https?:""", html)


def test_widgets_become_what_they_showed(page):
    html = page(True)
    assert "VBox" not in html
    for words in ("不良率 3", "選ぶ ア ・ イ", "<b>要点</b>", "<i>図</i>"):
        assert words in html


def test_executives_see_no_code_and_nobody_sees_claims(page):
    assert "explore" in page(True) and "explore" not in page(False)
    assert "assert" not in page(True)


def test_the_code_of_a_question_is_hidden(page):
    assert "ask_me" not in page(True)

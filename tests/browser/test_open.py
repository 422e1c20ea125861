"""What a participant sees after ``jissho open``: Japanese menus, the start page, and the no-code page."""

from __future__ import annotations

import json
import re
import time

import pytest

from jissho_kit import curriculum

# What Jupyter shows in English to everybody who does not speak to it in Japanese.
ENGLISH = ("File", "Edit", "Kernel", "Settings", "Help", "Nbgrader", "Would you like", "Launcher")
FIRST_GUESS = "37"


@pytest.fixture
def start(classroom, visit):
    page = visit(classroom.url)
    page.wait_for_selector(".jp-MarkdownViewer table")
    return page


@pytest.fixture
def lesson(classroom, visit):
    """Open the executives' lesson as a new visitor; gives the page when its first question can be answered."""

    def _lesson():
        page = visit(classroom.page("voila/render/K-F-1.ipynb"))
        page.wait_for_selector("main button:has-text('予想を記録')")
        return page

    return _lesson


def boxes(page):
    return page.locator("main input[placeholder='数字を書く']")


def guess(page, number: int, value: str) -> None:
    """Answer the page's ``number``-th question that asks for a number."""
    box = boxes(page).nth(number)
    box.fill(value)
    box.press("Tab")
    box.locator("xpath=ancestor::*[.//button][1]//button").first.click()


def stored(classroom) -> dict[str, dict]:
    """Predictions by visitor, as they are in the workspace."""
    files = classroom.workspace.glob("*/回答.json")
    return {file.parent.name: json.loads(file.read_text(encoding="utf-8"))["predictions"] for file in files}


def eventually(holds, seconds: float = 60) -> None:
    """Wait until something outside the browser holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def test_lab_is_in_japanese(start):
    menus = start.inner_text(".lm-MenuBar")
    assert menus.split() == ["ファイル", "編集", "表示", "実行", "カーネル", "タブ", "設定", "ヘルプ"]
    screen = start.inner_text("body")
    assert not [word for word in ENGLISH if word in screen]
    assert start.locator(".jp-Dialog, .jp-toast").count() == 0
    assert start.outside == []


def test_start_page_shows_all_modules_and_links_the_ready_ones(start):
    shown = start.inner_text(".jp-MarkdownViewer").replace("\u2060", "")
    modules = [module for course in curriculum.load_courses().values() for module in course.modules]
    assert not [module.id for module in modules if module.title not in shown]
    links = set(start.locator(".jp-MarkdownViewer td a").all_inner_texts())
    assert links == {"▶ 開く"} | {part.title for part in curriculum.ready_parts()}


def test_a_notebook_opens_from_the_start_page(start):
    start.locator(".jp-MarkdownViewer a[href*='B-F-1b']").first.click()
    start.locator(".jp-NotebookPanel .jp-Cell:visible").first.wait_for()
    start.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']:visible").first.wait_for()
    assert "Notebook" not in start.locator(".jp-NotebookPanel-toolbar:visible").inner_text()


def test_no_code_page_is_a_page_not_a_notebook(lesson):
    page = lesson()
    assert page.evaluate("document.documentElement.lang") == "ja"
    text = page.inner_text("main")
    assert "正解率99.5%の検査機を買いますか" in text and "合成データ" in text
    assert not re.search(r"import |def |Executing|Error", text)
    assert page.locator(".jissho-bar a").inner_text() == "← はじめに戻る"
    assert page.outside == []


def test_a_prediction_unlocks_a_slider_that_moves_the_plot(lesson):
    page = lesson()
    pictures = page.locator("main img[src^='data:image/png']")
    assert pictures.count() == 0, "a plot before the prediction gives the answer away"
    for number in range(boxes(page).count()):
        guess(page, number, FIRST_GUESS)
    handle = page.locator("main [role='slider']").first
    handle.wait_for()
    before = pictures.first.get_attribute("src")
    handle.focus()
    handle.press("ArrowLeft")
    page.wait_for_function("before => document.querySelector('main img').src !== before", arg=before)
    # A letter that the font lacks is an error in this classroom (see conftest), and an error shows a notice.
    assert page.locator(".jissho-notice").count() == 0


def test_visitors_have_their_own_answers(classroom, lesson):
    others = set(stored(classroom))
    first = lesson()
    guess(first, 0, FIRST_GUESS)
    eventually(lambda: set(stored(classroom)) - others)
    mine = {cookie["value"] for cookie in first.context.cookies() if cookie["name"] == "jissho_visitor"}
    second = lesson()
    assert boxes(second).first.input_value() == ""
    now = stored(classroom)
    assert set(now) - others == mine
    assert FIRST_GUESS in {entry["value"] for entry in now[mine.pop()].values()}
    first.reload()
    eventually(lambda: boxes(first).count() and boxes(first).first.input_value() == FIRST_GUESS)


def test_a_page_that_does_not_exist_says_so_in_japanese(classroom, visit):
    page = visit(classroom.page("voila/render/K-F-9.ipynb"))
    assert "教材が見つかりません" in page.inner_text("body")

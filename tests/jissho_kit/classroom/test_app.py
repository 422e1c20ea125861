"""The executives' app: which pages it has, and what it does not serve."""

from __future__ import annotations

import nbformat
import pytest

from jissho.errors import UsageError
from jissho_kit import curriculum
from jissho_kit.classroom import app
from jissho_kit.grading.course import make_course


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """The app of K-F-1 with a course."""
    folder = tmp_path_factory.mktemp("アプリ")
    course = make_course(folder / "講座", "K", "factory", 3)
    return app.prepare("K-F-1", folder / "作業", course.root)


def page(ready, number: int):
    return nbformat.read(ready.folder / ready.pages[number].path, as_version=4)


def test_lesson_and_questions_are_pages_with_a_way_back_and_a_hand_in(ready):
    assert [one.path for one in ready.pages] == ["K-F-1.ipynb", "questions/K-F-1/K-F-1.ipynb"]
    for number, one in enumerate(ready.pages):
        notebook = page(ready, number)
        assert notebook.metadata["title"] == one.title and notebook.metadata["jissho_home"] == ""
        assert one.title in app.first_page(ready) and one.path in app.first_page(ready)
    assert page(ready, 1).cells[-1].source.endswith("offer_hand_in('K-F-1')")
    assert "次へ：課題" in page(ready, 0).cells[-1].source and ready.pages[1].path in page(ready, 0).cells[-1].source
    assert "jissho_kit" not in nbformat.writes(page(ready, 0)) + nbformat.writes(page(ready, 1))


def test_a_page_asks_each_question_once(ready):
    told = [cell.source for cell in page(ready, 1).cells]
    assert not [source for source in told if "\n- ア：" in source or "単位: " in source or "answer(" in source]
    options = [source for source in told if "ask(" in source and "options=" in source]
    assert options and len([source for source in told if source.startswith("### 問")]) == 5


def test_the_whole_class_has_a_test_first_and_a_test_last(ready):
    before, own, after = app._assignments(ready.course, curriculum.ready_parts("K"))
    assert (before, after) == (["K-F-pre"], ["K-F-post"]) and own[0] == "K-F-1"
    assert [app._questions(ready.course, form)[0].title for form in (*before, *after)] == ["事前テスト", "事後テスト"]


def test_a_class_sees_its_own_fields_lessons(ready):
    parts = app._of_course(curriculum.ready_parts("K"), ready.course)
    assert {part.field for part in parts} == {"factory"}
    assert app._of_course(curriculum.ready_parts("K", "agriculture"), ready.course)[0].id == "K-A-1"
    assert {part.field for part in app._of_course(curriculum.ready_parts("K"), None)} == {"factory", "agriculture"}


def test_the_survey_asks_on_a_page_of_its_own(ready):
    notebook = app._survey()
    assert notebook.metadata["title"] == app.SURVEY.title == "アンケート"
    assert notebook.cells[-1].source.endswith("offer_survey()")
    assert app.SURVEY not in ready.pages  # one lesson alone is no class


def test_the_short_version_is_a_real_part_of_the_lesson(tmp_path):
    short, whole = (app.prepare("K-F-1", tmp_path / name, short=name == "短い") for name in ("短い", "全部"))
    sources = [[cell.source.replace("／ 20分", "／ 50分") for cell in page(one, 0).cells] for one in (short, whole)]
    assert 5 < len(sources[0]) < len(sources[1]) and set(sources[0]) < set(sources[1])
    assert f"{app.SHORT_MINUTES}分" in app.first_page(short)
    assert len(short.pages) == 1
    first = next(cell.source for cell in page(short, 0).cells if cell.cell_type == "markdown")
    assert "／ 20分 ／" in first and "50分" not in first


def test_only_what_is_planned_in_short_has_a_short_version(tmp_path):
    parts = app._shortened(curriculum.ready_parts("K"), "K")
    assert [part.id for part in parts] == ["K-F-1", "K-F-2", "K-A-1", "K-A-2"]
    with pytest.raises(UsageError, match="短い版はありません"):
        app.prepare("K-F-3", tmp_path / "a", short=True)


@pytest.mark.parametrize("target, why", [("G-F-1", "プログラムを書く教材"), ("K-Z-9", "ありません")])
def test_what_is_no_app_is_refused_in_words(tmp_path, target, why):
    with pytest.raises(UsageError, match=why):
        app.prepare(target, tmp_path / "a")


def test_only_pages_are_served_and_no_list_of_visitors(ready, monkeypatch):
    server = app._server(ready, 1, lan=False)
    server.connection_dir = str(ready.folder)
    server.init_settings()
    routes = [handler[0] for handler in server.init_handlers()]
    assert routes[0] == "/"
    assert not [route for route in routes if "tree" in route or "contents" in route or "/files" in route]
    (render,) = [route for route in routes if "render" in route]
    assert render == r"/voila/render/(K\-F\-1\.ipynb|questions/K\-F\-1/K\-F\-1\.ipynb)"
    assert server.ip == "127.0.0.1" and server.root_dir == str(ready.folder)

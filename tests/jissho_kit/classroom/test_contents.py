"""What a workspace holds, and what the start page offers."""

from __future__ import annotations

import nbformat
import pytest

from jissho.errors import UsageError
from jissho_kit import curriculum
from jissho_kit.classroom import contents


@pytest.fixture(scope="module")
def files():
    return contents.files(curriculum.ready_parts())


def cells(files, part):
    return nbformat.reads(files[f"{part}.ipynb"].decode(), as_version=4).cells


def test_every_ready_part_has_a_notebook_and_its_data(files):
    parts = curriculum.ready_parts()
    notebooks = {f"{part.id}.ipynb" for part in parts}
    tables = {f"data/{name}/{name}.csv" for part in parts for name in part.datasets}
    assert set(files) == notebooks | tables | {"はじめに.md"}


def test_nothing_of_the_instructors_side_is_handed_out(files):
    for name, content in files.items():
        assert b"jissho_kit" not in content, name


def test_executives_code_is_folded_behind_a_harmless_line(files):
    notice, *others = cells(files, "K-F-1")
    assert "「はじめに」のリンクから開いてください" in notice.source
    code = [cell for cell in others if cell.cell_type == "code"]
    assert code
    for cell in code:
        assert cell.metadata["jupyter"]["source_hidden"] is True
        assert cell.source.startswith("# 画面の準備")
    compile(notice.source, "notice", "exec")


def test_others_see_their_code(files):
    for part in ("G-F-1", "B-F-1b"):
        assert not [c for c in cells(files, part) if c.source.startswith(contents.FIRST_LINE)]


def test_a_notebook_says_all_that_the_kernel_will_say(files):
    """Otherwise Lab marks it as changed as soon as it is opened."""
    import sys

    for part in curriculum.ready_parts():
        info = nbformat.reads(files[f"{part.id}.ipynb"].decode(), as_version=4).metadata.language_info
        assert info["version"] == sys.version.split()[0] and info["file_extension"] == ".py"


def test_building_twice_gives_the_same_bytes(files):
    part = curriculum.find("B-F-1b")[0]
    assert contents.notebook(part) == files["B-F-1b.ipynb"]


def test_start_page_links_what_is_ready_and_nothing_else(files):
    page = files["はじめに.md"].decode().replace("\u2060", "")
    courses = curriculum.load_courses()
    for module in (module for course in courses.values() for module in course.modules):
        assert module.title in page
        if not any(part.status == "ready" for part in module.parts):
            assert f"[{module.title}]" not in page and f"{module.title}<br>*準備中*" in page
    assert "(/voila/render/K-F-1.ipynb)" in page and "(K-F-1.ipynb)" not in page
    assert "(G-F-1.ipynb)" in page and "(B-F-1b.ipynb)" in page
    assert "$" not in page and "合成データ" in page and "回答.json" in page


@pytest.mark.parametrize(
    ("target", "page"),
    [
        (None, "lab/tree/はじめに.md"),
        ("K-F-1", "voila/render/K-F-1.ipynb"),
        ("K", "voila/render/K-F-1.ipynb"),
        ("executive", "voila/render/K-F-1.ipynb"),
        ("G-F-1", "lab/tree/G-F-1.ipynb"),
        ("B-F-1", "lab/tree/B-F-1b.ipynb"),
        ("b-f-1b", "lab/tree/B-F-1b.ipynb"),
    ],
)
def test_where_a_target_opens(target, page):
    assert contents.page_of(target) == page


@pytest.mark.parametrize(("target", "words"), [("G-A-3", "準備中"), ("X-F-1", "ありません")])
def test_a_target_that_cannot_be_opened(target, words):
    with pytest.raises(UsageError, match=words) as caught:
        contents.page_of(target)
    assert caught.value.mend

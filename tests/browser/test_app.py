"""An executive with nothing but the link: the app's first page, a slider, an answer, handing in, the grade."""

from __future__ import annotations

import pytest

from jissho_kit.grading import driver
from jissho_kit.grading.course import make_course
from jissho_kit.kernels import why_not


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("講座") / "K", "K", "factory", 3)


def test_answers_given_on_a_tablet_are_handed_in_and_graded(visit, serve, course, tmp_path):
    with serve(tmp_path / "アプリ", "K-F-1", "--app", "--course", str(course.root)) as url:
        page = visit(url)
        page.set_viewport_size({"width": 820, "height": 1180})
        page.click("a:has-text('答えて提出')")
        offer = page.locator(".jissho-form:has(button:has-text('提出する'))")
        offer.locator("input").fill("山田 太郎")
        offer.locator("button").click()
        offer.get_by_text("まだ何も記録されていません").wait_for()
        first = page.locator(".jissho-form").first
        first.locator("input").fill("９９．４")
        first.locator("button").click()
        first.get_by_text("記録済み").wait_for()
        offer.locator("button").click()
        offer.get_by_text("山田 太郎 さんの答えを提出しました").wait_for()
        page.reload()
        offer.get_by_text("山田 太郎 さんの答えを提出しました").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.outside == []
    if why_not():
        pytest.skip(why_not())
    (row,) = driver.grade(course)
    assert (row.student, row.problem) == ("山田 太郎", "")
    assert {item for item, verdict in row.verdicts.items() if verdict["state"] != "blank"} == {"K-F-1.a"}

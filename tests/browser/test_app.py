"""An executive with nothing but the link: a guess, a slider that moves yen, an answer, handing in, the grade."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jissho_kit import curriculum
from jissho_kit.grading import driver
from jissho_kit.grading.course import make_course
from jissho_kit.kernels import why_not

NAME = "山田 太郎"
ANSWER = "９９．４"
# The amounts of money in pictures (their alternative texts) and in prose; a slider's own figure is not among them.
YEN = """() => [...document.querySelectorAll("main img, main .jp-RenderedMarkdown")]
  .map(e => e.alt ?? e.innerText).join().match(/[\\d.,]+[万億]?円/g)?.join()"""

# A widget that arrives while a slow device is busy past ipywidgets' two seconds.
ARRIVES_LATE = """async () => {
  const manager = jupyterapp.widgetManager, [id] = Object.keys(manager._models), model = manager._models[id];
  delete manager._models[id];
  const asked = manager.get_model(id);
  await new Promise(go => setTimeout(go, 1000));
  for (const start = Date.now(); Date.now() - start < 1500;);
  manager._models[id] = model;
  return (await asked) === (await model);
}"""


@dataclass(frozen=True)
class Lesson:
    """A lesson: what is guessed first (question → number or option), and the slider that then moves yen."""

    module: str
    guesses: dict[str, str]
    slider: str


LESSONS = {
    "factory": [
        Lesson("K-F-1", {"本当に不良である割合は": "３０"}, "良品を正しく通す力"),
        Lesson("K-F-2", {"つまみ一つで、いくらまで": "２００"}, "しきい値"),
        Lesson("K-F-3", {"どの案件の役員": "ICの外観検査", "一年に差し引きいくら": "300"}, "見つける割合（再現率）"),
    ],
    "agriculture": [
        Lesson("K-A-1", {"失うお金が一番小さい約束は": "真ん中より少なめ"}, "毎日の約束"),
        Lesson("K-A-2", {"空振りは11週で何件": "５０"}, "しきい値（普段の何倍で鳴らすか）"),
        Lesson("K-A-3", {"補助は、合わせていくら": "2,000万円"}, "C法人に回す枠の割合"),
    ],
}


def form(page, question: str):
    """The form that asks ``question``."""
    return page.locator(".jissho-form", has=page.locator(".jissho-question", has_text=question))


def record(asked, value: str) -> None:
    """Write the number or choose the option, press the button, and wait until it is said to be recorded."""
    asked.wait_for()
    box = asked.locator("input[type=text]")
    if box.count():
        box.fill(value)
    else:
        asked.get_by_label(value, exact=True).check()
    asked.locator("button").click()
    asked.get_by_text("記録済み").wait_for()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def a_slider_moves_yen(page, lesson: Lesson) -> None:
    for question, value in lesson.guesses.items():
        record(form(page, question), value)
    slider = page.locator(f"xpath=//b[.='{lesson.slider}']/following::*[@role='slider'][1]").first
    slider.wait_for()
    before = page.evaluate(YEN)
    assert before
    slider.focus()
    slider.press("Home")
    slider.press("ArrowRight")
    page.wait_for_function(f"before => ({YEN})() !== before", arg=before)
    assert page.locator(".jissho-notice").count() == 0 and fits(page)


def an_answer_is_handed_in(page, known: bool) -> None:
    offer = form(page, "答え終わったら")

    def hand_in() -> None:
        if not known:
            offer.locator("input").fill(NAME)
        offer.locator("button").click()

    hand_in()
    offer.get_by_text("まだ何も記録されていません").wait_for()
    first = page.locator(".jissho-form").first
    record(first, ANSWER)
    page.reload()
    first.get_by_text("記録済み").wait_for()
    assert first.locator("input").input_value() == ANSWER
    hand_in()
    offer.get_by_text(f"{NAME} さんの答えを提出しました").wait_for()
    assert fits(page)


@pytest.mark.parametrize("field", LESSONS)
def test_an_executive_moves_yen_answers_hands_in_and_is_graded(visit, serve, field, tmp_path):
    modules = [lesson.module for lesson in LESSONS[field]]
    lent = {name: data for name, data in curriculum.assignments("K", field).items() if name in modules}
    course = make_course(tmp_path / "講座", "K", field, 3, assignments=lent)
    with serve(tmp_path / "アプリ", "K", "--app", "--course", str(course.root)) as url:
        page = visit(url)
        page.set_viewport_size({"width": 820, "height": 1180})
        for lesson in LESSONS[field]:
            page.goto(url)
            page.click(f"a[href$='render/{lesson.module}.ipynb']")
            a_slider_moves_yen(page, lesson)
            page.goto(url)
            page.click(f"a[href*='/{lesson.module}/']")
            an_answer_is_handed_in(page, known=lesson.module != modules[0])
        assert page.outside == []
    if why_not():
        pytest.skip(why_not())
    graded = {row.assignment: row for row in driver.grade(course)}
    assert sorted(graded) == modules and {row.student for row in graded.values()} == {NAME}
    for module, row in graded.items():
        assert row.problem == ""
        assert [item for item, verdict in row.verdicts.items() if verdict["state"] != "blank"] == [f"{module}.a"]


def test_at_a_counter_the_short_version_is_only_looked_at(visit, serve, tmp_path):
    with serve(tmp_path / "窓口", "K-F-2", "--app", "--short") as url:
        page = visit(url)
        assert page.locator("main a").all_inner_texts() == ["つまみを動かす—見逃しと過検出の値段\n20分"]
        page.click("main a")
        a_slider_moves_yen(page, LESSONS["factory"][1])
        headings = " ".join(page.locator("main h2").all_inner_texts())
        assert "第二幕" in headings and "第三幕" not in headings
        assert page.get_by_text("提出する").count() == 0 and page.outside == []
        assert page.evaluate(ARRIVES_LATE)

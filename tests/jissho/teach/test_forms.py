import json

import ipywidgets as widgets
import pytest

from jissho.errors import AnswerError
from jissho.teach import ask, check, fields, forms, predicted


def answers(folder):
    return json.loads((folder / "回答.json").read_text(encoding="utf-8"))["answers"]


def fill(page, form, kind):
    """Answer a form of each kind as a participant would."""
    if kind == "number":
        page.find(form, widgets.Text)[0].value = "９９．５５％"
    elif kind == "text":
        page.find(form, widgets.Textarea)[0].value = "理由は二つ。\n一つめは"
    elif kind == "choice":
        page.find(form, widgets.RadioButtons)[0].value = "ろ"
    elif kind == "choices":
        for box in page.find(form, widgets.Checkbox)[::2]:
            box.value = True
    elif kind == "order":
        page.find(form, widgets.Button)[1].click()  # the first one down
    elif kind == "classify":
        for buttons in page.find(form, widgets.ToggleButtons):
            buttons.value = "AI"
    elif kind == "plan":
        entry, number = page.find(form, widgets.Text)
        entry.value, number.value = "見逃し三件で止める", "５％"
        page.find(form, widgets.RadioButtons)[0].value = "は"


PARTS = [
    {"name": "停止条件"},
    {"name": "抜取率", "type": "number", "unit": "%"},
    {"name": "対照", "type": "choice", "options": ["い", "ろ", "は"]},
    {"name": "見る点", "type": "choices", "options": ["寸法", "外観"]},
]
EXPECTED = {
    "number": "９９．５５％",
    "text": "理由は二つ。\n一つめは",
    "choice": "ろ",
    "choices": ["い", "は"],
    "order": ["ろ", "い", "は"],
    "classify": {"い": "AI", "ろ": "AI", "は": "AI"},
    "plan": {"停止条件": "見逃し三件で止める", "抜取率": "５％", "対照": "は"},
}


@pytest.mark.parametrize("kind", forms.KINDS)
def test_every_kind_records_and_comes_back_after_a_restart(page, folder, kind):
    def show():
        ask("K-F-1.a", kind, "問い", unit="%", options=["い", "ろ", "は"], groups=["AI", "ルール"], parts=PARTS)
        return page.shown[-1]

    form = show()
    fill(page, form, kind)
    page.press(form, "回答を記録")
    assert answers(folder)["K-F-1.a"]["value"] == EXPECTED[kind]
    again = show()
    assert "記録済み" in page.text(again)
    page.press(again, "回答を記録")  # unchanged: what is shown is what was stored
    assert answers(folder)["K-F-1.a"]["value"] == EXPECTED[kind]


@pytest.mark.parametrize("kind", [k for k in forms.KINDS if k != "order"])
def test_an_empty_form_records_nothing(page, folder, kind):
    ask("K-F-1.a", kind, "問い", options=["い", "ろ"], groups=["AI", "ルール"], parts=PARTS)
    page.press(page.shown[0], "回答を記録")
    assert "▲" in page.text(page.shown[0]) and not (folder / "回答.json").exists()


@pytest.mark.parametrize("kind", forms.KINDS)
def test_on_paper_every_kind_shows_question_and_options(page, monkeypatch, kind):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    ask("K-F-1.a", kind, "問い", unit="%", options=["い", "ろ"], groups=["AI", "ルール"], parts=PARTS)
    html = page.shown[0]["text/html"]
    assert "問い" in html and ("ろ" in html or kind in ("number", "text"))


def test_a_half_sorted_form_says_how_many_are_left(page):
    ask("K-F-1.d", "classify", "問い", options=["い", "ろ"], groups=["AI", "ルール"], parts=PARTS)
    page.find(page.shown[0], widgets.ToggleButtons)[0].value = "AI"
    page.press(page.shown[0], "回答を記録")
    assert "あと1つ" in page.text(page.shown[0])


@pytest.mark.parametrize("bad", [3, None, ["x"], {"い": "なし"}, "x", [["い"]]])
@pytest.mark.parametrize("make", [lambda: fields.choice(["い", "ろ"]), lambda: fields.choices(["い", "ろ"]),
                                  lambda: fields.order(["い", "ろ"]), lambda: fields.classify(["い"], ["AI"])])  # fmt: skip
def test_a_stored_value_of_another_form_does_no_harm(make, bad):
    field = make()
    before = field.get()
    field.put(bad)
    assert field.get() == before


@pytest.mark.parametrize(
    ("kind", "more"), [("slider", {}), ("choice", {}), ("classify", {"options": ["い"]}), ("order", {"options": []})]
)
def test_a_form_that_cannot_be_built_names_the_item(kind, more):
    with pytest.raises(AnswerError, match=r"K-F-1\.a"):
        ask("K-F-1.a", kind, "問い", **more)


def test_the_question_is_shown_as_text(page):
    ask("K-F-1.a", "choice", "<b>問い</b>", options=["い"])
    assert "<b>問い</b>" not in page.text(page.shown[0])


def test_check_says_at_once_and_remembers(page):
    def show():
        check("K-F-1/check1", "正解率は？", ["0.45%", "99.55%"], "99.55%", ["それは不良率です。", "そのわけは…"])
        return page.shown[-1]

    form = show()
    page.find(form, widgets.RadioButtons)[0].value = "0.45%"
    page.press(form, "答え合わせ")
    assert "それは不良率です。" in page.text(form) and "◎" not in page.text(form)
    page.find(form, widgets.RadioButtons)[0].value = "99.55%"
    page.press(form, "答え合わせ")
    assert "◎" in page.text(form) and "そのわけは…" in page.text(form)
    assert predicted("K-F-1/check1") == "99.55%" and "◎" in page.text(show())


@pytest.mark.parametrize(("right", "say"), [("は", {"い": "", "ろ": ""}), ("い", {"い": ""})])
def test_a_check_needs_a_right_option_and_a_sentence_for_each(right, say):
    with pytest.raises(AnswerError, match="選択肢ごと"):
        check("c", "問い", ["い", "ろ"], right, say)

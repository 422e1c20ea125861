import json

import ipywidgets as widgets
import pytest

from jissho.errors import JisshoError
from jissho.teach import (
    PredictionMissing,
    after_prediction,
    decide,
    decided,
    fields,
    older,
    predict,
    predicted,
    require_prediction,
    show_prediction,
    store,
)


def kept(folder):
    return json.loads((folder / "回答.json").read_text(encoding="utf-8"))["predictions"]


def test_a_number_is_kept_as_written_and_read_as_a_number(page, folder):
    predict("K-F-1/price", "いくらまで払いますか。", unit="万円")
    (form,) = page.shown
    page.find(form, widgets.Text)[0].value = " ３，６００ "
    page.press(form, "予想を記録")
    assert "記録済み" in page.text(form)
    assert kept(folder)["K-F-1/price"]["value"] == "３，６００" and kept(folder)["K-F-1/price"]["at"]
    assert predicted("K-F-1/price") == require_prediction("K-F-1/price") == 36_000_000


def test_the_enter_key_records_too(page):
    predict("a", "いくつですか。")
    box = page.find(page.shown[0], widgets.Text)[0]
    box.value = "3"
    box._handle_custom_msg({"event": "submit"}, [])
    assert predicted("a") == 3


@pytest.mark.parametrize(("written", "hint"), [("", "まだ数字が"), ("たくさん", "数字として読めません")])
def test_what_is_no_number_is_not_recorded(page, folder, written, hint):
    predict("a", "いくつですか。")
    page.find(page.shown[0], widgets.Text)[0].value = written
    page.press(page.shown[0], "予想を記録")
    assert hint in page.text(page.shown[0]) and not (folder / "回答.json").exists() and predicted("a") is None


def test_after_a_restart_the_form_shows_what_was_recorded(page):
    store.save("predictions", "a", "９９％", unit="%")
    store.save("predictions", "b", "ろ")
    predict("a", "いくつですか。", unit="%")
    predict("b", "どれですか。", options=["い", "ろ"])
    number, choice = page.shown
    assert page.find(number, widgets.Text)[0].value == "９９％" and "記録済み" in page.text(number)
    assert page.find(choice, widgets.RadioButtons)[0].value == "ろ"
    assert (predicted("a"), predicted("b")) == (0.99, "ろ")


def test_an_option_that_no_longer_exists_is_not_shown(page):
    store.save("predictions", "b", "昔の選択肢")
    predict("b", "どれですか。", options=["い", "ろ"])
    assert page.find(page.shown[0], widgets.RadioButtons)[0].value is None


def test_nothing_is_chosen_beforehand(page, folder):
    predict("b", "どれですか。", options=["い", "ろ"])
    page.press(page.shown[0], "予想を記録")
    assert "まだ選ばれていません" in page.text(page.shown[0]) and not (folder / "回答.json").exists()


def test_a_disk_that_cannot_be_written_is_said_in_the_form(page, monkeypatch, folder):
    (folder / "file").write_text("")
    predict("b", "どれですか。", options=["い", "ろ"])
    monkeypatch.setattr(store, "folder", lambda: folder / "file" / "x")
    page.find(page.shown[0], widgets.RadioButtons)[0].value = "い"
    page.press(page.shown[0], "予想を記録")
    assert "保存できません" in page.text(page.shown[0])


def test_without_a_prediction_the_result_waits(monkeypatch):
    with pytest.raises(PredictionMissing) as caught:
        require_prediction("a")
    assert isinstance(caught.value, JisshoError) and "まだ記録されていません" in str(caught.value)
    monkeypatch.setenv("JISSHO_AUTO", "1")
    assert require_prediction("a") is None


def test_the_picture_appears_with_the_prediction(page):
    drawn = []
    predict("a", "いくつですか。")
    after_prediction("a", lambda: drawn.append(1))
    form, place = page.shown
    assert "上の欄を記録すると" in place.outputs[0]["data"]["text/plain"] and not drawn
    page.find(form, widgets.Text)[0].value = "3"
    page.press(form, "予想を記録")
    assert drawn == [1] and place.outputs == ()
    after_prediction("a", lambda: drawn.append(2))  # a page opened later
    assert drawn == [1, 2]


def test_the_picture_is_drawn_again_when_what_it_looks_at_changes(page):
    drawn = []
    after_prediction("a", lambda: drawn.append(store.get("predictions", "case")["value"]), follows=["case"])
    store.save("predictions", "case", "F1")
    assert drawn == []
    store.save("predictions", "a", "3")
    store.save("predictions", "case", "F2")
    assert drawn == ["F1", "F2"]


def test_in_automatic_runs_nobody_is_waited_for(page, monkeypatch):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    drawn = []
    after_prediction("a", lambda: drawn.append(1))
    predict("a", "いくら<まで>払いますか。", unit="万円")
    assert drawn == [1]
    (paper,) = page.shown
    assert (
        paper["text/plain"] == "いくら<まで>払いますか。"
        and "いくら&lt;まで&gt;" in paper["text/html"]
        and "万円" in paper["text/html"]
    )


def test_a_decision_needs_a_choice_and_a_reason(page, folder):
    decide("K-F-1/decision", "どうしますか。", ["買う", "小さく試す", "見送る"])
    (form,) = page.shown
    page.find(form, widgets.RadioButtons)[0].value = "小さく試す"
    page.press(form, "決定を記録")
    assert "理由を一行で" in page.text(form) and decided("K-F-1/decision") is None
    page.find(form, widgets.Text)[0].value = "見逃し率が分からない"
    page.press(form, "決定を記録")
    assert kept(folder)["K-F-1/decision"]["value"] == {"choice": "小さく試す", "note": "見逃し率が分からない"}
    decide("K-F-1/decision", "どうしますか。", ["買う", "小さく試す", "見送る"])
    assert page.find(page.shown[1], widgets.Text)[0].value == "見逃し率が分からない"
    assert page.find(page.shown[1], widgets.RadioButtons)[0].value == "小さく試す"


def test_a_decision_of_exactly_three(page):
    decide("d", "三つ選んでください。", ["い", "ろ", "は", "に"], count=3)
    (form,) = page.shown
    boxes = page.find(form, widgets.Checkbox)
    page.find(form, widgets.Text)[0].value = "理由"
    boxes[0].value = boxes[1].value = True
    page.press(form, "決定を記録")
    assert "3つ選んでください（いま2つ）" in page.text(form)
    boxes[3].value = True
    page.press(form, "決定を記録")
    assert decided("d")["choice"] == ["い", "ろ", "に"]


@pytest.mark.parametrize(
    ("written", "unit", "read"),
    [
        ("９０％", "%", "90%"),
        ("１，２００万円", "万円", "1,200万円"),
        ("300万", "万円", "300万円"),
        ("95", "個", "95個"),
    ],
)
def test_a_unit_that_was_written_too_is_not_shown_twice(page, written, unit, read):
    store.save("predictions", "a", written, unit=unit)
    show_prediction("a", "9")
    assert f"<b>{read}</b>" in page.shown[0].data


def test_the_prediction_is_laid_beside_the_result(page):
    store.save("predictions", "a", "3,600", unit="万円")
    show_prediction("a", "120万円", "差は<大きい>")
    show_prediction("b", "9%")
    assert all(text in page.shown[0].data for text in ("3,600万円", "120万円", "&lt;大きい&gt;"))
    assert "記録なし" in page.shown[1].data


def test_what_was_recorded_before_the_choice_is_told_from_what_came_after(folder):
    for second, key in enumerate(("early", "choice", "late")):
        store.save("predictions", key, key)
        data = store.load()
        data["predictions"][key]["at"] = f"2026-06-01T09:00:0{second}+09:00"
        store._write(store.path(), data)
    assert older(["early", "late", "never"], than="choice") == ["early"]
    assert older(["early", "late"], than="never") == []


@pytest.mark.parametrize(
    ("written", "unit", "read"),
    [("約３０万", "万円", "30万円"), ("1500000円", "万円", "150万円"), ("5千円", "万円", "5,000円"), ("４５", "%", "45%"),
     ("1,200", "個", "1,200個"), ("三つくらい？", "個", "")],
)  # fmt: skip
def test_a_number_is_told_as_it_was_understood(written, unit, read):
    assert fields.number(unit).understood(written) == read

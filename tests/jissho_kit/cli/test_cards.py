"""``jissho card``: a sheet of A4 from the file a participant took home."""

import json
import re

import pytest

from jissho.card import DecisionCard, Figure, Money, Need, card_html, card_json
from jissho.card._model import LONGEST, MOST
from jissho_kit.classroom import paper

CARD = DecisionCard(
    "バリ検知", "見送る", None, (), "流出が月に10件を超えたら", "先月の流出", (), Need("バリ", "なし", "不明", "公設試")
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "判断カード.json"
    path.write_text(card_json(CARD), encoding="utf-8")
    return path


def test_without_a_browser_there_is_the_page_and_a_word_why_no_pdf(jissho, file, tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "find_browser", lambda: None)
    code, _, err = jissho("card", file, "--out", tmp_path / "印刷" / "一枚")
    assert code == 0 and "Chromiumが見つからない" in err
    made = tmp_path / "印刷" / "一枚"
    assert [path.name for path in made.iterdir()] == ["判断カード.html"]
    assert (made / "判断カード.html").read_text(encoding="utf-8") == card_html(CARD)


def test_cards_of_the_same_name_do_not_overwrite_each_other(jissho, file, tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "find_browser", lambda: None)
    others = [tmp_path / name / "判断カード.json" for name in ("anna", "ben")]
    for other in others:
        other.parent.mkdir()
        other.write_bytes(file.read_bytes())
    code, *_ = jissho("card", *others, "--out", tmp_path / "out")
    assert code == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["anna-判断カード.html", "ben-判断カード.html"]


def test_what_is_no_card_is_explained_and_nothing_is_written(jissho, file, tmp_path):
    for content in (b"{", b"{}", json.dumps(json.loads(file.read_bytes()) | {"decision": 1}).encode()):
        bad = tmp_path / "bad.json"
        bad.write_bytes(content)
        code, out, err = jissho("card", file, bad, "--out", tmp_path / "out")
        assert code == 2 and "直し方" in err and "bad.json" in err and "Traceback" not in err
        assert not (tmp_path / "out").exists()
    assert jissho("card", tmp_path / "ない.json")[0] == 2
    code, _, err = jissho("card", file, "--out", file)
    assert code == 2 and "フォルダーを作れません" in err


def test_the_fullest_card_prints_on_one_sheet_of_a4(tmp_path):
    browser = paper.find_browser()
    if not browser:
        pytest.skip("Chromiumがありません。")
    full = {name: ("金型の合わせと再研磨を見直し、" * 10)[:most] for name, (_, most) in LONGEST.items()}
    figure = Figure(full["label"], full["value"], full["unit"], full["screen"])
    money = Money(full["name"], "要確認", full["why"], 12_345_678)
    need = Need(full["problem"], full["data"], full["loss"], full["partner"])
    lists = (figure,) * MOST["numbers"][1], (money,) * MOST["money"][1]
    card = DecisionCard(
        full["case"],
        "小さく試す",
        123_456_789_000,
        lists[0],
        full["stop"],
        full["next_fact"],
        lists[1],
        need,
        full["reason"],
    )
    page = tmp_path / "一枚.html"
    page.write_text(card_html(card), encoding="utf-8")
    paper.print_pdf(page, tmp_path / "一枚.pdf", browser)
    pdf = (tmp_path / "一枚.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and re.findall(rb"/Count (\d+)", pdf) == [b"1"]
    assert re.search(rb"/MediaBox \[0 0 59[45]\.\d+ 84[12]\.\d+\]", pdf)

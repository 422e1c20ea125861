import base64
import json
import re

import pytest

from jissho.card import DecisionCard, Need, card_html, card_json
from jissho.errors import AnswerError
from jissho.teach import decision, store

CARD = DecisionCard(
    "バリ検知", "見送る", None, (), "流出が月に10件を超えたら", "先月の流出", (), Need("バリ", "なし", "不明", "公設試")
)


@pytest.fixture
def shown(monkeypatch):
    pages = []
    monkeypatch.setattr(decision, "display", lambda page: pages.append(page.data))
    return pages


def test_a_card_is_shown_kept_beside_the_answers_and_offered(shown, folder):
    decision.show_card(CARD)
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert kept == {"判断カード.html": card_html(CARD), "判断カード.json": card_json(CARD)}
    assert "流出が月に10件を超えたら" in shown[0]
    offered = re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', shown[0])
    assert {name: base64.b64decode(data).decode() for name, data in offered} == kept


def test_every_visitor_of_a_page_has_a_card_of_their_own(shown, folder, monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv("HTTP_COOKIE", "jissho_visitor=anna")
    decision.show_card(CARD)
    assert json.loads((folder / "anna" / "判断カード.json").read_text(encoding="utf-8"))["decision"] == "見送る"
    assert store.folder().name == "anna"


def test_automatic_runs_leave_nothing_behind(shown, folder, monkeypatch):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    decision.show_card(CARD)
    assert shown and not list(folder.iterdir())


def test_a_folder_that_cannot_be_written_is_told(shown, folder):
    (folder / "判断カード.html").mkdir()
    with pytest.raises(AnswerError, match="保存できません"):
        decision.show_card(CARD)

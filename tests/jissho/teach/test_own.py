"""A case handed over on the page: a good one is kept and chosen, a bad one is told and changes nothing."""

import ipywidgets as widgets
import pytest

from jissho.errors import AnswerError, DataError
from jissho.invest import MAX_BYTES, new_case
from jissho.teach import own, store
from jissho.teach.own import bring_case, keep_case, own_cases

KEY = "K-F-3/case"
GOOD = new_case().encode()
OTHER = new_case().replace("検査の自動化", "樹脂の<b>充填</b>").encode()


@pytest.fixture
def hand_over(page, monkeypatch):
    """``hand_over(raw)``: as the browser does it; gives what the form says then. ``.drawn``: cases shown below it."""
    seen = []
    monkeypatch.setattr(own, "show_form", lambda box, question: page.shown.append(box))
    monkeypatch.setattr(own, "display", lambda what: None)
    bring_case(KEY, seen.append)
    (box,) = page.shown
    (pick,) = page.find(box, widgets.FileUpload)

    def _hand_over(raw):
        file = {"name": "案件.yml", "type": "", "size": len(raw), "content": memoryview(raw), "last_modified": 0}
        pick.set_state({"value": [file]})
        assert pick.value == ()
        return page.find(box, widgets.HTML)[-1].value

    _hand_over.drawn, _hand_over.form = seen, box
    return _hand_over


def test_a_case_handed_over_is_kept_chosen_and_shown(hand_over, folder):
    assert own_cases() == {} and hand_over.drawn == []
    assert "「検査の自動化」を受け取りました" in hand_over(GOOD)
    assert (folder / "案件.yml").read_bytes() == GOOD
    assert store.get("predictions", KEY)["value"] == "検査の自動化（自社）"
    assert list(own_cases()) == ["検査の自動化（自社）"] and [case["案件"] for case in hand_over.drawn] == [
        "検査の自動化"
    ]


def test_the_form_offers_the_file_to_fill_in(hand_over, page):
    assert 'download="案件.yml"' in page.text(hand_over.form)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"x" * (MAX_BYTES + 1), "大きすぎます"),
        (b"PK\x03\x04\x00\x00", "文字のファイルではありません"),
        ("案件： 検査".encode("cp932"), "UTF-8ではありません"),
        (b"a: [1", "この行を読めません"),
        (b"", "「項目: 値」の行がありません"),
        (b"<script>: 1", "知らない項目「&lt;script&gt;」"),
        (GOOD.replace(b": 80", ": たくさん".encode()), "案件.yml"),
    ],
)
def test_nonsense_is_told_and_changes_nothing(hand_over, folder, raw, words):
    hand_over(GOOD)
    before = store.load()
    said = hand_over(raw)
    assert words in said and "直し方" in said and "jissho-no" in said
    assert store.load() == before and (folder / "案件.yml").read_bytes() == GOOD
    assert [path.name for path in folder.iterdir() if "案件" in path.name] == ["案件.yml"]


def test_a_file_that_somebody_put_beside_the_notebook_is_not_lost(hand_over, folder):
    (folder / "案件.yml").write_bytes(b"my work")
    assert "<b>" not in hand_over(OTHER)
    hand_over(GOOD)
    hand_over(GOOD)
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if "案件" in path.name}
    assert kept == {"案件.yml": GOOD, "案件.前の控え-1.yml": b"my work", "案件.前の控え-2.yml": OTHER}


def test_every_visitor_of_a_page_has_a_case_of_their_own(monkeypatch, folder):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv("HTTP_COOKIE", "jissho_visitor=anna")
    keep_case(OTHER)
    keep_case(GOOD)
    assert [path.name for path in (folder / "anna").iterdir()] == ["案件.yml"] and "検査の自動化（自社）" in own_cases()
    monkeypatch.setenv("HTTP_COOKIE", "jissho_visitor=berta")
    assert own_cases() == {}


def test_a_file_that_went_bad_is_told_when_the_page_opens(page, monkeypatch, folder):
    (folder / "案件.yml").write_text("再現立: 80", encoding="utf-8")
    monkeypatch.setattr(own, "show_form", lambda box, question: page.shown.append(box))
    bring_case(KEY)
    assert own_cases() == {} and "知らない項目「再現立」" in page.text(page.shown[0])


def test_a_folder_that_cannot_be_written_is_told(folder):
    (folder / "案件.yml").mkdir()
    with pytest.raises(AnswerError, match="案件を保存できません"):
        keep_case(GOOD)
    with pytest.raises(DataError):
        keep_case(b"")


def test_on_paper_there_is_no_button(page, monkeypatch, folder):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    (folder / "案件.yml").write_bytes(GOOD)
    bring_case(KEY, lambda case: pytest.fail("nobody's own case belongs into a built lesson"))
    assert "案件.yml" in page.shown[0]["text/html"]

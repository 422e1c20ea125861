"""The decision card: one page, everything escaped, written and read back, nonsense refused with its place."""

import json
import re
from dataclasses import replace

import pytest

from jissho.card import BANNER, LONGEST, MAX_BYTES, Figure, card_html, card_json, read_card
from jissho.errors import DataError


def spoiled(card, **changes):
    return json.dumps(json.loads(card_json(card)) | changes, ensure_ascii=False).encode()


def test_json_comes_back_as_the_same_card(card, fullest):
    for one in (card, fullest, replace(card, ceiling_yen=None, numbers=(), money=(), reason="", synthetic=False)):
        assert read_card(card_json(one).encode()) == one
        assert read_card(card_json(one).encode("utf-8-sig")) == one


def test_the_page_says_what_was_decided_on_what_until_when(card):
    page = card_html(card)
    said = [
        "小さく試す",
        "790,000円",
        "回収年数",
        "4.1年",
        "画面4 五年の収支",
        "半年で再現率が70%を切ったら",
        "先月の流出の数",
    ]
    said += [
        "○ 可",
        "394,500円",
        "× 不可",
        "最低投資合計額に届きません。",
        "試験に立ち会う公設試",
        BANNER,
        "合成データ",
    ]
    assert not [words for words in said if words not in page]
    assert "使いません" in card_html(replace(card, ceiling_yen=None))
    assert "合成データ" not in card_html(replace(card, synthetic=False))


def test_nothing_that_people_write_becomes_markup_and_nothing_is_fetched(card):
    evil = '<script src="//x">&"\''
    need = replace(card.need, problem=evil, data=evil, loss=evil, partner=evil)
    page = card_html(
        replace(
            card,
            case=evil,
            stop=evil,
            next_fact=evil,
            reason=evil,
            need=need,
            numbers=(Figure(evil[:18], "1", "", evil[:14]),),
        )
    )
    assert "<script" not in page and "&lt;script" in page
    assert not re.search(r"""(?:src|href)=|url\(|@import""", page.replace("src=&quot;", ""))


@pytest.mark.parametrize("name", ["case", "stop", "next_fact", "reason"])
def test_a_text_that_would_not_fit_the_page_is_told_with_its_name(card, name):
    label, most = LONGEST[name]
    replace(card, **{name: "あ" * most})
    with pytest.raises(DataError, match=f"「{label}」が長すぎます") as caught:
        replace(card, **{name: "あ" * (most + 1)})
    assert f"{most}字まで" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words", "place"),
    [
        ({"decision": "たぶん"}, "「決定」の書き方が違います", "決定"),
        ({"ceiling_yen": -1}, "円の金額ではありません", "上限額"),
        ({"ceiling_yen": True}, "円の金額ではありません", "上限額"),
        ({"ceiling_yen": 1.5}, "円の金額ではありません", "上限額"),
        ({"stop": " "}, "「撤退条件」が書かれていません", "stop"),
        ({"stop": 3}, "「撤退条件」が書かれていません", "stop"),
        ({"stop": "一行目\n二行目"}, "改行", "stop"),
        ({"synthetic": "yes"}, "true か false", "synthetic"),
        ({"numbers": {}}, "並び", "numbers"),
        ({"numbers": [{"label": "回収", "value": "4", "unit": "年"}]}, "項目「screen」がありません", "numbers[0]"),
        ({"numbers": [1]}, "「項目: 値」の組", "numbers[0]"),
        ({"money": [{"name": "税制", "verdict": "たぶん", "why": "？"}]}, "「可否」", "money[0].可否"),
        ({"need": None}, "「項目: 値」の組", "need"),
        ({"extra": 1}, "知らない項目「extra」", ""),
        ({"v": 2}, "判断カードのファイルではありません", ""),
    ],
)
def test_a_spoiled_file_is_refused_with_the_place(card, changes, words, place):
    with pytest.raises(DataError) as caught:
        read_card(spoiled(card, **changes), "手元.json")
    assert words in caught.value.what and caught.value.mend
    assert caught.value.where == f"手元.json {place}".strip()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b" " * (MAX_BYTES + 1),
        b'{"v": ' + b"9" * 5000 + b"}",
        b'{"v": NaN}',
    ],
)
def test_what_is_no_card_at_all_is_refused(raw):
    with pytest.raises(DataError) as caught:
        read_card(raw, "手元.json")
    assert caught.value.where.startswith("手元.json") and caught.value.mend

"""items.yml: what is refused, and that the error names file, line and key."""

from __future__ import annotations

import pytest

from jissho.errors import ContentError
from jissho_kit.grading.items import load_items

from .conftest import toy, write_content


def test_items_of_every_kind_load_in_order(toy_items):
    assert [item.kind for item in toy_items] == [
        "number", "choice", "choices", "order", "classify", "function", "function", "text"]  # fmt: skip
    assert toy_items[0].grade_id == "G-A-1_a"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points: 2", "pionts: 2", "points"),
        ("kind: number", "kind: nummer", "kind"),
        ("id: G-A-1.a", "id: G-A-1a", "id"),
        ("because: M01, say: 数えず", "because: X01, say: 数えず", "because"),
        ("say: 汚れではない方を数えていませんか。", "say: ''", "say"),
        ("because: S03, say: 汚れ", "because: S05, say: 汚れ", "自動で加わります"),
        ("{choice: キズ, because", "{choice: キス, because", "選択肢にない"),
        ("{choice: キズ, because", "{value: 3, because", "使えない書き方"),
        ("  options: [集める, 分ける, 学ぶ]\n", "", "options"),
        ("  hidden: toy_inputs\n", "", "hidden"),
        ("{all: AI,", "{all: 治具,", "分類先にない"),
        ("    - {result: toy.half, because: M01, say: 数えずに答えていませんか。}\n", "", "3 件以上"),
        ("id: G-A-1.b", "id: G-A-1.a", "二度"),
        ("id: G-A-1.b", "id: G-A-2.b", "フォルダ"),
        ("kind: text", "kind: plan", "plan"),
    ],
)  # fmt: skip
def test_a_malformed_item_is_refused_and_named(tmp_path, old, new, said):
    assert old in toy.ITEMS
    root = write_content(tmp_path, toy.ITEMS.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        load_items(toy.ASSIGNMENT, root)
    assert said in str(caught.value)
    assert "items.yml" in caught.value.where


def test_the_error_names_the_line(tmp_path):
    text = toy.ITEMS.replace("kind: order", "kind: odrer")
    root = write_content(tmp_path, text)
    with pytest.raises(ContentError) as caught:
        load_items(toy.ASSIGNMENT, root)
    line = text.splitlines().index("  kind: odrer") + 1
    assert caught.value.where.endswith(f"items.yml:{line}")


@pytest.mark.parametrize(("old", "new"), [("id: G-A-1.b", "id: G-A-1.a"), ("id: G-A-1.b", "id: G-A-2.b")])
def test_a_number_that_cannot_be_is_named_where_it_stands(tmp_path, old, new):
    before, after = toy.ITEMS.split(old)
    with pytest.raises(ContentError) as caught:
        load_items(toy.ASSIGNMENT, write_content(tmp_path, before + new + after))
    assert caught.value.where.endswith(f"items.yml:{before.count(chr(10)) + 1}")


def test_the_mend_does_not_recite_the_entry(tmp_path):
    wrong = "    - {result: toy.half, because: M01, say: 数えずに答えていませんか。}\n"
    with pytest.raises(ContentError, match="3 件以上") as caught:
        load_items(toy.ASSIGNMENT, write_content(tmp_path, toy.ITEMS.replace(wrong, "", 1)))
    assert caught.value.mend and "{" not in caught.value.mend

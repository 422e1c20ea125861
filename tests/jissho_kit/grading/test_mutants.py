"""Mutants: made by rule from a reference, judged on the item's own inputs, and named where they earn full marks."""

from __future__ import annotations

import pandas as pd
import pytest

from jissho_kit import truths
from jissho_kit.grading import mutants as room
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import make_key
from jissho_kit.grading.mutants import mutants


def edits(reference):
    return {name for name, _, _ in room._edited(reference)}


def halves(df):
    """A reference with a place for every rule."""
    順 = sorted([値 for 値 in df if 値 > 3], reverse=True)
    中 = len(順) // 2
    return 順[:-中], max(順, 中) + (not 中)


def by_lot(df):
    return df.groupby("ロット")["値"].sum().sort_values(ascending=False).head(2).isin([1, 2, 3])


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        (halves, "一つずれる 3行目「3」→「4」"),
        (halves, "一つずれる 4行目「2」→「1」"),
        (halves, "比べ方 3行目「値 > 3」→「値 >= 3」"),
        (halves, "比べ方 3行目「値 > 3」→「値 < 3」"),
        (halves, "逆の指定 3行目「True」→「False」"),
        (halves, "符号や否定を外す 5行目「-中」→「中」"),
        (halves, "符号や否定を外す 5行目「not 中」→「中」"),
        (halves, "引数の入れ替え 5行目「max(順, 中)」→「max(中, 順)」"),
        (by_lot, "呼び出しを抜く 2行目「df.groupby('ロット')」→「df」"),
        (by_lot, "一つ落とす 2行目「[1, 2, 3]」→「[1, 3]」"),
    ],
)
def test_edits_of_the_source(reference, name):
    assert name in edits(reference)


def test_an_edit_leaves_no_trace_in_the_next_one():
    for _, diff, changed in room._edited(halves):
        assert callable(changed) and len([line for line in diff.splitlines() if line.startswith("+")]) == 1


def test_a_split_is_shuffled_widened_reversed_and_shifted():
    whole = pd.DataFrame({"行": range(8)})
    rng = room.np.random.default_rng(0)
    split = whole.iloc[:6], whole.iloc[6:]
    changed = {
        name: change([whole], split, rng) for name, change in room.CHANGES.items() if "行" in name and "列" not in name
    }
    rows = {name: (train["行"].tolist(), test["行"].tolist()) for name, (train, test) in changed.items()}
    assert rows["全部の行で学習する"] == (list(range(8)), [6, 7])
    assert rows["全部の行で評価する"] == (list(range(6)), list(range(8)))
    assert rows["先の行で学習し前の行で評価する"] == (list(range(2, 8)), [0, 1])
    assert rows["分け目が一行ずれる"] == (list(range(7)), [7])
    assert sorted(sum(rows["行を混ぜて分ける"], [])) == list(range(8)) and rows["行を混ぜて分ける"] != rows
    positions = room.CHANGES["全部の行で学習する"]([whole], [(room.np.arange(6), room.np.array([6, 7]))], rng)
    assert positions[0][0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.fixture
def doubled(toy_items):
    return next(item for item in toy_items if item.id.endswith(".g"))


def test_what_an_item_rejects_and_what_it_lets_through(doubled, toy_items):
    key = make_key(doubled, truths.draw_tables(3), seed=1)
    found = mutants(doubled, key)
    assert len(found) >= 6 and all(one.rejected for one in found)
    assert {"いつも同じ答え（1番目の）", "並びが逆", "最後の一つが抜ける"} <= {one.name for one in found}
    blind = key.model_copy(update={"inputs": key.inputs[:1], "right": key.right[:1], "wrong": []})
    zeros = blind.model_copy(update={"inputs": [[[2, 2]]], "right": [[4, 4]]})
    through = {one.name for one in mutants(doubled, zeros) if one.survived}
    assert not through
    twos = mutants(doubled, blind.model_copy(update={"inputs": [[[0, 0]]], "right": [[0, 0]]}))
    assert {one.name for one in twos if one.survived} >= {"一つずれる 3行目「2」→「3」"}
    assert next(one for one in twos if one.survived).diff


def test_a_survivor_with_a_reason_is_no_finding(doubled):
    name = "一つずれる 3行目「2」→「3」"
    key = make_key(doubled, truths.draw_tables(3), seed=1).model_copy(
        update={"inputs": [[[0, 0]]], "right": [[0, 0]], "wrong": []}
    )
    excused = doubled.model_copy(update={"equivalent": {name: "零だけの例です。"}})
    found = {one.name: one for one in mutants(excused, key)}
    assert not found[name].rejected and not found[name].survived and found[name].equivalent == "零だけの例です。"


def test_other_kinds_have_none(toy_items):
    assert mutants(toy_items[0], make_key(toy_items[0], truths.draw_tables(3))) == []


@pytest.mark.parametrize("assignment", ["G-F-1", "B-F-1b"])
def test_the_kits_items_reject_every_mutant_that_is_a_mistake(assignment):
    data = truths.draw_tables(1)
    for item in load_items(assignment):
        if item.kind == "function":
            made = mutants(item, make_key(item, data, seed=1))
            assert len(made) >= 8 and not [one.name for one in made if one.survived], item.id

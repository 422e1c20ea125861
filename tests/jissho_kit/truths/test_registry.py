"""Named results: found by name, computed once per set of tables."""

import os
import shutil

import pytest

from jissho import datasets
from jissho.errors import ContentError
from jissho_kit import truths
from jissho_kit.truths import RESULTS, result


def test_a_group_is_computed_once_for_its_tables_and_params(monkeypatch):
    calls = []
    monkeypatch.setitem(RESULTS, "toy", lambda data, **params: calls.append(params) or {"n": len(calls)})
    tables = truths.draw_tables(1)
    assert [result("toy.n", tables), result("toy.n", tables), result("toy.n", tables, {"a": 2})] == [1, 1, 2]
    assert result("toy.n", truths.draw_tables(1)) == 3
    assert calls == [{}, {"a": 2}, {}]


@pytest.mark.parametrize("name", ["toy.x", "M01.middle.n", "M01.right.none", "param.none", "param"])
def test_an_unknown_name_is_an_authors_error(name):
    with pytest.raises(ContentError, match="計算結果"):
        result(name, truths.shipped_tables(), {"base": 1.0} if name.startswith("param") else None)


def test_a_missing_demonstration_is_named():
    with pytest.raises(ContentError, match="M99"):
        truths.demonstrate("M99")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("checksheet.top_los", "checksheet.top_loss"), ("M05.wrong.???", "M05.wrong."), ("チェック.rows", "checksheet")],
)
def test_an_unknown_name_comes_with_near_ones(name, meant):
    with pytest.raises(ContentError) as caught:
        result(name, truths.shipped_tables())
    assert meant in caught.value.mend


def test_the_shipped_tables_and_what_is_computed_from_them_are_kept_until_a_file_changes(monkeypatch, tmp_path):
    kept, computed = truths.shipped_tables(), []
    monkeypatch.setitem(truths.RESULTS, "once", lambda data, **_: {"number": computed.append(1) or 1.0})
    assert truths.shipped_tables() is kept
    assert [result("once.number", truths.shipped_tables()) for _ in range(2)] == [1.0, 1.0] and len(computed) == 1
    monkeypatch.setitem(truths.RESULTS, "once", lambda data, **_: {"number": 2.0})
    assert result("once.number", truths.shipped_tables()) == 2.0
    shutil.copytree(datasets.own_data() / "checksheet", tmp_path / "checksheet")
    monkeypatch.setattr(datasets, "own_data", lambda: tmp_path)
    other = truths.shipped_tables()
    assert list(other) == ["checksheet"]
    os.utime(tmp_path / "checksheet" / "checksheet.csv", (1, 1))
    assert truths.shipped_tables() is not other

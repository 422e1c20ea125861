"""Named results: found by name, computed once per set of tables."""

import pytest

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

"""The kit's datasets as they are listed."""

import pytest

from jissho import datasets
from jissho.errors import DataError, UsageError
from jissho_kit.simulators import catalog


def test_sizes_are_those_of_the_files():
    entries = {entry.name: entry for entry in catalog.catalog()}
    assert sorted(entries) == datasets.names()
    for name in ("checksheet", "cases"):
        table = datasets.load(name, datasets.own_data())
        assert (entries[name].rows, entries[name].columns) == table.shape
        assert entries[name].bytes == (datasets.own_data() / name / f"{name}.csv").stat().st_size


def test_factory_comes_first_then_the_farm_each_in_order():
    entries = catalog.catalog()
    codes = [entry.code for entry in entries]
    assert codes == sorted(codes, key=lambda code: (code[:1] == "A", code)) and all(codes)
    assert {entry.code[:1]: entry.field for entry in entries} == {"F": "factory", "A": "agriculture"}


def test_an_unknown_name_comes_with_near_ones():
    with pytest.raises(UsageError, match="もしかして: molding"):
        catalog.card("moulding")


def test_a_card_that_is_missing_is_named(tmp_path, monkeypatch):
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "schema.yml").write_text("x")
    monkeypatch.setattr(catalog, "own_data", lambda: tmp_path)
    with pytest.raises(DataError, match="card.md"):
        catalog.card("tea")

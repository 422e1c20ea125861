"""Checksums and Croissant metadata of the shipped tables, read by the tools they are made for, without a network."""

import hashlib
import json
import re
import socket

import mlcroissant
import pandas as pd
import pytest

from jissho import __version__, datasets
from jissho.errors import DataError
from jissho_kit.simulators import METADATA, SIMULATORS, write_metadata

KINDS = {"int": int, "float": float, "str": bytes, "datetime": pd.Timestamp}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_metadata_are_valid_and_say_what_the_table_is(name):
    folder = datasets.own_data() / name
    told = mlcroissant.Dataset(jsonld=folder / "croissant.json").metadata
    assert not told.issues.errors and not told.issues.warnings
    assert told.name == name and told.version == __version__ and "合成データ" in told.description
    assert told.license == ["https://creativecommons.org/licenses/by/4.0/"] and "合成データ" in told.cite_as
    (file,), (records,) = told.distribution, told.record_sets
    content = (folder / file.content_url).read_bytes()
    assert file.sha256 == hashlib.sha256(content).hexdigest() and file.content_size == f"{len(content)} B"
    shape = datasets.schema(name)
    assert [field.name for field in records.fields] == [column.name for column in shape.columns]
    for field, column in zip(records.fields, shape.columns, strict=True):
        assert column.description in field.description and column.unit in field.description
        assert field.data_type is KINDS[column.dtype]


@pytest.mark.parametrize("name", ["cases", "tomato", "ic_inspectors"])
def test_records_are_read_from_the_metadata(name):
    folder = datasets.own_data() / name
    records = pd.DataFrame(mlcroissant.Dataset(jsonld=folder / "croissant.json").records(name))
    table = datasets.load(name, datasets.own_data())
    assert [column.removeprefix(f"{name}/") for column in records] == list(table)
    for column in table:
        read = records[f"{name}/{column}"].map(lambda cell: cell.decode() if isinstance(cell, bytes) else cell)
        assert read.isna().equals(table[column].isna())
        assert read.dropna().tolist() == table[column].dropna().tolist()


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_checksums_are_as_sha256sum_writes_them(name):
    text = (datasets.own_data() / name / "SHA256SUMS").read_text(encoding="ascii")
    ((digest, file),) = re.findall(r"^([0-9a-f]{64})  (\S+)\n", text)
    assert text == f"{digest}  {file}\n"
    assert hashlib.sha256((datasets.own_data() / name / file).read_bytes()).hexdigest() == digest


def test_units_stand_beside_each_field():
    told = json.loads((datasets.own_data() / "press" / "croissant.json").read_text(encoding="utf-8"))
    units = {field["name"]: field.get("unitText") for field in told["recordSet"][0]["field"]}
    assert units["荷重ピーク"] == "kN" and units["バリ"] is None


def test_nothing_in_them_names_a_machine_or_a_registry():
    for path in datasets.own_data().glob("*/croissant.json"):
        hosts = set(re.findall(r"https?://([^/\"]+)", path.read_text(encoding="utf-8")))
        assert hosts == {"schema.org", "mlcommons.org", "purl.org", "creativecommons.org"}


def test_written_twice_they_are_the_same(tmp_path):
    folder = tmp_path / "tomato"
    folder.mkdir()
    own = datasets.own_data() / "tomato"
    for name in ("tomato.csv", "card.md", "schema.yml"):
        (folder / name).write_bytes((own / name).read_bytes())
    for _ in range(2):
        assert [path.name for path in write_metadata(folder)] == list(METADATA)
        for name in METADATA:
            assert (folder / name).read_bytes() == (own / name).read_bytes()


@pytest.mark.parametrize("missing", ["tomato.csv", "card.md", "schema.yml"])
def test_without_a_file_there_are_no_metadata(tmp_path, missing):
    folder = tmp_path / "tomato"
    folder.mkdir()
    for name in {"tomato.csv", "card.md", "schema.yml"} - {missing}:
        (folder / name).write_bytes((datasets.own_data() / "tomato" / name).read_bytes())
    with pytest.raises(DataError, match=missing):
        METADATA["croissant.json"](folder)


def test_all_tables_together_are_small():
    assert sum(path.stat().st_size for path in datasets.own_data().rglob("*") if path.is_file()) <= 8_000_000

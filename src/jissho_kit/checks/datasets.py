"""Rules on datasets: values, files, cards and metadata agree, and the simulators still draw what is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from jissho import datasets
from jissho.datasets import Column
from jissho_kit import curriculum, simulators
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import line_of, text_of
from jissho_kit.checks._subjects import DataFolder, Dataset

SUMS = "SHA256SUMS"
SYNTHETIC = "合成データ"
HEADINGS = ("目的", "仕組み", "列", "作り方", "限界", "利用条件")
NO_UNIT = "–"
MOST_BYTES = 8_000_000
AGAIN = "./jissho python -m jissho_kit.simulators {name} で作り直してください。"


def schema_explains(dataset: Dataset) -> Iterator[Fault]:
    """Every column is described; a measured number has a unit, unless it is a share or a score between 0 and 1."""
    if dataset.schema.name != dataset.id:
        yield _in_schema(dataset, f"name: {dataset.schema.name}", "名前がフォルダーと違います")
    for column in dataset.schema.columns:
        if not column.description.strip():
            yield _in_schema(dataset, column.name, f"列「{column.name}」に description がありません")
        if column.dtype == "float" and not column.unit and (column.min, column.max) != (0, 1):
            yield _in_schema(dataset, column.name, f"列「{column.name}」に unit がありません")


def card_is_whole(dataset: Dataset) -> Iterator[Fault]:
    text = text_of(dataset.card)
    lines = text.splitlines()
    if SYNTHETIC not in text:
        yield Fault(dataset.card, detail=f"「{SYNTHETIC}」と書かれていません")
    for heading in HEADINGS:
        if f"## {heading}" not in lines:
            yield Fault(dataset.card, detail=f"見出し「## {heading}」がありません")


def card_names_columns(dataset: Dataset) -> Iterator[Fault]:
    """Each column stands in the card's table with the schema's unit; without one in the schema, with any word or 「–」."""
    head = line_of(dataset.card, "## 列")
    rows = dict(_card_rows(dataset.card, [column.name for column in dataset.schema.columns]))
    for column in dataset.schema.columns:
        if column.name not in rows:
            yield Fault(dataset.card, head, detail=f"列「{column.name}」の行がありません")
        elif fault := _unit_fault(column, rows[column.name][1]):
            yield Fault(dataset.card, rows[column.name][0], detail=f"列「{column.name}」の{fault}")
    columns = {column.name for column in dataset.schema.columns}
    for name in rows.keys() - columns:
        yield Fault(dataset.card, rows[name][0], detail=f"列「{name}」は表にありません")


def _unit_fault(column: Column, unit: str) -> str:
    if column.unit and unit != column.unit:
        return f"単位が「{unit}」です（schema.yml では「{column.unit}」）"
    return "" if unit else f"単位がありません（単位のない列は「{NO_UNIT}」）"


def _card_rows(card: Path, columns: list[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Column with its line and unit, as the card's table has them; a row may name several (A・B, A〜B)."""
    section = ""
    for number, line in enumerate(text_of(card).splitlines(), 1):
        section = line if line.startswith("## ") else section
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if section != "## 列" or not line.startswith("|") or set(cells[0]) <= set("-: ") or cells[0] == "列":
            continue
        unit = cells[1] if len(cells) > 2 else ""
        yield from ((name, (number, unit)) for name in _named(cells[0], columns))


def _named(cell: str, columns: list[str]) -> list[str]:
    first, _, last = cell.partition("〜")
    if first in columns and last in columns:
        return columns[columns.index(first) : columns.index(last) + 1]
    return [cell] if cell in columns else cell.split("・")


def values_fit(dataset: Dataset) -> Iterator[Fault]:
    if dataset.fault:
        raise dataset.fault
    yield from ()


def unchanged(dataset: Dataset) -> Iterator[Fault]:
    if not (dataset.path / SUMS).is_file():
        yield Fault(dataset.path / SUMS, detail="ファイルがありません", mend=AGAIN.format(name=dataset.id))
    elif not (dataset.fault or _as_recorded(dataset)):
        yield Fault(dataset.csv)


def described(dataset: Dataset) -> Iterator[Fault]:
    if dataset.fault or not _as_recorded(dataset):
        return  # told by other rules
    text_of(dataset.card)
    for name in (name for name in simulators.METADATA if name != SUMS):
        path = dataset.path / name
        wanted = simulators.METADATA[name](dataset.path)
        line = _first_difference(wanted.splitlines(), text_of(path).splitlines())
        if line:
            yield Fault(path, line, detail=name, mend=AGAIN.format(name=dataset.id))


def nothing_strange(dataset: Dataset) -> Iterator[Fault]:
    known = {dataset.schema_file.name, dataset.card.name, dataset.csv.name, *simulators.METADATA}
    for path in sorted(dataset.path.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.relative_to(dataset.path).as_posix() not in known:
            yield Fault(path)


def as_drawn(dataset: Dataset) -> Iterator[Fault]:
    if dataset.fault or not _as_recorded(dataset) or dataset.id not in simulators.SIMULATORS:
        return  # told by other rules
    table, _ = simulators.SIMULATORS[dataset.id](random_state=simulators.SHIPPED_SEED)
    drawn = dataset.schema.encode(dataset.schema.check(table)).splitlines()
    if line := _first_difference(drawn, dataset.csv.read_bytes().splitlines()):
        yield Fault(dataset.csv, line, mend=AGAIN.format(name=dataset.id))


def listed_and_made(folder: DataFolder) -> Iterator[Fault]:
    """What the curriculum lists has a folder, a loader and a simulator; and no folder is forgotten."""
    listing = folder.kit.root / "curriculum" / "datasets.yml"
    names = curriculum.datasets(folder.kit.root)
    for name in names:
        lacking = {
            f"datasets/{name}/schema.yml": (folder.path / name / "schema.yml").is_file(),
            f"jissho.datasets.load_{name}": hasattr(datasets, f"load_{name}"),
            f"jissho_kit.simulators.make_{name}": name in simulators.SIMULATORS,
        }
        for what in (what for what, there in lacking.items() if not there):
            yield Fault(listing, line_of(listing, f"{name}:"), name, f"{what} がありません")
    for path in sorted(folder.path.glob("*/schema.yml")):
        if path.parent.name not in names:
            yield Fault(path, 1, path.parent.name, "curriculum/datasets.yml にありません")


def small_enough(folder: DataFolder) -> Iterator[Fault]:
    size = sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file())
    if size > MOST_BYTES:
        yield Fault(folder.path, detail=f"{size / 1e6:.1f} MB（上限 {MOST_BYTES / 1e6:.0f} MB）")


def _as_recorded(dataset: Dataset) -> bool:
    sums = dataset.path / SUMS
    return sums.is_file() and text_of(sums) == simulators.METADATA[SUMS](dataset.path)


def _first_difference(wanted: Sequence, had: Sequence) -> int:
    """Line (from 1) where two texts begin to differ, 0 where they are the same."""
    pairs = enumerate(zip_longest(wanted, had), 1)
    return next((line for line, (one, other) in pairs if one != other), 0)


def _in_schema(dataset: Dataset, word: str, detail: str) -> Fault:
    lines = text_of(dataset.schema_file).splitlines()
    found = (n for n, line in enumerate(lines, 1) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line))
    return Fault(dataset.schema_file, next(found, 1), detail=detail)


RULES = (
    Rule(
        "dataset-schema",
        "dataset",
        "データの説明（schema.yml）が足りません",
        "description（中身）と unit（単位）を書いてください。",
        schema_explains,
    ),
    Rule(
        "dataset-value",
        "dataset",
        "表の値が schema.yml と合いません",
        AGAIN.format(name="名前"),
        values_fit,
    ),
    Rule(
        "card", "dataset", "説明書（card.md）が足りません", "ほかの card.md にならって書いてください。", card_is_whole
    ),
    Rule(
        "card-column",
        "dataset",
        "説明書（card.md）の列の表が schema.yml と合いません",
        "「| 列 | 単位 | 中身 |」の行を schema.yml に合わせてください。",
        card_names_columns,
    ),
    Rule(
        "dataset-changed",
        "dataset",
        f"ファイルが変わっています（{SUMS} の値と違います）",
        "配布されたファイルに戻してください。わざと変えたときは、作り方（simulators）を直して作り直してください。",
        unchanged,
    ),
    Rule(
        "dataset-metadata",
        "dataset",
        "機械が読む説明が、schema.yml・card.md・表と合いません",
        AGAIN.format(name="名前"),
        described,
    ),
    Rule(
        "dataset-stray",
        "dataset",
        "データのフォルダーに余計なファイルがあります",
        "消すか、別の場所に移してください。",
        nothing_strange,
    ),
    Rule(
        "dataset-list",
        "data",
        "データの一覧と中身が合いません",
        "CONTRIBUTING.md の「データを足す」のファイルをそろえてください。",
        listed_and_made,
    ),
    Rule(
        "dataset-size",
        "data",
        "データが大きすぎます",
        "行数か列の小数を減らしてください。",
        small_enough,
    ),
    Rule(
        "dataset-redrawn",
        "dataset",
        "配るファイルが、作り直したものと違います",
        AGAIN.format(name="名前"),
        as_drawn,
    ),
)

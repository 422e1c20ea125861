"""Every rule on datasets fires on a planted fault, once, with file and line."""

import shutil

import pytest

from jissho import datasets as loaders
from jissho.errors import UsageError
from jissho_kit.checks import check, check_data, datasets
from jissho_kit.simulators import write_metadata

NAME = "tomato"  # the smallest that is drawn with numbers
CSV, CARD, SCHEMA = f"datasets/{NAME}/{NAME}.csv", f"datasets/{NAME}/card.md", f"datasets/{NAME}/schema.yml"
SUMS, CROISSANT = f"datasets/{NAME}/SHA256SUMS", f"datasets/{NAME}/croissant.json"


@pytest.fixture
def kit(content):
    """A copy of the content in which the small table may be changed."""
    original = (content.root / CSV).resolve()
    content.delete(CSV)  # a link to the kit's own
    shutil.copyfile(original, content.root / CSV)
    return content


def change_cell(kit, row, column, value):
    """Change one cell of the CSV, byte for byte otherwise; returns its line."""
    lines = (kit.root / CSV).read_bytes().decode("utf-8-sig").split("\r\n")
    at = lines[0].split(",").index(column)
    cells = lines[row].split(",")
    cells[at] = value
    lines[row] = ",".join(cells)
    (kit.root / CSV).write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    return row + 1


def only(kit, name=NAME):
    (found,) = check_data([name], root=kit.root).findings
    assert found.mend and found.id == name
    return found


def test_a_sound_dataset_has_no_findings(kit):
    assert check_data([NAME], root=kit.root).findings == ()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("最高気温", "99.0", "大きすぎ"), ("最高気温", "あつい", "数字として読めません"), ("棟", "3号棟", "決められた値")],
)
def test_a_bad_value_is_one_finding(kit, column, value, words):
    line = change_cell(kit, 5, column, value)
    found = only(kit)
    assert (found.rule, found.file, found.line) == ("dataset-value", CSV, line)
    assert f"列「{column}」" in found.message and value in found.message and words in found.message


def test_a_changed_file_is_one_finding(kit):
    change_cell(kit, 5, "最高気温", "27.1")
    found = only(kit)
    assert (found.rule, found.file) == ("dataset-changed", CSV)


def test_a_change_that_was_recorded_is_not_what_the_simulator_draws(kit):
    line = change_cell(kit, 5, "最高気温", "27.1")
    write_metadata(kit.root / "datasets" / NAME)
    found = only(kit)
    assert (found.rule, found.file, found.line) == ("dataset-redrawn", CSV, line)
    assert f"jissho_kit.simulators {NAME}" in found.mend


def test_a_card_without_a_unit_names_line_and_column(kit):
    kit.replace(CARD, "| 最高気温 | ℃ |", "| 最高気温 | |")
    found = only(kit)
    assert (found.rule, found.file, found.line) == ("card-column", CARD, kit.line(CARD, "| 最高気温 |"))
    assert "最高気温" in found.message and "℃" in found.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("| 最高気温 | ℃ |", "| 最高気温 | – |", "単位が「–」"),
        ("| 週 | 番号 |", "| 週 |  |", "単位がありません"),
        ("| 最高気温 | ℃ | 室温の最高 |\n", "", "「最高気温」の行がありません"),
        ("| 最高気温 | ℃ |", "| 最高気温 | ℃ | ある |\n| 最低気温 | ℃ |", "「最低気温」は表にありません"),
    ],
)
def test_a_card_that_says_other_columns(kit, old, new, words):
    kit.replace(CARD, old, new)
    found = only(kit)
    assert (found.rule, found.file) == ("card-column", CARD)
    assert words in found.message


@pytest.mark.parametrize("heading", ["仕組み", "作り方", "限界", "利用条件"])
def test_a_card_without_a_heading(kit, heading):
    kit.replace(CARD, f"## {heading}\n", "")
    found = only(kit)
    assert (found.rule, found.file) == ("card", CARD) and heading in found.message


def test_a_card_that_hides_where_its_data_come_from(kit):
    kit.replace(CARD, "合成データ", "データ")
    found = check_data([NAME], root=kit.root).findings
    assert [(one.rule, one.file) for one in found] == [("card", CARD), ("dataset-metadata", CROISSANT)]


def test_a_card_that_is_missing_or_badly_saved_is_one_finding(kit):
    (kit.root / CARD).write_bytes(kit.read(CARD).encode("cp932", errors="replace"))
    assert "UTF-8" in only(kit).message
    kit.delete(CARD)
    assert only(kit).file == CARD


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("description: その日の室温の最高", 'description: " "', "「最高気温」に description"),
        ("{name: 最高気温, dtype: float, unit: ℃,", "{name: 最高気温, dtype: float,", "「最高気温」に unit"),
        ("name: tomato", "name: tomate", "フォルダーと違います"),
    ],
)
def test_a_schema_that_does_not_explain(kit, old, new, words):
    kit.replace(SCHEMA, old, new)
    found = next(one for one in check_data([NAME], root=kit.root).findings if one.rule == "dataset-schema")
    assert found.file == SCHEMA and words in found.message
    assert found.line == kit.line(SCHEMA, new.split(",")[0].partition(": ")[2])


def test_a_broken_schema_is_one_finding(kit):
    kit.write(SCHEMA, "columns: [")
    assert only(kit).file == SCHEMA


def test_a_missing_table_is_one_finding(kit):
    kit.delete(CSV)
    assert (only(kit).rule, only(kit).file) == ("dataset-value", CSV)


def test_metadata_that_say_something_else(kit):
    kit.replace(CROISSANT, '"alternateName": "', '"alternateName": "新しい')
    found = only(kit)
    assert (found.rule, found.file, found.line) == ("dataset-metadata", CROISSANT, kit.line(CROISSANT, "alternateName"))


@pytest.mark.parametrize(("file", "rule"), [(SUMS, "dataset-changed"), (CROISSANT, "dataset-metadata")])
def test_metadata_that_are_missing(kit, file, rule):
    kit.delete(file)
    found = only(kit)
    assert (found.rule, found.file) == (rule, file)


def test_a_stray_file(kit):
    kit.write(f"datasets/{NAME}/tomato のコピー.csv", "")
    kit.write(f"datasets/{NAME}/.DS_Store", "")
    found = only(kit)
    assert (found.rule, found.file) == ("dataset-stray", f"datasets/{NAME}/tomato のコピー.csv")


def shelf(kit):
    """Findings on the folder as a whole."""
    rules = [rule for rule in datasets.RULES if rule.looks_at == "data"]
    return check([kit.root / "datasets"], root=kit.root, rules=rules).findings


def test_a_dataset_that_was_only_announced(content):
    assert shelf(content) == ()
    content.append("curriculum/datasets.yml", "kiwi: キウイの追熟\n")
    found = shelf(content)
    assert {(one.rule, one.file, one.line) for one in found} == {
        ("dataset-list", "curriculum/datasets.yml", content.line("curriculum/datasets.yml", "kiwi"))
    }
    for what in ("datasets/kiwi/schema.yml", "load_kiwi", "make_kiwi"):
        assert any(what in one.message for one in found)


def test_a_dataset_that_nobody_announced(content):
    (content.root / "datasets/kiwi").mkdir()
    content.write("datasets/kiwi/schema.yml", "")
    (found,) = shelf(content)
    assert (found.rule, found.file, found.id) == ("dataset-list", "datasets/kiwi/schema.yml", "kiwi")


def test_too_much_data(content, monkeypatch):
    monkeypatch.setattr(datasets, "MOST_BYTES", 1_000_000)
    (found,) = shelf(content)
    assert (found.rule, found.file) == ("dataset-size", "datasets") and "上限 1 MB" in found.message


def test_an_unknown_dataset_is_a_wrong_use(content):
    with pytest.raises(UsageError, match="kiwi"):
        check_data(["kiwi"], root=content.root)


def test_the_installed_kit_has_its_data_elsewhere(kit, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("site-packages") / "_datasets"
    (kit.root / "datasets").rename(elsewhere)
    monkeypatch.setattr(loaders, "own_data", lambda: elsewhere)
    assert check_data([NAME], root=kit.root).findings == ()
    (elsewhere / NAME / "stray").touch()
    assert only(kit).file == (elsewhere / NAME / "stray").as_posix()

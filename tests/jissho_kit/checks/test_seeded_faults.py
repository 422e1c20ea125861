"""Every rule that only reads fires on a planted fault, alone, with file, line and id."""

import pytest
import yaml

from jissho_kit.checks._subjects import Kit
from jissho_kit.checks.courses import pre_and_post_exist

from .conftest import ITEMS, LESSON

PART, GUIDE = "B-F-1b", "curriculum/guides/B-F-1.md"
COURSE = "curriculum/shopfloor.yml"


def number_item(items):
    return next(item for item in items if item["kind"] == "number" and "result" in item["right"])


def wrong_answers(items):
    return number_item(items)["wrong"]


def no_sentence(items):
    wrong_answers(items)[1].pop("say")


def same_sentence(items):
    wrong_answers(items)[1]["say"] = wrong_answers(items)[0]["say"]


def same_value(items):
    wrong_answers(items)[1].pop("result", None)
    wrong_answers(items)[1].pop("value", None)
    wrong_answers(items)[1]["result"] = number_item(items)["right"]["result"]


def unknown_reason(items):
    wrong_answers(items)[1]["because"] = "M99"


def unknown_result(items):
    number_item(items)["right"]["result"] = "checksheet.ない"


def unknown_objective(items):
    number_item(items)["objective"] = "B-F-1/9"


def tells_the_answer(items):
    said = [{"value": value, "because": "S06", "say": f"{value} ではありません。"} for value in (20, 30, 40)]
    said[0]["say"] = "12345 になるはずです。"
    number_item(items).update(unit="", right={"value": 12345, "tolerance": 0}, wrong=said)


def right_and_wrong_at_once(items):
    item = number_item(items)
    item.pop("unit", None)
    wrong = [{"includes": "ア", "because": "S06", "say": "アは入りません。"}]
    item.update(kind="choices", partial=True, options=["ア", "イ", "ウ"], right={"choices": ["ア", "イ"]}, wrong=wrong)


def measured_elsewhere(items):
    for item in items:
        item["objective"] = "B-F-1/5"


ITEM_FAULTS = [
    (no_sentence, "items-file", "say"),
    (same_sentence, "sentence-repeated", "ほかの誤答と同じ"),
    (same_value, "not-separable", "見分けられません"),
    (unknown_reason, "reason-unknown", "M99"),
    (unknown_result, "key", "checksheet.ない"),
    (unknown_objective, "objective-unknown", "B-F-1/9"),
    (tells_the_answer, "not-separable", "正解の値が入っています"),
    (right_and_wrong_at_once, "verdict", "0点"),
]


@pytest.mark.parametrize(("fault", "rule", "words"), ITEM_FAULTS, ids=[fault.__name__ for fault, *_ in ITEM_FAULTS])
def test_items(content, fault, rule, words):
    id = number_item(yaml.safe_load(content.read(ITEMS)))["id"]
    content.items(fault)
    (found,) = content.findings("grading/B-F-1b")
    assert (found.rule, found.file, found.id) == (rule, ITEMS, id)
    start = content.line(ITEMS, f"id: {id}")
    rest = content.read(ITEMS).splitlines()[start:]
    end = start + next((n for n, line in enumerate(rest, 1) if line.startswith("- id:")), len(rest) + 1)
    assert start <= found.line < end
    assert words in found.message and found.mend


def test_a_wrong_answer_is_named_by_its_own_line(content):
    content.items(unknown_reason)
    (found,) = content.findings("grading/B-F-1b")
    assert found.line == content.line(ITEMS, "because: M99")


def test_an_option_without_a_sentence_is_mended_in_its_own_way(content):
    content.items(lambda items: next(item for item in items if item["kind"] == "choice")["options"].append("ほか"))
    (found,) = content.findings("grading/B-F-1b")
    assert found.rule == "not-separable" and "選択肢すべてに" in found.mend


def test_a_mutant_that_earns_full_marks_is_a_warning(content):
    file = "grading/G-F-1/items.yml"
    content.replace(file, "  equivalent:\n    並びが逆: 列の名前の順は問いません。\n", "")
    (found,) = content.findings("grading/G-F-1")
    assert (found.rule, found.file, found.id, found.severity) == ("mutant", file, "G-F-1.a2", "warning")
    assert "並びが逆" in found.message and "equivalent" in found.mend


def test_a_reason_for_a_mutant_that_is_no_more(content):
    def excuse(items):
        next(item for item in items if item["kind"] == "function")["equivalent"] = {"昔の変え方": "もうありません。"}

    content.items(excuse)
    (found,) = content.findings("grading/B-F-1b")
    assert (found.rule, found.line) == ("mutant", content.line(ITEMS, "equivalent:"))
    assert "昔の変え方" in found.message


def test_broken_yaml_is_a_finding(content):
    content.append(ITEMS, "- id: [\n")
    (found,) = content.findings("grading/B-F-1b")
    assert (found.rule, found.file) == ("items-file", ITEMS)
    assert found.line >= content.line(ITEMS, "- id: [")


def test_an_item_without_a_cell(content):
    content.replace("grading/B-F-1b/assignment.py", 'item="B-F-1b.a"', 'item="B-F-1b.z"')
    (found,) = content.findings("grading/B-F-1b")
    assert (found.rule, found.file) == ("item-cells", "grading/B-F-1b/assignment.py")
    assert "B-F-1b.z" in found.message


def test_an_assignment_that_hides_where_its_data_come_from(content):
    content.replace("grading/B-F-1b/assignment.py", "合成データ", "データ")
    (found,) = content.findings("grading/B-F-1b")
    assert (found.rule, found.file, found.id) == ("synthetic-unsaid", "grading/B-F-1b/assignment.py", PART)


LESSON_FAULTS = [
    ("lesson-reference", "\n# %% [markdown]\n# 合計は {{checksheet.ない}} です。\n", "{{checksheet.ない}}"),
    ("participants-build", "\n# %%\nimport jissho_kit\n", "# %%"),
    ("lesson-import", "\n# %%\nimport torch\n", "import torch"),
    ("typed-number", "\n# %% [markdown]\n# 不良は1,234個でした。\n", "1,234個"),
    ("typed-number", '\n# %%\nprint("不良は全部で987個でした")\n', "987個"),
]


@pytest.mark.parametrize(("rule", "cell", "at"), LESSON_FAULTS)
def test_lessons(content, rule, cell, at):
    content.append(LESSON, cell)
    (found,) = content.findings(LESSON)
    lines = content.read(LESSON).splitlines()
    line = max(n for n, text in enumerate(lines, 1) if at in text)  # planted at the end
    assert (found.rule, found.file, found.line, found.id) == (rule, LESSON, line, PART)


def test_numbers_that_are_not_stated_pass(content):
    content.append(
        LESSON,
        "\n# %% [markdown]\n# 1. `x[3]` と K-F-1 と M05、[図](図2.png)、<img width=40>、{{checksheet.rows|,}} 行、80%\n",
    )
    assert content.findings(LESSON) == []


def test_a_lesson_that_cannot_be_read(content):
    content.replace(LESSON, "part: B-F-1b", "parts: B-F-1b")
    (found,) = content.findings(LESSON)
    assert (found.rule, found.file, found.line, found.id) == ("lesson-file", LESSON, 1, PART)


def test_a_lesson_with_another_parts_number(content):
    content.replace(LESSON, "part: B-F-1b", "part: B-F-1c")
    (found,) = content.findings(LESSON)
    assert (found.rule, found.file, found.line, found.id) == ("lesson-part", LESSON, 1, PART)


def test_a_lesson_that_hides_where_its_data_come_from(content):
    content.replace(LESSON, "合成データ", "データ")
    (found,) = content.findings(LESSON)
    assert (found.rule, found.file, found.id) == ("synthetic-unsaid", LESSON, PART)


def test_a_lesson_that_claims_nothing(content):
    cells = content.read(LESSON).split("\n# %%")
    content.write(LESSON, "\n# %%".join(cell for cell in cells if '"claim"' not in cell))
    (found,) = content.findings(LESSON)
    assert (found.rule, found.file, found.id) == ("no-claim", LESSON, PART)


MISSING = [
    ("lesson-missing", LESSON, "1_understand_b.py"),
    ("assignment-missing", "grading/B-F-1b/assignment.py", "assignment.py"),
    ("guide-missing", GUIDE, "B-F-1.md"),
    ("data-missing", "datasets/checksheet/card.md", "card.md"),
]


@pytest.mark.parametrize(("rule", "file", "words"), MISSING, ids=[rule for rule, *_ in MISSING])
def test_what_a_ready_part_needs(content, rule, file, words):
    content.delete(file)
    (found,) = content.findings(COURSE)
    assert (found.rule, found.file, found.line, found.id) == (rule, COURSE, content.line(COURSE, f"id: {PART}"), PART)
    assert words in found.message


def test_an_objective_that_nothing_measures(content):
    content.items(measured_elsewhere)
    found = content.findings(COURSE)
    assert {(one.rule, one.file, one.id) for one in found} == {("objective-unmeasured", COURSE, PART)}
    assert found[0].line == content.line(COURSE, f"id: {PART}")
    assert "B-F-1/" in found[0].message


def test_a_course_file_that_cannot_be_read(content):
    content.append(COURSE, "modules: [\n")
    (found,) = content.findings(LESSON)
    assert (found.rule, found.file) == ("course-file", COURSE)
    assert found.line >= content.line(COURSE, "modules: [") - 1 and found.mend


def test_a_test_that_the_course_names_and_nobody_wrote(content):
    content.delete("grading/K-A-post/items.yml")
    kit = Kit(content.root)
    (found,) = pre_and_post_exist(kit)
    course = "curriculum/executive.yml"
    assert (found.file, found.line, found.id) == (content.root / course, content.line(course, "K-A-post"), "K-A-post")


def test_a_test_whose_forms_differ(content):
    file = "grading/K-A-post/items.yml"
    content.replace(file, "objective: K-A-1/3", "objective: K-A-1/4")
    found = content.findings("grading/K-A-post")
    assert {(one.rule, one.file, one.id) for one in found} == {("test-forms", file, "K-A-post.b")}
    assert [one.rule for one in content.findings("grading/K-A-pre")] == ["test-forms"]


def test_a_test_that_asks_what_nobody_teaches(content):
    for form in ("pre", "post"):
        content.replace(f"grading/K-A-{form}/items.yml", "because: M37", "because: M40")
    (found,) = content.findings("grading/K-A-pre")
    assert (found.rule, found.id) == ("test-untaught", "K-A-pre.c") and "M40" in found.message


def test_files_that_no_course_names(content):
    lonely = "notebooks/shopfloor/factory/9_forgotten.py"
    content.write(lonely, content.read(LESSON))
    (found,) = content.findings(lonely)
    assert (found.rule, found.file) == ("orphan", lonely)


def test_saved_outputs(content):
    kept = "notebooks/shopfloor/factory/kept.ipynb"
    content.write(kept, '{"cells": [{"outputs": [], "execution_count": 3}]}')
    (found,) = content.findings(kept)
    assert (found.rule, found.file) == ("saved-outputs", kept)


def test_a_guide_that_names_what_does_not_exist(content):
    content.append(GUIDE, "\n\nB-F-1b.z と M99 は、よくあります。B-F-1b.a と S01 はあります。\n")
    line = content.line(GUIDE, "B-F-1b.z")
    found = content.findings(GUIDE)
    assert {(one.rule, one.file, one.line, one.id) for one in found} <= {("guide-reference", GUIDE, line, "B-F-1")}
    assert "M99" in "".join(one.message for one in found) and "B-F-1b.z" in "".join(one.message for one in found)


@pytest.mark.parametrize("name", [LESSON, ITEMS, "grading/B-F-1b/assignment.py", GUIDE])
def test_a_file_saved_in_another_encoding_is_a_finding(content, name):
    (content.root / name).write_bytes(content.read(name).encode("cp932", errors="replace"))
    found = content.findings(name)
    assert {one.file for one in found} == {name}
    assert all("UTF-8" in one.message + one.mend for one in found)

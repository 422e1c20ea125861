"""A fault planted in the tax and subsidy rules is found, alone, at its line."""

import pytest

CI, IT, MONO = (f"curriculum/rules/{name}.yml" for name in ("ci_tax", "it_subsidy", "monozukuri"))

FAULTS = [
    # (file, what stands there, what is planted, rule, where it is found, words of the finding)
    (CI, "rule: C1, basis: 資料", "rule: C1, basis: 業者", "rules-line", "rule: C1", "basis「業者」"),
    (CI, "{rule: C3, basis: 資料, ", "{rule: C3, ", "rules-line", "rule: C3", "「basis」がありません"),
    (IT, "rate: 1/2", "rate: 半分", "rules-line", "rate: 半分", "「半分」は数として読めません"),
    (MONO, "yen: 5_000_000, text", "yen: -1, text", "rules-line", "yen: -1", "0より小さい数"),
    (CI, "until: 2021-03-31", "until: 2021-02-30", "rules-line", "", "YAMLとして読めません"),
    (
        CI,
        "from: 2018-06-06",
        "from: 2018-06-06, until: 2018-06-05",
        "rules-period",
        "from: 2018-06-06",
        "from が until より後",
    ),
    (CI, "until: 2021-03-31", "until: 2018-06-05", "rules-period", "    valid:", "使える日が一日もありません"),
    (IT, "yen: 500_000", "yen: 400_000", "rules-example", "cost_yen: 1_500_000", "「可、400,000円」"),
    (CI, "at_least: 50_000_000", "at_least: 50", "rules-example", "49_999_999", "「可、1,499,999円」"),
    (
        MONO,
        "{<<: *small, cost_yen: 7_500_000,",
        "{cost_yen: 7_500_000,",
        "rules-example",
        "cost_yen: 7_500_000",
        "「要確認",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "rule", "at", "words"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_planted_fault(content, file, old, new, rule, at, words):
    content.replace(file, old, new, 1)
    found = content.findings("curriculum/rules")
    assert {one.rule for one in found} <= {rule, "rules-example"}, (
        "a period that is wrong changes the examples' answers, too"
    )
    (one, *_) = [one for one in found if one.rule == rule and words in one.message]
    assert one.file == file and one.mend
    assert not at or content.line(file, at) in {one.line for one in found if one.rule == rule}


def test_a_programme_without_an_example(content):
    text = content.read(IT)
    start = text.index("    examples:")
    content.write(IT, text[:start] + text[text.index("    notes:") :])
    (found,) = content.findings(IT)
    assert (found.rule, found.id) == ("rules-example", "it_subsidy") and "examples がありません" in found.message
    assert found.line == content.line(IT, "it_subsidy:")


def test_a_file_in_another_encoding_or_gone_wrong_whole(content):
    (content.root / IT).write_bytes("source: 九州".encode("cp932"))
    (found,) = content.findings(IT)
    assert (found.rule, found.file) == ("rules-line", IT) and "UTF-8" in found.message

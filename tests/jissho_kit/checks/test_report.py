"""Selecting what is checked, and the three ways a report is written."""

import json

import pytest

from jissho.errors import ContentError, DataError, UsageError
from jissho_kit.checks import Fault, Finding, Report, Rule, check, render

from .conftest import LESSON

ERROR = Finding("glyph", "a,b.py", 3, "K-F-1", "100%の図: 字\nなし", "直す")
WARNING = Finding("budget", "b.py", 1, "", "重い", "減らす", "warning")


def test_text_names_place_id_rule_and_mend():
    text = render(Report((ERROR, WARNING)))
    assert "a,b.py:3 K-F-1 指摘[glyph]" in text and "直し方: 直す" in text
    assert "b.py:1 注意[budget]" in text and text.endswith("指摘 1 件、注意 1 件")
    assert render(Report(())) == "指摘はありません。"


def test_annotations_are_escaped():
    first, second = render(Report((ERROR, WARNING)), "github").splitlines()
    assert first == "::error file=a%2Cb.py,line=3,title=K-F-1 glyph::100%25の図: 字%0Aなし%0A直し方: 直す"
    assert second.startswith("::warning file=b.py,line=1,title=budget::重い")


def test_json_has_the_promised_keys():
    told = json.loads(render(Report((WARNING, ERROR)), "json"))
    assert told["ok"] is False and json.loads(render(Report((WARNING,)), "json"))["ok"] is True
    assert told["findings"][1] == {
        "rule": "glyph", "file": "a,b.py", "line": 3, "id": "K-F-1", "message": "100%の図: 字\nなし", "mend": "直す",
    }  # fmt: skip


def rule(looks_at, run, severity="error"):
    return Rule("試し", looks_at, "悪い", "直す", run, severity)


def ids(looks_at):
    """A rule that finds fault with everything it is shown."""
    return rule(looks_at, lambda subject: [Fault(subject.kit.root / "x", id=subject.id)])


@pytest.mark.parametrize(
    ("path", "looks_at", "shown"),
    [
        (LESSON, "lesson", {"B-F-1b"}),
        (LESSON, "items", set()),
        ("grading/B-F-1b/items.yml", "items", {"B-F-1b"}),
        ("grading/B-F-1b", "lesson", set()),
        ("curriculum/guides/B-F-1.md", "guide", {"B-F-1"}),
        ("notebooks/shopfloor", "lesson", {"B-F-1b"}),
        ("datasets/press/card.md", "dataset", {"press"}),
        ("datasets/press", "data", set()),
        ("datasets/press", "file", set()),
    ],
)
def test_a_path_selects(content, path, looks_at, shown):
    found = check([content.root / path], root=content.root, rules=[ids(looks_at)])
    assert {finding.id for finding in found.findings} == shown


def test_everything_is_looked_at_without_a_path(content):
    kinds = ("file", "part", "lesson", "guide", "items", "data", "dataset")
    for kind in kinds:
        assert check(root=content.root, rules=[ids(kind)]).findings
    assert check(root=content.root, rules=[rule("kit", lambda kit: [Fault(kit.root)])]).findings


@pytest.mark.parametrize("path", ["ない.py", "/", "out/B-F-1b.ipynb"])
def test_what_is_not_content_is_a_wrong_use(content, path):
    (content.root / "out").mkdir()
    content.write("out/B-F-1b.ipynb", "{}")
    with pytest.raises(UsageError):
        check([content.root / path], root=content.root)


def test_an_error_while_looking_is_a_finding_and_said_once(content):
    def fails(kit):
        raise ContentError("読めません", where="notebooks/a.py:7", mend="保存し直す")

    (found,) = check(root=content.root, rules=[rule("kit", fails), rule("kit", fails)]).findings
    assert (found.file, found.line, found.message, found.mend) == ("notebooks/a.py", 7, "読めません", "保存し直す")


def test_data_that_cannot_be_used_are_a_finding(content):
    def fails(kit):
        raise DataError("列がありません。", where=f"{content.root}/datasets/a/a.csv", mend="戻してください。")

    (found,) = check(root=content.root, rules=[rule("kit", fails)]).findings
    assert (found.file, found.line, found.severity) == ("datasets/a/a.csv", 1, "error")


def test_warnings_fail_only_with_the_budget(content):
    heavy = rule("kit", lambda kit: [Fault(kit.root)], severity="warning")
    assert check(root=content.root, rules=[heavy]).ok
    assert not check(root=content.root, rules=[heavy], budget=True).ok

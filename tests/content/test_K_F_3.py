"""K-F-3 keeps its promises: no result before a prediction, a decision card at the end, answers that the rules confirm."""

import json
import re
from itertools import product

import pytest

from jissho.invest import new_case
from jissho.rules import compare_tax, judge
from jissho.teach import charts
from jissho_kit.grading.items import load_items
from jissho_kit.grading.keys import make_key
from jissho_kit.truths import shipped_tables

PART = "K-F-3"
NAMES = {"選択": "K-F-3/case"}

GIVEN = {"話す"}  # the four proposals, seen before anything is asked
CARD = ["decision", "ceiling", "stop", "next", "partner"]
TAX = {
    "program": "ci_tax",
    "as_of": "2018-10-01",
    "investment_yen": 60_000_000,
    "corporate_tax_yen": 20_000_000,
    "pay_growth": 0.02,
    "certified": True,
    "certified_on": None,
    "data_link": True,
    "security_expert": True,
    "labour_productivity_growth": 0.02,
    "roi": 0.15,
    "choice": "credit",
}


@pytest.fixture(scope="module")
def items():
    return {item.id[-1]: item for item in load_items("K-F-3")}


def test_the_card_is_written_last_and_shown_then(calls):
    keys = [key for _, key in calls]
    assert keys[-7:] == [f"K-F-3/{name}" for name in CARD] + ["K-F-3/partner"] * 2
    assert calls[-1][0] == calls[-2][0] == "after_prediction"


def test_a_check_for_each_screen(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) == 6
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 4


def test_the_short_version_asks_nothing_that_it_leaves_out(lesson):
    kept = [cell for cell in lesson.cells if "long" not in cell.metadata.get("tags", [])]
    source = "\n".join(cell.source for cell in kept if cell.cell_type == "code")
    assert "K-F-3/tax" not in source and "K-F-3/gains" not in source
    compile(source, "short", "exec")


def test_no_item_asks_for_a_figure_of_the_lesson(items):
    """Costs and taxes of the lesson's examples must not be drawn again."""
    assert 6_000e4 not in items["c"].params["investment"] or 1_000e4 not in items["c"].params["corporate_tax"]


@pytest.mark.parametrize(
    ("card", "changes", "verdict"),
    [
        (0, {"investment_yen": 50_000_000}, "可"),
        (1, {"labour_productivity_growth": 0.05, "roi": 0.149}, "不可"),
        (2, {"security_expert": None}, "要確認"),
        (3, {"corporate_tax_yen": 0}, "要確認"),
    ],
)
def test_the_four_inquiries_are_answered_as_the_rules_answer(items, card, changes, verdict):
    item = items["h"]
    case = {name: value for name, value in (TAX | changes).items() if value is not None or name == "certified_on"}
    assert judge(case)["verdict"] == verdict == item.right.classes[item.cards[card]]


def test_in_every_draw_the_credit_is_worth_more(items):
    for investment in items["d"].params["investment"]:
        for tax in items["d"].params["corporate_tax"]:
            case = TAX | {"investment_yen": round(investment), "corporate_tax_yen": round(tax)}
            found = compare_tax(case, 0.232, 5, 0.03)
            assert (found["verdict"], found["better"]) == ("可", "credit")
            assert found["depreciation"]["first_year_yen"] > found["credit"]["first_year_yen"]


def test_every_draw_can_be_told_right_from_wrong(items):
    tables = shipped_tables()
    for item in items.values():
        for drawn in product(*item.params.values()):
            make_key(item, tables, dict(zip(item.params, map(float, drawn), strict=True)))


@pytest.mark.parametrize(
    "numbers",
    [
        {"発生率": 0, "見逃し単価": 0, "過検出率": 0, "運用費": 0, "発生記録": 0, "代案の運用費": 0},
        {"発生率": 100, "再現率": 100, "過検出率": 100, "初期費用": 10**12, "法人税額": 0},
    ],
    ids=["nothing to lose", "all of it"],
)
def test_a_case_of_ones_own_comes_through_every_screen(lesson, numbers, tmp_path, monkeypatch, capsys):
    text = new_case()
    for name, value in numbers.items():
        text = re.sub(rf"(?m)^{name}: \S+", f"{name}: {value}", text)
    chosen = {"K-F-3/case": {"value": "検査の自動化（自社）", "at": "2018-10-01T09:00:00+09:00"}}
    (tmp_path / "案件.yml").write_text(text, encoding="utf-8")
    (tmp_path / "回答.json").write_text(json.dumps({"v": 1, "predictions": chosen}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JISSHO_AUTO", "1")
    monkeypatch.setattr(charts, "_footer", charts.FOOTER)  # put back afterwards
    names = {"__name__": "lesson"}
    for cell in lesson.cells:
        if cell.cell_type == "code" and "claim" not in cell.metadata.get("tags", []):
            exec(compile(cell.source, cell.id, "exec"), names)
    assert names["選んだ"]()["発生率"] == numbers["発生率"]
    assert "図を描けませんでした" not in capsys.readouterr().out

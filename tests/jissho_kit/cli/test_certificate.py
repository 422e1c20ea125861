"""``jissho certificate``: first a record to fill in, then sheets, then a check of a sheet."""

import pytest

from jissho_kit.classroom import certificate as room
from jissho_kit.classroom import paper
from jissho_kit.grading import report
from jissho_kit.grading.course import PRIVATE, Course
from jissho_kit.grading.report import ClassData, Entry, Mark, Paper, Question

QUESTION = Question("K-F-1.a", "K-F-1", "K-F-1/1", "number", 2.0, "いくつですか。")
MARK = {"K-F-1.a": Mark(2.0, 2.0, "right")}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A graded course of one person, as reading it would give it."""
    made = Course(tmp_path / "講座", "K", "factory", ("K-F-1",))
    (made.root / PRIVATE).mkdir(parents=True)
    papers = (Paper("K-F-1", "P01", "graded", first=MARK, points={"K-F-1.a": 2.0}),)
    data = ClassData(
        "jissho-K-factory",
        "経営者コース（工場）",
        False,
        ("P01",),
        (QUESTION,),
        papers,
        {"K-F-1/1": "説明できる"},
        {},
    )
    monkeypatch.setattr(report, "gather", lambda course: (data, (Entry("P01", "佐藤", "K-F-1", "採点済み"),)))
    monkeypatch.setattr("jissho_kit.grading.course.open_course", lambda folder: made)
    monkeypatch.setattr(paper, "find_browser", lambda: None)
    return made


def test_from_the_record_to_the_check_of_a_sheet(jissho, course, tmp_path):
    issue = ("certificate", course.root, "--issuer", "試験場", "--out", tmp_path / "証")
    code, _, err = jissho(*issue)
    record = course.private / room.RECORD
    assert code == 1 and room.RECORD in err and "佐藤,,,佐藤" in record.read_text(encoding="utf-8-sig")
    record.write_text(record.read_text(encoding="utf-8-sig").replace("佐藤,,,佐藤", "佐藤,100,○,佐藤花子"), "utf-8-sig")
    code, out, err = jissho(*issue)
    assert code == 0 and "修了証 1枚" in out and "Chromiumが見つからない" in err
    sheet = tmp_path / "証" / "修了証_佐藤.html"
    assert "佐藤花子 様" in sheet.read_text(encoding="utf-8") and "できた" in sheet.read_text(encoding="utf-8")
    code, out, _ = jissho("certificate", course.root, "--verify", sheet)
    assert code == 0 and "控えにあります" in out
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("できた", "とてもよくできた"), encoding="utf-8")
    code, out, _ = jissho("certificate", course.root, "--verify", sheet)
    assert code == 1 and "画面の文字が、記録された内容と違います" in out


def test_whoever_is_not_there_yet_is_told_why_and_a_wrong_name_is_noticed(jissho, course, tmp_path):
    record = tmp_path / "記録.csv"
    record.write_text("提出名,出席（%）,成果物,証に書く名前\n佐藤,100,,\n佐東,100,○,佐東\n", encoding="utf-8-sig")
    issue = ("certificate", course.root, "--issuer", "試験場", "--out", tmp_path / "証", "--record", record)
    code, out, err = jissho(*issue, "--nameless")
    assert code == 0 and "修了証 1枚、条件に届かない人 1人" in out
    assert "佐藤 さんの修了証は作っていません: 判断カードがまだです" in err
    assert "佐東 さんの提出は見つかりません" in err
    assert '<p class="name"></p>' in (tmp_path / "証" / "修了証_佐東.html").read_text(encoding="utf-8")


def test_an_issuer_is_asked_for(jissho, course):
    code, _, err = jissho("certificate", course.root)
    assert code == 2 and "--issuer" in err

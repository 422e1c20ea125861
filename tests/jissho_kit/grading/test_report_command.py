"""From a course to its report with the commands alone: four hand-ins, graded once."""

from __future__ import annotations

import json

import pytest

from jissho_kit import cli
from jissho_kit.grading import driver
from jissho_kit.grading.course import open_course
from jissho_kit.grading.handin import hand_in, right_answers, wrong_answer_sets
from jissho_kit.grading.report import ROSTER

NAME = "K-F-1"
NAMES = ["満点の佐藤", "誤答の鈴木", "無くした高橋", "壊した田中"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A practice course, handed in and graded."""
    folder = tmp_path_factory.mktemp("報告 用") / "講座"
    assert cli.main(["course", str(folder), "--tier", "K", "--field", "factory", "--seed", "5"]) == 0
    made = open_course(folder)
    driver.hand_out(made)
    right = {item: known.answer for item, known in right_answers(made, NAME).items()}
    wrong = wrong_answer_sets(made, NAME)
    hand_in(made, NAME, NAMES[0], right)
    hand_in(made, NAME, NAMES[1], {item: known[0].answer for item, known in wrong.items()})
    hand_in(made, NAME, NAMES[2], right, file=False)
    (hand_in(made, NAME, NAMES[3], {}) / f"{NAME}.ipynb").write_text("{", encoding="utf-8")
    assert cli.main(["grade", str(folder)]) == 1  # one cannot be graded
    return made


def test_the_command_says_what_to_do_and_where_the_report_is(course, capsys, tmp_path):
    assert cli.main(["report", str(course.root), "--out", str(tmp_path / "報告")]) == 0
    out, err = capsys.readouterr()
    page = (tmp_path / "報告" / "report.html").read_text(encoding="utf-8")
    assert out.startswith("次にすること: ") and str(tmp_path / "報告" / "report.html") in out
    assert out.splitlines()[0].removeprefix("次にすること: ") in page
    assert "練習用の講座" in page and "参考値" in page and "採点できなかった提出が1件" in page
    assert "ノートブックとして読めません。" in page and "回答ファイル（回答.json）がありません" in page
    assert not [name for name in NAMES if name in page] and ROSTER not in err


def test_json_tells_it_all_and_writes_the_same_files(course, capsys):
    assert cli.main(["report", str(course.root), "--json", "--names"]) == 0
    told = json.loads(capsys.readouterr().out)
    wrong = {item: known[0].because for item, known in wrong_answer_sets(course, NAME).items()}
    for item in (one for one in told["items"] if one["id"].startswith(f"{NAME}.")):  # the course has more to hand in
        named = {one["id"]: one["people"] for one in item["wrong"]}
        assert (item["n"], item["right"], item["lost"], named[wrong[item["id"]]]) == (2, 1, 1, 1)
    papers = [paper["status"] for paper in told["papers"] if paper["assignment"] == NAME]
    assert sorted(papers) == ["broken", "graded", "graded", "graded"]
    assert [row["total"] for row in told["rows"]].count(1.0) == 1
    assert told["course"] == "jissho-K-factory" and told["practice"] is True
    assert not [name for name in NAMES if name in json.dumps(told, ensure_ascii=False)]
    roster = (course.root / "report" / ROSTER).read_text(encoding="utf-8-sig")
    assert all(name in roster for name in NAMES)
    assert str(course.root / "report" / ROSTER) in told["files"]


def test_a_list_of_names_beside_the_page_is_warned_of(course, capsys):
    cli.main(["report", str(course.root), "--names"])
    assert ROSTER in capsys.readouterr().err
    cli.main(["report", str(course.root)])  # an earlier one is still there
    assert "外へ渡すときは除いてください" in capsys.readouterr().err


def test_help_is_japanese_with_one_example(capsys):
    assert cli.main(["report", "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("使い方: jissho report ") and out.count("例: ./jissho report") == 1

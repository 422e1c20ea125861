"""Reading a graded course: who is who, what counts, what came first, and what is said when something cannot be read."""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import replace
from datetime import UTC, datetime

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.api import Gradebook

from jissho.errors import UsageError
from jissho_kit import cli
from jissho_kit.grading import ledger, report
from jissho_kit.grading.course import open_course
from jissho_kit.grading.handin import hand_in
from jissho_kit.grading.judge import Verdict, refuse
from jissho_kit.grading.nbgrader_plugin import OPEN_NOTE, as_output
from jissho_kit.grading.report._data import OPEN
from jissho_kit.grading.report._gather import RESUBMITTED
from jissho_kit.grading.report._pseudonyms import pseudonyms

from .conftest import REPO, toy

NAME = toy.ASSIGNMENT
POINTS = {"a": 2, "b": 1, "c": 2, "d": 1, "e": 3, "f": 2, "g": 1}
NAMES = ["佐藤花子", "山田太郎", "鈴木一郎"]


@pytest.fixture(scope="module")
def root(content, tmp_path_factory):
    """The toy's content with the real curriculum, which knows its module."""
    made = tmp_path_factory.mktemp("root")
    shutil.copytree(content, made, dirs_exist_ok=True)
    shutil.copytree(REPO / "curriculum", made / "curriculum")
    return made


@pytest.fixture
def copy(course, tmp_path):
    """A course of one's own that was handed out; nothing handed in."""
    shutil.copytree(course.root, tmp_path / "講座")
    return open_course(tmp_path / "講座")


def verdicts(state: str = "right", **others: Verdict) -> dict[str, Verdict]:
    """A verdict for each item; those in ``others`` by letter."""
    found = {
        letter: Verdict(f"{NAME}.{letter}", most if state == "right" else 0.0, most, state, "")
        for letter, most in POINTS.items()
    }
    return {one.item: one for one in (found | others).values()}


def wrong(letter: str, because: str, answer: str = "") -> Verdict:
    return Verdict(f"{NAME}.{letter}", 0.0, POINTS[letter], "wrong", "", because, answer)


def graded(course, student: str, marks: dict[str, Verdict], read: float | None = None) -> None:
    """Leave behind what nbgrader leaves: a graded notebook and points in the gradebook (no code is run)."""
    if not (course.root / "submitted" / student).exists():
        hand_in(course, NAME, student, {})
    notebook = nbformat.read(course.root / "submitted" / student / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        if utils.is_grade(cell) and not utils.is_solution(cell):
            cell.outputs = [as_output(marks[cell.metadata.nbgrader.grade_id.replace("_", ".")], 1)]
    folder = course.root / "autograded" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(NAME, student)
        for item, mark in marks.items():
            grade = gradebook.find_grade(item.replace(".", "_"), NAME, NAME, student)
            grade.auto_score, grade.needs_manual_grade = mark.points, False
        prose = gradebook.find_grade(f"{NAME}_h", NAME, NAME, student)
        prose.needs_manual_grade, prose.manual_score = read is None, read
        gradebook.db.commit()


def gathered(course, root):
    """Papers by name (the report itself knows pseudonyms only), the class, the instructor's entries."""
    data, entries = report.gather(course, root)
    called = {entry.person: entry.name for entry in entries}
    return {called[paper.person]: paper for paper in data.papers}, data, entries


def test_points_are_those_of_the_gradebook(copy, root):
    graded(copy, NAMES[0], verdicts(), read=1.5)
    graded(copy, NAMES[1], verdicts(a=wrong("a", "S03")))
    with Gradebook(f"sqlite:///{copy.root}/gradebook.db") as gradebook:
        gradebook.find_grade(f"{NAME}_a", NAME, NAME, NAMES[1]).manual_score = 1.0  # formgrader: half a point after all
        gradebook.db.commit()
    papers, data, _ = gathered(copy, root)
    assert papers[NAMES[0]].points == {
        f"{NAME}.{letter}": float(most) for letter, most in (POINTS | {"h": 1.5}).items()
    }
    assert papers[NAMES[1]].points[f"{NAME}.a"] == 1.0 and papers[NAMES[1]].points[f"{NAME}.h"] is None
    assert papers[NAMES[1]].first[f"{NAME}.a"].slip == "S03"
    assert data.objectives[f"{NAME}/1"] and data.title.endswith("コース（農業）") and data.practice
    assert {one.id: one.known for one in data.questions}[f"{NAME}.a"] == ("S03", "S04", "M01", "S05")
    assert "{{" not in data.questions[0].text


def test_who_is_enrolled_and_has_not_handed_in_is_missing(copy, root):
    graded(copy, NAMES[0], verdicts())
    hand_in(copy, NAME, NAMES[1], {})
    with Gradebook(f"sqlite:///{copy.root}/gradebook.db") as gradebook:
        gradebook.add_student(NAMES[2])
    papers, _, entries = gathered(copy, root)
    assert {name: paper.status for name, paper in papers.items()} == dict(
        zip(NAMES, ["graded", "waiting", "missing"], strict=True)
    )
    assert {entry.name: entry.status for entry in entries}[NAMES[2]] == "未提出"


def test_why_a_hand_in_has_no_score_outlives_grading(copy, root):
    graded(copy, NAMES[0], verdicts())
    hand_in(copy, NAME, NAMES[1], {})
    ledger.record(
        copy, NAME, NAMES[1], "ノートブックとして読めません。", "submitted/山田太郎/x.ipynb", "山田太郎さんに聞く。"
    )
    papers, data, entries = gathered(copy, root)
    broken = papers[NAMES[1]]
    assert (broken.status, broken.problem, broken.first) == ("broken", "ノートブックとして読めません。", {})
    assert "山田" not in repr(data)
    entry = next(one for one in entries if one.name == NAMES[1])
    assert (entry.file, entry.mend) == ("submitted/山田太郎/x.ipynb", "山田太郎さんに聞く。")


def test_the_first_answer_stays_and_the_points_are_the_last(copy, root):
    first = verdicts("blank", a=wrong("a", "M01"), c=refuse(f"{NAME}.c", 2, "no-file"))
    hand_in(copy, NAME, NAMES[0], {})
    ledger.record(copy, NAME, NAMES[0], verdicts={item: one.as_dict() for item, one in first.items()})
    folder = copy.root / "submitted" / NAMES[0] / NAME
    (folder / "回答.json").write_text('{"v": 1, "answers": {"x": {"value": 1}}}', encoding="utf-8")
    graded(copy, NAMES[0], verdicts())
    (before,) = gathered(copy, root)[0].values()
    assert (before.status, before.problem) == ("graded", RESUBMITTED)
    ledger.record(copy, NAME, NAMES[0], verdicts={item: one.as_dict() for item, one in verdicts().items()})
    (paper,) = gathered(copy, root)[0].values()
    assert (paper.status, paper.problem) == ("graded", "")
    # A blank or a lost file was no answer: what came then is the first.
    assert {item[-1]: mark.state for item, mark in paper.first.items() if mark.state not in ("right", "manual")} == {
        "a": "wrong"
    }
    assert paper.first[f"{NAME}.a"].slip == "M01" and paper.points[f"{NAME}.a"] == 2


def test_what_was_graded_in_the_open_is_said_so(copy, root, tmp_path):
    marks = {item: one.as_dict() for item, one in verdicts().items()}
    for name, isolated in zip(NAMES, (True, False, True), strict=True):
        graded(copy, name, verdicts())
        ledger.record(copy, NAME, name, verdicts=marks, isolated=isolated)
    path = copy.root / "autograded" / NAMES[2] / NAME / f"{NAME}.ipynb"
    first = new_markdown_cell(OPEN_NOTE)
    nb = nbformat.read(path, as_version=4)
    nb.cells.insert(0, first)
    nbformat.write(nb, path)  # by the participant: the ledger knows better
    papers, data, entries = gathered(copy, root)
    assert [papers[name].isolated for name in NAMES] == [True, False, True]
    made = report.make_report(data, datetime(2026, 1, 20).date())
    report.write(made, tmp_path, copy, entries)
    rows = pd.read_csv(tmp_path / "提出状況.csv", keep_default_na=False).set_index("仮名")
    assert (rows["備考"] == OPEN).to_dict() == {papers[name].person: name == NAMES[1] for name in NAMES}
    page = (tmp_path / report.PAGE).read_text(encoding="utf-8")
    assert "隔離なしの採点 1件" in page and page.count(OPEN + "</td>") == 1
    (copy.private / "graded" / NAMES[2] / f"{NAME}.json").unlink()  # graded by stock nbgrader: its notebook tells
    assert not gathered(copy, root)[0][NAMES[2]].isolated


def test_a_ledger_from_before_isolation_was_kept_still_reads(copy):
    write(copy.private / "graded" / NAMES[0] / f"{NAME}.json", '[{"submission": "x", "problem": "だめ"}]')
    (entry,) = ledger.entries(copy, NAME, NAMES[0])
    assert (entry.problem, entry.isolated) == ("だめ", True)


def test_a_hand_in_graded_again_replaces_itself(copy):
    hand_in(copy, NAME, NAMES[0], {})
    for problem in ("採点の途中で止まりました。", ""):
        ledger.record(copy, NAME, NAMES[0], problem)
    (entry,) = ledger.entries(copy, NAME, NAMES[0])
    assert entry.problem == ""
    kept = copy.private / "graded" / NAMES[0] / f"{NAME}.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and [kept] == list(kept.parent.iterdir())


def test_a_fingerprint_follows_what_was_handed_in(copy):
    folder = hand_in(copy, NAME, NAMES[0], {})
    marks = [ledger.fingerprint(folder)]
    (folder / "timestamp.txt").write_text("later", encoding="utf-8")
    assert ledger.fingerprint(folder) == marks[0]
    (folder / "回答.json").write_text("{}", encoding="utf-8")
    marks.append(ledger.fingerprint(folder))
    (folder / "回答.json").unlink()
    (folder / "回答.json").mkdir()
    marks.append(ledger.fingerprint(folder))
    (folder / f"{NAME}.ipynb").rename(folder / "別名.ipynb")
    marks.append(ledger.fingerprint(folder))
    assert len(set(marks)) == 4


def test_a_lost_answer_file_is_named_and_its_points_are_unknown(copy, root):
    lost = {letter: refuse(f"{NAME}.{letter}", POINTS[letter], "no-file") for letter in "cde"}
    odd = refuse(f"{NAME}.a", 2, "not-a-number", "山田太郎です")
    graded(copy, NAMES[1], verdicts(**lost, a=odd))
    (paper,) = gathered(copy, root)[0].values()
    assert paper.notes == ("数として読めません（1問）", "回答ファイル（回答.json）がありません（3問）")
    assert not {f"{NAME}.{letter}" for letter in "cde"} & set(paper.points)
    assert paper.points[f"{NAME}.a"] == 0.0


def test_times_come_from_the_answer_file_as_far_as_they_make_sense(copy, root):
    folder = hand_in(copy, NAME, NAMES[0], {})
    at = {"c": "2026-01-20T14:00:00+09:00", "d": "2026-01-20T14:02:00+09:00", "e": "きのう", "b": "2026-01-20T14:03:00"}
    answers = {f"{NAME}.{letter}": {"value": 1, "at": moment} for letter, moment in at.items()}
    kept = {"v": 1, "answers": answers, "predictions": {"x": {"value": 1, "at": "2026-01-20T05:01:00Z"}}}
    (folder / "回答.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    graded(copy, NAMES[0], verdicts())
    (paper,) = gathered(copy, root)[0].values()
    assert paper.at[f"{NAME}.c"] == datetime(2026, 1, 20, 5, 0, tzinfo=UTC) and len(paper.at) == 2
    assert paper.others == (datetime(2026, 1, 20, 5, 1, tzinfo=UTC),)
    (folder / "回答.json").write_text("{", encoding="utf-8")
    assert gathered(copy, root)[0][NAMES[0]].at == {}


def test_the_gradebook_is_only_read(copy, root):
    graded(copy, NAMES[0], verdicts())
    before = (copy.root / "gradebook.db").read_bytes()
    gathered(copy, root)
    assert (copy.root / "gradebook.db").read_bytes() == before


def test_pseudonyms_stay_and_follow_neither_alphabet_nor_time(copy):
    names = [f"参加者{number:02d}" for number in range(40)]
    first = pseudonyms(copy, names)
    assert sorted(first.values()) == [f"P{number:02d}" for number in range(1, 41)]
    assert [first[name] for name in names] != sorted(first.values())
    later = pseudonyms(copy, ["あとから", *reversed(names)])
    assert later == first | {"あとから": "P41"} and list(later)[0] == "あとから"
    other = replace(copy, root=copy.root.parent / "別")
    shutil.copytree(copy.root, other.root)
    (other.private / "pseudonyms.json").unlink()
    (other.private / "secret").write_text("00" * 16, encoding="ascii")
    assert pseudonyms(other, names) != first


def test_a_hand_in_that_can_be_laid_to_nobody_is_named_and_is_no_person(copy, root, tmp_path):
    graded(copy, NAMES[0], verdicts())
    odd = os.fsdecode("山田".encode("cp932"))
    (copy.root / "submitted" / odd / NAME).mkdir(parents=True)
    write(copy.root / "submitted" / f"{NAMES[1]}.zip", "x")
    papers, data, entries = gathered(copy, root)
    assert list(papers) == NAMES[:1] and len(data.people) == 1 and len(data.strays) == 2
    made = report.make_report(data, datetime(2026, 1, 20).date())
    report.write(made, tmp_path, copy, entries)
    roster = pd.read_csv(copy.private / report.ROSTER)
    files = ["submitted/山田太郎.zip", f"submitted/山田/{NAME}"]
    assert roster["ファイル"].dropna().tolist() == files and roster["仮名"].isna().sum() == 2
    page, table = ((tmp_path / name).read_text(encoding="utf-8") for name in (report.PAGE, "提出状況.csv"))
    assert all(problem in text for problem in data.strays for text in (page, table)) and "山田" not in page + table


def test_a_hand_in_in_the_wrong_place_is_not_missing(copy, root):
    graded(copy, NAMES[0], verdicts())
    write(copy.root / "submitted" / NAMES[1] / f"{NAME}.ipynb", "{}")
    write(copy.root / "submitted" / NAME / NAMES[2] / f"{NAME}.ipynb", "{}")
    papers, data, entries = gathered(copy, root)
    assert [papers[name].status for name in NAMES] == ["graded", "broken", "broken"]
    assert "課題のフォルダーに入っていない" in papers[NAMES[1]].problem and "順が逆" in papers[NAMES[2]].problem
    told = {entry.name: entry for entry in entries}
    assert told[NAMES[1]].file == f"submitted/{NAMES[1]}/{NAME}.ipynb" and NAMES[2] in told[NAMES[2]].mend
    assert not data.strays and report.make_report(data, datetime(2026, 1, 20).date()).hand_ins[0].broken == 2


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda c: None, "まだ採点されていない"),
        (lambda c: (c.root / "gradebook.db").write_bytes(b"SQLite? no" * 99), "成績表（gradebook.db）を読めません"),
        (lambda c: (c.private / "secret").write_text("x"), "仮名の控えを読めません"),
        (lambda c: (c.private / "pseudonyms.json").write_text("[1]"), "仮名の控えを読めません"),
        (lambda c: write(c.private / "graded" / NAMES[0] / f"{NAME}.json", "{"), "採点の控えを読めません"),
        (lambda c: write(c.root / "autograded" / NAMES[0] / NAME / f"{NAME}.ipynb", "{"), "採点済みのノートブックを"),
        (lambda c: (c.private / "course.json").unlink(), "講座のフォルダではありません"),
    ],
)
def test_what_cannot_be_read_is_said_in_japanese(copy, capsys, spoil, words, english_left):
    hand_in(copy, NAME, NAMES[0], {})
    spoil(copy)
    code = cli.main(["report", str(copy.root)])
    said = capsys.readouterr()
    assert code == 2 and said.out == "" and words in said.err and "直し方: " in said.err
    assert "Traceback" not in said.err and not english_left(said.err)
    assert not (copy.root / "report").exists()


def write(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def english_left():
    """English words of a message outside file names."""
    import re

    return lambda text: re.findall(r"\b(error|not|file|found|invalid|expected|line)\b", re.sub(r"\S*/\S*", "", text))


@pytest.fixture
def written(copy, root, tmp_path):
    """A report of three people on disk."""
    graded(copy, NAMES[0], verdicts())
    graded(copy, NAMES[1], verdicts(a=wrong("a", "S03", "=1+1")))
    hand_in(copy, NAME, "=cmd", {})
    ledger.record(copy, NAME, "=cmd", "ノートブックがありません。", "submitted/=cmd", "課題_山田太郎.ipynb を戻す。")
    data, entries = report.gather(copy, root)
    made = report.make_report(data, datetime(2026, 1, 20).date())
    return copy, made, entries, tmp_path / "報告"


def test_nobody_is_named_in_what_may_leave_the_class(written):
    course, made, entries, out = written
    files = report.write(made, out, course, entries)
    assert files[0] == out / "report.html" and files[-1] == course.private / report.ROSTER
    assert {file.name for file in out.iterdir()} == {
        "report.html", "提出状況.csv", "到達度.csv", "設問.csv", "誤答.csv", "考え違い.csv",
    }  # fmt: skip
    for file in out.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [name for name in (*NAMES[:2], "cmd", "山田") if name in text], file


def test_the_list_of_names_is_private_unless_asked_for(written):
    course, made, entries, out = written
    report.write(made, out, course, entries)
    kept = course.private / report.ROSTER
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and not (out / report.ROSTER).exists()
    report.write(made, out, course, entries, names=True)
    assert (out / report.ROSTER).read_bytes() == kept.read_bytes()
    roster = pd.read_csv(kept)
    assert set(roster["参加者"]) == {*NAMES[:2], "'=cmd"}  # never a formula in Excel
    assert roster.set_index("参加者").loc["'=cmd", "直し方"] == "課題_山田太郎.ipynb を戻す。"


def test_tables_open_in_excel_and_pandas(written):
    course, made, entries, out = written
    for file in report.write(made, out, course, entries)[1:]:
        assert file.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r\n" in file.read_bytes()
    items = pd.read_csv(out / "設問.csv").set_index("設問")
    assert items.loc[f"{NAME}.a", ["n", "p", "正解", "講師の採点待ち"]].tolist() == [2, 0.5, 1, 0]
    assert items.loc[f"{NAME}.h", ["n", "講師の採点待ち"]].tolist() == [0, 2] and items["D"].isna().all()


def test_a_folder_that_cannot_be_written_is_named(written):
    course, made, entries, out = written
    out.write_text("ここにはもう何かがあります", encoding="utf-8")
    with pytest.raises(UsageError, match="報告書を書き込めません"):
        report.write(made, out, course, entries)

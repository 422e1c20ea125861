"""修了証: conditions by tier, one sheet that says what it is, and a code that no change survives."""

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jissho.errors import UsageError
from jissho_kit.classroom import certificate as room
from jissho_kit.grading.course import PRIVATE, Course
from jissho_kit.grading.report import Entry

DAY = dt.date(2026, 2, 1)
SHARES = {"K-F-1/1": 0.6, "K-F-1/2": 0.59, "K-F-1/3": None}
RECORD = room.Recorded("受講1", 100.0, True, "山田 <太郎>")
ENTRIES = [Entry("P01", "受講1", "K-F-1", "採点済み"), Entry("P02", "受講2", "K-F-1", "採点済み")]


@pytest.fixture
def course(tmp_path):
    (tmp_path / PRIVATE).mkdir()
    return Course(tmp_path, "K", "factory", ("K-F-1",))


def decided(course, *records, total=0.7):
    report = SimpleNamespace(
        objectives=[SimpleNamespace(id=id, text=f"{id} ができる") for id in SHARES],
        rows=[SimpleNamespace(person="P01", shares=SHARES, total=total)],
    )
    data = SimpleNamespace(title="経営者コース（工場）")
    return room.decide(course, data, report, ENTRIES, records, "試験場", DAY)


@pytest.fixture
def sheet(course):
    return decided(course, RECORD)[0].certificate


def test_executives_need_their_card_alone(course):
    without = replace(RECORD, work=False)
    late = replace(RECORD, attendance=None)
    card, none, absent = decided(course, RECORD, without, late, total=0.0)
    assert card.certificate and absent.certificate and none.certificate is None
    assert none.missing == ("判断カードがまだです",)


@pytest.mark.parametrize("tier, work", [("G", "検証計画書"), ("B", "A3一枚")])
def test_the_others_need_hours_points_and_work(course, tier, work):
    course = replace(course, tier=tier)
    assert decided(course, replace(RECORD, attendance=80.0), total=0.6)[0].certificate
    (one,) = decided(course, replace(RECORD, attendance=79.9, work=False), total=0.599)
    assert one.missing == (f"{work}がまだです", "出席が80%に届いていません", "採点が60%に届いていません")
    assert decided(course, replace(RECORD, handed_in_as="だれか"))[0].missing == ("採点が60%に届いていません",)


def test_objectives_follow_the_grades(sheet):
    assert [one.reached for one in sheet.objectives] == [True, False, None]
    shown = room.page(sheet)
    assert all(
        word in shown for word in ("できた", "これから", "採点なし", "4時間", "出席 100%", "2026年2月1日", "試験場")
    )
    assert "国家資格・認定制度ではありません" in shown and "合成データ" in shown and "練習用" not in shown
    assert "山田 &lt;太郎&gt; 様" in shown and "<太郎>" not in shown


def test_a_practice_course_proves_nothing(sheet):
    assert "練習用の講座です。修了の証明には使えません" in room.page(sheet.model_copy(update={"practice": True}))


def test_the_code_can_be_computed_by_anyone(sheet):
    import hashlib

    plain = json.dumps(sheet.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert sheet.code == hashlib.sha256(plain).hexdigest() and sheet.code in room.page(sheet)


def test_a_sheet_is_read_back_and_found_in_the_list(course, sheet, tmp_path):
    file = tmp_path / "証.html"
    file.write_text(room.page(sheet), encoding="utf-8")
    assert not room.verify(file, course).ok
    room.remember(course, [sheet])
    room.remember(course, [sheet])
    found = room.verify(file, course)
    assert (found.certificate, found.untouched, found.shown, found.issued) == (sheet, True, True, True) and found.ok
    assert room.verify(file).issued is None
    assert len((course.private / room.ISSUED).read_text(encoding="utf-8-sig").splitlines()) == 2


@pytest.mark.parametrize(
    "old, new, untouched",
    [("これから", "できた", True), ('"reached": false', '"reached": true', False), ("試験場", "別の所", False)],
)
def test_no_change_goes_unnoticed(sheet, tmp_path, old, new, untouched):
    file = tmp_path / "証.html"
    assert old in room.page(sheet)
    file.write_text(room.page(sheet).replace(old, new), encoding="utf-8")
    found = room.verify(file)
    assert (found.untouched, found.ok) == (untouched, False)


def test_a_sheet_of_another_version_is_left_to_the_eye(sheet, tmp_path):
    old = sheet.model_copy(update={"version": "0.0.1"})
    file = tmp_path / "証.html"
    file.write_text(room.page(old).replace("到達目標", "目標"), encoding="utf-8")
    found = room.verify(file)
    assert (found.untouched, found.shown, found.ok) == (True, None, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html></html>", b"\xff\xfe", b'<script type="application/json" id="jissho-certificate">[1]</script>'],
)
def test_what_is_no_sheet_is_refused(tmp_path, content):  # fmt: skip
    (tmp_path / "x.html").write_bytes(content)
    with pytest.raises(UsageError, match="修了証として読めません"):
        room.verify(tmp_path / "x.html")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_the_record_is_read_as_excel_saves_it(tmp_path, encoding):
    path = tmp_path / "記録.csv"
    text = room.record_template(ENTRIES).replace("受講1,,,受講1", "受講１,８０％,○,山田")
    path.write_bytes(text.encode(encoding))
    assert room.read_record(path) == [
        room.Recorded("受講1", 80.0, True, "山田"),
        room.Recorded("受講2", None, False, "受講2"),
    ]


@pytest.mark.parametrize(
    "row, why",
    [
        ("受講1,abc,○,", "出席が0"),
        ("受講1,nan,○,", "出席が0"),
        ("受講1,80,たぶん,", "成果物が読め"),
        ("受講2,,,", "二度"),
    ],
)
def test_a_record_that_cannot_be_read_says_where(tmp_path, row, why):
    path = tmp_path / "記録.csv"
    path.write_text(room.record_template(ENTRIES) + row + "\r\n", encoding="utf-8-sig")
    with pytest.raises(UsageError, match=why):
        room.read_record(path)
    path.write_text("名前\r\n", encoding="utf-8")
    with pytest.raises(UsageError, match="提出名、"):
        room.read_record(path)

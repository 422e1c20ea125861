"""The dress rehearsal: who hands in what, and whether a broken promise is seen."""

from __future__ import annotations

import dataclasses
import json

import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit.classroom import rehearse as room
from jissho_kit.grading.driver import GradeRow
from jissho_kit.grading.handin import Known

RIGHTS = {"K-F-1.a": Known("K-F-1.a", 1, 2.0, "正解です。"), "K-F-1.b": Known("K-F-1.b", "x", 3.0, "正解です。")}
WRONGS = {
    "K-F-1.a": [Known("K-F-1.a", n, 0.0, f"一文{n}", "M01") for n in (10, 11, 12)],
    "K-F-1.b": [Known("K-F-1.b", "y", 0.0, "別の一文", "M02")],
}


def row(points_a, points_b, message_a="正解です。", problem=""):
    verdicts = {
        "K-F-1.a": {"points": points_a, "message": message_a},
        "K-F-1.b": {"points": points_b, "message": "正解です。"},
    }
    return GradeRow("K-F-1", "満点", verdicts={} if problem else verdicts, problem=problem, mend="直す")


@pytest.fixture
def roles():
    return {role.id: role for role in room.roles(RIGHTS, WRONGS)}


def test_every_known_wrong_answer_is_handed_in_once_by_as_few_as_possible(roles):
    wrong = [role for role in roles.values() if role.kind == "wrong"]
    assert [role.id for role in wrong] == ["誤答1", "誤答2", "誤答3"]
    given = [known for role in wrong for known in role.answers.values() if known.because]
    assert sorted(map(str, given)) == sorted(map(str, sum(WRONGS.values(), [])))


def test_perfect_blank_and_bom(roles):
    assert {role.kind for role in roles.values()} == {"perfect", "blank", "wrong", "bom"}
    assert roles["満点"].answers == roles["BOMつき"].answers == RIGHTS
    assert roles["白紙"].answers == {} and {k.say for k in roles["白紙"].promised.values()} == {"未解答です。"}


def test_a_kept_promise(roles):
    seen = room.compare(row(2, 3), roles["満点"], "正解です。")
    assert seen.ok and seen.differences == () and seen.expected == seen.graded == {"K-F-1.a": 2.0, "K-F-1.b": 3.0}


@pytest.mark.parametrize(
    ("graded", "page", "words"),
    [
        (row(1, 3), "正解です。", "K-F-1.a: 約束 2点、実際 1点"),
        (row(2, 3, "別のこと"), "正解です。", "K-F-1.a: 「正解です。」がありません"),
        (row(2, 3), "", "K-F-1.a: 「正解です。」がありません"),
        (row(2, 3, problem="採点の途中で止まりました。"), "", "採点の途中で止まりました。"),
    ],
)
def test_a_broken_promise_is_named(roles, graded, page, words):
    seen = room.compare(graded, roles["満点"], page)
    assert not seen.ok and any(words in difference for difference in seen.differences)


def test_one_broken_promise_spoils_the_rehearsal(roles):
    fine = room.compare(row(2, 3), roles["満点"], "正解です。")
    module = room.Module("K-F-1", True, 5, 6.5)
    assert room.Rehearsal((module,), (fine,)).ok
    assert not room.Rehearsal((module,), (fine, dataclasses.replace(fine, messages_ok=False))).ok
    assert not room.Rehearsal((dataclasses.replace(module, ok=False),), (fine,)).ok


def test_json_is_the_contract(roles):
    seen = room.compare(row(2, 3), roles["満点"], "正解です。")
    document = json.loads(json.dumps(room.Rehearsal((room.Module("K-F-1", True, 5, 6.5),), (seen,)).as_json()))
    assert list(document) == ["ok", "modules", "participants"]
    assert list(document["modules"][0]) == ["id", "ok", "claims", "seconds"]
    assert list(document["participants"][0]) == ["id", "module", "kind", "expected", "graded", "messages_ok"]


def test_a_lesson_that_stops_is_reported_not_raised(monkeypatch):
    def stop(*_):
        raise ContentError("セルが止まりました", where="1_understand.py:12")

    monkeypatch.setattr(room.lessons, "run", stop)
    part = room.curriculum.find("B-F-1b")[0]
    module = room._run(part, None, lambda what: None)
    assert not module.ok and "1_understand.py:12" in module.problem


def test_nothing_to_rehearse(monkeypatch):
    monkeypatch.setattr(room.curriculum, "ready_parts", lambda *_: [])
    with pytest.raises(UsageError, match="まだ使える教材がありません"):
        room.rehearse("K", "agriculture")


def test_a_rehearsal_grades_real_hand_ins(monkeypatch):
    """One perfect and one wrong participant of B, graded and fed back by nbgrader (all of them: jissho rehearse)."""

    def few(rights, wrongs, everybody=room.roles):
        return [role for role in everybody(rights, wrongs) if role.id in ("BOMつき", "誤答1")]

    monkeypatch.setattr(room, "roles", few)
    monkeypatch.setattr(room, "_run", lambda part, *_: room.Module(part.id, True, 1, 0.0))
    told = []
    result = room.rehearse("B", "factory", told.append)
    assert {p.id: p.kind for p in result.participants} == {"BOMつき": "bom", "誤答1": "wrong"}
    assert result.ok, [p.differences for p in result.participants]
    points = {p.id: sum(p.graded.values()) for p in result.participants}
    assert points["BOMつき"] > points["誤答1"] == 0
    assert any("採点しています" in what for what in told)

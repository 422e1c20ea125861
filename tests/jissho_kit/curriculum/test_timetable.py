"""The timetable: every clock time follows from minutes."""

from itertools import pairwise

import pytest

from jissho.errors import UsageError
from jissho_kit import curriculum
from jissho_kit.curriculum import render, timetable

ALL = [(tier, field) for tier in "KGB" for field in ("factory", "agriculture")]


def starts(plan, **wanted):
    """Clock times of the rows with these attributes, day by day."""
    return [
        [row.start for row in day.rows if all(getattr(row, key) == value for key, value in wanted.items())]
        for day in plan.days
    ]


def minutes_of(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(("tier", "field"), ALL)
def test_rows_follow_each_other_and_add_up(tier, field):
    plan = timetable(tier, field)
    for day in plan.days:
        assert all(before.end == after.start for before, after in pairwise(day.rows))
        assert all(minutes_of(row.end) - minutes_of(row.start) == row.minutes for row in day.rows)
    rows = [row for day in plan.days for row in day.rows]
    assert sum(row.minutes for row in rows if row.kind != "lunch") == plan.minutes
    assert plan.minutes == {"K": 240, "G": 720, "B": 1080}[tier]
    assert len(plan.days) == {"K": 1, "G": 2, "B": 3}[tier]


@pytest.mark.parametrize(("tier", "field"), ALL)
def test_every_part_of_the_field_is_taught_for_all_its_minutes(tier, field):
    taught: dict[str, int] = {}
    for day in timetable(tier, field).days:
        for row in day.rows:
            if row.part:
                taught[row.part] = taught.get(row.part, 0) + row.minutes
    assert taught == {part.id: part.minutes for part in curriculum.load_course(tier).parts if part.field == field}


def test_the_executives_afternoon():
    plan = timetable("K", "factory")
    assert starts(plan, kind="lesson") == [["13:15", "14:15", "15:25"]]
    assert plan.days[0].rows[-1].start == "16:40"
    checks = [check for row in plan.days[0].rows if row.part for check in row.checks]
    assert [(check.id, check.share) for check in checks] == [
        ("CP1", 80),
        ("CP2", 60),
        ("CP3", 80),
        ("CP4", 60),
        ("CP5", 100),
    ]
    assert [cut.part for cut in plan.cuts] == ["K-F-2", "K-F-1"]
    assert plan.keep == ("判断カード",)


def test_two_days_and_three_days():
    technical = timetable("G", "factory")
    assert starts(technical, kind="lesson")[0] == ["9:50", "11:10", "13:00", "14:20", "15:40"]
    assert starts(technical, kind="lesson")[1][0] == "9:40" and "13:00" in starts(technical, kind="lesson")[1]
    assert starts(technical, kind="lunch") == [["12:00"], ["11:45"]]
    shopfloor = timetable("B", "agriculture")
    assert starts(shopfloor, part="B-A-2b") == [[], ["10:20"], []]
    assert [day.rows[0].start for day in shopfloor.days] == ["9:00"] * 3


def test_another_start_moves_everything():
    plan = timetable("executive", "factory", "９:05")
    assert starts(plan, kind="lesson") == [["9:20", "10:20", "11:30"]]


@pytest.mark.parametrize("start", ["25:00", "13:60", "午後1時", "1300", "", "23:00"])
def test_an_impossible_start(start):
    with pytest.raises(UsageError):
        timetable("K", "factory", start)


def test_cuts_are_shown_on_the_last_step_of_their_part():
    rows = [row for day in timetable("G", "factory").days for row in day.rows if row.part == "G-F-2"]
    assert [[cut.order for cut in row.cuts] for row in rows] == [[], [], [2]]


@pytest.mark.parametrize("style", ["text", "md", "html"])
@pytest.mark.parametrize(("tier", "field"), ALL)
def test_every_style_says_the_same(tier, field, style):
    plan = timetable(tier, field)
    page = render(plan, style)
    rows = [row for day in plan.days for row in day.rows]
    for row in rows:
        assert f"{row.start}–{row.end}" in page.replace(" ", "")
        assert row.title in page and row.doing in page
        assert all(check.what in page and f"{check.share}%" in page for check in row.checks)
    assert page.count("準備中") == sum(row.status == "planned" for row in rows)
    assert all(cut.what in page for cut in plan.cuts) and all(kept in page for kept in plan.keep)
    assert "合成データ" in page


def test_the_page_is_self_contained_and_escapes(root, spoil):
    spoil("executive.yml", "title: 開会と事前テスト", "title: 開会<b>|と")
    plan = timetable("K", "factory", root=root)
    page = render(plan, "html")
    assert "開会&lt;b&gt;|と" in page and "http" not in page and "<script" not in page and "@page { size: A4" in page
    assert "開会<b>\\|と" in render(plan, "md")


def test_an_unknown_style():
    with pytest.raises(UsageError, match="pdf"):
        render(timetable("K", "factory"), "pdf")


PROFILES = [(tier, name) for tier, course in curriculum.load_courses().items() for name in course.profiles]


@pytest.mark.parametrize("field", ["factory", "agriculture"])
@pytest.mark.parametrize("tier, name", PROFILES)
def test_a_profile_adds_up_and_says_what_it_needs(tier, name, field):
    profile = curriculum.load_courses()[tier].profiles[name]
    plan = timetable(tier, field, profile=name)
    assert plan.minutes == profile.minutes and plan.profile == profile.title
    for style in ("text", "md", "html"):
        shown = render(plan, style)
        assert profile.title in shown and all(one in shown for one in profile.material)
        assert ("切らない所" in shown) == ("遅れたら切る順" in shown) == bool(plan.cuts)


def test_a_short_version_takes_its_own_minutes_and_is_named():
    rows = timetable("K", "factory", profile="90min").days[0].rows
    short = [row for row in rows if row.part]
    assert [row.part for row in short] == ["K-F-1", "K-F-2"]
    assert all(row.title.endswith("（短い版）") and row.minutes < 60 and not row.cuts for row in short)


def test_the_courses_own_days_have_a_name_and_an_unknown_profile_is_told_what_there_is():
    assert timetable("K", "factory", profile="half-day") == timetable("K", "factory")
    with pytest.raises(UsageError, match="選べる開き方: half-day、90min、satellite"):
        timetable("K", "factory", profile="二日")
    with pytest.raises(UsageError, match="--profile を付けません"):
        timetable("G", "factory", profile="90min")

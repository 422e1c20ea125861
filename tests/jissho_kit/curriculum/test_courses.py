"""The three courses: the grid of 18 modules and how to find one."""

import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit import curriculum

GRID = {f"{tier}-{field}-{stage}" for tier in "KGB" for field in "FA" for stage in "123"}


def test_the_grid_is_full_and_each_module_once():
    ids = [module.id for course in curriculum.load_courses().values() for module in course.modules]
    assert sorted(ids) == sorted(GRID)


def test_minutes_of_the_courses_and_of_each_stage():
    minutes = {
        tier: (course.minutes, [sum(m.minutes for m in course.modules if m.id.endswith(f"-{field}-{stage}"))
                                for field in "FA" for stage in "123"])
        for tier, course in curriculum.load_courses().items()
    }  # fmt: skip
    assert minutes == {
        "K": (240, [50, 60, 75] * 2),
        "G": (720, [120, 210, 270] * 2),
        "B": (1080, [300, 330, 270] * 2),
    }


def test_parts_of_the_shop_floor_have_letters_and_minutes():
    minutes = {id: [part.minutes for part in curriculum.find(id)] for id in ("B-F-1", "B-F-2", "B-A-2", "B-A-3")}
    assert minutes == {
        "B-F-1": [50, 70, 60, 50, 70],
        "B-F-2": [60, 75, 90, 60, 45],
        "B-A-2": [60, 90, 75, 60, 45],
        "B-A-3": [45, 60, 60, 45, 60],
    }
    assert [part.id for part in curriculum.find("B-F-1")] == [f"B-F-1{letter}" for letter in "abcde"]


def test_parts_are_ready_in_the_courses_order():
    ready = {part.id: part for part in curriculum.ready_parts()}
    assert set(ready) >= {"K-F-1", "G-F-1", "B-F-1b"}
    parts = [p for course in curriculum.load_courses().values() for module in course.modules for p in module.parts]
    assert list(ready) == [part.id for part in parts if part.status == "ready"]
    assert ready["G-F-1"].objectives == [1, 2, 3, 4, 5]
    assert ready["B-F-1b"].lesson == "notebooks/shopfloor/factory/1_understand_b.py"
    assert ready["K-F-1"].title == "正解率99.5%の検査機を買いますか", "an only part takes its module's title"


def test_ready_parts_of_a_tier_and_a_field():
    for tier, field, letters in [("shopfloor", "factory", "B-F"), ("K", "factory", "K-F"), ("G", "agriculture", "G-A")]:
        of_all = [part.id for part in curriculum.ready_parts() if part.id.startswith(letters)]
        assert [part.id for part in curriculum.ready_parts(tier, field)] == of_all
    with pytest.raises(UsageError, match="分野 sea"):
        curriculum.ready_parts("K", "sea")


@pytest.mark.parametrize(
    ("target", "first", "count"),
    [
        ("K-F-1", "K-F-1", 1),
        ("b-f-1B", "B-F-1b", 1),
        ("Ｇ－Ａ－２", "G-A-2", 1),
        ("B-A-3", "B-A-3a", 5),
        ("technical", "G-F-1", 6),
    ],
)
def test_find(target, first, count):
    found = curriculum.find(target)
    assert (found[0].id, len(found)) == (first, count)


def test_find_proposes_close_ids_and_what_is_ready():
    with pytest.raises(UsageError) as caught:
        curriculum.find("K-F-9")
    assert "K-F-1" in caught.value.mend and "B-F-1b" in caught.value.mend


def test_tier_of_an_unknown_tier():
    assert [curriculum.tier_of(name) for name in ("k", "executive", "Ｂ", "shopfloor")] == ["K", "K", "B", "B"]
    with pytest.raises(UsageError, match="階層 X"):
        curriculum.tier_of("X")


def test_what_follows_from_an_id():
    module = curriculum.load_course("G").modules[3]
    assert (module.id, module.tier, module.field, module.stage) == ("G-A-1", "G", "agriculture", 1)
    assert curriculum.find("B-F-1c")[0].module == "B-F-1"
    assert curriculum.load_course("executive").name == "executive"


def test_guide_path_of_a_part_is_its_modules():
    assert curriculum.guide_path("B-F-1b") == curriculum.content_root() / "curriculum" / "guides" / "B-F-1.md"


def test_every_misconception_has_words_and_is_broken_somewhere():
    known = curriculum.misconceptions()
    numbers = [id for id in known if id.startswith("M")]
    assert numbers == [f"M{number:02d}" for number in range(1, 45)]
    assert [id for id in numbers if not known[id].modules or known[id].demonstration is None] == []
    assert known["M01"].modules == ["K-F-1", "K-A-2"]
    assert known["S05"].name == "教材の練習用データで計算"
    assert len({one.name for one in known.values()}) == len(known), "feedback names a misconception by its words"


def test_misconceptions_that_only_assert_a_statement():
    statements = [id for id, one in curriculum.misconceptions().items() if one.demonstration == "statement"]
    assert statements == ["M38", "M42", "M43", "M44"]


FIRST_HALF = """- {kind: lesson, stage: 1}
      - {kind: break, minutes: 10, doing: 一言カードを集める}
      - {kind: lesson, stage: 2}"""

# What spoils a course file, the key that the error must name, and a word of its message.
FAULTS = {
    "corrupt": ("audience: 社長", "audience: [社長", "YAML", None),
    "missing key": ("decision: 検査機", "# decision: 検査機", "「decision: …」", "modules[0].decision"),
    "misspelt key": ("decision: 検査機", "decisoin: 検査機", "もしかして: decision", "modules[0].decisoin"),
    "wrong type": ("minutes: 50\n    audience", "minutes: ごじゅう\n    audience", "整数", "modules[0].minutes"),
    "number as text": ('start: "13:00"', "start: 13:00", "文字", "start"),
    "unknown key": ("    knows: 予備", "    knowz: 予備\n    knows: 予備", "知らない", "modules[0].knowz"),
    "key twice": ("tier: K", "tier: K\ntier: K", "二度", None),
    "unknown dataset": ("datasets: [ic_inspection]", "datasets: [ic_inspektion]", "ic_inspektion", "modules[0].parts[0].datasets[0]"),
    "unknown misconception": ("misconceptions: [M01, M04]", "misconceptions: [M01, M99]", "M99", "modules[0].misconceptions[1]"),
    "unknown objective": ("objectives: [1, 2, 3, 4]", "objectives: [1, 2, 3, 7]", "目標 7", "modules[0].parts[0].objectives[3]"),
    "objective of no part": ("objectives: [1, 2, 3, 4]", "objectives: [1, 2, 3]", "目標4", "modules[0].objectives[3]"),
    "module twice": ("id: K-F-2\n    title", "id: K-F-1\n    title", "K-F-1 が二度", "modules[1].id"),
    "part twice": ("- id: K-F-2\n        minutes", "- id: K-F-1\n        minutes", "K-F-1 が二度", "modules[1].parts[0].id"),
    "module minutes": ("minutes: 50\n    audience", "minutes: 55\n    audience", "55分", "modules[0].minutes"),
    "course minutes": ("minutes: 240", "minutes: 250", "240分", "minutes"),
    "step minutes": ("- doing: 買値", "- minutes: 45\n            doing: 買値", "50分", "modules[0].parts[0].minutes"),
    "later module required": ("requires: [K-F-2]", "requires: [K-A-3]", "K-A-3", "modules[2].requires[0]"),
    "unknown Bloom level": ("bloom: 理解", "bloom: 暗記", "暗記", "modules[0].objectives[0].bloom"),
    "ready without lesson": ("lesson: notebooks", "# notebooks", "lesson", "modules[0].parts[0].status"),
    "other tier": ("tier: K", "tier: G", "K", "tier"),
    "lesson block too few": ("- {kind: lesson, stage: 3}", "- {kind: break, minutes: 75}", "0こま", "days"),
    "order of stages": (FIRST_HALF, FIRST_HALF.replace("1}", "9}").replace("2}", "1}").replace("9}", "2}"), "より後", "days[0].blocks[3].stage"),
    "lesson with minutes": ("- {kind: lesson, stage: 1}", "- {kind: lesson, minutes: 5}", "stage", "days[0].blocks[1]"),
    "cut of another field": ("- {part: K-F-2, what: 人", "- {part: K-A-2, what: 人", "K-A-2", "late.factory.cut[0].part"),
    "cut too long": ("saves: 15", "saves: 60", "60分", "late.factory.cut[0].saves"),
    "test of another field": ("{pre: K-F-pre,", "{pre: K-A-pre,", "K-F-pre のはず", "tests.factory.pre"),
    "test that is a part": ("post: K-F-post}", "post: K-F-1}", "形が違います", "tests.factory.post"),
    "field without cuts": ("  agriculture:\n    cut", "  fishery:\n    cut", "agriculture", "late"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_file_line_and_key(fault, root, spoil):
    old, new, word, key = FAULTS[fault]
    line = spoil("executive.yml", old, new)
    with pytest.raises(ContentError) as caught:
        curriculum.load_courses(root)
    error = caught.value
    assert word in str(error)
    assert error.where.startswith("curriculum/executive.yml:")
    if key is not None:
        assert error.what.startswith(key)
    found = int(error.where.rpartition(":")[2])
    assert found >= 1
    if fault in EXACT_LINE:
        assert found == line + EXACT_LINE[fault]


# Lines between the replaced text and the line that the error must name.
EXACT_LINE = {
    "wrong type": 0,
    "number as text": 0,
    "unknown dataset": 0,
    "unknown misconception": 0,
    "unknown objective": 0,
    "module twice": 0,
    "part twice": 0,
    "module minutes": 0,
    "course minutes": 0,
    "later module required": 0,
    "unknown Bloom level": 0,
    "key twice": 1,
    "misspelt key": 0,
    "lesson with minutes": 0,
    "cut too long": 0,
}


def test_a_missing_file_and_a_wrong_encoding(root):
    path = root / "curriculum" / "technical.yml"
    path.write_bytes("tier: G\ntitle: 技術系役員".encode("cp932"))
    with pytest.raises(ContentError, match="UTF-8") as caught:
        curriculum.load_courses(root)
    assert caught.value.where == "curriculum/technical.yml"
    path.unlink()
    with pytest.raises(ContentError, match="読めません"):
        curriculum.load_courses(root)


def test_a_repeated_misconception(root, spoil):
    line = spoil("misconceptions.yml", "id: M02", "id: M01")
    with pytest.raises(ContentError, match="M01 が二度") as caught:
        curriculum.misconceptions(root)
    assert caught.value.where == f"curriculum/misconceptions.yml:{line}"


def test_an_edit_is_seen_at_once(root, spoil):
    assert curriculum.load_course("K", root).title == "経営者"
    spoil("executive.yml", "title: 経営者", "title: 社長")
    assert curriculum.load_course("K", root).title == "社長"

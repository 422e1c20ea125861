"""The mapping to public standards agrees with the courses and never pretends to be checked."""

import pytest

from jissho.errors import ContentError
from jissho_kit import curriculum


def test_every_code_of_a_course_is_listed_and_the_other_way_round():
    used = {code for course in curriculum.load_courses().values() for m in course.modules for code in m.standards}
    assert used == set(curriculum.standards())


def test_every_objective_serves_a_standard():
    modules = [module for course in curriculum.load_courses().values() for module in course.modules]
    assert [(m.id, o.text) for m in modules for o in m.objectives if not o.standards] == []


def test_only_what_was_read_in_public_material_counts_as_checked():
    known = curriculum.standards()
    for standard in known.values():
        assert bool(standard.source) == (standard.state == "確認済") == (standard.checked_on is not None)
    assert {known[code].state for code in ("D2", "L2-1", "A3-10", "Q内-維持性")} == {"要確認"}


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("D2,What", "D1,What", "D1 が二度"),
        ("要確認", "たぶん", "状態"),
        ("要確認", "確認済", "確認日"),
        ("2026-11-23", "きのう", "確認日"),
        ("K-F-1 K-F-3", "K-F-3", "W3"),
        ("standard,code", "標準,code", "見出し"),
        (",要確認,", ",", "行"),
    ],
)
def test_a_fault_names_its_line(old, new, word, root, spoil):
    line = spoil("standards.csv", old, new)
    with pytest.raises(ContentError, match=word) as caught:
        curriculum.standards(root)
    if word != "D1 が二度":
        assert caught.value.where == f"curriculum/standards.csv:{line}"


def test_a_code_without_a_row(root, spoil):
    spoil("executive.yml", "standards: [D2, L2-1]", "standards: [D2, L2-1, ZZ]")
    with pytest.raises(ContentError, match="ZZ の行がありません"):
        curriculum.standards(root)

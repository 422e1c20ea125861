"""Canaries: planted where answers live, found where a participant would meet them."""

import pytest

from jissho_kit.checks.handed_out import Canary, Nest, leaks


@pytest.fixture
def handed_out(tmp_path):
    """Writes one file of what participants receive."""

    def write(name, text):
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path / "out"

    return write


def test_canaries_are_planted_in_solutions_claims_sentences_guides_and_code(content, tmp_path):
    (content.root / "src" / "jissho_kit").mkdir(parents=True)
    content.write("src/jissho_kit/a.py", "x = 1\n")
    canaries = Nest(content.root, tmp_path / "elsewhere").plant()
    assert len({canary.text for canary in canaries}) == len(canaries)
    planted = {canary.file.relative_to(tmp_path / "elsewhere").as_posix() for canary in canaries}
    assert {
        "grading/B-F-1b/assignment.py",
        "grading/B-F-1b/items.yml",
        "notebooks/shopfloor/factory/1_understand_b.py",
        "curriculum/guides/B-F-1.md",
        "src/jissho_kit/a.py",
    } <= planted
    for canary in canaries:
        assert canary.text in content.read(canary.file.relative_to(tmp_path / "elsewhere").as_posix())
    assert content.findings("grading/B-F-1b") == []  # the copy still works as a kit


@pytest.mark.parametrize(
    "name", ["workspace/K-F-1.ipynb", "release/K-F-1/K-F-1.ipynb", "wheel/jissho/a.py", "feedback/blank/K-F-1/a.html"]
)
def test_a_canary_is_named_by_where_it_was_planted(handed_out, tmp_path, name):
    canary = Canary("CANARY00001X", tmp_path / "grading/K-F-1/items.yml", 7, "K-F-1.a")
    (found,) = leaks(handed_out(name, "よい\nCANARY00001X"), [canary], [], [])
    assert (found.file, found.line, found.id, found.detail) == (canary.file, 7, "K-F-1.a", name)


def test_a_wrong_answers_own_sentence_may_come_back_and_no_other(handed_out, tmp_path):
    own, other = (Canary(f"CANARY0000{n}X", tmp_path / "items.yml", n, "K-F-1.a") for n in (1, 2))
    out = handed_out("feedback/wrong/K-F-1/a.html", f"{own.text} {other.text}")
    (found,) = leaks(out, [own, other], [], [f"考え直してください{own.text}"])
    assert found.line == 2
    (tmp_path / "out/feedback/wrong/K-F-1/a.html").write_text("何もない", encoding="utf-8")
    (blind,) = leaks(out, [own, other], [], [f"考え直してください{own.text}"])
    assert blind.line == 1 and "見当たりません" in blind.detail


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("損失は1,711,905円", True),
        ("99.527%", True),
        ("0.99527", True),
        ("99.5%", False),
        ("1711906", False),
        ("abc1711905", False),
    ],
)
def test_right_numbers_are_recognised_to_five_digits(handed_out, text, found):
    secrets = [{"id": "K-F-1.a", "number": 0.99527}, {"id": "K-F-1.b", "number": 1711905.0}]
    assert bool(list(leaks(handed_out("release/a.ipynb", text), [], secrets, []))) is found


def test_the_courses_secret_and_the_instructors_package(handed_out):
    out = handed_out("release/a.txt", "27959b906e8419a3")
    (found,) = leaks(out, [], [{"id": "jissho-K-factory", "text": "27959b906e8419a3"}], [])
    assert found.id == "jissho-K-factory"
    handed_out("release/a.txt", "")
    (found,) = leaks(handed_out("wheel/jissho_kit/a.py", ""), [], [], [])
    assert found.detail == "wheel/jissho_kit/a.py"

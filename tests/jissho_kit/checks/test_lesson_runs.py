"""Rules on a lesson's run: one run with several faults, one that stops."""

from dataclasses import dataclass, field

import pytest

from jissho_kit.checks import lesson_runs
from jissho_kit.checks._subjects import Kit, PartOf

FAULTY = """\
# ---
# jupyter:
#   jissho: {part: B-F-1b}
# ---

# %% tags=["parameters"]
seed = 1

# %%
import sys
import warnings

from jissho.teach import chart, show

fig, ax = chart("良い図です", x="日", y="件")
show(fig)

# %%
warnings.simplefilter("ignore")
fig, ax = chart("字のない図です", y="\\U0001F986")
show(fig)

# %%
fig, ax = chart("出どころのない図です", footer="")
show(fig)

# %%
print("警告です", file=sys.stderr)
"""
BROKEN = FAULTY.split("# %%\nimport")[0] + '# %% tags=["claim"]\nassert seed == 2, "違います"\n'


@dataclass(frozen=True)
class APart:
    id: str = "B-F-1b"
    title: str = "パレート図"
    lesson: str = "a.py"
    datasets: list = field(default_factory=list)


def subject_of(folder, text):
    (folder / "a.py").write_text(text, encoding="utf-8")
    return PartOf(Kit(folder), APart())


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return subject_of(tmp_path_factory.mktemp("faulty"), FAULTY)


def line_of(text, words):
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_glyph_that_no_font_has_is_found_although_the_lesson_hides_warnings(faulty):
    found = list(lesson_runs.glyphs_exist(faulty))
    assert {(one.file.name, one.line, one.id) for one in found} == {
        ("a.py", line_of(FAULTY, "simplefilter") - 1, "B-F-1b")
    }
    assert "129414" in found[0].detail


def test_a_figure_that_hides_where_its_data_come_from(faulty):
    (found,) = lesson_runs.figures_say_synthetic(faulty)
    assert (found.line, found.id) == (line_of(FAULTY, "footer") - 1, "B-F-1b")
    assert "出どころのない図です" in found.detail


def test_what_goes_to_stderr(faulty):
    (found,) = lesson_runs.is_quiet(faulty)
    assert (found.file.name, found.id, found.detail) == ("a.py", "B-F-1b", "警告です")


def test_budgets(faulty, monkeypatch):
    assert list(lesson_runs.in_budget(faulty)) == []
    monkeypatch.setattr(lesson_runs, "CPU_SECONDS", 0)
    monkeypatch.setattr(lesson_runs, "PEAK_MB", 1)
    seconds, memory = lesson_runs.in_budget(faulty)
    assert "計算時間" in seconds.detail and "メモリー" in memory.detail
    assert next(rule for rule in lesson_runs.RULES if rule.id == "budget").severity == "warning"


def test_a_cell_that_stops_is_named_with_its_line_also_where_our_hints_show_the_error(tmp_path):
    """As in every lesson: jissho.teach is imported, and an assertion may have no words."""
    text = FAULTY.split("# %%\nwarnings")[0] + '# %% tags=["claim"]\n# 一致すること\nassert seed == 2\n'
    (found,) = lesson_runs.finishes(subject_of(tmp_path, text))
    assert found.line == line_of(text, "assert")
    assert "assert seed == 2" in found.detail


def test_a_broken_claim_is_named_with_its_line(tmp_path):
    subject = subject_of(tmp_path, BROKEN)
    (found,) = lesson_runs.finishes(subject)
    assert (found.file, found.line, found.id) == (tmp_path / "a.py", line_of(BROKEN, "assert"), "B-F-1b")
    assert "違います" in found.detail
    assert not list(lesson_runs.is_quiet(subject)) + list(lesson_runs.in_budget(subject))

"""Running lessons with papermill."""

import re

import nbformat
import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit.lessons import run, run_all


def printed(path):
    cells = nbformat.read(path, as_version=4).cells
    return "".join(o.text for cell in cells for o in cell.get("outputs", []) if o.output_type == "stream")


def test_a_run_writes_notebook_and_page_and_says_what_it_took(example, tmp_path):
    result = run(example.part, tmp_path / "out", root=example.root)
    assert (result.id, result.claims, result.stderr) == ("B-F-1b", 1, "")
    assert result.cpu_seconds > 0 and result.peak_mb > 20
    assert printed(result.notebook) == "1500 あ\n"
    assert '<html lang="ja">' in result.html.read_text(encoding="utf-8")
    assert not list(example.root.glob("notebooks/*.ipynb"))


def test_other_parameters_draw_other_data_for_code_and_prose(example, tmp_path):
    result = run(example.part, tmp_path / "out", {"n": "400", "班": "夜勤"}, seed=7, root=example.root)
    nb = nbformat.read(result.notebook, as_version=4)
    assert printed(result.notebook) == "400 夜勤\n"
    assert "表は 400 行" in nb.cells[0].source
    assert "班 = '夜勤'" in nb.cells[2].source
    assert "papermill" not in nbformat.writes(nb)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"m": "1"}, "seed.*n.*班"),
        ({"n": "多い"}, "1500"),
        ({"n": "1.5"}, "1500"),
        ({"n": "true"}, "1500"),
        ({"n": "3"}, "作れません"),
    ],
)
def test_a_wrong_parameter_is_the_users_error(example, tmp_path, parameters, words):
    with pytest.raises(UsageError) as error:
        run(example.part, tmp_path / "out", parameters, root=example.root)
    assert re.search(words, str(error.value), flags=re.DOTALL)
    assert not list(tmp_path.glob("out/*"))


def test_a_broken_claim_names_file_line_and_reason_and_leaves_the_notebook(example, tmp_path):
    example.changed("== n,", "== n + 1,")
    with pytest.raises(ContentError, match="行数が n と違います") as error:
        run(example.part, tmp_path / "out", root=example.root)
    assert error.value.where.endswith("a.py:28")
    assert printed(tmp_path / "out" / "B-F-1b.ipynb") == "1500 あ\n"
    assert "An Exception" not in (tmp_path / "out" / "B-F-1b.ipynb").read_text(encoding="utf-8")


def test_stderr_is_collected_also_from_inside_a_widget(example, tmp_path):
    example.changed(
        "print(len(df), 班)",
        "import sys, ipywidgets\nprint('外', file=sys.stderr)\n"
        "with ipywidgets.Output():\n    print('内', file=sys.stderr)",
    )
    assert set(run(example.part, tmp_path / "out", root=example.root).stderr.split()) == {"外", "内"}


def test_many_lessons_at_a_time_give_results_and_errors_in_order(example, tmp_path):
    good = example.part
    broken = type(good)(id="B-F-1c", lesson="notebooks/b.py")
    text = (example.root / good.lesson).read_text(encoding="utf-8")
    (example.root / broken.lesson).write_text(text.replace("df = load", "df = lod"), encoding="utf-8")
    first, second = run_all([broken, good], tmp_path / "out", jobs=2, root=example.root)
    assert isinstance(first, ContentError) and "NameError" in str(first) and "b.py:22" in str(first)
    assert second.id == "B-F-1b"


def test_a_folder_that_cannot_be_written_is_the_users_error(example, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match="書き込めません"):
        run(example.part, tmp_path / "out", root=example.root)


@pytest.mark.parametrize(
    ("code", "words"), [("import os; os._exit(1)", "止まりました"), ("import time; time.sleep(60)", "2 秒たっても")]
)
def test_a_lesson_that_dies_or_hangs_is_named_without_noise(example, tmp_path, capfd, code, words):
    example.changed("print(len(df), 班)", code)
    with pytest.raises(ContentError, match=words) as error:
        run(example.part, tmp_path / "out", root=example.root, timeout=2 if "sleep" in code else 60)
    assert error.value.where.endswith("a.py")
    assert capfd.readouterr().err == ""

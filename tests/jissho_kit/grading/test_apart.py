"""Submissions run shut in leave the outputs that a stock kernel would have left, figures included."""

import copy
import json
import os
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute, OverwriteCells

from jissho_kit import kernels
from jissho_kit.grading import apart, driver
from jissho_kit.grading.course import make_course
from jissho_kit.grading.handin import hand_in, right_answers
from jissho_kit.grading.intake import read_notebook
from jissho_kit.grading.nbgrader_plugin import PutBack, regular_files
from jissho_kit.grading.tidy import tidy

pytestmark = pytest.mark.skipif(bool(kernels.why_not()), reason=kernels.why_not())

ODDITIES = """
print("標準出力"); import sys; print("標準エラー", file=sys.stderr); print("あと")
---
import warnings; warnings.warn("注意")
---
from IPython.display import display, HTML, clear_output, update_display; h = display("一", display_id="a")
---
h.update("二"); print("x"); clear_output(); print("y")
---
display(HTML("<b>太字</b>")); clear_output(wait=True); display(HTML("<i>斜体</i>")); 3
---
1 / 0
---
x = input("名前は？")
---
raise SystemExit(3)
---
if True print(1)
---
import asyncio; await asyncio.sleep(0); "待ちました"
---
%%time
pass
---
!echo 外の命令
---
import os, subprocess; print("前", flush=True); os.system("echo 子"); subprocess.run(["echo", "孫"])
---
import pandas as pd; pd.DataFrame({"列": [1.5, None]})
---
import matplotlib.pyplot as plt; plt.plot([1, 3, 2]); plt.title("title"); plt.show()
---
import ipywidgets as w; out = w.Output()
with out:
    print("部品の中")
print("部品の外")
---
w.IntSlider(3)
---
print("進\\r捗\\b", end=""); print("色\\x1b[31m赤\\x1b[0m")
---
%matplotlib inline
fig, ax = plt.subplots(); ax.bar([1], [2]); fig
---
undefined
---
_, In[1][:5], Out.get(5)
---
%history -l 1
---
import multiprocessing as m
p = m.get_context("fork").Process(target=print, args=("子の出力",)); p.start(); p.join()
---
sys.stdout.write("長い" * 50_000); None
---
class 変: 
    def __repr__(self): raise ValueError("表示できない")
変()
"""


class Stock(Execute):
    """nbgrader's own, in our environment."""

    env = None

    def start_new_kernel(self, **kw):
        return super().start_new_kernel(env=self.env, **kw)


def run_stock(nb, files: dict[str, bytes], inputs: dict[str, bytes], place: Path):
    """The notebook run by nbgrader on an ordinary kernel."""
    for folder, group in (("work", files), ("inputs", inputs), ("private", {})):
        (place / folder).mkdir(parents=True)
        for name, content in group.items():
            (place / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (place / folder / name).write_bytes(content)
    client = Stock(timeout=120, kernel_manager_class=kernels.manager_class())
    client.env = kernels.environment(
        place / "private", apart.ENVIRONMENT | {"JISSHO_PROBE": str(place / "inputs"), "LANG": "C.UTF-8"}
    )
    client.env.pop("PYTEST_CURRENT_TEST")  # a kernel that sees it leaves what subprocesses write alone
    client.preprocess(nb, {"metadata": {"path": str(place / "work")}})
    return nb


def joined(outputs: list) -> list:
    """Pieces of one stream in a row as one: where they are cut depends on the moment."""
    whole: list = []
    for output in copy.deepcopy(outputs):
        last = whole[-1] if whole else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            whole.append(output)
    return whole


def plain(nb) -> list:
    """Outputs and counts, without process ids, addresses and times."""
    told = [[joined(cell.get("outputs", [])), cell.get("execution_count")] for cell in nb.cells]
    text = json.dumps(told, ensure_ascii=False)
    for pattern, told in (
        (r"ipykernel_\d+", "ipykernel_"),
        (r"0x[0-9a-f]{6,}", "0x"),
        (r"[\d.]+ [nµμm]?s\b", "time"),
        (r"[0-9a-f]{32}", "id"),  # of widgets
    ):
        text = re.sub(pattern, told, text)
    return json.loads(text)


def assert_same(nb, files, inputs, first_probe, place):
    job = apart.Job(tuple(apart._source(cell) for cell in nb.cells), first_probe, files, inputs)
    ours = copy.deepcopy(nb)
    outcome = apart.run_submission(job, limits=kernels.Limits(cell_s=120))
    assert outcome.stopped == "" and outcome.timed_out == ()
    outcome.put_into(ours)
    theirs = run_stock(copy.deepcopy(nb), files, inputs, place)
    for i, (one, other) in enumerate(zip(plain(ours), plain(theirs), strict=True)):
        assert one == other, f"cell {i}: {nb.cells[i].source}"


@pytest.mark.parametrize(("tier", "field"), [("K", "factory"), ("G", "factory"), ("B", "factory")])
def test_a_solved_assignment_has_the_outputs_of_a_stock_kernel(tmp_path, tier, field):
    course = make_course(tmp_path / "course", tier, field, seed=3)
    driver.hand_out(course)
    for assignment in course.assignments:
        answers = {item: known.answer for item, known in right_answers(course, assignment).items()}
        folder = hand_in(course, assignment, "満点", answers)
        manifest = course.manifest(assignment)
        nb, _ = tidy(read_notebook((folder / f"{assignment}.ipynb").read_bytes()), manifest, set())
        job, notes = apart.make_job(nb, manifest, folder, course.source(assignment), course.hidden(assignment))
        assert notes == []
        assert_same(nb, job.files, job.inputs, job.first_probe, tmp_path / assignment)


def test_odd_cells_have_the_outputs_of_a_stock_kernel(tmp_path):
    cells = [new_code_cell(source.strip("\n")) for source in ODDITIES.split("\n---\n")]
    assert_same(new_notebook(cells=cells), {}, {}, len(cells), tmp_path)


def test_files_that_the_instructor_leaves_to_participants_are_theirs(tmp_path):
    for folder, content in (("source/課題", "m"), ("submitted/甲/課題", "s")):
        for name in ("data/a.csv", "helper.py"):
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(content)
    submission, master = tmp_path / "submitted" / "甲" / "課題", tmp_path / "source" / "課題"
    job, _ = apart.make_job(new_notebook(), None, submission, master, None, ["helper.py", "none.py"])
    assert job.files == {"data/a.csv": b"m", "helper.py": b"s"}
    # nbgrader itself lays the master's over them, as it is told.
    assert sorted(map(os.path.basename, regular_files(str(submission)))) == ["a.csv", "helper.py"]


def test_a_missing_cell_that_cannot_be_placed_stops_nothing(monkeypatch):
    def stop(self, nb, resources):
        nb.cells.append(new_code_cell("half"))
        raise KeyError("before")

    monkeypatch.setattr(OverwriteCells, "add_missing_grade_cells", stop)
    nb, _ = PutBack().add_missing_grade_cells(new_notebook(cells=[new_code_cell("1")]), {})
    assert [cell.source for cell in nb.cells] == ["1"]

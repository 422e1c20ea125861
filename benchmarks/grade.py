"""How much faster `jissho grade` is than stock `nbgrader autograde`, with every submission shut in.

    ./jissho python benchmarks/grade.py                      # 40 submissions
    ./jissho python benchmarks/grade.py --submissions 8 --json
    ./jissho python benchmarks/grade.py --profile            # where our time goes instead
    ./jissho python benchmarks/grade.py --memory --submissions 400   # what one more submission adds in memory

An assignment of 25 cells with pandas and scikit-learn, seven of them graded, whose cells take about as long as those of the
kit's own assignment on models (G-F-1). Every other submission is wrong: wrong values
of three kinds, an exception, unfinished, with warnings. Stock nbgrader has its own configuration, plain kernels and tests
that assert; it shuts nothing in. Both are commands started afresh, one after the other, on the same notebooks; ours writes
the feedback pages, too (``--no-pages`` leaves that out), stock does not. ``--json`` gives ``{"ratio", "stock_s", "ours_s", "submissions"}``.
The figures mean something only beside each other: both slow down on a busy machine.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

NAME = "G-F-1"
PREPARE = """\
from jissho.datasets import load_press
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

df = load_press().dropna()
列 = ["spm", "荷重ピーク", "油温"]
学習, 評価 = df.iloc[: len(df) // 2], df.iloc[len(df) // 2 :]"""
# Variable, what participants write, and three wrong ways to write it.
ITEMS = {
    "a": ("割合", 'df["バリ"].mean()', ['1 - df["バリ"].mean()', '学習["バリ"].mean()', 'df["バリ"].sum()']),
    "b": (
        "荷重差",
        'df.groupby("機械")["荷重ピーク"].mean().max() - df["荷重ピーク"].mean()',
        ['df["荷重ピーク"].max()', 'df["荷重ピーク"].std()', 'df.groupby("機械")["荷重ピーク"].mean().min()'],
    ),
    "c": (
        "係数",
        'make_pipeline(StandardScaler(), LogisticRegression()).fit(学習[列], 学習["バリ"])[-1].coef_[0, 1]',
        [
            'make_pipeline(StandardScaler(), LogisticRegression()).fit(df[列], df["バリ"])[-1].coef_[0, 0]',
            'LogisticRegression(max_iter=500).fit(学習[列], 学習["バリ"]).coef_[0, 1]',
            "0.0",
        ],
    ),
    "d": (
        "見分け",
        'roc_auc_score(評価["バリ"], make_pipeline(StandardScaler(), LogisticRegression())'
        '.fit(学習[列], 学習["バリ"]).predict_proba(評価[列])[:, 1])',
        [
            'roc_auc_score(学習["バリ"], DecisionTreeClassifier(max_depth=4, random_state=0)'
            '.fit(学習[列], 学習["バリ"]).predict_proba(学習[列])[:, 1])',
            "0.5",
            "1.0",
        ],
    ),
    "e": (
        "見つけた割合",
        'recall_score(評価["バリ"], DecisionTreeClassifier(max_depth=6, class_weight="balanced", random_state=0)'
        '.fit(学習[列], 学習["バリ"]).predict(評価[列]))',
        ["0.0", "1.0", "0.05"],
    ),
    "f": ("停止", 'int(df["チョコ停"].sum())', ["len(df)", 'df["チョコ停"].mean()', "-1"]),
    "g": (
        "油温差",
        'df.loc[df["バリ"] == 1, "油温"].mean() - df.loc[df["バリ"] == 0, "油温"].mean()',
        ['df["油温"].mean()', 'df["油温"].std() + 100', '-df["油温"].mean()'],
    ),
}
TOLERANCE = 1e-6
TABLES = [
    "df.head()",
    'df.groupby("機械")[["バリ", "チョコ停"]].mean()',
]  # the kit's assignments show tables, no figures
NOISE = "import warnings\nwarnings.warn('気をつけて')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=40, metavar="N")
    parser.add_argument("--jobs", type=int, metavar="N", help="of ours; by default the number of cores")
    parser.add_argument("--no-pages", action="store_true", help="ours writes no feedback pages")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--memory", action="store_true", help="memory of the recording process over tiny submissions")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jissho-grade-", ignore_cleanup_errors=True) as folder:
        if wanted.memory:
            return memory(make_tiny(Path(folder), wanted.submissions), wanted.jobs, wanted.json)
        course, stock = make_ours(Path(folder), wanted.submissions), Path(folder) / "stock"
        if wanted.profile:
            profile(course, wanted.jobs, not wanted.no_pages)
            return
        make_stock(course, stock)
        stock_s = timed([sys.executable, "-m", "nbgrader", "autograde", NAME], stock)
        options = f"jobs={wanted.jobs}, pages={not wanted.no_pages}"
        ours_s = timed([sys.executable, "-c", GRADE.format(course=str(course.root), options=options)], course.root)
        compare(course.root, stock)
    result = {"ratio": round(stock_s / ours_s, 1), "stock_s": round(stock_s, 1), "ours_s": round(ours_s, 1)}
    result["submissions"] = wanted.submissions
    print(json.dumps(result) if wanted.json else "{ratio}x: {stock_s} s, {ours_s} s of {submissions}".format(**result))


GRADE = """
from pathlib import Path
from jissho_kit.grading import course, driver
rows = driver.grade(course.open_course(Path({course!r})), {options})
assert not any(row.problem or not row.isolated for row in rows), rows
"""


def timed(command: list[str], folder: Path) -> float:
    """Seconds by the clock that a command takes; its output is shown where it fails."""
    start = time.perf_counter()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if run.returncode:
        sys.exit(run.stderr)
    return seconds


def profile(course, jobs: int | None, pages: bool) -> None:
    """The recording thread's profile; a first call has loaded everything. What runs cells is in other processes."""
    from jissho_kit.grading import driver

    driver.grade(course, jobs=jobs, pages=pages)
    watch, start, cpu = cProfile.Profile(), time.perf_counter(), time.thread_time()
    watch.enable()
    rows = driver.grade(course, jobs=jobs, force=True, pages=pages)
    watch.disable()
    pstats.Stats(watch).sort_stats("cumtime").print_stats(60)
    print(f"{len(rows)}: {time.perf_counter() - start:.1f} s, this thread {time.thread_time() - cpu:.1f} s")


# ---- memory

MEMORY = """
import json, sys
from pathlib import Path
from jissho_kit.grading import course, driver

def told(done, total, what):
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    seen.append([done, int(status["VmRSS"].split()[0]) / 1024, int(status["VmHWM"].split()[0]) / 1024])

seen = []
rows = driver.grade(course.open_course(Path({course!r})), jobs={jobs}, pages=True, on_progress=told)
assert not any(row.problem or not row.isolated for row in rows), rows
print(json.dumps(seen))
"""
TINY_ITEMS = f"""\
- id: {NAME}.a
  objective: {NAME}/1
  kind: choice
  question: どれですか。
  points: 1
  options: [右, 左]
  right: {{choice: 右}}
  wrong:
    - {{choice: 左, because: S03, say: 逆です。}}
"""
TINY_PY = f'# %% item="{NAME}.a" answer="向き"\n向き = None\n### BEGIN SOLUTION\n### END SOLUTION\n'


def make_tiny(folder: Path, count: int):
    """A course with one question and ``count`` submissions as released."""
    from jissho_kit.grading import driver

    course = make_course_of(folder, TINY_ITEMS, TINY_PY, "checksheet")
    driver.hand_out(course)
    for number in range(count):
        shutil.copytree(course.root / "release" / NAME, course.root / "submitted" / f"p{number:04d}" / NAME)
    return course


def memory(course, jobs: int | None, as_json: bool) -> None:
    """Resident memory of the recording process against submissions recorded: the slope of its second half."""
    code = MEMORY.format(course=str(course.root), jobs=jobs)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    seen = json.loads(run.stdout)
    half = seen[len(seen) // 2 :]
    counts, sizes = [one[0] for one in half], [one[1] for one in half]
    slope = statistics.linear_regression(counts, sizes).slope
    at_40, result = seen[min(40, len(seen) - 1)][2], {"submissions": len(seen)}
    result |= {
        "kib_per_submission": round(1024 * slope, 1),
        "peak_mib_at_40": round(at_40),
        "peak_mib": round(seen[-1][2]),
    }
    told = "{kib_per_submission} KiB per submission; peak {peak_mib_at_40} MiB after 40, {peak_mib} MiB after {submissions}"
    print(json.dumps(result) if as_json else told.format(**result))


# ---- the assignment


def values(tables: dict, **_) -> dict:
    """The right and the wrong values on a course's data, computed by the code that participants hand in."""
    found, space = {}, {"load_press": lambda: tables["press"]}
    exec(PREPARE.partition("\n")[2], space)
    for item, (_name, right, wrong) in ITEMS.items():
        found[item] = float(eval(right, space))
        found |= {f"{item}{i}": float(eval(code, space)) for i, code in enumerate(wrong)}
    return found


def items_yml() -> str:
    """The questions."""
    lines = []
    for item, (name, _, wrong) in ITEMS.items():
        lines.append(
            f"- id: {NAME}.{item}\n  objective: {NAME}/1\n  kind: number\n  question: {name}はいくつですか。\n"
            f"  points: 2\n  right: {{result: bench.{item}, tolerance: {TOLERANCE:.7f}}}\n  wrong:"
        )
        lines += [
            f"    - {{result: bench.{item}{i}, because: {('S03', 'S04', 'S06')[i]}, say: もう一度。{i}}}"
            for i in range(len(wrong))
        ]
    return "\n".join(lines) + "\n"


def assignment_py() -> str:
    """The notebook's text: a heading, the preparation, two tables, and an answer's cell per question."""
    cells = ["# %% [markdown]\n# # 課題（合成データ）", *(f"# %%\n{code}" for code in [PREPARE, *TABLES])]
    for item, (name, _, _) in ITEMS.items():
        cells.append(f'# %% item="{NAME}.{item}" answer="{name}"\n{name} = None\n### BEGIN SOLUTION\n### END SOLUTION')
    return "\n\n".join(cells) + "\n"


def make_course_of(folder: Path, items: str, assignment: str, dataset: str):
    """A course of one assignment."""
    from jissho_kit import curriculum
    from jissho_kit.grading.course import make_course

    content = folder / "content"
    place = content / "grading" / NAME
    place.mkdir(parents=True)
    (place / "items.yml").write_text(items, encoding="utf-8")
    (place / "assignment.py").write_text(assignment, encoding="utf-8")
    shutil.copy(curriculum.content_root() / "grading" / "nbgrader_config.py", content / "grading")
    return make_course(folder / "ours", "G", "factory", 1, content, {NAME: [dataset]})


def make_ours(folder: Path, count: int):
    """A course with submissions."""
    from jissho_kit import truths
    from jissho_kit.grading import driver

    truths.RESULTS["bench"] = values
    course = make_course_of(folder, items_yml(), assignment_py(), "press")
    driver.hand_out(course)
    for number in range(count):
        hand_in(course, number)
    return course


def hand_in(course, number: int) -> None:
    """Right for even numbers, else wrong in one of six ways."""
    folder = course.root / "submitted" / f"p{number:04d}" / NAME
    shutil.copytree(course.root / "release" / NAME, folder)
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    way = number // 2 % 6 if number % 2 else None
    for cell in notebook.cells:
        item = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix(f"{NAME}_").removesuffix("-answer")
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        name, right, wrong = ITEMS[item]
        written = right if way is None or way >= 3 else wrong[way]
        if way == 3 and item in "ceg":
            written = f"計算していない + {right}"  # a NameError
        cell.source += "" if way == 4 and item in "defg" else f"\n{name} = {written}"
        cell.source += f"\n{NOISE}" if way == 5 else ""
    nbformat.write(notebook, path)
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00.000000 UTC", encoding="ascii")


def make_stock(course, folder: Path) -> None:
    """The same as a plain nbgrader course: tests that assert, nothing else configured."""
    from jissho_kit.truths import tables_in

    keys = values(tables_in(course.source(NAME) / "data"))
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    shutil.copytree(course.source(NAME), folder / "source" / NAME)
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        told = cell.metadata.get("nbgrader", {})
        if told.get("grade") and not told.get("solution"):
            item = told["grade_id"].removeprefix(f"{NAME}_")
            cell.source = f"assert abs({ITEMS[item][0]} - {keys[item]!r}) <= {TOLERANCE}"
    nbformat.write(notebook, path)
    timed([sys.executable, "-m", "nbgrader", "generate_assignment", NAME], folder)
    shutil.copytree(course.root / "submitted", folder / "submitted")


def compare(ours: Path, stock: Path) -> None:
    """Both have graded the same: the same scores."""
    from nbgrader.api import Gradebook

    found = []
    for folder in (ours, stock):
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            found.append({one.student.id: one.score for one in gradebook.assignment_submissions(NAME)})
    if found[0] != found[1]:
        sys.exit(f"scores differ: {found}")


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    main()

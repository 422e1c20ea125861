"""How fast all lessons are checked: by us, by papermill one after another, by ``pytest --nbmake -n 2``; and again, unchanged.

    ./jissho python benchmarks/check.py               # every lesson, three rounds
    ./jissho python benchmarks/check.py --rounds 1 --json

The four take turns, round after round, so that a busy machine slows all of them; ratios are medians over the rounds. Papermill and
nbmake execute the same notebooks (authors' build, claims included) on stock kernels; what we do besides, all rules on the
lesson and its pages, is in our time. nbmake and xdist are no part of the kit: they are installed into a temporary
folder, and where they cannot be, that column is null and ``"nbmake"`` says why.

``--json`` gives ``{"lessons", "rounds", "ours_s", "papermill_s", "nbmake_s", "unchanged_s", "papermill_ratio", "nbmake_ratio",
"unchanged_ratio", "nbmake"}``: seconds by the clock, medians; each ratio is the other's time over ours.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

import nbformat

from jissho_kit import curriculum, kernels, lessons

NBMAKE = ["nbmake==1.5.5", "pytest-xdist", "execnet"]  # the rest of what they need is there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jissho-benchmark-") as folder:
        result = measure(Path(folder), wanted.rounds)
    if wanted.json:
        print(json.dumps(result))
        return
    print(f"{result['lessons']} lessons, medians of {result['rounds']} rounds: ours {result['ours_s']} s")
    for name in ("papermill", "nbmake", "unchanged"):
        if result[f"{name}_s"] is not None:
            print(f"  {name:10} {result[f'{name}_s']:>8} s   ratio {result[f'{name}_ratio']}")
    print(result["nbmake"])


def measure(folder: Path, rounds: int) -> dict:
    """Time all of them; ``folder`` takes what is built and installed."""
    books = built(folder / "books")
    tools, trouble = installed(folder / "tools")
    stock = {name: value for name, value in os.environ.items() if name != kernels.SETTING} | {"JISSHO_AUTO": "1"}
    check = [sys.executable, "-m", "jissho_kit", "check", str(curriculum.content_root() / "notebooks")]
    ways = {
        "papermill": lambda: [
            took(
                [sys.executable, "-m", "papermill", str(book), str(folder / "out.ipynb"), "--no-progress-bar"],
                stock,
                folder,
            )
            for book in books
        ],
        "ours": lambda: [took([*check, "--force"], dict(os.environ), folder)],
        "unchanged": lambda: [took(check, dict(os.environ), folder)],
    }
    if tools:
        pytest = [
            sys.executable,
            "-m",
            "pytest",
            "--nbmake",
            "-n",
            "2",
            "-q",
            "-p",
            "no:cacheprovider",
            str(folder / "books"),
        ]
        ways["nbmake"] = lambda: [took(pytest, stock | {"PYTHONPATH": str(tools)}, folder)]
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(sum(way()))
    return {
        "lessons": len(books),
        "rounds": rounds,
        **{
            f"{name}_s": round(median(times[name]), 2) if name in times else None
            for name in ("ours", "papermill", "nbmake", "unchanged")
        },
        "papermill_ratio": ratio(times["papermill"], times["ours"]),
        "nbmake_ratio": ratio(times.get("nbmake"), times["ours"]),
        "unchanged_ratio": ratio(times["papermill"], times["unchanged"]),
        "nbmake": trouble,
    }


def built(folder: Path) -> list[Path]:
    """The authors' notebooks of all lessons that are ready."""
    folder.mkdir()
    books = []
    for part in curriculum.ready_parts():
        if part.lesson:
            books.append(folder / f"{part.id}.ipynb")
            nbformat.write(lessons.build(part, audience="author"), books[-1])
    return books


def installed(folder: Path) -> tuple[Path | None, str]:
    """Folder with nbmake and xdist, else why there is none."""
    venv.create(folder / "pip", with_pip=True)  # the kit's own environment has none
    python = folder / "pip" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "with"), *NBMAKE]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return folder / "with", f"installed for this run: {', '.join(NBMAKE)}"
    return None, f"skipped, not to be had: {(done.stderr.strip().splitlines() or ['?'])[-1]}"


def took(command: list[str], env: dict[str, str], cwd: Path) -> float:
    """Seconds by the clock. Whatever fails is no measurement."""
    start = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def ratio(theirs: list[float] | None, ours: list[float]) -> float | None:
    """Median of the rounds' ratios."""
    return round(median(other / own for other, own in zip(theirs, ours, strict=True)), 2) if theirs else None


if __name__ == "__main__":
    main()

"""Build everything a participant receives, in the kit this module is imported from (run on a copy with canaries).

``python -m jissho_kit.checks._canary OUT`` writes ``OUT/workspace``, ``OUT/release/…``, ``OUT/feedback/blank/…``,
``OUT/feedback/wrong/…``, ``OUT/wheel/…``, and beside them ``OUT.json``: the course's secrets to look for, and the
sentences that the feedback to the wrong hand-ins is meant to show.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from jissho_kit import curriculum
from jissho_kit.classroom.contents import files
from jissho_kit.classroom.workspace import make_workspace
from jissho_kit.grading.apart import without_sandbox
from jissho_kit.grading.course import Course, make_course
from jissho_kit.grading.driver import feedback, grade, hand_out
from jissho_kit.grading.handin import hand_in, wrong_answer_sets
from jissho_kit.kernels import why_not

SEED = 20180605


def main(out: Path) -> None:
    """Build all; a course is practice (its seed is known) so that every check looks at the same draw."""
    make_workspace(out / "workspace", files(curriculum.ready_parts()))
    secrets, meant = [], []
    for tier, field in dict.fromkeys((part.tier, part.field) for part in curriculum.ready_parts() if part.assignment):
        course = make_course(out.with_name("courses") / f"{tier}-{field}", tier, field, seed=SEED)
        meant += _hand_out_and_in(course)
        secrets += _secrets(course)
        shutil.copytree(course.root / "release", out / "release", dirs_exist_ok=True)
        shutil.copytree(course.root / "feedback", out / "feedback", dirs_exist_ok=True)
    _wheel(out / "wheel")
    out.with_suffix(".json").write_text(json.dumps({"secrets": secrets, "meant": meant}), encoding="utf-8")


def _hand_out_and_in(course: Course) -> list[str]:
    """Grade a blank and a wrong hand-in per assignment; returns the sentences the wrong ones are answered with."""
    hand_out(course)
    meant = []
    for assignment in course.assignments:
        wrong = {id: known[0] for id, known in wrong_answer_sets(course, assignment).items() if known}
        hand_in(course, assignment, "blank", {})
        hand_in(course, assignment, "wrong", {id: known.answer for id, known in wrong.items()})
        meant += [known.say for known in wrong.values()]
    with without_sandbox(bool(why_not())):  # what is handed in here is our own
        grade(course)
        feedback(course)
    return meant


def _secrets(course: Course) -> list[dict]:
    """What only ``private/`` may hold: the secret, and each number that is a right answer."""
    found = [{"id": course.name, "text": (course.private / "secret").read_text(encoding="ascii").strip()}]
    for assignment in course.assignments:
        keys = course.keys(assignment).values()
        found += [{"id": key.id, "number": key.right} for key in keys if key.kind == "number"]
    return found


def _wheel(to: Path) -> None:
    """The participants' wheel, unpacked."""
    project = curriculum.content_root() / "packaging" / "jissho"
    made = to.with_name("made")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = made.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(to)
    shutil.rmtree(made)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

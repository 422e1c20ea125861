"""What is known of an assignment's notebook whatever a submission says: its graded cells.

Apart from :mod:`jissho_kit.grading.build`, which writes it, so that whoever only runs submissions need not load what
questions and keys need.
"""

from __future__ import annotations

from jissho_kit.grading._model import Strict

TEXT_STUB = "（ここに書いてください）"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class GradedCell(Strict):
    """A cell nbgrader knows. ``role``: test (locked, hands over), answer (the participant's code), manual (prose).

    ``name``: the variable or function the participant defines; "" when the answer comes from the form. ``source``: of a
    test cell, or of a manual cell that a form's answer goes into, as handed out.
    """

    grade_id: str
    item: str
    role: str
    points: float = 0.0
    source: str = ""
    probe: bool = False
    name: str = ""

    def metadata(self) -> dict:
        """nbgrader's metadata of the cell (schema 3)."""
        made = {
            "schema_version": 3,
            "grade_id": self.grade_id,
            "task": False,
            "locked": self.role == "test",
            "grade": self.role != "answer",
            "solution": self.role != "test",
            "cell_type": "markdown" if self.role == "manual" else "code",
        }
        return made | ({"points": self.points} if self.role != "answer" else {})


class Manifest(Strict):
    """What the judge and the tidier know about an assignment's notebook, whatever a submission says."""

    v: int = 1
    assignment: str
    cells: list[GradedCell]

    def cell(self, grade_id: str) -> GradedCell | None:
        """The graded cell of that id, if the assignment has it."""
        return next((cell for cell in self.cells if cell.grade_id == grade_id), None)

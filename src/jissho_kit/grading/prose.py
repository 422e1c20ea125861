"""Prose written in a form: from 回答.json into its manually graded cell, where formgrader and the page show it.

Done in the trusted process, from the file that was handed in: what the participant's code does to its copy is not read.
"""

from __future__ import annotations

import html
import json
from pathlib import Path

from nbformat import NotebookNode

from jissho.errors import AnswerError
from jissho.normalise import is_blank
from jissho_kit.grading.intake import answer_file
from jissho_kit.grading.judge import REFUSALS
from jissho_kit.grading.manifest import GradedCell, Manifest


def fill(nb: NotebookNode, manifest: Manifest, folder: Path) -> None:
    """Write the forms' answers into the manually graded cells of a tidied submission.

    A cell without an answer stays as released, and nbgrader gives it 0. Where the answer file is missing or cannot be read
    the cell says so, and the instructor decides. What was written into the cell itself stays above.
    """
    forms = {graded.grade_id: graded for graded in manifest.cells if graded.role == "manual" and graded.source}
    if not forms:
        return
    answers, problem = _read(folder)
    for cell in nb.cells:
        graded = forms.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        added = problem or (_shown(answers.get(graded.item)) if graded else "")
        if graded and added:
            cell.source = f"{_own(cell, graded)}\n\n{added}".strip()


def _read(folder: Path) -> tuple[dict, str]:
    """Answers by item, and what is wrong with the file."""
    from jissho.teach import store  # few assignments have prose in forms; this loads all that lessons use

    try:
        return store.read(answer_file(folder))["answers"], ""
    except FileNotFoundError:
        return {}, REFUSALS["no-file"]
    except (OSError, AnswerError):
        return {}, REFUSALS["bad-file"]


def _own(cell: NotebookNode, graded: GradedCell) -> str:
    """What the participant wrote into the cell itself."""
    return "" if cell.source.strip() == graded.source.strip() else cell.source.strip()


def _shown(entry: dict | None) -> str:
    """An answer as Markdown that shows every letter as it was typed and nothing else."""
    value = entry["value"] if entry else None
    if is_blank(value):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")
    # Between these tags neither Markdown nor formulas are read; a dollar could still begin one.
    return f'<pre style="white-space: pre-wrap">\n{html.escape(text).replace("$", "&#36;")}\n</pre>'

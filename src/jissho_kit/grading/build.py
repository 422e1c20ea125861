"""``assignment.py`` + items + data → the nbgrader source notebook, and the manifest of its graded cells.

A cell of the text file that carries ``item="…"`` becomes: a question, the participant's cell, and a
locked test cell that only hands the answer over (``answer("G-F-1.c", κ)``).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from jissho.errors import ContentError
from jissho_kit.grading.items import Item
from jissho_kit.grading.manifest import KERNEL, TEXT_STUB, GradedCell, Manifest
from jissho_kit.grading.plan import PlanField

STUB = "# ここに書いてください"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# nbgrader puts its stub into every manually graded cell; a comment keeps it off the page.
FORM_PROSE = f"上の欄に記録した答えは、採点のとき、ここに入ります。\n\n<!--\n{BEGIN}\n{END}\n-->"
QUIET = "jissho-quiet"  # cells of ours that a feedback page need not repeat
HAND_OVER = "### 答えの受け渡し\n\nここから下のセルは書き換えません。上から順に動かすと、答えが記録されます。"


def build_notebook(
    assignment: str,
    items: list[Item],
    data: Mapping[str, pd.DataFrame],
    params: Mapping[str, Mapping[str, float]],
    root: Path,
) -> tuple[NotebookNode, Manifest]:
    """Source notebook of an assignment and its manifest.

    Parameters
    ----------
    assignment : str
        Folder name below ``grading/``.
    items : list of Item
    data : mapping of name to DataFrame
        The assignment's tables; questions may show named results of them.
    params : mapping of item id to parameters
    root : Path
        Content root.

    Raises
    ------
    ContentError
        An item has no cell or two, a cell names an unknown item, or its stub does not run.
    """
    path = root / "grading" / assignment / "assignment.py"
    by_id = {item.id: item for item in items}
    cells: list[NotebookNode] = []
    graded: list[GradedCell] = []
    probes: list[NotebookNode] = []
    for cell in _read(path):
        named = cell.metadata.pop("item", None)
        if named is None:
            cells.append(cell)
            continue
        item = by_id.pop(named, None)
        if item is None:
            raise ContentError(
                f"セルの問題番号「{named}」が items.yml にないか、二度使われています。",
                where=str(path),
                mend=f"残りの番号: {'・'.join(by_id) or 'なし'}",
            )
        made, known = _item_cells(item, cell, data, params.get(item.id, {}), path)
        probe = known[-1].probe
        cells += made[:-1] if probe else made
        probes += made[-1:] if probe else []
        graded += known
    if by_id:
        raise ContentError(
            f"セルのない問題があります: {'・'.join(by_id)}",
            where=str(path),
            mend='# %% item="番号" のセルを足してください。',
        )
    if probes:
        cells += [_fixed(new_markdown_cell(HAND_OVER, metadata={"tags": [QUIET]})), *probes]
    for position, cell in enumerate(cells):
        cell["id"] = f"{assignment}-{position:03d}"
    return new_notebook(cells=cells, metadata=KERNEL), Manifest(assignment=assignment, cells=graded)


def _read(path: Path) -> list[NotebookNode]:
    import jupytext

    from jissho_kit.lessons import unwrap

    try:
        cells = jupytext.reads(path.read_text(encoding="utf-8-sig"), fmt="py:percent").cells
    except FileNotFoundError:
        raise ContentError("課題のファイルがありません。", where=str(path)) from None
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)
        if cell.cell_type == "markdown":
            cell.source = unwrap(cell.source)
    return cells


def _item_cells(
    item: Item, cell: NotebookNode, data: Mapping, params: Mapping, path: Path
) -> tuple[list[NotebookNode], list[GradedCell]]:
    """Cells of one item in order (the test cell last) and their manifest entries."""
    from jissho_kit.lessons import fill

    question = fill(item.question, data, params)
    letter = item.id.rpartition(".")[2]
    heading = _fixed(new_markdown_cell(f"### 問 {letter}（{item.points:g}点）\n\n{question}\n\n{_hint(item)}".rstrip()))
    given = {name: cell.metadata.pop(name, None) for name in ("answer", "probe", "form")}
    if item.kind == "text":
        return _manual(item, heading, bool(given["form"]))
    if given["form"]:
        test = GradedCell(
            grade_id=item.grade_id,
            item=item.id,
            role="test",
            points=item.points,
            source=f'from jissho.teach import answer\n\nanswer("{item.id}")',
        )
        return [heading, _form_cell(item), _test_cell(test)], [test]
    name, call = (given["answer"], "answer") if given["answer"] else (given["probe"], "probe")
    if not name or (call == "probe") != (item.kind == "function"):
        raise ContentError(
            f'問題 {item.id} のセルに answer="変数"・probe="関数"・form=true のどれか（種類に合うもの）がありません。',
            where=str(path),
            mend=f"種類: {item.kind}",
        )
    _check_stub(item, cell, name, path)
    own = GradedCell(grade_id=f"{item.grade_id}-answer", item=item.id, role="answer")
    test = GradedCell(
        grade_id=item.grade_id,
        item=item.id,
        role="test",
        points=item.points,
        probe=call == "probe",
        name=name,
        source=f'from jissho.teach import {call}\n\n{call}("{item.id}", {name})',
    )
    cell.metadata["nbgrader"] = own.metadata()
    return [heading, cell, _test_cell(test)], [own, test]


def _manual(item: Item, heading: NotebookNode, by_form: bool) -> tuple[list[NotebookNode], list[GradedCell]]:
    """A Markdown cell to write in; after a form it only waits for what is recorded (:mod:`jissho_kit.grading.prose`)."""
    rubric = "\n".join(f"- {line}" for line in item.rubric)
    heading.source += f"\n\n採点の観点:\n\n{rubric}"
    source = FORM_PROSE if by_form else TEXT_STUB
    released = source.replace(f"{BEGIN}\n{END}", TEXT_STUB) if by_form else ""
    own = GradedCell(grade_id=item.grade_id, item=item.id, role="manual", points=item.points, source=released)
    cell = new_markdown_cell(source, metadata={"nbgrader": own.metadata()})
    return [heading, *([_form_cell(item)] if by_form else []), cell], [own]


def _form_cell(item: Item) -> NotebookNode:
    return _fixed(new_code_cell(_form(item), metadata={"tags": [QUIET]}))


def _hint(item: Item) -> str:
    """How to give the answer, where the form does not show it: options by label, the unit."""
    from jissho_kit.grading.judge import LABELS

    if item.options:
        return "\n".join(f"- {label}：{option}" for label, option in zip(LABELS, item.options, strict=False))
    if item.form:
        return "\n".join(f"- {field.name}{_in_brackets(field)}" for field in item.form.fields)
    return f"単位: {item.unit}" if item.unit else ""


def _in_brackets(field: PlanField) -> str:
    told = "・".join(field.options or []) or field.unit
    return f"（{told}）" if told else ""


def _form(item: Item) -> str:
    """Call of the answer form. The question stands above it, so the form carries only a short label."""
    parts = [_part(field) for field in item.form.fields] if item.form else None
    extras = {"unit": item.unit, "options": item.options or item.cards, "groups": item.groups, "parts": parts}
    written = "".join(f", {name}={value!r}" for name, value in extras.items() if value)
    return f'from jissho.teach import ask\n\nask("{item.id}", "{item.kind}", "答え"{written})'


def _part(field: PlanField) -> dict:
    """What a plan's form shows of a field; nothing of what is required of it."""
    shown = {"name": field.name, "type": field.type, "unit": field.unit, "options": field.options}
    return {name: value for name, value in shown.items() if value}


def _check_stub(item: Item, cell: NotebookNode, name: str, path: Path) -> None:
    """The cell must keep running once nbgrader has taken the solution out, and define ``name``."""
    if BEGIN not in cell.source or END not in cell.source:
        raise ContentError(
            f"問題 {item.id} のセルに {BEGIN} と {END} がありません。",
            where=str(path),
            mend="参加者が書く場所をこの二行で囲んでください。",
        )
    released = stubbed(cell.source)
    try:
        names = {node.id for node in ast.walk(ast.parse(released)) if isinstance(node, ast.Name)}
        names |= {node.name for node in ast.walk(ast.parse(released)) if isinstance(node, ast.FunctionDef)}
    except SyntaxError as error:
        raise ContentError(
            f"問題 {item.id} のセルは、解答を除くと動きません: {error.msg}",
            where=str(path),
            mend="関数には return None のような一行を残してください。",
        ) from None
    if name not in names:
        raise ContentError(
            f"問題 {item.id} のセルに「{name}」がありません。",
            where=str(path),
            mend=f"{name} = None のような一行を書いてください。",
        )


def stubbed(source: str) -> str:
    """The cell as released: the solution region replaced by the stub (what nbgrader's ClearSolutions does)."""
    kept, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif END in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _test_cell(test: GradedCell) -> NotebookNode:
    return new_code_cell(test.source, metadata={"nbgrader": test.metadata(), "tags": [QUIET]})


def _fixed(cell: NotebookNode) -> NotebookNode:
    cell.metadata.update({"editable": False, "deletable": False})
    return cell

"""K-F-2 keeps its promises: no result before a prediction, three numbers at the end, and yen that follow the knobs."""

import ast
import builtins

from jissho_kit.classroom.app import LONG

PART = "K-F-2"

DECISIONS = ["K-F-2/threshold", "K-F-2/looks", "K-F-2/decision"]
# What a participant must find out: none of it may stand on the page before the prediction.
REVEALED = ("正解率は下がり", "全部いっしょに", "背の順", "選び、人が確かめる", "替えた日**です")


def test_prose_tells_no_result_beforehand(lesson):
    prose = "".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    assert not [words for words in REVEALED if words in prose]
    code = "".join(cell.source for cell in lesson.cells if cell.cell_type == "code")
    assert all(words in code for words in REVEALED)


def test_the_three_numbers_are_decided_last(calls):
    keys = [key for _, key in calls]
    places = [keys.index(key) for key in DECISIONS]
    assert places == sorted(places)
    assert places[0] > max(i for i, (function, _) in enumerate(calls) if function == "check")


def test_a_check_at_least_every_quarter_of_the_lesson(calls):
    places = [i for i, (function, _) in enumerate(calls) if function == "check"]
    assert len(places) >= 5
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= len(calls) / 4


def test_the_short_version_uses_nothing_that_it_leaves_out(lesson):
    cells = [c for c in lesson.cells if c.cell_type == "code" and LONG not in c.metadata.get("tags", [])]
    nodes = list(ast.walk(ast.parse("\n".join(cell.source for cell in cells))))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
    known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    known |= {"np"}
    assert {node.id for node in names} <= known
    assert len(cells) < sum(cell.cell_type == "code" for cell in lesson.cells)

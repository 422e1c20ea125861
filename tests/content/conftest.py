"""A lesson's participants' notebook as its tests look at it: which functions it calls, in order, with which key."""

from __future__ import annotations

import ast

import pytest

from jissho_kit import lessons


@pytest.fixture(scope="session")
def calls_of():
    """``calls_of(notebook)``: calls at the top level of its cells, in order: (function, its first argument if it is text).

    ``given``: functions that show what is given, which are left out; ``names``: variables that hold a key.
    """

    def calls_of(notebook, given=(), names=None) -> list[tuple[str, str]]:
        found = []
        for cell in notebook.cells:
            if cell.cell_type == "code":
                for statement in ast.parse(cell.source).body:
                    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                        first = statement.value.args[0] if statement.value.args else None
                        named = (names or {}).get(getattr(first, "id", ""), "")
                        key = first.value if isinstance(first, ast.Constant) else named
                        found.append((statement.value.func.id, key))
        return [call for call in found if call[0] not in given]

    return calls_of


@pytest.fixture(scope="module")
def lesson(request):
    """The lesson of the test module's ``PART``."""
    return lessons.build(request.module.PART)


@pytest.fixture(scope="module")
def calls(request, lesson, calls_of):
    """Its calls; the test module may name ``GIVEN`` and ``NAMES``."""
    return calls_of(lesson, getattr(request.module, "GIVEN", ()), getattr(request.module, "NAMES", None))

"""What a workspace holds, as bytes: the participants' notebooks, their data, the start page; and where a target opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode, v4

from jissho.datasets import own_data
from jissho.errors import UsageError
from jissho_kit import curriculum, lessons
from jissho_kit.curriculum import FIELD_TITLES, FIELDS, STAGES, Course, Module, Part

START_PAGE = "はじめに.md"
NO_CODE_TIER = "K"

NOTICE = """\
# この教材は「はじめに」のリンクから開いてください。
# リンク先では、プログラムは見えず、つまみとボタンだけで進められます。"""
FIRST_LINE = "# 画面の準備（読まなくて大丈夫です）"


def files(parts: Iterable[Part], on_progress: Callable[[str], object] = lambda what: None) -> dict[str, bytes]:
    """Relative path → content of everything that belongs into a workspace with these parts."""
    parts = list(parts)
    notebooks = {}
    for part in parts:
        on_progress(f"教材を作っています: {part.id} {part.title}")
        notebooks[f"{part.id}.ipynb"] = notebook(part)
    datasets = dict.fromkeys(name for part in parts for name in part.datasets)
    return (
        {START_PAGE: start_page(parts).encode()}
        | notebooks
        | {f"data/{name}/{name}.csv": shipped(name) for name in datasets}
    )


def notebook(part: Part) -> bytes:
    """A participant's notebook; one without code for executives is prepared for its no-code page."""
    built = lessons.build(part)
    built.metadata["language_info"] = language_info()
    if part.tier == NO_CODE_TIER:
        built = without_code(built, part)
    return nbformat.writes(built).encode()


def language_info() -> dict[str, object]:
    """What the kernel says of its language: a notebook that says less appears as unsaved once it is opened."""
    from ipykernel.ipkernel import IPythonKernel

    return dict(IPythonKernel.language_info)


def without_code(built: NotebookNode, part: Part) -> NotebookNode:
    """Fold every code cell, and tell whoever opens the file in the editor where the real page is.

    A folded cell still shows its first line, so that line is a comment.
    """
    for cell in built.cells:
        if cell.cell_type == "code":
            cell.source = f"{FIRST_LINE}\n{cell.source}"
            cell.metadata.setdefault("jupyter", {})["source_hidden"] = True
    built.cells.insert(
        0, v4.new_code_cell(NOTICE, id=f"{part.id}-000", metadata={"editable": False, "deletable": False})
    )
    return built


def shipped(dataset: str) -> bytes:
    """The data file that the lesson loads, byte for byte."""
    return (own_data() / dataset / f"{dataset}.csv").read_bytes()


def path_of(part: Part) -> str:
    """Path of a part's page below the server's address."""
    if part.tier == NO_CODE_TIER:
        return f"voila/render/{part.id}.ipynb"
    return f"lab/tree/{part.id}.ipynb"


def page_of(target: str | None) -> str:
    """Path of the page that ``jissho open TARGET`` shows: the first ready part of a target, else the start page.

    Raises
    ------
    UsageError
        Unknown target, or nothing of it is ready.
    """
    if target is None:
        return f"lab/tree/{START_PAGE}"
    ready = [part for part in curriculum.find(target) if part.status == "ready"]
    if not ready:
        raise UsageError(f"{target} はまだ準備中です。", mend="使える教材は ./jissho list で分かります。")
    return path_of(ready[0])


def start_page(parts: Iterable[Part]) -> str:
    """The start page (Markdown): what can be opened now, and the grid of all modules."""
    offered = {part.id: part for part in parts}
    courses = curriculum.load_courses().values()
    template = Template((Path(__file__).parent / "lab" / "start_page.md").read_text(encoding="utf-8"))
    ready = "\n".join(_ready_row(course, part) for course in courses for part in course.parts if part.id in offered)
    grid = "\n".join(_grid_row(course, field, offered) for course in courses for field in FIELDS)
    return template.substitute(ready=ready, grid=grid)


def _ready_row(course: Course, part: Part) -> str:
    return f"| **[▶ 開く]({_link(part)})** | **{part.title}** | {course.title} | {_field(part)} | {part.minutes}分 |"


def _grid_row(course: Course, field: str, offered: dict[str, Part]) -> str:
    cells = {module.stage: _grid_cell(module, offered) for module in course.modules if module.field == field}
    return (
        f"| **{course.title}**<br>{FIELD_TITLES[field]} | "
        + " | ".join(cells.get(stage, "") for stage in STAGES)
        + " |"
    )


def _grid_cell(module: Module, offered: dict[str, Part]) -> str:
    ready = [part for part in module.parts if part.id in offered]
    if not ready:
        return f"{module.title}<br>*準備中*"
    if len(module.parts) == 1:
        return f"**[{module.title}]({_link(ready[0])})**"
    links = "<br>".join(f"**[{part.title}]({_link(part)})**" for part in ready)
    rest = "<br>*ほかは準備中*" if len(ready) < len(module.parts) else ""
    return f"{module.title}<br>{links}{rest}"


def _field(part: Part) -> str:
    return FIELD_TITLES[part.field]


def _link(part: Part) -> str:
    """Link from the start page: a notebook beside it opens in the editor, a no-code page in a tab of its own."""
    return f"/{path_of(part)}" if part.tier == NO_CODE_TIER else f"{part.id}.ipynb"

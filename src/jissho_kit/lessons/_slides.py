"""An executed lesson as slides for the instructor: one HTML file with speaker notes that opens offline."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from jissho_kit import curriculum
from jissho_kit.curriculum import Part
from jissho_kit.lessons._html import still
from jissho_kit.lessons._run import run, writable
from jissho_kit.lessons._source import part_named, read, source_of

TEMPLATES = Path(__file__).parent / "templates"
PARTS = TEMPLATES / "jissho_slides"
FOOTER = "合成データ（実在の企業・農場の値ではありません）"
NOTES = "スライドの話し方"  # the guide's section whose headings are the slides'
HEADING = re.compile(r"^(#{1,3})\s+(.+?)\s*$", re.MULTILINE)

SCRIPT = re.compile(r"<(?=/?script|!--)")


def slides(part: Part | str, out_dir: Path, root: Path | None = None) -> Path:
    """Execute a lesson and write its slides as ``<part>.slides.html`` into ``out_dir``, notes from its module's guide.

    Raises
    ------
    UsageError
        The folder cannot be written.
    ContentError
        A cell failed.
    """
    part = part_named(part)
    guide = curriculum.guide_path(part.module, root).read_text(encoding="utf-8")
    path = writable(out_dir) / f"{part.id}.slides.html"
    with tempfile.TemporaryDirectory(prefix="jissho-slides-") as folder:
        executed = nbformat.read(run(part, Path(folder), root=root, reuse=True).notebook, as_version=4)
    shows_code = read(source_of(part, root)).shows_code
    return write_slides(executed, path, f"{part.id} {part.title}", notes_in(guide), shows_code)


def write_slides(nb: NotebookNode, path: Path, title: str, notes: Mapping[str, str], shows_code: bool) -> Path:
    """Write an executed notebook as slides (reveal.js, in the file itself).

    Parameters
    ----------
    nb : NotebookNode
        Executed without a person, so that forms and sliders stand as they are printed.
    path : Path
        The HTML file to write.
    title : str
        Of the browser's tab.
    notes : mapping
        Heading → what the speaker reads in the presenter's view (key S); Markdown.
    shows_code : bool
        False leaves out all code.
    """
    from nbconvert.exporters import SlidesExporter

    exporter = SlidesExporter(
        template_name="jissho_slides",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=not shows_code,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    page = arranged(nb, notes)
    body, _ = exporter.from_notebook_node(page, resources={"metadata": {"name": title}, "slides": _packaged()})
    path.write_text(body, encoding="utf-8")
    return path


def arranged(nb: NotebookNode, notes: Mapping[str, str]) -> NotebookNode:
    """A copy whose cells say where a slide begins, and what the speaker says.

    A first or second heading begins a slide; below it, each picture or form comes with the text that leads to it.
    """
    page = still(nb)
    cells: list[NotebookNode] = []
    shown = False  # the present slide has its picture or form
    for cell in page.cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if cell.cell_type == "code" and not cell.outputs:
            continue
        begins = not cells or (heading and len(heading[1]) < 3)
        kind = "slide" if begins else "subslide" if heading or shown else "-"
        shown = cell.cell_type == "code"
        cell.metadata["slideshow"] = {"slide_type": kind}
        cells.append(cell)
        if heading and heading[2] in notes:
            cells.append(v4.new_markdown_cell(notes[heading[2]], metadata={"slideshow": {"slide_type": "notes"}}))
    page.cells = cells
    return page


def notes_in(guide: str) -> dict[str, str]:
    """Speaker notes of a guide: heading → Markdown, from its section :data:`NOTES`."""
    section = re.split(r"^## ", guide.partition(f"\n## {NOTES}")[2], maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^### (.+?)\s*$", section, flags=re.MULTILINE)
    return {heading: text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def _packaged() -> dict[str, Any]:
    """Reveal.js, its notice, our style and start, as text."""
    files = {
        "notice": "reveal/LICENSE",
        "reveal_css": "reveal/reveal.css",
        "reveal_js": "reveal/reveal.js",
        "notes_js": "reveal/notes.js",
        "css": "slides.css",
        "start_js": "start.js",
    }
    texts = {name: (PARTS / file).read_text(encoding="utf-8") for name, file in files.items()}
    # The speaker view brings a page of its own as text, whose scripts must not begin or end one of ours.
    texts |= {name: SCRIPT.sub(r"\\x3c", text) for name, text in texts.items() if name.endswith("_js")}
    return texts | {"footer": FOOTER}

"""An executed lesson as one HTML file that opens offline."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from html import escape
from pathlib import Path

from nbformat import NotebookNode, v4

from jissho_kit.lessons._build import FORM

_TEMPLATES = Path(__file__).parent / "templates"
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_NOT_FOR_READERS = {"claim", "parameters", "injected-parameters"}


def write_html(nb: NotebookNode, path: Path, shows_code: bool) -> Path:
    """Write an executed notebook as a Japanese page without scripts and without anything from the network.

    Controls (sliders, buttons) are shown as they stood, with the figure they had drawn. Cells that only
    authors need (parameters, claims) are left out; ``shows_code`` False leaves out all code.
    """
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    page = still(nb)
    exporter = HTMLExporter(
        config=Config({"TagRemovePreprocessor": {"enabled": True, "remove_input_tags": {FORM}}}),
        template_name="jissho",
        extra_template_basedirs=[str(_TEMPLATES)],
        language_code="ja",
        exclude_input=not shows_code,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    body, _ = exporter.from_notebook_node(page, resources={"metadata": {"name": nb.metadata.get("title", path.stem)}})
    path.write_text(body, encoding="utf-8")
    return path


def still(nb: NotebookNode) -> NotebookNode:
    """A copy for readers: widgets replaced by what they showed, authors' cells dropped."""
    page = deepcopy(nb)
    state = page.metadata.pop("widgets", {}).get(_WIDGET_STATE, {}).get("state", {})
    page.cells = [cell for cell in page.cells if not _NOT_FOR_READERS & set(cell.metadata.get("tags", []))]
    for cell in page.cells:
        if cell.cell_type == "code":
            cell.outputs = [still for output in cell.outputs for still in _output(output, state)]
    return page


def _output(output: NotebookNode, state: dict) -> Iterator[NotebookNode]:
    """The output itself, or what the widget in it showed."""
    view = output.get("data", {}).get(_WIDGET_VIEW)
    if view is None:
        yield output
    else:
        yield from _widget(view["model_id"], state)


def _widget(model_id: str, state: dict) -> Iterator[NotebookNode]:
    """What one widget showed, its children in order."""
    model = state.get(model_id, {}).get("state", {})
    for captured in model.get("outputs", ()):
        yield from _output(NotebookNode(captured), state)
    text = _words(model)
    if text:
        yield v4.new_output("display_data", {"text/html": f'<div class="jissho-still">{text}</div>'})
    for child in model.get("children", ()):
        yield from _widget(child.removeprefix("IPY_MODEL_"), state)


def _words(model: dict) -> str:
    """HTML of a widget without children: its label and value, or its choices."""
    name = model.get("_model_name", "")
    label, value = model.get("description") or "", model.get("value")
    if name == "HTMLModel":
        return f"{escape(label)} {value}".strip()
    if options := model.get("_options_labels"):
        return f"{escape(label)} {' ・ '.join(map(escape, options))}".strip()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return f"{escape(label)} {escape(str(value))}".strip()
    return escape(label)

"""One form on the page: question, input, one button, and a line that says what happened."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from jissho.errors import JisshoError
from jissho.teach.fields import Field
from jissho.teach.mode import automatic

CSS = """<style>
body[data-voila] .jp-RenderedHTMLCommon { font-size: 18px; line-height: 1.8; }
body[data-voila] .jp-RenderedMarkdown { max-width: 980px; }
body[data-voila] .jp-RenderedHTMLCommon table { font-size: 17px; }
.jissho-form { border-left: 6px solid #2F7FC1; background: #F4F8FC; padding: 14px 20px 16px; margin: 10px 0; max-width: 980px; color: #262626; }
.jissho-form, .jissho-form .widget-html-content, .jissho-form label, .jissho-form input, .jissho-form textarea, .jissho-form button, .jissho-form select
  { font-size: 18px !important; line-height: 1.6 !important; font-family: "Hiragino Sans", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "IPAexGothic", sans-serif !important; }
.jissho-question { font-size: 20px; font-weight: 700; margin-bottom: 6px; }
.jissho-form .widget-html, .jissho-form .widget-html-content { height: auto; }
.jissho-form .jissho-entry, .jissho-form .jissho-entry input { height: 48px; }
.jissho-form .jissho-entry.widget-textarea, .jissho-form .jissho-entry textarea { height: auto; }
.jissho-form .jissho-entry input, .jissho-form .jissho-entry textarea { font-size: 22px !important; border: 2px solid #666; background: #fff; color: #262626; padding: 4px 10px; }
.jissho-form .jissho-entry input, .jissho-form .jissho-entry textarea { box-sizing: border-box; max-width: 100%; }
.jissho-form .widget-button.mod-primary { margin-top: 10px; }
.jissho-unit { font-size: 20px; line-height: 48px; padding-left: 8px; }
.jissho-form .widget-radio, .jissho-form .widget-radio-box, .jissho-form .widget-checkbox { height: auto; width: 100%; max-width: 100%; }
.jissho-form .widget-radio-box label, .jissho-form .widget-checkbox label
  { height: auto; white-space: normal; padding: 8px 6px; margin: 2px 0; display: flex; align-items: center; width: 100%; box-sizing: border-box; }
.jissho-form .widget-radio, .jissho-form .widget-checkbox { margin: 2px 0; }
.jissho-form input[type=radio], .jissho-form input[type=checkbox] { width: 24px; height: 24px; margin: 0 12px 0 2px; flex: 0 0 auto; order: -1; accent-color: #1F5F99; }
.jissho-form .widget-checkbox-label-spacer { display: none; }
.jissho-form .widget-button { align-self: flex-start; }
.jissho-form .widget-button, .jissho-form .widget-toggle-button { height: 48px; line-height: 1.2 !important; width: auto; padding: 0 22px; border: 2px solid #1F5F99; background: #fff; color: #1F4F80; }
.jissho-form .widget-button.mod-primary { background: #1F5F99; color: #fff; font-weight: 700; }
.jissho-form .widget-button:disabled { opacity: .35; }
.jissho-form .widget-toggle-button.mod-active { background: #1F5F99; color: #fff; box-shadow: none; }
.jissho-form :focus-visible { outline: 4px solid #D67C00 !important; outline-offset: 2px; }
.jissho-card { font-size: 18px; padding: 6px; }
.jissho-form .jissho-groups { padding-bottom: 8px; margin-bottom: 6px; border-bottom: 1px solid #C9D6E2; }
.jissho-form .widget-toggle-buttons { height: auto; }
.jissho-form .widget-toggle-buttons .widget-toggle-button { padding: 0 16px; margin: 0 6px 6px 0; }
.jissho-form .noUi-target { height: 12px; margin: 0; }
.jissho-form .widget-slider .noUi-handle, .jissho-form .noUi-horizontal .noUi-handle { width: 30px; height: 30px; top: -11px; right: -15px; border-radius: 50%; border: 3px solid #fff; background: #1F5F99; box-shadow: 0 0 3px #333; }
.jissho-form .widget-hslider { height: 48px; align-items: center; }
.jissho-form .widget-hslider .slider-container { height: auto; }
.jissho-form .widget-hslider { padding-left: 16px; }
.jissho-form .widget-readout { min-width: 150px; max-width: none; font-size: 24px !important; font-weight: 700; height: auto; line-height: 1.6; text-align: left; padding-left: 26px; }
.jissho-form .widget-dropdown, .jissho-form .widget-dropdown select { height: 48px; }
.jissho-ok { color: #00553F; font-weight: 700; } .jissho-no { color: #8F2109; font-weight: 700; }
</style>"""

LINK = (
    "display:inline-block;padding:10px 22px;margin:6px 12px 6px 0;border:2px solid #1F5F99;font-size:18px;color:#1F4F80"
)

Say = Callable[[Any], str]


def form(question: str, *parts: widgets.Widget) -> widgets.VBox:
    """The frame all forms share; boxes to write in carry the question as their name for screen readers."""
    for part in parts:
        _name(part, question)
    box = widgets.VBox([widgets.HTML(CSS + f'<div class="jissho-question">{_lines(question)}</div>'), *parts])
    box.add_class("jissho-form")
    return box


def _name(widget: widgets.Widget, question: str) -> None:
    if isinstance(widget, (widgets.Text, widgets.Textarea)):
        widget.tooltip = widget.tooltip or question
    for child in getattr(widget, "children", ()):
        _name(child, question)


def show_form(box: widgets.VBox, question: str) -> None:
    """Display a form; where widgets cannot live, the question stands there as plain text."""
    data = box._repr_mimebundle_()
    display({**data, "text/plain": question}, raw=True)


def show_paper(question: str, body: str) -> None:
    """The form as it is printed: for automatic runs, whose output is HTML or paper."""
    frame = "border-left:6px solid #2F7FC1;background:#F4F8FC;padding:10px 18px;margin:10px 0"
    display(
        {"text/html": f'<div style="{frame}"><p><b>{_lines(question)}</b></p>{body}</div>', "text/plain": question},
        raw=True,
    )


def card(
    question: str, field: Field, button: str, saved: dict | None, save: Callable[[Any], dict], say: Say | None = None
) -> None:
    """Show a form with one button.

    ``saved`` is the entry stored earlier (shown again after a restart), ``save(value)`` stores one and returns the
    entry, ``say(value)`` is HTML that follows a stored value.
    """
    if automatic():
        show_paper(question, field.paper)
        return
    status = widgets.HTML()
    push = widgets.Button(description=button, button_style="primary")

    def told(entry: dict) -> str:
        more = say(entry["value"]) if say else ""
        read = f"：{read}" if (read := field.understood(entry["value"])) else ""
        return status_line("jissho-ok", f"✔ 記録済み（{_when(entry['at'])}）{read}。書き直すこともできます。") + more

    def record(*_: Any) -> None:
        value = field.get()
        if problem := field.problem(value):
            status.value = status_line("jissho-no", f"▲ {problem}")
            return
        try:
            status.value = told(save(value))
        except JisshoError as error:
            status.value = status_line("jissho-no", f"▲ {error}")

    push.on_click(record)
    if entry := getattr(field.widget, "entry", None):
        entry.on_msg(lambda _, content, __: record() if content.get("event") == "submit" else None)  # the Enter key
    if saved:
        field.put(saved["value"])
        status.value = told(saved)
    show_form(form(question, field.widget, push, status), question)


def status_line(kind: str, text: str) -> str:
    """What happened, in the class ``jissho-ok`` or ``jissho-no``; read out by a screen reader when it appears."""
    return f'<div role="status" aria-live="polite" class="{kind}">{_lines(text)}</div>'


def link(name: str, kind: str, text: str, content: str) -> str:
    """A link that saves ``content`` as the file ``name`` of MIME type ``kind``; the page needs no server for it."""
    data = base64.b64encode(content.encode("utf-8")).decode("ascii")
    return f'<a style="{LINK}" download="{escape(name)}" href="data:{kind};charset=utf-8;base64,{data}">⬇ {text}</a>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _when(at: str) -> str:
    try:
        moment = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return "時刻不明"
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"

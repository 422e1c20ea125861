"""The inputs of the kit's forms: few, large, Japanese, reachable by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets

from jissho.normalise import is_blank, parse_number
from jissho.teach.money import man_yen, yen

WIDE = {"width": "100%"}
FITTING = {"width": "auto"}  # as wide as the form, border included


@dataclass(frozen=True)
class Field:
    """One input: its widget, how to read and set its value, why a value cannot be kept ("" if it can), on paper, and
    as what a value was understood ("" where it is what was written)."""

    widget: widgets.Widget
    get: Callable[[], Any]
    put: Callable[[Any], None]
    problem: Callable[[Any], str]
    paper: str
    understood: Callable[[Any], str] = lambda value: ""


def _text_problem(value: Any) -> str:
    return "まだ書かれていません。" if is_blank(value) else ""


def number(unit: str = "") -> Field:
    """A number as people write it; kept raw, so that nothing is lost on the way to the judge."""
    box = widgets.Text(placeholder="数字を書く", layout={"width": "240px"})
    box.add_class("jissho-entry")
    row = widgets.HBox([box, widgets.HTML(f'<span class="jissho-unit">{escape(unit)}</span>')])
    row.entry = box

    def problem(value: str) -> str:
        if is_blank(value):
            return "まだ数字が書かれていません。"
        return "" if parse_number(value, unit) else "数字として読めません。例: 12.5、1,200、3,600万"

    return Field(
        row,
        lambda: box.value.strip(),
        lambda v: setattr(box, "value", str(v)),
        problem,
        f"＿＿＿＿＿＿ {escape(unit)}",
        lambda value: _read_as(value, unit),
    )


def _read_as(value: Any, unit: str) -> str:
    """A number as it was understood: ``"約３０万"`` in 万円 → ``"30万円"``."""
    readings = parse_number(str(value), unit)
    if not readings:
        return ""
    read = readings[0][0]
    if "円" in unit:
        return man_yen(read) if abs(read) >= 10_000 else yen(read)
    return f"{read * 100:g}%" if unit in ("%", "％") else f"{read:,.10g}{unit}"


def text() -> Field:
    """A few lines of free text."""
    box = widgets.Textarea(placeholder="ここに書く", rows=4, layout=FITTING)
    box.add_class("jissho-entry")
    return Field(box, lambda: box.value.strip(), lambda v: setattr(box, "value", str(v)), _text_problem, "＿" * 30)


def line() -> Field:
    """One line of free text."""
    box = widgets.Text(layout=FITTING)
    box.add_class("jissho-entry")
    return Field(box, lambda: box.value.strip(), lambda v: setattr(box, "value", str(v)), _text_problem, "＿" * 30)


def choice(options: Sequence[str]) -> Field:
    """One of several texts; nothing is chosen beforehand."""
    radio = widgets.RadioButtons(options=list(options), value=None, layout=WIDE)
    radio.add_class("jissho-options")

    def put(value: Any) -> None:
        radio.value = value if value in options else None

    return Field(
        radio, lambda: radio.value, put, lambda v: "" if v in options else "まだ選ばれていません。", _list("○", options)
    )


def choices(options: Sequence[str], count: int | None = None) -> Field:
    """Several of several texts; with ``count`` exactly so many."""
    boxes = [widgets.Checkbox(value=False, description=o, indent=False, layout=WIDE) for o in options]
    column = widgets.VBox(boxes)
    column.add_class("jissho-options")

    def put(value: Any) -> None:
        chosen = value if isinstance(value, list) else []
        for box in boxes:
            box.value = box.description in chosen

    def problem(value: list[str]) -> str:
        if not value:
            return "まだ選ばれていません。"
        return f"{count}つ選んでください（いま{len(value)}つ）。" if count and len(value) != count else ""

    return Field(column, lambda: [b.description for b in boxes if b.value], put, problem, _list("□", options))


def order(options: Sequence[str]) -> Field:
    """Texts to be put in order with ▲ ▼ buttons; unanswered until something was moved or recorded."""
    current = list(options)
    labels = [widgets.HTML(layout={"flex": "1 1 auto"}) for _ in options]
    rows = []

    def write() -> None:
        for position, (html, option) in enumerate(zip(labels, current, strict=True), 1):
            html.value = f'<span class="jissho-card">{position}. {escape(option)}</span>'

    def mover(position: int, step: int) -> widgets.Button:
        button = widgets.Button(description="▲ 上へ" if step < 0 else "▼ 下へ")
        button.disabled = not 0 <= position + step < len(options)

        def move(_: widgets.Button) -> None:
            current[position], current[position + step] = current[position + step], current[position]
            write()

        button.on_click(move)
        return button

    for position, html in enumerate(labels):
        rows.append(widgets.HBox([mover(position, -1), mover(position, 1), html], layout={"align_items": "center"}))
    write()

    def put(value: Any) -> None:
        if isinstance(value, list) and sorted(value, key=str) == sorted(options):
            current[:] = value
            write()

    return Field(widgets.VBox(rows), lambda: list(current), put, lambda _: "", _list("（　）", options))


def classify(cards: Sequence[str], groups: Sequence[str]) -> Field:
    """Each card into one group."""
    rows = {card: widgets.ToggleButtons(options=list(groups), value=None) for card in cards}
    lines = []
    for card, buttons in rows.items():
        buttons.add_class("jissho-groups")
        lines.append(widgets.VBox([widgets.HTML(f'<div class="jissho-card">{escape(card)}</div>'), buttons]))

    def put(value: Any) -> None:
        for card, buttons in rows.items():
            group = value.get(card) if isinstance(value, dict) else None
            buttons.value = group if group in groups else None

    def problem(value: dict[str, str]) -> str:
        left = len(cards) - len(value)
        return f"あと{left}つ、分けてください。" if left else ""

    return Field(
        widgets.VBox(lines),
        lambda: {card: buttons.value for card, buttons in rows.items() if buttons.value is not None},
        put,
        problem,
        _list("（　　　）", cards) + f"<p>分け先：{escape('／'.join(groups))}</p>",
    )


def plan(parts: Sequence[Mapping[str, Any]]) -> Field:
    """A plan's fields one below the other; what is left empty is left out of the value.

    ``parts``: for each field its ``name`` and, where it is no text, its ``type`` (number, date, choice, choices) with
    ``unit`` or ``options``.
    """
    rows = {part["name"]: PARTS[part.get("type", "text")](part) for part in parts}
    lines = []
    for name, field in rows.items():
        getattr(field.widget, "entry", field.widget).tooltip = name  # what a screen reader says
        lines.append(widgets.VBox([widgets.HTML(f'<div class="jissho-card">{escape(name)}</div>'), field.widget]))

    def put(value: Any) -> None:
        for name, field in rows.items():
            if isinstance(value, dict) and name in value:
                field.put(value[name])

    def filled() -> dict[str, Any]:
        return {name: value for name, field in rows.items() if not is_blank(value := field.get())}

    def problem(value: dict[str, Any]) -> str:
        told = [f"{name}：{said}" for name in value if (said := rows[name].problem(value[name]))]
        return told[0] if told else "" if value else "まだ書かれていません。"

    paper = "".join(f"<p>{escape(name)}</p>{field.paper}" for name, field in rows.items())
    return Field(widgets.VBox(lines), filled, put, problem, paper)


PARTS: dict[str, Callable[[Mapping[str, Any]], Field]] = {
    "text": lambda part: line(),
    "number": lambda part: number(part.get("unit", "")),
    "date": lambda part: line(),
    "choice": lambda part: choice(part["options"]),
    "choices": lambda part: choices(part["options"]),
}


def _list(mark: str, options: Sequence[str]) -> str:
    return "".join(f"<p>{mark} {escape(o)}</p>" for o in options)

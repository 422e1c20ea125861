"""Sliders and selects that redraw a chart while they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from IPython.utils.capture import capture_output

from jissho.errors import JisshoError
from jissho.teach.cards import form, show_form, show_paper
from jissho.teach.charts import show
from jissho.teach.mode import automatic
from jissho.teach.money import man_yen, percent, yen

FORMATS: dict[str, Callable[[float], str]] = {"円": yen, "万円": man_yen, "%": percent}
FEW = 5  # up to so many options are buttons, more are a drop-down list
LOG_STEPS = 60


@dataclass(frozen=True)
class Control:
    """One labelled control: its options as (text, value), and where it starts."""

    label: str
    options: tuple[tuple[str, Any], ...]
    value: Any
    slides: bool

    def widget(self) -> widgets.Widget:
        """The ipywidget; arrow keys move it."""
        if self.slides:
            return widgets.SelectionSlider(options=self.options, value=self.value, layout={"width": "100%"})
        kind = widgets.ToggleButtons if len(self.options) <= FEW else widgets.Dropdown
        return kind(options=self.options, value=self.value)

    def written(self) -> str:
        """Label and starting value, for paper."""
        return f"{self.label}：{next(text for text, value in self.options if value == self.value)}"


def slider(
    label: str,
    min: float,
    max: float,
    step: float,
    value: float,
    unit: str = "",
    format: str | Callable[[float], str] | None = None,
    log: bool = False,
) -> Control:
    """A slider from ``min`` to ``max``.

    ``format`` is a format spec (``".1%"``, ``",.0f"``), one of 円, 万円, % or a function; ``unit`` is written after it.
    With ``log`` the steps are ratios (``step`` is then not used); the starting point is the step nearest to ``value``.
    """
    steps = _ratio_steps(min, max, value) if log else _even_steps(min, max, step)
    write = format if callable(format) else FORMATS.get(format or "") or f"{{:{format or _decimals(step)}}}".format
    texts = [written if (written := write(v)).endswith(unit) else written + unit for v in steps]
    nearest = steps[int(np.argmin([abs(v - value) for v in steps]))]
    return Control(label, tuple(zip(_distinct(texts), steps, strict=True)), nearest, slides=True)


def _even_steps(low: float, high: float, step: float) -> list[float]:
    steps = [round(low + i * step, 10) for i in range(round((high - low) / step) + 1)]
    return [int(v) for v in steps] if all(isinstance(v, int) for v in (low, high, step)) else steps


def _ratio_steps(low: float, high: float, value: float) -> list[float]:
    """Even ratios, rounded to two digits, with both ends and the starting point as given."""
    steps = [float(f"{v:.2g}") for v in np.geomspace(low, high, LOG_STEPS + 1)]
    return sorted({v for v in steps if low < v < high} | {low, high, min(max(value, low), high)})


def _decimals(step: float) -> str:
    """Format spec with as many decimals as ``step`` has."""
    return f",.{len(f'{step:.10f}'.rstrip('0').partition('.')[2])}f"


def _distinct(texts: Sequence[str]) -> list[str]:
    """The widget knows its steps by their texts, so two written alike are told apart by a blank without width."""
    seen: Counter[str] = Counter()
    result = []
    for text in texts:
        result.append(text + "\u200b" * seen[text])
        seen[text] += 1
    return result


def select(label: str, options: Sequence[Any] | Mapping[str, Any], value: Any = None) -> Control:
    """One of several options (texts, or a mapping text → value); starts at ``value`` or the first."""
    pairs = tuple(options.items()) if isinstance(options, Mapping) else tuple((str(o), o) for o in options)
    return Control(label, pairs, pairs[0][1] if value is None else value, slides=False)


def explore(draw: Callable[..., Any], **controls: Control) -> None:
    """Show the controls and what ``draw(**values)`` displays; draw again whenever one moves.

    ``draw`` shows its charts with :func:`jissho.teach.show`; a figure it leaves open is shown and closed for it.
    """
    if automatic():
        show_paper("　".join(c.written() for c in controls.values()), "")
        _draw(draw, {name: c.value for name, c in controls.items()})
        return
    movers = {name: c.widget() for name, c in controls.items()}
    place = widgets.Output()

    def update(*_: Any) -> None:
        place.outputs = drawn(lambda: _draw(draw, {name: mover.value for name, mover in movers.items()}))

    parts = []
    for name, mover in movers.items():
        mover.observe(update, "value")
        parts += [widgets.HTML(f"<b>{escape(controls[name].label)}</b>"), mover]
    update()
    slides = any(c.slides for c in controls.values())
    show_form(
        form("つまみを動かしてください（矢印キーでも動きます）" if slides else "押して切り替えてください", *parts),
        "つまみ",
    )
    display(place)


def _draw(draw: Callable[..., Any], values: dict[str, Any]) -> None:
    before = set(plt.get_fignums())
    try:
        draw(**values)
        for number in sorted(set(plt.get_fignums()) - before):
            show(plt.figure(number))
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def drawn(draw: Callable[[], Any]) -> tuple[dict, ...]:
    """What ``draw()`` displays, as outputs for an ``Output`` widget.

    Set as one state they replace the old picture without a flicker, and need no running message to attach to.
    A mistake in ``draw`` is shown in its place.
    """
    problem = ""
    with capture_output() as shown:
        try:
            draw()
        except JisshoError as error:
            problem = str(error)
        except Exception as error:
            problem = f"図を描けませんでした。{type(error).__name__}: {error}"
    outputs = [
        {"output_type": "display_data", "data": dict(o.data), "metadata": dict(o.metadata or {})} for o in shown.outputs
    ]
    if shown.stdout:
        outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": shown.stdout})
    if problem:
        outputs.append({"output_type": "stream", "name": "stderr", "text": problem})
    return tuple(outputs)

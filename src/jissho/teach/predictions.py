"""The prediction before the result, and the decision at the end; both survive a kernel restart."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML, display

from jissho.errors import JisshoError
from jissho.normalise import parse_number
from jissho.teach import fields, store
from jissho.teach.cards import card
from jissho.teach.controls import drawn
from jissho.teach.fields import Field
from jissho.teach.mode import automatic

WAIT = "上の欄を記録すると、ここに続きが出ます。上の欄に答えて、その下の青いボタンを押してください。"


class PredictionMissing(JisshoError):
    """The result was asked for before the prediction was written."""


def predict(
    key: str, question: str, *, unit: str = "", options: Sequence[str] | None = None, button: str = "予想を記録"
) -> None:
    """Ask for a prediction: a number in ``unit``, or one of ``options``; ``button`` is what its button says."""
    field = fields.choice(options) if options else fields.number(unit)
    more = {} if options else {"unit": unit}
    card(question, field, button, _saved(key), lambda value: store.save("predictions", key, value, **more))


def predicted(key: str) -> float | str | None:
    """The recorded prediction: a number in base units (% as a ratio, 万円 in yen), or the option; else ``None``."""
    entry = _saved(key)
    if entry is None or "unit" not in entry:
        return entry["value"] if entry else None
    readings = parse_number(entry["value"], str(entry["unit"]))
    return readings[0][0] if readings else None


def require_prediction(key: str) -> float | str | None:
    """Like :func:`predicted`, but there must be one; in automatic runs there need not.

    Raises
    ------
    PredictionMissing
        Nothing is recorded under ``key``.
    """
    value = predicted(key)
    if value is None and not automatic():
        raise PredictionMissing(
            "上の欄が、まだ記録されていません。",
            mend="上の欄に答えて青いボタンを押してから、このセルをもう一度実行します。",
        )
    return value


def after_prediction(key: str, draw: Callable[[], Any], *, follows: Sequence[str] = ()) -> None:
    """Show what ``draw()`` displays as soon as a prediction is recorded under ``key``; until then, say so.

    ``follows``: keys of entries recorded earlier that ``draw`` looks at; it is drawn again when one of them changes.
    """
    if automatic():
        draw()
        return
    place = widgets.Output()

    def update() -> None:
        if _saved(key):
            place.outputs = drawn(draw)

    frame = "font-size:18px;border:2px dashed #9AA7B2;color:#51626F;padding:10px 20px;margin:8px 0;max-width:900px"
    wait = f'<p style="{frame}">{escape(WAIT)}</p>'
    place.outputs = ({"output_type": "display_data", "data": {"text/html": wait, "text/plain": WAIT}, "metadata": {}},)
    for one in (key, *follows):
        store.when_saved("predictions", one, update)
    update()
    display(place)


def decide(
    key: str, question: str, options: Sequence[str], *, note_label: str = "理由を一行で", count: int | None = None
) -> None:
    """Ask for the decision: one of ``options`` (or ``count`` of them) and one line why."""
    chosen = fields.choices(options, count) if count else fields.choice(options)
    note = fields.line()

    def put(value: Any) -> None:
        value = value if isinstance(value, dict) else {}
        chosen.put(value.get("choice"))
        note.put(value.get("note", ""))

    both = Field(
        widgets.VBox([chosen.widget, widgets.HTML(f"<b>{escape(note_label)}</b>"), note.widget]),
        lambda: {"choice": chosen.get(), "note": note.get()},
        put,
        lambda value: (
            chosen.problem(value["choice"]) or ("" if value["note"] else f"「{note_label}」も書いてください。")
        ),
        chosen.paper + f"<p>{escape(note_label)}：{note.paper}</p>",
    )
    card(question, both, "決定を記録", _saved(key), lambda value: store.save("predictions", key, value))


def decided(key: str) -> dict | None:
    """The recorded decision ``{"choice", "note"}``, or ``None``."""
    entry = _saved(key)
    return entry["value"] if entry and isinstance(entry["value"], dict) else None


def older(keys: Sequence[str], than: str) -> list[str]:
    """Those of ``keys`` that were recorded before ``than`` was recorded last: what they say may be of an earlier choice."""
    newer, entries = _saved(than), {key: _saved(key) for key in keys}
    return [
        key
        for key, entry in entries.items()
        if newer and entry and datetime.fromisoformat(entry["at"]) < datetime.fromisoformat(newer["at"])
    ]


def show_prediction(key: str, actual: str, note: str = "") -> None:
    """Lay the prediction beside the result: あなたの予想 … ／ 実際 …"""
    entry = _saved(key)
    guess = "記録なし" if entry is None else str(entry["value"])
    if entry and "unit" in entry:
        guess = _with_unit(guess, str(entry["unit"]))
    whole = '<span style="display:inline-block">'  # a line is broken between the two, not within
    display(
        HTML(
            '<div style="font-size:22px;line-height:1.8;border:2px solid #2F7FC1;padding:10px 20px;max-width:900px">'
            f"{whole}あなたの予想：<b>{escape(guess)}</b>　／　</span>{whole}実際：<b>{escape(actual)}</b></span>"
            + (f"<br>{escape(note)}" if note else "")
            + "</div>"
        )
    )


def _with_unit(written: str, unit: str) -> str:
    """What was written, in half-width, and as much of the unit as was not written too (300万 → 300万円)."""
    plain = unicodedata.normalize("NFKC", written).strip()
    if not unit or plain.endswith(unit[-1]):
        return plain
    return plain + (unit[1:] if plain.endswith(unit[0]) else unit)


def _saved(key: str) -> dict | None:
    return store.get("predictions", key)

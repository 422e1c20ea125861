"""``answer()`` and ``probe()``: what a test cell of an assignment calls.

Both only hand out a bundle (see :mod:`jissho.bundle`); no right answer is anywhere near. As plain text the
result is ``0.0``, so that without the kit's judge a test cell earns nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from IPython.utils.capture import capture_output

from jissho.bundle import ERRORS, LIMIT, MIME, Failure, bundle, decode, encode, size
from jissho.errors import AnswerError
from jissho.normalise import is_blank
from jissho.teach import store
from jissho.teach.mode import as_page

SAMPLES = "標本入力.json"
NOT_YET = "まだ答えがありません。上で答えてから、このセルをもう一度実行してください。"
ON_A_PAGE = "「回答を記録」を押すと、答えはその場で残ります。"
FROM_FILE: Any = object()


class Record:
    """What a test cell shows: 記録しました for the page, ``0.0`` as plain text, the bundle for the judge."""

    def __init__(self, bundle: dict, html: str) -> None:
        self.bundle, self.html = bundle, html

    def __repr__(self) -> str:
        return "0.0"

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": repr(self), "text/html": self.html, MIME: self.bundle}


def answer(id: str, value: Any = FROM_FILE) -> Record:
    """Record an answer: ``value``, or by default what the answer form stored in 回答.json.

    The bundle's kind is ``"answer"`` with the encoded value (``None`` for no answer yet), or ``"error"`` with
    ``{"error": "no-file" | "bad-file" | …}``.
    """
    encoded = _from_file(id) if value is FROM_FILE else encode(value)
    error = encoded.get("error") if isinstance(encoded, dict) else None
    packed = bundle(id, "error" if error else "answer", encoded)
    failed = packed["value"]["error"] if packed["kind"] == "error" else None
    if as_page() and value is FROM_FILE:
        text = ON_A_PAGE
    else:
        text = NOT_YET if failed == "no-file" else f"▲ {ERRORS[failed]}" if failed else _said(encoded)
    return Record(packed, _say(id, text))


def _from_file(id: str) -> Any:
    try:
        entry = store.read(store.path())["answers"].get(id)
    except FileNotFoundError:
        return {"error": "no-file"}
    except (AnswerError, OSError):
        return {"error": "bad-file"}
    return encode(entry["value"] if entry else None)


def _said(encoded: Any) -> str:
    value = decode(encoded)
    return NOT_YET if is_blank(value) else f"記録しました：{_short(value)}"


def probe(id: str, function: Callable | None) -> Record:
    """Run a participant's function on inputs and record what comes back, without judging it.

    In grading the inputs are in the folder named by ``JISSHO_PROBE`` (``<id with _ for .>.json``: a list of
    encoded argument lists); otherwise in 標本入力.json beside the notebook (``{id: [argument list, …]}``), and what came
    back is shown too. Each call gets fresh inputs and the same random state. The bundle's kind is ``"probe"`` with one
    encoded result per input, or ``"error"``.
    """
    hidden = os.environ.get("JISSHO_PROBE")
    inputs = _inputs(Path(hidden) / f"{id.replace('.', '_')}.json") if hidden else _inputs(Path(SAMPLES), id)
    problem = "no-input" if inputs is None else None if callable(function) else "not-a-function"
    if problem:
        return Record(bundle(id, "error", {"error": problem}), _say(id, f"▲ {ERRORS[problem]}"))
    results = _run_all(function, inputs)
    shown = "" if hidden else _table(inputs, results)
    return Record(bundle(id, "probe", results), _say(id, f"記録しました：{len(results)}件の入力で試しました") + shown)


def _inputs(file: Path, id: str | None = None) -> list | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
        return data if id is None else data.get(id)
    except (OSError, ValueError, AttributeError):
        return None


def _run_all(function: Callable, inputs: list) -> list:
    """One encoded result per input; all together within the size limit. An interrupt stops the rest."""
    results: list = []
    room = LIMIT - 100 * len(inputs)
    for encoded in inputs:
        stopped = bool(results) and isinstance(results[-1], dict) and results[-1].get("error") == "interrupted"
        result = {"error": "interrupted"} if stopped else _run(function, encoded)
        needed = size(result)
        if needed > room:
            result, needed = {"error": "too-big"}, 0
        room -= needed
        results.append(result)
    return results


def _run(function: Callable, encoded: list) -> Any:
    arguments = decode(encoded)
    try:
        with _undisturbed():
            return encode(function(*arguments))  # no name for the value: what it leaves behind must go while captured
    except KeyboardInterrupt:
        return {"error": "interrupted"}
    except BaseException as error:  # SystemExit too: a participant's function may raise anything
        return {"error": "raised", "type": type(error).__name__[:100], "message": _message(error)}


def _message(error: BaseException) -> str:
    try:
        return str(error)[:300].encode("utf-8", "replace").decode("utf-8")
    except BaseException:
        return ""


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Same random state for every call; afterwards random state, figures and the cell's output are as before."""
    states = random.getstate(), np.random.get_state()
    pyplot = sys.modules.get("matplotlib.pyplot")
    figures = set(pyplot.get_fignums()) if pyplot else set()
    random.seed(0)
    np.random.seed(0)
    try:
        with capture_output():
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        for number in set(pyplot.get_fignums()) - figures if pyplot else ():
            pyplot.close(number)


def _say(id: str, text: str) -> str:
    return f'<p style="font-size:16px">{escape(text)}（{escape(id)}）</p>'


def _table(inputs: list, results: list) -> str:
    rows = "".join(
        f'<tr><td style="text-align:left">{_arguments(given)}</td><td style="text-align:left">{_result(result)}</td></tr>'
        for given, result in zip(inputs, results, strict=True)
    )
    return f'<table><thead><tr><th style="text-align:left">試した入力</th><th style="text-align:left">返ってきた値</th></tr></thead><tbody>{rows}</tbody></table>'


def _arguments(encoded: list) -> str:
    return escape("、".join(_short(value) for value in decode(encoded)))


def _result(encoded: Any) -> str:
    value = decode(encoded)
    if isinstance(value, Failure):
        detail = f"{value.type}: {value.message}".strip(": ")
        return f"▲ {escape(ERRORS[value.kind])}" + (f"<br><code>{escape(detail)}</code>" if detail else "")
    return "なし（None）。return を書きましたか。" if value is None else escape(_short(value))


def _short(value: Any) -> str:
    """One line about a value; a table or array only by its shape."""
    shape = getattr(value, "shape", None)
    if shape is not None and len(shape) == 2:
        return f"表（{shape[0]:,}行×{shape[1]}列）"
    if shape is not None and shape != ():
        return f"{shape[0]:,}個の値"
    if isinstance(value, (list, tuple)):
        text = "、".join(_short(v) for v in value[:12]) + ("、…" if len(value) > 12 else "")
        return f"（{text}）" if isinstance(value, tuple) else text
    if isinstance(value, dict):
        return "、".join(f"{_short(k)}→{_short(v)}" for k, v in list(value.items())[:12])
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"

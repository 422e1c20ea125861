"""Fill the computed numbers into prose: ``{{name|format}}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Real

import pandas as pd

from jissho.errors import ContentError
from jissho_kit.truths import result

REFERENCE = re.compile(r"\{\{\s*(?P<name>[^{}|]+?)\s*(?:\|(?P<format>[^{}]*))?\}\}")

# Units that are more than a Python format spec: written as on the participant's charts.
UNITS = {"円": "yen", "万円": "man_yen"}


def fill(
    text: str,
    data: Mapping[str, pd.DataFrame],
    params: Mapping[str, float] | None = None,
) -> str:
    """Replace every ``{{name|format}}`` in ``text`` by the named result on ``data``.

    Parameters
    ----------
    text : str
        Markdown. ``format`` is a Python format spec (``,`` ``.2%`` ``.3f``), ``円`` or ``万円``;
        without it, the value is written as text.
    data : mapping of name to DataFrame
        The tables the named results are computed on.
    params : mapping, optional
        An item's drawn parameters, also usable as ``{{param.base|.1%}}``.

    Raises
    ------
    ContentError
        A name is unknown, its table missing, or the format does not fit the value.
    """
    return REFERENCE.sub(lambda found: _written(found["name"], found["format"] or "", data, params), text)


def _written(
    name: str,
    spec: str,
    data: Mapping[str, pd.DataFrame],
    params: Mapping[str, float] | None,
) -> str:
    try:
        value = result(name, data, params)
    except KeyError as error:
        raise ContentError(
            f"「{name}」の計算に要るデータ {error} がありません。",
            mend="教科の datasets にデータ名を加えてください。",
        ) from None
    try:
        return _money(value, UNITS[spec]) if spec in UNITS else format(value, spec)
    except (ValueError, TypeError):
        raise ContentError(
            f"「{{{{{name}|{spec}}}}}」の書式が値 {value!r} に合いません。",
            mend=f"Pythonの書式（,  .2%  .3f など）か、{'・'.join(UNITS)} を使ってください。",
        ) from None


def _money(value: float, writer: str) -> str:
    from jissho.teach import money  # brings matplotlib along

    if not isinstance(value, Real):
        raise TypeError
    return getattr(money, writer)(value)

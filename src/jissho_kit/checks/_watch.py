"""Runs in the kernel before a lesson that is checked: notes what every figure says and what could not be drawn.

Read as text by :mod:`jissho_kit.checks._execution`, which puts the log's path in place of ``LOG``.
"""

import json
import warnings

from IPython import get_ipython
from matplotlib.figure import Figure
from matplotlib.text import Text

LOG = "LOG"
_draw = Figure.draw
_cells = []  # run so far; IPython moves its own count on before or after a cell, as versions go


def _count(info):
    if info.store_history:
        _cells.append(info)


def _watched(figure, renderer):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drawn = _draw(figure, renderer)
    said = [str(warning.message) for warning in caught]
    texts = [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    line = {"cell": len(_cells), "figure": id(figure), "texts": texts, "warnings": said}
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return drawn


get_ipython().events.register("pre_run_cell", _count)
Figure.draw = _watched

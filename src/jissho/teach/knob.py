"""What each setting of a knob costs, and where the knob stands: drawn alike in every lesson that has a valley to find."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from jissho.teach.charts import COLORS


def draw_costs(
    ax: Axes, settings: Sequence[float], yen: Sequence[float], at: float | None = None, *, steps: bool = False
) -> None:
    """Draw what each setting costs (yen, shape of ``settings``) in 万円, from zero up.

    ``at``: the setting where the knob stands, marked on the curve; ``steps``: between two settings it costs what the lower
    one does.
    """
    man = np.asarray(yen, dtype=float) / 1e4
    ax.plot(settings, man, color=COLORS["黒"], linestyle="-", drawstyle="steps-post" if steps else "default")
    if at is not None:
        mark_knob(ax, at, man[int(np.argmin(np.abs(np.asarray(settings) - at)))])
    ax.set_ylim(0, max(man.max() * 1.1, 1.0))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def mark_knob(ax: Axes, x: float, y: float) -> None:
    """The round mark of the place looked at, in the axes' own units."""
    ax.plot(x, y, "o", color=COLORS["強調"], markersize=18, markeredgecolor=COLORS["黒"])

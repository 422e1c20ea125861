"""The curve of what each setting costs: in 万円, from zero, with a mark where the knob stands."""

import numpy as np
import pytest

from jissho.teach.charts import chart, plt
from jissho.teach.knob import draw_costs


@pytest.fixture
def ax():
    fig, ax = chart("題")
    yield ax
    plt.close(fig)


def test_the_mark_stands_on_the_curve_at_the_setting_nearest_to_the_knob(ax):
    draw_costs(ax, [1.0, 2.0, 3.0], [300_000, 100_000, 200_000], at=2.0000001)
    curve, mark = ax.lines
    assert list(curve.get_ydata()) == [30, 10, 20]
    assert mark.get_ydata()[0] == 10 and mark.get_xdata()[0] == pytest.approx(2)
    low, high = ax.get_ylim()
    assert low == 0 and high > 30


def test_steps_keep_what_the_lower_setting_costs(ax):
    draw_costs(ax, [1, 2], [200_000, 0], steps=True)
    (curve,) = ax.lines
    assert curve.get_drawstyle() == "steps-post"


def test_a_knob_that_costs_nothing_is_drawn_too(ax):
    draw_costs(ax, np.arange(3), np.zeros(3), at=1)
    assert ax.get_ylim() == (0, 1)

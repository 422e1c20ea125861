"""The report's charts as SVG: one message each as title, labels on the marks, told apart without colour."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from jissho.teach.charts import COLORS, SETTINGS
from jissho_kit.grading.report._items import FAIR_D, TOO_EASY, TOO_HARD, ItemResult
from jissho_kit.grading.report._misconceptions import PAIRS, WHOLE_CLASS, Gain, Held, Shed
from jissho_kit.grading.report._report import Report
from jissho_kit.grading.report._stats import Estimate

FOOTER = "実際の提出から集計（課題のデータは合成データ）"
SIZES = {
    "font.size": 11,
    "axes.titlesize": 13,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 11,
    "lines.markersize": 7,
    "axes.grid.axis": "x",
    "svg.hashsalt": "jissho",  # ids inside the file: the same data give the same bytes
}
WIDTH = 8.4  # inches; on A4 it is printed at about 0.85 of this
PER_ROW, FRAME = 0.36, 1.35  # inches of height
MOST_NAME = 24  # letters of a misconception beside its bar
MOST_BARS = 10


@dataclass(frozen=True)
class Chart:
    """A picture (data URI of an SVG) and what it shows in words."""

    source: str
    alt: str


def charts(report: Report) -> dict[str, Chart]:
    """The charts there is something to show for: ``misconceptions``, ``items-<assignment>``, ``gain-<pre-test>``."""
    held = [one for one in report.misconceptions if one.people][:MOST_BARS]
    made = {}
    if held:
        made["misconceptions"] = _svg(_misconceptions, held)
    for assignment in dict.fromkeys(one.assignment for one in report.items):
        items = [one for one in report.items if one.assignment == assignment and one.p.value is not None]
        if items:
            made[f"items-{assignment}"] = _svg(_items, items)
    for one in report.gains:
        if one.shed:
            made[f"gain-{one.before}"] = _svg(_gain, one)
    return made


def _svg(draw: Callable[..., Figure], what) -> Chart:
    with matplotlib.rc_context({**SETTINGS, **SIZES}):  # until it is written: labels are laid out as late as that
        figure = draw(what)
        alt = figure.get_suptitle().replace("\n", "")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Title": alt})
    return Chart("data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii"), alt)


def _figure(title: str, rows: int, extra: float = 0.0) -> Figure:
    height = FRAME + extra + PER_ROW * rows
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    figure.get_layout_engine().set(rect=(0, 0.22 / height, 1, 1 - 0.22 / height))
    figure.text(0.995, 0.06 / height, FOOTER, ha="right", va="bottom", fontsize=8.5, color="#555555")
    return figure


def _misconceptions(held: Sequence[Held]) -> Figure:
    first = held[0]
    figure = _figure(
        f"一番多いのは {first.id}「{first.reason.name}」（{first.chances}人中{first.people}人）", len(held)
    )
    ax = figure.add_subplot()
    places = np.arange(len(held))[::-1]
    values = np.array([100 * one.share.value for one in held])
    fills = [COLORS["黒"] if one.id.startswith("M") else "white" for one in held]
    ax.barh(places, values, height=0.6, color=fills, edgecolor=COLORS["黒"])
    _whiskers(ax, [one.share for one in held], places)
    for place, one in zip(places, held, strict=True):
        ax.text(100 * one.share.high + 1.5, place, f"{one.people}/{one.chances}人", va="center")
    ax.set_yticks(places, [f"{one.id} {_short(one.reason.name)}" for one in held])
    ax.set_xlim(0, 112)
    ax.set_xticks(range(0, 101, 20))
    ax.set_xlabel("答えた人のうち、その誤答を選んだ人（%）\n横線: 95%区間　黒: 考え違い（M）　白: うっかり（S）")
    for edge in (PAIRS, WHOLE_CLASS):
        ax.axvline(100 * edge, color="#666666", linestyle=":", linewidth=1.2, zorder=0)
    return figure


def _items(items: Sequence[ItemResult]) -> Figure:
    inspect = [one.id for one in items if any(flag.inspect for flag in one.flags)]
    named = f"{'、'.join(inspect[:4])}{' ほか' if len(inspect) > 4 else ''}" or "ありません"
    figure = _figure(f"{items[0].assignment} で見直す設問: {named}", len(items), 0.2)
    left, right = figure.subplots(1, 2, sharey=True)
    places = np.arange(len(items))[::-1]
    left.axvspan(100 * TOO_HARD, 100 * TOO_EASY, color="#EEEEEE", zorder=0)
    right.axvspan(FAIR_D, 1, color="#EEEEEE", zorder=0)
    right.axvline(0, color="#666666", linewidth=1.2)
    _dots(left, [one.p for one in items], places, [one.id in inspect for one in items], 100)
    _dots(right, [one.d for one in items], places, [one.id in inspect for one in items], 1)
    left.set_yticks(places, [one.id for one in items])
    left.set_xlim(-3, 103)
    right.set_xlim(-1.05, 1.05)
    left.set_xlabel("やさしさ p（平均の得点率、%）\n灰色: ちょうどよい範囲")
    right.set_xlabel(f"見分ける力 D（上位1/3 − 下位1/3）\n灰色: {FAIR_D:.1f}以上")
    for ax in (left, right):
        ax.set_ylim(-0.7, len(items) - 0.3)
    return figure


def _gain(gain: Gain) -> Figure:
    shed = gain.shed[:MOST_BARS]
    gone, all_held = sum(one.gone for one in gain.shed), sum(one.held for one in gain.shed)
    figure = _figure(f"事前に選ばれた考え違い（のべ{all_held}人）のうち、のべ{gone}人が抜けました", len(shed), 0.3)
    ax = figure.add_subplot()
    places = np.arange(len(shed))[::-1]
    for place, one in zip(places, shed, strict=True):
        before, after = _before_after(one)
        ax.annotate("", (after, place), (before, place), arrowprops={"arrowstyle": "->", "color": "#666666"})
        ax.plot([before], [place], "o", color="white", markeredgecolor=COLORS["黒"], markersize=10)
        ax.plot([after], [place], "o", color=COLORS["黒"], markersize=10)
        ax.text(max(before, after) + 2.5, place, f"{before:.0f}% → {after:.0f}%", va="center")
    ax.set_yticks(places, [f"{one.reason.id} {_short(one.reason.name)}" for one in shed])
    ax.set_xlim(-3, 118)
    ax.set_xticks(range(0, 101, 20))
    ax.set_ylim(-0.7, len(shed) - 0.3)
    ax.set_xlabel("両方のテストで答えた人のうち、その考え違いを選んだ人（%）\n白: 事前　黒: 事後")
    return figure


def _before_after(one: Shed) -> tuple[float, float]:
    """Percent of those in both tests who held it before and after."""
    return 100 * one.held / one.both, 100 * (one.held - one.gone + one.new) / one.both


def _dots(ax, estimates: Sequence[Estimate], places: np.ndarray, inspect: Sequence[bool], scale: float) -> None:
    """Points with intervals; those to be inspected are filled diamonds."""
    for estimate, place, marked in zip(estimates, places, inspect, strict=True):
        if estimate.value is None:
            style = {"va": "center", "fontsize": 9, "color": "#555555"}
            ax.text(0.03, place, "人数か差が足りません", transform=ax.get_yaxis_transform(), **style)
            continue
        if estimate.low is not None:
            ax.plot(
                [scale * estimate.low, scale * estimate.high],
                [place] * 2,
                color="#666666",
                linestyle="-",
                linewidth=1.6,
            )
        ax.plot(
            [scale * estimate.value], [place], "D" if marked else "o", color=COLORS["不良"] if marked else COLORS["良"]
        )


def _whiskers(ax, estimates: Sequence[Estimate], places: np.ndarray) -> None:
    for estimate, place in zip(estimates, places, strict=True):
        ax.plot([100 * estimate.low, 100 * estimate.high], [place] * 2, color="#949494", linestyle="-", linewidth=2.2)


def _short(name: str) -> str:
    return name if len(name) <= MOST_NAME else name[: MOST_NAME - 1] + "…"

"""One picture of a dataset: a small panel for each key column, what is missing and what lies outside noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from jissho.datasets import Column, Schema
from jissho.errors import UsageError
from jissho.teach.charts import COLORS, FOOTER, SETTINGS

MOST_PANELS, MOST_ACROSS = 12, 4
MOST_NAMES = 20  # a text column with more different values holds names, not kinds
MOST_BARS = 8  # in a panel; a table with no more rows is drawn row by row
MOST_LEVELS = 8  # numbers with so few different values are drawn as one bar each
BINS = 24
MANY_TIMES = 100  # the top beside the middle, from where on a logarithmic axis is needed
TICKS = 3
FOOT = 0.35  # inches below the panels
SERIES = 5  # so many columns named alike with a number behind are one curve
COUNTED_IN = {"日目", "年"}  # units of whole numbers that say when

SMALL = {
    "axes.titlesize": 15,
    "axes.titlepad": 40,
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "figure.titlesize": 21,
    "axes.prop_cycle": matplotlib.cycler(color=[COLORS["良"]]),
}
BAR, LESS, FAINT = COLORS["良"], COLORS["灰"], "#555555"
# Up to so many days: counted by what, its name, how a tick is written.
PERIODS = (
    (60, "D", "1日", "%m-%d"),
    (300, "7D", "1週", "%m-%d"),
    (800, "7D", "1週", "%Y-%m"),
    (3000, "MS", "1か月", "%Y-%m"),
)
LONG_PERIOD = ("YS", "1年", "%Y")


@dataclass(frozen=True)
class Panel:
    """What one panel shows: ``kind`` is a key of :data:`DRAWN_BY`."""

    kind: str
    title: str
    columns: tuple[Column, ...]


def key_panels(schema: Schema, table: pd.DataFrame) -> list[Panel]:
    """The key columns of a table, chosen by type and by how many different values there are; at most 12 panels.

    Left out: ids (unique, or whole numbers without a unit or allowed values), texts with more than 20 different values
    or none twice, empty columns, and every time but one. Columns named alike with a number behind (``波長700`` …) are one
    panel, and so are all columns of 0 and 1. Where there are too many, the time gives way first, then the last.
    """
    series = _series(schema.columns)
    kinds = {c.name: "profile" if c in series else _kind(c, table[c.name].dropna()) for c in schema.columns}
    times = [c for c in schema.columns if kinds[c.name] in ("times", "days")]
    times.sort(key=lambda c: c.dtype != "datetime")
    flags = tuple(c for c in schema.columns if kinds[c.name] == "shares")
    panels: list[Panel] = []
    for column in schema.columns:
        kind = kinds[column.name]
        if kind in ("profile", "shares"):
            together = series if kind == "profile" else flags
            title = f"{_stem(column)}ごとの{column.unit}" if kind == "profile" else "1（あり）の行の割合"
            if column is together[0]:
                panels.append(Panel(kind, title, together))
        elif kind and column not in times:
            panels.append(Panel(kind, column.name, (column,)))
    when = [Panel(kinds[c.name], c.name, (c,)) for c in times[:1]]
    return [*when, *panels] if len(panels) < MOST_PANELS else panels[:MOST_PANELS]


@matplotlib.rc_context({**SETTINGS, **SMALL})  # ticks and labels are made as late as on writing
def draw(schema: Schema, table: pd.DataFrame, file: Path) -> Path:
    """Draw the key columns of ``table`` and write them as PNG (1920 pixels wide, folders made), overwriting ``file``.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        overview(schema, table).savefig(file, metadata={"Title": f"{schema.title}（合成データ）"})
    except OSError as error:
        raise UsageError(
            f"図を書き込めません（{error.strerror}）。", str(file), "--out に書き込めるフォルダーを指定してください。"
        ) from None
    return file


@matplotlib.rc_context({**SETTINGS, **SMALL})
def overview(schema: Schema, table: pd.DataFrame) -> Figure:
    """The key columns of ``table``, one panel each, on one figure for a 16:9 screen."""
    panels = key_panels(schema, table)
    down = max(1, ceil(len(panels) / MOST_ACROSS))
    across = ceil(len(panels) / down)
    figure = Figure(figsize=(16, 9 if down > 1 else 5), dpi=120, layout="constrained")
    foot = FOOT / figure.get_figheight()
    figure.suptitle(f"{schema.title}（{schema.name}）　{len(table):,}行・{len(schema.columns)}列", x=0.01, ha="left")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.08, rect=(0, foot, 1, 1 - foot))
    figure.text(0.01, 0.01, _left_out(schema, panels), va="bottom", fontsize=12, color=FAINT)
    figure.text(0.995, 0.01, FOOTER, ha="right", va="bottom", fontsize=12, color=FAINT)
    for place, panel in enumerate(panels, 1):
        ax = figure.add_subplot(down, across, place)
        notes = DRAWN_BY[panel.kind](ax, table, *panel.columns)
        ax.set_title(panel.title)
        _put_notes(ax, [note for note in notes if note])
    return figure


def _left_out(schema: Schema, panels: list[Panel]) -> str:
    """The columns that no panel shows, in words."""
    shown = {column.name for panel in panels for column in panel.columns}
    rest = [column.name for column in schema.columns if column.name not in shown]
    more = f" ほか{len(rest) - 6}列" if len(rest) > 6 else ""
    return f"図のない列: {'、'.join(rest[:6])}{more}" if rest else ""


def _put_notes(ax: Axes, notes: list[str]) -> None:
    """Up to two lines below the title, which lie in its padding and take no room of their own."""
    lines = "\n".join(filter(None, [*notes[:1], "、".join(notes[1:])]))
    note = ax.annotate(
        lines,
        (0, 1),
        (0, SMALL["axes.titlepad"] - 5),
        "axes fraction",
        "offset points",
        va="top",
        fontsize=12,
        color=FAINT,
    )
    note.set_in_layout(False)


def _kind(column: Column, values: pd.Series) -> str | None:
    """How a column is drawn; None for ids, names and empty columns."""
    if column.unique or values.empty:
        return None
    if column.dtype in ("int", "float") and len(values) <= MOST_BARS:
        return "rows"
    if column.dtype == "datetime":
        return "times"
    if column.dtype == "str":
        return "categories" if values.nunique() <= MOST_NAMES and not values.is_unique else None
    if set(column.allowed or ()) == {0, 1}:
        return "shares"
    if column.dtype == "int" and column.unit in COUNTED_IN:
        return "days"
    if column.dtype == "int" and not column.unit and column.allowed is None:
        return None
    return "levels" if values.nunique() <= MOST_LEVELS else "numbers"


def _stem(column: Column) -> str:
    return re.sub(r"\d+$", "", column.name)


def _series(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns that are one curve: the longest run named alike, with a number behind."""
    alike: dict[str, list[Column]] = {}
    for column in columns:
        if (stem := _stem(column)) != column.name:
            alike.setdefault(stem, []).append(column)
    longest = max(alike.values(), key=len, default=[])
    return tuple(longest) if len(longest) >= SERIES else ()


def _missing(table: pd.DataFrame, *columns: Column) -> str:
    """How many rows are blank in a column (in the worst of several)."""
    count = max(int(table[c.name].isna().sum()) for c in columns)
    return f"空欄 {count:,}行（{_percent(count / len(table))}）" if count else ""


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.01 or share == 0 else f"{share:.2%}"


def _numbers(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """Histogram. A value that more than half of the rows have, and glitches far outside, are told in words."""
    values = table[column.name].dropna()
    notes = []
    mode, often = values.mode().iloc[0], values.eq(values.mode().iloc[0]).mean()
    if often > 0.5:
        values = values[values != mode]
        notes.append(f"{_percent(often)}が{mode:,.{column.decimals}f}（図はその他）")
    else:
        low, high = values.quantile([0.25, 0.75])
        notes.append(f"行の半分は{low:,.{column.decimals}f}〜{high:,.{column.decimals}f}{column.unit}")
    far_apart = values.min() > 0 and values.max() > MANY_TIMES * values.median()
    if far_apart:
        edges = np.geomspace(values.min(), values.max(), BINS + 1)
        edges[[0, -1]] = values.min(), values.max()
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    else:
        edges = _edges(values, 10.0**-column.decimals)
    outside = int(((values < edges[0]) | (values > edges[-1])).sum())
    ax.hist(values, edges, color=BAR)
    if edges[-1] >= 1000 and not far_apart:
        ax.xaxis.set_major_formatter("{x:,.0f}")
    _label_counts(ax, column)
    return [*notes, _missing(table, column), f"図の外 {outside:,}行" if outside else ""]


def _edges(values: pd.Series, step: float) -> np.ndarray:
    """Edges of bins that hold whole steps of the resolution, without the values far outside."""
    low, high = values.quantile([0.01, 0.99])
    room = (high - low) / 2
    low, high = max(values.min(), low - room), min(values.max(), high + room)
    width = max(1, ceil((high - low) / BINS / step)) * step
    return np.arange(low - step / 2, high + width, width)


def _label_counts(ax: Axes, column: Column | None = None, each: str = "") -> None:
    ax.set_ylabel(f"{each}行数")
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.locator_params(axis="y", nbins=4)
    if column:
        ax.set_xlabel(column.unit)


def _levels(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """One bar for each of a few numbers, in their order."""
    counts = table[column.name].value_counts().sort_index()
    bars = ax.bar([f"{value:,.{column.decimals}f}" for value in counts.index], counts, color=BAR, width=0.6)
    ax.bar_label(bars, [*map(_percent, counts / counts.sum())], padding=2, fontsize=12)
    ax.margins(y=0.16)
    _label_counts(ax, column)
    return [f"{len(counts)}とおりの値", _missing(table, column)]


def _categories(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """A bar for each kind, the most frequent on top; the rest together."""
    counts = table[column.name].value_counts()
    kinds = f"{len(counts)}種類"
    if len(counts) > MOST_BARS:
        rest = counts.iloc[MOST_BARS - 1 :]
        counts = pd.concat([counts.iloc[: MOST_BARS - 1], pd.Series({f"ほか{len(rest)}種類": rest.sum()})])
    _put_bars(ax, counts / counts.sum())
    return [kinds, _missing(table, column)]


def _rows(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """A bar for each row of a small table, named by its first column."""
    places = range(len(table))
    bars = ax.barh(places, table[column.name], color=BAR, height=0.65)
    ax.bar_label(bars, [f"{value:,.{column.decimals}f}" for value in table[column.name]], padding=4, fontsize=12)
    ax.set_yticks(places, table.iloc[:, 0].astype(str))
    ax.invert_yaxis()
    ax.margins(x=0.3)
    ax.set_xticks([])
    ax.grid(False)
    return [column.unit, _missing(table, column)]


def _shares(ax: Axes, table: pd.DataFrame, *columns: Column) -> list[str]:
    """The share of 1 in each column of 0 and 1, of the rows that are filled."""
    _put_bars(ax, pd.Series({c.name: table[c.name].mean() for c in columns}))
    return ["空欄を除いた割合", _missing(table, *columns)]


def _put_bars(ax: Axes, shares: pd.Series) -> None:
    bars = ax.barh([str(name) for name in shares.index], 100 * shares, color=BAR, height=0.65)
    ax.bar_label(bars, [*map(_percent, shares)], padding=4, fontsize=12)
    spare = max(0, 3 - len(shares)) / 2  # one bar or two do not fill the whole panel
    ax.set_ylim(len(shares) - 0.5 + spare, -0.5 - spare)
    ax.margins(x=0.22)
    ax.grid(False)
    ax.set_xlabel("行の割合（%）")
    ax.locator_params(axis="x", nbins=5)


def _times(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """Rows in each day, week, month or year, by the length of the record."""
    times = table[column.name].dropna()
    first, last = times.min(), times.max()
    days = (last - first).days
    every, name, style = next((rest for most, *rest in PERIODS if days <= most), LONG_PERIOD)
    counts = pd.Series(1, index=pd.DatetimeIndex(times)).resample(every).sum()
    starts = counts.index
    ax.stairs(counts, date2num([*starts, starts[-1] + starts.freq]), fill=True, color=BAR)
    ticks = starts[:: ceil(len(starts) / TICKS)]
    ax.set_xticks(date2num(ticks), [f"{tick:{style}}" for tick in ticks])
    _label_counts(ax, each=f"{name}の")
    return [f"{first:%Y-%m-%d}〜{last:%Y-%m-%d}", _missing(table, column)]


def _days(ax: Axes, table: pd.DataFrame, column: Column) -> list[str]:
    """Rows over a running number of days or years."""
    values = table[column.name].dropna()
    ax.hist(values, _edges(values, 1.0), color=BAR)
    _label_counts(ax, column)
    return [f"{values.min():g}〜{values.max():g}{column.unit}"]


def _profile(ax: Axes, table: pd.DataFrame, *columns: Column) -> list[str]:
    """The middle row and four of five rows of columns that are one curve."""
    at = [int(column.name.removeprefix(_stem(column))) for column in columns]
    low, middle, high = table[[c.name for c in columns]].quantile([0.1, 0.5, 0.9]).to_numpy()
    ax.fill_between(at, low, high, color=BAR, alpha=0.3, linewidth=0)
    ax.plot(at, middle, color=BAR)
    unit = re.match(rf"{at[0]}\s*([A-Za-z]+)", columns[0].description)
    ax.set_xlabel(unit[1] if unit else "番号")
    ax.set_ylabel(columns[0].unit)
    return ["線は中央値、帯は8割の行", _missing(table, *columns)]


DRAWN_BY: dict[str, Callable[..., list[str]]] = {
    "numbers": _numbers,
    "levels": _levels,
    "rows": _rows,
    "categories": _categories,
    "shares": _shares,
    "times": _times,
    "days": _days,
    "profile": _profile,
}

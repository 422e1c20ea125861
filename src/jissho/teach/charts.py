"""Charts of one house style: a message as title, units on the axes, 合成データ below, safe colours, big type."""

from __future__ import annotations

import base64
import io
import textwrap
import unicodedata
from html import escape

import matplotlib
import matplotlib.pyplot as plt
import matplotlib_fontja  # noqa: F401  registers the Japanese font
from cycler import cycler
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

FOOTER = "合成データ（実在の企業・農場の値ではありません）"

# Told apart by colour-blind readers, and by lightness alone in a greyscale print; all stand out from white.
COLORS = {
    "良": "#2F7FC1",
    "不良": "#8F2109",
    "強調": "#D67C00",
    "灰": "#949494",
    "黒": "#1C1C1C",
    "緑": "#006B54",
}
_footer = FOOTER
STYLES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3))]

TITLE_WIDTH = 58  # columns on a chart 8 inches wide; a full-width character takes two
SETTINGS = {
    "font.family": [matplotlib_fontja.matplotlib_fontja.FONT_NAME, "DejaVu Sans"],
    "font.size": 15,
    "axes.titlesize": 17,
    "figure.titlesize": 19,
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.labelsize": 15,
    "xtick.labelsize": 14,
    "ytick.labelsize": 14,
    "legend.fontsize": 14,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "axes.edgecolor": "#666666",
    "text.color": COLORS["黒"],
    "axes.labelcolor": COLORS["黒"],
    "lines.linewidth": 2.6,
    "lines.markersize": 7,
    "figure.dpi": 100,
    "axes.prop_cycle": cycler(color=[COLORS[c] for c in ("良", "不良", "強調", "黒", "灰", "緑")], linestyle=STYLES),
}


def use_house_style() -> None:
    """Set fonts, sizes and colours for every figure of this kernel (done on import)."""
    matplotlib.rcParams.update(SETTINGS)


def use_footer(text: str = FOOTER) -> None:
    """Where the data of the charts from here on come from: change it only for a participant's own data."""
    global _footer
    _footer = text


def chart(
    title: str,
    x: str = "",
    y: str = "",
    *,
    alt: str | None = None,
    size: tuple[float, float] = (8, 4.5),
    footer: str | None = None,
) -> tuple[Figure, Axes]:
    """An empty chart to draw on.

    Parameters
    ----------
    title : str
        The message in one sentence; broken into lines by itself.
    x, y : str
        Axis labels with units, e.g. ``"不良率（%）"``.
    alt : str, optional
        What the finished chart shows, for those who cannot see it; by default the title.
    size : (width, height)
        Inches at 100 pixels each.
    footer : str
        Where the data come from; by default as :func:`use_footer` said last, at first that they are made up.
    """
    footer = _footer if footer is None else footer
    fig, ax = plt.subplots(figsize=size, layout="constrained")
    fig.suptitle(_broken(title, int(TITLE_WIDTH * size[0] / 8)), x=0.012, ha="left")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if footer:
        foot = 0.32 / size[1]
        fig.get_layout_engine().set(h_pad=0.1, rect=(0, foot, 1, 1 - foot))
        fig.text(0.995, 0.012, footer, ha="right", va="bottom", fontsize=11, color="#555555")
    fig.jissho_alt = f"{alt or title}（合成データ）" if footer == FOOTER else alt or title
    return fig, ax


def show(fig: Figure, alt: str | None = None) -> None:
    """Display a figure once, with its alternative text, and close it."""
    text = (alt or getattr(fig, "jissho_alt", None) or _titles(fig) or "図").replace("\n", "")
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=150)
    plt.close(fig)
    picture = base64.b64encode(buffer.getvalue()).decode("ascii")
    width, height = (round(inches * 120) for inches in fig.get_size_inches())
    html = (
        f'<img src="data:image/png;base64,{picture}" alt="{escape(text)}" width="{width}" height="{height}" '
        'style="max-width:100%;height:auto">'
    )
    # HTML, because neither JupyterLab nor nbconvert's template puts a text beside an image/png output.
    display({"text/html": html, "text/plain": f"図：{text}"}, raw=True)


def label(ax: Axes, x: float, y: float, text: str, color: str = "黒", *, dx: float = 8, dy: float = 0, **style) -> None:
    """Write ``text`` directly beside the point (x, y) in data units, moved by (dx, dy) points; no legend needed."""
    style = {"va": "center", "ha": "left" if dx >= 0 else "right", "fontweight": "normal"} | style
    ax.annotate(
        text,
        (x, y),
        (dx, dy),
        textcoords="offset points",
        color=COLORS.get(color, color),
        annotation_clip=False,
        **style,
    )


def label_bars(ax: Axes, bars: BarContainer, texts: list[str], **style) -> None:
    """Write one text at the end of each bar and leave room for it."""
    ax.bar_label(bars, labels=texts, padding=5, **style)
    ax.margins(
        x=0.12 if bars.orientation == "horizontal" else None, y=None if bars.orientation == "horizontal" else 0.14
    )


def _titles(fig: Figure) -> str:
    titles = [fig.get_suptitle(), *(ax.get_title(loc="left") or ax.get_title() for ax in fig.axes)]
    return "、".join(title for title in titles if title)


def _broken(title: str, columns: int) -> str:
    """Break lines by width on paper, where a full-width character takes two columns."""
    lines = []
    for paragraph in title.split("\n"):
        wide = "".join(c + "\0" if unicodedata.east_asian_width(c) in "WFA" else c for c in paragraph)
        lines += [line.replace("\0", "") for line in textwrap.wrap(wide, columns) or [""]]
    return "\n".join(lines)


use_house_style()

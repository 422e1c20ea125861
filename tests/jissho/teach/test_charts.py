import base64
import io
import re
import warnings

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image

from jissho.teach import COLORS, FOOTER, chart, charts, label, label_bars, show


@pytest.fixture
def shown(monkeypatch):
    """The bundles that were displayed."""
    bundles = []
    monkeypatch.setattr(charts, "display", lambda data, raw: bundles.append(data))
    return bundles


def picture(html):
    """Pixels of the picture in an ``<img>``."""
    return Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]))).convert("RGB")


def test_a_figure_is_shown_once_with_its_text_and_closed(shown):
    fig, ax = chart("正解率99.55%でも見逃しは残る", "しきい値", "見逃し率（%）", alt='"右下がり" <線>')
    ax.plot([0, 1], [1, 0])
    show(fig)
    (bundle,) = shown
    assert 'alt="&quot;右下がり&quot; &lt;線&gt;（合成データ）"' in bundle["text/html"]
    assert bundle["text/plain"].startswith("図：") and not plt.get_fignums()


def test_alternative_text_is_the_title_unless_given(shown):
    show(chart("題名が伝えること")[0])
    show(chart("自社の値", footer="自社データ")[0], alt="別の説明")
    fig, ax = plt.subplots()
    ax.set_title("軸の題名")
    show(fig)
    assert [re.search('alt="([^"]*)"', b["text/html"])[1] for b in shown] == [
        "題名が伝えること（合成データ）",
        "別の説明",
        "軸の題名",
    ]


def test_the_alternative_text_survives_the_export(shown):
    show(chart("題名", alt="棒が二本")[0])
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data=shown[0])])
    html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert re.findall(r'<img[^>]*alt="([^"]*)"', html) == ["棒が二本（合成データ）"]


def test_the_footer_is_on_every_figure_and_inside_it():
    fig, _ = chart("題名", "軸（単位）")
    (footer,) = [t for t in fig.texts if t.get_text() == FOOTER]
    fig.canvas.draw()
    box = footer.get_window_extent()
    axis = fig.axes[0].xaxis.label.get_window_extent()
    assert fig.bbox.contains(box.x0, box.y0) and fig.bbox.contains(box.x1, box.y1) and not axis.overlaps(box)
    plt.close(fig)


@pytest.mark.parametrize("size", [(8, 4.5), (6, 4), (10, 6)])
def test_a_long_title_stays_on_the_paper(size):
    fig, ax = chart(
        "検査員ふたりの判定は、同じ日の同じ部品でもこれだけ割れていて、その差は機械の差より大きい", size=size
    )
    ax.plot([0, 1], [0, 10_000_000])
    fig.canvas.draw()
    title = fig._suptitle.get_window_extent()
    assert title.x0 >= 0 and title.x1 <= fig.bbox.x1 and title.y1 <= fig.bbox.y1
    assert not title.overlaps(ax.get_window_extent())
    plt.close(fig)


def test_everyday_japanese_and_signs_are_drawn_without_a_warning(shown):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig, ax = chart("良品・不良①㎡髙−5℃±3σμκ×÷→", "しきい値 ✓", "円／個")
        ax.plot([-1, 1], [-1e-3, 1e-3])
        label(ax, 1, 0, "ここ", "強調")
        show(fig)
    assert len(shown) == 1


def test_bars_carry_their_texts():
    fig, ax = chart("題名")
    label_bars(ax, ax.bar(["甲", "乙"], [1, 2]), ["1個", "2個"])
    label_bars(ax, ax.barh(["丙"], [3]), ["3個"])
    assert {"1個", "2個", "3個"} <= {t.get_text() for t in ax.texts}
    fig.canvas.draw()
    assert all(t.get_window_extent().y1 <= ax.bbox.y1 for t in ax.texts)
    plt.close(fig)


def test_text_is_large_enough_for_the_back_of_the_room(shown):
    assert min(plt.rcParams["xtick.labelsize"], plt.rcParams["ytick.labelsize"], plt.rcParams["axes.labelsize"]) >= 14
    show(chart("題名")[0])
    assert picture(shown[0]["text/html"]).width >= 1200


# Colour vision deficiency of full severity: Machado, Oliveira, Fernandes (2009), linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB (D65) of linear sRGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(np.maximum(xyz / [0.9505, 1, 1.089], 1e-4))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", VISION)
@pytest.mark.parametrize(
    "pair", [("良", "不良"), ("良", "強調"), ("不良", "強調"), ("灰", "不良"), ("灰", "良"), ("黒", "不良")]
)
def test_colours_can_be_told_apart(pair, eye):
    one, two = (lab(np.array(VISION[eye]) @ linear(COLORS[name])) for name in pair)
    assert np.linalg.norm(one - two) > 20


@pytest.mark.parametrize(
    "pair", [("良", "不良"), ("不良", "強調"), ("不良", "灰"), ("良", "灰"), ("良", "強調"), ("不良", "黒")]
)
def test_colours_differ_in_a_greyscale_print(pair):
    one, two = (lab(linear(COLORS[name]))[0] for name in pair)
    assert abs(one - two) >= 9


@pytest.mark.parametrize("name", COLORS)
def test_colours_stand_out_from_white(name):
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear(COLORS[name])))
    assert 1.05 / (luminance + 0.05) >= 3

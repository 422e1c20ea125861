import ipywidgets as widgets
import matplotlib.pyplot as plt
import pytest
from IPython.core.interactiveshell import InteractiveShell

from jissho.errors import DataError
from jissho.teach import chart, explore, select, show, slider


@pytest.fixture(autouse=True)
def shell():
    """Display goes through a shell, as in a notebook."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def picture(value=0):
    fig, ax = chart(f"値は{value}")
    ax.plot([0, value])
    show(fig)


def test_moving_a_control_replaces_the_picture_and_leaves_no_figure_open(page):
    calls = []

    def draw(rate, machine):
        calls.append((rate, machine))
        picture(rate)

    explore(draw, rate=slider("不良率", 0, 10, 1, 3), machine=select("機械", {"A社": 1, "B社": 2}))
    form, place = page.shown
    assert calls == [(3, 1)] and "値は3" in place.outputs[0]["data"]["text/html"]
    page.find(form, widgets.SelectionSlider)[0].value = 7
    page.find(form, widgets.ToggleButtons)[0].value = 2
    assert calls == [(3, 1), (7, 1), (7, 2)]
    assert len(place.outputs) == 1 and "値は7" in place.outputs[0]["data"]["text/html"]
    assert not plt.get_fignums()
    assert "不良率" in page.text(form) and "機械" in page.text(form)


def test_a_figure_left_open_is_shown_and_closed(page):
    def draw(n):
        chart(f"題名{n}")

    explore(draw, n=slider("数", 0, 3, 1, 0))
    assert "題名0" in page.shown[1].outputs[0]["data"]["text/html"] and not plt.get_fignums()


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), DataError("データがありません。")])
def test_a_mistake_while_drawing_is_said_and_the_next_picture_still_comes(page, error):
    def draw(n):
        plt.figure()
        if n == 0:
            raise error
        plt.close("all")
        print("よし")

    explore(draw, n=slider("数", 0, 3, 1, 0))
    form, place = page.shown
    assert str(error) in place.outputs[-1]["text"] and not plt.get_fignums()
    page.find(form, widgets.SelectionSlider)[0].value = 1
    assert place.outputs == ({"output_type": "stream", "name": "stdout", "text": "よし\n"},)


def test_in_automatic_runs_the_starting_picture_is_drawn_with_its_settings(page, monkeypatch):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    drawn = []
    explore(lambda rate: drawn.append(rate), rate=slider("不良率", 0, 0.05, 0.001, 0.0045, format=".2%"))
    assert drawn == [0.004] and "不良率：0.40%" in page.shown[0]["text/html"]


def test_steps_of_a_slider_are_exact_and_written_with_their_unit():
    control = slider("しきい値", 0, 1, 0.1, 0.32)
    assert control.value == 0.3 and [v for _, v in control.options] == [i / 10 for i in range(11)]
    assert [t for t, _ in slider("枚数", 0, 2000, 1000, 0, unit="枚").options] == ["0枚", "1,000枚", "2,000枚"]
    assert [t for t, _ in slider("単価", 0, 20000, 10000, 0, format="万円").options] == ["0万円", "1万円", "2万円"]
    assert slider("率", 0, 1, 0.5, 0, unit="%", format=".0%").options[1][0] == "50%"
    assert all(isinstance(v, int) for _, v in slider("数", 0, 5, 1, 0).options)


def test_a_ratio_slider_keeps_ends_and_start():
    control = slider("不良率", 0.001, 0.05, 0.001, 0.0045, format=".1%", log=True)
    values = [v for _, v in control.options]
    assert values[0] == 0.001 and values[-1] == 0.05 and control.value == 0.0045 and values == sorted(set(values))
    texts = [t for t, _ in control.options]
    assert len(set(texts)) == len(texts)  # the widget tells its steps apart by them
    assert slider("率", 0.001, 0.05, 0, 9, log=True).value == 0.05


def test_few_options_are_buttons_and_many_a_list():
    assert isinstance(select("機械", ["A", "B"]).widget(), widgets.ToggleButtons)
    assert isinstance(select("機械", list("ABCDEFG"), "C").widget(), widgets.Dropdown)
    assert select("機械", list("ABCDEFG"), "C").widget().value == "C"

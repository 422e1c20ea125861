import json
import random
import sys
import warnings

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from jissho.bundle import LIMIT, MIME, decode, encode
from jissho.teach import answer, probe, store


def samples(**inputs):
    """Write 標本入力.json beside the notebook."""
    with open("標本入力.json", "w", encoding="utf-8") as file:
        json.dump({id: [encode(list(arguments)) for arguments in calls] for id, calls in inputs.items()}, file)


def hidden(monkeypatch, folder, id, calls):
    """Put hidden inputs where the judge puts them."""
    (folder / "in").mkdir()
    (folder / "in" / f"{id.replace('.', '_')}.json").write_text(json.dumps([encode(list(c)) for c in calls]), "utf-8")
    monkeypatch.setenv("JISSHO_PROBE", str(folder / "in"))


def test_an_answer_is_a_bundle_that_earns_nothing_by_itself():
    record = answer("G-F-1.c", 0.54)
    data = record._repr_mimebundle_()
    assert repr(record) == data["text/plain"] == "0.0"
    assert data[MIME] == {"v": 1, "item": "G-F-1.c", "kind": "answer", "value": 0.54}
    assert "記録しました" in record._repr_html_() and "0.54" in record._repr_html_()


def test_an_answer_from_the_file_crosses_raw():
    store.save("answers", "K-F-1.a", "９９．５５％")
    store.save("answers", "K-F-1.d", {"案1": "AI"})
    assert answer("K-F-1.a").bundle["value"] == "９９．５５％"
    assert decode(answer("K-F-1.d").bundle["value"]) == {"案1": "AI"}
    assert answer("K-F-1.b").bundle == {"v": 1, "item": "K-F-1.b", "kind": "answer", "value": None}
    assert "まだ答えがありません" in answer("K-F-1.b").html


def test_no_file_is_told_from_no_answer(folder):
    assert answer("K-F-1.a").bundle["value"] == {"error": "no-file"}
    (folder / "回答.json").write_text("{")
    assert answer("K-F-1.a").bundle == {"v": 1, "item": "K-F-1.a", "kind": "error", "value": {"error": "bad-file"}}
    assert (folder / "回答.json").exists()  # grading changes nothing


def test_an_empty_variable_is_no_answer():
    assert answer("G-F-1.c", None).bundle["kind"] == "answer" and "まだ答えがありません" in answer("G-F-1.c", None).html


def test_what_cannot_be_recorded_is_said():
    assert answer("G-F-1.c", float("nan")).bundle["kind"] == "error"
    assert "NaN" in answer("G-F-1.c", float("nan")).html


def test_html_in_an_answer_is_shown_as_text():
    store.save("answers", "K-F-1.e", "<script>alert(1)</script>")
    assert "<script>" not in answer("K-F-1.e").html
    assert "<b>" not in answer("<b>x", 1).html


def test_probe_runs_the_samples_and_shows_what_came_back():
    samples(**{"G-F-1.b": [[1], [0], [4]]})
    record = probe("G-F-1.b", lambda x: 1 / x)
    assert record.bundle["kind"] == "probe"
    first, failed, last = (decode(v) for v in record.bundle["value"])
    assert (first, last) == (1.0, 0.25) and (failed.type, failed.message) == ("ZeroDivisionError", "division by zero")
    assert "ZeroDivisionError" in record.html and "0.25" in record.html and repr(record) == "0.0"


def test_hidden_inputs_are_run_but_not_shown(monkeypatch, folder):
    hidden(monkeypatch, folder, "G-F-1.b", [[41], [999]])
    record = probe("G-F-1.b", lambda x: x + 1)
    assert record.bundle["value"] == [42, 1000]
    assert "41" not in record.html and "42" not in record.html


@pytest.mark.parametrize(
    "error", [SystemExit, GeneratorExit, RecursionError, MemoryError, type("わな", (BaseException,), {})]
)
def test_whatever_a_function_raises_the_other_inputs_still_run(error):
    samples(f=[[1], [0], [2]])

    def function(x):
        if x == 0:
            raise error("止まれ")
        return x

    first, failed, last = probe("f", function).bundle["value"]
    assert (first, last) == (1, 2) and failed["type"] == error.__name__


def test_an_interrupt_stops_the_rest():
    samples(f=[[1], [0], [2]])
    calls = []

    def function(x):
        calls.append(x)
        if x == 0:
            raise KeyboardInterrupt
        return x

    assert probe("f", function).bundle["value"] == [1, {"error": "interrupted"}, {"error": "interrupted"}]
    assert calls == [1, 0]


def test_an_error_whose_message_fails_is_still_an_error():
    samples(f=[[1]])

    class Bad(Exception):
        def __str__(self):
            raise SystemExit

    def function(_):
        raise Bad

    assert probe("f", function).bundle["value"] == [{"error": "raised", "type": "Bad", "message": ""}]


def test_a_function_that_spoils_its_input_spoils_only_its_own_copy():
    frame = pd.DataFrame({"値": [1, 2]})
    samples(f=[[frame, [1]], [frame, [1]]])

    def function(df, numbers):
        df["値"] = 0
        df["新"] = 1
        numbers.append(2)
        return [list(df.columns), numbers]

    assert probe("f", function).bundle["value"] == [[["値", "新"], [1, 2]]] * 2


def test_chance_is_the_same_in_every_call_and_the_cells_own_is_left_alone():
    samples(f=[[1], [1]])
    random.seed(5), np.random.seed(5)
    expected = random.random(), np.random.random()
    random.seed(5), np.random.seed(5)
    one, two = probe("f", lambda _: [random.random(), float(np.random.random())]).bundle["value"]
    assert one == two
    assert (random.random(), np.random.random()) == expected


@pytest.mark.filterwarnings("ignore")
def test_nothing_a_function_prints_warns_or_draws_gets_out(capfd):
    samples(f=[[1]])
    before = plt.get_fignums()

    async def later():
        pass

    def function(_):
        print("印字")
        print("警告", file=sys.stderr)
        warnings.warn("注意", stacklevel=1)
        plt.figure()
        return later()  # would warn that it was never awaited

    record = probe("f", function)
    assert record.bundle["value"][0]["error"] == "unsupported"
    assert capfd.readouterr() == ("", "") and plt.get_fignums() == before


def test_results_that_are_too_big_together_do_not_push_out_the_small_ones():
    samples(f=[[1], [2], [3]])
    big, refused, small = probe("f", lambda x: "x" * (LIMIT * 2 // 3) if x < 3 else 7).bundle["value"]
    assert len(big) == LIMIT * 2 // 3 and refused == {"error": "too-big"} and small == 7


@pytest.mark.parametrize(("function", "error"), [(None, "not-a-function"), (3, "not-a-function")])
def test_no_function_yet(function, error):
    samples(f=[[1]])
    assert probe("f", function).bundle["value"] == {"error": error}


def test_no_inputs(monkeypatch, folder):
    assert probe("f", len).bundle["value"] == {"error": "no-input"}
    samples(g=[[1]])
    assert probe("f", len).bundle["value"] == {"error": "no-input"}
    monkeypatch.setenv("JISSHO_PROBE", str(folder / "missing"))
    assert probe("g", len).bundle["value"] == {"error": "no-input"}


def test_a_missing_return_is_pointed_out():
    samples(f=[[1]])
    assert "return" in probe("f", lambda x: None).html


def test_in_a_real_kernel_the_cell_carries_score_text_and_bundle(folder):
    samples(**{"G-F-1.b": [[pd.DataFrame({"ロット": ["a", "b"]})]]})
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source)
            for source in (
                "import numpy as np\nfrom jissho.teach import answer, chart, probe, show",
                'answer("G-F-1.c", np.float64(0.54))',
                'probe("G-F-1.b", lambda df: df)',
                "1 / 0",
                'fig, ax = chart("不良は減った−5%", "月", "不良率（%）", alt="右下がりの線")\nax.plot([1, 2], [2, -1])\nshow(fig)',
            )
        ]
    )
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=60, kernel_name="python3", resources=resources, allow_errors=True).execute()
    assert not book.cells[0].outputs
    for cell, value in zip(book.cells[1:3], [0.54, None], strict=True):
        (output,) = cell.outputs
        assert output.output_type == "execute_result" and output.data["text/plain"] == "0.0"
        assert "記録しました" in output.data["text/html"]
        assert value is None or output.data[MIME]["value"] == value
    pd.testing.assert_frame_equal(
        decode(book.cells[2].outputs[0].data[MIME]["value"][0]), pd.DataFrame({"ロット": ["a", "b"]})
    )
    (error,) = book.cells[3].outputs
    assert error.output_type == "error" and error.ename == "ZeroDivisionError"
    assert error.traceback[:2] == ["ヒント： 0 で割っています。割る数を確かめてください。", "1行目： 1 / 0"]
    (figure,) = book.cells[4].outputs  # once, and no warning about missing glyphs
    assert figure.output_type == "display_data" and 'alt="右下がりの線（合成データ）"' in figure.data["text/html"]

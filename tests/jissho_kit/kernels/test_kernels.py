"""Kernels: their own environment, what they used, and errors that keep the outputs before them."""

import sys
from pathlib import Path

import pytest
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat.v4 import new_code_cell, new_notebook

from jissho_kit.kernels import environment, execute


def notebook(*cells):
    return new_notebook(cells=[new_code_cell(cell) for cell in cells])


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def test_environment_puts_this_python_first_and_a_users_settings_aside(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("JISSHO_DATA", "/elsewhere")
    monkeypatch.setenv("PATH", "/usr/bin")
    env = environment(tmp_path, {"JISSHO_AUTO": "1"})
    assert env["PATH"].split(":")[0] == str(Path(sys.executable).parent)
    assert not {"JUPYTER_PATH", "MPLBACKEND", "JISSHO_DATA"} & set(env)
    assert (env["OMP_NUM_THREADS"], env["JISSHO_AUTO"], env["IPYTHONDIR"]) == ("1", "1", str(tmp_path))


def test_a_kernel_runs_this_python_in_its_folder_and_says_what_it_used(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "broken"))
    nb = notebook(
        "import os, sys; print(sys.executable, os.getcwd(), os.environ['見出し'], sep='\\n')",
        "block = bytearray(150_000_000); del block; n = sum(range(10**6))",
    )
    used = execute(nb, tmp_path, env={"見出し": "あ"})
    assert printed(nb.cells[0]).splitlines() == [sys.executable, str(tmp_path.resolve()), "あ"]
    assert used.peak_mb > 150
    assert used.cpu_seconds > 0 and used.seconds > 0


def test_an_error_keeps_what_came_before_it(tmp_path):
    nb = notebook("print('前')", "1/0", "print('後')")
    with pytest.raises(CellExecutionError):
        execute(nb, tmp_path)
    assert [printed(cell) for cell in nb.cells] == ["前\n", "", ""]
    assert nb.cells[1].outputs[0].ename == "ZeroDivisionError"


def test_a_cell_that_hangs_is_stopped(tmp_path):
    with pytest.raises(CellTimeoutError):
        execute(notebook("import time; time.sleep(60)"), tmp_path, timeout=1)


def test_a_startup_script_runs_before_the_first_cell(tmp_path):
    nb = notebook("print(先に)")
    execute(nb, tmp_path, startup="先に = 1")
    assert printed(nb.cells[0]) == "1\n"

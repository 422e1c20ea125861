"""A lesson's whole output notebook, figures included, is the same from a forked kernel as from a fresh one."""

import json
import re
import sys

import nbformat
import pytest

from jissho_kit import kernels
from jissho_kit.curriculum import ready_parts
from jissho_kit.kernels import _warm
from jissho_kit.lessons import run

PARTS = [part for part in ready_parts() if part.lesson]
# What differs between two runs of the same kernel, too: addresses, the kernel's number, widgets' random names.
CHANCE = re.compile(r"0x[0-9a-f]{8,}|ipykernel_\d+|[0-9a-f]{32}")


def told(path) -> tuple[list[str], list[str]]:
    """Cells and widgets as text, chance left out; widgets are stored by their random names, so their order is chance."""
    nb = nbformat.read(path, as_version=4)
    states = nb.metadata.pop("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    told = [[CHANCE.sub("<>", json.dumps(one)) for one in some] for some in ([*nb.cells, nb.metadata], states.values())]
    return told[0], sorted(told[1])


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
@pytest.mark.seeds(len(PARTS))
def test_a_lesson_is_the_same_on_a_warm_kernel(seed, tmp_path, monkeypatch):
    part, forked, started = PARTS[seed], _warm._forked, []
    monkeypatch.setattr(_warm, "_forked", lambda *start: started.append(forked(*start)) or started[-1])
    assert kernels.warm_up(120)
    warm = run(part, tmp_path / "warm")
    monkeypatch.setattr(_warm, "_forked", lambda *start: started.append(None))
    fresh = run(part, tmp_path / "fresh")
    assert [kernel is not None for kernel in started] == [True, False]
    assert told(warm.notebook) == told(fresh.notebook)
    pictures = [o for cell in nbformat.read(warm.notebook, 4).cells for o in cell.get("outputs", []) if "data" in o]
    assert len(pictures) > 3, "there is something to compare"

"""Name and environment variables of our kernels."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

KERNEL = "python3"

# Seconds one cell may take before it counts as hanging; budgets are far below and only warn.
TIMEOUT = 600

# One thread per kernel: several kernels share the machine, and numbers do not depend on its cores.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

# A user's own Jupyter or matplotlib settings must not change what a lesson shows.
_FOREIGN = (
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_PREFER_ENV_PATH",
    "MPLBACKEND",
    "PYTHONSTARTUP",
    "JISSHO_DATA",
)


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def environment(private: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment variables for a kernel, those of this process cleaned and completed.

    Parameters
    ----------
    private : Path
        Existing folder for the kernel's own settings and history; the caller removes it.
    extra : mapping, optional
        Variables that win over all others, e.g. ``JISSHO_DATA``.
    """
    own = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    folders = {name: str(private) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
    return own | _ONE_THREAD | folders | {"PATH": path, "PYTHONUTF8": "1"} | dict(extra or {})

"""Run notebooks on a kernel: the one place that knows the kernel's name, environment and limits.

A warm or sandboxed kernel takes this room's place later; callers only see :func:`execute`,
:func:`environment` and the papermill engine :data:`ENGINE`.
"""

from __future__ import annotations

from jissho_kit.kernels._environment import KERNEL, TIMEOUT, environment
from jissho_kit.kernels._run import ENGINE, Usage, execute, manager_class, papermill_engine

__all__ = [
    "ENGINE",
    "KERNEL",
    "TIMEOUT",
    "Usage",
    "environment",
    "execute",
    "manager_class",
    "papermill_engine",
]

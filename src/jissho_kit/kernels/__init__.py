"""Run notebooks on a kernel: the one place that knows the kernel's name, environment and limits.

Callers see :func:`execute`, :func:`environment`, the papermill engine :data:`ENGINE` and :func:`warm_up`; for code that nobody
vouches for, :func:`sandbox` and :func:`why_not`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jissho_kit.kernels._environment import KERNEL, TIMEOUT, cores, environment
from jissho_kit.kernels._run import ENGINE, Usage, execute, manager_class, papermill_engine, warm_up
from jissho_kit.kernels._warm import NAME as WARM
from jissho_kit.kernels._warm import SETTING, WarmProvisioner

if TYPE_CHECKING:
    from jissho_kit.kernels._apart import Apart, Limits, Sandbox, Stopped, sandbox, why_not

__all__ = [
    "ENGINE",
    "KERNEL",
    "SETTING",
    "TIMEOUT",
    "WARM",
    "Apart",
    "Limits",
    "Sandbox",
    "Stopped",
    "Usage",
    "WarmProvisioner",
    "cores",
    "environment",
    "execute",
    "manager_class",
    "papermill_engine",
    "sandbox",
    "warm_up",
    "why_not",
]


def __getattr__(name: str) -> Any:
    """Load the sandbox when it is asked for: it needs pandas, which whoever only starts a kernel does not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jissho_kit.kernels import _apart

    return getattr(_apart, name)

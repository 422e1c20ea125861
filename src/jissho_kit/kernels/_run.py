"""Execute a notebook on a fresh kernel and measure what it used."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jissho_kit.kernels import _warm
from jissho_kit.kernels._environment import KERNEL, TIMEOUT, environment

if TYPE_CHECKING:
    from nbformat import NotebookNode

ENGINE = "jissho"


@dataclass(frozen=True)
class Usage:
    """What a kernel used: wall and CPU seconds, and its largest resident memory in MB."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def warm_up(wait_s: float = 0, env: Mapping[str, str] | None = None) -> bool:
    """Have a warm process for the kernels to come.

    Parameters
    ----------
    wait_s : float
        Seconds to wait until it is ready; it gets ready in any case.
    env : mapping, optional
        The kernels' environment variables; by default those of :func:`execute` and of our papermill engine.

    Returns
    -------
    bool
        Whether kernels start warm from now on; ``False`` where the system cannot do it.
    """
    wanted = environment(Path(tempfile.gettempdir())) if env is None else env
    return _warm.warm_up({name: value for name, value in wanted.items() if name != _warm.SETTING}, wait_s)


def execute(
    nb: NotebookNode,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: int = TIMEOUT,
    startup: str = "",
) -> Usage:
    """Execute ``nb`` in place on a fresh kernel.

    Parameters
    ----------
    nb : NotebookNode
        Receives the outputs, also those before an error.
    cwd : Path
        Working folder of the kernel.
    env : mapping, optional
        Environment variables besides :func:`environment`.
    timeout : int
        Seconds a single cell may take.
    startup : str
        Python that the kernel runs before the first cell, e.g. to watch what is drawn.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell raised; its output is in ``nb``.
    nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError
        The kernel did not answer or died.
    """
    from nbclient import NotebookClient

    client = NotebookClient(nb, kernel_manager_class=manager_class(), kernel_name=KERNEL, timeout=timeout)
    with _kernel(client, cwd, env, startup) as used:
        for index, cell in enumerate(nb.cells):
            client.execute_cell(cell, index)
        client.set_widgets_metadata()
    return used[0]


@contextmanager
def _kernel(client, cwd: Path, env: Mapping[str, str] | None, startup: str) -> Iterator[list[Usage]]:
    """Keep a kernel for ``client``; when the block ends the list holds its one :class:`Usage`."""
    used: list[Usage] = []
    client.reset_execution_trackers()
    with tempfile.TemporaryDirectory(prefix="jissho-kernel-", ignore_cleanup_errors=True) as private:
        script = Path(private) / "profile_default" / "startup" / "first.py"  # where IPython looks for it
        script.parent.mkdir(parents=True)
        script.write_text(startup, encoding="utf-8")
        started = time.perf_counter()
        # What cells write to stderr comes as messages; the rest is the kernel process talking to itself.
        with client.setup_kernel(cwd=str(cwd), env=environment(Path(private), env), stderr=subprocess.DEVNULL):
            pid = client.km.provisioner.pid
            try:
                yield used
            finally:
                used.append(Usage(time.perf_counter() - started, *_usage(pid)))


def _usage(pid: int) -> tuple[float, float]:
    """CPU seconds and peak MB of a running process; zeros when it has died."""
    import psutil  # ipykernel depends on it

    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        cpu, memory = process.cpu_times(), process.memory_info()
        return cpu.user + cpu.system, _peak_bytes(pid, memory) / 2**20
    return 0.0, 0.0


def _peak_bytes(pid: int, memory) -> int:
    """Largest resident size where the system records it (Linux, Windows), else the present one."""
    if sys.platform == "linux":
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) * 1024
    return getattr(memory, "peak_wset", memory.rss)


@lru_cache
def manager_class():
    """Kernel manager that starts this Python whatever kernels a user has installed, and says nothing on stderr."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.provisioning import KernelProvisionerFactory
    from traitlets import default

    class OwnSpecs(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            spec = super().get_kernel_spec(kernel_name)
            if _warm.NAME in KernelProvisionerFactory.instance().get_provisioner_entries():
                spec.metadata = spec.metadata | {"kernel_provisioner": {"provisioner_name": _warm.NAME}}
            return spec

    class OwnKernelManager(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _own_python_only(self):
            return OwnSpecs(kernel_dirs=[])

        @default("transport_encryption")
        def _encrypt_where_possible(self):
            return "auto"

    return OwnKernelManager


@contextmanager
def _saved_once(nb_man) -> Iterator[None]:
    """Write papermill's notebook when the block ends, also by an error; it would write all of it twice per cell."""
    nb_man.output_path, path = None, nb_man.output_path
    try:
        yield
    finally:
        nb_man.output_path = path
        nb_man.save()


@lru_cache
def papermill_engine() -> str:
    """Register our kernels with papermill; returns the engine's name.

    The engine takes ``kernel_cwd``, ``kernel_env`` and ``kernel_startup`` (papermill's own ``cwd`` changes the
    folder of this whole process) and leaves what was used in ``nb.metadata["usage"]``.
    """
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, papermill_engines

    class OwnKernelEngine(Engine):
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man,
            kernel_name,
            kernel_cwd,
            kernel_env=None,
            kernel_startup="",
            execution_timeout=TIMEOUT,
            **_,
        ):
            client = PapermillNotebookClient(
                nb_man,
                kernel_manager_class=manager_class(),
                kernel_name=KERNEL,
                timeout=execution_timeout,
            )
            with (
                _saved_once(nb_man),
                _kernel(client, kernel_cwd, kernel_env, kernel_startup) as used,
            ):
                client.papermill_execute_cells()
                client.set_widgets_metadata()
            nb_man.nb.metadata["usage"] = vars(used[0])

    papermill_engines.register(ENGINE, OwnKernelEngine)
    return ENGINE

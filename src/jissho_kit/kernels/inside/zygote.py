"""The warm process that kernels are forked from; run as a script, it imports nothing of the kit.

It has imported what lessons import, runs no cell itself, and talks to the one client that started it over an
unnamed socket. A forked child drops everything of this process that a fresh one would not have; then it becomes a
Jupyter kernel, or shuts itself in and runs the cells it is sent.

Messages on the control socket (SOCK_SEQPACKET): when it is ready, it says ``{"modules", "set"}``, what it has imported and
which environment variables that has set. It is sent ``{"argv", "env", "cwd", "limits"}`` as JSON with six file descriptors:
stdin, stdout, stderr, ``life`` (a pipe that ends when the client does), ``channel`` (of a process that is shut in, with
``limits``; else anything), and the child's line. On its line the child says hello; later the zygote sends the wait status,
eight bytes.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import gc
import importlib
import inspect
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable

# What any kernel has imported when its first cell runs.
KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.debugger",
    "psutil",
    "runpy",
    "tornado.platform.asyncio",
)
LIBRARIES = (
    "numpy",
    "pandas",
    "pandera.pandas",
    "yaml",
    "scipy.stats",
    "scipy.signal",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    # Not matplotlib_inline.backend_inline: it looks for the shell when it is imported, and there is none yet.
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "ipywidgets",
    "ipykernel.inprocess.ipkernel",
    "IPython.core.completerlib",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "pygments.lexers.python",
    "pygments.formatters.terminal256",
    "sqlite3",
    "stack_data",
)
PRELOAD = (*KERNEL, *LIBRARIES)
REQUEST = 200_000  # bytes; a longer one is refused by the socket, and its kernel starts cold


def main(fd: int):
    """Serve until the client is gone. In a forked child, return the function that is the kernel."""
    if sys.path[0] == os.path.dirname(__file__):  # not there with PYTHONSAFEPATH
        del sys.path[0]
    control = socket.socket(fileno=fd)
    before = dict(os.environ)
    gc.disable()
    _import(KERNEL)
    kernels_sys = _sys_of_now()
    set_by_imports = {name: value for name, value in os.environ.items() if before.get(name) != value}
    import_pandas()
    _import(LIBRARIES)
    check_a_table()
    inspect.getmodule(sys._getframe())  # fills its table of all modules, which the first traceback needs
    gc.enable()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError):
        imported = {
            "modules": sorted({name.partition(".")[0] for name in sys.modules}),
            "set": {name: value for name, value in os.environ.items() if before.get(name) != value},
        }
        control.send(json.dumps(imported).encode())
        return _serve(control, functools.partial(_kernel, kernels_sys), set_by_imports)
    return sys.exit


def import_pandas() -> None:
    """pandas sets how many columns a table shows when it is imported: as many as a kernel's, not a terminal's."""
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)
    with contextlib.suppress(ImportError):
        importlib.import_module("pandas")
    del builtins.get_ipython


def check_a_table() -> None:
    """pandera imports what it checks with when it first checks something, which costs as much as all of pandas' start."""
    with contextlib.suppress(ImportError):
        import pandas as pd
        import pandera.pandas as pa

        pa.DataFrameSchema({"a": pa.Column("int64", pa.Check.ge(0))}).validate(pd.DataFrame({"a": [1]}))


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _sys_of_now() -> types.ModuleType:
    """Module ``sys`` with only the modules of now.

    A kernel takes all modules that it finds when it starts for its own, into which a debugger need not step. (To list
    the preloaded ones would cost each kernel 7 MB of memory, too.)
    """
    copy = types.ModuleType("sys")
    vars(copy).update(vars(sys), modules=dict(sys.modules))
    return copy


def _serve(control: socket.socket, kernel: Callable, set_by_imports: dict[str, str]):
    """Fork a kernel for each request, and report each one's end on its own line."""
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    lines: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as events:
        events.register(control, selectors.EVENT_READ)
        events.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in events.select():
                if key.fileobj is control:
                    request, fds, *_ = socket.recv_fds(control, REQUEST, 6)
                    if not request:
                        _end(lines)
                        return sys.exit
                    line = socket.socket(fileno=fds.pop())
                    pid = os.fork()
                    if pid == 0:
                        signal.set_wakeup_fd(-1)
                        request = json.loads(request)
                        request["env"] |= set_by_imports
                        return _child(request, fds, [control, line, *lines.values()], [woken, wake], kernel)
                    for fd in fds:
                        os.close(fd)
                    lines[pid] = line
                    events.register(line, selectors.EVENT_READ, pid)
                elif key.fileobj is woken:
                    os.read(woken, 4096)
                elif key.data in lines:  # its client has dropped it
                    _kill(key.data)
                    events.unregister(key.fileobj)
            for pid, status in _ended():
                line = lines.pop(pid)
                _tell(line, status)
                with contextlib.suppress(KeyError, ValueError):
                    events.unregister(line)
                line.close()


def _tell(line: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):
        line.send(number.to_bytes(8, "little"))


def _ended():
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            yield pid, status


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _end(lines: dict[int, socket.socket]) -> None:
    for pid in lines:
        _kill(pid)


def _child(request: dict, fds: list[int], sockets: list[socket.socket], pipes: list[int], kernel: Callable):
    """Turn this fork into the process that ``request`` asks for; return what it then runs."""
    os.setsid()
    sockets[1].send(b"hello")  # with this process's credentials, which say its pid in the client's own numbers
    for one in sockets:
        one.close()
    for end in pipes:
        os.close(end)
    stdin, stdout, stderr, life, channel = fds
    for source, target in ((stdin, 0), (stdout, 1), (stderr, 2)):
        os.dup2(source, target)
        os.close(source)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    tempfile.tempdir = None  # found by TMPDIR
    sys.argv[:] = request["argv"]
    if request["limits"] is None:
        os.close(channel)
        os.chdir(request["cwd"])
        threading.Thread(target=_die_with_client, args=(life,), daemon=True).start()
        return kernel
    os.close(life)  # the channel ends with the client
    return functools.partial(_apart, request, channel)


def _die_with_client(life: int) -> None:
    """As ipykernel's own poller does when its parent is gone; ours would watch the zygote."""
    os.read(life, 1)
    os._exit(1)


def _apart(request: dict, channel: int) -> None:
    """Shut this process in and run what the channel brings."""
    import cells  # beside this file; start.py has imported it

    cells.serve(channel, request["limits"], request["cwd"])


def _write_whole(write: Callable, path: str, **ports) -> None:
    """Write the connection file in one step: this kernel is there so soon that its client may be reading it."""
    work = f"{path}.{os.getpid()}"
    write(work, **ports)
    os.replace(work, path)


def _kernel(kernels_sys: types.ModuleType) -> None:
    """What ``ipykernel_launcher`` does, and what preloaded modules have missed."""
    import matplotlib
    import numpy as np
    from ipykernel import ipkernel, kernelapp
    from ipykernel.kernelapp import IPKernelApp

    np.random.seed()  # the legacy global state would be every kernel's the same
    sys.orig_argv[1:] = ["-m", "ipykernel_launcher", *sys.argv[1:]]
    app = IPKernelApp.instance(parent_handle=1)  # a parent, but none to poll
    ipkernel.sys, stock = kernels_sys, kernelapp.write_connection_file
    kernelapp.write_connection_file = functools.partial(_write_whole, stock)
    app.initialize()
    ipkernel.sys, kernelapp.write_connection_file = sys, stock
    matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]  # read at import, before ipykernel has set it
    with contextlib.suppress(ImportError):
        import ipywidgets

        ipywidgets.register_comm_target()  # done at import where there is a shell; else a page asks widget by widget
    app.start()


if __name__ == "__main__":
    main(int(sys.argv[1]))()

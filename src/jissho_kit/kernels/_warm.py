"""Start kernels by forking a warm process (Linux); anything unusual starts as ever.

:class:`WarmProvisioner` is a :mod:`jupyter_client` kernel provisioner, registered as :data:`NAME`. With
``JUPYTER_DEFAULT_PROVISIONER_NAME`` set to that name, papermill, nbclient, nbgrader, Voilà and JupyterLab use it for the
kernelspec ``python3`` as it is installed: notebooks and tools stay unchanged.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

NAME = "jissho-warm"
SETTING = "JUPYTER_DEFAULT_PROVISIONER_NAME"
# What a process reads when it starts or imports, so that a fork of another one cannot make up for a difference:
# the interpreter and the C library; where settings and fonts lie; what the libraries themselves look at; threads.
AT_START = (
    *("PYTHON", "LD_", "LANG", "LC_", "MALLOC_", "GLIBC_"),
    *("HOME", "XDG_", "MPLCONFIGDIR", "MATPLOTLIB", "JUPYTER_PLATFORM_DIRS"),
    *("NPY_", "NUMPY_", "PANDAS_", "PANDERA_", "SCIPY_", "SKLEARN_", "JOBLIB_", "DEBUGPY", "PYDEVD"),
    *("OMP_", "OPENBLAS_", "MKL_", "BLIS_", "GOTO_", "KMP_", "NUMEXPR_", "VECLIB_"),
)
NEEDED = ("PATH", "TZ")  # what it starts with besides; each fork then has its own
LAUNCH = ["-m", "ipykernel_launcher"]
KNOWN = {"env", "cwd", "stdin", "stdout", "stderr", "independent", "extra_arguments", "kernel_id"}
KEPT = 2  # warm processes of one client, for kernels with different environments: a server's own, and those that grade
ANSWER_S = 5.0  # a fork takes milliseconds; after this the kernel starts cold
NAMES = 200_000  # bytes of what a zygote says of its imports, at most


class ForkedKernel:
    """A kernel forked by the zygote, with the part of :class:`subprocess.Popen` that provisioners use."""

    stdin = stdout = stderr = None

    def __init__(self, zygote: Zygote, pid: int, line: socket.socket, life: int) -> None:
        self._zygote = zygote  # which must live as long: it alone learns how the kernel ended
        self.pid, self._line, self._life = pid, line, life
        self._pidfd = os.pidfd_open(pid)
        self.returncode: int | None = None
        _kernels.add(self)

    def poll(self) -> int | None:
        """Exit code, negative for a signal; ``None`` while it runs."""
        if self.returncode is None and _readable(self._line, 0):
            answer = self._line.recv(8)
            if answer:
                self._ended(os.waitstatus_to_exitcode(int.from_bytes(answer, "little")))
            elif _readable(self._pidfd, 0):  # the zygote is gone, too: nobody knows the code
                self._ended(-signal.SIGKILL)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; :class:`subprocess.TimeoutExpired` after ``timeout`` seconds."""
        ends = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if ends is not None and time.monotonic() >= ends:
                raise subprocess.TimeoutExpired("kernel", timeout)
            _readable(self._pidfd, 0.05)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing happens to a process that has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _ended(self, code: int) -> None:
        self.returncode = code
        self.forget()

    def forget(self) -> None:
        """Let go of it: when it has ended, or in a fork of the client."""
        _kernels.discard(self)
        self._line.close()
        for fd in (self._pidfd, self._life):
            os.close(fd)


def _plain(fd: int) -> list[str]:
    return [sys.executable, str(Path(__file__).parent / "inside" / "zygote.py"), str(fd)]


class Zygote:
    """The warm process of this client; ends with it."""

    def __init__(
        self, env: Mapping[str, str], command: Callable[[int], list[str]] = _plain, stderr=subprocess.DEVNULL
    ) -> None:
        self._at_start, self._installed = _at_start(env), _installed()
        self._imported: dict = {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ANSWER_S)
        with theirs:
            self._process = subprocess.Popen(
                command(theirs.fileno()),
                env=dict(env),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is the client's to handle
                cwd="/",
            )

    def alive(self) -> bool:
        """Whether it runs, also while it still imports."""
        return self._process.poll() is None

    def ready(self, wait_s: float = 0) -> bool:
        """Whether its imports are done, after at most ``wait_s`` seconds."""
        if not self._imported and _readable(self._control, wait_s):
            with suppress(OSError, ValueError):
                self._imported = json.loads(self._control.recv(NAMES))
        return bool(self._imported) and self.alive()

    def current(self) -> bool:
        """Whether nothing was installed or removed since it began to import."""
        return self._installed == _installed()

    def serves(self, env: Mapping[str, str]) -> bool:
        """Whether it has started as a process with this environment would have, as far as that is known."""
        here, there = _at_start(env), self._at_start
        if not self.ready():  # what its imports will set, as sklearn's does, may be set already in the client
            return there.items() <= here.items()
        return all(here.get(name) in (there.get(name), self._imported["set"].get(name)) for name in here | there)

    def suits(self, env: Mapping[str, str], cwd: str) -> bool:
        """Whether a kernel with this environment and folder would import what it has imported."""
        paths = env.get("PYTHONPATH", "").split(os.pathsep)
        local = {Path(name).stem for name in os.listdir(cwd)}
        return (
            self.serves(env)
            and all(path == "" or os.path.isabs(path) for path in paths)
            and not local & {"matplotlibrc", *self._imported["modules"]}
        )

    def fork(
        self,
        argv: list[str],
        env: Mapping[str, str],
        cwd: str,
        fds: list[int],
        channel: int | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> ForkedKernel:
        """Start a kernel, or with ``limits`` a process that is shut in and takes cells from ``channel``.

        Raises ``OSError`` when the zygote is dead or does not answer.
        """
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        watched, life = os.pipe()
        try:
            with theirs:
                request = json.dumps({"argv": argv, "env": dict(env), "cwd": cwd, "limits": limits}).encode()
                socket.send_fds(
                    self._control, [request], [*fds, watched, watched if channel is None else channel, theirs.fileno()]
                )
            line.settimeout(ANSWER_S)
            return ForkedKernel(self, _announced(line), line, life)
        except OSError:
            line.close()
            os.close(life)
            raise
        finally:
            os.close(watched)

    def close(self) -> None:
        """End it, and with it all that was forked from it."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def forget(self) -> None:
        """In a fork of the client: the zygote is the parent's."""
        self._control.close()


def _announced(line: socket.socket) -> int:
    """The pid of the child that has just said hello; Linux translates it from another pid namespace."""
    hello, ancillary, *_ = line.recvmsg(8, socket.CMSG_SPACE(12))
    if not hello or not ancillary:
        raise OSError("the zygote is gone")
    return struct.unpack("3i", ancillary[0][2])[0]


_lock = threading.Lock()
_zygotes: list[Zygote] = []  # the one used last stands last
_kernels: weakref.WeakSet[ForkedKernel] = weakref.WeakSet()
_asked: Counter[frozenset] = Counter()  # kernels started so far, by what their environment says at the start


def _after_fork() -> None:
    """In a fork of the client: what it held open would keep zygote and kernels alive when the client is gone."""
    global _lock
    for one in [*_zygotes, *_kernels]:
        one.forget()
    _lock = threading.Lock()
    _zygotes.clear()
    _asked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def warm_up(env: Mapping[str, str], wait_s: float = 0) -> bool:
    """Have a warm process for kernels with this environment.

    Parameters
    ----------
    env : mapping
        Environment variables of the kernels to come.
    wait_s : float
        Seconds to wait until it has imported; it goes on in any case.

    Returns
    -------
    bool
        Whether kernels start warm from now on; ``False`` where the system cannot do it.
    """
    ends = time.monotonic() + wait_s
    zygote = _started(env)
    if zygote and zygote.ready(wait_s) and not zygote.serves(env):  # it was importing, and not for these kernels
        zygote = _started(env)
    return zygote is not None and zygote.ready(max(0, ends - time.monotonic()))


def _started(env: Mapping[str, str], anew: bool = True) -> Zygote | None:
    """The one for kernels with this environment; with ``anew``, one is started where there is none.

    It starts with what is read at a start and nothing else: what it starts with, every fork can read in ``/proc``, also a
    kernel whose own environment holds none of it.
    """
    if sys.platform != "linux":
        return None
    with _lock:
        _zygotes[:] = [one for one in _zygotes if one.alive() and one.current()]
        found = next((one for one in _zygotes if one.serves(env)), None)
        if found:
            _zygotes.remove(found)
        elif anew:
            with suppress(OSError):
                found = Zygote(_at_start(env) | {name: env[name] for name in NEEDED if name in env})
        if found:
            _zygotes.append(found)
            del _zygotes[:-KEPT]  # one that is dropped ends with its last kernel
        return found


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel from the zygote where that is the same as starting it, else starts it."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Start a kernel; from the third in a process and environment on (or after :func:`warm_up`), warm."""
        kwargs["env"] = {name: value for name, value in (kwargs.get("env") or os.environ).items() if name != SETTING}
        self.process = await asyncio.to_thread(_forked, cmd, kwargs)
        if self.process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


def _forked(cmd: list[str], kwargs: dict) -> ForkedKernel | None:
    """The kernel forked, or ``None`` where only a fresh process will do."""
    env, cwd = kwargs["env"], str(kwargs.get("cwd") or Path.cwd())
    if sys.platform != "linux" or not _usual(cmd, kwargs, cwd):
        return None
    kind = frozenset(_at_start(env).items())
    _asked[kind] += 1
    zygote = _started(env, anew=_asked[kind] > 1)  # most processes start one kernel only
    if zygote is None or not zygote.ready() or not zygote.suits(env, cwd):
        return None
    fds = []
    try:
        fds = [_stream(kwargs.get(name), number) for number, name in enumerate(("stdin", "stdout", "stderr"))]
        with _lock:
            return zygote.fork([_launcher(), *cmd[3:]], env | {"JPY_PARENT_PID": str(os.getpid())}, cwd, fds)
    except OSError:
        return None
    finally:
        for fd in fds:
            os.close(fd)


def _usual(cmd: list[str], kwargs: dict, cwd: str) -> bool:
    """Whether this is our own Python's plain kernel, and nothing asks for what a fork cannot give."""
    streams = [kwargs.get(name) for name in ("stdin", "stdout", "stderr")]
    return (
        cmd[0] == sys.executable
        and cmd[1:3] == LAUNCH
        and not kwargs.get("independent")
        and not set(kwargs) - KNOWN
        and subprocess.PIPE not in streams
        and subprocess.STDOUT not in streams
        and os.path.isdir(cwd)
    )


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(AT_START)}


def _installed() -> list[int]:
    """Changes whenever a package is installed, removed or replaced."""
    return [os.stat(sysconfig.get_path(name)).st_mtime_ns for name in ("purelib", "platlib")]


def _stream(wanted, number: int) -> int:
    """A new file descriptor for one of the three standard streams."""
    if wanted is None and number == 0:  # a pipe that nobody writes to, as of any kernel
        ours, theirs = os.pipe()
        os.close(theirs)
        return ours
    if wanted == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR)
    if wanted is None:
        return os.dup(number)
    return os.dup(wanted if isinstance(wanted, int) else wanted.fileno())


def _launcher() -> str:
    from importlib.util import find_spec

    return find_spec("ipykernel_launcher").origin


def _readable(what, seconds: float) -> bool:
    waiting = select.poll()  # unlike select, it takes numbers of file descriptors above 1023
    waiting.register(what, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))

"""Start kernels by forking a warm process (Linux); anything unusual starts as ever.

:class:`WarmProvisioner` is a :mod:`jupyter_client` kernel provisioner, so that papermill, nbclient, nbgrader, Voilà and
JupyterLab use it unchanged: set ``JUPYTER_DEFAULT_PROVISIONER_NAME=jissho-warm``.
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
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

# What a process reads when it starts or imports, so that a fork of another one cannot make up for a difference.
AT_START = ("PYTHON", "LD_", "LANG", "LC_", "MALLOC_", "MPLCONFIGDIR", "MATPLOTLIB")
THREADS = ("OMP_", "OPENBLAS_", "MKL_", "BLIS_", "GOTO_", "KMP_", "NUMEXPR_", "VECLIB_")
LAUNCH = ["-m", "ipykernel_launcher"]
KNOWN = {"env", "cwd", "stdin", "stdout", "stderr", "independent", "extra_arguments", "kernel_id"}
ANSWER_S = 5.0  # a fork takes milliseconds; after this the kernel starts cold


class ForkedKernel:
    """A kernel forked by the zygote, with the part of :class:`subprocess.Popen` that provisioners use."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: socket.socket, life: int) -> None:
        self.pid, self._line, self._life = pid, line, life
        self._pidfd = os.pidfd_open(pid)
        self._polling = threading.Lock()
        self.returncode: int | None = None

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
        self._line.close()
        for fd in (self._pidfd, self._life):
            os.close(fd)


def _plain(fd: int) -> list[str]:
    return [sys.executable, str(Path(__file__).parent / "inside" / "zygote.py"), str(fd)]


class Zygote:
    """The warm process of this client; ends with it."""

    def __init__(self, env: Mapping[str, str], command: Callable[[int], list[str]] = _plain) -> None:
        self.at_start, self._ready = _at_start(env), False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ANSWER_S)
        with theirs:
            self._process = subprocess.Popen(
                command(theirs.fileno()),
                env=dict(env),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the client's to handle
                cwd="/",
            )

    def ready(self, wait_s: float = 0) -> bool:
        """Whether its imports are done, after at most ``wait_s`` seconds."""
        if not self._ready and _readable(self._control, wait_s):
            with suppress(OSError):
                self._ready = self._control.recv(5) == b"ready"
        return self._ready and self._process.poll() is None

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
            return ForkedKernel(_announced(line), line, life)
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
_zygote: Zygote | None = None
_asked = 0


def _after_fork() -> None:
    global _zygote, _asked
    if _zygote:
        _zygote.forget()
    _zygote, _asked = None, 0


os.register_at_fork(after_in_child=_after_fork) if hasattr(os, "register_at_fork") else None


def warm_up(env: Mapping[str, str], wait_s: float = 60) -> bool:
    """Start the zygote for kernels with this environment and wait until it is ready; ``False`` where there is none."""
    global _zygote
    if sys.platform != "linux":
        return False
    with _lock:
        if _zygote is None or not _alive(_zygote):
            _zygote = Zygote(env)
    return _zygote.ready(wait_s)


def _alive(zygote: Zygote) -> bool:
    return zygote._process.poll() is None


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel from the zygote where that is the same as starting it, else starts it."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Start a kernel; from the second in a process on, warm."""
        self.process = await asyncio.to_thread(_forked, cmd, kwargs)
        if self.process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


def _forked(cmd: list[str], kwargs: dict) -> ForkedKernel | None:
    """The kernel forked, or ``None`` where only a fresh process will do."""
    global _asked
    env, cwd = kwargs.get("env") or dict(os.environ), str(kwargs.get("cwd") or Path.cwd())
    if sys.platform != "linux" or not _usual(cmd, kwargs, cwd):
        return None
    with _lock:
        _asked += 1
        zygote = _zygote
    if zygote is None or not _alive(zygote):
        if _asked > 1:
            warm_up(env, wait_s=0)
        return None
    if _at_start(env) != zygote.at_start or not zygote.ready():
        return None
    fds = []
    try:
        fds = [_stream(kwargs.get(name), number) for number, name in enumerate(("stdin", "stdout", "stderr"))]
        with _lock:
            return zygote.fork([_launcher(), *cmd[3:]], env, cwd, fds)
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
        and not (Path(cwd) / "matplotlibrc").exists()
    )


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(AT_START + THREADS)}


def _stream(wanted, number: int) -> int:
    """A new file descriptor for one of the three standard streams."""
    if wanted == subprocess.DEVNULL or (wanted is None and number == 0):
        return os.open(os.devnull, os.O_RDWR)
    if wanted is None:
        return os.dup(number)
    return os.dup(wanted if isinstance(wanted, int) else wanted.fileno())


def _launcher() -> str:
    from importlib.util import find_spec

    return find_spec("ipykernel_launcher").origin


def _readable(what, seconds: float) -> bool:
    return bool(select.select([what], [], [], seconds)[0])

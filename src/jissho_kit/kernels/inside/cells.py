"""Run cells in this process as a kernel would, and send its messages over a socket.

What goes out are the messages of the Jupyter protocol (``execute_result``, ``display_data``, ``stream``, ``error`` …), one JSON
document after its length in four bytes; ``{"msg_type": "ready"}`` is the first and ``{"msg_type": "done"}`` ends a cell.
What comes in is framed alike, with one letter before the body: ``f`` files (a tar below the box), ``c`` a cell's source.
Nothing here protects anything: a cell can reach all of this. The walls are ``isolate.py``, bubblewrap and the reader.
"""

from __future__ import annotations

import asyncio
import base64
import codecs
import importlib
import io
import json
import logging
import os
import signal
import socket
import struct
import sys
import tarfile
import threading
import time
from pathlib import Path

import isolate
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets import Any
from traitlets.config import Config

FLUSH_S = 0.2  # how long text may wait for more of it, as in ipykernel
# Letters of text that a cell may show; far beyond what a page keeps, far below what ends the process.
MOST_TEXT = 2_000_000
CUT = "\n（出力が長すぎるので、ここから先を省きました）\n"
PARENT = "cell"  # id of the message that all output answers


def send(channel: socket.socket, document: dict) -> None:
    """Send one framed document."""
    body = json.dumps(document, default=str).encode()
    channel.sendall(struct.pack("!I", len(body)) + body)


def receive(channel: socket.socket) -> tuple[bytes, bytes]:
    """The next letter and body; ``b""`` at the end."""
    head = channel.recv(5, socket.MSG_WAITALL)
    if len(head) < 5:
        return b"", b""
    size, letter = struct.unpack("!Ic", head)
    return letter, channel.recv(size, socket.MSG_WAITALL)


class Outbox(Session):
    """A session whose messages all leave by the channel."""

    channel = Any()
    lock = Any()
    owner = Any()

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, metadata=None, **_):
        """Called by whatever publishes; ``stream`` is nothing here."""
        if isinstance(msg_or_type, dict):
            message = msg_or_type
        else:
            message = self.msg(msg_or_type, content, parent, metadata=metadata)
        if message["msg_type"] not in ("status", "execute_reply"):
            self.post(message["msg_type"], message["content"], message["metadata"], buffers)
        return message

    def post(self, kind: str, content: dict, metadata: dict, buffers=None) -> None:
        """Send one message; from a process that a cell has forked, none: two writers would cut into each other."""
        if os.getpid() == self.owner:
            coded = [base64.b64encode(bytes(one)).decode() for one in buffers or []]
            with self.lock:
                send(self.channel, {"msg_type": kind, "content": content, "metadata": metadata, "buffers": coded})


class Text(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the cells; takes what subprocesses write, too."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, outbox: Outbox, name: str, number: int) -> None:
        self.name, self._outbox, self._kind, self._number = f"<{name}>", outbox, name, number
        self._waiting, self._since, self._room, self._lock = [], 0.0, MOST_TEXT, threading.RLock()
        self._pipe, self._end = os.pipe()
        os.dup2(self._end, number)
        self._mark, self._marked = os.urandom(16), threading.Event()
        self._taker = threading.Thread(target=self._take, daemon=True)
        self._taker.start()

    def write(self, text: str) -> int:
        """Keep text until there is more of it or a moment has passed."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._outbox.owner:
            os.write(self._number, text.encode("utf-8", "replace"))
            return len(text)
        now = time.monotonic()
        with self._lock:
            if not self._waiting:
                self._since = now
            if self._room > 0:
                self._waiting.append(text[: self._room] if len(text) < self._room else text[: self._room] + CUT)
                self._room -= len(text)
            if now - self._since > FLUSH_S:
                self._post()
        return len(text)

    def flush(self) -> None:
        """Send what has been written, here and by subprocesses."""
        if os.getpid() != self._outbox.owner:
            return
        if threading.current_thread() is not self._taker:
            # What subprocesses have written so far has arrived when this mark has.
            self._marked.clear()
            os.write(self._end, self._mark)
            self._marked.wait(1)
        self._post()

    def _post(self) -> None:
        with self._lock:
            text, self._waiting = "".join(self._waiting), []
        if text:
            self._outbox.post("stream", {"name": self._kind, "text": text}, {})

    def begin(self) -> None:
        """A new cell, which may write as much again."""
        self._room = MOST_TEXT

    def _take(self) -> None:
        """What subprocesses write, as text; a mark may be cut in two, and so may a letter."""
        decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), b""
        while piece := os.read(self._pipe, 1 << 16):
            whole = rest + piece
            marked, whole = self._mark in whole, whole.replace(self._mark, b"")
            cut = next((n for n in range(len(self._mark) - 1, 0, -1) if whole.endswith(self._mark[:n])), 0)
            whole, rest = whole[: len(whole) - cut], whole[len(whole) - cut :]
            if text := decoder.decode(whole):
                self.write(text)
            if marked:
                self._marked.set()

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number


class _Thread:
    parent_thread = threading.main_thread()


class Kernel(IPythonKernel):
    """A kernel without sockets: its publications go to the outbox."""

    iopub_thread = Any()
    iopub_socket = Any()
    log = Any(logging.getLogger("ipykernel"))
    shell_channel_thread = Any(_Thread)


def warm_up() -> None:
    """In the warm process: make the kernel that each submission gets a copy of, and fill caches that a first use needs.

    Nothing of it can be seen by a cell. To make a kernel looks at every module there is, so a fork that does so itself
    copies most of the warm process's memory.
    """
    import ipykernel.debugger

    ipykernel.debugger._is_debugpy_available = False  # it would listen on a port that nobody can reach
    _make_kernel()
    _draw_a_figure()
    _show_a_table()
    _fit_a_model()


def _make_kernel() -> None:
    quiet = Config({"HistoryManager": {"hist_file": ":memory:"}})
    outbox = Outbox(key=b"")
    kernel = Kernel.instance(session=outbox, iopub_thread=None, iopub_socket=outbox, config=quiet)
    IPKernelApp.instance(parent_handle=1, kernel=kernel)  # %matplotlib asks it; it is never started


def _draw_a_figure() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.registry import backend_registry
    from matplotlib.figure import Figure

    importlib.import_module("IPython.core.pylabtools")
    backend_registry.list_all()  # reads the entry points of everything that is installed
    figure = Figure()
    figure.subplots().plot([0, 1], label="a")
    FigureCanvasAgg(figure).print_png(io.BytesIO())


def _show_a_table() -> None:
    import pandas as pd

    df = pd.DataFrame({"a": ["x", "y"], "b": [0.5, None]})
    (repr(df), df._repr_html_(), df.groupby("a")["b"].mean(), df.dropna())


def _fit_a_model() -> None:
    """One thread only (the environment says so), for a fork would not have the others."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
    for model in (LogisticRegression(), DecisionTreeClassifier(max_depth=1, random_state=0)):
        roc_auc_score(y, make_pipeline(StandardScaler(), model).fit(X, y).predict_proba(X)[:, 1])


def serve(channel_fd: int, limits: dict, work: str) -> None:
    """Shut this process in, then execute the cells that arrive until the channel ends."""
    os.set_inheritable(channel_fd, False)
    with socket.socket(fileno=channel_fd) as channel:
        try:
            began = time.perf_counter()
            isolate.enter(limits, keep=channel_fd)
            walls_s = time.perf_counter() - began
            for folder in (work, os.environ["HOME"], os.environ["TMPDIR"]):
                os.makedirs(folder, exist_ok=True)
            os.chdir(work)
        except OSError as error:
            send(channel, {"msg_type": "failed", "why": str(error)})
            return
        for name in ("cells", "isolate", "zygote", "start"):  # a submission may have files of these names
            sys.modules.pop(name, None)
        kernel = _kernel(channel)
        send(channel, {"msg_type": "ready", "walls_s": walls_s})
        _loop(channel, kernel)


def _kernel(channel: socket.socket) -> Kernel:
    """The warm process's kernel, made this process's own."""
    import numpy as np

    np.random.seed()  # the legacy global state would be every submission's the same
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # between cells
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]  # read at import, too early here
    kernel = Kernel.instance()
    outbox = kernel.session
    outbox.channel, outbox.lock, outbox.owner = channel, threading.RLock(), os.getpid()
    kernel.shell.init_ipython_dir(None)
    kernel.shell.init_profile_dir(None)  # its folders are to be in this process's own box
    kernel.shell.history_manager.dir_hist[:] = [Path.cwd()]
    sys.stdout, sys.stderr = Text(outbox, "stdout", 1), Text(outbox, "stderr", 2)
    return kernel


def _loop(channel: socket.socket, kernel: Kernel) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    while True:
        letter, body = receive(channel)
        if letter == b"c":
            _run(channel, kernel, loop, body.decode())
        elif letter == b"f":
            with tarfile.open(fileobj=io.BytesIO(body)) as files:
                files.extractall(isolate.BOX, filter="data")
        else:
            return


def _run(channel: socket.socket, kernel: Kernel, loop: asyncio.AbstractEventLoop, source: str) -> None:
    """As ipykernel handles an ``execute_request``."""
    texts = [text for text in (sys.stdout, sys.stderr) if isinstance(text, Text)]
    for text in texts:
        text.begin()
    request = kernel.session.msg("execute_request", {})
    request["header"]["msg_id"] = PARENT
    kernel.set_parent([], request, channel="shell")
    kernel.session.post("execute_input", {"execution_count": kernel.execution_count}, {})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        reply = loop.run_until_complete(kernel.do_execute(source, silent=False, allow_stdin=False))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    for text in texts:
        text.flush()
    status = {name: reply.get(name) for name in ("status", "ename", "evalue", "traceback")}
    send(channel, {"msg_type": "done", "content": status})

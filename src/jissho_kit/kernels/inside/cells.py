"""Run cells in this process as a kernel would, and send its messages over a socket.

What goes out are the messages of the Jupyter protocol (``execute_result``, ``display_data``, ``stream``, ``error`` …), one JSON
document after its length in four bytes; ``{"msg_type": "done"}`` ends a cell. What comes in is a cell's source, framed alike.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import struct
import sys
import time

from ipykernel.inprocess.ipkernel import InProcessKernel
from jupyter_client.session import Session
from traitlets import Any

FLUSH_S = 0.2  # how long text may wait for more of it


def send(channel: socket.socket, document: dict) -> None:
    """Send one framed document."""
    body = json.dumps(document, default=str).encode()
    channel.sendall(struct.pack("!I", len(body)) + body)


def receive(channel: socket.socket) -> bytes | None:
    """The next framed document; ``None`` at the end."""
    head = channel.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return None
    return channel.recv(struct.unpack("!I", head)[0], socket.MSG_WAITALL)


class Outbox(Session):
    """A session whose messages all leave by the channel."""

    channel = Any()

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, metadata=None, **_):
        """Called by whatever publishes; ``stream`` is nothing here."""
        if isinstance(msg_or_type, dict):
            kind, content, metadata = msg_or_type["msg_type"], msg_or_type["content"], msg_or_type["metadata"]
        else:
            kind = msg_or_type
        if kind in ("status", "execute_input", "execute_reply"):
            return
        for text in (sys.stdout, sys.stderr):
            if isinstance(text, Text):
                text.flush()
        self.post(kind, content or {}, metadata or {}, buffers)

    def post(self, kind: str, content: dict, metadata: dict, buffers=None) -> None:
        """Send one message."""
        coded = [base64.b64encode(bytes(one)).decode() for one in buffers or []]
        send(self.channel, {"msg_type": kind, "content": content, "metadata": metadata, "buffers": coded})


class Text:
    """``sys.stdout`` or ``sys.stderr`` of the cells."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, outbox: Outbox, name: str) -> None:
        self.name, self._outbox, self._waiting, self._since = f"<{name}>", outbox, [], 0.0
        self._kind = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        now = time.monotonic()
        if not self._waiting:
            self._since = now
        self._waiting.append(text)
        if now - self._since > FLUSH_S:
            self.flush()
        return len(text)

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        text, self._waiting = "".join(self._waiting), []
        if text:
            self._outbox.post("stream", {"name": self._kind, "text": text}, {})

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1 if self._kind == "stdout" else 2


class Kernel(InProcessKernel):
    """A kernel without sockets: its publications go to the outbox."""

    iopub_thread = Any()
    iopub_socket = Any()
    stdout = Any()
    stderr = Any()

    def _input_request(self, prompt, ident, parent, password=False):
        raise EOFError("input() はここでは使えません。")

    def raw_input(self, prompt=""):
        raise EOFError("input() はここでは使えません。")


def run(channel: socket.socket) -> None:
    """Execute the cells that arrive until the channel ends."""
    outbox = Outbox(key=b"", channel=channel)
    kernel = Kernel.instance(
        session=outbox,
        iopub_thread=None,
        iopub_socket=outbox,
        stdout=Text(outbox, "stdout"),
        stderr=Text(outbox, "stderr"),
    )
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]  # read at import, too early here
    sys.stdout, sys.stderr = kernel.stdout, kernel.stderr
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    while (source := receive(channel)) is not None:
        kernel.set_parent([], outbox.msg("execute_request", {}), channel="shell")
        reply = loop.run_until_complete(kernel.do_execute(source.decode(), silent=False, allow_stdin=False))
        kernel.stdout.flush()
        kernel.stderr.flush()
        send(channel, {"msg_type": "done", "status": reply["status"], "execution_count": reply["execution_count"]})

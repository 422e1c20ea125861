"""A worker process: looks at submissions for the process that records. Started by :mod:`jissho_kit.grading.engine`.

``python -m jissho_kit.grading.worker FD THREADS``: takes ``(number, task)`` from the socket FD and gives ``(number, looked)``
back, in any order. The first thing it says is whether it can shut submissions in. It ends when the other end is closed,
however that came about.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from concurrent.futures import CancelledError, Future
from multiprocessing.connection import Connection

from jissho_kit import kernels
from jissho_kit.grading.engine import Threads


def main(fd: int, threads: int) -> None:
    """Work until the line is closed."""
    line, sending, engine = Connection(fd), threading.Lock(), Threads(threads)

    def say(what: object) -> None:
        with sending:
            line.send(what)

    def say_done(number: int, done: Future) -> None:
        with contextlib.suppress(CancelledError, OSError):  # nobody waits any more
            say((number, done.result()))

    threading.Thread(target=lambda: say(not kernels.why_not()), daemon=True).start()
    importlib.import_module("jissho_kit.grading.look")  # meanwhile
    try:
        while True:
            number, task = line.recv()
            engine.submit(task).add_done_callback(lambda done, number=number: say_done(number, done))
    except (EOFError, OSError):
        engine.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""Who looks at submissions and runs them (:mod:`jissho_kit.grading.look`) while this process records: engines.

:class:`Threads` of this process need no start of their own; :class:`Workers` are processes, so that preparing does not
wait for recording. Both run on this machine; for more than one see :mod:`jissho_kit.grading.cluster`.

Loading this module loads nothing of the course's keys, so that workers start while the rest is still loading.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jissho_kit.kernels import cores, sandbox

if TYPE_CHECKING:
    from jissho_kit.grading.look import Looked, Task

FEW = 12  # with fewer submissions to run a process of their own costs more to start than it saves
THREADS = 4  # of a worker: they wait for cells most of the time, and share its one sandbox
TRIES = 2  # workers that may die over a task
ENDS_S = 10.0


class Engine(Protocol):
    """Looks at submissions. ``jobs``: how many at once."""

    jobs: int

    def require(self) -> None:
        """Raise UsageError where it cannot shut submissions in; the message says how to get there."""

    def submit(self, task: Task) -> Future[Looked]:
        """Have a submission looked at."""

    def close(self) -> None:
        """End at once whatever still runs."""


class Threads:
    """An engine of this process's own threads."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        # One more than jobs, where there are several: it begins while another ends, which is mostly waiting.
        self._pool = ThreadPoolExecutor(jobs + (jobs > 1), thread_name_prefix="grading")
        self._open: set[Future] = set()

    def require(self) -> None:
        """See :class:`Engine`."""
        from jissho_kit.grading import apart

        apart.require()

    def submit(self, task: Task) -> Future[Looked]:
        """See :class:`Engine`."""
        from jissho_kit.grading.look import look

        future = self._pool.submit(look, task)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def close(self) -> None:
        """See :class:`Engine`."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        while running := [one for one in list(self._open) if not one.done()]:
            sandbox().close()  # again, where one had only just begun
            wait(running, timeout=1)


class Workers:
    """An engine of worker processes, each with a sandbox and up to ``THREADS`` threads.

    What a dead worker has left is tried once more in a new one; should that die, too, it is left to the recording
    process (a :class:`Looked` without outcome).
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        count = -(-jobs // THREADS)
        self._lock = threading.RLock()
        self._closed = False
        self._workers = [_Worker(-(-jobs // count)) for _ in range(count)]

    def require(self) -> None:
        """See :class:`Engine`."""
        from jissho_kit.grading import apart

        if not all(worker.ready.result() for worker in self._workers):
            apart.require()  # says why, if it cannot be had here either

    def submit(self, task: Task) -> Future[Looked]:
        """See :class:`Engine`."""
        future: Future[Looked] = Future()
        self._try(task, future, TRIES)
        return future

    def _try(self, task: Task, future: Future[Looked], tries: int) -> None:
        with self._lock:
            if self._closed or not tries:
                from jissho_kit.grading.look import Looked

                future.set_result(Looked())
                return
            self._workers = [one if one.alive else _Worker(one.threads) for one in self._workers]
            worker = min(self._workers, key=lambda one: len(one.waiting))
            done = worker.ask(task)
        done.add_done_callback(
            lambda told: future.set_result(told.result()) if told.result() else self._try(task, future, tries - 1)
        )

    def pids(self) -> list[int]:
        """Process ids of the workers that live."""
        return [worker.pid for worker in self._workers if worker.alive]

    def close(self) -> None:
        """See :class:`Engine`."""
        with self._lock:
            self._closed = True
        for worker in self._workers:
            worker.close()


class _Worker:
    """A worker process, seen from this one. ``ready``: whether it can shut submissions in."""

    def __init__(self, threads: int) -> None:
        self.threads, self.alive = threads, True
        self.ready: Future[bool] = Future()
        self.waiting: dict[int, Future[Looked | None]] = {}
        self._asked = 0
        self._socket, theirs = socket.socketpair()
        with theirs:
            # By itself (-P): the folder this runs in may be the course's.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "jissho_kit.grading.worker", str(theirs.fileno()), str(threads)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is this process's to handle
            )
        self._line = Connection(self._socket.dup().detach())
        self._reader = threading.Thread(target=self._read, name="grading-worker", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, task: Task) -> Future[Looked | None]:
        """Have a task done; ``None`` when the worker died over it."""
        self._asked += 1
        number, done = self._asked, Future()
        self.waiting[number] = done
        with contextlib.suppress(OSError):  # the reader learns of it, too
            self._line.send((number, task))
        if not self.alive and self.waiting.pop(number, None):  # it has learnt of it before this one was waiting
            done.set_result(None)
        return done

    def _read(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.ready.set_result(self._line.recv())
            while True:
                number, looked = self._line.recv()
                self.waiting.pop(number).set_result(looked)
        self.alive = False
        if not self.ready.done():
            self.ready.set_result(False)
        while self.waiting:
            self.waiting.popitem()[1].set_result(None)

    def close(self) -> None:
        """End it, and all that runs in its sandbox."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._line.close()
        self._socket.close()


@contextlib.contextmanager
def local(root: Path, jobs: int | None = None, force: bool = False) -> Iterator[Engine]:
    """An engine for a course on this machine, as long as this lasts.

    Workers where there is something to gain: several jobs, and many submissions that have not been graded.
    """
    jobs = jobs or cores()
    engine = Workers(jobs) if jobs > 1 and sys.platform == "linux" and _many(root, force) else Threads(jobs)
    try:
        yield engine
    finally:
        engine.close()


def _many(root: Path, force: bool) -> bool:
    """Whether there are more than a few to run, as far as names of folders tell."""
    handed_in = {path.parts[-2:] for path in (root / "submitted").glob("*/*")}
    graded = {(path.parent.name, path.stem) for path in (root / "private" / "done").glob("*/*.json")}
    return len(handed_in if force else handed_in - graded) > FEW

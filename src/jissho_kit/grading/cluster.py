"""An engine beyond one machine: the workers of a Dask cluster (``jissho grade --scheduler tls://…``).

They see the course's folder at the same path, but not ``private/``: what they need of it, hidden inputs and the manifest,
travels in each task. A worker never gets a key; judging and recording stay with the process that was started.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jissho.errors import UsageError
from jissho_kit import kernels
from jissho_kit.grading.look import Looked, Task, look

if TYPE_CHECKING:
    from distributed import Security

CONNECT_S = 10.0
GONE_S = 60.0  # for so long a class may be without workers: one that is started again needs less
LOOK_S = 2.0
START = "ワーカーの始め方は、README の「何台かで採点する」にあります。"


@dataclass(frozen=True)
class Tls:
    """Files of the certificates; those left out are taken from Dask's own configuration."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


class Cluster:
    """See :class:`jissho_kit.grading.engine.Engine`. What a lost worker was at, another one does.

    Raises
    ------
    UsageError
        The address is neither ``tls://`` nor this machine's own, nobody answers there, or there are no workers.
    """

    def __init__(self, address: str, root: Path, jobs: int | None = None, tls: Tls = Tls()) -> None:  # noqa: B008
        check(address)
        self._root = Path(root).resolve()
        self._client = _connected(address, tls)
        self._address = address
        self._open: dict[object, Future[Looked]] = {}
        try:
            self.jobs = jobs or _threads(self._client, address)
        except UsageError:
            self._client.close()
            raise
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="cluster-watch", daemon=True).start()

    def _watch(self) -> None:
        """Dask waits for ever where all workers or the scheduler are gone; whoever grades is told."""
        seen = time.monotonic()
        while not self._closed.wait(LOOK_S):
            with contextlib.suppress(Exception):  # of several kinds: the scheduler is gone
                seen = time.monotonic() if self._client.nthreads() else seen
            if time.monotonic() - seen > GONE_S:
                for told in list(self._open.values()):
                    _tell(told, error=_gone(self._address))

    def require(self) -> None:
        """See :class:`Engine`; also raises where a worker does not see the course, or has other packages."""
        from jissho_kit.grading import done

        for address, (why, kit, sees) in self._told():
            if why:
                raise _refused(address, why)
            if not sees:
                raise UsageError(
                    f"ワーカー {address} から、講座のフォルダーが見えません。",
                    where=str(self._root),
                    mend="すべての機械で、同じ場所に共有フォルダーを置いてください（private は見せません）。",
                )
            if kit != done.of_kit():
                raise UsageError(
                    f"ワーカー {address} のキットか部品の版が、この機械と違います。",
                    mend="すべての機械に同じ版のキットを入れ、ワーカーを始め直してください。",
                )

    def _told(self) -> list[tuple[str, tuple[str, str, bool]]]:
        """What each worker says of itself; as a task, because all else would stop its event loop meanwhile."""
        asked = {
            one: self._client.submit(about, self._root, workers=[one], pure=False) for one in self._client.nthreads()
        }
        return [(address, future.result()) for address, future in sorted(asked.items())]

    def submit(self, task: Task) -> Future[Looked]:
        """See :class:`Engine`."""
        told: Future[Looked] = Future()
        asked = self._client.submit(look, task, pure=False)
        self._open[asked] = told

        def done(_) -> None:
            self._open.pop(asked, None)
            looked = Looked()  # whatever became of it there: nbgrader comes to the same here, and says whose it was
            with contextlib.suppress(Exception):
                looked = asked.result()
            _tell(told, looked, _refused("", looked.refused) if looked.refused else None)

        asked.add_done_callback(done)
        return told

    def close(self) -> None:
        """Forget what has not begun. What runs on a worker runs to its end or its limits, shut in, and is dropped."""
        self._closed.set()
        with contextlib.suppress(Exception):  # the cluster may be gone
            self._client.cancel(list(self._open))
        self._client.close()


def about(root: Path) -> tuple[str, str, bool]:
    """Of a worker: why it cannot shut submissions in, a digest of its kit and packages, and whether it sees the course."""
    from jissho_kit.grading import done

    return kernels.why_not(), done.of_kit(), (root / "source").is_dir()


def check(address: str) -> None:
    """Raise UsageError unless what goes to this address is encrypted, or stays on this machine."""
    told = urlsplit(address)
    if told.scheme == "tls" or (told.scheme == "tcp" and _is_here(told.hostname or "")):
        return
    raise UsageError(
        f"このアドレスは使えません: {address}",
        mend="暗号化した tls://機械の名前:8786 にしてください（tcp:// は、この機械の中の tcp://127.0.0.1:… だけです）。",
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _connected(address: str, tls: Tls):
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by us
    try:
        security = _security(tls) if address.startswith("tls:") else None
        return Client(address, security=security, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:
        raise UsageError(
            f"Dask のスケジューラー {address} につながりません（{error}）。",
            mend=f"スケジューラーが動いているか、証明書（--tls-ca・--tls-cert・--tls-key）が合っているかを確かめてください。{START}",
        ) from None


def _security(tls: Tls) -> Security:
    from distributed import Security

    files = {"tls_ca_file": tls.ca, "tls_client_cert": tls.cert, "tls_client_key": tls.key}
    return Security(require_encryption=True, **{name: str(file) for name, file in files.items() if file})


def _threads(client, address: str) -> int:
    with contextlib.suppress(Exception):  # of several kinds, by version
        client.wait_for_workers(1, timeout=CONNECT_S)
    threads = sum(client.nthreads().values())
    if not threads:
        raise UsageError(f"Dask のスケジューラー {address} に、ワーカーが一つもありません。", mend=START)
    return threads


def _tell(told: Future[Looked], looked: Looked | None = None, error: UsageError | None = None) -> None:
    """The first word counts: a worker may come back after it was given up."""
    with contextlib.suppress(InvalidStateError):
        told.set_exception(error) if error else told.set_result(looked)


def _gone(address: str) -> UsageError:
    return UsageError(
        f"Dask のスケジューラー {address} から、ワーカーがすべていなくなりました。採点を止めました。",
        mend="ここまでの採点は残っています。ワーカーを始め直してから、同じ命令をもう一度動かしてください。続きから採点します。",
    )


def _refused(address: str, why: str) -> UsageError:
    return UsageError(
        f"ワーカー{' ' * bool(address)}{address} が、提出されたプログラムを隔離して動かせません。採点しません。",
        mend=f"その機械で直すか、ワーカーを止めてください: {why}",
    )


@contextlib.contextmanager
def connected(address: str, root: Path, jobs: int | None = None, tls: Tls = Tls()) -> Iterator[Cluster]:  # noqa: B008
    """An engine on a cluster, as long as this lasts. Raises as :class:`Cluster`."""
    with contextlib.closing(Cluster(address, root, jobs, tls)) as cluster:
        yield cluster

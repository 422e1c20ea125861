"""Connecting to a Dask cluster; grading on one is tested beside the driver's other engines (test_driver.py)."""

from __future__ import annotations

from concurrent.futures import TimeoutError
from unittest.mock import Mock

import pytest

from jissho.errors import UsageError
from jissho_kit.grading import cluster
from jissho_kit.grading.cluster import Tls, check, connected
from jissho_kit.grading.look import Task


@pytest.mark.parametrize("address", ["tls://server:8786", "tcp://localhost:8786", "tcp://127.0.0.5:1", "tcp://[::1]:1"])
def test_what_is_encrypted_or_stays_here_may_be_used(address):
    check(address)


@pytest.mark.parametrize("address", ["tcp://server:8786", "tcp://10.0.0.1:8786", "server:8786", "inproc://1", "ws://a"])
def test_what_others_could_read_is_refused(address, tmp_path):
    with pytest.raises(UsageError, match="tls://"):
        check(address)
    with pytest.raises(UsageError, match="tls://"), connected(address, tmp_path):
        pass


def test_nobody_there_and_missing_certificates_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    for address, tls in (("tcp://127.0.0.1:9", Tls()), ("tls://127.0.0.1:9", Tls(ca=tmp_path / "none.pem"))):
        with pytest.raises(UsageError, match="つながりません"), connected(address, tmp_path, tls=tls):
            pass


def test_whoever_grades_is_told_when_all_workers_are_gone(tmp_path, monkeypatch):
    class Client:
        """A scheduler that answers, for a while with a worker."""

        workers = {"tcp://127.0.0.1:1": 2}
        wait_for_workers = close = cancel = staticmethod(lambda *_, **__: None)

        def nthreads(self):
            return self.workers

        def submit(self, *_, **__):
            return Mock()

    monkeypatch.setattr(cluster, "_connected", lambda *_: Client())
    monkeypatch.setattr(cluster, "LOOK_S", 0.01)
    monkeypatch.setattr(cluster, "GONE_S", 0.1)
    with connected("tcp://127.0.0.1:1", tmp_path) as engine:
        told = engine.submit(Task(tmp_path, "課題", "佐藤"))
        with pytest.raises(TimeoutError):
            told.result(0.3)
        Client.workers = {}
        with pytest.raises(UsageError, match="いなくなりました"):
            told.result(5)

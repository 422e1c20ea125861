"""Connecting to a Dask cluster; grading on one is tested beside the driver's other engines (test_driver.py)."""

from __future__ import annotations

import pytest

from jissho.errors import UsageError
from jissho_kit.grading import cluster
from jissho_kit.grading.cluster import Tls, check, connected


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

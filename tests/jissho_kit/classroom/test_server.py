"""Ports, addresses and settings of the classroom's server (the running server: tests/browser)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from jissho.errors import UsageError
from jissho_kit.classroom import server


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_wanted_port_in_use_is_named_with_the_way_out(taken):
    with pytest.raises(UsageError, match=f"ポート {taken}") as caught:
        server.free_port(taken)
    assert "--port" in caught.value.mend


def test_without_a_wish_the_next_free_port_is_taken(taken, monkeypatch):
    monkeypatch.setattr(server, "FIRST_PORT", taken)
    assert server.free_port() > taken


def test_no_free_port_at_all(taken, monkeypatch):
    monkeypatch.setattr(server, "FIRST_PORT", taken)
    monkeypatch.setattr(server, "PORTS", 1)
    with pytest.raises(UsageError, match="すべて使われています"):
        server.free_port()


def test_an_address_is_plain_ascii():
    address = server.address("http://127.0.0.1:8888/", "lab/tree/はじめに.md", "abc")
    assert address.isascii() and address.endswith(".md?token=abc")


def test_settings_of_a_workspace(tmp_path):
    set_ = server.settings(tmp_path, "lab/tree/はじめに.md", 8890, browser=False)
    assert set_["ServerApp"]["root_dir"] == str(tmp_path)
    assert set_["ServerApp"]["ip"] == "127.0.0.1", "a classroom of one listens to this machine only"
    assert set_["ServerApp"]["allow_root"] == (os.geteuid() == 0)
    assert set_["LabApp"]["default_url"].isascii()


def test_open_tabs_are_not_shared_between_workspaces(tmp_path):
    tabs = {server.settings(tmp_path / name, "lab", 1, False)["LabApp"]["workspaces_dir"] for name in ("a", "b")}
    assert len(tabs) == 2


def test_the_servers_settings_load_and_name_what_exists():
    """Every trait in lab/jupyter_server_config.py exists: Jupyter would only warn about a misspelt one."""
    program = """
import sys
from traitlets.config.loader import PyFileConfigLoader
from jissho_kit.classroom.server import LAB
config = PyFileConfigLoader("jupyter_server_config.py", path=str(LAB)).load_config()
from jupyter_client.manager import KernelManager
from jupyter_lsp.manager import LanguageServerManager
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from jupyterlab.labapp import LabApp
from voila.configuration import VoilaConfiguration
from voila.exporter import VoilaExporter
known = {c.__name__: c for c in (KernelManager, LanguageServerManager, ServerApp, MappingKernelManager, LabApp,
                                 VoilaConfiguration, VoilaExporter)}
print([f"{name}.{trait}" for name in config for trait in config[name] if not known[name].class_traits().get(trait)])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_extensions_switched_off_exist():
    from pathlib import Path

    off = json.loads((server.LAB / "labconfig" / "page_config.json").read_text(encoding="utf-8"))["disabledExtensions"]
    installed = Path(sys.prefix) / "share/jupyter/labextensions"
    built_in = {"@jupyterlab/extensionmanager-extension"}
    assert not [name for name in off if name not in built_in and not (installed / name).is_dir()]

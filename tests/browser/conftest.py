"""A classroom as a participant meets it: ``jissho open`` in a process of its own, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 120
PAGE_MS = 120_000
# A classroom without internet: no name but this machine's leads anywhere.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


@dataclass(frozen=True)
class Classroom:
    """An open classroom. ``url``: of the start page, with its token."""

    url: str
    workspace: Path

    def page(self, path: str) -> str:
        """Address of another page of the same server."""
        base, token = re.match(r"(http://[^/]+/).*\?(token=\w+)", self.url).groups()
        return f"{base}{path}?{token}"


@pytest.fixture(scope="session")
def program() -> str:
    """Debian's chromium; without one (or Playwright) the test is skipped."""
    pytest.importorskip("playwright", reason="playwright が入っていません（./jissho test で入ります）。")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or pytest.skip(f"ブラウザがありません（{'、'.join(NAMES)} のどれか）。")


@contextmanager
def opened(workspace: Path, *arguments: str) -> Iterator[str]:
    """``jissho open --no-browser`` on a free port; gives its address. A glyph missing from the font is an error there."""
    log = workspace.parent / "open.log"
    command = [sys.executable, "-X", "utf8", "-m", "jissho_kit", "open", "--no-browser", *arguments]
    command += ["--port", str(_port()), "--workspace", str(workspace)]
    env = os.environ | {"PYTHONWARNINGS": "error:Glyph"}
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        yield _announced(server, log)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:  # Jupyter can wait for a kernel that was only just starting
            server.kill()
            server.wait()


def _port() -> int:
    """One that nobody else asks for at the same time, as the first free one from 8888 may be."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return trial.getsockname()[1]


@pytest.fixture(scope="session")
def serve(program):
    """``serve(workspace, *arguments)``: see :func:`opened`."""
    return opened


@pytest.fixture(scope="module")
def classroom(program, tmp_path_factory) -> Iterator[Classroom]:
    """A classroom with all that is ready, in a fresh workspace."""
    workspace = tmp_path_factory.mktemp("教室") / "作業 フォルダー"
    with opened(workspace) as url:
        yield Classroom(url, workspace)


def _announced(server: subprocess.Popen, log: Path) -> str:
    """The address that the server says once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://\S+", log.read_text(encoding="utf-8")):
            return found[0]
        time.sleep(0.3)
    pytest.fail(f"jissho open が始まりません:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def browser(program):
    """Driven by Playwright; closed after a module's tests, for it keeps an event loop running."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", ALONE])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser):
    """Open a page as somebody new; gives the page. Requests to other machines are kept in ``page.outside``."""
    contexts = []

    def _visit(url: str):
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="ja-JP")
        context.set_default_timeout(PAGE_MS)
        contexts.append(context)
        page = context.new_page()
        page.outside = []
        own = re.match(r"http://[^/]+/", url)[0]
        page.on("request", lambda r: None if r.url.startswith((own, "data:", "blob:")) else page.outside.append(r.url))
        page.goto(url)
        return page

    yield _visit
    for context in contexts:
        context.close()

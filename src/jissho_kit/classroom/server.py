"""``jissho open``: JupyterLab in a participant's workspace, in Japanese, with the no-code pages in the same server.

What never changes is in files (``lab/``); this module adds what depends on the machine and the workspace.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import warnings
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jissho.errors import UsageError
from jissho_kit import kernels
from jissho_kit.classroom.places import checkout, default_workspace, state_dir
from jissho_kit.classroom.workspace import Change, make_workspace, said

LAB = Path(__file__).parent / "lab"
HOST = "127.0.0.1"
FIRST_PORT, PORTS = 8888, 50

Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A workspace that is ready, and the page to open in it."""

    folder: Path
    page: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Running:
    """A server that already serves a workspace."""

    url: str
    token: str


def prepare(target: str | None = None, workspace: Path | None = None, on_progress: Say = lambda what: None) -> Place:
    """Make or renew a workspace.

    Parameters
    ----------
    target : str, optional
        Module, part or tier to open on; otherwise the start page.
    workspace : Path, optional
        Folder to use; otherwise ``workspace/`` of the checkout.
    on_progress : callable
        Told in Japanese what is being done.

    Raises
    ------
    UsageError
        Unknown or planned target, workspace that cannot be written.
    """
    on_progress("教材を読んでいます")
    from jissho_kit import curriculum
    from jissho_kit.classroom.contents import files, page_of

    page = page_of(target)
    folder = Path(workspace or default_workspace()).expanduser().resolve()
    wanted = files(curriculum.ready_parts(), on_progress)
    on_progress(f"作業フォルダーに書き込んでいます: {folder}")
    return Place(folder, page, tuple(make_workspace(folder, wanted)))


def open_classroom(place: Place, browser: bool = True, port: int | None = None, say: Say = print) -> None:
    """Serve a workspace until Ctrl-C, or name the server that already does.

    Parameters
    ----------
    place : Place
    browser : bool
        Open the participant's browser.
    port : int, optional
        Port to use; otherwise the first free one from 8888.
    say : callable
        Receives the messages for the person at the keyboard.

    Raises
    ------
    UsageError
        Port in use.
    """
    say(f"作業フォルダー: {place.folder}")
    for message in said(place.changes):
        say(message)
    if found := running_in(place.folder):
        url = address(found.url, place.page, found.token)
        say(f"この作業フォルダーはもう開かれています。そちらを使ってください。\n  {url}")
        if browser:
            webbrowser.open(url)
        return
    serve(place.folder, place.page, free_port(port), browser, say)


def address(url: str, page: str, token: str) -> str:
    """Full address of a page: ``url`` ends with a slash, ``page`` has none in front."""
    return f"{url}{quote(page, safe='/')}" + (f"?token={token}" if token else "")


def free_port(wanted: int | None = None) -> int:
    """The wanted port, or the first free one from 8888.

    Raises
    ------
    UsageError
        The wanted port is in use (or none of 50 is free).
    """
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS)
    for port in candidates:
        with socket.socket() as trial:
            if os.name != "nt":  # on Windows this option would hide that the port is in use
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
                return port
            except OSError:
                continue
    raise UsageError(
        f"ポート {wanted} は使えません。ほかのプログラムが使っているか、許可されていません。"
        if wanted
        else f"ポート {FIRST_PORT}〜{FIRST_PORT + PORTS - 1} がすべて使われています。",
        mend="--port を付けずに実行すると、空いているポートを選びます。"
        if wanted
        else "使っていないJupyterを終えるか、--port で番号を指定してください。",
    )


def running_in(folder: Path) -> Running | None:
    """The server of ours that already serves this folder."""
    private_environment()
    from jupyter_core.paths import jupyter_runtime_dir
    from jupyter_server.serverapp import list_running_servers

    for info in list_running_servers(jupyter_runtime_dir()):
        if Path(info["root_dir"]) == folder and answers(info["port"]):
            return Running(info["url"], info["token"])
    return None


def answers(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with socket.socket() as trial:
        trial.settimeout(1)
        return trial.connect_ex((HOST, port)) == 0


def private_environment() -> None:
    """Point Jupyter to the kit's settings and, in a checkout, keep its own files under ``.jissho``.

    Kernels inherit these variables. A user's own ``JUPYTER_PATH`` could bring in foreign kernels and pages.
    """
    os.environ.update(JUPYTER_PATH=str(LAB), JUPYTER_CONFIG_PATH=str(LAB), PYTHONUTF8="1")
    os.environ.pop("JUPYTER_PREFER_ENV_PATH", None)
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])
    if checkout():
        state = state_dir()
        folders = {
            "JUPYTER_CONFIG_DIR": state / "jupyter" / "config",
            "JUPYTER_DATA_DIR": state / "jupyter" / "data",
            "JUPYTER_RUNTIME_DIR": state / "jupyter" / "runtime",
            "IPYTHONDIR": state / "ipython",
            "MPLCONFIGDIR": state / "matplotlib",
        }
        for name, folder in folders.items():
            folder.mkdir(parents=True, exist_ok=True)
            os.environ[name] = str(folder)


def settings(folder: Path, page: str, port: int, browser: bool) -> dict[str, dict[str, object]]:
    """The server's settings that depend on machine and workspace, by Jupyter class and trait."""
    log = state_dir() / "lab.log"
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]  # open tabs are remembered for each folder
    log.parent.mkdir(parents=True, exist_ok=True)
    logging = {
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": str(log), "encoding": "utf-8", "level": "INFO"}
        },
        "loggers": {name: {"handlers": ["file"], "level": "INFO"} for name in ("ServerApp", "LabApp")},
    }
    return {
        "Application": {"logging_config": logging},
        "ServerApp": {
            "root_dir": str(folder),
            "ip": HOST,
            "port": port,
            "port_retries": 0,
            "open_browser": browser,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        },
        "LabApp": {
            "default_url": f"/{quote(page, safe='/')}",
            "app_settings_dir": str(LAB),
            "workspaces_dir": str(state_dir() / "jupyter" / "tabs" / name),
        },
    }


def serve(folder: Path, page: str, port: int, browser: bool, say: Say) -> None:
    """Run the server in this process until Ctrl-C. What Jupyter has to say goes to ``lab.log``."""
    private_environment()
    os.environ.setdefault(kernels.SETTING, kernels.WARM)
    kernels.warm_up(env=os.environ)  # gets ready while the server starts
    say("JupyterLabを起動しています…")
    import voila  # noqa: F401 - switches on deprecation warnings of traitlets, so it comes before the next line

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    server = LabApp.initialize_server(argv=[], config=Config(settings(folder, page, port, browser)))
    server.io_loop.add_callback(announce, server, page, say)
    server.start()
    say("終了しました。答えは作業フォルダーに残っています。")


def announce(server, page: str, say: Say) -> None:
    """Say where the class is, once the server listens."""
    url = f"http://{HOST}:{server.port}{server.base_url}"
    say(
        f"\n準備ができました。ブラウザで次のアドレスを開いてください。\n\n  {address(url, page, server.identity_provider.token)}\n\n"
        "終わるときは、この画面で Ctrl+C を押してください。"
    )

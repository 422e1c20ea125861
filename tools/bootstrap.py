"""Set up the private environment of ``./jissho``: one virtual environment per lock and Python.

Called by ``jissho`` and ``jissho.cmd`` when the environment is missing or its lock has changed. Only the standard
library, because nothing else is there yet. All of it lives in ``.jissho`` at the top of the checkout:

``envs/<key>/``   the environments; a copy of each installed lock is put into them last, as the stamp
``current``       one line: the key of the environment to use
``lock``          held while an environment is built, by the installer too
``setup.log``     what the installers printed
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
# In an environment while an installer is at work there.
AT_WORK = "installer-at-work"

WINDOWS = os.name == "nt"
BIN = "Scripts" if WINDOWS else "bin"
PYTHON = "python.exe" if WINDOWS else "python"

# The locks are complete and hashed, so nothing else is looked for.
INSTALL = ("install", "--require-hashes", "--no-deps")
# Compiled, as pip does by itself: the shut-in processes of grading see the packages read-only and could never keep it.
UV = ("pip", "--color=never", *INSTALL, "--compile-bytecode")
PIP = ("-I", "-m", "pip", "--no-color", *INSTALL, "--progress-bar=off")

# Settings that would make pip or uv install somewhere else or something else. Mirrors, proxies and certificates stay.
MISLEADING = [
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_PYTHON",
    "PIP_CONSTRAINT",
    "PIP_REQUIREMENT",
    "PIP_EDITABLE",
    "PIP_DRY_RUN",
    "PIP_NO_BINARY",
    "PIP_LOG",
    "PIP_QUIET",
    "PIP_VERBOSE",
    "PIP_REPORT",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_CONSTRAINT",
    "UV_OVERRIDE",
    "UV_EXCLUDE",
    "UV_EXCLUDE_NEWER",
    "UV_NO_BINARY",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_WORKING_DIRECTORY",
]
INSTALLER_SETTINGS = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    # Left alone, uv trusts only its own certificates, not the company's (new and old name of the switch).
    "UV_SYSTEM_CERTS": "1",
    "UV_NATIVE_TLS": "1",
}

NO_SPACE = "ディスクの空きが足りません。約1GBを空けてから、もう一度実行してください。"
UNKNOWN_CAUSE = "もう一度実行しても同じときは、フォルダー .jissho を削除してからやり直してください。"
# What an installer prints → what it means and what helps; the first that matches.
CAUSES = (
    ("No space left|os error 28|Disk quota", NO_SPACE),
    (
        "do not match the hashes|hash mismatch",
        "ダウンロードした部品が、確認済みのものと一致しませんでした。時間をおいてもう一度実行してください。"
        "続くときは、部品の配布元（ミラー）の設定を確かめてください。",
    ),
    (
        "certificate|UnknownIssuer|SSLError",
        "通信相手の証明書を確かめられませんでした。社内にプロキシがあるときは、その証明書の設定"
        "（環境変数 SSL_CERT_FILE と PIP_CERT）を情報システムの担当者に確かめてください。",
    ),
    (
        "connection|connect error|Max retries|name resolution|dns error|timed out|unreachable|ProxyError"
        "|Failed to (fetch|download)|error sending request|No matching distribution|not found in the package registry",
        "必要な部品をダウンロードできませんでした。インターネットにつながっているか、プロキシの設定"
        "（環境変数 HTTPS_PROXY）が正しいかを確かめて、もう一度実行してください。",
    ),
)


class SetupFailed(Exception):
    """The environment could not be set up; the message is for the user."""


def main(arguments: list[str]) -> int:
    """Set up the checkout this file belongs to; ``--test`` adds what the tests need. 0 when ready, 3 when not."""
    root = Path(__file__).resolve().parents[1]
    try:
        prepare(root, [RUN_LOCK, TEST_LOCK] if "--test" in arguments else [RUN_LOCK])
    except SetupFailed as problem:
        say(f"準備できませんでした。\n{problem}")
        return 3
    except OSError as problem:
        say(f"準備できませんでした。\n{explain(problem, root)}")
        return 3
    except KeyboardInterrupt:
        say("\n中断しました。もう一度実行すると、準備をやり直します。")
        return 130
    return 0


def say(text: str) -> None:
    """Tell the user something (stdout belongs to the command that runs afterwards)."""
    print(text, file=sys.stderr, flush=True)


def explain(problem: OSError, root: Path) -> str:
    """What a failed file operation means for the user."""
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"フォルダーに書き込めません: {problem.filename or root}\n"
            "キットのフォルダー全体を、書き込める場所（ホームなど）へコピーして、そこで実行してください。\n"
            f"  例: cp -R '{root}' ~/jissho-kit && cd ~/jissho-kit && ./jissho open"
        )
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return NO_SPACE
    return f"{problem.strerror}: {problem.filename}\n{UNKNOWN_CAUSE}"


def prepare(root: Path, locks: list[str]) -> Path:
    """Make the environment of the checkout ``root`` hold the given locks, and make it the current one.

    The first lock is the environment's own (a changed one gives a new environment), the others are added to it.

    Raises
    ------
    SetupFailed
        An installer failed; the message says why and what to do.
    OSError
        ``root`` cannot be written to.
    """
    state = root / ".jissho"
    state.mkdir(exist_ok=True)
    write_whole(state / ".gitignore", b"*\n")
    with only_one(state / "lock") as held:
        env = choose(root, root / locks[0])
        if not is_whole(env, root / locks[0]):
            create(env, base_python(), root)
        at_work = env / AT_WORK
        for lock in (root / name for name in locks):
            if not is_stamped(env, lock):
                at_work.touch()
                try:
                    install(env, lock, log=state / "setup.log", held=held)
                except SetupFailed:
                    # It ended by itself, leaving alone what was there before.
                    at_work.unlink()
                    raise
                make_movable(env)
                write_whole(env / lock.name, lock.read_bytes())
                at_work.unlink()
        write_whole(state / "current", f"{env.name}\n".encode())
    return env


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[int]:
    """Wait until no other set-up of this checkout is under way; yields the lock's file descriptor.

    An installer that inherits the descriptor keeps the lock when this process is killed, so that the next start does
    not build into the same folder at the same time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not take(descriptor, wait=False):
            say("別の ./jissho が準備をしています。終わるまで待ちます…")
            while not take(descriptor, wait=True):
                pass
        yield descriptor
    finally:
        os.close(descriptor)


def take(descriptor: int, wait: bool) -> bool:
    """Lock the open file for this process; False if another one has it."""
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as problem:
        # EDEADLK: Windows gave up after ten seconds of waiting.
        if problem.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True


def base_python() -> Path:
    """The Python to build from, by its versioned name where it has one.

    ``/usr/bin/python3`` silently becomes another version when the system is upgraded; ``python3.12`` vanishes instead,
    which is noticed.
    """
    base = Path(getattr(sys, "_base_executable", None) or sys.executable)
    versioned = base.with_name("python{}.{}".format(*sys.version_info))
    return versioned if versioned.exists() and versioned.samefile(base) else base


def key(root: Path, lock: Path, base: Path) -> str:
    """Name of the environment for this lock and this Python, e.g. ``3.12-1f0c2a…``.

    On Windows also for this folder: the programs pip installs there cannot be made movable.
    """
    version = "{}.{}".format(*sys.version_info)
    parts = [lock.read_bytes(), version.encode(), os.fsencode(base), os.fsencode(root) if WINDOWS else b""]
    return f"{version}-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:12]}"


def choose(root: Path, lock: Path) -> Path:
    """The environment to complete: the current one if it will do and no other Python is asked for, else this Python's.

    So that ``./jissho test`` adds to what ``./jissho open`` uses, whichever Python was found this time.
    """
    current = root / ".jissho/current"
    if current.is_file() and not os.environ.get("JISSHO_PYTHON"):
        env = current.with_name("envs") / current.read_text(encoding="ascii").strip()
        if is_whole(env, lock):
            return env
    return current.with_name("envs") / key(root, lock, base_python())


def is_whole(env: Path, lock: Path) -> bool:
    """Whether the environment has all of the lock, works, and no killed installer has left half a package in it."""
    return is_stamped(env, lock) and not (env / AT_WORK).exists() and runs(env)


def is_stamped(env: Path, lock: Path) -> bool:
    """Whether the lock, in its present wording, was completely installed into the environment."""
    stamp = env / lock.name
    return stamp.is_file() and stamp.read_bytes() == lock.read_bytes()


def runs(env: Path) -> bool:
    """Whether the environment's Python works (its base may have been removed) and finds the kit."""
    try:
        return subprocess.run([env / BIN / PYTHON, "-c", "import jissho_kit"], capture_output=True).returncode == 0
    except OSError:
        return False


def create(env: Path, base: Path, root: Path) -> None:
    """Make an empty environment, in place of what a killed set-up or a vanished Python left there."""
    say("実行環境を準備します。数分かかることがあります。")
    if env.exists():
        shutil.rmtree(env)
    made = subprocess.run(
        [base, "-I", "-X", "utf8", "-m", "venv", "--without-pip", env], capture_output=True, encoding="utf-8"
    )
    if made.returncode != 0:
        raise SetupFailed(f"Pythonの仮想環境を作れませんでした（{base}）。\n{made.stdout}{made.stderr}{UNKNOWN_CAUSE}")
    connect(env, root)


def connect(env: Path, root: Path) -> None:
    """Let the environment import the checkout's ``src``.

    By a relative path, so that the folder can be moved; the .pth file is therefore pure ASCII too, without which
    Python 3.11 and 3.12 do not start in a Japanese folder under ``LC_ALL=C``.
    """
    packages = env / "Lib/site-packages" if WINDOWS else next(env.glob("lib/python3*/site-packages"))
    (packages / "jissho_checkout.pth").write_text(os.path.relpath(root / "src", packages) + "\n", encoding="ascii")


def install(env: Path, lock: Path, log: Path, held: int) -> None:
    """Install a lock's packages with uv if it is there, and with pip if it is not or fails (raises as the latter)."""
    python = str(env / BIN / PYTHON)
    if uv := shutil.which("uv"):
        try:
            run_installer([uv, *UV, "--python", python, "-r", str(lock)], lock, log, held)
            return
        except SetupFailed:
            say("uvでは入れられなかったため、pipで続けます。")
    subprocess.run([python, "-I", "-m", "ensurepip"], env=installer_environment(), capture_output=True)
    run_installer([python, *PIP, "-r", str(lock)], lock, log, held)


def run_installer(command: list[str], lock: Path, log: Path, held: int) -> None:
    """Run an installer, showing how far it is.

    Raises
    ------
    SetupFailed
        It ended with an error; the message is the cause as far as its output tells.
    """
    total = len(re.findall(r"(?m)^[\w.-]+==", lock.read_text(encoding="utf-8")))
    os.set_inheritable(held, True)
    output = []
    with (
        open(log, "a", encoding="utf-8") as record,
        Progress(total) as progress,
        subprocess.Popen(
            command,
            # uv would take the constraints in a project's pyproject.toml for further requirements without hashes.
            cwd=log.anchor,
            env=installer_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            close_fds=False,
        ) as installer,
    ):
        for line in installer.stdout:
            record.write(line)
            output.append(line)
            progress.read(line)
    if installer.returncode != 0:
        raise SetupFailed(f"{cause(''.join(output))}\n詳しい記録: {log}")


def installer_environment() -> dict[str, str]:
    """The environment variables for pip and uv: the user's mirror and proxy, but nothing that leads elsewhere."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING} | INSTALLER_SETTINGS


def cause(output: str) -> str:
    """Why an installer failed and what helps, from what it printed."""
    for pattern, meaning in CAUSES:
        if re.search(pattern, output, re.IGNORECASE):
            return meaning
    return f"部品を入れる途中で、次の問題が起きました。\n{output[-600:].strip()}\n{UNKNOWN_CAUSE}"


class Progress:
    """How far an installation is, on stderr: one line kept up to date, or a few lines where it is not a terminal."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.title = total, 0, "部品を集めています"
        self.live = sys.stderr.isatty()
        self.shown = ("", 0)
        self.start = time.monotonic()
        self.over = threading.Event()

    def __enter__(self) -> Progress:
        self.show()
        if self.live:
            threading.Thread(target=self.tick, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.over.set()
        if self.live:
            say("")

    def tick(self) -> None:
        """Let the seconds run while the installer is silent."""
        while not self.over.wait(1):
            self.show()

    def read(self, line: str) -> None:
        """Take in one line of an installer's output (uv's begin with a plus sign, the others are pip's)."""
        if line.startswith(("Collecting ", "Processing ", "Ignoring ", "Requirement already", " + ")):
            self.done = min(self.done + 1, self.total)
        elif line.startswith(("Installing collected packages", "Prepared ")):
            self.title = "部品を組み込んでいます"
        self.show()

    def show(self) -> None:
        """Bring the display up to date."""
        seconds = int(time.monotonic() - self.start)
        text = f"{self.title} {self.done}/{self.total}（{seconds}秒）"
        if self.live:
            print(f"\r{text} ", end="", file=sys.stderr, flush=True)
        elif self.title != self.shown[0] or self.done >= self.shown[1] + self.total / 4:
            self.shown = (self.title, self.done)
            say(text)


def make_movable(env: Path) -> None:
    """Let the environment's programs find their Python beside them, wherever the folder is moved to.

    Installers write the Python's absolute path into the first line, or, if it has spaces, into the third form below.
    """
    if WINDOWS:
        return
    header = re.compile(rb"\A#!(/bin/sh\n'''exec' [^\n]*\n' '''|[^\n]*/python[^\n]*)\n")
    beside = b"""#!/bin/sh\n'''exec' "$(dirname -- "$0")/python" "$0" "$@"\n' '''\n"""
    for program in (env / BIN).iterdir():
        if program.is_symlink() or not program.is_file():
            continue
        old = program.read_bytes()
        new = header.sub(lambda _: beside, old, count=1)
        if new != old:
            write_whole(program, new, mode=0o755)


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that others see the old or the new one, never a half."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_bytes(content)
    new.chmod(mode)
    os.replace(new, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A small checkout with the real wrapper, and an installer that only writes down what it was asked."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
PROGRAM = """
import json, os, sys
if sys.argv[1:2] == ["exit"]:
    sys.exit(int(sys.argv[2]))
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "pid": os.getpid(), "prefix": sys.prefix, "env": dict(os.environ)}))
"""
# Stands in for uv. Keeps the order of starts and ends, and fails or dawdles when told to by a file beside it.
INSTALLER = """#!/bin/sh
here=$(dirname -- "$0")
echo start >>"$here/uv.log"
# Like uv, which takes over the settings of the project it is called in.
[ -e pyproject.toml ] && exit 1
[ -e "$here/slow" ] && sleep 1
[ -e "$here/fail" ] && cat "$here/fail" && exit 1
echo end >>"$here/uv.log"
"""


@dataclass(frozen=True)
class Checkout:
    """A checkout of its own: ``root`` holds the wrapper, ``bin`` is all that is on PATH."""

    root: Path
    bin: Path

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Start ``./jissho`` with hardly any environment variables."""
        env = {"PATH": str(self.bin), **options.pop("env", {})}
        program = options.pop("program", self.root / "jissho")
        return subprocess.Popen(
            [program, *arguments],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **options,
        )

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        """Run ``./jissho`` to its end."""
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def installs(self) -> list[str]:
        """What the installer wrote down: start and end of each run."""
        log = self.bin / "uv.log"
        return log.read_text().split() if log.exists() else []

    def environments(self) -> set[str]:
        return {path.name for path in (self.root / ".jissho/envs").iterdir()}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root, programs = tmp_path / "実証 ラボ", tmp_path / "bin"
    for folder in (root / "tools", root / "src/jissho_kit", programs):
        folder.mkdir(parents=True)
    shutil.copy(REPO / "jissho", root)
    shutil.copy(REPO / "tools/bootstrap.py", root / "tools")
    for name in ("requirements.lock", "requirements-test.lock"):
        (root / name).write_text(f"{name.split('.')[0]}==1\n")
    (root / "pyproject.toml").touch()
    (root / "src/jissho_kit/__init__.py").touch()
    (root / "src/jissho_kit/__main__.py").write_text(PROGRAM)
    (root / "src/pytest.py").write_text(PROGRAM)
    for tool in ("sh", "cat", "cmp", "dirname", "mkdir", "readlink", "sleep"):
        (programs / tool).symlink_to(shutil.which(tool))
    (programs / "python3").symlink_to(os.path.realpath(sys.executable))
    script(programs / "uv", INSTALLER)
    return Checkout(root, programs)


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path

"""Results kept from run to run, found again by what they rest on.

A key is a hash of everything that a result depends on: content, code, packages, settings; never a time. Whatever changes gives
another key, so nothing kept is ever stale. Imports nothing heavy: it decides whether anything heavy is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

KIT = Path(__file__).parent
MOST = 200  # results of a kind; the oldest go first
# Environment variables that can change what Python and the libraries compute or draw.
SETTINGS = ("PYTHON", "LANG", "LC_", "TZ", "OMP_", "OPENBLAS_", "MKL_", "NPY_", "PANDAS_", "SCIPY_", "SKLEARN_", "MPL")


def content_root() -> Path:
    """As :func:`jissho_kit.curriculum.content_root`, without all that room imports."""
    installed = KIT / "_content"
    return installed if installed.is_dir() else KIT.resolve().parents[1]


def folder() -> Path:
    """Where results are kept: ``.jissho`` of the checkout, else the user's cache folder."""
    root = content_root()
    if (root / "pyproject.toml").is_file():
        return root / ".jissho" / "kept"
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "jissho" / "kept"


def files(*places: Path) -> Iterator[Path]:
    """All files at and below the places, in a fixed order; hidden and compiled ones left out."""
    for place in places:
        if place.is_file():
            yield place
        for parent, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
            yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def key(*things: Any) -> str:
    """Hash of things that JSON can hold, and of files: a path counts by its name and content."""
    whole = hashlib.sha256()
    for thing in things:
        name = str(thing).encode() if isinstance(thing, Path) else json.dumps(thing, sort_keys=True).encode()
        content = thing.read_bytes() if isinstance(thing, Path) else b""
        whole.update(b"%d %d " % (len(name), len(content)) + name + content)
    return whole.hexdigest()


def kit() -> str:
    """Hash of the kit's code, the installed packages, this Python, and the settings that count."""
    import jissho

    packages = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    installed = sorted(
        name for place in packages for name in os.listdir(place) if name.endswith((".dist-info", ".pth"))
    )
    settings = {name: value for name, value in sorted(os.environ.items()) if name.startswith(SETTINGS)}
    return key(sys.version, platform.platform(), installed, settings, *_code(Path(jissho.__file__).parent, KIT), *_rc())


def _code(*packages: Path) -> Iterable[Path]:
    return (path for path in files(*packages) if not path.is_relative_to(KIT / "_content"))


def _rc() -> list[Path]:
    """The user's settings of matplotlib."""
    places = os.environ.get("MPLCONFIGDIR"), os.environ.get("XDG_CONFIG_HOME"), Path.home() / ".config"
    found = [Path(place, *below, "matplotlibrc") for place in places if place for below in ([], ["matplotlib"])]
    return [path for path in found if path.is_file()]


def get(kind: str, key: str) -> Any | None:
    """What was put under this key; ``None`` where there is nothing, or nothing whole."""
    with suppress(OSError, ValueError):
        checksum, _, body = (folder() / kind / key).read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == checksum:
            return json.loads(body)
    return None


def put(kind: str, key: str, document: Any) -> None:
    """Keep a JSON document. Others see all of it or nothing; where it cannot be written, it is not kept."""
    body = json.dumps(document, ensure_ascii=False).encode()
    place = folder() / kind
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=place, prefix=".")
        try:
            with open(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(new, place / key)
        finally:
            Path(new).unlink(missing_ok=True)
        _forget_oldest(place)


def _forget_oldest(place: Path) -> None:
    found = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in found[MOST:]:
        path.unlink(missing_ok=True)

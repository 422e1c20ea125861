"""Where the classroom keeps things that are not the participant's."""

from __future__ import annotations

import os
from pathlib import Path


def checkout() -> Path | None:
    """Top of the checkout this package runs from; None when it is installed from a wheel."""
    top = Path(__file__).resolve().parents[3]
    return top if (top / "pyproject.toml").is_file() and (top / "curriculum").is_dir() else None


def state_dir() -> Path:
    """Private state (logs, Jupyter's folders): ``.jissho`` of the checkout, else the user's state folder."""
    if top := checkout():
        return top / ".jissho"
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".local" / "state"
    return Path(base) / "jissho"


def default_workspace() -> Path:
    """``workspace/`` of the checkout, else of the current folder."""
    return (checkout() or Path.cwd()) / "workspace"

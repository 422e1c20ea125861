"""How the notebook is being run: by a person, or by a machine (CI, papermill, grading)."""

from __future__ import annotations

import os


def automatic() -> bool:
    """True when nobody sits in front of the notebook (environment variable ``JISSHO_AUTO=1``)."""
    return os.environ.get("JISSHO_AUTO") == "1"

"""How the notebook is being run: by a person, or by a machine (CI, papermill, grading)."""

from __future__ import annotations

import os


def automatic() -> bool:
    """True when nobody sits in front of the notebook (environment variable ``JISSHO_AUTO=1``)."""
    return os.environ.get("JISSHO_AUTO") == "1"


def as_page() -> bool:
    """True when the notebook is shown as a page by Voilà: nobody can run a cell again."""
    return os.environ.get("SERVER_SOFTWARE", "").lower().startswith("voila")

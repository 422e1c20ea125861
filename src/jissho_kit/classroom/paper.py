"""A page on paper: PDF by whichever Chromium the machine has; none is brought along."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from jissho.errors import UsageError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge", "chrome")
SECONDS = 90


def find_browser() -> str | None:
    """Path of a Chromium that can print, or ``None``."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def print_pdf(page: Path, pdf: Path, browser: str) -> None:
    """Print an HTML file to ``pdf``, as its own ``@page`` says.

    Raises
    ------
    UsageError
        The browser does not start, takes longer than 90 s, or writes nothing.
    """
    with tempfile.TemporaryDirectory(prefix="jissho-print-") as profile:
        made = Path(profile) / "page.pdf"
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={profile}", f"--print-to-pdf={made}", page.resolve().as_uri()]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to start for root with it; the page is our own
        try:
            subprocess.run(command, timeout=SECONDS, capture_output=True, check=True)
            shutil.copyfile(made, pdf)
        except (OSError, subprocess.SubprocessError) as error:
            raise UsageError(
                f"PDFを作れませんでした（{type(error).__name__}）。",
                browser,
                f"HTMLはできています。ブラウザで開いて印刷してください: {page}",
            ) from None

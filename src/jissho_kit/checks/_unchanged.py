"""Say at once that nothing has changed since nothing was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jissho_kit import kept
from jissho_kit.checks._model import Report

KIND = "check"
PLACES = ("curriculum", "notebooks", "grading", "datasets", "src")


def check_what_changed(
    paths: Sequence[Path] | None = None,
    budget: bool = False,
    on_progress: Callable[[str], Any] = lambda what: None,
    jobs: int | None = None,
    force: bool = False,
) -> Report:
    """Check the kit's own content like :func:`jissho_kit.checks.check`, but only what has changed since.

    Parameters
    ----------
    paths, budget, on_progress, jobs
        As there.
    force : bool
        Check all the same.

    Returns
    -------
    Report
        ``kept`` where nothing was found before and nothing has changed: content, code, packages, settings.
    """
    key = _key(paths, budget)
    if key and not force and kept.get(KIND, key) is not None:
        return Report((), kept=True)
    from jissho_kit.kernels import warm_up

    warm_up()  # while the rest is imported
    from jissho_kit.checks._engine import check

    report = check(paths, budget=budget, on_progress=on_progress, jobs=jobs, reuse=not force)
    if key and not report.findings and key == _key(paths, budget):  # nothing was edited meanwhile
        kept.put(KIND, key, {})
    return report


def _key(paths: Sequence[Path] | None, budget: bool) -> str | None:
    """What a report rests on; ``None`` where it looks at more than the kit's content, e.g. a course folder."""
    root = kept.content_root()
    places = [root / name for name in PLACES]
    given = [Path(path).resolve() for path in paths or []]
    if not all(path == root or any(path.is_relative_to(place) for place in places) for path in given):
        return None
    beside = [path for path in root.iterdir() if path.is_file()]
    names = sorted(str(path.relative_to(root)) for path in given)
    return kept.key(kept.kit(), names, budget, *sorted(beside), *kept.files(*places))

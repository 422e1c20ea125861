"""Lessons: from a text file to a notebook, filled in for its data, executed and shown as a page.

A lesson is a jupytext py:percent file with front matter ``jissho: {part, given}``. Markdown refers to
computed numbers as ``{{M02.right.loss|万円}}``; cells tagged ``claim`` assert what the lesson means.
"""

from __future__ import annotations

from jissho_kit.lessons._build import build, is_claim, position, unwrap
from jissho_kit.lessons._fill import REFERENCE, fill
from jissho_kit.lessons._run import RunResult, parameters_of, rests_on, run, run_all, start_all
from jissho_kit.lessons._slides import slides
from jissho_kit.lessons._source import Lesson, read, source_of

__all__ = [
    "REFERENCE",
    "Lesson",
    "RunResult",
    "build",
    "fill",
    "is_claim",
    "parameters_of",
    "position",
    "read",
    "rests_on",
    "run",
    "run_all",
    "slides",
    "source_of",
    "start_all",
    "unwrap",
]

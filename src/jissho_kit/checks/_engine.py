"""Apply the table of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jissho.errors import ContentError, DataError
from jissho_kit import curriculum
from jissho_kit.checks import (
    assignments,
    courses,
    datasets,
    files,
    handed_out,
    house,
    lesson_runs,
    lesson_texts,
    releases,
    rules,
)
from jissho_kit.checks._execution import start_all
from jissho_kit.checks._model import Fault, Finding, Report, Rule
from jissho_kit.checks._place import parse_where
from jissho_kit.checks._subjects import Kit, select
from jissho_kit.simulators import unknown_dataset

# First those that read: what they cannot read, later rules meet again, and it is reported once.
RULES: tuple[Rule, ...] = (
    *assignments.RULES,
    *lesson_texts.RULES,
    *courses.RULES,
    *files.RULES,
    *datasets.RULES,
    *rules.RULES,
    *lesson_runs.RULES,
    *releases.RULES,
    *house.RULES,
    *handed_out.RULES,
)


def check(
    paths: Sequence[Path] | None = None,
    root: Path | None = None,
    budget: bool = False,
    on_progress: Callable[[str], Any] = lambda what: None,
    rules: Sequence[Rule] = RULES,
    jobs: int | None = None,
    reuse: bool = False,
) -> Report:
    """Check content.

    Parameters
    ----------
    paths : sequence of Path, optional
        Lessons, assignments, guides, datasets, course folders, handed-out notebooks, or folders of them; nothing: everything.
    root : Path, optional
        Content root; by default the kit's own.
    budget : bool
        Whether a lesson over its time or memory budget fails; otherwise it is a warning.
    on_progress : callable
        Told in Japanese what is being looked at.
    rules : sequence of Rule
        By default all.
    jobs : int, optional
        Lessons that run at a time; by default as many as there are processors.
    reuse : bool
        Whether a lesson need not run when nothing that it rests on has changed since it last ran to the end.

    Raises
    ------
    UsageError
        A path does not exist or is nothing that can be checked.
    """
    root = (root or curriculum.content_root()).resolve()
    try:
        subjects = select(Kit(root), list(paths or []))
    except ContentError as error:
        return Report((_from_error(courses.RULES[0], error, root),))
    if set(rules) & set(lesson_runs.RULES):
        running = start_all([subject.part for subject in subjects.lesson], root, jobs, reuse)
        for subject in subjects.lesson:
            subject.running.update(running)
    found: dict[tuple, Finding] = {}
    for rule in rules:
        for subject in getattr(subjects, rule.looks_at):
            on_progress(f"調べています: {subject.id or '全体'}（{rule.id}）")
            for finding in _apply(rule, subject, root):
                if budget:
                    finding = replace(finding, severity="error")
                found.setdefault((finding.file, finding.line, finding.message), finding)
    return Report(tuple(found.values()))


def check_data(
    names: Sequence[str] = (), root: Path | None = None, on_progress: Callable[[str], Any] = lambda what: None
) -> Report:
    """Check datasets only: all, or those named.

    Parameters
    ----------
    names : sequence of str
        Datasets; without a name all, and the folder as a whole.
    root, on_progress
        As in :func:`check`.

    Raises
    ------
    UsageError
        There is no dataset of that name.
    """
    data = Kit((root or curriculum.content_root()).resolve()).data
    known = [folder.name for folder in data.iterdir() if folder.is_dir()]
    for name in names:
        if name not in known:
            raise unknown_dataset(name, known)
    return check([data / name for name in names] or [data], root, on_progress=on_progress, rules=datasets.RULES)


def _apply(rule: Rule, subject: Any, root: Path) -> Iterator[Finding]:
    """Findings of one rule on one subject; what names no id of its own carries the subject's."""
    try:
        found = [_from_fault(rule, fault, root) for fault in rule.run(subject)]
    except (ContentError, DataError) as error:
        found = [_from_error(rule, error, root)]
    yield from (replace(finding, id=finding.id or subject.id) for finding in found)


def _from_fault(rule: Rule, fault: Fault, root: Path) -> Finding:
    message = f"{rule.wrong}: {fault.detail}" if fault.detail else rule.wrong
    return Finding(
        rule.id, _shown(fault.file, root), fault.line, fault.id, message, fault.mend or rule.mend, rule.severity
    )


def _from_error(rule: Rule, error: ContentError | DataError, root: Path) -> Finding:
    file, line, id = parse_where(error.where, root)
    return Finding(rule.id, _shown(file, root), line, id, error.what, error.mend or rule.mend, rule.severity)


def _shown(file: Path, root: Path) -> str:
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()

"""A report as text for a person, as annotations for CI, as JSON for a program."""

from __future__ import annotations

import dataclasses
import json

from jissho_kit.checks._model import Finding, Report

_SEVERITY = {"error": "指摘", "warning": "注意"}
_JSON_KEYS = ("rule", "file", "line", "id", "message", "mend")


def render(report: Report, style: str = "text") -> str:
    """The report as ``"text"``, ``"github"`` (workflow commands) or ``"json"`` (CONTRACTS section 7)."""
    return {"text": _text, "github": _github, "json": _json}[style](report)


def _text(report: Report) -> str:
    errors = sum(finding.severity == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    summary = f"指摘 {errors} 件、注意 {warnings} 件" if report.findings else "指摘はありません。"
    return "\n".join([*map(_paragraph, report.findings), summary])


def _paragraph(finding: Finding) -> str:
    head = " ".join(filter(None, [f"{finding.file}:{finding.line}", finding.id]))
    return f"{head} {_SEVERITY[finding.severity]}[{finding.rule}]\n  {finding.message}\n  直し方: {finding.mend}"


def _github(report: Report) -> str:
    return "\n".join(map(_annotation, report.findings))


def _annotation(finding: Finding) -> str:
    place = f"file={_escaped(finding.file, ',:')},line={finding.line}"
    title = _escaped(" ".join(filter(None, [finding.id, finding.rule])), ",:")
    said = f"{finding.message}\n直し方: {finding.mend}"
    return f"::{finding.severity} {place},title={title}::{_escaped(said)}"


def _escaped(text: str, more: str = "") -> str:
    """Percent-encoded as workflow commands want it: line ends and per cent; in properties also comma and colon."""
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _json(report: Report) -> str:
    findings = [
        {key: value for key, value in dataclasses.asdict(f).items() if key in _JSON_KEYS} for f in report.findings
    ]
    return json.dumps({"ok": report.ok, "findings": findings}, ensure_ascii=False, indent=2)

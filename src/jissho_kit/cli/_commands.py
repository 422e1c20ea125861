"""What the groups of commands share: exit codes, how a command is made, options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from jissho_kit.cli import _console as console
from jissho_kit.cli._japanese import JapaneseCommand

if TYPE_CHECKING:
    from jissho_kit.checks import Report

FINE, FINDINGS, MISUSE = 0, 1, 2


class Field(StrEnum):
    factory = "factory"
    agriculture = "agriculture"


class CheckFormat(StrEnum):
    text = "text"
    github = "github"
    json = "json"


Tier = Annotated[str, typer.Argument(metavar="階層", help="K（経営者）、G（技術系役員）、B（現場）")]
TierOption = Annotated[str, typer.Option("--tier", metavar="階層", help="K（経営者）、G（技術系役員）、B（現場）")]
FieldOption = Annotated[Field, typer.Option("--field", help="factory（工場）か agriculture（農業）")]
CheckStyle = Annotated[CheckFormat, typer.Option("--format", help="出し方")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="数", min=1, help="同時に実行する教材の数（省くとCPUの数）")
]
Force = Annotated[bool, typer.Option("--force", help="変わっていない教材も、実行し直します。")]
Json = Annotated[bool, typer.Option("--json", help="結果をJSONで出します。")]


def put_report(report: Report, style: CheckFormat, as_json: bool) -> int:
    """Write what a check has found; returns the exit code."""
    from jissho_kit import checks

    console.put(checks.render(report, "json" if as_json else style.value))
    return FINE if report.ok else FINDINGS


def command(app: typer.Typer, example: str, name: str | None = None):
    """Register a command of ``app``; ``example`` ends its help."""
    return app.command(name, cls=JapaneseCommand, epilog=f"例: {example}")

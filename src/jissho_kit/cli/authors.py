"""Commands for authors: check content."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import CheckFormat, CheckStyle, Force, Jobs, Json, command, put_report

app = typer.Typer()


@command(app, "./jissho check notebooks/executive")
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="場所…", help="調べるファイルかフォルダー")] = None,
    style: CheckStyle = CheckFormat.text,
    budget: Annotated[bool, typer.Option("--budget", help="時間とメモリーの超過も指摘にします。")] = False,
    jobs: Jobs = None,
    force: Force = False,
    as_json: Json = False,
) -> int:
    """教材の誤りを調べます（教材を作る方向け）。"""
    from jissho_kit import checks

    with console.progress() as step:
        report = checks.check_what_changed(paths, budget=budget, on_progress=step, jobs=jobs, force=force)
    if report.kept:
        console.say("指摘がなかった前回から何も変わっていません（調べ直すときは --force）。")
    return put_report(report, style, as_json)

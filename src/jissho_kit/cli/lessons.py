"""Commands for a class: open, list, plan and run lessons."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jissho.errors import JisshoError, UsageError
from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import FINDINGS, FINE, MISUSE, FieldOption, Force, Jobs, Json, Tier, command

app = typer.Typer()


class PlanFormat(StrEnum):
    text = "text"
    md = "md"
    html = "html"


@command(app, "./jissho open K-F-1", "open")
def open_(
    target: Annotated[str | None, typer.Argument(metavar="教材", help="教材か階層の記号（例: K-F-1、G）")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="ブラウザを開きません。")] = False,
    port: Annotated[int | None, typer.Option("--port", metavar="番号", min=1, max=65535, help="使うポート番号")] = None,
    workspace: Annotated[Path | None, typer.Option("--workspace", metavar="フォルダー", help="作業フォルダー")] = None,
    as_app: Annotated[
        bool, typer.Option("--app", help="つまみとボタンだけのアプリにします（経営者の教材。何人でも、登録なしで）。")
    ] = False,
    short: Annotated[bool, typer.Option("--short", help="アプリを20分の短い版にします（窓口・見学会）。")] = False,
    lan: Annotated[
        bool, typer.Option("--lan", help="同じネットワークの端末（タブレットなど）からも開けます。")
    ] = False,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="講座", help="アプリで問題も出し、提出を受け取る講座のフォルダー")
    ] = None,
) -> None:
    """作業フォルダーを作り、教材をブラウザで開きます。"""
    if as_app:
        return open_app(target, workspace, course, short, lan, port, browser=not no_browser)
    if short or lan or course:
        raise UsageError("--short、--lan、--course は、--app と一緒に使います。", mend="--app を付けてください。")
    from jissho_kit.classroom import server

    with console.progress() as step:
        place = server.prepare(target, workspace, step)
    server.open_classroom(place, browser=not no_browser, port=port, say=console.say)


def open_app(
    target: str | None,
    workspace: Path | None,
    course: Path | None,
    short: bool,
    lan: bool,
    port: int | None,
    browser: bool,
) -> None:
    """Serve the executives' pages alone."""
    if target is None:
        raise UsageError("アプリにする教材がありません。", mend="教材を付けてください。例: ./jissho open K-F-1 --app")
    from jissho_kit.classroom import app, server
    from jissho_kit.classroom.workspace import said

    with console.progress() as step:
        ready = app.prepare(target, workspace, course, short, step)
    for message in said(ready.changes):
        console.say(message)
    app.serve(ready, server.free_port(port), browser, lan, console.say)


@command(app, "./jissho list", "list")
def list_(as_json: Json = False) -> None:
    """教材の一覧を、時間と準備の状況つきで出します。"""
    from jissho_kit import curriculum

    courses = curriculum.load_courses().values()
    if as_json:
        return console.put_json([course_summary(course) for course in courses])
    for course in courses:
        rows = [[m.id, m.title, f"{m.minutes}分", readiness(m)] for m in course.modules]
        console.put_table(["記号", "題名", "時間", "状況"], rows, title=f"{course.tier} {course.title}")


@command(app, "./jissho plan K --field factory --start 13:00")
def plan(
    tier: Tier,
    field: FieldOption,
    start: Annotated[
        str | None, typer.Option("--start", metavar="時刻", help="毎日の始まり（省くとコースの決まり）")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="開き方", help="90min（勉強会）、half-day（半日）、satellite（サテライト拠点）"
        ),
    ] = None,
    style: Annotated[PlanFormat, typer.Option("--format", help="出し方")] = PlanFormat.text,
    out: Annotated[Path | None, typer.Option("--out", metavar="ファイル", help="書き込むファイル")] = None,
) -> None:
    """当日の時間割を、休憩と「切る所」つきで作ります。"""
    from jissho_kit import curriculum

    text = curriculum.render(curriculum.timetable(tier, field.value, start, profile=profile), style.value)
    if out is None:
        return console.put(text)
    console.put_file(out, text)
    console.say(f"書き込みました: {out}")


@command(app, "./jissho run K-F-1 -p seed=7")
def run(
    targets: Annotated[list[str], typer.Argument(metavar="教材…", help="教材か階層の記号")],
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="結果を入れるフォルダー")] = Path("out"),
    parameters: Annotated[
        list[str] | None, typer.Option("-p", metavar="名前=値", help="授業のパラメーター（何度でも）")
    ] = None,
    jobs: Jobs = None,
    force: Force = False,
    as_json: Json = False,
) -> int:
    """授業のノートブックを最後まで実行し、結果とHTMLを書き込みます。"""
    from jissho_kit import kernels

    parts = ready_parts(targets)
    kernels.warm_up()  # while the rest is imported
    from jissho_kit import lessons

    done, failed = [], []
    with console.progress() as step:
        step(f"実行しています: {'、'.join(part.id for part in parts)}", 0, len(parts))
        results = lessons.run_all(parts, out, assignments(parameters or []), jobs, reuse=not force)
        for count, result in enumerate(results, 1):
            (failed if isinstance(result, JisshoError) else done).append(result)
            step(f"終わりました: {parts[count - 1].id}", count, len(parts))
    for error in failed:
        console.say(f"エラー: {error}")
    if unchanged := [result.id for result in done if result.kept]:
        console.say(f"変わっていないので前回の結果です（実行し直すときは --force）: {'、'.join(unchanged)}")
    if as_json:
        console.put_json([dataclasses.asdict(result) for result in done])
    elif done:
        rows = [[r.id, r.claims, f"{r.seconds:.1f}秒", r.html] for r in done]
        console.put_table(["教材", "成り立った主張", "時間", "結果"], rows)
    if any(isinstance(error, UsageError) for error in failed):
        return MISUSE
    return FINDINGS if failed else FINE


@command(app, "./jissho slides K-F-1 --out slides")
def slides(
    targets: Annotated[list[str], typer.Argument(metavar="教材…", help="教材か階層の記号")],
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="スライドを入れるフォルダー")] = Path(
        "slides"
    ),
) -> None:
    """講師用のスライドを作ります（S キーで話し方のメモ）。ネットワークは要りません。"""
    parts = ready_parts(targets)
    from jissho_kit import lessons

    with console.progress() as step:
        for count, part in enumerate(parts):
            step(f"スライドを作っています: {part.id}", count, len(parts))
            made = lessons.slides(part, out)
            console.say(f"書き込みました: {made}")


def course_summary(course) -> dict:
    """A course as ``jissho list --json`` gives it."""
    modules = [
        {
            "id": module.id,
            "title": module.title,
            "field": module.field,
            "stage": module.stage,
            "minutes": module.minutes,
            "parts": [part.model_dump(include={"id", "title", "minutes", "status"}) for part in module.parts],
        }
        for module in course.modules
    ]
    return {"tier": course.tier, "title": course.title, "minutes": course.minutes, "modules": modules}


def readiness(module) -> str:
    """Whether a module can be used, in words."""
    ready = [part.id for part in module.parts if part.status == "ready"]
    if not ready:
        return "準備中"
    return "使えます" if len(ready) == len(module.parts) else f"{'、'.join(ready)} が使えます"


def ready_parts(targets: list[str]) -> list:
    """The parts that ``targets`` name, each once; one that is still 準備中 is a mistake."""
    from jissho_kit import curriculum

    found = {part.id: part for target in targets for part in curriculum.find(target)}
    ready = [part for part in found.values() if part.status == "ready"]
    if not ready:
        raise UsageError(f"{'、'.join(targets)} はまだ準備中です。", mend="使える教材は ./jissho list で分かります。")
    return ready


def assignments(pairs: list[str]) -> dict[str, str]:
    """``NAME=VALUE`` arguments as a mapping."""
    wrong = [pair for pair in pairs if not pair.partition("=")[0].strip() or "=" not in pair]
    if wrong:
        raise UsageError(f"-p {wrong[0]} は読めません。", mend="-p 名前=値 の形で書いてください。例: -p seed=7")
    return {name.strip(): value for name, _, value in (pair.partition("=") for pair in pairs)}

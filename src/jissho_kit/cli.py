"""The command line: every command calls one room and prints what comes back.

Exit codes: 0 fine, 1 findings or a failed check, 2 wrong use or bad input. Rooms are imported inside the
commands, so that ``jissho --help`` costs no more than typer.
"""

from __future__ import annotations

import dataclasses
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jissho.errors import JisshoError, UsageError
from jissho_kit import _console as console
from jissho_kit._cli_japanese import JapaneseCommand, JapaneseGroup, japanese_error

FINE, FINDINGS, MISUSE, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141

app = typer.Typer(
    cls=JapaneseGroup,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""機械学習セミナーの教材キットです。授業を開く、試す、採点するまでをここから行います。

    \b
    はじめての方:   ./jissho open
    教材の一覧:     ./jissho list
    前日のリハーサル:  ./jissho rehearse K --field factory

    \b
    ほかに次の二つがあります。
      test    試験を全部実行します（後ろの語はpytestへ渡ります）
      python  このキットのPythonを使います
    """,
    epilog="終了コード: 0 問題なし、1 指摘あり、2 使い方か入力の誤り",
)


class Field(StrEnum):
    factory = "factory"
    agriculture = "agriculture"


class PlanFormat(StrEnum):
    text = "text"
    md = "md"
    html = "html"


class CheckFormat(StrEnum):
    text = "text"
    github = "github"
    json = "json"


Tier = Annotated[str, typer.Argument(metavar="階層", help="K（経営者）、G（技術系役員）、B（現場）")]
TierOption = Annotated[str, typer.Option("--tier", metavar="階層", help="K（経営者）、G（技術系役員）、B（現場）")]
FieldOption = Annotated[Field, typer.Option("--field", help="factory（工場）か agriculture（農業）")]
Json = Annotated[bool, typer.Option("--json", help="結果をJSONで出します。")]


def command(example: str, name: str | None = None):
    """Register a command; ``example`` ends its help."""
    return app.command(name, cls=JapaneseCommand, epilog=f"例: {example}")


@command("./jissho open K-F-1", "open")
def open_(
    target: Annotated[str | None, typer.Argument(metavar="教材", help="教材か階層の記号（例: K-F-1、G）")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="ブラウザを開きません。")] = False,
    port: Annotated[int | None, typer.Option("--port", metavar="番号", min=1, max=65535, help="使うポート番号")] = None,
    workspace: Annotated[Path | None, typer.Option("--workspace", metavar="フォルダー", help="作業フォルダー")] = None,
) -> None:
    """作業フォルダーを作り、教材をブラウザで開きます。"""
    from jissho_kit.classroom import server

    with console.progress() as step:
        place = server.prepare(target, workspace, step)
    server.open_classroom(place, browser=not no_browser, port=port, say=console.say)


@command("./jissho list", "list")
def list_(as_json: Json = False) -> None:
    """教材の一覧を、時間と準備の状況つきで出します。"""
    from jissho_kit import curriculum

    courses = curriculum.load_courses().values()
    if as_json:
        return console.put_json([course_summary(course) for course in courses])
    for course in courses:
        rows = [[m.id, m.title, f"{m.minutes}分", readiness(m)] for m in course.modules]
        console.put_table(["記号", "題名", "時間", "状況"], rows, title=f"{course.tier} {course.title}")


@command("./jissho plan K --field factory --start 13:00")
def plan(
    tier: Tier,
    field: FieldOption,
    start: Annotated[
        str | None, typer.Option("--start", metavar="時刻", help="毎日の始まり（省くとコースの決まり）")
    ] = None,
    style: Annotated[PlanFormat, typer.Option("--format", help="出し方")] = PlanFormat.text,
    out: Annotated[Path | None, typer.Option("--out", metavar="ファイル", help="書き込むファイル")] = None,
) -> None:
    """当日の時間割を、休憩と「切る所」つきで作ります。"""
    from jissho_kit import curriculum

    text = curriculum.render(curriculum.timetable(tier, field.value, start), style.value)
    if out is None:
        return console.put(text)
    write_text(out, text)
    console.say(f"書き込みました: {out}")


@command("./jissho run K-F-1 -p seed=7")
def run(
    targets: Annotated[list[str], typer.Argument(metavar="教材…", help="教材か階層の記号")],
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="結果を入れるフォルダー")] = Path("out"),
    parameters: Annotated[
        list[str] | None, typer.Option("-p", metavar="名前=値", help="授業のパラメーター（何度でも）")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="数", min=1, help="同時に実行する数")] = 1,
    as_json: Json = False,
) -> int:
    """授業のノートブックを最後まで実行し、結果とHTMLを書き込みます。"""
    from jissho_kit import lessons

    parts = ready_parts(targets)
    done, failed = [], []
    with console.progress() as step:
        step(f"実行しています: {'、'.join(part.id for part in parts)}", 0, len(parts))
        for count, result in enumerate(lessons.run_all(parts, out, assignments(parameters or []), jobs), 1):
            (failed if isinstance(result, JisshoError) else done).append(result)
            step(f"終わりました: {parts[count - 1].id}", count, len(parts))
    for error in failed:
        console.say(f"エラー: {error}")
    if as_json:
        console.put_json([dataclasses.asdict(result) for result in done])
    elif done:
        rows = [[r.id, r.claims, f"{r.seconds:.1f}秒", r.html] for r in done]
        console.put_table(["教材", "成り立った主張", "時間", "結果"], rows)
    if any(isinstance(error, UsageError) for error in failed):
        return MISUSE
    return FINDINGS if failed else FINE


@command("./jissho check notebooks/executive")
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="場所…", help="調べるファイルかフォルダー")] = None,
    style: Annotated[CheckFormat, typer.Option("--format", help="出し方")] = CheckFormat.text,
    budget: Annotated[bool, typer.Option("--budget", help="時間とメモリーの超過も指摘にします。")] = False,
    as_json: Json = False,
) -> int:
    """教材の誤りを調べます（教材を作る方向け）。"""
    from jissho_kit import checks

    with console.progress() as step:
        report = checks.check(paths, budget=budget, on_progress=step)
    console.put(checks.render(report, "json" if as_json else style.value))
    return FINE if report.ok else FINDINGS


@command("./jissho course 講座 --tier K --field factory")
def course(
    folder: Annotated[Path, typer.Argument(metavar="フォルダー", help="作る講座のフォルダー")],
    tier: TierOption,
    field: FieldOption,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="整数", help="練習用の乱数の種（本番では付けません）")
    ] = None,
    as_json: Json = False,
) -> None:
    """採点つきの講座（nbgraderのフォルダー）を作ります。"""
    from jissho_kit.grading.course import make_course

    with console.progress() as step:
        step("データを引き、正解を計算しています")
        made = make_course(folder, tier, field.value, seed=seed)
    if made.practice:
        console.say("練習用の講座です（--seed）。データと正解は、誰でも同じものを作れます。")
    if as_json:
        return console.put_json(dataclasses.asdict(made))
    console.put(f"講座を作りました: {made.root}\n課題: {'、'.join(made.assignments)}")


@command("./jissho grade 講座 K-F-1")
def grade(
    folder: Annotated[Path, typer.Argument(metavar="講座", help="jissho course で作ったフォルダー")],
    assignment: Annotated[str | None, typer.Argument(metavar="課題", help="課題の記号（省くと全部）")] = None,
    as_json: Json = False,
) -> int:
    """提出された課題を採点し、点の表と、一人ずつの結果のページを出します。"""
    from jissho_kit.grading import driver
    from jissho_kit.grading.course import open_course

    console.say(driver.OWN_RISK)
    course = open_course(folder)
    with console.progress() as step:
        step("採点の準備をしています")
        rows = driver.grade(
            course, assignment, lambda done, total, what: step(f"{what}（{done + 1}/{total}）", done, total)
        )
        pages = driver.feedback(
            course,
            assignment,
            lambda done, total, what: step(f"結果のページ {what}（{done + 1}/{total}）", done, total),
        )
    if as_json:
        console.put_json(
            {"ok": not any(row.problem for row in rows), "grades": [dataclasses.asdict(row) for row in rows]}
        )
    elif not rows:
        console.say(f"提出がまだありません: {course.root / 'submitted'}")
    else:
        table = [[r.assignment, r.student, f"{r.score:g}", f"{r.max_score:g}", remark(r)] for r in rows]
        console.put_table(["課題", "参加者", "点", "満点", "備考"], table)
        if pages:
            console.say(f"結果のページ（{len(pages)}枚）: {course.root / 'feedback'}")
    return FINDINGS if any(row.problem for row in rows) else FINE


@command("./jissho rehearse K --field factory")
def rehearse(tier: Tier, field: FieldOption, as_json: Json = False) -> int:
    """前日のリハーサルです。授業の実行から提出、採点までを通して確かめます。"""
    from jissho_kit.classroom import rehearse as room
    from jissho_kit.grading.driver import OWN_RISK

    console.say(OWN_RISK)
    with console.progress() as step:
        result = room.rehearse(tier, field.value, on_progress=step)
    if as_json:
        console.put_json(result.as_json())
    else:
        put_rehearsal(result)
    return FINE if result.ok else FINDINGS


def put_rehearsal(result) -> None:
    """The rehearsal for a person: what ran, and what differs from the promises."""
    rows = [[m.id, m.claims, f"{m.seconds:.1f}秒", m.problem or "最後まで動きました"] for m in result.modules]
    console.put_table(["授業", "成り立った主張", "時間", "結果"], rows)
    rows = [
        [p.module, p.id, f"{sum(p.graded.values()):g}", f"{sum(p.expected.values()):g}"] for p in result.participants
    ]
    console.put_table(["課題", "参加者", "点", "約束の点"], rows)
    rows = [[p.module, p.id, difference] for p in result.participants for difference in p.differences]
    if rows:
        console.put_table(["課題", "参加者", "違い"], rows, title="約束と違うもの")
    else:
        console.put("点も言葉も、すべて約束どおりです。")


def remark(row) -> str:
    """What an instructor has to know about a graded submission."""
    if row.problem:
        return f"{row.problem}{row.mend}（{row.file}）"
    # A 0 for lack of an answer file must not look like a 0 for wrong answers.
    errors = dict.fromkeys(verdict["message"] for verdict in row.verdicts.values() if verdict["state"] == "error")
    return "".join([*errors, "講師が読んで採点する問があります。" if row.needs_manual else ""])


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


def write_text(path: Path, text: str) -> None:
    """Write a result file, or say why it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"ファイルに書き込めません（{error.strerror}）。",
            where=str(path),
            mend="--out に書き込める場所を指定してください。",
        ) from None


def wrong_use(error: Exception) -> int:
    """Explain a command line that typer refuses."""
    context = getattr(error, "ctx", None)
    message = japanese_error(error.format_message())
    console.say(message if "\n" in message else f"エラー: {message}")
    if context is not None and "\n" not in message:
        console.say(f"使い方を見る: {context.command_path} --help")
    return MISUSE


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; the only place where errors become words."""
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="jissho", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer has caught Ctrl-C
            console.say("中断しました。")
        return code or FINE
    except JisshoError as error:
        console.say(f"エラー: {error}")
        return MISUSE
    except BrokenPipeError:
        console.drop_stdout()
        return READER_GONE
    except Exception as error:
        if hasattr(error, "format_message"):  # click's, wherever typer keeps it in this version
            return wrong_use(error)
        log = console.keep_traceback()
        console.say(f"予期しないエラーで止まりました: {type(error).__name__}: {error}\n詳しい記録: {log}")
        return FINDINGS

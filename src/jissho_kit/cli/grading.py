"""Commands around assignments: make a course, grade what was handed in, rehearse it all."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from jissho.errors import UsageError
from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import FINDINGS, FINE, FieldOption, Json, Tier, TierOption, command

app = typer.Typer()


def _tls(name: str, help: str):
    """Option for a file of Dask's certificates."""
    told = f"--scheduler で使う{help}（PEM。省くと Dask の設定）"
    return Annotated[Path | None, typer.Option(name, metavar="ファイル", help=told)]


@command(app, "./jissho course 講座 --tier K --field factory")
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


@command(app, "./jissho grade 講座 K-F-1")
def grade(
    folder: Annotated[Path, typer.Argument(metavar="講座", help="jissho course で作ったフォルダー")],
    assignment: Annotated[str | None, typer.Argument(metavar="課題", help="課題の記号（省くと全部）")] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="数", help="同時に動かす提出の数（省くとコアの数）"),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="授業中に使います。届いた提出から、すぐに採点し続けます（Ctrl-C で終わり）。"),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="変わっていない提出も採点し直します。")] = False,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="隔離せずに動かします。自分で書いた提出物だけに使ってください。")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="アドレス", help="何台かで採点します: Dask のスケジューラー（tls://…:8786）"
        ),
    ] = None,
    tls_ca: _tls("--tls-ca", "認証局の証明書") = None,
    tls_cert: _tls("--tls-cert", "この機械の証明書") = None,
    tls_key: _tls("--tls-key", "この機械の鍵") = None,
    as_json: Json = False,
) -> int:
    """提出された課題を採点し、点の表と、一人ずつの結果のページを出します。"""
    if no_sandbox and scheduler:
        raise UsageError("--no-sandbox は、--scheduler と一緒には使えません。", mend="どちらかを外してください。")
    if watch and (force or as_json):
        raise UsageError("--watch は、--force・--json と一緒には使えません。", mend="どちらかを外してください。")
    engine_for = partial(_engine, folder, 1 if no_sandbox else jobs, force, scheduler, (tls_ca, tls_cert, tls_key))
    if watch:
        return _watch(folder, assignment, no_sandbox, engine_for)
    with console.progress() as step, engine_for() as engine:
        from jissho_kit.grading import apart, driver  # while the engine starts
        from jissho_kit.grading.course import open_course

        course = open_course(folder)
        with apart.without_sandbox(no_sandbox):
            if not apart.is_isolated():
                console.say(driver.OWN_RISK)
            step("採点の準備をしています")
            rows = driver.grade(
                course,
                assignment,
                lambda done, total, what: step(f"採点しています: {what}（{done + 1}/{total}）", done, total),
                force=force,
                pages=True,
                engine=engine,
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
        if pages := sum(not row.problem for row in rows):
            console.say(f"結果のページ（{pages}枚）: {course.root / 'feedback'}")
        if skipped := sum(row.skipped for row in rows):
            console.say(f"{skipped}件は前から変わっていないので、前の採点のままです（採点し直すには --force）。")
        console.put(summary(rows))
    return FINDINGS if any(row.problem for row in rows) else FINE


def _engine(folder: Path, jobs: int | None, force: bool, scheduler: str | None, tls: tuple[Path | None, ...]):
    """Who runs submissions: this machine, or a cluster."""
    if scheduler is None:
        from jissho_kit.grading import engine

        return engine.local(folder, jobs, force)
    from jissho_kit.grading import cluster

    return cluster.connected(scheduler, folder, jobs, cluster.Tls(*tls))


def _watch(folder: Path, assignment: str | None, no_sandbox: bool, engine_for: Callable) -> int:
    """Grade in class until Ctrl-C; one line for each result."""
    from jissho_kit.grading import apart, driver
    from jissho_kit.grading import watch as room
    from jissho_kit.grading.course import open_course

    course = open_course(folder)
    with contextlib.suppress(KeyboardInterrupt), apart.without_sandbox(no_sandbox), engine_for() as engine:
        if not apart.is_isolated():
            console.say(driver.OWN_RISK)
        console.say(f"{course.root / 'submitted'} に届いた提出を採点します。終わるときは Ctrl-C を押してください。")
        for event in room.watch(course, engine, assignment):
            print(watched(event), flush=True)
    console.say(f"終わりました。締め切りのあとの採点は、--watch なしで動かしてください（./jissho grade {folder}）。")
    return FINE


def watched(event) -> str:
    """One line on a hand-in that was graded in class, or has to wait."""
    from jissho_kit.grading.intake import readable
    from jissho_kit.grading.watch import Due

    head = f"{datetime.now():%H:%M:%S} {event.assignment} {readable(event.student)}"
    if isinstance(event, Due):
        return (
            f"{head}: 受け取りました。次の採点は {datetime.fromtimestamp(event.at):%H:%M:%S} からです（10分に一度）。"
        )
    note = remark(event)
    return f"{head}: {note}" if event.problem else f"{head}: {event.score:g}/{event.max_score:g}点 {note}".rstrip()


@command(app, "./jissho report 講座 --out 報告")
def report(
    folder: Annotated[Path, typer.Argument(metavar="講座", help="採点を終えた講座のフォルダー")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="フォルダー", help="書き込むフォルダー（省くと講座の中の report）")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="名前入りの名簿も一緒に書き込みます（講師用）。")] = False,
    as_json: Json = False,
) -> None:
    """採点の結果を報告書（HTML）と表（CSV）にします。人は仮名で出ます。"""
    import datetime

    from jissho_kit.grading import report as room
    from jissho_kit.grading.course import open_course

    course = open_course(folder)
    with console.progress() as step:
        step("採点の結果を集めています")
        data, entries = room.gather(course)
        step("報告書を作っています")
        made = room.make_report(data, datetime.date.today())
        files = room.write(made, out or course.root / "report", course, entries, names)
    if as_json:
        return console.put_json(made.as_json() | {"files": files})
    console.put(f"次にすること: {made.next.headline}\n報告書: {files[0]}\n名前との対応（講師だけ）: {files[-1]}")
    if (files[0].parent / room.ROSTER).exists():
        console.say(f"名前入りの {room.ROSTER} が報告書と同じ場所にあります。外へ渡すときは除いてください。")


@command(app, "./jissho rehearse K --field factory")
def rehearse(tier: Tier, field: FieldOption, as_json: Json = False) -> int:
    """前日のリハーサルです。授業の実行から提出、採点までを通して確かめます。"""
    from jissho_kit.classroom import rehearse as room

    with console.progress() as step:
        result = room.rehearse(tier, field.value, on_progress=step)
    if not result.isolated:
        console.say("この機械では隔離できないので、作りものの提出を隔離なしで採点しました。")
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


def summary(rows) -> str:
    """How many were graded, how many were not, and why."""
    problems = Counter(row.problem for row in rows if row.problem)
    why = "、".join(f"{problem.removesuffix('。')} {count}件" for problem, count in problems.most_common())
    graded = f"採点できた提出 {len(rows) - problems.total()}件"
    return f"{graded}、採点できなかった提出 {problems.total()}件（{why}）" if problems else f"{graded}（全部）"


def remark(row) -> str:
    """What an instructor has to know about a graded submission."""
    open_ = "" if row.isolated else "隔離なし。"
    if row.problem:
        same = "（変わっていません）" if row.skipped else ""
        return f"{open_}{row.problem}{row.mend}（{row.file}）{same}"
    # A 0 for lack of an answer file must not look like a 0 for wrong answers.
    errors = dict.fromkeys(verdict["message"] for verdict in row.verdicts.values() if verdict["state"] == "error")
    manual = "講師が読んで採点する問があります。" if row.needs_manual else ""
    return "".join([open_, *errors, manual, "変わっていません。" if row.skipped else ""])

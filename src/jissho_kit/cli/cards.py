"""Commands for what participants take home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jissho.errors import UsageError
from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import FINDINGS, FINE, command

app = typer.Typer()


@command(app, "./jissho card 判断カード.json --out 印刷")
def card(
    files: Annotated[list[Path], typer.Argument(metavar="判断カード.json…", help="教材が書き出した判断カード")],
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="一枚を入れるフォルダー")] = Path("cards"),
) -> None:
    """判断カードをA4一枚にします（HTML。Chromiumがあれば、PDFも）。"""
    from jissho.card import card_html

    cards = {file: _read(file) for file in files}  # all are read before anything is written
    _put_pages(out, {name: card_html(cards[file]) for file, name in _names(files).items()})


@command(app, "./jissho certificate 講座 --issuer 〇〇公設試 --out 修了証")
def certificate(
    folder: Annotated[Path | None, typer.Argument(metavar="講座", help="採点を終えた講座のフォルダー")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="修了証を入れるフォルダー")] = Path(
        "certificates"
    ),
    issuer: Annotated[str, typer.Option("--issuer", metavar="名前", help="発行者（主催した機関）")] = "",
    record: Annotated[
        Path | None, typer.Option("--record", metavar="CSV", help="出席と成果物の記録（省くと講座の private の中）")
    ] = None,
    nameless: Annotated[bool, typer.Option("--nameless", help="名前を書きません（手で書き入れます）。")] = False,
    verify: Annotated[
        Path | None, typer.Option("--verify", metavar="修了証.html", help="修了証が書き換えられていないかを調べます。")
    ] = None,
) -> int:
    """修了証をA4一枚にします（HTML。Chromiumがあれば、PDFも）。国家資格・認定制度ではありません。"""
    from jissho_kit.grading.course import open_course

    course = open_course(folder) if folder else None
    if verify:
        return _verify(verify, course)
    if course is None or not issuer.strip():
        mend = "./jissho certificate 講座 --issuer 発行者の名前"
        raise UsageError("講座のフォルダーと発行者（--issuer）を指定してください。", mend=mend)
    return _issue(course, out, issuer.strip(), record, nameless)


def _issue(course, out: Path, issuer: str, record: Path | None, nameless: bool) -> int:
    import datetime
    from dataclasses import replace

    from jissho.teach.store import safe_name
    from jissho_kit.classroom import certificate as room
    from jissho_kit.grading import report

    data, entries = report.gather(course)
    today = datetime.date.today()
    record = record or course.private / room.RECORD
    if not record.exists():
        console.put_new_csv(record, room.record_template(entries))
        console.say(f"出席と成果物を記録する表を作りました。書き込んでから、もう一度実行してください: {record}")
        return FINDINGS
    records = [replace(one, name="") if nameless else one for one in room.read_record(record)]
    made = room.decide(course, data, report.make_report(data, today), entries, records, issuer, today)
    known = {entry.name for entry in entries}
    for one in records:
        if one.handed_in_as not in known:
            console.say(f"{one.handed_in_as} さんの提出は見つかりません。提出名が合っているか確かめてください。")
    issued = {safe_name(f"修了証_{one.handed_in_as}"): one.certificate for one in made if one.certificate}
    _put_pages(out, {name: room.page(one) for name, one in issued.items()})
    room.remember(course, issued.values())
    for one in made:
        if one.missing:
            console.say(f"{one.handed_in_as} さんの修了証は作っていません: {'、'.join(one.missing)}")
    console.put(f"修了証 {len(issued)}枚、条件に届かない人 {len(made) - len(issued)}人")
    return FINE


def _verify(file: Path, course) -> int:
    from jissho_kit.classroom import certificate as room

    found = room.verify(file, course)
    one = found.certificate
    console.put(f"{one.name or '（名前なし）'}　{one.title}　{one.date}　発行者 {one.issuer}\n検証コード {one.code}")
    console.put(
        "内容とコードが合っています。" if found.untouched else "内容が書き換えられています（コードが合いません）。"
    )
    if found.shown is None:
        console.put(f"別の版（{one.version}）の修了証です。画面の文字が、上の内容と同じかを目で確かめてください。")
    elif not found.shown:
        console.put("画面の文字が、記録された内容と違います。")
    if found.issued is None:
        console.put("発行したかどうかは、講座のフォルダーも指定すると、控えと照らして分かります。")
    else:
        console.put("この講座が発行した控えにあります。" if found.issued else "この講座が発行した控えにありません。")
    return FINE if found.ok else FINDINGS


def _put_pages(out: Path, pages: dict[str, str]) -> None:
    """Write pages by name into a folder, and as PDF where a Chromium is at hand."""
    from jissho_kit.classroom import paper

    _folder(out)
    browser = paper.find_browser()
    for name, text in pages.items():
        page = out / f"{name}.html"
        console.put_file(page, text)
        console.say(f"書き込みました: {page}")
        if browser:
            paper.print_pdf(page, page.with_suffix(".pdf"), browser)
            console.say(f"書き込みました: {page.with_suffix('.pdf')}")
    if not browser:
        console.say("Chromiumが見つからないので、PDFは作っていません。HTMLをブラウザで開いて印刷してください。")


def _folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"フォルダーを作れません（{error.strerror}）。", str(out), "--out で別の場所を選んでください。"
        ) from None


def _read(file: Path):
    from jissho.card import MAX_BYTES, read_card

    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise UsageError("判断カードのファイルを読めません。", str(file), "場所と名前を確かめてください。") from None
    return read_card(raw, str(file))


def _names(files: list[Path]) -> dict[Path, str]:
    """A name for each file; cards of several visitors are all called the same, so then their folder goes before it."""
    stems = [file.stem for file in files]
    if len(set(stems)) < len(stems):
        stems = [f"{file.resolve().parent.name}-{file.stem}" for file in files]
    if len(set(stems)) < len(stems):
        stems = [f"{stem}-{i}" for i, stem in enumerate(stems, 1)]
    return dict(zip(files, stems, strict=True))

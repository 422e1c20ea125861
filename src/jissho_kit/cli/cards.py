"""Commands for what participants take home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jissho.errors import UsageError
from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import command

app = typer.Typer()


@command(app, "./jissho card 判断カード.json --out 印刷")
def card(
    files: Annotated[list[Path], typer.Argument(metavar="判断カード.json…", help="教材が書き出した判断カード")],
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="一枚を入れるフォルダー")] = Path("cards"),
) -> None:
    """判断カードをA4一枚にします（HTML。Chromiumがあれば、PDFも）。"""
    from jissho.card import card_html
    from jissho_kit.classroom import paper

    cards = {file: _read(file) for file in files}  # all are read before anything is written
    _folder(out)
    browser = paper.find_browser()
    for file, name in _names(files).items():
        page = out / f"{name}.html"
        console.put_file(page, card_html(cards[file]))
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

"""Commands for a case of one's own: a file to fill in, and what its numbers say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import command
from jissho_kit.cli._japanese import JapaneseGroup

app = typer.Typer(
    cls=JapaneseGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="自社の案件を一つのファイルに書き、投資判断ラボで使うコマンドです。",
    epilog="例: ./jissho case new 案件.yml",
)
File = Annotated[Path, typer.Argument(metavar="案件.yml", help="案件のファイル")]


@command(app, "./jissho case new 案件.yml")
def new(file: File = Path("案件.yml")) -> None:
    """書き込むだけの案件のファイルを作ります（説明つき。もうあるファイルには書きません）。"""
    from jissho.invest import new_case

    console.put_new(file, new_case())
    console.say(
        f"書き込みました: {file}\n数字と文を書き換えたら、./jissho case show {file} で確かめます。\n"
        "投資判断ラボで使うには、教材の画面で渡すか、教材（K-F-3.ipynb）と同じフォルダーに 案件.yml の名前で置きます。"
    )


@command(app, "./jissho case show 案件.yml")
def show(file: File) -> None:
    """案件のファイルを確かめ、五年の収支、記録の裏づけ、税制・補助の判定を出します。"""
    from jissho.invest import funding_of, read_own_case
    from jissho.teach.lab import case_numbers

    case = read_own_case(file)
    rows = [list(row) for row in case_numbers(case).items()]
    console.put_table(["数字", "値"], rows, title=case["案件"])
    funding = [[one.title, one.verdict, one.why] for one in funding_of(case)]
    console.put_table(["制度", "判定", "理由"], funding, title="平成30年6月時点の資料に基づく教材。制度は終了。")

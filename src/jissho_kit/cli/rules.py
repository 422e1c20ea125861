"""Commands for the decision rules: judge cases, list the programmes."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from jissho.errors import JisshoError, UsageError
from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import Json, command
from jissho_kit.cli._japanese import JapaneseGroup

app = typer.Typer(
    cls=JapaneseGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="税制・補助の規則で、投資のケースを判定するコマンドです。平成30年6月時点の資料に基づく教材で、制度は終了しています。",
    epilog="例: ./jissho rules judge ケース.json --as-of 2018-10-01",
)


class Basis(StrEnum):
    seed = "seed"
    supplemented = "supplemented"


Folder = Annotated[
    Path | None, typer.Option("--rules", metavar="フォルダー", help="ほかの制度のファイル（.yml）がある場所")
]


@command(app, "./jissho rules judge ケース.json --as-of 2018-10-01")
def judge(
    case: Annotated[str, typer.Argument(metavar="ケース.json", help="ケースのファイル。- なら標準入力から読みます")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日付", help="ケースに日付がないときの判定の日（2018-10-01 の形）")
    ] = None,
    basis: Annotated[
        Basis, typer.Option("--basis", help="seed は資料の行だけ、supplemented は補足と仮定の行も使います")
    ] = Basis.supplemented,
    folder: Folder = None,
) -> None:
    """ケースを規則で判定し、可・不可・要確認と、額、理由をJSONで出します。"""
    from jissho import rules

    programs = rules.load_rules(folder)
    place = "標準入力" if case == "-" else case
    cases = rules.read_cases(_bytes(case, rules.MAX_BYTES), place)

    def judged(one: Any, where: str) -> dict:
        try:
            return rules.judge(one, as_of, basis.value, programs)
        except JisshoError as error:
            raise type(error)(error.what, " ".join(filter(None, [where, error.where])), error.mend) from None

    if isinstance(cases, list):
        answer: Any = [judged(one, f"{place} {i}番目") for i, one in enumerate(cases, 1)]
    else:
        answer = judged(cases, place)
    console.put_json(answer)
    for banner in dict.fromkeys(program.banner for program in programs.values()):
        console.say(banner)


@command(app, "./jissho rules list", "list")
def list_(folder: Folder = None, as_json: Json = False) -> None:
    """判定できる制度の一覧を、使えた期間つきで出します。"""
    from jissho import rules

    programs = rules.load_rules(folder).values()
    if as_json:
        return console.put_json(
            [
                {
                    "program": one.id,
                    "title": one.title,
                    "source": one.source,
                    "banner": one.banner,
                    "valid": [
                        {
                            "from": line.since,
                            "until": line.until,
                            "rule": line.rule,
                            "basis": line.basis,
                            "text": line.text,
                        }
                        for line in one.valid
                    ],
                    "keys": {key: item.label for key, item in one.inputs.items()},
                    "member_keys": {key: item.label for key, item in one.member_inputs.items()},
                }
                for one in programs
            ]
        )
    rows = [[one.id, one.title, "\n".join(map(_period, one.valid)) or "資料に記載なし"] for one in programs]
    console.put_table(["名前", "制度", "期間（根拠）"], rows)
    for banner in dict.fromkeys(one.banner for one in programs):
        console.put(banner)


def _period(line: Any) -> str:
    return f"{line.since or ''}〜{line.until or ''}（{line.basis}）"


def _bytes(case: str, most: int) -> bytes:
    """What the file, or standard input, holds: no more than is needed to see that it is too much."""
    try:
        if case == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(case).open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError):
        raise UsageError("ケースのファイルを読めません。", case, "ファイルの場所と名前を確かめてください。") from None

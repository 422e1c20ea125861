"""Commands for a case of one's own: a file to fill in, and what its numbers say."""

from __future__ import annotations

from math import isinf
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
        "投資判断ラボで使うには、教材（K-F-3.ipynb）と同じフォルダーに 案件.yml の名前で置きます。"
    )


@command(app, "./jissho case show 案件.yml")
def show(file: File) -> None:
    """案件のファイルを確かめ、五年の収支、記録の裏づけ、税制・補助の判定を出します。"""
    from jissho import invest
    from jissho.teach.money import man_yen, percent

    case = invest.read_own_case(file)
    proposal, evidence = invest.proposal_of(case), invest.evidence_of(case)
    result, loss = proposal.appraise(), proposal.profit_and_loss()
    turn = "どの値でも変わりません" if evidence.break_even is None else percent(evidence.break_even, 0)
    needed = "何件あっても足りません" if isinf(evidence.needed) else f"{evidence.needed:,.0f}件"
    rows = [
        ["いまの損失（一年）", man_yen(loss.loss_now)],
        ["AIの効果（一年）", man_yen(loss.effect)],
        ["戻るまで（運用費と立上りを入れて）", result.payback_words],
        ["5年の正味の得", man_yen(result.npv)],
        ["代案の5年の正味の得", man_yen(invest.alternative_of(case).npv)],
        ["損得の境の再現率", turn],
        ["記録が裏づける再現率", f"{percent(evidence.vouched, 0)}以上（記録 {evidence.events:,}件。要る数 {needed}）"],
    ]
    console.put_table(["数字", "値"], rows, title=case["案件"])
    funding = [[one.title, one.verdict, one.why] for one in invest.funding_of(case)]
    console.put_table(["制度", "判定", "理由"], funding, title="平成30年6月時点の資料に基づく教材。制度は終了。")

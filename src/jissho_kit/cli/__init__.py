"""The command line: every command calls one room and prints what comes back.

Exit codes: 0 fine, 1 findings or a failed check, 2 wrong use or bad input. Rooms are imported inside the
commands, so that ``jissho --help`` costs no more than typer.
"""

from __future__ import annotations

import sys

import typer

from jissho.errors import JisshoError
from jissho_kit.cli import _console as console
from jissho_kit.cli import authors, cards, cases, data, grading, lessons, rules
from jissho_kit.cli._commands import FINDINGS, FINE, MISUSE
from jissho_kit.cli._japanese import JapaneseGroup, japanese_error

INTERRUPTED, READER_GONE = 130, 141

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

# Without a name of its own, a group's commands stand at the top, in this order.
for group in (lessons, authors, grading, cards):
    app.add_typer(group.app)
app.add_typer(data.app, name="data")
app.add_typer(rules.app, name="rules")
app.add_typer(cases.app, name="case")


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

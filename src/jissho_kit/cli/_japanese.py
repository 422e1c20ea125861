"""The command line's own words in Japanese: typer and click know only English ones.

One table; the first pattern that matches a place wins. A message that is not in the table stays as it is,
so a new version of typer can never break a command, only bring an English word back (a test looks for these).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import typer.core

HELP = [
    (r"^Usage: ", "使い方: "),
    (r"\[OPTIONS\]", "[オプション]"),
    (r"COMMAND \[ARGS\]\.\.\.", "コマンド …"),
    (r"^Options:$", "オプション:"),
    (r"^Commands:$", "コマンド:"),
    (r"^Arguments:$", "引数:"),
    (r"Show this message and exit\.", "この説明を表示します。"),
    (r"\[required\]", "［必須］"),
    (r"\[default: ([^;\]]*)(?:; [^\]]*)?\]", r"［既定: \1］"),
    (r"\[\d+<=x<=\d+\]", ""),
    (r" <[A-Za-z \[\]]+>", ""),
    (r"\{([^{}|]+)\}(?:\.\.\.)?", r"\1"),
    (r"\[(\S+?)…\]\.\.\.", r"[\1…]"),
]

ERRORS = [
    (r"Missing argument '?([^'.]+)'?\.(?: (?:Choose from:)?\s*(.*))?", r"引数 \1 が足りません。"),
    (r"Missing option '?([^']+?)'?\.(?: (?:Choose from:)?\s*(.*))?$", r"オプション \1 が必要です。"),
    (r"Missing parameter:? ?(.*)", r"\1 が足りません。"),
    (r"No such option: (\S+?)\.?(?: Did you mean (\S+?)\?)?$", r"\1 というオプションはありません。"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"\1 というオプションはありません。近いもの: \2"),
    (r"No such command '([^']*)'\.(?: Did you mean (.*)\?)?", r"\1 というコマンドはありません。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"余分な引数があります: \1"),
    (r"Option '([^']+)' requires an? .*", r"オプション \1 には値が必要です。"),
    (r"Option '([^']+)' requires (\d+) .*", r"オプション \1 には値が\2個必要です。"),
    (r"Option '([^']+)' does not take a value\.", r"オプション \1 に値は付けられません。"),
    (r"Invalid value for '?([^':]+)'?: (.*)", r"\1 の値が使えません: \2"),
    (r"Invalid value: (.*)", r"値が使えません: \1"),
    (r"Missing command\.", "コマンドが足りません。"),
]

# The second half of 「…の値が使えません: 」.
VALUES = [
    (r"(?:Value error, )?(?:Value )?「?'([^']*)'」? is not one of (.*?)\.?$", r"「\1」は選べません。選べるもの: \2"),
    (r"Value error, ", ""),
    (r"Input should be a valid integer.*|\S+ is not a valid int.*", "整数で入れてください。"),
    (r"Input should be a valid number.*|\S+ is not a valid float.*", "数で入れてください。"),
    (r"Input should be greater than or equal to (\S+)", r"\1以上にしてください。"),
    (r"Input should be less than or equal to (\S+)", r"\1以下にしてください。"),
    (r"(\S+) is not in the range (.*?)\.$", r"\1 は範囲 \2 の外です。"),
]

ROW = re.compile(r"^  (?P<name>\S.*?) {2,}(?P<text>\S.*)$")


def japanese_help(text: str) -> str:
    """A help page with typer's own words in Japanese."""
    for pattern, words in HELP:
        text = re.sub(pattern, words, text, flags=re.MULTILINE)
    return "\n\n".join(aligned(block) for block in text.split("\n\n"))


def columns(text: str) -> int:
    """Columns a text takes on a terminal, where Japanese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "FWA" else 1 for letter in text)


def aligned(block: str) -> str:
    """A list of options or commands with its second column straight again (click counts letters, not columns)."""
    rows = [ROW.match(line) for line in block.split("\n")]
    width = max((columns(row["name"]) for row in rows if row), default=0)
    return "\n".join(
        f"  {row['name']}{' ' * (width - columns(row['name']))}  {row['text']}" if row else line
        for row, line in zip(rows, block.split("\n"), strict=True)
    )


def japanese_error(message: str) -> str:
    """A message of click's about a command line in Japanese (unknown messages come back unchanged)."""
    for pattern, words in ERRORS:
        if found := re.fullmatch(pattern, message.strip(), flags=re.DOTALL):
            message = found.expand(words)
            break
    for pattern, words in VALUES:
        message = re.sub(pattern, words, message)
    return message


class JapaneseCommand(typer.core.TyperCommand):
    """A command whose help is in Japanese."""

    def get_help(self, ctx: Any) -> str:
        return japanese_help(super().get_help(ctx))


class JapaneseGroup(typer.core.TyperGroup):
    """The list of commands, with its help in Japanese."""

    def get_help(self, ctx: Any) -> str:
        return japanese_help(super().get_help(ctx))

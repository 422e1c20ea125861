"""Errors a beginner can act on: the line, what is wrong with it in Japanese, and what to do next.

Installed into IPython on import; the long stack stays hidden (in automatic runs, read by authors, it follows).
"""

from __future__ import annotations

import builtins
import difflib
import re
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

import pandas as pd

from jissho.teach.mode import automatic

QUOTES = {
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "「": '"',
    "」": '"',
    "、": ",",
    "。": ".",
    "−": "-",
    "×": "*",
    "÷": "/",
}
NAMES = {
    "\u3000": "全角の空白",
    "（": "全角のかっこ",
    "）": "全角のかっこ",
    "＝": "全角のイコール",
    "，": "全角のコンマ",
    "、": "読点",
    "“": "全角の引用符",
    "”": "全角の引用符",
    "‘": "全角の引用符",
    "’": "全角の引用符",
}
LIBRARIES = {"pd": "import pandas as pd", "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt"}

# What Python says about a line it cannot read → what to do about it.
SYNTAX = [
    (r"'([\(\[\{])' was never closed", "かっこ「{0}」が閉じていません。閉じるかっこを書き足してください。"),
    (r"unmatched '([\)\]\}])'", "閉じるかっこ「{0}」が余っています。開くかっこと数を合わせてください。"),
    (
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'",
        "かっこの組が合いません。「{1}」を「{0}」で閉じています。",
    ),
    (
        r"unterminated (triple-quoted )?(f-)?string literal|EOL while",
        "文字を囲む引用符（\" または '）が閉じていません。",
    ),
    (r"incomplete input|unexpected EOF", "かっこか引用符が閉じていないようです。閉じるほうを書き足してください。"),
    (r"expected ':'", "行の終わりに「:」（コロン）が要ります。"),
    (r"expected an indented block", "次の行を、空白4つぶん字下げしてください。"),
    (r"unexpected indent|unindent does not match", "行の頭の空白の数が、上の行と合っていません。"),
    (r"Perhaps you forgot a comma", "値と値のあいだに「,」（コンマ）が抜けていませんか。"),
    (r"Maybe you meant '=='", "くらべるときは「=」ではなく「==」と書きます。"),
    (r"cannot assign to", "「=」の左側には、変数の名前だけを書きます。"),
    (r"Missing parentheses in call to 'print'", "print は print(…) とかっこを付けて書きます。"),
    (r"invalid decimal literal", "数字のすぐ後に文字があります。名前は数字から始められません。単位は書きません。"),
    (r"leading zeros", "0 から始まる整数は書けません。頭の 0 を消してください。"),
]
UNIT_AFTER_DIGIT = re.compile(r"(?<!\w)\d[\d.,]*[ぁ-んァ-ヶ一-龠]")
SHOWN = 12  # column names listed in a hint

# Other errors: type, pattern of Python's message → what to do about it.
OTHERS = [
    (
        "TypeError",
        r"NoneType",
        "まだ値の入っていない変数（None）を使っています。上のセルで値を入れてから実行してください。",
    ),
    (
        "AttributeError",
        r"'NoneType' object",
        "まだ値の入っていない変数（None）を使っています。上のセルで値を入れてから実行してください。",
    ),
    (
        "TypeError",
        r"missing (\d+) required positional argument",
        "関数に渡す値が{0}つ足りません。かっこの中を確かめてください。",
    ),
    (
        "TypeError",
        r"takes .* positional arguments? but (\d+)",
        "関数に渡す値が多すぎます。かっこの中を確かめてください。",
    ),
    (
        "TypeError",
        r"unsupported operand type.*'str'",
        "文字と数を計算しています。文字の列は pd.to_numeric などで数に直してください。",
    ),
    (
        "TypeError",
        r"object is not callable",
        "関数でないものにかっこ ( ) を付けています。同じ名前の変数を作っていませんか。",
    ),
    (
        "ValueError",
        r"could not convert string to float",
        "数字でない文字があり、数に直せません。単位や「,」が入っていないか確かめてください。",
    ),
    ("ZeroDivisionError", r"", "0 で割っています。割る数を確かめてください。"),
    ("IndexError", r"", "番号が範囲の外です。番号は 0 から始まり、最後は「個数−1」です。"),
    ("ModuleNotFoundError", r"No module named '([^']+)'", "「{0}」という部品がありません。つづりを確かめてください。"),
    ("FileNotFoundError", r"", "ファイルが見つかりません。名前と、ノートブックと同じ場所にあるかを確かめてください。"),
    (
        "UnicodeDecodeError",
        r"",
        '文字の形式が違います。Excelで作ったファイルなら encoding="cp932" を付けてみてください。',
    ),
]


def install(shell: Any = None) -> None:
    """Show our hints in an IPython shell (by default the running one; outside IPython nothing happens)."""
    if shell is None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception,), _handle)


def uninstall(shell: Any) -> None:
    """Give the shell its own error display back."""
    shell.set_custom_exc((), None)


def _handle(
    shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> list[str]:
    lines = explain(error, trace, shell.user_ns)
    if automatic() and trace is not None and not hasattr(error, "_render_traceback_"):
        lines += ["", *"".join(traceback.format_exception(kind, error, trace)).splitlines()]
    shell._showtraceback(kind, error, lines)
    return lines


def explain(error: BaseException, trace: TracebackType | None = None, names: dict | None = None) -> list[str]:
    """What a participant reads about ``error``: hint, line in question, Python's own last line."""
    if hasattr(error, "_render_traceback_"):
        return list(error._render_traceback_())
    if isinstance(error, SyntaxError):
        return [*_syntax(error), _last_line(error)]
    found = next((hint for kind, hint in HINTS.items() if isinstance(error, kind)), _other)
    hint = found(error, trace, names or {})
    return [*([f"ヒント： {hint}"] if hint else []), *_where(trace), _last_line(error)]


def _last_line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]


def _where(trace: TracebackType | None) -> list[str]:
    """The last line of the participant's own cells on the way to the error."""
    own = [
        f for f in traceback.extract_tb(trace) if f.filename.startswith("<ipython-input") or "ipykernel_" in f.filename
    ]
    return [f"{own[-1].lineno}行目： {own[-1].line or ''}".rstrip()] if own else []


# --- a line Python cannot read -----------------------------------------------------------------


def _syntax(error: SyntaxError) -> list[str]:
    line = (error.text or "").rstrip("\n")
    marked = foreign(line)
    if marked:
        what = "、".join(dict.fromkeys(f"{NAMES.get(line[i], '全角の文字')}「{line[i]}」" for i in marked))
        fixed = "".join(half_width(c) if i in marked else c for i, c in enumerate(line))
        return [
            f"ヒント： {what}が入っています。半角に直してください。",
            f"{error.lineno}行目： {line}",
            *_pointer(f"{error.lineno}行目： ", line, marked),
            f"直した例： {fixed}",
        ]
    message = "invalid decimal literal" if UNIT_AFTER_DIGIT.search(line) else str(error.msg)
    hint = _from_table(message, SYNTAX) or "書き方に間違いがあります。印の付近を確かめてください。"
    start = min(max((error.offset or 1) - 1, 0), len(line))
    return [f"ヒント： {hint}", f"{error.lineno}行目： {line}", *_pointer(f"{error.lineno}行目： ", line, [start])]


def foreign(line: str) -> list[int]:
    """Positions of full-width characters that Python cannot read, outside quotes and comments."""
    positions, quote = [], ""
    for i, character in enumerate(line):
        if quote:
            quote = "" if character == quote and line[i - 1] != "\\" else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            break
        elif half_width(character) != character:
            positions.append(i)
    return positions


def half_width(character: str) -> str:
    """The half-width character meant, or the character itself (Japanese letters are fine in names)."""
    if character in QUOTES:
        return QUOTES[character]
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and len(plain) == 1 and not character.isascii() else character


def _pointer(before: str, line: str, positions: list[int]) -> list[str]:
    """A line of marks under ``line``; wide characters are matched by wide blanks."""
    columns = [("\u3000" if _wide(c) else " ") for c in before + line + " "]
    for i in positions:
        columns[len(before) + i] = "＾" if _wide((line + " ")[i]) else "^"
    return ["".join(columns).rstrip()]


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFA"


# --- a name, a column, anything else -----------------------------------------------------------


def _name(error: NameError, _: TracebackType | None, names: dict) -> str:
    name = error.name or ""
    if name in LIBRARIES:
        return f"先に「{LIBRARIES[name]}」のセルを実行してください。"
    known = [n for n in names if not n.startswith("_")] + dir(builtins)
    if any(isinstance(table, pd.DataFrame) and name in table.columns for table in names.values()):
        return f'「{name}」は表の見出しです。"{name}" のように、半角の引用符で囲みます。'
    return (
        f"「{name}」という名前はまだありません。{_perhaps(name, known)}上のセルを先に実行していますか（Shift+Enter）。"
    )


def _key(error: KeyError, trace: TracebackType | None, _: dict) -> str:
    wanted = str(error.args[0]) if error.args else ""
    inside_pandas = [f for f in _frames(trace) if f.f_globals.get("__name__", "").startswith("pandas.")]
    tables = [v for f in reversed(inside_pandas) for v in f.f_locals.values() if isinstance(v, pd.DataFrame)]
    if not tables:
        return f"「{wanted}」という見出しはありません。つづりと、全角・半角を確かめてください。"
    several = re.match(r"\[(.*)\] not (?:in index|found in axis)|None of .*\[(.*)\]", wanted)
    missing = re.findall(r"'([^']*)'", wanted) if several else [wanted]
    return _no_column(missing[0] if missing else wanted, tables[0])


def _attribute(error: AttributeError, trace: TracebackType | None, names: dict) -> str:
    if isinstance(error.obj, pd.DataFrame):
        return _no_column(str(error.name), error.obj)
    perhaps = _perhaps(str(error.name), [n for n in dir(error.obj) if not n.startswith("_")])
    return _other(error) or f"「.{error.name}」は使えません。{perhaps}つづりを確かめてください。"


def _no_column(name: str, table: pd.DataFrame) -> str:
    columns = [str(c) for c in table.columns]
    more = " …" if len(columns) > SHOWN else ""
    return f"「{name}」という列はありません。{_perhaps(name, columns)}ある列：{'、'.join(columns[:SHOWN])}{more}"


def _perhaps(name: str, known: list[str]) -> str:
    """「もしかして…」 with the closest names; width, case and spaces do not count."""
    plain = {_folded(k): k for k in reversed(known)}
    close = difflib.get_close_matches(_folded(name), plain, n=3, cutoff=0.6)
    return f"もしかして：{'、'.join(plain[c] for c in close)}。" if close else ""


def _folded(name: str) -> str:
    return re.sub(r"[\s_（）()]", "", unicodedata.normalize("NFKC", name)).casefold()


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _other(error: BaseException, *_: Any) -> str:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return _from_table(str(error), [(pattern, hint) for kind, pattern, hint in OTHERS if kind in kinds])


def _from_table(message: str, table: list[tuple[str, str]]) -> str:
    for pattern, hint in table:
        if match := re.search(pattern, message):
            return hint.format(*match.groups())
    return ""


HINTS: dict[type, Callable[[Any, TracebackType | None, dict], str]] = {
    NameError: _name,
    KeyError: _key,
    AttributeError: _attribute,
}

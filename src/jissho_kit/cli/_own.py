"""A visitor's own table in words: its columns, and what was mended when it was read."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jissho_kit.cli import _console as console

if TYPE_CHECKING:
    import pandas as pd

    from jissho.datasets import Mending, Profile

MOST_REASONS = 12  # told one by one
EXAMPLES = 2  # of each reason
LONGEST = 24  # letters of a cell that is shown
KINDS = {"b": "はい・いいえ", "i": "数値", "u": "数値", "f": "数値", "M": "日付", "m": "時刻"}


def put_own_table(file: Path, table: pd.DataFrame, mended: list[Mending]) -> None:
    """Size and columns, what could not be read, then what was mended."""
    rows = [
        [c["name"], c["kind"], c["unit"], f"{c['missing']:,}" if c["missing"] else "", shortened(c["example"])]
        for c in columns_of(table)
    ]
    title = f"{file.name}: {len(table):,}行・{len(table.columns)}列"
    console.put_table(["列", "種類", "単位", "空欄", "例"], rows, title=title)
    unread, read = [m for m in mended if not is_read(m)], [m for m in mended if is_read(m)]
    put_mendings("読めなかった値（表にはそのまま残しています）", unread, table.columns)
    put_mendings("読むときに直した所（元のファイルはそのままです）", read, table.columns)
    if not mended:
        console.put("直した所はありません。")


def put_mendings(title: str, mended: list[Mending], columns: Collection[str]) -> None:
    """Mendings together by reason, the most frequent first, with examples."""
    if not mended:
        return
    reasons: dict[str, list[Mending]] = {}
    for one in mended:
        reasons.setdefault(one.why, []).append(one)
    ordered = sorted(reasons.items(), key=lambda reason: -len(reason[1]))
    rows = [
        [f"{len(some):,}", why, "\n".join(example(one, columns) for one in some[:EXAMPLES])]
        for why, some in ordered[:MOST_REASONS]
    ]
    console.put_table(["件数", "したこと", "例"], rows, title=f"{title}: {len(mended):,}件")
    if rest := ordered[MOST_REASONS:]:
        count = sum(len(some) for _, some in rest)
        console.put(f"ほか {len(rest)} 種類、{count:,}件（全部: --mendings ファイル.csv か --json）\n")


def as_json(file: Path, table: pd.DataFrame, mended: list[Mending], profile: Profile | None) -> dict[str, Any]:
    """All of it, for a program."""
    return {
        "file": file,
        "rows": len(table),
        "columns": columns_of(table),
        "mendings": [{**dataclasses.asdict(one), "read": is_read(one)} for one in mended],
        "profile": profile and {name: finite(value) for name, value in dataclasses.asdict(profile).items()},
    }


def csv_of(mended: list[Mending]) -> str:
    """Every mending as a line of a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["行", "列", "元の値", "表の値", "読めたか", "理由"])
    for m in mended:
        writer.writerow([m.row or "", m.column, m.before, m.after, "はい" if is_read(m) else "いいえ", m.why])
    return text.getvalue()


def columns_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Name, kind, unit (where the file had a row of them), number of blanks and first value of each column."""
    units = table.attrs.get("units", {})
    found = []
    for name in table.columns:
        filled = table[name].dropna()
        found.append(
            {
                "name": str(name),
                "kind": kind_of(table[name]),
                "unit": units.get(name, ""),
                "missing": int(table[name].isna().sum()),
                "example": written(filled.iloc[0]) if len(filled) else "",
            }
        )
    return found


def kind_of(column: pd.Series) -> str:
    """What a column holds, in a word."""
    if column.dtype == object and column.dropna().map(type).nunique() > 1:
        return "混在"
    return KINDS.get(column.dtype.kind, "文字")


def written(value: Any) -> str:
    """A value as a person writes it: a day without its midnight, a time of day as 8:50 or, past midnight, 25:10."""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        minutes, rest = divmod(abs(seconds), 60)
        clock = f"{minutes // 60}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
        return f"-{clock}" if seconds < 0 else clock
    return str(value).removesuffix(" 00:00:00")


def csv_of_table(table: pd.DataFrame) -> str:
    """The table as a CSV that Excel and ``read_own_table`` take back, times of day as clock times."""
    times = table.select_dtypes("timedelta").columns
    clocks = {name: table[name].map(written, na_action="ignore").astype(object) for name in times}
    return table.assign(**clocks).to_csv(index=False, lineterminator="\r\n")


def is_read(one: Mending) -> bool:
    """Whether a value could be read; one that could not stands in the table as it was."""
    return one.before != one.after


def example(one: Mending, columns: Collection[str]) -> str:
    """Where and what, in a line; of a row or column that was left out, what it held."""
    where = (f"{one.row}行目" if one.row else "") + (f"「{one.column}」" if one.column else "")
    before = shortened(written(one.before))
    if not is_read(one) or (one.after is None and one.column not in columns):
        return f"{where} {before}".strip()
    after = "値なし" if one.after is None else shortened(written(one.after))
    return f"{where} {before} → {after}".strip()


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def finite(value: Any) -> Any:
    """JSON has no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value

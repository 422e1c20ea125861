"""From a person's table to plain typed columns and a task; every input that cannot be used is refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import pandas as pd

from jissho.datasets._own._dates import read_moment
from jissho.errors import DataError

MIN_ROWS = 6
MAX_CLASSES = 50
# From this share of one class on, ranking all rows says little: the rare class itself must be found.
RARE = 0.2
READABLE = 0.95  # share of the cells that must read as a number or a date for the column to be one
YEAR_MONTH = re.compile(r"[12][0-9]{3}[-/][0-9]{1,2}")


@dataclass(frozen=True)
class Task:
    """What is to be told: ``number``, ``two`` classes or ``many``; ``labels[i]`` is the name of code ``i``."""

    kind: str
    metric: str
    labels: tuple[str, ...] = ()


@dataclass
class Case:
    """One table under trial.

    ``table`` holds every column but the target, each as float, text (``object``) or ``datetime64``; ``y`` is the
    standardised number (mean 0, standard deviation 1) or the class code; for two classes code 1 is the rarer.
    ``left`` are the columns that may still be features, ``zero`` is what a target of 0 has become, ``previous`` the
    target one time before (NaN: none), ``notes`` what was seen while reading.
    """

    table: pd.DataFrame
    y: np.ndarray
    task: Task
    target: str
    time: str | None = None
    group: str | None = None
    left: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    zero: float = np.nan
    previous: np.ndarray | None = None

    @property
    def rows(self) -> int:
        return len(self.y)

    @cached_property
    def event(self) -> np.ndarray | None:
        """The rows where something happened: not the commonest class, or not zero; None where all numbers differ."""
        if self.task.kind != "number":
            return self.y != np.bincount(self.y.astype(int)).argmax()
        happened = self.y != self.zero
        return happened if 0.05 <= happened.mean() <= 0.95 else None

    def with_target(self, names: list[str]) -> pd.DataFrame:
        """These columns and the target, under numbers: no name can clash."""
        columns = [*(self.table[name] for name in names), pd.Series(self.y)]
        return pd.DataFrame(dict(enumerate(columns)))

    def drop(self, columns) -> None:
        self.left = [name for name in self.left if name not in set(columns)]

    def take(self, rows: np.ndarray) -> Case:
        """The same case with these rows in this order."""
        previous = None if self.previous is None else self.previous[rows]
        return replace(self, table=self.table.iloc[rows].reset_index(drop=True), y=self.y[rows], previous=previous)


def make_case(df: pd.DataFrame, target, time=None, group=None) -> Case:
    """Check the arguments and read the columns.

    Raises
    ------
    DataError
        No table, no such column, a target without anything to tell, or too few rows; with the way out.
    """
    if not isinstance(df, pd.DataFrame):
        raise DataError(
            "表（DataFrame）ではありません。",
            type(df).__name__,
            "read_own_table(ファイル) で読んだ表を渡してください。",
        )
    table = df.reset_index(drop=True)
    table.columns = [_name(c) for c in table.columns]
    if twice := sorted({c for c in table.columns if list(table.columns).count(c) > 1}):
        raise DataError(
            "同じ名前の列が二つ以上あります。",
            quote(twice),
            "見出しを一つずつ違う名前にしてから、もう一度読んでください。",
        )
    target, time, group = (None if name is None else _name(name) for name in (target, time, group))
    for role, name in (("目的の列", target), ("時間の列", time), ("グループの列", group)):
        if name is not None or role == "目的の列":
            _must_exist(role, name, table)
    if target in (time, group):
        raise DataError(
            "目的の列を、時間やグループの列としても指定しています。", f"「{target}」", "別の列を指定してください。"
        )
    if table.empty:
        raise DataError("表に行がありません。", mend="見出しの下にデータの行があるか確かめてください。")
    notes: list[str] = []
    table = pd.DataFrame({name: _typed(table[name], notes) for name in table})
    table = _rows_with_values(table, target, time, group, notes)
    y, task, zero = _task(table.pop(target), target)
    left = [name for name in table if name not in (time, group)]
    case = Case(table, y, task, target, time, group, left, notes, zero)
    _check_roles(case)
    return case


def _name(column) -> str:
    return " ".join(str(part) for part in column) if isinstance(column, tuple) else str(column)


def quote(names) -> str:
    """Names in brackets, cut after eight."""
    names = [f"「{name}」" for name in names]
    return "".join(names[:8]) + (f"ほか{len(names) - 8}列" if len(names) > 8 else "")


def is_dates(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values)


def _must_exist(role: str, name: str | None, table: pd.DataFrame) -> None:
    columns = [str(c) for c in table.columns]
    if name in columns:
        return
    near = get_close_matches(str(name), columns, n=3, cutoff=0.4)
    raise DataError(
        f"{role}「{name}」が表にありません。",
        mend=f"{'近い名前: ' + quote(near) if near else '使える列: ' + (quote(columns) or 'なし')}。",
    )


def _typed(column: pd.Series, notes: list[str]) -> pd.Series:
    """The column as float, ``datetime64`` or text with NaN for blanks."""
    kind = pd.api.types
    if is_dates(column):
        return column.dt.tz_localize(None)
    if kind.is_timedelta64_dtype(column):
        return column.dt.total_seconds()
    if kind.is_bool_dtype(column) or (kind.is_numeric_dtype(column) and not kind.is_complex_dtype(column)):
        return _finite(column.astype("Float64" if kind.is_extension_array_dtype(column) else float))
    text = _as_text(column)
    filled = text.dropna()
    if filled.empty:
        return pd.Series(np.nan, column.index)
    for read in (_numbers, _dates):
        values = read(filled.drop_duplicates())
        if (bad := values.isna()).mean() <= 1 - READABLE:
            if bad.any():
                notes.append(
                    f"列「{column.name}」の読めない値{quote(values.index[bad])}は空欄として扱いました。元の表で直してください。"
                )
            return text.map(values)
    return text


def _finite(numbers: pd.Series) -> pd.Series:
    return pd.Series(numbers.to_numpy(float, na_value=np.nan), numbers.index).replace([np.inf, -np.inf], np.nan)


def _as_text(column: pd.Series) -> pd.Series:
    """Text with NaN for blanks; 1.0 and 1 read alike, so that a blank in a column of codes does not rename them."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        shown = [None if pd.isna(v) else str(int(v)) if _whole(v) else str(v) for v in column]
    else:
        shown = [None if np.isscalar(v) and pd.isna(v) or v is None else str(v).strip() or None for v in column]
    return pd.Series(shown, column.index, dtype=object).where(lambda s: s.notna(), np.nan)


def _whole(value) -> bool:
    return not isinstance(value, complex) and np.isfinite(float(value)) and float(value).is_integer()


def _numbers(texts: pd.Series) -> pd.Series:
    return _finite(pd.to_numeric(texts, errors="coerce").astype(float)).set_axis(texts)


def _dates(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.Series([_date(text) for text in texts], texts, dtype="datetime64[us]"))


def _date(text: str) -> datetime | None:
    """A day, with or without a time, however people write it; ``None`` for codes that only might be one (R6)."""
    moment = read_moment(f"{text}-1".replace("/", "-") if YEAR_MONTH.fullmatch(text) else text)
    return moment.value if moment and moment.kind == "day" and not moment.weak else None


def _rows_with_values(table: pd.DataFrame, target: str, time, group, notes: list[str]) -> pd.DataFrame:
    for role, name in (("目的", target), ("時間", time), ("グループ", group)):
        if name is None:
            continue
        blank = table[name].isna()
        if blank.all():
            raise DataError(f"{role}の列「{name}」がすべて空欄です。", mend="値の入った列を指定してください。")
        if blank.any():
            notes.append(f"{role}の列「{name}」が空欄の {blank.sum():,} 行は使いません。なぜ空欄かを確かめてください。")
            table = table[~blank]
    if len(table) < MIN_ROWS:
        raise DataError(
            f"使える行が {len(table)} 行しかありません。",
            f"「{target}」",
            f"成績を測るには少なくとも {MIN_ROWS} 行が要ります。",
        )
    return table.reset_index(drop=True)


def _task(values: pd.Series, target: str) -> tuple[np.ndarray, Task, float]:
    """Standardised numbers or class codes, what they are, and what zero has become."""
    where, kinds = f"「{target}」", values.nunique()
    if kinds < 2:
        raise DataError(
            f"目的の列がどの行も同じ値（{values.iloc[0]}）です。",
            where,
            "良い・悪いの両方が入った期間の表を使ってください。",
        )
    if is_dates(values):
        raise DataError("目的の列が日時です。", where, "「何日後か」「何分かかったか」のような数の列を作ってください。")
    if pd.api.types.is_numeric_dtype(values) and kinds > 2:
        return _standardised(values.to_numpy(float), where)
    counts = _as_text(values).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if len(counts) > MAX_CLASSES or len(values) < 3 * len(counts):
        raise DataError(
            f"目的の列の種類が多すぎます（{len(values):,} 行に {len(counts):,} 種類）。",
            where,
            f"似たものをまとめて {MAX_CLASSES} 種類以下、一種類 3 行以上にするか、数の列を目的にしてください。",
        )
    y = _as_text(values).map({label: code for code, label in enumerate(counts.index)}).to_numpy(int)
    if len(counts) > 2:
        return y, Task("many", "f1_macro", tuple(counts.index)), np.nan
    if counts.iloc[1] < 2:
        raise DataError(
            f"目的の列の「{counts.index[1]}」が 1 行しかありません。",
            where,
            "同じ結果の行をもっと集めてから試してください。",
        )
    metric = "average_precision" if counts.iloc[1] < RARE * len(y) else "roc_auc"
    return y, Task("two", metric, tuple(counts.index)), np.nan


def _standardised(values: np.ndarray, where: str) -> tuple[np.ndarray, Task, float]:
    with np.errstate(all="ignore"):
        in_order = np.sort(values)  # sums must not depend on the order of the rows
        mean, spread = in_order.mean(), in_order.std()
        y, zero = (values - mean) / spread, -mean / spread
    if not (np.isfinite(y).all() and np.isfinite(zero)) or len(np.unique(y)) < 3:
        raise DataError(
            "目的の列の値が大きすぎるか、違いが小さすぎて計算できません。",
            where,
            "単位を変える（千円を円に、など）か、桁の誤りを直してください。",
        )
    y[values == 0] = zero
    return y, Task("number", "r2"), zero


def _check_roles(case: Case) -> None:
    if case.time is not None:
        times = case.table[case.time]
        if times.dtype == object:
            raise DataError(
                f"時間の列「{case.time}」が日時にも数にも読めません（例: {times.iloc[0]}）。",
                mend="2024-04-01 09:00 のような書き方にするか、read_own_table で読み直してください。",
            )
        if times.nunique() < 3:
            raise DataError(
                f"時間の列「{case.time}」に違う時刻が {times.nunique()} つしかありません。",
                mend="三つ以上の時刻にまたがる表を使ってください。",
            )
    if case.group is not None and case.table[case.group].nunique() < 2:
        raise DataError(
            f"グループの列「{case.group}」に一つのグループしかありません。",
            mend="二つ以上のグループの行を集めるか、group を指定せずに試してください。",
        )

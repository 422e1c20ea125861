"""Schemas as data: ``datasets/<name>/schema.yml`` → types, units, ranges and allowed values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from jissho.errors import DataError

PANDAS_DTYPES = {"int": "int64", "float": "float64", "str": "str", "datetime": "datetime64[ns]"}

RESTORE = "Excelで保存し直した場合は、配布されたファイルに戻してください。"

# What a cell must look like; anything else is named with its line.
WRITTEN = {
    "int": re.compile(r"-?[0-9]{1,18}"),
    "float": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"),
}

# pandera's checks in plain words.
FAULTS = {
    "greater_than_or_equal_to": "値「{value}」が小さすぎます。",
    "less_than_or_equal_to": "値「{value}」が大きすぎます。",
    "isin": "値「{value}」は決められた値ではありません。",
    "not_nullable": "空欄があります。",
    "field_uniqueness": "同じ値「{value}」が二度あります。",
    "dtype": "値の種類が違います（{value}）。",
    "column_in_dataframe": "この列がありません。",
    "column_in_schema": "知らない列です。",
}


@dataclass(frozen=True)
class Column:
    """One column: ``dtype`` is int, float, str or datetime; ``unit`` is as printed on charts."""

    name: str
    dtype: str
    description: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    allowed: tuple | None = None
    nullable: bool = False
    unique: bool = False
    decimals: int = 0

    def label(self) -> str:
        """Name with unit, ready for an axis."""
        return f"{self.name}（{self.unit}）" if self.unit else self.name


# First column of a table over several sites; numbers and lots start anew at each.
SITE = Column("事業所", "int", "事業所（工場・農場など）の番号。ほかの番号は事業所ごとに付け直す", min=1)


@dataclass(frozen=True)
class Schema:
    """A dataset's columns; reads, checks and writes tables of that shape.

    A table may have the column 「事業所」 (:data:`SITE`) besides: it then spans several sites, and what is unique in one
    site may come again in another.
    """

    name: str
    title: str
    columns: tuple[Column, ...] = field(default_factory=tuple)

    def for_columns(self, names: Iterable[str]) -> Schema:
        """This schema, with :data:`SITE` in front when a table of those columns spans several sites."""
        sited = SITE.name in names and SITE not in self.columns
        return replace(self, columns=(SITE, *self.columns)) if sited else self

    def read(self, path: Path) -> pd.DataFrame:
        """Read a CSV of this shape and check it.

        Raises
        ------
        DataError
            File missing or unreadable, columns differ, or a value is outside its schema.
        """
        where = str(path)
        text = _text(path)
        columns = self.for_columns(text.columns).columns
        names = [c.name for c in columns]
        if missing := [name for name in names if name not in text.columns]:
            raise DataError(f"データ「{self.name}」に列「{'」「'.join(missing)}」がありません。", where, RESTORE)
        if unknown := [str(name) for name in text.columns if name not in names]:
            raise DataError(f"データ「{self.name}」に知らない列「{'」「'.join(unknown)}」があります。", where, RESTORE)
        return self.check(pd.DataFrame({c.name: _typed(c, text[c.name], where) for c in columns}), where)

    def check(self, df: pd.DataFrame, where: str = "") -> pd.DataFrame:
        """Return ``df`` with its times in ns if it fits the schema, else raise :class:`DataError` naming line and column."""
        import pandera.errors

        shape = self.for_columns(df.columns)
        try:
            shape._pandera().validate(df.reset_index(drop=True), lazy=True)
        except pandera.errors.SchemaErrors as error:
            case = error.failure_cases.sort_values("index", na_position="first", kind="stable").iloc[0]
            rule, line = str(case["check"]), "" if pd.isna(case["index"]) else f" {int(case['index']) + 2} 行目"
            column = case["failure_case"] if rule.startswith("column_in_") else case["column"]
            fault = next((text for name, text in FAULTS.items() if rule.startswith(name)), rule)
            raise self._error(column, fault.format(value=case["failure_case"]), f"{where}{line}") from None
        shape._check_unique_in_site(df, where)
        times = [c.name for c in self.columns if c.dtype == "datetime"]
        return df.astype(dict.fromkeys(times, PANDAS_DTYPES["datetime"]))

    def texts(self, df: pd.DataFrame) -> dict[str, list[str]]:
        """Cells of each column as they are written: fixed decimals, ISO times, nothing where missing."""
        return {c.name: _written(c, df[c.name]) for c in self.for_columns(df.columns).columns}

    def encode(self, df: pd.DataFrame, header: bool = True) -> bytes:
        """``df`` as CSV, UTF-8 with BOM (where it has a header), byte-identical on every supported Python."""
        cells = self.texts(df)
        head = "\ufeff" + ",".join(map(_quoted, cells)) + "\r\n" if header else ""
        for c in self.for_columns(cells).columns:
            if c.dtype == "str":
                quoted = {text: _quoted(text) for text in set(cells[c.name])}
                cells[c.name] = [quoted[text] for text in cells[c.name]]
        rows = (f"{','.join(row)}\r\n" for row in zip(*cells.values(), strict=True))
        return (head + "".join(rows)).encode("utf-8")

    def write(self, df: pd.DataFrame, path: Path) -> None:
        """Write ``df`` as ``encode`` gives it; missing folders are made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.encode(df))

    def _error(self, column: str, fault: str, where: str) -> DataError:
        return DataError(f"データ「{self.name}」の列「{column}」：{fault}", where=where.strip(), mend=RESTORE)

    def _check_unique_in_site(self, df: pd.DataFrame, where: str) -> None:
        for c in (c for c in self.columns if c.unique and SITE in self.columns):
            again = df.duplicated([SITE.name, c.name]).to_numpy()
            if again.any():
                row = int(again.argmax())
                fault = FAULTS["field_uniqueness"].format(value=df[c.name].iloc[row])
                raise self._error(c.name, fault, f"{where} {row + 2} 行目")

    def _pandera(self):
        import pandera.pandas as pa

        def checks(c: Column) -> list:
            found = []
            if c.min is not None:
                found.append(pa.Check.ge(c.min))
            if c.max is not None:
                found.append(pa.Check.le(c.max))
            if c.allowed is not None:
                found.append(pa.Check.isin(c.allowed))
            return found

        return pa.DataFrameSchema(
            {
                c.name: pa.Column(
                    PANDAS_DTYPES[c.dtype],
                    checks(c),
                    nullable=c.nullable,
                    unique=c.unique and SITE not in self.columns,
                    report_duplicates="exclude_first",
                    coerce=c.dtype == "datetime",
                )
                for c in self.columns
            },
            strict=True,
        )


def _text(path: Path) -> pd.DataFrame:
    """All cells of a CSV as text, one row per line, blank lines kept (so that line numbers stay right)."""
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False, skip_blank_lines=False)
    except FileNotFoundError:
        raise DataError(f"ファイルがありません: {path.name}", where=str(path)) from None
    except UnicodeDecodeError:
        raise DataError("文字の形式が UTF-8 ではありません。", where=str(path), mend=RESTORE) from None
    except pd.errors.ParserError as error:
        line = re.search(r"in line (\d+)", str(error))
        where = f"{path} {line[1]} 行目" if line else str(path)
        raise DataError("「,」の数がほかの行と違います。", where=where, mend=RESTORE) from None
    except (ValueError, OSError) as error:
        raise DataError(f"表を読めません: {error}", where=str(path), mend=RESTORE) from None
    return table.fillna("")


def _typed(column: Column, text: pd.Series, where: str) -> pd.Series:
    """A column of text as the schema's type; empty cells are missing. Raises DataError naming the line."""
    if column.dtype == "str":
        return text.where(text != "").astype(PANDAS_DTYPES["str"])
    filled = text[text != ""]
    if column.dtype == "datetime":
        values = pd.to_datetime(filled, format="ISO8601", errors="coerce").astype(PANDAS_DTYPES["datetime"])
        bad = filled[values.isna()]
    else:
        # Each text that occurs is looked at once: a column holds thousands of cells, but few different ones.
        places, texts = pd.factorize(filled)
        fits = np.array([WRITTEN[column.dtype].fullmatch(one) is not None for one in texts], dtype=bool)
        bad = filled[~fits[places]]
        if not len(bad):
            numbers = np.array(list(texts), dtype=object).astype("float64" if len(filled) < len(text) else column.dtype)
            values = pd.Series(numbers[places], index=filled.index)
    if len(bad):
        kind = {"int": "整数", "float": "数字", "datetime": "日時"}[column.dtype]
        raise DataError(
            f"列「{column.name}」の値「{bad.iloc[0]}」は{kind}として読めません。",
            where=f"{where} {bad.index[0] + 2} 行目",
            mend=RESTORE,
        )
    if column.dtype == "int" and len(filled) < len(text):
        line = text.index[text == ""][0] + 2
        raise DataError(f"列「{column.name}」に空欄があります。", where=f"{where} {line} 行目", mend=RESTORE)
    return values.reindex(text.index)


def _written(column: Column, values: pd.Series) -> list[str]:
    """A column's cells as text; each value that occurs is formatted once, as a table may have 10⁷ rows."""
    if column.dtype == "float":
        places, numbers = pd.factorize(np.round(values.to_numpy("float64"), column.decimals) + 0.0)  # no -0.0
        texts = [f"{number:.{column.decimals}f}" for number in numbers.tolist()]
        return np.array([*texts, ""], dtype=object)[places].tolist()  # a missing value's place is -1
    if column.dtype == "datetime":
        stamps = np.datetime_as_string(values.to_numpy("datetime64[s]"), unit="s").tolist()
        return ["" if stamp == "NaT" else stamp.replace("T", " ") for stamp in stamps]
    return ["" if gone else str(value) for value, gone in zip(values.tolist(), values.isna().tolist(), strict=True)]


def _quoted(text: str) -> str:
    """A cell of a CSV, in quotes only where it needs them."""
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


@lru_cache
def read_schema(path: Path) -> Schema:
    """Read ``schema.yml``. Raises :class:`DataError` when it is missing or malformed."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        columns = tuple(
            Column(**{**c, "allowed": tuple(c["allowed"]) if c.get("allowed") else None}) for c in raw["columns"]
        )
        unknown = [f"{c.name}: {c.dtype}" for c in columns if c.dtype not in PANDAS_DTYPES]
        if unknown:
            raise TypeError(f"dtype {unknown[0]}")
        return Schema(raw["name"], raw["title"], columns)
    except FileNotFoundError:
        raise DataError(f"データの説明がありません: {path}", mend="データ名を確かめてください。") from None
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise DataError(f"schema.yml を読めません: {error}", where=str(path)) from None

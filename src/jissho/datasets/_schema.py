"""Schemas as data: ``datasets/<name>/schema.yml`` → types, units, ranges and allowed values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml

from jissho.errors import DataError

PANDAS_DTYPES = {"int": "int64", "float": "float64", "str": "str", "datetime": "datetime64[ns]"}


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


@dataclass(frozen=True)
class Schema:
    """A dataset's columns; reads, checks and writes tables of that shape."""

    name: str
    title: str
    columns: tuple[Column, ...] = field(default_factory=tuple)

    def read(self, path: Path) -> pd.DataFrame:
        """Read a CSV of this shape and check it.

        Raises
        ------
        DataError
            File missing or unreadable, columns differ, or a value is outside its schema.
        """
        dates = [c.name for c in self.columns if c.dtype == "datetime"]
        dtypes = {c.name: PANDAS_DTYPES[c.dtype] for c in self.columns if c.dtype != "datetime"}
        try:
            df = pd.read_csv(path, encoding="utf-8-sig", dtype=dtypes, parse_dates=dates, keep_default_na=False,
                             na_values={c.name: [""] for c in self.columns if c.nullable})
        except FileNotFoundError:
            raise DataError(f"ファイルがありません: {path.name}", where=str(path)) from None
        except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
            raise DataError(f"表を読めません: {error}", where=str(path),
                            mend="Excelで保存し直した場合は、配布されたファイルに戻してください。") from None
        return self.check(df, where=str(path))

    def check(self, df: pd.DataFrame, where: str = "") -> pd.DataFrame:
        """Return ``df`` unchanged if it fits the schema, else raise :class:`DataError` naming line and column."""
        import pandera.errors

        try:
            return self._pandera().validate(df, lazy=True)
        except pandera.errors.SchemaErrors as error:
            case = error.failure_cases.iloc[0]
            line = "" if pd.isna(case["index"]) else f" {int(case['index']) + 2} 行目"
            raise DataError(
                f"データ「{self.name}」の列「{case['column'] or case['failure_case']}」に決まりと違う値があります: "
                f"{case['failure_case']}（{case['check']}）",
                where=f"{where}{line}",
                mend="配布されたファイルに戻すか、値を直してください。",
            ) from None

    def write(self, df: pd.DataFrame, path: Path) -> None:
        """Write ``df`` as UTF-8 with BOM and fixed decimals, byte-identical on every supported Python."""
        text = df[[c.name for c in self.columns]].copy()
        for c in self.columns:
            if c.dtype == "float":
                text[c.name] = [("" if pd.isna(v) else f"{v:.{c.decimals}f}") for v in df[c.name]]
            elif c.dtype == "datetime":
                text[c.name] = df[c.name].dt.strftime("%Y-%m-%d %H:%M:%S")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbf" + text.to_csv(index=False, lineterminator="\r\n").encode("utf-8"))

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
            {c.name: pa.Column(PANDAS_DTYPES[c.dtype], checks(c), nullable=c.nullable, unique=c.unique, coerce=c.dtype == "datetime")
             for c in self.columns},
            strict=True,
        )


@lru_cache
def read_schema(path: Path) -> Schema:
    """Read ``schema.yml``. Raises :class:`DataError` when it is missing or malformed."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        columns = tuple(Column(**{**c, "allowed": tuple(c["allowed"]) if c.get("allowed") else None}) for c in raw["columns"])
        return Schema(raw["name"], raw["title"], columns)
    except FileNotFoundError:
        raise DataError(f"データの説明がありません: {path}", mend="データ名を確かめてください。") from None
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise DataError(f"schema.yml を読めません: {error}", where=str(path)) from None

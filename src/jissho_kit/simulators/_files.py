"""Tables of any size as files: drawn site by site, written chunk by chunk, in flat memory.

The simulators draw one site (a plant, a farm, a herd) of the size they were made for. A larger table is many sites, so
that every row stays as honest as in the shipped file; nothing is stretched or copied.
"""

from __future__ import annotations

import errno
import filecmp
import itertools
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jissho.datasets import SITE, Schema, schema
from jissho.errors import UsageError
from jissho_kit.simulators._registry import SHIPPED_SEED, SIMULATORS, unknown_dataset

CHUNK = 50_000  # rows from which on a chunk is handed on; it is longer by less than one site
EXCEL_ROWS = 1_048_575  # of a sheet, below its header
SYNTHETIC = "合成データ"

Put = Callable[[pd.DataFrame], Any]


def write(names: Iterable[str], folder: Path, random_state: int, n: int | None = None) -> None:
    """Draw each named dataset and write ``<folder>/<name>/<name>.csv`` in its schema's format."""
    for name in names:
        make = SIMULATORS[name]
        table, _ = make(random_state=random_state) if n is None else make(n=n, random_state=random_state)
        schema(name).write(schema(name).check(table), Path(folder) / name / f"{name}.csv")


def draw(name: str, rows: int | None = None, random_state: int = SHIPPED_SEED) -> Iterator[pd.DataFrame]:
    """Draw a table of ``rows`` rows in chunks, each checked against the schema.

    Up to the size of one site it is the beginning of ``make_<name>(random_state=random_state)``. Beyond, further sites
    follow, site ``k`` drawn from ``default_rng([random_state, k])``, the last one cut; then, and only then, the first
    column is 「事業所」 (1, 2, …), and numbers, lots and the like are unique within a site.

    Parameters
    ----------
    name : str
        Dataset.
    rows : int, optional
        At least 1; by default those of one site.
    random_state : int
        At least 0.

    Returns
    -------
    iterator of DataFrame
        Each shorter than :data:`CHUNK` rows and one site together.

    Raises
    ------
    UsageError
        The name is unknown, or ``rows`` or ``random_state`` is too small.
    """
    _check_wanted(name, rows, random_state)
    return _chunks(schema(name), _sites(SIMULATORS[name], rows, random_state))


def make_file(
    name: str,
    folder: str | Path,
    rows: int | None = None,
    format: str = "csv",
    random_state: int = SHIPPED_SEED,
    on_progress: Callable[[int, int], Any] = lambda done, total: None,
) -> Path:
    """Write a table drawn as :func:`draw` says to ``<folder>/<name>/<name>.<format>``, whole or not at all.

    With the defaults it is the shipped file, byte for byte. All formats hold the same values. A file of another content
    that is there already is kept beside under another name.

    Parameters
    ----------
    name, rows, random_state
        As in :func:`draw`.
    folder : path
        Made where missing; ``JISSHO_DATA=<folder>`` lets the loaders read its CSV.
    format : {"csv", "xlsx", "parquet"}
    on_progress : callable
        Told after each chunk how many rows of how many are written.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        As in :func:`draw`; the format is unknown, has no room for the rows, or the folder cannot be written.
    """
    _check_wanted(name, rows, random_state)
    _check_format(format, rows)
    path = Path(folder) / name / f"{name}.{format}"
    with _whole(path) as part:
        chunks = draw(name, rows, random_state)
        first = next(chunks)
        done, total = 0, rows or len(first)
        with FORMATS[format](part, schema(name).for_columns(first.columns)) as put:
            for chunk in itertools.chain([first], chunks):
                put(chunk)
                done += len(chunk)
                on_progress(done, total)
    return path


def _sites(make: Callable, rows: int | None, random_state: int) -> Iterator[pd.DataFrame]:
    table, _ = make(random_state=random_state)
    if rows is None or rows <= len(table):
        yield table.head(rows or len(table))
        return
    for site in itertools.count(1):
        if site > 1:
            table, _ = make(random_state=np.random.default_rng([random_state, site]))
        table = table.head(rows)
        table.insert(0, SITE.name, site)
        yield table
        rows -= len(table)
        if not rows:
            return


def _chunks(shape: Schema, sites: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Whole sites put together, so that small sites do not cost a check and a write each."""
    held: list[pd.DataFrame] = []
    rows = 0
    for site in sites:
        held.append(site)
        rows += len(site)
        if rows >= CHUNK:
            yield _joined(shape, held)
            held, rows = [], 0
    if held:
        yield _joined(shape, held)


def _joined(shape: Schema, sites: list[pd.DataFrame]) -> pd.DataFrame:
    return shape.check(pd.concat(sites, ignore_index=True) if len(sites) > 1 else sites[0])


def _check_wanted(name: str, rows: int | None, random_state: int) -> None:
    if name not in SIMULATORS:
        raise unknown_dataset(name, SIMULATORS)
    if rows is not None and rows < 1:
        raise UsageError(f"行数が {rows:,} です。", mend="1 以上の行数を指定してください。")
    if random_state < 0:
        raise UsageError(f"乱数の種が {random_state} です。", mend="0 以上の整数を指定してください。")


def _check_format(format: str, rows: int | None) -> None:
    if format not in FORMATS:
        raise UsageError(f"形式「{format}」では書けません。", mend=f"使える形式: {', '.join(FORMATS)}")
    if format == "xlsx" and (rows or 0) > EXCEL_ROWS:
        raise UsageError(
            f"Excelの一枚のシートに入るのは {EXCEL_ROWS:,} 行までです（指定は {rows:,} 行）。",
            mend="行数を減らすか、形式を csv か parquet にしてください。",
        )


@contextmanager
def _csv(path: Path, shape: Schema) -> Iterator[Put]:
    with path.open("wb") as file:
        yield lambda chunk: file.write(shape.encode(chunk, header=file.tell() == 0))


@contextmanager
def _xlsx(path: Path, shape: Schema) -> Iterator[Put]:
    """A sheet with the table, its header bold and always in view, and a sheet that says what the columns mean."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = f"{shape.title}（{SYNTHETIC}）"
    table, notes = book.create_sheet(shape.name), book.create_sheet("列の説明")
    _head(
        table, [column.name for column in shape.columns], [20 if c.dtype == "datetime" else 12 for c in shape.columns]
    )
    _head(notes, ["列", "単位", f"中身（この表は{SYNTHETIC}です）"], [16, 12, 80])
    for column in shape.columns:
        notes.append([column.name, column.unit or "–", column.description])

    def put(chunk: pd.DataFrame) -> None:
        for row in zip(*_values(shape, chunk).values(), strict=True):
            table.append(row)

    try:
        yield put
    finally:  # also when given up: a sheet that is collected open complains on stderr
        table.close()
        notes.close()
    book.save(path)


def _head(sheet: Any, names: list[str], widths: list[int]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    cells = [WriteOnlyCell(sheet, name) for name in names]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)


@contextmanager
def _parquet(path: Path, shape: Schema) -> Iterator[Put]:
    """A row group for each chunk; the units and the word 合成データ stand in the file's metadata."""
    import fastparquet

    about = {
        "title": f"{shape.title}（{SYNTHETIC}）",
        "units": json.dumps({column.name: column.unit for column in shape.columns}, ensure_ascii=False),
    }
    texts = {column.name: "utf8" for column in shape.columns if column.dtype == "str"}
    floats = [column.name for column in shape.columns if column.dtype == "float"]

    def put(chunk: pd.DataFrame) -> None:
        values = _values(shape, chunk)
        fastparquet.write(
            path,
            chunk.assign(**{name: np.array(values[name], dtype="float64") for name in floats}),
            append=path.exists(),
            write_index=False,
            compression="SNAPPY",
            object_encoding=texts,
            custom_metadata=about,
        )

    yield put


FORMATS = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}


def _values(shape: Schema, chunk: pd.DataFrame) -> dict[str, list]:
    """Cells as Python values, numbers with the decimals that the CSV has, None where missing; by column."""
    read = {"int": int, "float": float, "str": str, "datetime": datetime.fromisoformat}
    texts = shape.texts(chunk)
    return {c.name: [read[c.dtype](text) if text else None for text in texts[c.name]] for c in shape.columns}


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to, put in its place when all went well; failures of the disk in words."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        if path.exists() and not _same(path, part):
            path.rename(_free_name(path))
        os.replace(part, path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _same(old: Path, new: Path) -> bool:
    """Whether two files hold the same; a workbook also notes when it was written, which is not asked."""
    if old.suffix != ".xlsx":
        return filecmp.cmp(old, new, shallow=False)
    try:
        with zipfile.ZipFile(old) as one, zipfile.ZipFile(new) as other:
            sums = [
                {f.filename: f.CRC for f in z.infolist() if f.filename != "docProps/core.xml"} for z in (one, other)
            ]
    except zipfile.BadZipFile:
        return False
    return sums[0] == sums[1]


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}-前の{number}{path.suffix}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())


def _cannot_write(path: Path, error: OSError) -> UsageError:
    place = str(error.filename or path)
    if error.errno == errno.ENOSPC:
        return UsageError("ディスクがいっぱいで、書けません。", place, "空きを作るか、行数を減らしてください。")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return UsageError(
            "フォルダーを作る場所に、同じ名前のファイルがあります。", place, "別のフォルダーを指定してください。"
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UsageError(
            "ファイルを書けません（許可がありません）。",
            place,
            "ほかのソフト（Excelなど）で開いていれば閉じるか、書き込めるフォルダーを指定してください。",
        )
    return UsageError(
        f"ファイルを書けません（{error.strerror or error}）。",
        place,
        "ディスクや共有フォルダーがつながっているかを確かめてください。",
    )

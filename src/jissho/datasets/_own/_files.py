"""What kind of file it is, by its first bytes, and what to say when it is no table."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from jissho.errors import DataError

CSV_OR_EXCEL = "CSV か Excel（.xlsx）のファイルを選んでください。"
XLSX = "Excelで開き、「名前を付けて保存」で .xlsx に保存し直してください。"

# First bytes of files that people pick by mistake: what it is, how to mend it.
KINDS = (
    (b"%PDF", "PDFです。", "PDFのもとになった Excel か CSV のファイルを選んでください。"),
    (b"\x89PNG", "画像（PNG）です。", CSV_OR_EXCEL),
    (b"\xff\xd8\xff", "画像（JPEG）です。", CSV_OR_EXCEL),
    (b"GIF8", "画像（GIF）です。", CSV_OR_EXCEL),
    (b"BM", "画像（BMP）です。", CSV_OR_EXCEL),
    (b"\x1f\x8b", "圧縮されたファイル（gz）です。", "展開してから、中の CSV を選んでください。"),
    (b"7z\xbc\xaf", "圧縮されたファイル（7z）です。", "展開してから、中の CSV か Excel を選んでください。"),
    (b"Rar!", "圧縮されたファイル（rar）です。", "展開してから、中の CSV か Excel を選んでください。"),
    (b"PAR1", "parquetファイルです。", "pandas.read_parquet で読むか、CSV に書き出してください。"),
    (b"{\\rtf", "文書（RTF）です。", CSV_OR_EXCEL),
    (b"SQLite format 3", "データベース（SQLite）です。", "表を CSV に書き出してください。"),
)
MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table")


def read_bytes(path: Path) -> bytes:
    """All bytes of a file. Raises :class:`DataError` when it is missing, a folder, empty or locked."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"ファイルがありません: {path.name}", str(path), "ファイル名と、置いた場所を確かめてください。"
        ) from None
    except IsADirectoryError:
        raise DataError(
            "フォルダーです。ファイルではありません。",
            str(path),
            "フォルダーの中の CSV か Excel のファイルを選んでください。",
        ) from None
    except PermissionError:
        if path.is_dir():
            raise DataError("フォルダーです。ファイルではありません。", str(path), CSV_OR_EXCEL) from None
        raise DataError("ファイルを開けません。", str(path), "Excelで開いたままなら閉じてください。") from None
    except (OSError, ValueError) as error:
        raise DataError(
            f"ファイルを開けません（{error}）。", str(path), "ファイル名と、置いた場所を確かめてください。"
        ) from None
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DataError("空のファイルです。", str(path), "Excelで開いて、表が入っているか確かめてください。")
    return raw


def is_workbook(raw: bytes, where: str) -> bool:
    """True for .xlsx and .xlsm, false for text; anything else raises :class:`DataError` saying what it is.

    The first bytes decide, not the ending of the name: an .xls that is really text is read as text.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_office(raw, where)
    if raw[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00"):
        raise DataError("古い形式のExcelファイル（.xls）は読めません。", where, XLSX)
    for magic, what, mend in KINDS:
        if raw.startswith(magic) and (magic != b"BM" or b"\0" in raw[:30]):
            raise DataError(f"表ではなく、{what}", where, mend)
    head = raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(MARKUP):
        raise DataError("中身はExcelやCSVではなく、ウェブページ（HTML・XML）です。", where, XLSX)
    return raw.startswith(b"PK\x03\x04") and _is_xlsx(raw, where)


def _old_office(raw: bytes, where: str) -> DataError:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return DataError(
            "パスワードのかかったExcelファイルです。",
            where,
            "Excelで開き、「ファイル」→「情報」→「ブックの保護」でパスワードを外してから保存してください。",
        )
    if "WordDocument".encode("utf-16-le") in raw:
        return DataError("Wordの文書です。", where, CSV_OR_EXCEL)
    return DataError("古い形式のExcelファイル（.xls）は読めません。", where, XLSX)


def _is_xlsx(raw: bytes, where: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.namelist()
    except zipfile.BadZipFile:
        raise DataError(
            "Excelファイルが途中で切れているか、壊れています。", where, "もとのファイルをもう一度コピーしてください。"
        ) from None
    if "xl/workbook.xml" in parts:
        return True
    kinds = {
        "xl/workbook.bin": ("Excelのバイナリ形式（.xlsb）は読めません。", XLSX),
        "word/document.xml": ("Wordの文書です。", CSV_OR_EXCEL),
        "ppt/presentation.xml": ("PowerPointのファイルです。", CSV_OR_EXCEL),
        "content.xml": ("OpenDocument形式（.ods）は読めません。", "表計算ソフトで .xlsx に保存し直してください。"),
    }
    found = next((kinds[part] for part in kinds if part in parts), None)
    what, mend = found or ("圧縮されたファイル（zip）です。", "展開してから、中の CSV か Excel を選んでください。")
    raise DataError(what, where, mend)

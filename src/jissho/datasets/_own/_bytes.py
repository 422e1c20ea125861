"""Text files as they come: encoding, delimiter, quotes and line ends → a grid of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from jissho.datasets._own._grid import Cell, Grid
from jissho.datasets._own._mending import Mending
from jissho.errors import DataError

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
WESTERN = re.compile(rb"\xb0(?=[CFcf\s\"),;\]]|$)|\xb5(?=[mslgAVWFH])|(?<=m)[\xb2\xb3](?![\x80-\xff])")
ASCII = bytes(range(128))
ABROAD = ["cp1252", "gb18030", "big5", "cp949", "euc_jis_2004", "shift_jis_2004"]
DELIMITERS = ",\t;"
LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
SAMPLE = 500  # lines from which the delimiter is told
LONGEST_FIELD = 60  # lines that a quoted cell can go over before its quote is taken for a letter
SAVE_AGAIN = "Excelで開き「名前を付けて保存」から「CSV UTF-8」か .xlsx で保存し直してください。"


def read_text(raw: bytes, where: str, suffix: str = "") -> Grid:
    """Bytes of a text file as cells.

    Raises
    ------
    DataError
        The bytes are no text, or in an encoding that cannot be told.
    """
    mendings: list[Mending] = []
    text = _decode(raw, where, mendings)
    mendings += _strange(text, "[\ue000-\uf8ff]", "読めない文字です（外字）。もとのパソコンで確かめてください。")
    rows, numbers = _split(text, suffix, mendings)
    blanks = {cell for cell in set(chain.from_iterable(rows)) if cell.isspace()}
    if blanks:
        rows = [["" if cell in blanks else cell for cell in row] for row in rows]
    return Grid(rows, numbers, where, mendings=mendings)


# --- bytes to text ---


def _decode(raw: bytes, where: str, mendings: list[Mending]) -> str:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _lenient(raw, encoding, where, mendings)
    if encoding := _utf16_without_mark(raw):
        return _lenient(raw, encoding, where, mendings)
    raw = _without_padding(raw, mendings)
    if _is_binary(raw):
        raise DataError(
            "表ではないファイルです（文字ではないデータが入っています）。",
            where,
            "CSV か Excel（.xlsx）のファイルを選んでください。",
        )
    for encoding in _candidates(raw):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Nothing fits whole: a file cut off, or a few letters of a maker's own.
    likely = ("utf-8",) if _is_cut(raw) else ("utf-8", "cp932", "euc_jp")
    best = min(likely, key=lambda encoding: raw.decode(encoding, "replace").count("\ufffd"))
    if len(likely) > 1 and _errors(raw, best) > 0.1 and (guess := _guessed(raw)):
        mendings.append(
            Mending(0, "", "", "", f"文字の形式を {guess} と推定しました。文字化けがないか確かめてください。")
        )
        return raw.decode(guess, "replace")
    return _lenient(raw, best, where, mendings)


def _utf16_without_mark(raw: bytes) -> str:
    """UTF-16 whose mark is missing: every other byte of its ASCII letters is zero."""
    head = raw[:4000]
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0) / (len(head) / 2), head[1::2].count(0) / (len(head) / 2)
    if max(even, odd) < 0.2 or min(even, odd) > 0.02:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _without_padding(raw: bytes, mendings: list[Mending]) -> bytes:
    """Without what is no content: zeros after a logger's power failed, the Ctrl-Z of old programs."""
    cut = raw.rstrip(b"\0\x1a")
    if len(cut) < len(raw):
        line = cut.count(b"\n") + 1
        mendings.append(
            Mending(
                line, "", f"{len(raw) - len(cut)}バイト", None, "ファイルの終わりの、文字ではない部分を除きました。"
            )
        )
    return cut


def _is_binary(raw: bytes) -> bool:
    head = raw[:65536]
    odd = sum(head.count(bytes([b])) for b in range(32) if b not in (9, 10, 11, 12, 13, 27))
    return odd > 0.005 * len(head) or b"\0\0\0\0" in head


def _candidates(raw: bytes) -> Iterator[str]:
    """Encodings to try strictly, likeliest first. Guessing by statistics goes wrong on short tables, so it comes last."""
    if b"\x1b$" in raw or b"\x1b(" in raw:
        yield from ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_3")
    yield "utf-8"
    if not WESTERN.sub(b"", raw).strip(ASCII):
        yield "cp1252"  # a foreign logger's °C
    if _is_cut(raw) or _errors(raw, "utf-8") <= 0.1:  # UTF-8 that was cut or spliced also "fits" cp932, as rare kanji
        return
    japanese = sorted(("cp932", "euc_jp"), key=lambda encoding: -_japanese(raw, encoding))
    yield from (encoding for encoding in japanese if _japanese(raw, encoding) > 0)


def _is_cut(raw: bytes) -> bool:
    """True for UTF-8 that ends in the middle of a letter."""
    for missing in (1, 2, 3):
        try:
            return not raw[:-missing].decode("utf-8").isascii()
        except UnicodeDecodeError:
            continue
    return False


def _errors(raw: bytes, encoding: str) -> float:
    """Letters that cannot be read per letter beyond ASCII that can."""
    text = raw.decode(encoding, "replace")
    broken = text.count("\ufffd")
    return broken / max(1, _foreign(text) - broken)


def _foreign(text: str) -> int:
    """How many letters are beyond ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _guessed(raw: bytes) -> str:
    """An encoding of another country, by charset-normalizer."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:200_000], cp_isolation=ABROAD).best()
    return best.encoding if best else ""


def _japanese(raw: bytes, encoding: str) -> float:
    """How much a reading looks like Japanese: mean over the letters beyond ASCII; −1 if the bytes do not fit.

    Kana and the kanji of everyday use speak for a reading, rare kanji and half-width kana that begin with a mark against it:
    EUC-JP read as Shift_JIS is full of ``､`` and ``･``, half-width kana read as EUC-JP full of rare kanji.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    letters = [c for c in text[:200_000] if c > "\x7f"]
    marks = len(re.findall("[ﾞﾟ]", text))
    if marks and marks == len(re.findall("[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ", text)) and "､" not in text:
        return 1.0 + 1 / len(letters)  # only half-width kana have their voice marks where they belong
    return sum(map(_weight, letters)) / len(letters) if letters else 1.0


def _weight(c: str) -> float:
    if "ぁ" <= c <= "ヶ" or c in "ー々〃、。（）［］「」・：％℃㎡㎏①②③△▲※〜～−" or "０" <= c <= "ｚ":
        return 1.0
    if "一" <= c <= "鿿":
        # JIS level 1 is the first half of the standard: rows 16–47.
        code = c.encode("euc_jp", "replace")
        return 1.0 if len(code) == 2 and 0xB0 <= code[0] <= 0xCF else 0.2
    if "｡" <= c <= "ﾟ":
        return -1.0 if c in "､･｡｢｣ｧｨｩｪｫ" else 0.6
    return 0.3 if c.isprintable() and not "\ue000" <= c <= "\uf8ff" else -1.0


def _lenient(raw: bytes, encoding: str, where: str, mendings: list[Mending]) -> str:
    """Decode; letters that cannot be read become ``\ufffd`` and are listed, too many of them are an error."""
    text = raw.decode(encoding, "replace")
    if "\0" in text:
        text = text.rstrip("\0")
    broken = text.count("\ufffd")
    if broken > max(1, 0.02 * _foreign(text)):
        raise DataError("文字の形式（文字コード）がわかりません。", where, SAVE_AGAIN)
    mendings += _strange(text, "\ufffd", "読めない文字です。「\ufffd」に置きかえました。")
    return text


# --- text to cells ---


def _split(text: str, suffix: str, mendings: list[Mending]) -> tuple[list[list[Cell]], list[int]]:
    start = 1
    declared = re.match(r'"?sep=(.)"?[,;\t]*(?:\r\n|\r|\n|$)', text, re.I)
    if declared:
        mendings.append(Mending(1, "", declared[0].strip(), None, "区切り文字を知らせる行なので、除きました。"))
        text, start = text[declared.end() :], 2
    delimiter = declared[1] if declared else _delimiter(text, suffix)
    spaced = bool(re.search(f'{re.escape(delimiter)} +"', text)) and not re.search(f'{re.escape(delimiter)}"', text)
    lines = _lines(text)
    lone = re.search(f'(?:^|[{delimiter}\\r\\n]) *" *(?:[{delimiter}\\r\\n]|$)', text)
    if lone or any(line.count('"') % 2 for line in lines):
        return _quoted(lines, delimiter, spaced, start)
    return [_parse(line, delimiter, spaced) for line in lines], list(range(start, start + len(lines)))


def _lines(text: str) -> list[str]:
    """Lines with their ends; only CR and LF end a line (``str.splitlines`` knows eight more)."""
    found = LINES.findall(text)
    return found[:-1] if found and found[-1] == "" else found


def _delimiter(text: str, suffix: str) -> str:
    """The character that cuts most lines into the same number of cells."""
    lines = [line for line in _lines(text[:500_000])[:SAMPLE] if line.strip()]
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    scores = {}
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in bare)
        counts.pop(0, None)
        count, lines_with = counts.most_common(1)[0] if counts else (0, 0)
        scores[delimiter] = (lines_with * (2 if suffix == ".tsv" and delimiter == "\t" else 1), count)
    best = max(DELIMITERS, key=lambda d: scores[d])
    return best if scores[best][1] else ("\t" if suffix == ".tsv" else ",")


def _quoted(lines: list[str], delimiter: str, spaced: bool, start: int) -> tuple[list[list[Cell]], list[int]]:
    """Rows of a file with cells over several lines, or where a quote stands alone (a ditto, inches) and opens nothing."""
    width = _width(lines, delimiter, spaced)
    rows, numbers, i = [], [], 0
    while i < len(lines):
        row, used = _record(lines, i, delimiter, spaced, width)
        rows.append(row)
        numbers.append(start + i)
        i += used
    return rows, numbers


def _width(lines: list[str], delimiter: str, spaced: bool) -> int:
    """Usual number of cells, from lines that are whole records."""
    whole = [line for line in lines[: SAMPLE * 4] if line.count('"') % 2 == 0 and line.strip()]
    counts = Counter(len(_parse(line, delimiter, spaced)) for line in whole)
    return counts.most_common(1)[0][0] if counts else 1


def _parse(line: str, delimiter: str, spaced: bool = False) -> list[str]:
    """Cells of a whole record; none for an empty line."""
    if '"' not in line:
        return _literal(line, delimiter)
    # The module's limit for a cell is 128 KB; a longer one is cut by hand.
    if len(line) > csv.field_size_limit():
        return _literal(line, delimiter)
    return next(
        csv.reader(
            _lines(line) if "\n" in line[:-1] or "\r" in line[:-2] else [line],
            delimiter=delimiter,
            skipinitialspace=spaced,
        )
    )


def _literal(line: str, delimiter: str) -> list[str]:
    """Cells of a line in which a quote is a letter."""
    bare = line.rstrip("\r\n")
    return bare.split(delimiter) if bare else []


def _record(lines: list[str], i: int, delimiter: str, spaced: bool, width: int) -> tuple[list[str], int]:
    """One record from line ``i`` on, and how many lines it takes."""
    line = lines[i]
    if '"' not in line:
        return _literal(line, delimiter), 1
    literal = _literal(line, delimiter)
    lone = any(cell.strip() == '"' for cell in literal)
    reader = csv.reader(lines[i : i + LONGEST_FIELD], delimiter=delimiter, skipinitialspace=spaced, strict=True)
    try:
        row = next(reader)
    except csv.Error:  # a quote that closes nothing: inches, not the end of a cell
        row = None
    if row is None or (lone and len(row) != width and len(literal) == width):
        return (literal, 1) if row is not None or line.count('"') % 2 else (_parse(line, delimiter, spaced), 1)
    return row, reader.line_num


def _strange(text: str, pattern: str, why: str) -> list[Mending]:
    """Letters that a visitor should look at, with what is around them."""
    found = []
    for match in re.finditer(pattern, text):
        line = len(re.findall(r"\r\n|\r|\n", text[: match.start()])) + 1
        around = (
            re.split(r"[\r\n]", text[: match.start()])[-1][-10:] + re.split(r"[\r\n]", text[match.start() :][:10])[0]
        )
        found.append(Mending(line, "", around, around, why))
    return found

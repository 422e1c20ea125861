"""What a participant wrote or drew, made fit for a page: nothing that runs, nothing that is loaded from elsewhere.

The page's Content-Security-Policy forbids both once more; these filters are the first wall, not the only one.
"""

from __future__ import annotations

import base64
import binascii
import html
import struct
from functools import lru_cache

REMEMBERED = 64  # texts and tables; an assignment's are the same on most of its pages
LONGEST_PROSE = 50_000  # letters; a longer text is shown as it is written
LONGEST_TABLE = 300_000
MOST_IMAGE = 8_000_000  # letters of base64
MOST_PIXELS = 50_000_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"

TABLE = {"table", "tbody", "td", "th", "thead", "tr"}
PROSE = TABLE | {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "ul",
}
OUTPUT = PROSE - {"a"} | {"caption", "div", "span", "small", "u"}
DROPPED = ("style", "script", "template", "noscript", "iframe", "object", "svg", "math", "title", "head")


def prose(source: str) -> str:
    """Markdown as HTML with only the tags that prose needs; everything else is shown as text."""
    return _prose(source) if len(source) <= LONGEST_PROSE else as_text(source)


@lru_cache(REMEMBERED)
def _prose(source: str) -> str:
    import bleach
    from nbconvert.filters import markdown2html

    try:
        made = markdown2html(source.replace("attachment:", ""))  # what is not there stops nbconvert
        return bleach.clean(made, tags=PROSE, attributes={"a": ["href"]}, protocols={"http", "https"})
    except Exception:  # text on which a parser gives up
        return as_text(source)


def as_text(source: str) -> str:
    """Text as it is written."""
    return f"<pre>{html.escape(source[:LONGEST_PROSE])}</pre>"


def table(made: str) -> str:
    """HTML of an output with only the tags of tables and prose; empty for one that is too large or that a parser gives up on."""
    return _table(made) if len(made) <= LONGEST_TABLE else ""


@lru_cache(REMEMBERED)
def _table(made: str) -> str:
    import bleach
    from bs4 import BeautifulSoup

    try:
        soup = BeautifulSoup(made, "html.parser")
        for tag in soup(DROPPED):
            tag.decompose()
        return bleach.clean(str(soup), tags=OUTPUT, attributes={"td": SPANS, "th": SPANS}, strip=True).strip()
    except Exception:
        return ""


SPANS = ["colspan", "rowspan"]


def image(data: dict) -> str:
    """Address of a figure for ``<img src>``: PNG or JPEG whose bytes are what they say; else empty."""
    for kind, head in (("image/png", PNG), ("image/jpeg", JPEG)):
        coded = "".join(str(data.get(kind, "")).split())
        if coded and len(coded) <= MOST_IMAGE and _is_image(coded, head):
            return f"data:{kind};base64,{coded}"
    return ""


def _is_image(coded: str, head: bytes) -> bool:
    try:
        content = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not content.startswith(head):
        return False
    if head == PNG:  # a small file can claim an area that no browser survives
        width, height = struct.unpack("!II", content[16:24]) if len(content) > 24 else (0, 0)
        return 0 < width * height <= MOST_PIXELS
    return True


FILTERS = {"prose": prose, "output_table": table, "figure": image}

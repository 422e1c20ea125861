"""What a dataset's folder says to machines: checksums and Croissant metadata, made from schema, card and CSV."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from jissho import __version__
from jissho.datasets import Column, Schema, read_schema
from jissho.errors import DataError

PUBLISHED = "2026-11-26"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
CREATOR = "The jissho-kit authors"
TYPES = {"int": "sc:Integer", "float": "sc:Float", "str": "sc:Text", "datetime": "sc:DateTime"}
# The standard context of Croissant 1.0.
CONTEXT = {
    "@language": "ja",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def write_metadata(folder: Path) -> list[Path]:
    """Write ``SHA256SUMS`` and ``croissant.json`` of a dataset's folder; returns their paths.

    Raises
    ------
    DataError
        As :func:`croissant`.
    """
    made = {folder / name: make(folder) for name, make in METADATA.items()}
    for path, text in made.items():
        path.write_bytes(text.encode("utf-8"))
    return list(made)


def checksums(folder: Path) -> str:
    """Text of ``SHA256SUMS``: the CSV's sum, as ``sha256sum -c`` reads it."""
    csv = _csv(folder)
    return f"{_sha256(csv)}  {csv.name}\n"


def croissant(folder: Path) -> str:
    """Croissant 1.0 metadata (JSON-LD) of the dataset in ``folder``, as text.

    Addresses are relative to the folder. The word 合成データ and the purpose come from the card, columns, units and
    types from the schema, size and sum from the CSV.

    Raises
    ------
    DataError
        Schema, card or CSV is missing or cannot be read.
    """
    shape, csv = read_schema(folder / "schema.yml"), _csv(folder)
    told = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": shape.name,
        "alternateName": shape.title,
        "description": _description(folder / "card.md", shape),
        "inLanguage": "ja",
        "license": LICENSE,
        "creator": {"@type": "sc:Organization", "name": CREATOR},
        "citeAs": f"{CREATOR}: {shape.title}（{shape.name}、合成データ）, 実証ラボ・キット {__version__}. CC BY 4.0.",
        "version": __version__,
        "datePublished": PUBLISHED,
        "url": "./",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": csv.name,
                "name": csv.name,
                "contentUrl": csv.name,
                "contentSize": f"{csv.stat().st_size} B",
                "encodingFormat": "text/csv",
                "sha256": _sha256(csv),
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": shape.name,
                "name": shape.name,
                "description": shape.title,
                "field": [_field(shape, column, csv) for column in shape.columns],
            }
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


METADATA = {"SHA256SUMS": checksums, "croissant.json": croissant}


def _field(shape: Schema, column: Column, csv: Path) -> dict:
    unit = f"（単位: {column.unit}）" if column.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{shape.name}/{column.name}",
        "name": column.name,
        "description": f"{column.description}{unit}",
        "dataType": TYPES[column.dtype],
        **({"unitText": column.unit} if column.unit else {}),
        "source": {"fileObject": {"@id": csv.name}, "extract": {"column": column.name}},
    }


def _description(card: Path, shape: Schema) -> str:
    """The card's first sentence, which says 合成データ, and its purpose, on one line."""
    try:
        text = card.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DataError(
            f"データ「{shape.name}」の説明書を読めません。", str(card), "UTF-8 で保存してください。"
        ) from None
    intro = re.search(r"\A#[^\n]*\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    purpose = re.search(r"^## 目的\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    parts = [found[1] for found in (intro, purpose) if found]
    return "".join(line.strip().replace("**", "") for part in parts for line in part.splitlines())


def _csv(folder: Path) -> Path:
    path = folder / f"{folder.name}.csv"
    if not path.is_file():
        raise DataError(f"ファイルがありません: {path.name}", where=str(path))
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

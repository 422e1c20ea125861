"""Load the kit's tables (合成データ), checked against their schema.

``load_<name>()`` reads the first of ``$JISSHO_DATA/<name>``, ``./data/<name>`` (beside the notebook)
and the package's own copy. In an assignment's folder it therefore finds the assignment's data.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from jissho.datasets._own import Mending, read_own_table
from jissho.datasets._profile import Profile, profile_own_table
from jissho.datasets._schema import SITE, Column, Schema, read_schema
from jissho.errors import DataError

__all__ = [
    "SITE",
    "Column",
    "Mending",
    "Profile",
    "Schema",
    "load",
    "load_cases",
    "load_cattle",
    "load_checksheet",
    "load_citrus",
    "load_cnc",
    "load_ic_inspection",
    "load_ic_inspectors",
    "load_molding",
    "load_packinghouse",
    "load_press",
    "load_strawberry",
    "load_tea",
    "load_tomato",
    "load_weld",
    "names",
    "own_data",
    "profile_own_table",
    "read_own_table",
    "read_schema",
    "schema",
]


def own_data() -> Path:
    """Folder of the tables that come with the package (one folder per dataset)."""
    installed = Path(__file__).parents[1] / "_datasets"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "datasets"


def names() -> list[str]:
    """Names of the datasets that come with the package, sorted."""
    return sorted(path.parent.name for path in own_data().glob("*/schema.yml"))


def schema(name: str) -> Schema:
    """Schema of a dataset: columns with type, unit, range and allowed values."""
    return read_schema(own_data() / name / "schema.yml")


def find(name: str) -> Path:
    """Path of the CSV that ``load(name)`` would read.

    Raises
    ------
    DataError
        The dataset does not exist anywhere.
    """
    roots = [os.environ.get("JISSHO_DATA"), "data", own_data()]
    for root in filter(None, roots):
        path = Path(root) / name / f"{name}.csv"
        if path.is_file():
            return path
    raise DataError(
        f"データ「{name}」が見つかりません。",
        mend=f"使える名前: {', '.join(names())}。ノートブックと同じ場所に data/{name}/ があるか確かめてください。",
    )


def load(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Read a dataset by name and check it against its schema.

    Parameters
    ----------
    name : str
        Dataset name, e.g. ``"molding"``.
    folder : path, optional
        Folder that holds ``<name>/<name>.csv``; by default the search described in the module.

    Returns
    -------
    pandas.DataFrame
        Columns as in ``schema(name)``; units are in ``schema(name).columns``.

    Raises
    ------
    DataError
        File missing, unreadable, or a value outside its schema.
    """
    path = find(name) if folder is None else Path(folder) / name / f"{name}.csv"
    return schema(name).read(path)


def load_ic_inspection() -> pd.DataFrame:
    """IC組立検査 (F4): one row per IC, with the true state and the inspection machine's score."""
    return load("ic_inspection")


def load_ic_inspectors() -> pd.DataFrame:
    """検査員の判定試験 (F4b): one row per IC, judged by inspectors A and B."""
    return load("ic_inspectors")


def load_molding() -> pd.DataFrame:
    """射出成形ショット (F3): one row per shot, in order of time, grouped in material lots."""
    return load("molding")


def load_checksheet() -> pd.DataFrame:
    """改善チェックシート (F6): one row per entry of a defect."""
    return load("checksheet")


def load_press() -> pd.DataFrame:
    """プレスの稼働記録 (F1): one row per kept shot of three presses, in order of time."""
    return load("press")


def load_packinghouse() -> pd.DataFrame:
    """選果場の規格外記録 (A6): one row per reason noted on a delivery's slip."""
    return load("packinghouse")


def load_cases() -> pd.DataFrame:
    """投資案件カード (F7): one row per proposed investment, with what it costs, what it saves and what is at hand."""
    return load("cases")


def load_cattle() -> pd.DataFrame:
    """牛の活動量と発情 (A5): one row per cow and two hours, cow after cow."""
    return load("cattle")


def load_strawberry() -> pd.DataFrame:
    """あまおうのハウス記録 (A1): one row per reading of a house's climate; at 18:00 also the day's harvest."""
    return load("strawberry")


def load_cnc() -> pd.DataFrame:
    """CNC加工と工具摩耗の記録 (F2): one row per piece, tool after tool, with the day of a new jig."""
    return load("cnc")


def load_tomato() -> pd.DataFrame:
    """トマト二棟の環境と収量 (A2): one row per house and day."""
    return load("tomato")


def load_weld() -> pd.DataFrame:
    """造船溶接の波形と超音波探傷 (F5): one row per 30 cm section of a joint, in order of work."""
    return load("weld")


def load_citrus() -> pd.DataFrame:
    """みかん選果の光センサー測定 (A3): one row per reading of a fruit on a sorter."""
    return load("citrus")


def load_tea() -> pd.DataFrame:
    """茶園の気温と萌芽・摘採 (A4): one row per garden and day of spring."""
    return load("tea")

"""What ties rows together: place, group, time. The tie decides how an honest trial parts the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jissho.datasets._own._dates import read_moment
from jissho.datasets._profile._case import Case, is_dates

MIN_GROUPS = 6  # fewer are kinds (machine A, B, C) that the next rows come from too, not groups to hold out
MIN_TIMES = 10
MIN_PLACES = 10
ALIKE = 0.05  # share of the spread that lies between groups from which a random split tells on them

LOCATIONS = (
    ({"lat", "latitude", "緯度", "北緯"}, {"lon", "long", "lng", "longitude", "経度", "東経"}),
    ({"x", "x座標", "easting"}, {"y", "y座標", "northing"}),
    ({"row", "行", "行番号", "畝"}, {"col", "column", "列", "列番号", "range", "pass", "株"}),
)
# The last word counts: a tool is a group, tool wear is not.
GROUP = re.compile(
    "(ロット|個体|牛|豚|鶏|機|機械|型|工具|刃|コイル|園|圃場|ほ場|畑|棟|ハウス|畝|区画|農家|生産者|継手|果実|株|樹|基板|ウエハ|ウェハ|バッチ|"
    "試料|検体|製番|患者|作業者|担当|担当者|検査員|測定者|溶接者|ライン|拠点|工場|地区|地点|都道府県|県|グループ|群)(番号|番|号|名|地|id|no|コード)?(?= |$)|"
    r".(番号|id|no|コード)(?= |$)|"
    r"\b(lot|batch|run|tool|mou?ld|die|cow|animal|herd|subject|patient|person|operator|worker|inspector|field|farm|site|plot|"
    r"block|house|greenhouse|orchard|tree|plant|fruit|machine|unit|line|coil|heat|panel|wafer|board|brick|specimen|sample|piece|"
    r"part|bearing|pump|engine|battery|cell|device|sensor|station|state|region|loc|location|country|group|shop|store|customer)"
    r"( (id|no|number|name|code))?$|. (id|no|number)$"
)
# Whole numbers that count time; a date needs no name, and a cycle time is a measurement.
TIME = re.compile(r"年度|^年\b|稼働日|日目|^週\b|^(time|timestamp|year|day|week|date) \1$")
NOT_TIME = re.compile("生年|誕生|出生|birth|breeding|入社|導入|calving|分娩", re.I)


@dataclass(frozen=True)
class Tie:
    """How rows hang together: ``kind`` random, group, time or block, the columns it comes from, one code a row.

    Codes are group numbers, ranks of distinct times (−1: no time), or positions along the field's long side.
    ``alike`` is the share of the target's spread between groups, or its correlation with the time before.
    """

    kind: str
    columns: tuple[str, ...] = ()
    codes: np.ndarray | None = None
    alike: float = 0.0
    given: bool = False


def spelled(name: str) -> str:
    """A column's name without its unit, then its Latin words (out of CamelCase and snake_case), in lower case."""
    name = re.sub(r"[\[(（].*", "", name).strip() or name
    return " ".join([name, *re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]).lower()


def whole(values: pd.Series) -> bool:
    """Whether a column holds whole numbers only (blanks aside)."""
    return values.dtype == float and bool((values.dropna() % 1 == 0).all())


def decide(case: Case) -> tuple[Tie, list[Tie]]:
    """The tie to split by, and the others that were found. Given ones win; then place, group, time."""
    found = [tie for tie in (_given_group(case), _given_time(case), _place(case), _group(case), _time(case)) if tie]
    return (found[0], found[1:]) if found else (Tie("random"), [])


def between(values: np.ndarray, codes: np.ndarray) -> float:
    """Share of the spread that lies between groups: intraclass correlation ICC(1) of a one-way layout, at least 0.

    Source: Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428, with unequal group sizes after
    Donner (1986), International Statistical Review 54, 67–82. Less than three standard errors of the F ratio
    from none counts as 0.
    """
    known = ~np.isnan(values)
    values, codes = values[known], np.unique(codes[known], return_inverse=True)[1]
    n, sizes = len(values), np.bincount(codes)
    groups = len(sizes)
    if groups < 2 or n - groups < 2 or (total := ((values - values.mean()) ** 2).sum()) == 0:
        return 0.0
    means = np.bincount(codes, values) / sizes
    among = (sizes * (means - values.mean()) ** 2).sum() / (groups - 1)
    within = max(total - among * (groups - 1), 0) / (n - groups)
    if among < within * (1 + 3 * np.sqrt(2 / (groups - 1) + 2 / (n - groups))):
        return 0.0
    usual = (n - (sizes**2).sum() / n) / (groups - 1)
    return float((among - within) / (among + (usual - 1) * within))


def neighbours(y: np.ndarray, kind: str) -> float:
    """How alike rows next to each other are, 0 for shuffled rows: lag-1 correlation, for classes Cohen's kappa."""
    if len(y) < 3:
        return 0.0
    if kind != "number":
        chance = (np.unique(y, return_counts=True)[1] ** 2).sum() / len(y) ** 2
        return float(((y[1:] == y[:-1]).mean() - chance) / (1 - chance)) if chance < 1 else 0.0
    spread = y[1:].std() * y[:-1].std()
    return float(((y[1:] - y[1:].mean()) * (y[:-1] - y[:-1].mean())).mean() / spread) if spread > 0 else 0.0


def moments(case: Case, column: str) -> pd.Series:
    """A time column's values; a date whose clock stands in a column of its own is put together with it."""
    times = case.table[column]
    clock = clock_of(case, column)
    return times if clock is None else times + _clock(case.table[clock])


def clock_of(case: Case, column: str) -> str | None:
    """The column that holds the time of day for a column of dates."""
    times = case.table[column]
    if not is_dates(times) or (times.dropna() != times.dropna().dt.normalize()).any():
        return None
    texts = (name for name in case.table if case.table[name].dtype == object)
    return next((name for name in texts if _clock(case.table[name]).notna().mean() > 0.95), None)


def _clock(texts: pd.Series) -> pd.Series:
    """Times of day as time since midnight; missing where a text is none."""
    read = {text: read_moment(text) for text in texts.dropna().unique()}
    clocks = {text: moment.value for text, moment in read.items() if moment and moment.kind == "time"}
    return texts.map(clocks).astype("timedelta64[us]")


def group_codes(values: pd.Series) -> np.ndarray:
    """0, 1, … in the order of the names; blanks are one group."""
    codes = pd.factorize(values, sort=True)[0]
    return codes - codes.min()


def _tie_of_group(case: Case, name: str, given: bool = False) -> Tie:
    codes = group_codes(case.table[name])
    return Tie("group", (name,), codes, between(target_values(case), codes), given)


def target_values(case: Case) -> np.ndarray:
    """The target as one number a row: itself, or 1 for every class but the commonest."""
    return case.y if case.task.kind == "number" else case.event.astype(float)


def _tie_of_time(case: Case, name: str, given: bool = False) -> Tie:
    ranks = pd.factorize(moments(case, name), sort=True)[0]
    order = np.argsort(ranks, kind="stable")
    means = pd.Series(target_values(case)[order]).groupby(ranks[order]).mean().to_numpy()
    columns = (name,) if clock_of(case, name) is None else (name, clock_of(case, name))
    return Tie("time", columns, ranks, neighbours(means, "number"), given)


def _given_group(case: Case) -> Tie | None:
    return _tie_of_group(case, case.group, given=True) if case.group else None


def _given_time(case: Case) -> Tie | None:
    return _tie_of_time(case, case.time, given=True) if case.time else None


def locations(case: Case) -> tuple[str, str] | None:
    """The pair of columns that says where a row was taken, by their names."""
    plain = {re.sub(r"[\[(（].*", "", name).strip().lower(): name for name in case.table}
    for firsts, seconds in LOCATIONS:
        first = next((plain[name] for name in plain if name in firsts), None)
        second = next((plain[name] for name in plain if name in seconds), None)
        if first and second and all(case.table[name].dtype == float for name in (first, second)):
            return first, second
    return None


def _place(case: Case) -> Tie | None:
    names = locations(case)
    if names is None:
        return None
    points = case.table[list(names)].to_numpy()
    if np.isnan(points).any() or len(np.unique(points, axis=0)) < MIN_PLACES:
        return None
    along = _long_side(points, degrees=bool(LOCATIONS[0][0] & {names[0].strip().lower()}))
    return Tie("block", names, along, 0.0) if len(np.unique(along)) >= MIN_GROUPS else None


def _long_side(points: np.ndarray, degrees: bool) -> np.ndarray:
    """Position along the longest direction of the field (first principal axis; the wider side where none stands out)."""
    scale = [1, np.cos(np.radians(points[:, 0].mean()))] if degrees else [1, 1]
    points = (points - points.mean(axis=0)) * scale
    spread, axes = np.linalg.eigh(np.cov(points.T))
    if spread[1] > 1.3 * spread[0]:
        along = points @ axes[:, 1]
    else:
        along = points[:, int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))]
    return np.round(along / (np.ptp(along) or 1), 9)


def _group(case: Case) -> Tie | None:
    ties = [(_alike(case, tie), tie) for name in _named_groups(case) if (tie := _tie_of_group(case, name))]
    ties = [(alike, tie) for alike, tie in ties if alike >= ALIKE]
    return max(ties, key=lambda pair: pair[0])[1] if ties and not case.group else None


def _named_groups(case: Case) -> Iterator[str]:
    for name in case.left:
        values = case.table[name]
        if (
            names_a_group(name)
            and (values.dtype == object or whole(values))
            and MIN_GROUPS <= values.nunique() <= case.rows / 2
            and values.notna().mean() > 0.95
        ):
            yield name


def names_a_group(name: str) -> bool:
    return bool(GROUP.search(spelled(name)))


def _alike(case: Case, tie: Tie) -> float:
    """How much rows of one group are alike: the target, plus the measured columns on the average."""
    numbers = [
        c for c in case.left if case.table[c].dtype == float and case.table[c].nunique() > 10 and c not in tie.columns
    ]
    features = [between(case.table[c].to_numpy(), tie.codes) for c in numbers[:20]]
    return tie.alike + (float(np.mean(features)) if features else 0.0)


def _time(case: Case) -> Tie | None:
    names = sorted(time_columns(case), key=lambda name: -case.table[name].nunique())
    dates = [name for name in names if case.table[name].dtype != float]
    return _tie_of_time(case, (dates or names)[0]) if names and not case.time else None


def time_columns(case: Case) -> list[str]:
    """Columns that put the rows in the order of time: dates, and whole numbers named year, day, week."""
    return [name for name in case.table if name != case.group and _tells_time(name, case.table[name])]


def _tells_time(name: str, values: pd.Series) -> bool:
    date = is_dates(values)
    if NOT_TIME.search(name) or not (date or (TIME.search(spelled(name)) and whole(values))):
        return False
    return values.notna().mean() >= 0.95 and values.nunique() >= MIN_TIMES

"""Registries of demonstrations, named results, reference functions and criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import pandas as pd

from jissho import datasets
from jissho.errors import ContentError
from jissho_kit.simulators import SIMULATORS

DEMONSTRATIONS: dict[str, Callable] = {}
RESULTS: dict[str, Callable] = {}
FUNCTIONS: dict[str, Callable] = {}
CRITERIA: dict[str, Callable] = {}


@dataclass(frozen=True)
class Demonstration:
    """A misconception on one draw: the right and the wrong numbers by name, and what differs (Japanese).

    Some also name a choice (a word) or an order (a list of words), for items of these kinds.
    """

    id: str
    right: dict[str, float | str | list[str]]
    wrong: dict[str, float | str | list[str]]
    statement: str


class Tables(Mapping):
    """Tables by dataset name, each made when first asked for; remembers the results computed from them."""

    def __init__(self, make: Callable[[str], pd.DataFrame], names: list[str]) -> None:
        self._make, self._names, self._made = make, names, {}
        self.results: dict[tuple, dict] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def shipped_tables() -> Tables:
    """The tables of the lessons, as shipped in ``datasets/``; the same ones, with what was computed, while no file changes.

    Who asks must not change them.
    """
    root = datasets.own_data()
    files = [(path, path.stat()) for path in sorted(root.glob("*/*.*"))]
    return _shipped(root, tuple((path, status.st_mtime_ns, status.st_size) for path, status in files))


@lru_cache(1)
def _shipped(root: Path, _files: tuple) -> Tables:
    return Tables(lambda name: datasets.load(name, root), datasets.names())


def tables_in(folder: Path) -> Tables:
    """The tables below ``folder`` (``<name>/<name>.csv``)."""
    found = sorted(path.stem for path in Path(folder).glob("*/*.csv") if path.stem == path.parent.name)
    return Tables(lambda name: datasets.load(name, folder), found)


def draw_tables(random_state: int) -> Tables:
    """Fresh tables from the simulators."""
    return Tables(lambda name: SIMULATORS[name](random_state=random_state)[0], sorted(SIMULATORS))


def demonstrate(
    id: str,
    random_state: int = 0,
    data: Mapping[str, pd.DataFrame] | None = None,
    params: Mapping[str, float] | None = None,
) -> Demonstration:
    """Compute a misconception's wrong number and the right one.

    Parameters
    ----------
    id : str
        ``"M01"`` … ``"M44"``.
    random_state : int
        Seed of the draw when ``data`` is not given.
    data : mapping of name to DataFrame, optional
        Tables to compute on (a course's own, or :func:`shipped_tables`). Noise, too, is drawn from a seed that they give.
    params : mapping, optional
        Parameters of an item (for demonstrations by arithmetic); ``seed`` for those on noise.

    Raises
    ------
    ContentError
        No demonstration has that id.
    """
    if id not in DEMONSTRATIONS:
        raise ContentError(
            f"考え違い {id} の実演はまだありません。", mend=f"ある番号: {', '.join(sorted(DEMONSTRATIONS))}"
        )
    tables = draw_tables(random_state) if data is None else data
    return DEMONSTRATIONS[id](tables, **(params or {}))


def result(name: str, data: Mapping[str, pd.DataFrame], params: Mapping[str, float] | None = None):
    """Value of a named result on the given tables: ``M02.right.threshold``, ``ic.defects``, ``param.base``.

    Raises
    ------
    ContentError
        The name does not exist.
    """
    group, _, rest = name.partition(".")
    if group == "param":
        found = params or {}
    else:
        known = data.results if isinstance(data, Tables) else {}
        key = (group, RESULTS.get(group) or DEMONSTRATIONS.get(group), *sorted((params or {}).items()))
        if key not in known:
            known[key] = _results(group, data, params)
        found = known[key]
    if rest not in found:
        raise ContentError(f"「{name}」という計算結果はありません。", mend=_near(group, rest, found))
    return found[rest]


def _near(group: str, rest: str, found: Mapping) -> str:
    """Names to use instead: those of the group that look alike, all of the group, or the groups there are."""
    if found:
        names = get_close_matches(rest, list(found), n=3) or sorted(found)
        return f"もしかして: {'、'.join(f'{group}.{name}' for name in names)}"
    return f"点の前に使えるもの: {'、'.join([*sorted(RESULTS), *sorted(DEMONSTRATIONS)])}"


def _results(group: str, data: Mapping[str, pd.DataFrame], params: Mapping[str, float] | None) -> dict:
    """All results of a group by name; a demonstration's begin with ``right.`` or ``wrong.``."""
    if group in RESULTS:
        return RESULTS[group](data, **(params or {}))
    if group not in DEMONSTRATIONS:
        return {}
    shown = demonstrate(group, data=data, params=params)
    return {f"{side}.{name}": value for side in ("right", "wrong") for name, value in getattr(shown, side).items()}

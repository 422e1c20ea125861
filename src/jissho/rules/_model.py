"""What a programme is made of. Money in yen and rates as ratios, both exact fractions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

# Which lines count: the source document alone, or also what was found out and assumed besides.
BASES = {"seed": ("資料",), "supplemented": ("資料", "補足", "仮定")}
TYPES = ("money", "growth", "rate", "whole", "flag", "date", "choice", "members")


@dataclass(frozen=True)
class Input:
    """A key of the case. ``of``: what may be chosen, with its name for people; ``nullable``: null says something."""

    name: str
    type: str
    label: str
    unit: str = ""
    nullable: bool = False
    of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ref:
    """Another key of the case, to compare with."""

    key: str


@dataclass(frozen=True)
class Test:
    """``key`` compared with ``value`` by ``op``: at_least, at_most (both include the value itself) or is."""

    __test__ = False  # not one of pytest's

    key: str
    op: str
    value: Fraction | date | bool | str | tuple | Ref | None

    def reads(self) -> list[str]:
        """Keys it looks at."""
        return [self.key, self.value.key] if isinstance(self.value, Ref) else [self.key]


@dataclass(frozen=True)
class Line:
    """One line of a programme: its rule, what it rests on, what it says, when it counts and what it gives.

    ``yen``: a fixed amount; ``share``: a rate, or of ``of`` (a key) a cap; ``unless_basis``: only where lines that rest on
    that are left out; ``since`` and ``until``: dates, both included.
    """

    rule: str
    basis: str
    text: str
    tests: tuple[Test, ...] = ()
    unless: tuple[Test, ...] = ()
    unless_basis: str = ""
    yen: Fraction | None = None
    share: Fraction | None = None
    of: str = ""
    since: date | None = None
    until: date | None = None

    def reads(self) -> list[str]:
        """Keys of the case that it looks at."""
        keys = [key for test in (*self.tests, *self.unless) for key in test.reads()]
        return [*keys, self.of] if self.of else keys


@dataclass(frozen=True)
class Example:
    """A worked example: a case (keys as in ``inputs``), and what must come out (yen; None where there is no amount)."""

    case: Mapping[str, Any]
    verdict: str
    amount_yen: int | None


@dataclass(frozen=True)
class Program:
    """A programme. A consortium has ``member_inputs``: its amount lines then hold for each member."""

    id: str
    title: str
    source: str
    banner: str
    inputs: dict[str, Input]
    base: str
    valid: tuple[Line, ...] = ()
    conditions: tuple[Line, ...] = ()
    doubts: tuple[Line, ...] = ()
    rates: tuple[Line, ...] = ()
    caps: tuple[Line, ...] = ()
    raises: tuple[Line, ...] = ()
    floors: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    member_inputs: dict[str, Input] = field(default_factory=dict)
    member_conditions: tuple[Line, ...] = ()
    pools: tuple[Line, ...] = ()
    examples: tuple[Example, ...] = ()

    TABLES = (
        ("valid", "conditions", "member_conditions", "doubts")
        + ("rates", "caps", "raises", "pools", "floors")
        + ("notes",)
    )

    def under(self, basis: str) -> Program:
        """The programme with those lines alone that count under ``basis`` (a key of :data:`BASES`)."""
        counted = BASES[basis]
        kept = {
            table: tuple(
                line for line in getattr(self, table) if line.basis in counted and line.unless_basis not in counted
            )
            for table in self.TABLES
        }
        return replace(self, **kept)

    def deciding(self) -> Iterator[Line]:
        """Every line that bears on the verdict or the amount."""
        for table in self.TABLES[:-1]:
            yield from getattr(self, table)

    def pool_yen(self, count: int) -> int:
        """What ``count`` members may split among them (yen)."""
        return sum(int(line.yen) * count for line in self.pools)

    def every_input(self) -> dict[str, Input]:
        """Keys of the case and of its members."""
        return self.inputs | self.member_inputs

"""Where the table is in a sheet: titles above, heading rows, units, totals, notes below."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, zip_longest

from jissho.datasets._own._cells import kind, read_cell, squeezed
from jissho.datasets._own._grid import Cell, Grid, show
from jissho.datasets._own._mending import Mending
from jissho.datasets._own._values import bare_unit, is_unit, unit_in_name

HEAD = 100  # rows in which a heading is looked for
SAMPLE = 300  # rows from which the kinds of columns are told
DEEPEST = 4  # heading rows on top of each other

# Words that hardly are a value among others: they count wherever they stand alone in a cell.
SURE = r"(?:.{0,12}(?:合計|小計|総計|累計)|.{0,8}[A-Za-z0-9月年棟班期週日部課線場機区室]計|(?:grand|sub)[- ]?total)"
END = r"(?:[(\[].*[)\]])?[:：]?"
SURE_TOTALS = re.compile(SURE + END, re.I)
TOTALS = re.compile(
    rf"(?:{SURE}|計|.{{0,4}}平均値?|最大値?|最小値?|最高値?|最低値?|標準偏差|中央値|total|sum|average|mean|ave|avg\.?|max|min){END}",
    re.I,
)
TOTAL_WORDS = re.compile("計|均|最|標準偏差|中央値|total|sum|average|mean|ave|avg|max|min", re.I)
MEANS = re.compile("均|average|mean|ave|avg", re.I)
MARKS = re.compile(r"[※＊*]|[(（\[]?注[)）\]\d０-９:：]")
NOTES = re.compile(r"[※＊*注]|[(（\[]?(?:注|備考|出典|資料|出所|単位|以上|note|source)", re.I)
TITLE_WORDS = re.compile(
    r"作成|担当|部署|部門|期間|印刷|出力|更新|工場名|会社名|ページ|page|単位|提出|承認|測定者|記入者|.[:：].", re.I
)


SIGNED = re.compile("作成|提出|承認|印刷|出力|更新|記入者|.[:：].", re.I)  # never a group over columns


@dataclass
class Table:
    """A table found in a grid: final names, rows of equal length, their lines, and what was left out."""

    names: list[str]
    columns: list[list[Cell]]
    lines: list[int]
    units: dict[str, str]
    mendings: list[Mending] = field(default_factory=list)


def find_table(grid: Grid) -> Table | None:
    """Find the one table of a sheet; ``None`` when there is only text or nothing."""
    filled = [i for i, row in enumerate(grid.rows) if row.count("") < len(row)]
    if not filled:
        return None
    sheet = _Sheet(grid, filled)
    if not sheet.is_table():
        return None
    return sheet.table()


class _Sheet:
    """The steps from grid to table; rows are indices into ``grid.rows``."""

    def __init__(self, grid: Grid, filled: list[int]) -> None:
        self.grid, self.filled = grid, filled
        self.place = {row: i for i, row in enumerate(filled)}
        self.mendings: list[Mending] = []
        self.kinds_of: dict[int, list[str]] = {}
        self.sample = self._sample()
        self.profile = self._profile()
        self.typical = self._typical()
        self.heading, self.units_row, self.first = self._heading()

    # --- what the body looks like ---

    def kinds(self, row: int) -> list[str]:
        if row not in self.kinds_of:
            self.kinds_of[row] = [kind(cell) for cell in self.grid.rows[row]]
        return self.kinds_of[row]

    def _sample(self) -> list[int]:
        """Rows of the lower half, where headings are over, without totals and notes at the end."""
        end = len(self.filled)
        while end and self._is_aside(self.filled[end - 1]):
            end -= 1
        lower = self.filled[end // 2 : end] or self.filled
        return lower[:: max(1, len(lower) // SAMPLE)]

    def _is_aside(self, row: int) -> bool:
        cells = self.grid.rows[row]
        return bool(NOTES.match(str(self._first_cell(row)))) or _is_total(cells)

    def _profile(self) -> dict[int, str]:
        """Columns of numbers or dates: index → ``n`` or ``d``."""
        seen: dict[int, Counter] = {}
        for row in self.sample:
            for c, what in enumerate(self.kinds(row)):
                if what in ("n", "d", "t"):
                    seen.setdefault(c, Counter())[what] += 1
        found = {}
        for c, counts in seen.items():
            if (counts["n"] + counts["d"]) * 2 >= counts.total():
                found[c] = "d" if counts["d"] > counts["n"] else "n"
        return found

    def _typical(self) -> int:
        """How many cells a row of the body usually has filled."""
        counts = sorted(sum(what != "" for what in self.kinds(row)) for row in self.sample)
        return counts[len(counts) // 2]

    def is_table(self) -> bool:
        """More than lines of prose: several columns, or one of short values under a name."""
        widths = [sum(what != "" for what in self.kinds(row)) for row in self.sample]
        if max(widths) > 1:
            return True
        cells = [str(cell) for row in self.filled[:HEAD] for cell in self.grid.rows[row] if cell != ""]
        return len(cells) > 1 and (bool(self.profile) or all(len(c) <= 20 and "。" not in c for c in cells))

    # --- the heading ---

    def _matches(self, row: int) -> tuple[int, int]:
        """Among the columns of numbers and dates: how many cells are one, and how many are text."""
        kinds = [self.kinds(row)[c] for c in self.profile if c < len(self.kinds(row))]
        return sum(what in ("n", "d") for what in kinds), kinds.count("t")

    def _is_other_kind(self, row: int) -> bool:
        """True for dates over columns of numbers: 令和4年, 令和5年."""
        pairs = [(self.kinds(row)[c], what) for c, what in self.profile.items() if c < len(self.kinds(row))]
        return sum(a != b and a in ("n", "d") for a, b in pairs) > 1 and all(a != b for a, b in pairs)

    def _filled(self, row: int) -> int:
        return sum(what != "" for what in self.kinds(row))

    def _full_heading(self) -> int | None:
        """The first complete row of different names above which nothing is as wide.

        A later one counts where the rows before it are a preamble (作成者, 山田): an empty row or words of a title in between.
        """
        data = next((row for row in self.filled if self._is_perfect(row)), len(self.grid.rows))
        rows = [row for row in self.filled[:HEAD] if row < data and self._is_complete(row)]
        if not rows or any(self._filled(row) >= self._filled(rows[0]) for row in self.filled[: self.place[rows[0]]]):
            return None
        found = rows[0]
        for row in rows[1:]:
            between = self.filled[self.place[found] : self.place[row]]
            gap = row - found >= len(between) + 1
            if gap or any(TITLE_WORDS.search(str(self._first_cell(other))) for other in between):
                found = row
        return found

    def _is_perfect(self, row: int) -> bool:
        fits, texts = self._matches(row)
        return fits > 0 and not texts and self._filled(row) * 2 >= self.typical

    def _is_complete(self, row: int) -> bool:
        """As wide as the table, all different names, none where a number or date should be."""
        kinds, cells = self.kinds(row), [squeezed(cell) for cell in self.grid.rows[row] if cell != ""]
        whole = len(cells) >= max(2, self.typical) and set(kinds) <= {"t", ""} and len(set(cells)) == len(cells)
        names = all(c < len(kinds) and kinds[c] == "t" for c in self.profile)
        return whole and names and (self._before(row) is None or not self._is_units(row))

    def _first_cell(self, row: int) -> Cell:
        return next(cell for cell in self.grid.rows[row] if cell != "")

    def _first_data(self) -> int | None:
        """First row that fits the columns' kinds."""
        for row in self.filled:
            fits, others = self._matches(row)
            enough = self._filled(row) * 2 >= self.typical
            if enough and fits and (fits * 2 > len(self.profile) or not others):
                return row
        return None

    def _heading(self) -> tuple[list[int], int | None, int]:
        """Heading rows from top to bottom, the units row, and the first row of the body."""
        if self.profile and (full := self._full_heading()) is None:
            bottom, first = self._above(self._first_data())
        else:
            full = self._full_heading() if self.profile else self._first_wide()
            bottom, first = full, self._after(full)
        if bottom is None:
            return self._numbered(first)
        units_row = None
        if self._is_units_row(bottom):
            units_row, bottom = bottom, self._before(bottom)
        rows = self._stack(bottom)
        if units_row is None:
            rows, first = self._continued(rows, first)
            if first in self.place and self._is_units(first):
                units_row, first = first, self._after(first)
        return rows, units_row, first

    def _before(self, row: int) -> int | None:
        i = self.place[row]
        return self.filled[i - 1] if i else None

    def _after(self, row: int) -> int:
        i = self.place[row] + 1
        return self.filled[i] if i < len(self.filled) else len(self.grid.rows)

    def _above(self, first: int | None) -> tuple[int | None, int]:
        """From the first row that fits go up over rows that may be data to the heading."""
        if first is None:
            return self.filled[0], self._after(self.filled[0])
        while (above := self._before(first)) is not None:
            fits, others = self._matches(above)
            if others and not fits:
                return (above if self._is_heading(above) or self._is_units_row(above) else None), first
            if others or not fits and self._filled(above) * 2 < self.typical:
                break
            first = above
        return None, first

    def _is_heading(self, row: int) -> bool:
        """Enough names in a row that could stand over the columns; a title has one or two."""
        beside = self.typical == 2 and any(self._cell(row, c) != "" for c in self.profile if c)  # the other has no name
        return (self._filled(row) >= min(2, self.typical) or beside) and self._filled(row) * 3 >= self.typical

    def _first_wide(self) -> int:
        """In a table of text: the first row that is about as wide as the others."""
        wide = [row for row in self.filled[:HEAD] if self._filled(row) * 5 >= self.typical * 3]
        return wide[0] if wide else self.filled[0]

    def _numbered(self, first: int) -> tuple[list[int], int | None, int]:
        """Without a row of words: years or numbers in a row (品目, 2021, 2022) are a heading too, or a name over numbers."""
        named = self._matches(first)[1] or self._is_other_kind(first)
        if named and self._after(first) < len(self.grid.rows):
            return [first], None, self._after(first)
        cells = [cell for cell in self.grid.rows[first] if cell != ""]
        figures = [squeezed(cell) for cell in cells if kind(cell) == "n"]
        steps = [re.fullmatch(r"([0-9]{1,4})(?:\.0)?(?:年度?)?", f) for f in figures]
        values = [int(step[1]) for step in steps if step]
        run = len(values) == len(figures) >= 2 and all(b - a == 1 for a, b in zip(values, values[1:], strict=False))
        years = bool(values) and all(1900 <= v <= 2100 for v in values)
        if run and (years or len(values) > 2 and len(cells) > len(figures)):
            return [first], None, self._after(first)
        return [], None, first

    def _is_units(self, row: int) -> bool:
        cells = [str(cell) for cell in self.grid.rows[row] if cell != ""]
        units = [c for c in cells if is_unit(c)]
        quiet = [
            c
            for c in cells
            if squeezed(c) in ("単位", "-", "―", "ー", "−", "(-)", "[-]", "年月日", "時刻", "日付", "日時")
        ]
        return (
            bool(units)
            and len(units) + len(quiet) >= len(cells) - (len(cells) > 3)
            and len(units) * 2 >= len(cells) - 1
        )

    def _is_units_row(self, row: int) -> bool:
        """Units right below names."""
        above = self._before(row)
        return self._is_units(row) and above is not None and self._is_heading(above)

    def _stack(self, bottom: int) -> list[int]:
        """Heading rows that belong together, going up from the lowest."""
        rows = [bottom]
        while len(rows) < DEEPEST and rows[0] > 0 and self._is_group(rows[0] - 1, rows):
            rows.insert(0, rows[0] - 1)
        return rows

    def _is_group(self, row: int, below: list[int]) -> bool:
        """True for a row of group names (環境, , 収量, ) over a heading; false for a title or 作成者, 山田."""
        cells = self.grid.rows[row]
        names = [i for i, cell in enumerate(cells) if cell != ""]
        if not names or set(self.kinds(row)) - {"", "t"} and len(names) < 2:
            return False
        if self._fills(row, below[0]) and not any(SIGNED.search(str(cells[i])) for i in names):
            return True
        if any(TITLE_WORDS.search(str(cells[i])) and not unit_in_name(str(cells[i])) for i in names):
            return False
        merged = [m for m in self.grid.merges if m[0] == row and m[3] > m[1]]
        width = max(len(self.grid.rows[r]) for r in below)
        if any(right - left + 1 < self.typical for _, left, _, right in merged):
            return True
        heads = [self._cell(below[0], c) for c in range(width)]
        first_name = next((c for c, head in enumerate(heads) if head != ""), 0)
        complement = any(self._cell(row, c) != "" and heads[c] == "" for c in range(width))
        twice = len({h for h in heads if h != ""}) < sum(h != "" for h in heads)
        if complement and len(names) + sum(h != "" for h in heads) > self.typical // 2:
            return len(names) > 1 or names[0] > first_name
        gaps = any(b - a > 1 for a, b in zip(names, names[1:], strict=False))
        if len(names) > 1:
            return gaps or twice or len(names) * 5 >= self.typical * 3
        return twice and names[0] > first_name

    def _fills(self, row: int, below: int) -> bool:
        """True if the row has names exactly where the one below has none, and groups over the others (品名, 環境, , over  , 気温, 湿度)."""
        width = max(len(self.grid.rows[r]) for r in (row, below))
        pairs = [(self._cell(row, c) != "", self._cell(below, c) != "") for c in range(width)]
        return (
            (True, False) in pairs and (True, True) in pairs and (False, True) in pairs and (False, False) not in pairs
        )

    def _cell(self, row: int, column: int) -> Cell:
        cells = self.grid.rows[row]
        return cells[column] if column < len(cells) else ""

    def _continued(self, rows: list[int], first: int) -> tuple[list[int], int]:
        """Rows of names below an incomplete heading (日付, 環境, , 収量 over  , 気温, 湿度,  )."""
        while len(rows) < DEEPEST and first in self.place and first == rows[-1] + 1 and self._completes(first, rows):
            rows, first = [*rows, first], self._after(first)
        return rows, first

    def _completes(self, row: int, rows: list[int]) -> bool:
        cells, kinds = self.grid.rows[row], self.kinds(row)
        if set(kinds) - {"t", ""} or self._after(row) >= len(self.grid.rows) or self._is_units(row):
            return False
        width = max(len(cells), *(len(self.grid.rows[r]) for r in rows))
        names = [c for c in range(width) if self._cell(row, c) != ""]
        open_ = [c for c in names if self._cell(rows[-1], c) == ""]
        merged = any(m[0] in rows and (m[2] == row or m[3] > m[1]) for m in self.grid.merges)
        twice = any(self._cell(rows[-1], c) == self._cell(rows[-1], c - 1) != "" for c in names if c)
        if self._fills(rows[-1], row):
            return True
        if self.profile:
            return any(c in self.profile for c in names) and bool(open_ or merged or twice)
        blank_below = any(self._cell(row, c) == "" and self._cell(rows[-1], c) != "" for c in range(width))
        return merged or (bool(open_) and blank_below)

    # --- from rows to a table ---

    def note(self, row: int, before: str, why: str) -> None:
        self.mendings.append(Mending(self.grid.numbers[row], "", before, None, why))

    def _line(self) -> int:
        """Row of the file that names the columns."""
        return self.grid.numbers[self.heading[-1] if self.heading else self.first]

    def table(self) -> Table:
        self._titles()
        body = self._body()
        names, units = self._names(body)
        columns = [list(column) for column in zip_longest(*(self.grid.rows[row] for row in body), fillvalue="")]
        columns += [[""] * len(body) for _ in range(len(names) - len(columns))]
        table = Table(names, columns, [self.grid.numbers[row] for row in body], units, self.mendings)
        self._ragged(table, body)
        self._merged(table, body)
        self._hidden(table)
        _drop_empty(table, self._line())
        return table

    def _titles(self) -> None:
        kept = {*self.heading, self.units_row}
        for row in self.filled:
            if row >= self.first:
                break
            if row not in kept:
                self.note(row, show(self.grid.rows[row]), "表の上の見出し・説明の行なので、表から除きました。")

    def _body(self) -> list[int]:
        """Rows of the table after totals, notes, repeated headings and empty rows are taken out."""
        rows = [row for row in self.filled if row >= self.first]
        self._blank_runs()
        rows = self._second_table(rows)
        rows = self._without_notes(rows)
        rows = self._without_headings(rows)
        return self._without_totals(rows)

    def _blank_runs(self) -> None:
        last = -1
        for row in [*self.filled, len(self.grid.rows)]:
            if row - last > 1:
                a, b = self.grid.numbers[last + 1], self.grid.numbers[row - 1]
                span = f"{a}行目" if row - last == 2 else f"{a}〜{b}行目"
                self.note(last + 1, "", f"空の行（{span}）を除きました。")
            last = row

    def _second_table(self, rows: list[int]) -> list[int]:
        """Cut where, after an empty row, another heading begins."""
        names = [squeezed(c) for r in self.heading for c in self.grid.rows[r] if c != ""]
        for i, row in enumerate(rows):
            if i and row - rows[i - 1] > 1 and self._starts_another(row, names):
                for other in rows[i:]:
                    self.note(other, show(self.grid.rows[other]), "空の行の下の、別の表の行なので、読みませんでした。")
                return rows[:i]
        return rows

    def _starts_another(self, row: int, names: list[str]) -> bool:
        cells = [squeezed(c) for c in self.grid.rows[row] if c != ""]
        _, others = self._matches(row)
        if len(cells) < 2 or set(self.kinds(row)) - {"t", ""} or not others or _is_total(self.grid.rows[row]):
            return False
        after = self._after(row)
        goes_on = after in self.place and after == row + 1 and {"n", "d"} & set(self.kinds(after))
        return bool(goes_on) and cells != names and not NOTES.match(cells[0])

    def _without_notes(self, rows: list[int]) -> list[int]:
        end = len(rows)
        while end and (self._is_note(rows[end - 1]) or self._is_tail_total(rows[:end])):
            end -= 1
        for row in rows[end:]:
            if self._is_note(row):
                self.note(row, show(self.grid.rows[row]), "表の下の注の行なので、表から除きました。")
        return rows[:end] + [row for row in rows[end:] if not self._is_note(row)]

    def _is_tail_total(self, rows: list[int]) -> bool:
        cells = self.grid.rows[rows[-1]] if rows else []
        return _is_total(cells) and _total_cell(cells)[2]

    def _is_note(self, row: int) -> bool:
        cells = [(c, cell) for c, cell in enumerate(self.grid.rows[row]) if cell != ""]
        c, first = cells[0]
        if not isinstance(first, str) or self.kinds(row)[c] != "t":
            return False
        few = len(cells) * 2 <= max(self.typical, 2)
        marked = bool(MARKS.match(first.strip())) and bool(self.profile) and not self._matches(row)[0]
        if marked or few and NOTES.match(first.strip()):
            return True
        after_gap = row - 1 not in self.place and row - 1 >= self.first
        return (
            len(cells) == 1
            and self.typical > 2
            and ("。" in first or len(first) > 20 or after_gap or c in self.profile)
        )

    def _without_headings(self, rows: list[int]) -> list[int]:
        """Headings repeated on each printed page, or by files put one behind the other."""
        heads = [[str(c).strip() for c in self.grid.rows[r]] for r in self.heading if self._filled(r) > 1]
        kept = []
        for row in rows:
            cells = self.grid.rows[row]
            if heads and any(
                str(cells[0]).strip() == h[0] and [str(c).strip() for c in cells] == h for h in heads if cells
            ):
                self.note(row, show(cells), "くり返された見出しの行なので、表から除きました。")
            else:
                kept.append(row)
        return kept

    def _without_totals(self, rows: list[int]) -> list[int]:
        found = self._total_rows(rows)
        if len(found) == len(rows):  # then totals are what the table is about
            return rows
        for row in sorted(found):
            self.note(row, show(self.grid.rows[row]), "合計や平均の行なので、表から除きました。")
        return [row for row in rows if row not in found]

    def _total_rows(self, rows: list[int]) -> set[int]:
        texts = [c for c in set(chain.from_iterable(self.grid.rows[row] for row in rows)) if isinstance(c, str)]
        if not TOTAL_WORDS.search("\n".join(texts)):
            return set()
        labels = {text for text in texts if TOTAL_WORDS.search(text) and TOTALS.fullmatch(squeezed(text))}
        likely = [row for row in rows if not labels.isdisjoint(self.grid.rows[row]) and _is_total(self.grid.rows[row])]
        sure = {row for row in likely if self._sure_total(row, rows)}
        weak = [row for row in likely if row not in sure and _total_cell(self.grid.rows[row])[2]]
        tail, end = set(), len(rows)
        while end and rows[end - 1] in {*sure, *weak}:
            end -= 1
            tail.add(rows[end])
        categories = {_total_cell(self.grid.rows[row]) for row in weak if row not in tail}
        return sure | {row for row in tail if _total_cell(self.grid.rows[row]) not in categories}

    def _sure_total(self, row: int, rows: list[int]) -> bool:
        """A word that is hardly a value, a word in a column of numbers or dates, or figures that add up."""
        c, cell, _ = _total_cell(self.grid.rows[row])
        return bool(SURE_TOTALS.fullmatch(squeezed(cell))) or c in self.profile or self._adds_up(row, rows)

    def _adds_up(self, row: int, rows: list[int]) -> bool:
        """True if each figure is the sum (for 平均 the mean) of the same two or more rows above."""
        label, place = squeezed(_total_cell(self.grid.rows[row])[1]), bisect_left(rows, row)
        mean = bool(MEANS.search(label))
        above = rows[max(0, place - HEAD) : place][::-1]
        columns = [c for c, what in self.profile.items() if what == "n" and self._figure(row, c) is not None]
        # A year beside the figures is the same in the row above: part of the name, not of the sum.
        columns = [c for c in columns if above and self._figure(above[0], c) != self._figure(row, c)]
        sums = dict.fromkeys(columns, 0.0)
        for count, other in enumerate(above, 1):
            sums = {c: total + (self._figure(other, c) or 0) for c, total in sums.items()}
            wanted = {c: total / count if mean else total for c, total in sums.items()}
            if count > 1 and sums and all(abs(self._figure(row, c) - w) <= 0.005 * abs(w) for c, w in wanted.items()):
                return True
        return False

    def _figure(self, row: int, column: int) -> float | None:
        cell = self._cell(row, column)
        number = read_cell(cell).number if cell != "" else None
        return float(number.value) if number else None

    # --- names and units ---

    def _names(self, body: list[int]) -> tuple[list[str], dict[str, str]]:
        width = max((len(self.grid.rows[r]) for r in (*self.heading, *body)), default=0)
        parts = self._parts(width)
        line = self._line()
        names = _different([_joined(p) or f"列{c + 1}" for c, p in enumerate(parts)])
        if not self.heading:
            self.mendings.append(
                Mending(line, "", "", "｜".join(names), "見出しの行がないので、列に番号の名前を付けました。")
            )
        for c, (name, part) in enumerate(zip(names, parts, strict=True)):
            if self.heading and any(self._cell(r, c) != "" for r in body) | any(part):
                self._name_note(line, name, part)
        return names, self._units(names)

    def _name_note(self, line: int, name: str, part: list[Cell]) -> None:
        before = " / ".join(str(p) for p in part if p != "")
        base = _joined(part)
        why = {
            not base: "見出しのない列に、番号の名前を付けました。",
            bool(base) and name != base: "同じ名前の列があるので、番号を付けました。",
            name == base and before != name: "見出しを一つの名前にまとめました。"
            if " / " in before
            else "見出しの空白や改行を取りました。",
        }
        if text := why.get(True):
            self.mendings.append(Mending(line, name, before, name, text))

    def _parts(self, width: int) -> list[list[Cell]]:
        """For each column its heading cells from top to bottom, groups written in each of their columns."""
        rows = [[self._cell(r, c) for c in range(width)] for r in self.heading]
        for i, row in enumerate(self.heading[:-1]):
            below = [any(self._cell(r, c) != "" for r in self.heading[i + 1 :]) for c in range(width)]
            rows[i] = self._spread(row, rows[i], below)
        return [[row[c] for row in rows] for c in range(width)]

    def _spread(self, row: int, cells: list[Cell], below: list[bool]) -> list[Cell]:
        spread = list(cells)
        merges = [m for m in self.grid.merges if m[0] == row and m[3] > m[1]]
        for _, left, _, right in merges:
            spread[left : right + 1] = [cells[left]] * (min(right + 1, len(cells)) - left)
        if not merges:
            for c in range(1, len(cells)):
                if spread[c] == "" and below[c]:
                    spread[c] = spread[c - 1]
        return spread

    def _units(self, names: list[str]) -> dict[str, str]:
        units = {name: unit for name in names if (unit := unit_in_name(name))}
        for c, name in enumerate(names):
            cell = self._cell(self.units_row, c) if self.units_row is not None else ""
            if cell == "":
                continue
            unit = bare_unit(str(cell))
            if is_unit(str(cell)):
                units[name] = unit
            self.mendings.append(
                Mending(self.grid.numbers[self.units_row], name, cell, None, f"単位の行を除きました（単位: {unit}）。")
            )
        return units

    # --- odd rows ---

    def _ragged(self, table: Table, body: list[int]) -> None:
        """Rows with more cells than the heading, or fewer, while most others agree (text files only)."""
        lengths = Counter(len(self.grid.rows[row]) for row in body)
        if len(lengths) < 2 or self.grid.merges or not self.grid.ragged:
            return
        usual = lengths.most_common(1)[0][0]
        for row in body:
            cells = self.grid.rows[row]
            line = self.grid.numbers[row]
            for c in range(usual, len(cells)):
                if cells[c] != "":
                    table.mendings.append(
                        Mending(
                            line,
                            table.names[c],
                            cells[c],
                            cells[c],
                            "この行はほかの行よりセルが多くあります。余りを残しました。",
                        )
                    )
            if len(cells) < usual:
                table.mendings.append(
                    Mending(
                        line,
                        "",
                        show(cells),
                        show(cells),
                        f"この行はセルが{len(cells)}個で、ほかの行（{usual}個）より少ないので、残りを空欄としました。",
                    )
                )

    def _merged(self, table: Table, body: list[int]) -> None:
        """Write a cell that is merged over rows into each of them."""
        place = {row: i for i, row in enumerate(body)}
        for top, left, bottom, _ in self.grid.merges:
            value = self._cell(top, left)
            for row in range(top + 1, bottom + 1):
                if value != "" and row in place and top in place:
                    table.columns[left][place[row]] = value
                    table.mendings.append(
                        Mending(
                            self.grid.numbers[row], table.names[left], "", value, "結合されたセルの値で埋めました。"
                        )
                    )

    def _hidden(self, table: Table) -> None:
        line = self._line()
        for name in (table.names[c] for c in self.grid.hidden if c < len(table.names)):
            table.mendings.append(Mending(line, name, name, name, "Excelで非表示の列です。表には残しました。"))


def _joined(parts: list[Cell]) -> str:
    """``["環境", "気温\\n(℃)"]`` → ``"環境_気温(℃)"``; a name repeated from above is written once."""
    words: list[str] = []
    for part in parts:
        word = _word(part)
        if word and word not in words[-1:]:
            words.append(word)
    return "_".join(words)


def _word(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)
    return "".join(line.strip(" \t\u3000\u00a0\u200b\ufeff") for line in text.splitlines())


def _different(names: list[str]) -> list[str]:
    """Second and later columns of a name get _2, _3 …, never a name that another column has."""
    taken, given = set(names), []
    for name in names:
        unique, n = name, 1
        while unique in given or (n > 1 and unique in taken):
            n += 1
            unique = f"{name}_{n}"
        given.append(unique)
    return given


def _drop_empty(table: Table, line: int) -> None:
    keep = [i for i, cells in enumerate(table.columns) if any(cell != "" for cell in cells)]
    for i in sorted(set(range(len(table.columns))) - set(keep)):
        name = table.names[i]
        table.mendings.append(Mending(line, name, name, None, "値が一つもない列なので、表から除きました。"))
        table.units.pop(name, None)
    table.names = [table.names[i] for i in keep]
    table.columns = [table.columns[i] for i in keep]


def _total_cell(cells: list[Cell]) -> tuple[int, Cell, bool]:
    """The cell that names a total, and whether it is the first filled one: column, cell, first; ``(-1, "", False)`` without one."""
    filled = [(c, cell) for c, cell in enumerate(cells) if cell != ""]
    for c, cell in filled:
        if isinstance(cell, str) and TOTAL_WORDS.search(cell) and TOTALS.fullmatch(squeezed(cell)):
            return c, cell, c == filled[0][0]
    return -1, "", False


def _is_total(cells: list[Cell]) -> bool:
    """A row named 合計, 小計, 平均 … that has something to sum up."""
    c, cell, _ = _total_cell(cells)
    others = {kind(other) for other in cells[c + 1 :]} - {""}
    return cell != "" and bool(others & {"n", "d"} or others <= {"m"} and SURE_TOTALS.fullmatch(squeezed(cell)))

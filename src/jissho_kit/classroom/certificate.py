"""修了証: who has finished a class, a sheet of A4 for each of them, and how a sheet is checked.

The code on a sheet is the SHA-256 of its content as canonical JSON: UTF-8, keys in alphabetical order, no spaces, letters
as they are (``json.dumps(…, ensure_ascii=False, sort_keys=True, separators=(",", ":"))``). It shows that nothing was
changed. That the sheet was issued at all is shown by the issuer's list of codes in ``private/``.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from pydantic import BaseModel, ConfigDict, ValidationError

from jissho import __version__
from jissho.errors import UsageError
from jissho_kit import curriculum
from jissho_kit.classroom.server import LAB
from jissho_kit.grading.course import Course
from jissho_kit.grading.report import ClassData, Entry, Report

ATTENDED, PASSED = 80, 0.60  # per cent of the hours; share of the points
RECORD, ISSUED = "修了の記録.csv", "修了証_控え.csv"
COLUMNS = ("提出名", "出席（%）", "成果物", "証に書く名前")
YES, NO = {"○", "〇", "1", "はい", "済", "有"}, {"", "×", "0", "いいえ", "未", "無"}
MAX_BYTES = 256 * 1024
WORK = {"K": "判断カード", "G": "検証計画書", "B": "A3一枚"}
EMBEDDED = re.compile(r'<script type="application/json" id="jissho-certificate">(.*?)</script>', re.DOTALL)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Objective(Strict):
    """``reached``: None where nothing of it was graded."""

    id: str
    text: str
    reached: bool | None


class Certificate(Strict):
    """What stands on a sheet. ``attendance`` in per cent of ``minutes``, where it was recorded."""

    v: int = 1
    name: str
    course: str
    version: str
    title: str
    tier: str
    field: str
    minutes: int
    attendance: float | None
    objectives: list[Objective]
    practice: bool
    issuer: str
    date: str

    @property
    def code(self) -> str:
        """The verification code."""
        text = json.dumps(self.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Recorded:
    """What the instructor has recorded of a participant; ``name`` is what shall stand on the sheet."""

    handed_in_as: str
    attendance: float | None
    work: bool
    name: str


@dataclass(frozen=True)
class Decided:
    """A participant's certificate, or the conditions that are not met."""

    handed_in_as: str
    certificate: Certificate | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """A sheet read back. ``untouched``: the code is that of the content; ``shown``: the page shows this content and nothing
    else (None: written by another version, which lays it out differently); ``issued``: the course's list has the code (None:
    no course was asked).
    """

    certificate: Certificate
    untouched: bool
    shown: bool | None
    issued: bool | None

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the sheet."""
        return self.untouched and self.shown is not False and self.issued is not False


def record_template(entries: Iterable[Entry]) -> str:
    """CSV for the instructor to fill in: everyone who has handed in, nothing recorded yet."""
    names = sorted({entry.name for entry in entries if entry.person})
    return _csv([COLUMNS, *([name, "", "", name] for name in names)])


def read_record(path: Path) -> list[Recorded]:
    """The instructor's record (Excel's UTF-8 or Shift_JIS).

    Raises
    ------
    UsageError
        The file cannot be read, lacks a column, or a cell is none of what it may be; with its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"記録を読めません（{error.strerror}）。", str(path), "場所と名前を確かめてください。"
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932", errors="replace")
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
    if lacking:
        mend = f"一行目を {'、'.join(COLUMNS)} にしてください。"
        raise UsageError(f"記録に {'、'.join(lacking)} の列がありません。", str(path), mend)
    read = [_recorded(row, f"{path}:{rows.line_num}") for row in rows if any(row.values())]
    names = [one.handed_in_as for one in read]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"記録に {twice[0]} が二度あります。", str(path), "片方の行を消してください。")
    return read


def _recorded(row: dict, where: str) -> Recorded:
    cells = {name: unicodedata.normalize("NFKC", row.get(name) or "").strip() for name in COLUMNS}
    written, work = cells["出席（%）"].removesuffix("%"), cells["成果物"]
    try:
        attendance = float(written) if written else None
    except ValueError:
        attendance = -1.0
    if attendance is not None and not 0 <= attendance <= 100:
        raise UsageError(f"出席が0〜100の数ではありません: {written}", where, "%の数を書くか、空けてください。")
    if work not in YES | NO:
        raise UsageError(f"成果物が読めません: {work}", where, "出したら ○、まだなら空けておいてください。")
    return Recorded(cells["提出名"], attendance, work in YES, cells["証に書く名前"])


def decide(
    course: Course,
    data: ClassData,
    report: Report,
    entries: Iterable[Entry],
    records: Iterable[Recorded],
    issuer: str,
    date: dt.date,
) -> list[Decided]:
    """Who gets a certificate, in the order of the record (curriculum-design D.6).

    Executives need the decision card alone; the others 80 % of the hours, 60 % of the points, and their plan or A3.
    """
    person = {unicodedata.normalize("NFKC", entry.name).strip(): entry.person for entry in entries if entry.person}
    rows = {row.person: row for row in report.rows}
    plan = curriculum.load_course(course.tier)
    made = []
    for one in records:
        row = rows.get(person.get(one.handed_in_as, ""))
        if missing := _missing(course.tier, one, row.total if row else None):
            made.append(Decided(one.handed_in_as, None, missing))
            continue
        shares = row.shares if row else {}
        objectives = [
            Objective(id=each.id, text=each.text, reached=_reached(shares.get(each.id))) for each in report.objectives
        ]
        certificate = Certificate(
            name=one.name,
            course=course.name,
            version=__version__,
            title=data.title,
            tier=plan.title,
            field=curriculum.FIELD_TITLES[course.field],
            minutes=plan.minutes,
            attendance=one.attendance,
            objectives=objectives,
            practice=course.practice,
            issuer=issuer,
            date=date.isoformat(),
        )
        made.append(Decided(one.handed_in_as, certificate))
    return made


def _missing(tier: str, one: Recorded, share: float | None) -> tuple[str, ...]:
    missing = [] if one.work else [f"{WORK[tier]}がまだです"]
    if tier != "K" and (one.attendance is None or one.attendance < ATTENDED):
        missing.append(f"出席が{ATTENDED}%に届いていません")
    if tier != "K" and (share is None or share < PASSED):
        missing.append(f"採点が{PASSED:.0%}に届いていません")
    return tuple(missing)


def _reached(share: float | None) -> bool | None:
    return None if share is None else share >= PASSED


def page(one: Certificate) -> str:
    """The sheet: one page of HTML that carries its own content as data; no script runs, nothing is loaded."""
    template = Template((LAB / "certificate.html").read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(one.date)
    words = {True: "できた", False: "これから", None: "採点なし"}
    rows = "\n".join(
        f'<tr><td>{escape(each.text)}</td><td class="reached">{words[each.reached]}</td></tr>'
        for each in one.objectives
    )
    hours = f"{one.minutes / 60:g}時間" if one.minutes % 30 == 0 else f"{one.minutes}分"
    return template.substitute(
        name=f"{escape(one.name)} 様" if one.name else "",
        title=escape(one.title),
        course=escape(one.course),
        version=escape(one.version),
        tier=escape(one.tier),
        field=escape(one.field),
        hours=hours,
        attendance="" if one.attendance is None else f"（出席 {one.attendance:g}%）",
        objectives=rows,
        date=f"{day.year}年{day.month}月{day.day}日",
        issuer=f"発行者　<b>{escape(one.issuer)}</b>",
        practice='<p class="practice">練習用の講座です。修了の証明には使えません。</p>\n' if one.practice else "",
        **{"pass": f"{PASSED:.0%}"},
        code=one.code,
        data=_sealed(one).replace("<", "\\u003c"),
    )


def _sealed(one: Certificate) -> str:
    return json.dumps({"certificate": one.model_dump(), "code": one.code}, ensure_ascii=False)


def remember(course: Course, made: Iterable[Certificate]) -> Path:
    """Add the sheets to the issuer's list of codes; a sheet issued again stands there once."""
    path = course.private / ISSUED
    known = _issued(path)
    rows = [*known.values(), *([one.code, one.name, one.date] for one in made if one.code not in known)]
    try:
        path.write_text(_csv([("検証コード", "名前", "発行日"), *rows]), encoding="utf-8-sig", newline="")
        path.chmod(0o600)
    except OSError as error:
        raise UsageError(
            f"控えを書けません（{error.strerror}）。", str(path), "ほかのソフトで開いていれば閉じてください。"
        ) from None
    return path


def _issued(path: Path) -> dict[str, list[str]]:
    if not path.is_file():
        return {}
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {row[0]: row for row in list(rows)[1:] if row}


def verify(path: Path, course: Course | None = None) -> Verified:
    """Read a sheet back and check it.

    Raises
    ------
    UsageError
        The file cannot be read or is no certificate.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1).decode("utf-8-sig")
        found = EMBEDDED.search(text)
        sealed = json.loads(found[1] if found else "")
        one = Certificate.model_validate(sealed["certificate"])
        untouched = sealed["code"] == one.code
        shown = page(one) == text.replace("\r\n", "\n") if one.version == __version__ else None
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        raise UsageError(
            "修了証として読めません。", str(path), "./jissho certificate が書いたHTMLのファイルを指定してください。"
        ) from None
    issued = None if course is None else one.code in _issued(course.private / ISSUED)
    return Verified(one, untouched, shown, issued)


def _csv(rows: Iterable[Iterable]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(rows)
    return made.getvalue()

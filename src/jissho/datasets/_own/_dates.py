"""Dates and times as they are written in Japan: 和暦, 年月日, weekdays, 25:30, Excel's serial numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

# There is no sound library for this: jeraconv reads years only (and installs a top-level package named tests),
# japanera wants a format string. Five eras with their first and last day are all there is.
# The day of an accession from 1912 and 1926 carries both names. 昭和 and 平成 ended the day before.
ERAS = {
    "明治": (1868, date(1873, 1, 1), date(1912, 7, 30)),  # before 明治6年 the calendar was another one
    "大正": (1912, date(1912, 7, 30), date(1926, 12, 25)),
    "昭和": (1926, date(1926, 12, 25), date(1989, 1, 7)),
    "平成": (1989, date(1989, 1, 8), date(2019, 4, 30)),
    "令和": (2019, date(2019, 5, 1), date(9999, 12, 31)),
}
SHORT = {"明": "明治", "大": "大正", "昭": "昭和", "平": "平成", "令": "令和"} | dict(
    zip("MTSHR", ERAS, strict=True)  # the letters of driving licences and insurance cards
)
WEEKDAYS = "月火水木金土日"

ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHR])\s*(?P<year>元|[0-9]{1,2})"
TIME = (
    r"(?P<half>午前|午後|[AP]M)?\s*(?P<hour>[0-9]{1,3})\s*(?::\s*(?P<m1>[0-9]{2})(?::(?P<s1>[0-9]{2})(?:\.(?P<f>[0-9]{1,9}))?)?"
    r"|時\s*(?:(?P<m2>[0-9]{1,2})\s*分\s*(?:(?P<s2>[0-9]{1,2})\s*秒)?|(?P<m3>半))?)\s*(?P<half2>[AP]M)?"
)
DAY = {
    "era": rf"{ERA}\s*(?:年\s*(?P<month>[0-9]{{1,2}})\s*月\s*(?P<day>[0-9]{{1,2}})\s*日"
    r"|(?P<sep>[./\-])\s*(?P<month2>[0-9]{1,2})\s*(?P=sep)\s*(?P<day2>[0-9]{1,2}))",
    "ymd": r"(?P<year>[0-9]{4})\s*(?:年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日"
    r"|(?P<sep>[./\-])\s*(?P<month2>[0-9]{1,2})\s*(?P=sep)\s*(?P<day2>[0-9]{1,2}))",
    "short": r"'?(?P<year>[0-9]{2})年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日",
}
OTHER = r"(?P<rest>(?:\s*T\s*|\s*)(?P<clock>(?:午前|午後|[AP]M)?\s*[0-9]{1,3}\s*[:時].*?))?"
OTHER += r"(?:\s*(?P<zone>Z|\+[0-9]{2}:?[0-9]{2}|(?<=:[0-9]{2}:[0-9]{2})-[0-9]{2}:[0-9]{2}))?"  # 10:00-11:00 is a span
WEEKDAY = re.compile(r"\s*(?:\(\s*([月火水木金土日])(?:曜日?)?(?:\s*[・,]?\s*[祝休])?\s*\)|([月火水木金土日])曜日?)\s*")

DAYS = {kind: re.compile(pattern + OTHER, re.I) for kind, pattern in DAY.items()}
CLOCK = re.compile(TIME, re.I)
THREE = re.compile(r"(?P<a>[0-9]{1,4})(?P<sep>[/.\-])(?P<b>[0-9]{1,2})(?P=sep)(?P<c>[0-9]{1,4})" + OTHER, re.I)
MONTH = re.compile(rf"(?:{ERA}|(?P<west>[0-9]{{4}}))\s*年\s*(?P<month>[0-9]{{1,2}})\s*月(?:分|度)?", re.I)
YEAR = re.compile(rf"{ERA}\s*(?P<mark>年(?:度|産)?)?", re.I)
NO_YEAR = re.compile(r"(?:[0-9]\s*年\s*)?[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日(?:\s*[0-9]{1,2}\s*[:時].*)?")

MONTH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?: +[0-9]{1,2}:.*)?")

# Anything a program reads without help: nothing was mended then.
PLAIN_DAY = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?"
)
PLAIN_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: [AP]M)?", re.I)

# Names of columns that hold days, and those that only look so.
DAY_NAME = re.compile(r"日付|年月日|月日|日時|[^平休終毎連翌]日$|^日$|date|day$|timestamp|datetime", re.I)
NO_DAY_NAME = re.compile(r"日数|日射|日照|曜日|holiday", re.I)
YEAR_NAME = re.compile(r"年|year|和暦|元号", re.I)

SERIAL_ZERO = datetime(1899, 12, 30)
SERIALS = (20_000, 75_000)  # 1954 to 2105: what a date in a working table can be


@dataclass(frozen=True)
class Moment:
    """One cell as a date or time.

    ``kind`` is day, time, year, slash (the order of day, month and year is open: ``orders``) or bad (looks like a date, is none).
    """

    kind: str
    value: datetime | timedelta | int | None = None
    plain: bool = False
    why: str = ""
    orders: dict[str, datetime] = field(default_factory=dict, hash=False)
    weak: bool = False  # R6, S1-2-3, 24.4.1: a date only where the column says so, elsewhere a code


def is_day_name(name: str) -> bool:
    """True for headings such as 日付, 測定日, 年月日, Date; false for 稼働日数, 曜日, 平均日射."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    return bool(DAY_NAME.search(plain)) and not NO_DAY_NAME.search(plain)


def is_year_name(name: str) -> bool:
    """True for headings that can hold a year: 年度, 製造年, 生年月日."""
    return bool(YEAR_NAME.search(unicodedata.normalize("NFKC", name)))


def read_moment(text: str) -> Moment | None:
    """Read a date, time or 和暦 year; ``None`` when it does not look like one."""
    stripped = text.strip()
    if (found := PLAIN_DAY.fullmatch(stripped)) and (moment := read_plain_day(found)):
        return moment
    if len(stripped) > 60 or not any(c.isdecimal() or c == "元" for c in stripped):
        return None
    whole = unicodedata.normalize("NFKC", stripped)
    plain = stripped == whole
    clean, weekday = _without_weekday(whole)
    for kind, pattern in DAYS.items():
        if found := pattern.fullmatch(clean):
            return _day(kind, found, weekday, plain and bool(PLAIN_DAY.fullmatch(whole)))
    if found := CLOCK.fullmatch(clean):
        return _time(found, plain and bool(PLAIN_TIME.fullmatch(whole)))
    for read in (_month, _year, _three, _no_year):
        if moment := read(clean):
            return moment
    return None


def read_plain_day(found: re.Match) -> Moment | None:
    """A match of :data:`PLAIN_DAY` as a day; ``None`` for 2024-02-30 or 25:30."""
    year, _, month, day, hour, minute, second, fraction = found.groups("0")
    try:
        clock = (int(hour), int(minute), int(second), int(fraction.ljust(6, "0")[:6]))
        return Moment("day", datetime(int(year), int(month), int(day), *clock), True)
    except ValueError:
        return None


def from_serial(number: float) -> datetime | None:
    """Excel's day number (1900 system) as a date; ``None`` outside 1954–2105."""
    if not SERIALS[0] <= number < SERIALS[1]:
        return None
    # Excel keeps a day as a fraction: seconds come back only after rounding.
    return SERIAL_ZERO + timedelta(days=int(number), seconds=round((number % 1) * 86_400))


def from_eight(number: float) -> datetime | None:
    """20240401 as a date; ``None`` when there is no such day between 1900 and 2100."""
    if not 19_000_101 <= number < 21_000_000 or number != int(number):
        return None
    year, rest = divmod(int(number), 10_000)
    return _date(year, *divmod(rest, 100))


def _bad(why: str, weak: bool = False) -> Moment:
    return Moment("bad", why=f"読めない日付です。{why}", weak=weak)


def _without_weekday(text: str) -> tuple[str, str]:
    """``"2024/4/1(月) 10:00"`` → ``("2024/4/1 10:00", "月")``."""
    found = WEEKDAY.search(text)
    if not found or not re.search(r"[0-9]", text[: found.start()]):
        return text, ""
    before, after = text[: found.start()], text[found.end() :]
    # 令和6年4月1日 holds 月 and 日 too; only what stands alone after a complete day is a weekday.
    return f"{before} {after}".strip(), found[1] or found[2]


def _western(era: str, year: str) -> int:
    return ERAS[SHORT.get(era.upper(), era)][0] - 1 + (1 if year == "元" else int(year))


def _date(year: int, month: str | int, day: str | int) -> datetime | None:
    try:
        return datetime(year, int(month), int(day))
    except ValueError:
        return None


def _day(kind: str, found: re.Match, weekday: str, plain: bool) -> Moment:
    month, day = found["month"] or _get(found, "month2"), found["day"] or _get(found, "day2")
    why, weak = "日付の書き方をそろえました。", False
    if kind == "era":
        weak = found["sep"] == "-" and found["era"].isascii()
        name, year = SHORT.get(found["era"].upper(), found["era"]), _western(found["era"], found["year"])
        why = "和暦を西暦に直しました。"
    elif kind == "short":
        year = _century(int(found["year"]))
        why = f"2けたの年を{year}年として読みました。"
    else:
        year = int(found["year"])
    value = _date(year, month, day)
    if value is None:
        return _bad("暦にない日です。", weak)
    if kind == "era":
        bad, note = _in_era(name, found["year"], value)
        if bad:
            return _bad(bad, weak)
        why += note
    return replace(_with_clock(value, found, why + _weekday_note(value, weekday), plain), weak=weak)


def _get(found: re.Match, name: str) -> str | None:
    return found[name] if name in found.re.groupindex else None


def _century(year: int) -> int:
    """POSIX's rule for two digits: 69–99 are 19xx."""
    return year + (1900 if year >= 69 else 2000)


def _in_era(name: str, year: str, value: datetime) -> tuple[str, str]:
    """What is wrong with a date in its era, and what to say about it if nothing is."""
    _, first, last = ERAS[name]
    if value.date() < first:
        calendar = "（明治5年までは旧暦です）" if name == "明治" else ""
        return f"{name}は{first.year}年{first.month}月{first.day}日からです{calendar}。", ""
    if value.date() <= last:
        return "", ""
    if name == "平成":
        # Contracts and plans written before 2019 run on in 平成; offices read them as 令和.
        return "", f"平成{year}年は令和{value.year - 2018}年のことと読みました。"
    return f"{name}は{last.year}年{last.month}月{last.day}日までです。", ""


def _weekday_note(value: datetime, weekday: str) -> str:
    if weekday and WEEKDAYS[value.weekday()] != weekday:
        return f"曜日が合いません（暦では{WEEKDAYS[value.weekday()]}曜日です）。"
    return ""


def _with_clock(value: datetime, found: re.Match, why: str, plain: bool) -> Moment:
    """Add the time that follows a date; a time past 24:00 is on the next day."""
    if found["clock"]:
        clock = CLOCK.fullmatch(found["clock"].strip())
        time = _clock(clock) if clock else None
        if time is None:
            return _bad("時刻が読めません。")
        if value.year == date.max.year and time >= timedelta(days=1):
            return _bad("9999年の先の日です。")
        value += time
        if time >= timedelta(days=1):
            why, plain = f"24時を過ぎた時刻を翌日として読みました。{why if not plain else ''}", False
    if found["zone"]:
        why, plain = why + f"時差の印「{found['zone']}」を外しました（時刻はそのままです）。", False
    return Moment("day", value, plain, "" if plain else why)


def _clock(found: re.Match) -> timedelta | None:
    """A matched time since midnight; ``None`` for 25:70 or 午後13時."""
    hour = int(found["hour"])
    minute = int(found["m1"] or found["m2"] or (30 if found["m3"] else 0))
    second = int(found["s1"] or found["s2"] or 0)
    half = (found["half"] or found["half2"] or "").upper()
    # 午前12時 is noon by law and midnight on many clocks: left to the visitor.
    if minute > 59 or second > 59 or (half and hour > 12) or (half in ("午前", "午後") and hour == 12):
        return None
    if half:
        hour = hour % 12 + (12 if half in ("午後", "PM") else 0)
    micro = int((found["f"] or "").ljust(6, "0")[:6] or 0)
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)


def _time(found: re.Match, plain: bool) -> Moment:
    value = _clock(found)
    if value is None:
        return _bad("時刻にない数です。")
    if value >= timedelta(days=1):
        rest = value - timedelta(days=value.days)
        next_day = (
            f"{'翌日' if value.days == 1 else f'{value.days}日後'}の{rest.seconds // 3600}:{rest.seconds // 60 % 60:02}"
        )
        return Moment("time", value, False, f"24時を過ぎた時刻です。日付に足すと{next_day}になります。")
    return Moment("time", value, plain, "" if plain else "時刻の書き方をそろえました。")


def _month(text: str) -> Moment | None:
    found = MONTH.fullmatch(text)
    if not found:
        return None
    year = int(found["west"]) if found["west"] else _western(found["era"], found["year"])
    value = _date(year, found["month"], "1")
    return Moment("day", value, False, "年月を、その月の1日としました。") if value else _bad("暦にない月です。")


def _year(text: str) -> Moment | None:
    found = YEAR.fullmatch(text)
    if not found:
        return None
    name, year = SHORT.get(found["era"].upper(), found["era"]), _western(found["era"], found["year"])
    last = ERAS[name][2].year
    weak = not found["mark"] and found["era"] not in ERAS
    if year > last and name != "平成" or found["year"] in ("0", "00"):
        return _bad(f"{name}は{last}年までです。" if year > last else "0年はありません。", weak)
    note = f"平成{found['year']}年は令和{year - 2018}年のことと読みました。" if year > last else ""
    return Moment("year", year, False, f"和暦を西暦{year}年に直しました。{note}", weak=weak)


def _three(text: str) -> Moment | None:
    """Three numbers whose order is open: 4/25/2024, 25/4/2024, 24/4/25."""
    found = THREE.fullmatch(text)
    if not found or len(found["b"]) > 2:
        return None
    a, b, c = found["a"], found["b"], found["c"]
    tries = {}
    if len(c) == 4 and len(a) <= 2 or len(a) == len(c) == 2 and found["sep"] != "-":
        year = int(c) if len(c) == 4 else _century(int(c))
        tries = {"mdy": _date(year, a, b), "dmy": _date(year, b, a)}
    if len(a) == 2 and len(c) <= 2 and found["sep"] != "-":
        tries["ymd"] = _date(_century(int(a)), b, c)
    made = {order: _with_clock(day, found, "", False) for order, day in tries.items() if day}
    orders = {order: m.value for order, m in made.items() if isinstance(m.value, datetime)}
    weak = found["sep"] != "/"
    if not tries:
        return None
    return Moment("slash", orders=orders, weak=weak) if orders else _bad("暦にない日です。", weak)


def _no_year(text: str) -> Moment | None:
    """4月1日, or 4/1 where the column says that it holds days."""
    slash = MONTH_DAY.fullmatch(text)
    if slash and not _date(2000, slash[1], slash[2]) or not slash and not NO_YEAR.fullmatch(text):
        return None
    return _bad("西暦の年か元号が書かれていません。", weak=bool(slash))

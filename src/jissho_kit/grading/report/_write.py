"""Write a report: one page for people, tables for Excel, and the instructor's list of names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from jissho.errors import UsageError
from jissho.teach.survey import MOST
from jissho_kit.grading.course import Course
from jissho_kit.grading.report._charts import charts
from jissho_kit.grading.report._gather import STATUSES, Entry
from jissho_kit.grading.report._report import Report
from jissho_kit.grading.report._stats import FEWEST, SMALL, Estimate

PAGE = "report.html"
ROSTER = "講師用_名簿.csv"
COLUMNS_OF_MAP = 9  # objectives side by side on A4
LIVE = ("=", "+", "-", "@", "\t", "\r")  # Excel takes a text that begins so for a formula

Table = tuple[list[str], Iterable[list]]


def write(report: Report, folder: Path, course: Course, entries: Iterable[Entry], names: bool = False) -> list[Path]:
    """Write page and tables into ``folder`` (made, own files overwritten) and the list of names into ``private/``.

    Parameters
    ----------
    report : Report
    folder : Path
    course : Course
        Where the private list goes.
    entries : iterable of Entry
        With names.
    names : bool
        Put a copy of the list of names beside the page.

    Returns
    -------
    list of Path
        The page first, the private list last.

    Raises
    ------
    UsageError
        The folder cannot be written.
    """
    roster = _csv(_roster(entries))
    texts = {PAGE: page(report), **{f"{name}.csv": _csv(table) for name, table in tables(report).items()}}
    texts |= {ROSTER: roster} if names else {}
    made = [*(_put(folder / name, text) for name, text in texts.items()), _put(course.private / ROSTER, roster)]
    made[-1].chmod(0o600)
    return made


def page(report: Report) -> str:
    """The whole report as one HTML page: no script, nothing loaded, prints on A4."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jissho_kit.grading", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"percent": _percent, "plain": _plain, "interval": _interval, "seconds": _seconds}
    blocks = [
        report.objectives[start : start + COLUMNS_OF_MAP] for start in range(0, len(report.objectives), COLUMNS_OF_MAP)
    ]
    words = {flag.word: flag.text for one in report.items for flag in one.flags if not flag.inspect}
    return environment.get_template("report.html.j2").render(
        report=report,
        charts=charts(report),
        blocks=blocks,
        words=words,
        statuses=STATUSES,
        shade=_shade,
        few=SMALL,
        fewest=FEWEST,
    )


def tables(report: Report) -> dict[str, Table]:
    """The tables by name: column names and rows; shares as 0…1, without names of people."""
    made: dict[str, Table] = {
        "提出状況": (["仮名", "課題", "状態", "理由", "備考"], _hand_ins(report)),
        "到達度": (
            ["仮名", "全体", *(one.id for one in report.objectives)],
            ([row.person, row.total, *row.shares.values()] for row in report.rows),
        ),
        "設問": (
            ["設問", "目標", "n", *_spread("p"), *_spread("D"), *_spread("r"), *COUNTS.values(), "参考値", "しるし"],
            (_item(one) for one in report.items),
        ),
        "誤答": (
            ["設問", "番号", "名前", "人数", "割合", "n"],
            ([item.id, *asdict(wrong).values(), item.n] for item in report.items for wrong in item.wrong),
        ),
        "考え違い": (
            ["番号", "名前", "人数", "答えた人", *_spread("割合"), "設問", "次にすること"],
            (
                [o.id, o.reason.name, o.people, o.chances, *_three(o.share), " ".join(o.items), o.advice]
                for o in report.misconceptions
            ),
        ),
    }
    if report.gains:
        made["事前事後"] = (
            [
                "事前",
                "事後",
                "番号",
                "名前",
                "両方で答えた人",
                "事前に選んだ人",
                "抜けた人",
                *_spread("抜けた率"),
                "新しく選んだ人",
            ],
            _gains(report),
        )
    if report.survey and report.survey.shown:
        made["アンケート"] = (
            ["文", "n", "平均", *(f"{mark}を選んだ人" for mark in range(MOST + 1))],
            (
                [one.text, one.n, one.mean, *(one.counts.get(mark) for mark in range(MOST + 1))]
                for one in (*report.survey.scale, report.survey.recommend)
            ),
        )
    if report.times:
        made["時間"] = (
            ["設問", "人数", "中央値（秒）", "四分位下（秒）", "四分位上（秒）"],
            (list(asdict(one).values()) for one in report.times),
        )
    return made


COUNTS = {
    "right": "正解",
    "partial": "一部正解",
    "unknown": "不明の誤答",
    "blank": "未解答",
    "error": "採点できない",
    "read": "講師が採点",
    "unread": "講師の採点待ち",
    "lost": "回答ファイルなし",
}


def _hand_ins(report: Report) -> Iterator[list]:
    for paper in report.papers:
        yield [paper.person, paper.assignment, STATUSES[paper.status], paper.problem, "、".join(paper.remarks)]
    for problem in report.strays:
        yield ["", "", STATUSES["broken"], problem, ""]


def _item(one) -> list:
    counts = [getattr(one, name) for name in COUNTS]
    flags = "、".join(flag.word for flag in one.flags)
    return [
        one.id,
        one.objective,
        one.n,
        *_three(one.p),
        *_three(one.d),
        *_three(one.r),
        *counts,
        int(one.small),
        flags,
    ]


def _gains(report: Report) -> Iterator[list]:
    """The class's gain first, then one row for each misconception."""
    for one in report.gains:
        yield [one.before, one.after, "<g>", "正規化ゲイン", one.people, "", "", *_three(one.gain), ""]
        for shed in one.shed:
            named = [one.before, one.after, shed.reason.id, shed.reason.name]
            yield [*named, shed.both, shed.held, shed.gone, *_three(shed.rate), shed.new]


def _roster(entries: Iterable[Entry]) -> Table:
    columns = ["仮名", "参加者", "課題", "状態", "理由", "ファイル", "直し方"]
    return columns, ([*asdict(entry).values()] for entry in entries)


def _spread(name: str) -> list[str]:
    return [name, f"{name}下限", f"{name}上限"]


def _three(estimate: Estimate) -> list[float | None]:
    return [estimate.value, estimate.low, estimate.high]


def _csv(table: Table) -> str:
    columns, rows = table
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return made.getvalue()


def _cell(value) -> str:
    """As Excel reads it: numbers with four decimals, empty for unknown, texts never as formulas."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"'{value}" if str(value).startswith(LIVE) else str(value)


def _put(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = "utf-8" if path.suffix == ".html" else "utf-8-sig"
        # A folder's name may hold bytes that are no text; they are shown, not choked on.
        path.write_text(text, encoding=encoding, errors="backslashreplace", newline="")
    except OSError as error:
        raise UsageError(
            f"報告書を書き込めません（{error.strerror}）。",
            where=str(path),
            mend="ほかのソフトで開いていれば閉じてください。--out で書き込めるフォルダーも指定できます。",
        ) from None
    return path


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _interval(estimate: Estimate, percent: bool = False) -> str:
    """``41–75%`` or ``0.12–0.60``; empty without an interval."""
    if estimate.low is None:
        return ""
    if percent:
        return f"{100 * estimate.low:.0f}–{100 * estimate.high:.0f}%"
    return f"{_plain(estimate.low)}～{_plain(estimate.high)}"


def _seconds(value: float) -> str:
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes}分{seconds:02d}秒" if minutes else f"{seconds}秒"


def _shade(share: float | None) -> str:
    """Class of a cell of the mastery map: the darker, the less is reached (steps of curriculum-design D.2)."""
    if share is None:
        return "none"
    return next((name for edge, name in ((0.80, "s0"), (0.50, "s1"), (0.20, "s2")) if share >= edge - 1e-9), "s3")

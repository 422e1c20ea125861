"""A timetable as text for a terminal, as Markdown, or as a page to print."""

from __future__ import annotations

from collections.abc import Callable

from jissho.errors import UsageError
from jissho_kit.curriculum._timetable import Check, Cut, Row, Timetable

PLANNED = "準備中"
RULE = (
    "確認の進め方: 目安に届いたら次へ進みます。届かなければ隣と話して答え直し、半分に満たなければ三分の手当てをします。"
)
LATE_RULE = "遅れたら早口にせず、上から順に切って、続きがどこにあるかを伝えます。"
SYNTHETIC = "教材のデータはすべて合成データです（実在の企業・農場の値ではありません）。"


def render(plan: Timetable, style: str) -> str:
    """The plan as ``"text"``, ``"md"`` or ``"html"`` (one self-contained page, A4).

    Raises
    ------
    UsageError
        Another style.
    """
    if style not in _STYLES:
        raise UsageError(f"出し方 {style} はありません。", mend=f"{'、'.join(_STYLES)} から選んでください。")
    return _STYLES[style](plan)


def heading(plan: Timetable) -> str:
    """``経営者コース（工場）の時間割``, with the profile's title where it is one."""
    return f"{plan.title}コース（{plan.field_title}）の時間割" + (f"：{plan.profile}" if plan.profile else "")


def length(plan: Timetable) -> str:
    """How long the course is and how lunch is counted."""
    lunch = f"（休憩を含み、昼休み {plan.lunch_minutes}分を除く）" if plan.lunch_minutes else "（休憩を含む）"
    return f"{len(plan.days)}日・" * (len(plan.days) > 1) + f"全 {plan.minutes:,}分{lunch}"


def name(row: Row) -> str:
    """``K-F-1 理解: 題名［準備中］``, or the title alone for what is not a lesson."""
    label = f"{row.part} {row.stage}「{row.title}」" if row.part else row.title
    return label + (f"［{PLANNED}］" if row.status == "planned" else "")


def check_text(check: Check) -> str:
    """``CP1 「全部良品」の正解率が分かる … 80%``."""
    return f"{check.id} {check.what}（目安 {check.share}%）".strip()


def cut_text(cut: Cut) -> str:
    """``切る所1 …（約10分）``."""
    return f"切る所{cut.order} {cut.what}（約{cut.minutes}分）"


def _text(plan: Timetable) -> str:
    lines = [heading(plan), length(plan)]
    for day in plan.days:
        lines += ["", f"■ {day.title}"]
        for row in day.rows:
            lines.append(f"{row.start:>5}–{row.end:<5} {row.minutes:>3}分  {name(row)}")
            notes = [row.doing, *(f"確認: {check_text(c)}" for c in row.checks), *(cut_text(c) for c in row.cuts)]
            lines += [f"{'':19}{note}" for note in notes if note]
    return "\n".join([*lines, "", *_after(plan), ""])


def _after(plan: Timetable) -> list[str]:
    cuts = [f"  {cut.order}. {cut.part}: {cut.what}（約{cut.minutes}分）" for cut in plan.cuts]
    material = ["用意する物", *(f"  ・{one}" for one in plan.material), ""] if plan.material else []
    late = ["遅れたら切る順", *cuts, f"切らない所: {'、'.join(plan.keep)}", LATE_RULE] if cuts else []
    return [*material, *late, RULE, SYNTHETIC]


def _markdown(plan: Timetable) -> str:
    lines = [f"# {heading(plan)}", "", length(plan)]
    for day in plan.days:
        lines += [
            "",
            f"## {day.title}",
            "",
            "| 時刻 | 分 | 区分 | ねらい・実施内容 | 確認 | 遅れたら切る所 |",
            "|---|---:|---|---|---|---|",
        ]
        for row in day.rows:
            checks, cuts = "<br>".join(map(check_text, row.checks)), "<br>".join(map(cut_text, row.cuts))
            cells = [f"{row.start}–{row.end}", str(row.minutes), name(row), row.doing, checks, cuts]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    cuts = [f"{cut.order}. {cut.part}: {cut.what}（約{cut.minutes}分）" for cut in plan.cuts]
    if plan.material:
        lines += ["", "## 用意する物", "", *(f"- {one}" for one in plan.material)]
    if cuts:
        lines += ["", "## 遅れたら切る順", "", *cuts, "", f"**切らない所: {'、'.join(plan.keep)}**", "", LATE_RULE]
    return "\n".join([*lines, "", RULE, "", SYNTHETIC, ""])


def _html(plan: Timetable) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jissho_kit.curriculum", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("timetable.html.j2").render(
        plan=plan,
        heading=heading(plan),
        length=length(plan),
        planned=PLANNED,
        notes=[*[LATE_RULE] * bool(plan.cuts), RULE, SYNTHETIC],
    )


_STYLES: dict[str, Callable[[Timetable], str]] = {"text": _text, "md": _markdown, "html": _html}

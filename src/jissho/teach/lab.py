"""Charts and tables of the investment lab that more than one lesson shows: years of cash, what the result hangs on, money."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from math import isinf
from typing import Any

import numpy as np
from IPython.display import Markdown, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jissho.card import BANNER
from jissho.invest import (
    AS_OF,
    OWN,
    Appraisal,
    Funding,
    Proposal,
    alternative_of,
    evidence_of,
    funding_of,
    proposal_of,
    tornado,
    what_if,
)
from jissho.teach.charts import COLORS, FOOTER, chart, label, label_bars, show, use_footer
from jissho.teach.money import man_yen, percent

PEOPLE_SAY = {"share": "発生率", "miss_yen": "見逃し一件の損失", "first_year": "一年目の効果"}
MARKS = {"可": "○ 可", "不可": "× 不可", "要確認": "？ 要確認"}
NUMBER = "{x:,.0f}"  # at the ticks of an axis
LINE_HEIGHT = 0.07  # of a label at the end of a line, as a share of the chart's height


def three_ways(proposal: Proposal) -> dict[str, Appraisal]:
    """What a vendor reckons (the effect alone), with running cost, and with the ramp-up as well."""
    return {
        "効果だけ": what_if(proposal, running_yen=0, first_year=1.0, second_year=1.0),
        "運用費も引く": what_if(proposal, first_year=1.0, second_year=1.0),
        "立上りも入れる": proposal.appraise(),
    }


def comes_back(found: Appraisal) -> str:
    """``"3.8年で戻る"``, or that it does not in the years looked at: the end of a title."""
    return found.payback_words + ("" if found.payback is None else "で戻る")


def years_chart(title: str, years: int, size: tuple[float, float] = (9, 5)) -> tuple[Figure, Axes]:
    """An empty chart for the running total of cash (万円), from today to the last year, with the line it starts below."""
    fig, ax = chart(title, y="手元のお金の累計（万円）", size=size)
    ax.yaxis.set_major_formatter(NUMBER)
    ax.axhline(0, color=COLORS["黒"], linewidth=1.5)
    ax.set_xticks(range(years + 1), ["今日", *(f"{year}年" for year in range(1, years + 1))])
    return fig, ax


def show_cash(ways: Mapping[str, Appraisal], title: str, upto: str | None = None) -> None:
    """Running total of each way over the years, as far as the way ``upto`` (else all); the last one shown is drawn thick.

    The scale is that of all ways, so that it stays while one after another is added.
    """
    names = list(ways)
    shown = names[: names.index(upto) + 1] if upto else names
    totals = {name: np.array(way.cumulative) / 1e4 for name, way in ways.items()}
    years = len(totals[names[0]]) - 1
    low, high = min(0, *map(np.min, totals.values())), max(0, *map(np.max, totals.values()))
    room = (high - low) / 10 or 1.0
    heights = _apart([totals[name][-1] for name in shown], (high - low + 2 * room) * LINE_HEIGHT)
    fig, ax = years_chart(title, years)
    for name, height, color in zip(shown, heights, ("灰", "強調", "良"), strict=False):
        last = name == shown[-1]
        ax.plot(
            totals[name], color=COLORS[color], linewidth=4 if last else 2, marker="o", linestyle="-" if last else "--"
        )
        label(ax, years, height, f"{name} {ways[name].payback_words}", color, dx=10, fontsize=16)
    ax.set(xlim=(0, years + 2.6), ylim=(low - room, high + room))
    show(fig, alt="、".join(f"{name}：{ways[name].payback_words}" for name in shown))


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """The heights with ``least`` between them, in the same order: labels of lines that end together stay readable."""
    result = list(heights)
    order = np.argsort(heights, kind="stable")
    for below, above in zip(order, order[1:], strict=False):
        result[above] = max(result[above], result[below] + least)
    return result


def show_tornado(proposal: Proposal, names: Mapping[str, str] = PEOPLE_SAY) -> None:
    """Net present value with each number in turn at the ends of its range, largest swing on top.

    ``names``: what this case calls a number (field of the proposal → words).
    """
    bars, middle = tornado(proposal), proposal.appraise().npv
    said = [{**PEOPLE_SAY, **names}.get(bar.name, bar.label) for bar in bars]
    ends = sorted((bars[0].npv_low, bars[0].npv_high))
    fig, ax = chart(
        f"一番動かすのは「{said[0]}」。{man_yen(ends[0])}から{man_yen(ends[1])}まで",
        x="5年の正味の得（万円）",
        size=(9, 5),
    )
    for i, bar in enumerate(bars):
        for end in (bar.npv_low, bar.npv_high):
            color = COLORS["不良" if end < middle else "良"]
            ax.barh(i, (end - middle) / 1e4, left=middle / 1e4, color=color, height=0.62)
    ax.set_yticks(range(len(bars)), said, fontsize=16)
    ax.invert_yaxis()
    ax.axvline(0, color=COLORS["黒"], linewidth=2)
    ax.text(0, -0.75, "損得の境", ha="center", va="bottom", fontsize=15)
    ax.xaxis.set_major_formatter(NUMBER)
    ax.grid(axis="x")
    show(fig, alt="正味の得を動かす順に、" + "、".join(said))


def show_gains(gains: Mapping[str, float], title: str, note: str, doubtful: Collection[str] = ()) -> None:
    """Net gain of each choice (yen) as a bar; those that cannot be vouched for (``doubtful``) are grey, with ※.

    ``note``: what the axis adds to its unit, e.g. that no subsidy is in it.
    """
    fig, ax = chart(title, x=f"5年の正味の得（万円）　{note}", size=(9, 2.4 + 0.4 * len(gains)))
    values = {name: yen / 1e4 for name, yen in gains.items()}
    colors = [COLORS["灰" if name in doubtful else "良" if v >= 0 else "不良"] for name, v in values.items()]
    bars = ax.barh(list(values), list(values.values()), color=colors)
    label_bars(ax, bars, [man_yen(v) + " ※" * (name in doubtful) for name, v in gains.items()], fontsize=18)
    ax.axvline(0, color=COLORS["黒"], linewidth=1.5)
    low, high = min(0, *values.values()), max(0, *values.values())
    span = high - low or 1
    ax.set_xlim(low - 0.4 * span * (low < 0), high + 0.35 * span)
    ax.xaxis.set_major_formatter(NUMBER)
    ax.invert_yaxis()
    ax.grid(False)
    ax.tick_params(axis="y", labelsize=16)
    show(fig, alt="、".join(f"{name}{man_yen(v)}" for name, v in gains.items()))


def case_numbers(case: Mapping[str, Any]) -> dict[str, str]:
    """What a card of the table ``cases``, or a case of one's own, comes to: name for people → value with its unit."""
    proposal, evidence = proposal_of(case), evidence_of(case)
    result, loss = proposal.appraise(), proposal.profit_and_loss()
    needed = "何件あっても足りません" if isinf(evidence.needed) else f"{np.ceil(evidence.needed):,.0f}件"
    turn = evidence.break_even
    return {
        "いまの損失（一年）": man_yen(loss.loss_now),
        "AIの効果（一年）": man_yen(loss.effect),
        "戻るまで（運用費と立上りを入れて）": result.payback_words,
        "5年の正味の得": man_yen(result.npv),
        "代案の5年の正味の得": man_yen(alternative_of(case).npv),
        "損得の境の再現率": "どの値でも変わりません" if turn is None else percent(turn, 0),
        "記録が裏づける再現率": f"{percent(evidence.vouched, 0)}以上（記録 {evidence.events:,}件。要る数 {needed}）",
    }


def source_of(case: Mapping[str, Any]) -> str:
    """The footer of a chart of this case: only the course's own cards are made up by us."""
    return "自社の案件の数字（参加者が書いた値）" if case["分野"] == OWN else FOOTER


def show_case(case: Mapping[str, Any]) -> None:
    """The numbers of a case as a table, then its five years and what the rules say."""
    rows = "\n".join(f"| {name} | **{value}** |" for name, value in case_numbers(case).items())
    display(Markdown(f"### {case['案件']}\n\n| 数字 | 値 |\n|:---|:---|\n{rows}"))
    ways = three_ways(proposal_of(case))
    use_footer(source_of(case))
    try:
        show_cash(
            ways, f"業者の数字では{comes_back(ways['効果だけ'])}。全部入れると{comes_back(ways['立上りも入れる'])}"
        )
    finally:
        use_footer()
    show_funding(funding_of(case))


def show_funding(funding: Sequence[Funding]) -> None:
    """Each measure with its verdict, what it would give and why, below it the banner of the rules' date."""
    rows = "\n".join(
        f"| {one.title} | **{unbroken(MARKS[one.verdict])}** | "
        f"{'—' if one.amount_yen is None else unbroken(man_yen(one.amount_yen))} | {one.why} |"
        for one in funding
    )
    head = "| 制度 | 判定 | 満たしたときの額 | 理由 |\n|:---|:---|---:|:---|"
    day = date.fromisoformat(AS_OF)
    display(Markdown(f"{head}\n{rows}\n\n{BANNER}（判定の日を{day.year}年{day.month}月{day.day}日として）"))


def unbroken(text: str) -> str:
    """The text as one that no line break splits, in a narrow column of a table (Markdown)."""
    return f'<span style="white-space:nowrap">{text}</span>'

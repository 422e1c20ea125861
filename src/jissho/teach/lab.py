"""Charts of the investment lab that more than one lesson shows: five years of cash, and what the result hangs on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jissho.invest import Appraisal, Proposal, tornado, what_if
from jissho.teach.charts import COLORS, chart, label, show
from jissho.teach.money import man_yen

PEOPLE_SAY = {"share": "発生率", "miss_yen": "見逃し一件の損失", "first_year": "一年目の効果"}


def three_ways(proposal: Proposal) -> dict[str, Appraisal]:
    """What a vendor reckons (the effect alone), with running cost, and with the ramp-up as well."""
    return {
        "効果だけ": what_if(proposal, running_yen=0, first_year=1.0, second_year=1.0),
        "運用費も引く": what_if(proposal, first_year=1.0, second_year=1.0),
        "立上りも入れる": proposal.appraise(),
    }


def years_to_pay_back(found: Appraisal) -> str:
    """``"3.8年"``, or that it does not come back in the years looked at."""
    return f"{len(found.flows) - 1}年で戻らない" if found.payback is None else f"{found.payback:.1f}年"


def show_cash(ways: Mapping[str, Appraisal], title: str) -> None:
    """Running total of each way (万円) over the years; the last way, which counts, is drawn thick."""
    fig, ax = chart(title, x="年", y="手元のお金の累計（万円）", size=(9, 5))
    for name, color in zip(ways, ("灰", "強調", "良"), strict=False):
        last = name == list(ways)[-1]
        total = np.array(ways[name].cumulative) / 1e4
        ax.plot(total, color=COLORS[color], linewidth=4 if last else 2, marker="o", linestyle="-" if last else "--")
        label(ax, len(total) - 1, total[-1], f"{name} {years_to_pay_back(ways[name])}", color, dx=10, fontsize=16)
    ax.axhline(0, color=COLORS["黒"], linewidth=1.5)
    ax.set_xlim(0, 7.6)
    ax.set_xticks(range(len(total)), ["今日", *(f"{year}年" for year in range(1, len(total)))])
    show(fig, alt="、".join(f"{name}：{years_to_pay_back(way)}" for name, way in ways.items()))


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
    ax.grid(axis="x")
    show(fig, alt="正味の得を動かす順に、" + "、".join(said))

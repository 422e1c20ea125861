"""What to do next, most important first: the top of the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jissho_kit.grading.report._items import ItemResult
from jissho_kit.grading.report._misconceptions import Held
from jissho_kit.grading.report._people import GO_ON, HandIns, Reached

MOST = 3


@dataclass(frozen=True)
class Next:
    """``headline``: the one thing; ``top``: at most three misconceptions with remedy; ``also``: things to look after."""

    headline: str
    top: tuple[Held, ...]
    also: tuple[str, ...]


def next_steps(
    held: tuple[Held, ...], reached: tuple[Reached, ...], items: tuple[ItemResult, ...], counts: tuple[HandIns, ...]
) -> Next:
    """What the instructor should do, from the rest of the report. Slips are no misconceptions and need no lesson."""
    top = tuple(one for one in held if one.id.startswith("M") and one.people)[:MOST]
    return Next(_headline(top, reached), top, tuple(_also(items, counts)))


def _headline(top: tuple[Held, ...], reached: tuple[Reached, ...]) -> str:
    if top and top[0].common:
        first = top[0]
        how = f"{first.chances}人中{first.people}人・{first.share.value:.0%}"
        return f"まず {first.id}「{first.reason.name}」から始めます（{how}）。{first.advice}。"
    weak = sorted((one for one in reached if one.mean is not None and one.mean < GO_ON), key=lambda one: one.mean)
    if weak:
        return (
            f"クラスに共通する考え違いはありません。一番届いていない目標 {weak[0].id}「{weak[0].text}」"
            f"（平均{weak[0].mean:.0%}）から始めます。{weak[0].advice}。"
        )
    return "クラスに共通する考え違いはなく、目標にも届いています。次へ進みます。"


def _also(items: tuple[ItemResult, ...], counts: tuple[HandIns, ...]) -> Iterator[str]:
    for one in counts:
        if one.broken:
            yield f"{one.assignment}: 採点できなかった提出が{one.broken}件あります。直し方は講師用の名簿にあります。"
        if one.waiting:
            yield f"{one.assignment}: 採点していない提出が{one.waiting}件あります（./jissho grade で採点します）。"
        if one.unread:
            yield f"{one.assignment}: 講師が読んで採点する答えが{one.unread}人分残っています。"
        lost = max((item.lost for item in items if item.assignment == one.assignment), default=0)
        if lost:
            yield f"{one.assignment}: 回答ファイル（回答.json）のない提出が{lost}件あります。出し直してもらってください。"
    inspect = [f"{item.id}（{flag.word}）" for item in items for flag in item.flags if flag.inspect]
    if inspect:
        yield f"使う前に見直す設問: {'、'.join(inspect)}"

"""The profile in words: the reason, and the page for a screen."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from jissho.datasets._profile._case import Case, quote
from jissho.datasets._profile._score import Scores
from jissho.datasets._profile._structure import Tie

if TYPE_CHECKING:
    from jissho.datasets._profile import Profile

SPLITS = {
    "random": "混ぜて分ける",
    "group": "グループごとに分ける",
    "time": "時間の順に分ける",
    "block": "場所の区画ごとに分ける",
}
METRICS = {
    "r2": ("決定係数（R²）", "1が満点。0は、平均を答えるのと同じ"),
    "average_precision": (
        "平均適合率",
        "怪しい順に並べて上から見たときの当たりの割合。1が満点。でたらめなら、少ない方の割合",
    ),
    "roc_auc": ("順位の当たり率（AUC）", "1が満点。0.5は、コイン投げと同じ"),
    "f1_macro": ("種類ごとのF1の平均", "1が満点。少ない種類も同じ重みで数える"),
}
LEVEL = 0.03  # scores closer than this are called the same


def reason(case: Case, tie: Tie, got: Scores, in_runs: bool) -> str:
    """Why this split, then the scores side by side; ``in_runs``: neighbouring rows are alike, and nothing says why."""
    name = quote(tie.columns)
    why = {
        "random": "行どうしのつながり（場所・グループ・時間）は、列の名前と値からは見つかりません。"
        + (
            "ただし、行の並びに意味がありそうです（「気をつけること」を見てください）。"
            if in_runs
            else "混ぜて分けて構いません。"
        ),
        "group": f"{name}{'をグループとしました' if tie.given else 'が同じ行は似ています'}{_alike(case, tie)}。混ぜて分けると、同じ{name}の行が学習用と評価用の両方に入り、"
        f"答えを見て当てることになります。新しい{name}で使う前提で、{name}ごとに分けます。",
        "time": f"{name}の順に取った表です{_steady(case, tie)}。混ぜて分けると、先のことを見てから前のことを当てることになります。"
        "前の期間で学び、後の期間で評価します。",
        "block": f"{name}は場所です。隣どうしは似るので、混ぜて分けると、すぐ隣を見て当てることになります。"
        "長い方向に五つの区画に切り、まだ見ていない区画を当てます。",
    }[tie.kind]
    return f"{why}{_side_by_side(case, tie, got)}"


def _alike(case: Case, tie: Tie) -> str:
    if tie.alike >= 0.01:
        return f"（「{case.target}」のばらつきの {tie.alike:.0%} がグループの違い）"
    return "" if tie.given else "（測った列の値がグループごとに違う）"


def _steady(case: Case, tie: Tie) -> str:
    return f"（隣り合う時刻の「{case.target}」の相関 {tie.alike:.2f}）" if tie.alike >= 0.3 else ""


def _side_by_side(case: Case, tie: Tie, got: Scores) -> str:
    name = METRICS[case.task.metric][0]
    base = f"何も学ばない基準線（{got.baseline_name}）は {shown(got.baseline)} です。"
    if tie.kind == "random" and abs(got.random - got.honest) < 1e-12:
        return f"{name}は {shown(got.honest)}、{base}"
    way = {
        "random": "同じ行を一度だけにする",
        "group": "グループで分ける",
        "time": "時間の順に分ける",
        "block": "区画で分ける",
    }
    return f"{name}は、混ぜて分けると {shown(got.random)}、{way[tie.kind]}と {shown(got.honest)}。{_verdict(got)}{base}"


def _verdict(got: Scores) -> str:
    gap = got.random - got.honest
    if max(got.random, got.honest) <= got.baseline:
        return "どちらの分け方でも、基準線に届きません。"
    if gap > LEVEL:
        return "混ぜた成績は甘すぎます。"
    return "この表では、分け方でほとんど変わりません。" if gap > -LEVEL else "この表では、混ぜても甘くなりません。"


def shown(score: float) -> str:
    """Two decimals; three where two would round up to a perfect score."""
    return f"{score:.3f}" if 0.995 <= score < 1 else f"{score:.2f}"


def page(profile: Profile) -> str:
    name, meaning = METRICS[profile.metric]
    rows = [
        ("混ぜて分けた成績", profile.random_score),
        ("おすすめの分け方の成績", profile.honest_score),
        ("基準線（学習しない予測）", profile.baseline_score),
    ]
    width = max(_width(label) for label, _ in rows)
    lines = [
        f"おすすめの分け方: {SPLITS[profile.split]}",
        f"理由: {profile.reason}",
        "",
        f"成績のものさし: {name}。{meaning}。",
        *[f"  {label}{' ' * (width - _width(label))}  {shown(value):>6}" for label, value in rows],
    ]
    if profile.warnings:
        lines += ["", "気をつけること", *[f"  {i}. {text}" for i, text in enumerate(profile.warnings, 1)]]
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns on a screen: a Japanese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)

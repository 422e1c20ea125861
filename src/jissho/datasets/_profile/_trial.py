"""Traits of the whole table that make a score flatter or weaker, one row a check."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from jissho.datasets._profile._case import RARE, Case, quote
from jissho.datasets._profile._checks import Check, Finding, Trial
from jissho.datasets._profile._columns import ENOUGH_TO_SUSPECT, is_serial
from jissho.datasets._profile._structure import neighbours

FEW_ROWS = 50
MIN_TO_TELL = 10  # groups below which a score on new ones moves with each of them
# Normal approximation of a share's 95 % range of ±10 points (curriculum G-F-3: 88, 62, 35 for 0.65, 0.8, 0.9).
ASSUMED_RECALL, HALF_WIDTH = 0.8, 0.1


def needed_positives(recall: float = ASSUMED_RECALL, half_width: float = HALF_WIDTH) -> int:
    """How many defects a recall needs to be told to ± ``half_width`` with 95 % confidence.

    z² p (1 − p) / h² with z = 1.96, rounded up: the normal approximation of a binomial share (e.g. Agresti,
    Categorical Data Analysis, 1.4). 0.65, 0.8, 0.9 → 88, 62, 35, the figures taught in G-F-3.
    """
    return math.ceil(1.96**2 * recall * (1 - recall) / half_width**2)


def thinned(trial: Trial) -> Iterator[Finding]:
    case, sample = trial.case, trial.sample
    if sample.rows == case.rows:
        return
    favoured = case.task.kind != "number" and sample.event.mean() > 1.3 * case.event.mean()
    rare = (
        f"「{case.target}」の少ない方を優先して残したので、成績は元の割合のときより高めに出ます。" if favoured else ""
    )
    yield Finding(
        f"{case.rows:,} 行のうち {sample.rows:,} 行で成績を測りました（グループやひと続きの区間はなるべく崩さず、決まった種で抜き出し）。"
        f"{rare}すべての行で確かめるのは、分け方を決めた後で構いません。"
    )


def few_rows(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    rare = 0 if case.task.kind != "two" else int(case.y.sum())
    if case.rows < FEW_ROWS or (rare and rare < ENOUGH_TO_SUSPECT):
        what = f"{case.rows:,} 行" + (f"、うち「{case.task.labels[1]}」は {rare} 行" if rare else "")
        yield Finding(
            f"少なすぎます（{what}）。成績は一行の当たり外れで大きく動くので、決定には使えません。"
            "例として見るにとどめ、同じ書き方の行を足してから測り直してください。"
        )


def balance(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    if case.task.kind == "two" and case.event.mean() < RARE:
        yield Finding(
            f"「{case.target}」の「{case.task.labels[1]}」は {int(case.y.sum()):,} 行（{case.y.mean():.1%}）です。"
            f"全部「{case.task.labels[0]}」と答えても正解率は {1 - case.y.mean():.1%} になるので、正解率では比べられません。"
            "見逃しと過検出の数で見てください。"
        )
    if case.task.kind == "many":
        counts = np.bincount(case.y)
        rare = [
            f"{label}（{n} 行）" for label, n in zip(case.task.labels, counts, strict=True) if n < ENOUGH_TO_SUSPECT
        ]
        if rare:
            yield Finding(
                f"「{case.target}」に行の少ない種類があります: {quote(rare)}。"
                "その種類の成績は言えません。似たものとまとめるか、もっと集めてください。"
            )


def positives(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    if case.task.kind != "two":
        return
    have, need, label = int(case.y.sum()), needed_positives(), case.task.labels[1]
    verdict = "足りています" if have >= need else f"あと {need - have} 行足りません"
    yield Finding(
        f"「{case.target}」の「{label}」を見つける割合（再現率）を ±10 ポイントで言うには、評価用に「{label}」が約 {need} 行要ります"
        f"（再現率が {ASSUMED_RECALL:.0%} のとき。65% なら {needed_positives(0.65)} 行、90% なら {needed_positives(0.9)} 行）。"
        f"表にあるのは全部で {have:,} 行で、{verdict}。{_runs(trial)}"
    )


def _runs(trial: Trial) -> str:
    """Positives that stand together in time (within a group) are one event."""
    case = trial.case
    ties = [tie for tie in (trial.tie, *trial.others) if tie.kind in ("group", "time")]
    keys = [tie.codes for tie in sorted(ties, key=lambda tie: tie.kind != "time")]
    order = np.lexsort(keys) if keys else np.arange(case.rows)
    label = case.y[order] == 1
    breaks = np.ones(case.rows, bool)
    groups = next((tie.codes[order] for tie in ties if tie.kind == "group"), np.zeros(case.rows))
    breaks[1:] = (label[1:] != label[:-1]) | (groups[1:] != groups[:-1])
    runs = int((breaks & label).sum())
    if not keys or runs > label.sum() / 3:
        return ""
    return f"ただし続いた行を一つと数えると、出来事は {runs} 回だけです。行の数ではなく、この回数で考えてください。"


def duplicates(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    doubled = case.rows - len(distinct_rows(case))
    kinds = np.prod([float(case.table[name].nunique() + 1) for name in case.table])
    if not doubled or kinds < case.rows:  # so few kinds of rows that they must come again
        return
    used = "正直な分け方では一度だけ使いました。" if len(trial.kept) < trial.sample.rows else "そのまま使いました。"
    yield Finding(
        f"全部の列が同じ行が {doubled:,} 行あります（二度目からを数えて）。混ぜて分けると、同じ行が学習用と評価用の両方に入ります。"
        f"{used}二重に取り込んでいないか、元の表を確かめてください。"
    )


def distinct_rows(case: Case) -> np.ndarray:
    """Numbers of the rows that copy no earlier one in any column but serial numbers."""
    names = [name for name in case.table if name in case.left or not is_serial(name, case.table[name])]
    return np.flatnonzero(~case.with_target(names).duplicated().to_numpy())


def single_rows(case: Case) -> np.ndarray:
    """Rows for the honest split: copies once, unless most rows are copies, as where all columns are kinds."""
    distinct = distinct_rows(case)
    return distinct if len(distinct) >= case.rows / 2 else np.arange(case.rows)


def order_of_rows(trial: Trial) -> Iterator[Finding]:
    """Rows that are alike with their neighbours in the file, where nothing says what order that is."""
    case = trial.case
    if trial.tie.kind != "random" or case.rows < 30:
        return
    if case.task.kind != "number" and (np.diff(case.y) != 0).sum() < 2 * len(case.task.labels):
        yield Finding(
            f"「{case.target}」の値ごとに行がひと続きに並んでいます。それぞれ一度ずつの記録だとすると、見分けているのが「{case.target}」の違いか、"
            "記録した日や条件の違いかは分かりません。同じ値の記録を、別の日にもう一度取ってください。"
        )
    elif (alike := neighbours(case.y, case.task.kind)) > max(0.3, 4 / math.sqrt(case.rows)):
        yield Finding(
            f"隣の行どうしで「{case.target}」が似ています（並び順の相関 {alike:.2f}）。行が時刻やロットの順なら、混ぜて分けた成績は甘くなります。"
            "日時やロットの列を表に足して、もう一度調べてください。"
        )


def small_groups(trial: Trial) -> Iterator[Finding]:
    if trial.tie.kind != "group":
        return
    case, codes = trial.case, trial.tie.codes
    name, sizes = trial.tie.columns[0], np.bincount(codes)
    if len(sizes) < MIN_TO_TELL:
        yield Finding(
            f"「{name}」は {len(sizes)} グループしかありません（いちばん小さいもので {sizes.min()} 行）。"
            "新しいグループでの成績はまだはっきり言えません。グループの数を増やしてください。"
        )
    if case.task.kind == "two" and (seen := len(np.unique(codes[case.y == 1]))) < MIN_TO_TELL:
        yield Finding(
            f"「{case.task.labels[1]}」があるのは、「{name}」のうち {seen} グループだけです。"
            "グループごとに分けた成績は、そのグループしだいで大きく動きます。"
        )


def order_of_times(trial: Trial) -> Iterator[Finding]:
    times = next((tie for tie in (trial.tie, *trial.others) if tie.kind == "time"), None)
    if times is None:
        return
    name, known = quote(times.columns), times.codes[times.codes >= 0]
    groups = next(
        (tie.codes for tie in (trial.tie, *trial.others) if tie.kind == "group"), np.zeros(len(times.codes), int)
    )
    doubled = len(known) - len(np.unique(np.c_[groups, times.codes][times.codes >= 0], axis=0))
    if 0 < doubled < 0.2 * len(known):
        yield Finding(
            f"{name}が同じ行が {doubled:,} 行あります。時計の戻り（夏時間や再起動）か二重の記録でないかを確かめてください。"
        )
    back = int((np.diff(known) < 0).sum())
    if 0 < back < 0.01 * len(known) and not groups.any():
        yield Finding(f"行が{name}の順に並んでいない所が {back:,} か所あります。時刻の順に並べ直して計算しました。")


def other_ties(trial: Trial) -> Iterator[Finding]:
    for tie in trial.others:
        name = tie.columns[0]
        if tie.kind == "block":
            yield Finding(
                f"場所の列{quote(tie.columns)}もあります。まだ見ていない場所で使うなら、group と time を渡さずに、もう一度調べてください。"
            )
        elif tie.kind == "group" and not tie.given:
            yield Finding(
                f'「{name}」の行どうしも似ています。新しい「{name}」で使うなら、group="{name}" を渡して、もう一度調べてください。'
            )
        elif tie.kind == "time":
            again = f'time="{name}" {"だけ" if tie.given else ""}を渡して、もう一度調べてください。'
            yield Finding(f"時間の列「{name}」もあります。先のことを当てるのに使うなら、{again}")


def numbers_as_kinds(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    kinds = len(np.unique(case.y))
    if case.task.kind == "number" and kinds <= 6 and case.rows >= 10 * kinds:
        yield Finding(
            f"「{case.target}」は {kinds} 種類の値しかありませんが、大小のある数として扱いました。種類の番号なら、文字に変えて（「種類1」など）もう一度調べてください。"
        )


def no_better(trial: Trial) -> Iterator[Finding]:
    got = trial.scores
    if got.honest <= got.baseline + 0.01:
        yield Finding(
            f"正直に分けると、基準線（{got.baseline_name}と答えるだけ）に勝てません。今の列では「{trial.case.target}」を当てられていません。"
            "効きそうな列を足すか、問いを変えてください。"
        )


FIRST: tuple[Check, ...] = (few_rows,)
TRIAL: tuple[Check, ...] = (
    balance,
    positives,
    duplicates,
    order_of_rows,
    small_groups,
    order_of_times,
    other_ties,
    numbers_as_kinds,
    no_better,
    thinned,
)

"""Columns that cannot be features, one row a check: known only afterwards, serial, empty, always the same.

``COLUMNS`` look at names and values, ``AFTERWARDS`` need the honest split. The columns of a finding with ``drop`` are
no features in either split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from jissho.datasets._profile import _score
from jissho.datasets._profile._case import RARE, Case, is_dates, quote
from jissho.datasets._profile._checks import Check, Finding, Trial
from jissho.datasets._profile._features import Features, features_of
from jissho.datasets._profile._structure import spelled, time_columns, whole

LATE = re.compile(
    "(手直し|修理|補修|検査後|合否|良否|クレーム|苦情|返品|廃棄|不良種|不良内容|不良項目|不良名|不良数|不良区分|故障種|故障内容|"
    "原因|処置|対策|再検|出荷後|流出(?!量|口|速)|損失(?!単価)|診断|判定|結果)(?!.*(者|員|機|ロット|番号|基準|ID)\\b)|"
    r"\b(rework|repair|repaired|claim|complaint|verdict|result|outcome|judge?ment|failure|faults?|defects?|scrap|rejected|"
    r"diagnosis|quality score|root cause)\b"
)
EARLIER = re.compile(
    r"前回|前日|前週|前月|昨|過去|一つ前|ひとつ前|前工程|\b(prior|previous|prev|last|lag|past|yesterday)\b"
)
SERIAL = re.compile(r"番号|通し|連番|シリアル|製番|ＩＤ|コード|\b(id|no|index|serial|number|udi|uid|uuid|key|code)\b")


ALMOST = 0.98  # agreement of two columns from which one is the other in other clothes
PERFECT = {"r2": 0.99, "average_precision": 0.97, "roc_auc": 0.99, "f1_macro": 0.97}
STRIKING = {"r2": 0.9, "average_precision": 0.85, "roc_auc": 0.95, "f1_macro": 0.85}
ENOUGH_TO_SUSPECT = 10  # rows of the rarer class below which one column may part the classes by luck

OUT = "成績の計算から外しました。"
WHEN = "いつ書かれる列かを、記入する人に確かめてください。"


# --- by name and value


def copies(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    found = [name for name in case.left if _same(case.table[name], case)]
    if found:
        yield Finding(
            f"{quote(found)}は、目的の列「{case.target}」と同じ中身です（書き方か単位が違うだけ）。答えそのものなので、{OUT}",
            tuple(found),
            True,
        )


def _same(values: pd.Series, case: Case) -> bool:
    """One to one with the classes, or on a straight line with the numbers."""
    if values.isna().any() or is_dates(values):
        return False
    if case.task.kind == "number":
        if values.dtype == object or values.nunique() < 3:
            return False
        return abs(_correlation(values.to_numpy(), case.y)) > 1 - 1e-9
    pairs = pd.DataFrame({"value": values, "y": case.y}).drop_duplicates()
    return len(pairs) == len(case.task.labels) == values.nunique()


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        a = (a - a.mean()) / a.std()
        return float(np.nan_to_num((a * (b - b.mean()) / b.std()).mean()))


def siblings(trial: Trial) -> Iterator[Finding]:
    """One-hot columns: with the target, exactly one of them is set in every row."""
    case = trial.case
    if case.task.kind != "two":
        return
    flags = {name: case.table[name].to_numpy() == case.table[name].max() for name in _flags(case)}
    for target in (case.y == 1, case.y == 0):
        covered, family = target.copy(), []
        for name in reversed(list(flags)):  # one-hot columns stand together, most often at the end
            if not (flags[name] & covered).any():
                covered |= flags[name]
                family.append(name)
        if covered.all() and len(family) > 1:
            names = tuple(name for name in flags if name in family)
            yield Finding(
                f"{quote(names)}は、「{case.target}」と合わせると、どの行でもちょうど一つだけが立ちます（一つの答えを列に分けたもの）。"
                f"どれかが立てば答えが分かるので、{OUT}",
                names,
                True,
            )
            return


def _flags(case: Case) -> list[str]:
    """Columns of two values and no blank, as numbers."""
    return [
        name
        for name in case.left
        if case.table[name].dtype == float and case.table[name].nunique() == 2 and case.table[name].notna().all()
    ]


def sublabels(trial: Trial) -> Iterator[Finding]:
    """Flags that are set only where one class is true, and flags in one unbroken run with two of them."""
    case = trial.case
    if case.task.kind == "number":
        return
    names = _flags(case)
    rare = {name: case.table[name] == _rarer(case.table[name]) for name in names}
    found = [name for name in names if _always_one_class(case, rare[name].to_numpy())]
    if len(found) >= 2:
        found = [
            name for name in names if name in found or (rare[name].mean() < RARE and _beside(case, name, found, names))
        ]
    if len(found) == 1:
        yield Finding(
            f"{quote(found)}は、立った行の「{case.target}」がほぼ一つに決まります。結果が出てから付く列と見て、{OUT}{WHEN}",
            tuple(found),
            True,
        )
    elif found:
        yield Finding(
            f"{quote(found)}は、「{case.target}」の内訳のように見えます（立った行の答えがほぼ一つに決まる列と、その並びの列）。"
            f"答えが出た後で付く列と見て、{OUT}{WHEN}",
            tuple(found),
            True,
        )


def _rarer(values: pd.Series) -> float:
    return values.value_counts().sort_index().idxmin()


def _always_one_class(case: Case, flag: np.ndarray) -> bool:
    """Whether the flagged rows are of one class, too many to be so by luck; the commonest class only if all of it."""
    inside, counts = case.y[flag], np.bincount(case.y)
    if len(inside) < 5 or flag.mean() > 0.5:
        return False
    code = np.bincount(inside).argmax()
    pure, whole_class = (inside == code).mean() >= ALMOST, len(inside) >= ALMOST * counts[code]
    lucky = (counts[code] / case.rows) ** len(inside) > 1e-6
    return pure and not lucky and (whole_class or code != counts.argmax())


def _beside(case: Case, name: str, found: list[str], names: list[str]) -> bool:
    """Whether ``name`` stands in an unbroken run of flags with at least two of ``found``."""
    columns = list(case.table)
    start = end = columns.index(name)
    while start > 0 and columns[start - 1] in names:
        start -= 1
    while end + 1 < len(columns) and columns[end + 1] in names:
        end += 1
    return len(set(columns[start : end + 1]) & set(found)) >= 2


def marks(trial: Trial) -> Iterator[Finding]:
    """Columns that are filled, or leave their usual value, exactly where something happened."""
    case = trial.case
    event = case.event
    if event is None or min(event.sum(), (~event).sum()) < ENOUGH_TO_SUSPECT:
        return
    for name in case.left:
        values = case.table[name]
        usual = values.mode()
        for mark, how in (
            (values.notna(), "空欄かどうか"),
            (values.notna() & (values != usual.iloc[0]) if len(usual) else None, "いつもの値かどうか"),
        ):
            if mark is not None and _agree(mark.to_numpy(), event):
                yield Finding(
                    f"「{name}」は、{how}を見るだけで「{case.target}」がほぼ分かります。結果が出てから書かれる列と見て、{OUT}"
                    f"{WHEN}",
                    (name,),
                    True,
                )
                break


def _agree(mark: np.ndarray, event: np.ndarray) -> bool:
    both = (mark & event).sum()
    return both >= ALMOST * mark.sum() and both >= ALMOST * event.sum() and not mark.all()


def late_names(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    found = [name for name in case.left if LATE.search(spelled(name)) and not EARLIER.search(spelled(name))]
    if found:
        yield Finding(
            f"{quote(found)}は、名前から見て「{case.target}」が分かった後で付く列です。{OUT}"
            f"予測する時点で分かっている列なら、名前を変えて（「前工程の…」など）もう一度調べてください。",
            tuple(found),
            True,
        )


def almost_empty(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    found = [name for name in case.left if case.table[name].notna().mean() < 0.05]
    if found:
        yield Finding(
            f"{quote(found)}は、ほとんど空欄です（入っているのは 5 % 未満）。{OUT}記入されない理由を確かめてください。",
            tuple(found),
            True,
        )


def constant(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    found = [name for name in case.left if case.table[name].nunique() == 1 and case.table[name].notna().mean() > ALMOST]
    if found:
        yield Finding(f"{quote(found)}は、どの行も同じ値です。見分ける役に立たないので、{OUT}", tuple(found), True)


def serials(trial: Trial) -> Iterator[Finding]:
    case = trial.case
    times = time_columns(case)
    found = [name for name in case.left if name not in times and is_serial(name, case.table[name])]
    if found:
        yield Finding(
            f"{quote(found)}は、一行ごとに違う番号か名前です。次の製品では初めて見る値になるので、{OUT}",
            tuple(found),
            True,
        )


def is_serial(name: str, values: pd.Series) -> bool:
    """Text that hardly repeats; whole numbers that never do and fill their range or are named so."""
    filled = values.dropna()
    if len(filled) < 20 or is_dates(values):
        return False
    if values.dtype == object:
        return filled.nunique() > 0.5 * len(filled)
    named = bool(SERIAL.search(spelled(name)))
    dense = filled.max() - filled.min() < 1.5 * len(filled)
    return whole(values) and filled.is_unique and (dense or named)


# --- on the honest split


def alone(trial: Trial) -> Iterator[Finding]:
    """Columns that tell the target almost perfectly, or strikingly well, all by themselves."""
    case, tie = trial.sample, trial.sample_tie
    folds = _score.honest_folds(case, tie, np.arange(case.rows))
    features = features_of(case, tie)
    perfect, striking = (_bar(case, level) for level in (PERFECT, STRIKING))
    few = case.task.kind != "number" and np.bincount(case.y).min() < ENOUGH_TO_SUSPECT
    for name in features.names:
        got = _single(case, features, name, folds)
        how = "ほぼ" if got >= perfect else "かなり"
        said = f"「{name}」は、この一列だけで「{case.target}」が{how}分かります（1が満点で {got:.2f}）。"
        if got >= perfect and not few:
            yield Finding(
                f"{said}後から付く列（答えの漏れ）と見て、{OUT}"
                "先に分かる列だと確かめられたら、機械学習は要りません。この一列で決まりを作れば足ります。",
                (name,),
                True,
            )
        elif got >= perfect:
            yield Finding(
                f"{said}行が少ないので偶然かもしれず、外さずに残しました。後から付く列でないかを確かめてください。"
            )
        elif got >= striking:
            yield Finding(f"{said}外さずに残しましたが、予測する時点で本当に分かっている列かを確かめてください。")


def _bar(case: Case, level: dict[str, float]) -> float:
    """In slow series the value before is almost perfect too: a leak must leave a quarter of what that leaves."""
    bar = level[case.task.metric]
    if case.previous is None:
        return bar
    known = np.flatnonzero(~np.isnan(case.previous))
    return max(bar, 1 - (1 - _score.score(case, case.previous, known)) / 4)


def _single(case: Case, features: Features, name: str, folds: list) -> float:
    """The better of a straight line, for numbers, and a tree on the honest split."""
    tested = np.sort(np.concatenate([test for _, test in folds]))
    tree = _score.score(case, _score.predicted(case, features.one(name), folds, _tree), tested)
    if case.task.kind != "number":
        return tree
    return max(tree, _correlation(features.values[:, features.names.index(name)], case.y) ** 2)


def _tree(case: Case, features: Features, rows: int):
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeRegressor if case.task.kind == "number" else DecisionTreeClassifier
    return kind(min_samples_leaf=max(2, rows // 200), random_state=0)


def dates(trial: Trial) -> Iterator[Finding]:
    case = trial.sample
    found = [name for name in case.left if is_dates(case.table[name]) and name not in time_columns(case)]
    if found:
        yield Finding(
            f"日付の列{quote(found)}は、そのままでは使わず、{OUT}「何日たったか」のような差の列を作ると使えます。",
            tuple(found),
            True,
        )


COLUMNS: tuple[Check, ...] = (copies, siblings, sublabels, marks, late_names, almost_empty, constant, serials)
AFTERWARDS: tuple[Check, ...] = (alone, dates)

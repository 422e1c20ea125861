"""What to mind on a table, one row a check: columns that cannot be features, and traits that make a score flatter.

``COLUMNS`` look at names and values, ``AFTERWARDS`` need the honest split, ``TRIAL`` need the scores. A check yields
findings; the columns of a finding with ``drop`` are no features in either split.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jissho.datasets._profile import _score
from jissho.datasets._profile._case import RARE, Case, quote
from jissho.datasets._profile._features import Features, features_of, is_date
from jissho.datasets._profile._structure import Tie, neighbours, spelled, time_columns, whole

LATE = re.compile(
    "(手直し|修理|修正|補修|検査後|合否|良否|クレーム|苦情|返品|廃棄|不良種|不良内容|不良項目|不良名|不良数|不良区分|故障種|故障内容|"
    "原因|処置|対策|再検|出荷後|流出|損失(?!単価)|診断|判定|結果)(?!.*(者|員|機|ロット|番号|基準|ID)\\b)|"
    r"\b(rework|repair|repaired|claim|complaint|verdict|result|outcome|judge?ment|failure|faults?|defects?|scrap|rejected|"
    r"diagnosis|quality|cause|after)\b"
)
EARLIER = re.compile(
    r"前回|前日|前週|前月|昨|過去|一つ前|ひとつ前|前工程|\b(prior|previous|prev|last|lag|past|yesterday)\b"
)
SERIAL = re.compile(r"番号|通し|連番|シリアル|製番|ＩＤ|コード|\b(id|no|index|serial|number|udi|uid|uuid|key|code)\b")

ALMOST = 0.98  # agreement of two columns from which one is the other in other clothes
PERFECT = {"r2": 0.99, "average_precision": 0.97, "roc_auc": 0.99, "f1_macro": 0.97}
STRIKING = {"r2": 0.9, "average_precision": 0.85, "roc_auc": 0.95, "f1_macro": 0.85}
ENOUGH_TO_SUSPECT = 10  # rows of the rarer class below which one column may part the classes by luck
FEW_ROWS = 50
# Normal approximation of a share's 95 % range of ±10 points (curriculum G-F-3: 88, 62, 35 for 0.65, 0.8, 0.9).
ASSUMED_RECALL, HALF_WIDTH = 0.8, 0.1


@dataclass
class Trial:
    """A table on its way through the checks; later fields are filled as they become known.

    ``case`` is the whole table in the file's order; ``sample`` and ``sample_tie`` are what is scored; ``kept`` the
    rows of ``sample`` that copy no other.
    """

    case: Case
    tie: Tie | None = None
    others: list[Tie] = field(default_factory=list)
    sample: Case | None = None
    sample_tie: Tie | None = None
    kept: np.ndarray | None = None
    scores: _score.Scores | None = None


@dataclass(frozen=True)
class Finding:
    """``text``: which columns, what about them, what to do (Japanese)."""

    text: str
    columns: tuple[str, ...] = ()
    drop: bool = False


Check = Callable[[Trial], Iterator[Finding]]

OUT = "成績の計算から外しました。"
WHEN = "いつ書かれる列かを、記入する人に確かめてください。"


def needed_positives(recall: float = ASSUMED_RECALL, half_width: float = HALF_WIDTH) -> int:
    """How many defects a recall needs to be told to ± ``half_width`` with 95 % confidence.

    z² p (1 − p) / h² with z = 1.96, rounded up: the normal approximation of a binomial share (e.g. Agresti,
    Categorical Data Analysis, 1.4). 0.65, 0.8, 0.9 → 88, 62, 35, the figures taught in G-F-3.
    """
    return math.ceil(1.96**2 * recall * (1 - recall) / half_width**2)


# --- columns, by name and value


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


def is_dates(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values)


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
    found = [name for name in case.left if name not in times and _serial(name, case.table[name])]
    if found:
        yield Finding(
            f"{quote(found)}は、一行ごとに違う番号か名前です。次の製品では初めて見る値になるので、{OUT}",
            tuple(found),
            True,
        )


def _serial(name: str, values: pd.Series) -> bool:
    """Text that hardly repeats; whole numbers that never do and fill their range or are named so."""
    filled = values.dropna()
    if len(filled) < 20 or is_dates(values):
        return False
    if values.dtype == object:
        return filled.nunique() > 0.5 * len(filled)
    named = bool(SERIAL.search(spelled(name)))
    dense = filled.max() - filled.min() < 1.5 * len(filled)
    return whole(values) and filled.is_unique and (dense or named)


# --- columns, on the honest split


def alone(trial: Trial) -> Iterator[Finding]:
    """Columns that tell the target almost perfectly, or strikingly well, all by themselves."""
    case, tie = trial.sample, trial.sample_tie
    folds = _score.honest_folds(case, tie, np.arange(case.rows))
    features = features_of(case, tie)
    perfect, striking = (_bar(case, level) for level in (PERFECT, STRIKING))
    few = case.task.kind != "number" and np.bincount(case.y).min() < ENOUGH_TO_SUSPECT
    for name in features.names:
        got = _single(case, features.one(name), folds)
        said = f"「{name}」は、この一列だけで「{case.target}」がほぼ分かります（1が満点で {got:.2f}）。"
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


def _single(case: Case, column: Features, folds: list) -> float:
    tested = np.sort(np.concatenate([test for _, test in folds]))
    line = _correlation(column.values[:, 0], case.y) ** 2 if case.task.kind == "number" else 0.0
    return max(line, _score.score(case, _score.predicted(case, column, folds, _tree), tested))


def _tree(case: Case, features: Features, rows: int):
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeRegressor if case.task.kind == "number" else DecisionTreeClassifier
    return kind(min_samples_leaf=max(2, rows // 200), random_state=0)


def dates(trial: Trial) -> Iterator[Finding]:
    case = trial.sample
    found = [name for name in case.left if is_date(case, name) and name not in time_columns(case)]
    if found:
        yield Finding(
            f"日付の列{quote(found)}は、そのままでは使わず、{OUT}「何日たったか」のような差の列を作ると使えます。",
            tuple(found),
            True,
        )


# --- the trial as a whole


def thinned(trial: Trial) -> Iterator[Finding]:
    if trial.sample.rows < trial.case.rows:
        unit = {"random": "行", "group": "グループ"}.get(trial.tie.kind, "ひと続きの区間")
        yield Finding(
            f"{trial.case.rows:,} 行のうち {trial.sample.rows:,} 行で成績を測りました（{unit}ごとに、決まった種で抜き出し）。"
            "すべての行で確かめるのは、分け方を決めた後で構いません。"
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
    names = [name for name in case.table if name in case.left or not _serial(name, case.table[name])]
    return np.flatnonzero(~case.table[names].assign(y=case.y).duplicated().to_numpy())


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


MIN_TO_TELL = 10


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


COLUMNS: tuple[Check, ...] = (copies, siblings, sublabels, marks, late_names, almost_empty, constant, serials)
AFTERWARDS: tuple[Check, ...] = (alone, dates)
TRIAL: tuple[Check, ...] = (
    few_rows,
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


def look(trial: Trial, checks: tuple[Check, ...]) -> list[str]:
    """Run checks in turn, set aside what they drop (each check sees only what is left), return what they say."""
    said = []
    for check in checks:
        for finding in check(trial):
            said.append(finding.text)
            if finding.drop:
                for case in filter(None, (trial.case, trial.sample)):
                    case.drop(finding.columns)
    return said

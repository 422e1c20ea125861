"""A small assignment with one item of each kind, its results and functions."""

from __future__ import annotations

ASSIGNMENT = "G-A-1"

ITEMS = """\
- id: G-A-1.a
  objective: G-A-1/1
  kind: number
  question: 全部で{{toy.rows|,}}行あります。しきい値が{{param.limit|.0%}}のとき、「汚れ」の行の割合は何%ですか。
  unit: "%"
  points: 2
  params: {limit: [0.1, 0.2]}
  right: {result: toy.share, tolerance: 0.0005}
  wrong:
    - {result: toy.rest, because: S03, say: 汚れではない方を数えていませんか。}
    - {result: toy.pieces, because: S04, say: 行ではなく件数で数えていませんか。}
    - {result: toy.half, because: M01, say: 数えずに答えていませんか。}
- id: G-A-1.b
  objective: G-A-1/1
  kind: choice
  question: 一番多い項目はどれですか。
  points: 1
  options: [汚れ, キズ, 寸法]
  right: {choice: 汚れ}
  wrong:
    - {choice: キズ, because: S04, say: キズは件数で一番です。}
    - {choice: 寸法, because: S04, say: 寸法は損失で一番です。}
- id: G-A-1.c
  objective: G-A-1/1
  kind: choices
  question: 提案書に足りないものを選んでください。
  points: 2
  options: [見逃し率, 期間, 学習時間]
  partial: true
  right: {choices: [見逃し率, 期間]}
  wrong:
    - {includes: 学習時間, because: M01, say: 学習時間は、現場の損失を変えますか。}
- id: G-A-1.d
  objective: G-A-1/1
  kind: order
  question: 手順の順に並べてください。
  points: 1
  options: [集める, 分ける, 学ぶ]
  right: {order: [集める, 分ける, 学ぶ]}
  wrong:
    - {order: [集める, 学ぶ, 分ける], because: M05, say: 学んでから分けると、答えを見てしまいます。}
- id: G-A-1.e
  objective: G-A-1/1
  kind: classify
  question: 三つの案を分けてください。
  points: 3
  groups: [AI, ルール]
  cards: [外観, 期限, 配合]
  partial: true
  right: {classes: {外観: AI, 期限: ルール, 配合: AI}}
  wrong:
    - {all: AI, because: M01, say: 全部がAIの仕事でしょうか。}
- id: G-A-1.f
  objective: G-A-1/1
  kind: function
  question: 前半と後半に分ける関数を書いてください。
  points: 2
  function: 分割
  hidden: toy_inputs
  samples: toy_samples
  right: {function: toy_split, criterion: toy_split}
  wrong:
    - {function: toy_none, because: S07, say: 片方が空です。}
    - {function: toy_same, because: M05, say: 両方に同じ行があります。}
    - {function: toy_reversed, because: S03, say: 前と後が逆です。}
- id: G-A-1.g
  objective: G-A-1/1
  kind: function
  question: 二倍にする関数を書いてください。
  points: 1
  function: 二倍
  hidden: toy_inputs
  samples: toy_samples
  right: {function: toy_double}
  wrong:
    - {function: toy_square, because: S04, say: 二乗していませんか。}
    - {function: toy_single, because: S07, say: そのまま返していませんか。}
    - {function: toy_half, because: S03, say: 半分にしていませんか。}
- id: G-A-1.h
  objective: G-A-1/1
  kind: text
  question: 理由を書いてください。
  points: 2
  rubric: [根拠の数字がある, 次の一歩がある]
"""

ASSIGNMENT_PY = """\
# %% [markdown]
# # 課題（合成データ）

# %%
from jissho.datasets import load_checksheet

df = load_checksheet()

# %% item="G-A-1.a" answer="割合"
割合 = None
### BEGIN SOLUTION
割合 = (df["不良項目"] == "汚れ").mean() * 100
### END SOLUTION

# %% item="G-A-1.b" answer="項目"
項目 = None
### BEGIN SOLUTION
### END SOLUTION

# %% item="G-A-1.c" form=true

# %% item="G-A-1.d" form=true

# %% item="G-A-1.e" form=true

# %% item="G-A-1.f" probe="分割"
def 分割(行):
    ### BEGIN SOLUTION
    ### END SOLUTION
    return None

# %% item="G-A-1.g" probe="二倍"
def 二倍(行):
    ### BEGIN SOLUTION
    ### END SOLUTION
    return None

# %% [markdown] item="G-A-1.h"
# ここに
"""


def results(tables, limit=0.1, **_):
    """Named results of the toy: shares by rows and by pieces."""
    df = tables["checksheet"]
    share = float((df["不良項目"] == "汚れ").mean())
    pieces = float(df.loc[df["不良項目"] == "汚れ", "件数"].sum() / df["件数"].sum())
    return {"rows": len(df), "share": share, "rest": 1 - share, "pieces": pieces, "half": 0.5 + limit / 10}


def toy_inputs(tables, rng):
    """Two hidden argument lists."""
    return [[[int(n) for n in rng.integers(3, 99, 6)]] for _ in range(2)]


def toy_samples(tables, rng):
    """One public argument list."""
    return [[[3, 4, 5, 6]]]


def toy_split(行):
    """Right."""
    return 行[: len(行) // 2], 行[len(行) // 2 :]


def toy_none(行):
    """Wrong: one side empty."""
    return 行, []


def toy_same(行):
    """Wrong: the same rows on both sides."""
    return 行, 行


def toy_reversed(行):
    """Wrong: reversed."""
    return 行[len(行) // 2 :], 行[: len(行) // 2]


def split_criterion(args, output):
    """Fault label of a split."""
    first, second = output
    if not second:
        return "empty"
    if first == second:
        return "same"
    return "" if list(first) + list(second) == list(args[0]) else "order"


def toy_double(行):
    """Right."""
    return [2 * n for n in 行]


def toy_double_by_adding(行):
    """Right, by another road."""
    return [n + n for n in 行]


def toy_square(行):
    """Wrong: squared."""
    return [n * n for n in 行]


def toy_single(行):
    """Wrong: as given."""
    return list(行)


def toy_half(行):
    """Wrong: halved."""
    return [n / 2 for n in 行]


FUNCTIONS = {
    f.__name__: f
    for f in (
        toy_inputs,
        toy_samples,
        toy_split,
        toy_none,
        toy_same,
        toy_reversed,
        toy_double,
        toy_double_by_adding,
        toy_square,
        toy_single,
        toy_half,
    )
}

# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 課題 データを疑う — ショットデータの素性調べ
#
# **合成データ**（実在の企業の値ではありません）
#
# 講座で使ったものとは**別の工場の**データです。数字は教材と違います。
# 上から順に、Shift を押しながら Enter で動かしてください。書き換えるのは `←` の行だけです。
# 分からない問は、そのままで構いません。

# %%
import pandas as pd

from jissho.datasets import load_ic_inspectors, load_molding

df = load_molding()  # 射出成形ショット
ic = load_ic_inspectors()  # 検査員の判定試験
df.head()

# %% [markdown]
# ## 列を尋問する

# %% item="G-F-1.a1" form=true


# %% item="G-F-1.a2" probe="使える列"
def 使える列(df):
    手元にある = []  # ← 使う列の名前を、["金型温度", "充填時間"] のように並べます
    ### BEGIN SOLUTION
    ### END SOLUTION
    return [列 for 列 in 手元にある if 列 in df.columns]


# %% [markdown]
# ## 分け方


# %% item="G-F-1.b1" probe="分割"
def 分割(df):
    順番 = df["材料ロット"].unique()  # 使った順のロット
    評価ロット = None  # ← 評価用にするロットを選びます（ヒント: 順番[:2] は最初の二つ、順番[-2:] は最後の二つ）
    ### BEGIN SOLUTION
    ### END SOLUTION
    if 評価ロット is None:
        return None  # まだ決めていません
    評価 = df["材料ロット"].isin(評価ロット)
    return df[~評価], df[評価]


# %% item="G-F-1.b2" form=true

# %% [markdown]
# ## 正解ラベル
#
# 二人の判定の表です。

# %%
pd.crosstab(ic["検査員A"], ic["検査員B"])

# %% item="G-F-1.c1" answer="κ"
一致率 = (ic["検査員A"] == ic["検査員B"]).mean()
a = (ic["検査員A"] == "不良").mean()
b = (ic["検査員B"] == "不良").mean()
κ = None  # ← None を式に書き換えます（偶然の一致は a * b + (1 - a) * (1 - b)）
### BEGIN SOLUTION
### END SOLUTION

# %% item="G-F-1.c2" form=true

# %% [markdown]
# ## 基準線
#
# 重複した行を除き、不良かどうかの列を足しておきます。下のセルは、自由に使える計算用の紙です。

# %%
表 = df.drop_duplicates().reset_index(drop=True)
不良 = 表["不良種"] != "なし"
前回 = 不良.shift(fill_value=False)  # 一つ前のショットが不良だったか
不良.sum()

# %% item="G-F-1.d1" answer="全部良品の正解率"
全部良品の正解率 = None  # ← None を計算した数に書き換えます（ヒント: 不良.mean() は何の割合ですか）
### BEGIN SOLUTION
### END SOLUTION

# %% item="G-F-1.d2" answer="前回の再現率"
前回の再現率 = None  # ← None を数に書き換えます（ヒント: 前回[不良] は、不良の行だけです）
### BEGIN SOLUTION
### END SOLUTION

# %% [markdown]
# ## 表の素性
#
# 届いたままの表 `df` を調べます。

# %% item="G-F-1.e1" answer="重複の行数"
重複の行数 = None  # ← None を計算した数に書き換えます（講座で使った duplicated() を思い出してください）
### BEGIN SOLUTION
### END SOLUTION


# %% item="G-F-1.e2" probe="単位がおかしい列"
def 単位がおかしい列(df):
    おかしい列 = None  # ← 講座の「単位を疑う」の考え方で。一番大きい列の名前は .idxmax() で取れます
    ### BEGIN SOLUTION
    ### END SOLUTION
    return おかしい列

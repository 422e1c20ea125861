# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 課題 1b パレート図
#
# **合成データ**（実在の企業の値ではありません）
#
# 講座で使ったものとは**別の工場の**チェックシートです。数字は教材と違います。
# 上から順に、Shift を押しながら Enter で動かしてください。分からない問は、そのままで構いません。

# %%
from jissho.datasets import load_checksheet

df = load_checksheet()
df.head()

# %% [markdown]
# 損失の列を足しておきます。ここから先は、講座で使った `value_counts()` や `groupby` を使って調べてください。
# 下のセルは、自由に使える計算用の紙です。

# %%
df["損失"] = df["件数"] * df["損失単価"]
df.groupby("ライン")["件数"].sum()

# %% item="B-F-1b.a" form=true

# %% item="B-F-1b.b" answer="損失の合計"
損失の合計 = None  # ← None を計算した数に書き換えます
### BEGIN SOLUTION
### END SOLUTION

# %% item="B-F-1b.c" answer="項目の数"
項目の数 = None  # ← None を数に書き換えます
### BEGIN SOLUTION
### END SOLUTION

# %% item="B-F-1b.d" answer="件数の合計"
件数の合計 = None  # ← None を計算した数に書き換えます
### BEGIN SOLUTION
### END SOLUTION

# %% item="B-F-1b.e" form=true


# %% item="B-F-1b.f" probe="パレート表"
def パレート表(df):
    損失 = df["件数"] * df["損失単価"]
    合計 = 損失.groupby(df["不良項目"]).sum()
    並べた = None  # ← 合計 を大きい順に並べます（ヒント: sort_values(ascending=False)）
    累積 = None  # ← 並べた を上から足し、全体で割ります（ヒント: cumsum() と sum()）
    ### BEGIN SOLUTION
    ### END SOLUTION
    return 累積

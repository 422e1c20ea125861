# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 事前テスト
#
# **合成データ**（実在の農場の値ではありません）
#
# 全部で六問、五分ほどです。成績をつけるためではなく、今日の話がどこで役に立つかを見るためのものです。答えは講座の中で見つかります。
#
# 電卓を使って構いません。答えたら「回答を記録」を押してください。分からない問いは、そのままで構いません。空欄は間違いとは数えません。
#
# 税制と補助金の問いは、平成30年6月時点の資料に基づきます。制度は終了しています。

# %% item="K-A-pre.a" form=true

# %% item="K-A-pre.b" form=true

# %% item="K-A-pre.c" form=true

# %% item="K-A-pre.d" form=true

# %% item="K-A-pre.e" form=true

# %% item="K-A-pre.f" form=true

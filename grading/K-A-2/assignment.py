# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 課題 牛の発情通知—何件まで許せますか
#
# **合成データ**（実在の牧場の値ではありません）
#
# 講座とは**別の牧場**の数字です。電卓を使って構いません。答えたら「回答を記録」を押してください。何度でも書き直せます。
#
# 分からない問いは、そのままで構いません。空欄は間違いとは数えません。

# %% item="K-A-2.a" form=true

# %% item="K-A-2.b" form=true

# %% item="K-A-2.c" form=true

# %% item="K-A-2.d" form=true

# %% item="K-A-2.e" form=true

# %% item="K-A-2.f" form=true

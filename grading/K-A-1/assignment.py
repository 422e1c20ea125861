# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 課題 あまおう出荷予測、どこまで信じますか
#
# **合成データ**（実在の農場の値ではありません）
#
# 講座とは**別の農園**の数字です。電卓を使って構いません。答えたら「回答を記録」を押してください。何度でも書き直せます。
#
# 分からない問いは、そのままで構いません。空欄は間違いとは数えません。

# %% item="K-A-1.a" form=true

# %% item="K-A-1.b" form=true

# %% item="K-A-1.c" form=true

# %% item="K-A-1.d" form=true

# %% item="K-A-1.e" form=true

# %% item="K-A-1.f" form=true

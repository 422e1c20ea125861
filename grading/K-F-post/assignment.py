# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 事後テスト
#
# **合成データ**（実在の企業の値ではありません）
#
# 全部で六問、五分ほどです。はじめのテストと同じことを、別の数字と別の話で聞きます。
#
# 電卓を使って構いません。答えたら「回答を記録」を押してください。分からない問いは、そのままで構いません。空欄は間違いとは数えません。
#
# 税制と補助金の問いは、平成30年6月時点の資料に基づきます。制度は終了しています。

# %% item="K-F-post.a" form=true

# %% item="K-F-post.b" form=true

# %% item="K-F-post.c" form=true

# %% item="K-F-post.d" form=true

# %% item="K-F-post.e" form=true

# %% item="K-F-post.f" form=true

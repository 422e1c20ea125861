# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # 課題 投資判断ラボ（農業編）
#
# **合成データ**（実在の農場の値ではありません）
#
# 講座とは**別の選果場**の数字です。電卓を使って構いません。答えたら「回答を記録」を押してください。何度でも書き直せます。
#
# 補助の問いは、平成30年6月時点の資料の規則で答えます（制度は終了しています）。分からない問いは、そのままで構いません。空欄は間違いとは数えません。

# %% item="K-A-3.a" form=true

# %% item="K-A-3.b" form=true

# %% [markdown]
# ### ものづくり補助・企業間データ活用型の規則（資料から）
#
# - 補助率は三分の二。一者あたりの上限は1,000万円です
# - そのほかに「200万円×参加数」の枠があり、上限を超えた分に、連携体の中で配分できます
# - 参加は「複数の」中小企業などで、10者までです

# %% item="K-A-3.c" form=true

# %% item="K-A-3.d" form=true

# %% item="K-A-3.e" form=true

# %% item="K-A-3.f" form=true

# %% item="K-A-3.g" form=true

# %% item="K-A-3.h" form=true

# %% item="K-A-3.i" form=true

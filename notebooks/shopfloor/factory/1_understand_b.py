# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   jissho:
#     part: B-F-1b
#     given: ["80%", "100%"]
# ---

# %% [markdown]
# # 1b パレート図 — 何で並べるかで、直す順番が変わる
#
# **合成データ**（実在の企業・農場の値ではありません）
#
# 朝礼で、三人の意見が割れました。
#
# - 班長「毎日いちばんよく書いているのは**汚れ**だ」
# - 検査「数で言えば**キズ**が断トツです」
# - 営業「お客様に呼び出されたのは**寸法**ですよ」
#
# 人も時間も一つ分しかありません。**明日の朝、まず何から手を付けるか**。
# 最後に、その答えと理由を一行で残してもらいます。

# %% [markdown]
# ### この教材の動かし方
#
# 灰色の枠（セル）を上から順に選び、**Shift を押しながら Enter** を押します。
# 文字を書き換える所には `←` の印があります。壊れることはありません。安心して動かしてください。

# %% tags=["parameters"]
# 教材の設定（このまま動かします）
seed = 20180605
n = 1500

# %%
from jissho.datasets import load_checksheet  # 表を読む道具
from jissho.teach import *  # 図と問いの道具

# %% [markdown]
# ## 予想する — グラフを見る前に
#
# いまの勘で答えてください。外れて構いません。外れ方が今日の材料です。

# %% tags=["form"]
# 予想を書く欄が出ます
predict("B-F-1b/first", "三人の話だけを聞いて、まず直すならどれですか", options=["汚れ", "キズ", "寸法", "組付け違い"])

# %% [markdown]
# ## 表を開く
#
# 紙のチェックシートを打ち込んだ表です。**表の一行は、チェックシートの一行**。
# 一行の中に「印をいくつ付けたか」が `件数` として入っています。

# %%
require_prediction("B-F-1b/first")
df = load_checksheet()
df.head(8)

# %% [markdown]
# 全部で {{checksheet.rows|,}}行、{{checksheet.days}}日分、不良項目は{{checksheet.items}}種類です。
# `件数` が空欄の行が {{checksheet.blanks}}行あります（書き忘れ）。合計するとき、空欄は数に入りません。
#
# ## まず、班長の図 — 何行書かれているか
#
# `value_counts()` は、同じ言葉が**何行あるか**を数えます。

# %%
行数 = df["不良項目"].value_counts()
行数.head(3).to_frame("行数")

# %% [markdown]
# 班長の言うとおり、いちばん多く書かれているのは「{{checksheet.top_rows}}」（{{checksheet.top_rows_rows|,}}行）です。
# でも、ちょっと待ってください。**一行に印が五つ付いていても、一行は一行**です。

# %% tags=["form"]
# 確認の問いが出ます
check(
    "B-F-1b/rows",
    "value_counts() が数えたものは、どれですか",
    options=["不良になった品物の数", "チェックシートに書かれた行の数", "損失の金額"],
    right="チェックシートに書かれた行の数",
    say={
        "チェックシートに書かれた行の数": "何件出たかは、まだ数えていません。",
        "不良になった品物の数": "一行に印が五つあっても一行と数えています。品物の数は「件数」の列にあります。",
        "損失の金額": "金額はまだ使っていません。「損失単価」の列をあとで使います。",
    },
)

# %% [markdown]
# ## 次に、検査の図 — 何件出たか
#
# 不良項目ごとに `件数` を**合計**します。`groupby` は QC でいう**層別**です。
# 「不良項目で分けて、件数を、足す」と左から読めます。

# %%
件数 = df.groupby("不良項目")["件数"].sum().sort_values(ascending=False).astype(int)
件数.head(3).to_frame()

# %% [markdown]
# 一番が入れ替わりました。「{{checksheet.top_count}}」は {{checksheet.top_count_rows|,}}行しか書かれていないのに、
# {{checksheet.top_count_count|,}}件も出ています。**一度出ると続けて出る**からです。
#
# これをパレート図にします。紙のパレート図と同じ、**大きい順の棒**と**累積の線**です。


# %%
def パレート図(合計, 題, 単位):
    """大きい順に並んだ合計から、棒と累積線を描きます。"""
    fig, ax = chart(題, x="不良項目", y=単位, size=(10, 5))
    ax.bar(合計.index, 合計, color=[COLORS["強調"]] + [COLORS["灰"]] * (len(合計) - 1))
    ax.tick_params(axis="x", rotation=40)
    右 = ax.twinx()
    右.grid(False)
    右.plot(合計.index, 合計.cumsum() / 合計.sum() * 100, marker="o", color=COLORS["黒"])
    右.axhline(80, linestyle=":", color=COLORS["黒"])
    右.set(ylabel="累積（%）", ylim=(0, 105))
    show(fig, alt=f"{題}。一番は{合計.index[0]}。")


# %%
パレート図(件数, f"件数で並べると、一番は「{件数.index[0]}」", "件数（件）")

# %% tags=["form"]
# 確認の問いが出ます
check(
    "B-F-1b/line",
    "黒い線が点線（80%）を超えるところまでの棒は、何を表しますか",
    options=["直せば不良の八割が無くなる項目の組", "八割の確率で起きる不良", "八割の人が書いた項目"],
    right="直せば不良の八割が無くなる項目の組",
    say={
        "直せば不良の八割が無くなる項目の組": "左から順に直すと、どこまで減るかが読めます。",
        "八割の確率で起きる不良": "線は確率ではありません。棒を左から足していった割合です。",
        "八割の人が書いた項目": "誰が書いたかは、この図には入っていません。",
    },
)

# %% [markdown]
# ## 予想する — お金で並べたら？
#
# 「{{checksheet.top_count}}」は件数で断トツの一番でした。
# では、**損失の金額**（件数 × 一件あたりの損失）で並べたら、何番目でしょうか。

# %% tags=["form"]
# 予想を書く欄が出ます
predict("B-F-1b/rank", f"「{件数.index[0]}」は、損失の金額では何番目ですか（数字で）", unit="番目")

# %%
require_prediction("B-F-1b/rank")
df["損失"] = df["件数"] * df["損失単価"]
損失 = df.groupby("不良項目")["損失"].sum().sort_values(ascending=False).astype(int)
損失.head(3).map(yen).to_frame()

# %% [markdown]
# `df["件数"] * df["損失単価"]` は、**一行ずつ**掛け算をします。電卓を{{checksheet.rows|,}}回たたくのと同じです。

# %%
パレート図(損失 / 10000, f"損失で並べると、一番は「{損失.index[0]}」", "損失（万円）")

# %%
順位 = list(損失.index).index(件数.index[0]) + 1
show_prediction(
    "B-F-1b/rank",
    f"{順位}番目",
    f"損失の一番は「{損失.index[0]}」（{yen(損失.iloc[0])}、全体の{percent(損失.iloc[0] / 損失.sum(), 0)}）",
)

# %% [markdown]
# ## 会議で揉める二枚の図を、一枚に重ねる
#
# 左の端が件数の順、右の端が損失の順です。同じ項目を線で結びました。
# 同じ表、同じ期間、どちらも正しい順番です。それでも、**一番が入れ替わります**。

# %%
fig, ax = chart("同じチェックシートでも、並べ方で一番が変わる", size=(9, 7))
for 名 in 件数.index:
    前, 後 = list(件数.index).index(名) + 1, list(損失.index).index(名) + 1
    色 = {損失.index[0]: "強調", 件数.index[0]: "良"}.get(名, "灰")
    ax.plot([0, 1], [前, 後], color=COLORS[色], linestyle="-", linewidth=4 if 色 != "灰" else 1)
    label(ax, 0, 前, f"{名} {件数[名]:,.0f}件", 色, dx=-8)
    label(ax, 1, 後, f"{名} {損失[名] / 10000:,.1f}万円", 色, dx=8)
ax.set(xlim=(-0.6, 1.7), xticks=[0, 1], xticklabels=["件数の順", "損失の順"], yticks=[])
ax.spines["left"].set_visible(False)
ax.invert_yaxis()
show(fig, alt=f"{損失.index[0]}は件数では途中、損失では一番。{件数.index[0]}はその逆。")

# %% [markdown]
# ### 言葉にする
#
# - **件数のパレート図**は「手間の図」。検査と手直しの忙しさが見えます。
# - **損失のパレート図**は「お金の図」。会社の痛みが見えます。
#
# 「{{checksheet.top_loss}}」は件数では{{checksheet.top_loss_count_rank}}番目ですが、損失の {{checksheet.top_loss_share|.0%}} を占めます。
# 損失の八割に届くまでに要るのは、損失で並べると {{checksheet.loss_80}}項目、件数で並べた図では件数の八割に {{checksheet.count_80}}項目です。
#
# > 会議でのひと言：「**その図は、何で並べていますか**」

# %% [markdown]
# ## 結論を変える数字を探す
#
# 損失単価は人が決めた数字です。**どこまで下がったら、一番が入れ替わるのか**。
# つまみで「{{checksheet.top_loss}}」の単価だけを動かして、確かめてください。


# %%
def 単価を動かす(倍率):
    試し = 損失.copy()
    試し[損失.index[0]] *= 倍率 / 100
    試し = 試し.sort_values(ascending=False).head(6)
    fig, ax = chart(f"単価が{倍率}%なら、損失の一番は「{試し.index[0]}」", x="不良項目", y="損失（万円）")
    ax.bar(
        試し.index, 試し / 10000, color=[COLORS["強調"] if 名 == 損失.index[0] else COLORS["灰"] for 名 in 試し.index]
    )
    ax.set_ylim(0, 損失.iloc[0] / 10000 * 1.6)
    show(fig, alt=f"{損失.index[0]}の単価を{倍率}%にしたときの損失の上位")


explore(単価を動かす, 倍率=slider(f"「{損失.index[0]}」の損失単価（いまを100%として）", 10, 150, 5, 100, unit="%"))

# %% [markdown]
# 入れ替わるのは、単価がいまの {{checksheet.break_even|.0%}} より下がったときです。
# 単価の見積もりが三割ずれていても、結論は変わりません。**この余裕まで言えると、会議で強い**です。

# %% [markdown]
# ## 層別する — どのラインか
#
# 直す相手が決まったら、**どこで**出ているかを分けて見ます。これも `groupby` です。

# %% tags=["form"]
# 予想を書く欄が出ます
predict(
    "B-F-1b/where",
    f"「{損失.index[0]}」の損失は、三つのラインにどう散らばっていると思いますか",
    options=["ほぼ均等", "一つのラインに半分くらい", "一つのラインに大半"],
)

# %%
require_prediction("B-F-1b/where")
項目 = 損失.index[0]  # ← 別の項目名（例 "キズ"）に書き換えて、もう一度動かせます
分けて = df[df["不良項目"] == 項目].groupby("ライン")["損失"].sum()
fig, ax = chart(f"「{項目}」の損失は、ライン{分けて.idxmax()}に集まっている", x="ライン", y="損失（万円）")
ax.bar(
    分けて.index,
    分けて / 10000,
    color=[COLORS["強調"] if 名 == 分けて.idxmax() else COLORS["灰"] for 名 in 分けて.index],
)
show(fig, alt=f"{項目}の損失をラインで分けた棒グラフ。一番はライン{分けて.idxmax()}。")
show_prediction("B-F-1b/where", f"ライン{分けて.idxmax()}が{percent(分けて.max() / 分けて.sum(), 0)}")

# %% [markdown]
# ライン{{checksheet.line_of_top_loss}}だけで {{checksheet.line_of_top_loss_share|.0%}} です。
# ところが、**全部の不良の件数**がいちばん多いのはライン{{checksheet.line_of_most_count}}。
# 「不良の多いライン」を見に行くと、行き先を間違えます。
#
# もう一つだけ。このラインの「{{checksheet.top_loss}}」は、増えているのでしょうか、減っているのでしょうか。

# %%
ライン = 分けて.idxmax()
そのライン = df[(df["不良項目"] == 項目) & (df["ライン"] == ライン)]
月ごと = そのライン.groupby(そのライン["日付"].dt.month)["件数"].sum()
日数 = df.groupby(df["日付"].dt.month)["日付"].nunique()
一日あたり = 月ごと / 日数
fig, ax = chart(f"ライン{ライン}の「{項目}」— 一日あたりの件数", x="月", y="件数（件/日）")
ax.bar([f"{月}月" for 月 in 一日あたり.index], 一日あたり, color=COLORS["強調"])
show(fig, alt=f"ライン{ライン}の{項目}の一日あたり件数を月ごとに並べた棒グラフ")

# %% [markdown]
# 月で数の出方は揺れます。この図だけで「増えている」と言い切らず、**治具や刃具の記録と突き合わせる**のが次の一手です。
# 揺れと変化の見分け方は、管理図の時間に扱います。

# %% tags=["form"]
# 確認の問いが出ます
check(
    "B-F-1b/strata",
    "「不良の件数が一番多いライン」に応援を出す案。どこが危ないですか",
    options=["件数の多さと損失の大きさが別のラインにある", "ラインで分けてはいけない", "件数を数えるのが難しい"],
    right="件数の多さと損失の大きさが別のラインにある",
    say={
        "件数の多さと損失の大きさが別のラインにある": "何を減らしたいかを先に決めてから、行き先を選びます。",
        "ラインで分けてはいけない": "分けたからこそ見えました。分ける前に何を見たいか（件数か損失か）を決めます。",
        "件数を数えるのが難しい": "数えるのは groupby が一行でやってくれました。問題は、何を数えるかです。",
    },
)

# %% [markdown]
# ## この図は、機械学習でも使います
#
# 二日目に予測を作ると、予測も間違えます。そのとき「どの間違いから直すか」を決めるのも、パレート図です。
# 呼び名は**誤り分析**。間違いの**件数**で並べるか、間違いの**損失**で並べるか。今日の問いが、そのまま戻ってきます。

# %% [markdown]
# ## 決める — 明日の朝、まず何から
#
# はじめの予想を見返してから、決めてください。

# %% tags=["form"]
# 判断を書く欄が出ます
show_prediction("B-F-1b/first", f"損失で一番は「{損失.index[0]}」")
decide(
    "B-F-1b/decision",
    "明日の朝、まず手を付けるのはどれですか",
    options=[
        f"ライン{ライン}の「{損失.index[0]}」",
        f"全ラインの「{件数.index[0]}」",
        f"全ラインの「{行数.index[0]}」",
        "まだ決めない（足りない事実を理由に書く）",
    ],
    note_label="根拠の数字を一つ入れて、理由を一行で",
)

# %% [markdown]
# ### 職場に持ち帰ること
#
# 自分の職場のチェックシートに、**「損失単価」の列を一つ足す**。正確な値でなくて構いません。
# 「だいたい手直し何分、廃棄でいくら」と三段階で書くだけで、図の一番が変わることがあります。

# %% [markdown]
# ---
# 合成データ・講座の教材です。単価は教材用に置いた値で、実際の損失（信用など）は入っていません。

# %% tags=["claim"]
from jissho.datasets import load_checksheet as _load
from jissho_kit.truths import result

表 = {"checksheet": _load()}
値 = lambda 名: result(f"checksheet.{名}", 表)  # noqa: E731
# 三人はそれぞれ違う「一番」を見ている
assert len({値("top_rows"), 値("top_count"), 値("top_loss")}) == 3

# %% tags=["claim"]
# 件数の一番は、損失では一番でない。損失の一番は、件数では上位三つにも入らない
assert 値("top_count_loss_rank") >= 2
assert 値("top_loss_count_rank") >= 4

# %% tags=["claim"]
# 損失の方が少ない項目で八割に届く
assert 値("loss_80") < 値("count_80") <= 値("rows_80")

# %% tags=["claim"]
# 単価の見積もりが三割ずれても、一番は変わらない
assert 値("break_even") < 0.7

# %% tags=["claim"]
# 損失の一番は一つのラインに半分以上。それは件数が一番のラインではない
assert 値("line_of_top_loss_share") > 0.5
assert 値("line_of_top_loss") != 値("line_of_most_count")

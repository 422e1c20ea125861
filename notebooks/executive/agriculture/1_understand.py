# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   jissho:
#     part: K-A-1
#     given: ["1kg", "1 ", "0 ", "0に", "1に", "1という", "0.00", "25%", "900円", "300円", "50分", "18週", "4棟", "10日", "5日", "7日", "100日", "10分", "3時間", "80%", "0.5", "0.8", "0.99"]
# ---

# %% tags=["parameters"]
# 教材の設定（このまま動かします）
seed = 20180605
n = 1800

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from jissho.datasets import load_strawberry
from jissho.teach import (
    COLORS,
    after_prediction,
    chart,
    check,
    decide,
    explore,
    label,
    label_bars,
    man_yen,
    percent,
    predict,
    predicted,
    select,
    show,
    show_prediction,
    slider,
)

欠品単価, 余り単価, 一週, 週数 = 900, 300, 7, 18
記録 = load_strawberry().drop_duplicates()
記録["日付"] = 記録["日時"].dt.normalize()


def 話す(文):
    display(Markdown(文))


def 決定係数(実際, 予想):
    return 1 - ((実際 - 予想) ** 2).sum() / ((実際 - 実際.mean()) ** 2).sum()


def 一週の損(約束, 出荷, 欠品=欠品単価, 余り=余り単価):
    不足 = np.asarray(約束) - np.asarray(出荷)
    return float(np.where(不足 > 0, 不足 * 欠品, -不足 * 余り).mean() * 一週)


# %%
# 一棟一日で一行。一週間先のAIが見るのは、7日前までの日射・室温・出荷（前の日、その前の日、一週間の平均）です。
日々 = 記録.groupby(["棟", "日付"]).agg(出荷=("出荷kg", "max"), 日射=("日射", "mean"), 室温=("室温", "mean"))
日々 = 日々.dropna(subset=["出荷"]).reset_index()
日々["作"] = (日々["日付"] - pd.DateOffset(months=6)).dt.year
日々["日数"] = (日々["日付"] - pd.to_datetime(日々["作"].astype(str) + "-12-01")).dt.days
手がかり, 作ごと = ["日数"], 日々.groupby(["棟", "作"])
for 列 in ["日射", "室温", "出荷"]:
    日々[f"週{列}"] = 作ごと[列].transform(lambda x: x.rolling(一週, min_periods=1).mean().shift(一週))
    日々[f"前{列}"], 日々[f"前々{列}"] = 作ごと[列].shift(一週), 作ごと[列].shift(一週 + 1)
    手がかり += [f"週{列}", f"前{列}", f"前々{列}"]
最後 = 日々["作"] == 日々["作"].max()
初日 = 日々.loc[最後, "日数"].max() + 1 - 一週 * (週数 + 1)


def 棟の予想(棟):
    前, 今 = 棟[棟["作"] < 棟["作"].max()], 棟[(棟["作"] == 棟["作"].max()) & (棟["日数"] >= 初日)]
    学ぶ, 見る = (np.c_[表[手がかり].fillna(前[手がかり].mean()), np.ones(len(表))] for 表 in (前, 今))
    式 = np.linalg.lstsq(学ぶ, 前["出荷"], rcond=None)[0]
    年々 = 前.pivot(index="日数", columns="作", values="出荷")
    平年 = 年々.mean(axis=1).rolling(2 * 一週 + 1, center=True, min_periods=1).mean()
    return 今.assign(
        AI=見る @ 式,
        平均=前["出荷"].mean(),
        平年値=今["日数"].map(平年),
        昨年=今["日数"].map(年々.iloc[:, -1]),
    )


予想 = pd.concat([棟の予想(棟) for _, 棟 in 日々.groupby("棟")])
予想["週"] = (予想["日数"] - 初日) // 一週
これまで = 予想[予想["週"] < 週数]
農園 = 予想.groupby(["週", "日数"])[["出荷", "AI", "平均", "平年値", "昨年"]].sum().reset_index()
十八週, 来週 = 農園[農園["週"] < 週数], 農園[農園["週"] == 週数]
過去 = np.sort(日々[~最後].groupby("日付")["出荷"].sum())
全体のR2, 平均のR2 = (決定係数(これまで["出荷"], これまで[名]) for 名 in ("AI", "平均"))
棟のR2 = {名: 決定係数(棟["出荷"], 棟["AI"]) for 名, 棟 in これまで.groupby("棟")}
棟の中のR2 = float(np.mean(list(棟のR2.values())))
多い日 = これまで["出荷"] > これまで["平年値"]
向きの当たり = float(((これまで["AI"] > これまで["平年値"]) == 多い日).mean())
外れ = {名: float((十八週["出荷"] - 十八週[名]).abs().mean()) for 名 in ("AI", "平均", "平年値", "昨年")}
予想の損 = {名: 一週の損(十八週[名], 十八週["出荷"]) for 名 in ("平年値", "昨年", "AI")}
良い割合 = 余り単価 / (欠品単価 + 余り単価)
少なめ, 真ん中, 多め = (float(np.quantile(過去, p)) for p in (良い割合, 0.5, 1 - 良い割合))

# %% [markdown]
# # あまおう出荷予測、どこまで信じますか
#
# **合成データ**（実在の企業・農場の値ではありません） ／ 50分 ／ 使うのはつまみとボタン、短い記入だけです
#
# 四月の木曜、朝の収穫が終わったところへ、電話が鳴りました。スーパーのバイヤーです。
#
# 「来週から連休のいちごフェアです。**毎日、何キロ約束できますか**」
#
# 約束に足りないと、よそから買って埋めます。**足りない1kgにつき 900円**の持ち出しです。
#
# 約束より多く採れると、加工に回します。**余った1kgにつき 300円**の値引きです。
#
# あなたの農園は、大きさの違う4棟。この二つの作では、一日に平均 **{{contract.mean|.0f}}kg** 採れました。
#
# **この時間の最後に、来週の約束の数量を決めます。**

# %% [markdown]
# 同じ日の午後、農業ITの営業が資料を置いていきました。
#
# > ### AI出荷予測 「R² {{week.r2|.2f}}」
# > 一週間先の出荷を、棟ごと、一日ごとに予想します。今作18週の実績です。1に近いほど優秀です。


# %%
def 提案書の図():
    fig, ax = chart(
        f"提案書の図：予想と実際がぴたり（R² {全体のR2:.2f}）",
        x="AIの予想（kg／一棟一日）",
        y="実際（kg）",
        size=(8, 4.8),
    )
    ax.scatter(これまで["AI"], これまで["出荷"], s=42, color=COLORS["良"], alpha=0.5, linewidths=0)
    端 = これまで["出荷"].max()
    ax.plot([0, 端], [0, 端], color=COLORS["黒"], linewidth=1.5)
    show(fig, alt=f"AIの予想と実際の出荷。点は斜めの線に沿って並ぶ。R²は{全体のR2:.2f}。")


提案書の図()

# %% [markdown]
# 来週の分も出してくれました。AIの予想は、一日平均 **{{week.next_ai|.0f}}kg** です。

# %% [markdown]
# ## まず、三つ書く
#
# 正解はありません。約束の数量は、最後にもう一度決めます。

# %%
predict("K-A-1/price_before", "この予測に、一年でいくらまで払いますか", unit="万円")

# %%
predict("K-A-1/promise_before", "いまバイヤーに返事をするなら、毎日何kg約束しますか", unit="kg")

# %%
predict(
    "K-A-1/right_side",
    "AIが「いつもの年より多い」「少ない」と言った日。10日のうち何日、その向きが当たったと思いますか",
    unit="日",
)

# %% [markdown]
# ## 点の山を、棟で分ける
#
# 提案書の点には、4棟ぶんが混ざっています。ボタンで分けてください。

# %%
棟の色 = dict(zip("ABCD", ("強調", "緑", "不良", "良"), strict=True))


def 点の山(見る):
    棟 = これまで.groupby("棟")
    色分け = 見る == "色分け"
    題 = (
        "点の山は、4棟で四つ。線に沿うのは、棟の大きさが違うから"
        if 色分け
        else f"{見る}棟だけで測ると、R² {棟のR2[見る]:.2f}"
    )
    fig, ax = chart(題, x="AIの予想（kg／一棟一日）", y="実際（kg）", size=(8, 5))
    for 名, 点 in [(名, 点) for 名, 点 in 棟 if 色分け or 名 == 見る]:
        ax.scatter(点["AI"], 点["出荷"], s=46, color=COLORS[棟の色[名]], alpha=0.6, linewidths=0)
        if 色分け:
            label(ax, 点["AI"].max(), 点["出荷"].mean(), f"{名}棟", 棟の色[名], fontsize=19)
    if not 色分け:
        点 = 棟.get_group(見る)
        幅 = np.array([点["出荷"].min(), 点["出荷"].max()]) + np.array([-1, 1]) * 0.03 * np.ptp(点["出荷"])
        ax.set(xlim=幅, ylim=幅)
        ax.axhline(点["出荷"].mean(), color=COLORS["灰"], linestyle="--")
        ax.plot(幅, 幅, color=COLORS["黒"], linewidth=1.5)
        label(ax, 幅[1], 幅[1], "予想＝実際", dx=-60, dy=-6, fontsize=15)
        label(ax, 幅[0], 点["出荷"].mean(), "この棟の平均", "灰", dx=6, dy=12, fontsize=15)
    show(fig, alt=題)


after_prediction(
    "K-A-1/right_side",
    lambda: explore(点の山, 見る=select("見る所", {"棟で色分け": "色分け", **{f"{名}棟だけ": 名 for 名 in 棟の色}})),
)

# %% [markdown]
# 一つの棟の中では、点は線に沿っていません。AIの数は少ししか動かず、実際は上へ下へと大きく散っています。
#
# では、増える日と減る日の**向き**だけでも当たったのでしょうか。


# %%
def 数え直す():
    show_prediction(
        "K-A-1/right_side",
        f"10日のうち {向きの当たり * 10:.1f}日",
        "表か裏か、硬貨を投げて決めても5日は当たります。",
    )
    話す(f"""
そこで、ライバルを一人呼びます。**棟の平均を言うだけの係**です。天気も暦も見ません。給料は、タダ。

| 18週・4棟で比べると | 平均を言うだけ（タダ） | 提案のAI |
|:---|---:|---:|
| **R²（4棟まとめて）** | **{平均のR2:.2f}** | **{全体のR2:.2f}** |
| R²（棟の中） | 0.00 | {棟の中のR2:.2f} |
| 農園全体の外れ（一日） | {外れ["平均"]:.0f}kg | {外れ["AI"]:.0f}kg |

**営業は嘘をついていません。** けれど、この点数の大半は「D棟はA棟より大きい」と言い当てた分です。社長なら、タダで知っています。
""")


after_prediction("K-A-1/right_side", 数え直す)

# %% [markdown]
# ### 言葉にする
#
# **R²** は、「平均を言うだけの係」より、外れをどれだけ減らしたかの点数です。**1 なら全部当たり、0 なら平均を言うのと同じ**。0 より小さければ、平均を言う係に負けています。
#
# 大きさの違う棟を混ぜると、棟の差を言うだけで点が入ります。
#
# > 会社で使うひと言：「**そのR²は、棟の中でも同じですか**」

# %% tags=["long"]
check(
    "K-A-1/check1",
    "同じAIを、D棟一つしか持たない農園に売りました。その農園で測ったR²は",
    options=["0に近い", "4棟のときと同じ", "もっと高い"],
    right="0に近い",
    say={
        "0に近い": "棟の差という、やさしい問題がなくなるからです。",
        "4棟のときと同じ": "4棟のときの点は、何を言い当てた点でしたか。一棟だけになると、それは残りますか。",
        "もっと高い": "一棟だけの点の山を、もう一度見てください。線に沿っていましたか。",
    },
)

# %% [markdown] tags=["long"]
# ## 「R² 0.99」の室温予測
#
# 資料の二枚目です。
#
# > ### 10分後の室温を予測 「R² {{M21.wrong.r2_line|.3f}}」
#
# またタダの係を呼びます。今度は、**「10分後も、今と同じ温度です」と言うだけ**です。

# %% tags=["long"]
predict(
    "K-A-1/same_as_now",
    "「今と同じ」と言うだけの係のR²は、どれくらいだと思いますか",
    options=["0.5 くらい", "0.8 くらい", "0.99 より上"],
)

# %% tags=["long"]
十分 = 記録[記録["間隔_分"] == 10].sort_values(["棟", "日時"])
時刻 = 十分["日時"].dt.hour + 十分["日時"].dt.minute / 60
試験 = 十分["日付"] >= 十分["日付"].max() - pd.Timedelta(days=2)


def 室温の外れ(分):
    棟 = 十分.groupby("棟")
    見る = np.c_[十分["室温"], 棟["室温"].shift(), 十分["日射"], 棟["日射"].shift(), 時刻, np.ones(len(十分))]
    if 分 > 10:  # 先を見るほど、一日の波が要る
        見る = np.c_[見る, np.sin(時刻 * np.pi / 12), np.cos(時刻 * np.pi / 12)]
    先 = 棟["室温"].shift(-分 // 10)
    ある = ~np.isnan(見る).any(axis=1) & 先.notna()
    学ぶ, 測る = ある & ~試験, ある & 試験
    式 = np.linalg.lstsq(見る[学ぶ], 先[学ぶ], rcond=None)[0]
    実際, 二つ = 先[測る], {"今と同じ（タダ）": 十分.loc[測る, "室温"], "AI": 見る[測る] @ 式}
    return {名: (float((実際 - 値).abs().mean()), float(決定係数(実際, 値))) for 名, 値 in 二つ.items()}


室温 = {分: 室温の外れ(分) for 分 in range(10, 190, 10)}


def 先を見る(分):
    (タダ, _), (AI, _) = 室温[分].values()
    先 = f"{分 // 60}時間" * (分 >= 60) + f"{分 % 60}分" * (分 % 60 > 0)
    fig, ax = chart(
        f"{先}先：AIは、タダの係の外れを{percent(1 - AI / タダ, 0)}減らす", x="室温の外れ（℃、平均）", size=(9, 3.4)
    )
    棒 = ax.barh(list(室温[分]), [タダ, AI], color=[COLORS["灰"], COLORS["良"]])
    label_bars(ax, 棒, [f"{外:.2f}℃（R² {r2:.3f}）" for 外, r2 in 室温[分].values()], fontsize=19)
    ax.set_xlim(0, max(タダ, AI) * 1.6)
    ax.tick_params(axis="y", labelsize=17)
    ax.grid(False)
    show(fig, alt=f"{先}先の室温の外れ。今と同じは{タダ:.2f}℃、AIは{AI:.2f}℃。")


def 今と同じと並べる():
    show_prediction(
        "K-A-1/same_as_now", f"{室温[10]['今と同じ（タダ）'][1]:.3f}", "室温は、10分ではほとんど動きません。"
    )
    explore(先を見る, 分=slider("何分先を予想するか", 10, 180, 10, 10, unit="分"))
    話す(f"""
つまみを3時間先まで動かしてください。AIのR²は {室温[10]["AI"][1]:.3f} から {室温[180]["AI"][1]:.3f} へ**下がる**のに、タダの係との差は**開きます**。

値打ちがあるのは、点数の低い方です。3時間先が分かれば、暖房も換気も先に打てます。

> 会社で使うひと言：「**タダの予想より、何%良くなりますか**」
""")


after_prediction("K-A-1/same_as_now", 今と同じと並べる)

# %% [markdown] tags=["long"]
# ## 三本の線
#
# 出荷の話に戻ります。お金を払う前に、タダの予想を二つ並べます。
#
# - **平年値**：同じ時期の、これまでの作の平均
# - **昨年**：昨年の作の、同じ日の出荷

# %% tags=["long"]
predict("K-A-1/best", "18週を通して、一番外れが小さいのはどれだと思いますか", options=["平年値", "昨年", "AI"])

# %% tags=["long"]
線 = {"平年値": ("緑", "-."), "昨年": ("灰", "--"), "AI": ("良", "-")}


def 三本の線(週):
    七日 = 十八週[十八週["週"] == 週 - 1]
    一番 = min(線, key=lambda 名: (七日["出荷"] - 七日[名]).abs().mean())
    fig, ax = chart(f"第{週}週：この週、一番近かったのは{一番}", x="日", y="農園の出荷（kg／日）", size=(9, 4.8))
    日 = np.arange(1, 一週 + 1)
    ax.plot(日, 七日["出荷"], "o", color=COLORS["黒"], markersize=12)
    for 名, (色, 形) in 線.items():
        ax.plot(日, 七日[名], color=COLORS[色], linestyle=形)
    端 = sorted((七日[名].iloc[-1], 名) for 名 in 線)
    高さ = [値 for 値, _ in 端]
    for i in (1, 2):
        高さ[i] = max(高さ[i], 高さ[i - 1] + 36)  # 札が重ならないように
    for (_, 名), y in zip(端, 高さ, strict=True):
        label(ax, 一週, y, 名, 線[名][0], dx=14, fontsize=18)
    ax.text(0.8, 十八週["出荷"].max() + 8, "● 実際の出荷", fontsize=17)
    ax.set(xlim=(0.7, 一週 + 1.1), ylim=(十八週["出荷"].min() - 60, 十八週["出荷"].max() + 40))
    ax.set_xticks(日)
    show(fig, alt=f"第{週}週の出荷と三つの予想。一番近かったのは{一番}。")


def 予想の棒():
    差 = 予想の損["平年値"] - 予想の損["AI"]
    向き = "減る" if 差 > 0 else "増える"
    fig, ax = chart(
        f"平年値をやめてAIにすると、失うお金は一週間に{man_yen(abs(差))}{向き}",
        x="予想のとおりに約束して失うお金（万円／週、18週の平均）",
        size=(9, 3.8),
    )
    棒 = ax.barh(list(予想の損), [円 / 1e4 for 円 in 予想の損.values()], color=[COLORS[線[名][0]] for 名 in 予想の損])
    label_bars(ax, 棒, [f"{円 / 1e4:.1f}万円（外れ {外れ[名]:.0f}kg）" for 名, 円 in 予想の損.items()], fontsize=18)
    ax.invert_yaxis()
    ax.set_xlim(0, max(予想の損.values()) / 1e4 * 1.5)
    ax.tick_params(axis="y", labelsize=18)
    ax.grid(False)
    show(fig, alt="、".join(f"{名}のとおりに約束すると一週間に{man_yen(円)}" for 名, 円 in 予想の損.items()))


after_prediction("K-A-1/best", lambda: explore(三本の線, 週=slider("何週目を見るか", 1, 週数, 1, 1, unit="週目")))


# %% tags=["long"]
def 三本のお金():
    話す("一週ごとに、勝つ線は入れ替わります。**一週の勝ち負けでは選べません。** 18週を通して、お金に直します。")
    予想の棒()
    一番 = min(線, key=外れ.get)
    show_prediction(
        "K-A-1/best", 一番, f"外れは、平年値 {外れ['平年値']:.0f}kg、AI {外れ['AI']:.0f}kg、昨年 {外れ['昨年']:.0f}kg。"
    )


after_prediction("K-A-1/best", 三本のお金)

# %% tags=["long"]
check(
    "K-A-1/check2",
    "別の業者が「うちの予測はR² 0.99」と言ってきました。まず聞くことは",
    options=["他社のAIに勝っているか", "平年値と昨年より、外れが何kg小さいか", "1にできないか"],
    right="平年値と昨年より、外れが何kg小さいか",
    say={
        "平年値と昨年より、外れが何kg小さいか": "タダの予想に勝った分だけが、お金を払う値打ちです。",
        "他社のAIに勝っているか": "どちらも、タダの係に負けているかもしれません。",
        "1にできないか": "明日の天気も人手も読み切れません。1という予測は、先に答えを見ています。",
    },
)

# %% [markdown]
# ## いくつ約束するか
#
# どの予想も、一日に数十kgは外れます。**外れる前提で、約束を決めます。**
#
# 手がかりは、これまでの二つの作の全部の日。その「真ん中の日」は {{contract.kg_half}}kg でした。

# %%
predict(
    "K-A-1/lean",
    "足りない1kgは 900円、余った1kgは 300円。失うお金が一番小さい約束は",
    options=["真ん中より少なめ", "ちょうど真ん中", "真ん中より多め"],
)

# %%
並び = (np.arange(len(過去)) + 0.5) / len(過去) * 100
約束の幅 = np.arange(round(過去[0], -1), round(np.quantile(過去, 0.92), -1) + 5, 5)


def 約束する(約束, 欠品, 余り):
    足りない = float((過去 < 約束).mean())
    損 = 一週の損(約束, 過去, 欠品, 余り)
    fig, ax = chart(
        f"毎日{約束:.0f}kgの約束：100日のうち{足りない * 100:.0f}日足りず、一週間に{損 / 1e4:.1f}万円を失う",
        x="これまでの日を、少ない日から並べた順（%）",
        y="出荷（kg／日）",
        size=(9, 4.8),
    )
    ax.plot(並び, 過去, color=COLORS["黒"])
    ax.axhline(約束, color=COLORS["強調"])
    ax.fill_between(並び, 過去, 約束, where=過去 < 約束, color=COLORS["不良"], alpha=0.75, linewidth=0)
    ax.fill_between(並び, 過去, 約束, where=過去 >= 約束, color=COLORS["良"], alpha=0.3, linewidth=0)
    ax.text(13, 過去.max() * 0.95, "■ 足りない", fontsize=18, color=COLORS["不良"])
    ax.text(42, 過去.max() * 0.95, "■ 余る", fontsize=18, color=COLORS["良"])
    for 点 in (10, 90):
        ax.axvline(点, color=COLORS["灰"], linestyle=":")
    ax.text(50, 過去.min() - 25, "← 80%の日は、この間 →", fontsize=16, ha="center")
    label(ax, 100, 約束, "約束", "強調", dx=6, fontsize=18)
    ax.set(xlim=(0, 100), ylim=(過去.min() - 45, 過去.max() * 1.04))
    show(fig)
    お金の谷(約束, 欠品, 余り, 損)


def お金の谷(約束, 欠品, 余り, 損):
    谷 = np.array([一週の損(q, 過去, 欠品, 余り) for q in 約束の幅]) / 1e4
    底 = float(約束の幅[谷.argmin()])
    位置 = "谷底です" if abs(約束 - 底) <= 5 else f"谷底まで、あと{abs(約束 - 底):.0f}kg"
    fig, ax = chart(f"失うお金の谷：{位置}", x="毎日の約束（kg）", y="失うお金（万円／週）", size=(9, 3.8))
    ax.plot(約束の幅, 谷, color=COLORS["黒"])
    ax.plot(約束, 損 / 1e4, "o", color=COLORS["強調"], markersize=20, markeredgecolor=COLORS["黒"])
    label(ax, 約束, 損 / 1e4, f"{損 / 1e4:.1f}万円", "黒", dx=-24, dy=34, fontsize=20)
    ax.set_ylim(0, max(谷.max(), 損 / 1e4) * 1.25)
    show(fig, alt=f"約束の量と一週間に失うお金。いまの約束で{man_yen(損)}。")


def 約束を探す():
    show_prediction("K-A-1/lean", "真ん中より少なめ", "足りない方が高くつくので、余る日を多くしておきます。")
    explore(
        約束する,
        約束=slider("毎日の約束", float(約束の幅[0]), float(約束の幅[-1]), 5, round(真ん中 / 5) * 5, "kg", ",.0f"),
        欠品=slider("足りない1kgの損", 100, 3000, 100, 欠品単価, format="円"),
        余り=slider("余った1kgの損", 100, 3000, 100, 余り単価, format="円"),
    )


after_prediction("K-A-1/lean", 約束を探す)

# %% [markdown]
# 約束のつまみで、谷底を探してください。次に、足りない1kgの損を御社の値に変えてください。**谷底は、どちらへ動きますか。**


# %%
def 谷底の言葉():
    損 = {名: 一週の損(kg, 十八週["出荷"]) for 名, kg in (("少なめ", 少なめ), ("真ん中", 真ん中), ("多め", 多め))}
    話す(f"""
### 言葉にする

谷底の場所は、二つの損だけで決まります。

**余りの損 ÷（余りの損 ＋ 足りない損）＝ 300円 ÷（300円 ＋ 900円）＝ {percent(良い割合, 0)}**

少ない日から数えて{percent(良い割合, 0)}の所。これを **{percent(良い割合, 0)}点** と呼びます。100日のうち{良い割合 * 100:.0f}日は足りなくなり、残りの日は余る。それが一番安い約束です。

| 今作の18週で試すと | 毎日の約束 | 一週間に失うお金 |
|:---|---:|---:|
| **少なめ（{percent(良い割合, 0)}点）** | **{少なめ:.0f}kg** | **{損["少なめ"] / 1e4:.1f}万円** |
| 真ん中 | {真ん中:.0f}kg | {損["真ん中"] / 1e4:.1f}万円 |
| 多め（期待に応えて） | {多め:.0f}kg | {損["多め"] / 1e4:.1f}万円 |
| 毎日、AIの予想のとおり | 日替わり | {予想の損["AI"] / 1e4:.1f}万円 |

過去の帳面と電卓だけの約束が、毎日のAIより安く済みました。

> 会社で使うひと言：「**一つの数ではなく、幅でください。約束は、うちの損で決めます**」
""")


after_prediction("K-A-1/lean", 谷底の言葉)

# %%
check(
    "K-A-1/check3",
    "バイヤーが補償を値上げしました。足りない1kgの損が大きくなります。約束の数量は",
    options=["増やす", "変えない", "減らす"],
    right="減らす",
    say={
        "減らす": "足りない日を減らすには、約束を下げます。",
        "増やす": "約束を増やすと、足りない日は増えますか、減りますか。",
        "変えない": "つまみで、足りない1kgの損を右へ動かしてください。谷底は止まったままですか。",
    },
)

# %% [markdown]
# ## 決める　来週の約束
#
# バイヤーが返事を待っています。

# %%
predict("K-A-1/promise_after", "来週、毎日何kg約束しますか", unit="kg", button="約束を記録")

# %%
decide(
    "K-A-1/decision",
    "AI出荷予測は、どうしますか",
    options=["やる：来年から契約する", "小さく試す：一作だけ、平年値と並べて外れを記録する", "見送る"],
    note_label="そう決めた数字と、やめる条件（一行）",
)


# %%
def 二つの約束():
    約束 = {"はじめ": predicted("K-A-1/promise_before"), "いま": predicted("K-A-1/promise_after")}
    約束 = {時: kg for 時, kg in 約束.items() if kg is not None} or {"真ん中": 真ん中, "少なめ": 少なめ}
    return 約束, dict(zip(約束, (COLORS["黒"], COLORS["強調"]), strict=False))


def 来週になりました():
    約束, 色 = 二つの約束()
    題 = "、".join(f"{時}の約束で{一週の損(kg, 来週['出荷']) / 1e4:.1f}万円" for 時, kg in 約束.items())
    fig, ax = chart(f"連休の一週間：{題}", x="日", y="実際の出荷（kg／日）", size=(9, 4.8))
    日, 上 = np.arange(1, 一週 + 1), max(来週["出荷"].max(), *約束.values()) * 1.15
    ax.bar(日, 来週["出荷"], color="#A9C8E4", width=0.7)
    for x, kg in zip(日, 来週["出荷"], strict=True):
        ax.text(x, 上 * 0.03, f"{kg:.0f}", fontsize=17, ha="center")
    札 = 0
    for 時, kg in sorted(約束.items(), key=lambda 組: 組[1]):
        札 = max(kg, 札 + 上 * 0.08) if 札 else kg  # 札が重ならないように
        ax.plot([0.5, 一週 + 0.5], [kg, kg], color=色[時], linestyle="-" if 時 == "いま" else "--")
        label(ax, 一週 + 0.5, 札, f"{時} {kg:,.0f}kg", 色[時], dx=6, fontsize=17)
    ax.set(xlim=(0.4, 一週 + 2), ylim=(0, 上))
    ax.set_xticks(日)
    show(fig, alt=f"来週の毎日の出荷と約束。{題}。")


after_prediction("K-A-1/decision", 来週になりました)


# %%
def 続ける():
    話す("一週間は、運もあります。同じ約束を18週続けたら、どうだったでしょう。")
    約束, 色 = 二つの約束()
    損 = {**{f"{時}の約束": 一週の損(kg, 十八週["出荷"]) for 時, kg in 約束.items()}, "AIのとおり": 予想の損["AI"]}
    一番 = min(損, key=損.get)
    fig, ax = chart(f"18週続けると、一番安いのは「{一番}」", x="失うお金（万円／週、18週の平均）", size=(9, 3.6))
    棒 = ax.barh(list(損), [円 / 1e4 for 円 in 損.values()], color=[*色.values(), COLORS["良"]])
    label_bars(ax, 棒, [f"{円 / 1e4:.1f}万円" for 円 in 損.values()], fontsize=20)
    ax.tick_params(axis="y", labelsize=17)
    ax.invert_yaxis()
    ax.grid(False)
    show(fig, alt="、".join(f"{名}は{man_yen(円)}" for 名, 円 in 損.items()))
    差 = (予想の損["平年値"] - 予想の損["AI"]) * 週数
    値段 = predicted("K-A-1/price_before")
    話す(f"""
平年値をAIに替えると、失うお金は18週で **{man_yen(abs(差))} {"減りました" if 差 > 0 else "増えました"}**。{f"はじめに書いた値段は、一年で **{man_yen(値段)}** でした。" if 値段 is not None else ""}

約束を真ん中から谷底へ下げるだけで、18週で **{man_yen((一週の損(真ん中, 十八週["出荷"]) - 一週の損(少なめ, 十八週["出荷"])) * 週数)} 減ります**。こちらはタダです。

**この結論を変える数字は、二つの単価です。** 御社の「足りない1kg」は、いくらですか。
""")


after_prediction("K-A-1/decision", 続ける)

# %% [markdown]
# ## 会社に持ち帰ること
#
# 出荷の帳面から、二つだけ作ってもらってください。
#
# 1. 昨年と一昨年の同じ時期の、**毎日の出荷を少ない順に並べた表**
# 2. 先月、足りなくて埋めた量と、余って値引きした量。その**1kgあたりの損**
#
# この二つで、次の約束の数量が出ます。
#
# **この教材の限り**：休みの日、人手、相場を見た出荷調整は入っていません。一年に一度の寒波のような、帳面にない日も入っていません。なお、当日の天気を完全に知っていたとしても、この農園の棟の中のR²は {{strawberry.r2_inside_day|.2f}} ほどです。**これ以上賢いAIにしても**、一週間先の天気が分からない限り、外れは残ります。

# %% [markdown]
# ---
# 合成データ・講座の教材です。単価は教材用に置いた値です。御社の単価に置き換えて考えてください。

# %% tags=["claim"]
from jissho_kit.truths import demonstrate, result

表 = {"strawberry": load_strawberry()}
# 4棟まとめたR²は高いのに、棟の中では平均を言うのと変わらず、向きは硬貨と同じ
assert 全体のR2 > 0.88 and abs(全体のR2 - 平均のR2) < 0.03
assert 棟の中のR2 < 0.15 and max(棟のR2.values()) < 0.25
assert 0.4 < 向きの当たり < 0.6

# %% tags=["claim"]
# 当日の朝に出す予測でも同じ（M22）
m22 = demonstrate("M22", data=表)
assert m22.wrong["r2"] > 0.85 and m22.right["r2"] < 0.3
assert abs(m22.wrong["r2"] - m22.right["r2_house_mean"]) < 0.04

# %% tags=["claim"]
# 教材の数は、植えた真実と同じ
for 名, 値 in {
    "r2": 全体のR2, "r2_inside": 棟の中のR2, "r2_house_mean": 平均のR2, "right_side": 向きの当たり,
    "mae_ai": 外れ["AI"], "mae_normal": 外れ["平年値"], "mae_last_year": 外れ["昨年"],
    "loss_ai": 予想の損["AI"], "loss_normal": 予想の損["平年値"], "loss_last_year": 予想の損["昨年"],
    "next_harvest": 来週["出荷"].mean(), "next_ai": 来週["AI"].mean(),
}.items():  # fmt: skip
    assert abs(値 - result(f"week.{名}", 表)) < 1e-6 * max(1, abs(値)), 名
assert [round(kg) for kg in (少なめ, 真ん中, 多め)] == [
    result(f"contract.kg_{名}", 表) for 名 in ("right", "half", "mirror")
]

# %% tags=["claim"]
# 10分後の室温：R²はタダの係と変わらない。3時間先では、R²が下がるのに差は開く（M21）
m21 = demonstrate("M21", data=表)
assert abs(室温[10]["AI"][1] - m21.wrong["r2_line"]) < 1e-9
assert 室温[10]["今と同じ（タダ）"][1] > 0.99 and 室温[10]["AI"][1] - 室温[10]["今と同じ（タダ）"][1] < 0.01
良くなる = {分: 1 - 室温[分]["AI"][0] / 室温[分]["今と同じ（タダ）"][0] for 分 in (10, 180)}
assert 良くなる[180] > 良くなる[10] + 0.15 and 室温[180]["AI"][1] < 室温[10]["AI"][1]

# %% tags=["claim"]
# お金：AIは平年値とほとんど同じで、昨年は悪い。少なめの約束が、真ん中・多め・AIより安い
assert abs(予想の損["AI"] / 予想の損["平年値"] - 1) < 0.2
assert 予想の損["昨年"] > 1.05 * 予想の損["平年値"]
少, 中, 多 = (一週の損(kg, 十八週["出荷"]) for kg in (少なめ, 真ん中, 多め))
assert 少 < 0.95 * 中 and 中 < 0.8 * 多 and 少 < 0.95 * 予想の損["AI"]
谷 = [一週の損(q, 過去) for q in 約束の幅]
assert abs(約束の幅[int(np.argmin(谷))] - 少なめ) <= 10

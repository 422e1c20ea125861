# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   jissho:
#     part: K-A-3
#     given: ["75分", "12度", "2割", "3割", "5割", "300円", "1万箱", "2分", "80字", "50字", "40字", "2者", "1,000万円", "200万円", "10者", "900万円", "2,400万円", "1,200万円", "1,800万円", "画面1", "画面2", "画面3", "画面4", "画面5", "5年", "3%", "1年", "平成30年6月", "2018年10月1日", "0.97"]
# ---

# %% tags=["parameters"]
# 教材の設定（このまま動かします）
seed = 20180605
n = 900

# %%
import numpy as np
from IPython.display import Markdown, display

from jissho.card import BANNER, DecisionCard, Figure, Money, Need
from jissho.datasets import load_cases, load_citrus
from jissho.invest import alternative_of, evidence_of, funding_of, proposal_of, simulate_consortium, tornado, what_if
from jissho.teach import (
    COLORS,
    after_prediction,
    chart,
    check,
    decide,
    decided,
    explore,
    label,
    label_bars,
    man_yen,
    percent,
    predict,
    predicted,
    show,
    show_card,
    show_prediction,
    slider,
    yen,
)
from jissho.teach.lab import show_case, show_cash, show_funding, show_gains, show_tornado, three_ways
from jissho.teach.own import bring_case

表 = load_cases()
一枚 = 表[表["案件番号"] == "A3"].iloc[0].to_dict()
案, 裏 = proposal_of(一枚), evidence_of(一枚)
法人 = {"A法人": 0.2, "B法人": 0.3, "C法人": 0.5}
上乗せ, 信用の損, 箱 = 300, 一枚["見逃し単価"], 10_000
計画 = {
    "plan_years": 3,
    "value_added_growth": 0.03,
    "ordinary_profit_growth": 0.01,
    "support_organisation": True,
    "guideline": "service",
}

みかん = load_citrus()
B機 = みかん[(みかん["種別"] == "試験果実") & (みかん["選果機"] == "B")].dropna()
相関 = B機["表示糖度"].corr(B機["糖度"])
今のズレ = round(float((B機["表示糖度"] - B機["糖度"]).mean()), 1)


def 話す(文):
    display(Markdown(文))


def つなぐ(語):
    """表の狭い欄でも、語の途中で行が変わらない。"""
    return "\u2060".join(語)


def 見え方(ズレ):
    """B機のズレがこの大きさのとき、（12度以上と表示される割合、そのうち届かない割合）。"""
    高い = (B機["表示糖度"] - 今のズレ + ズレ).round(1) >= 12
    return 高い.mean(), (B機.loc[高い, "糖度"] < 12).mean()


def 正味(割合):
    """この割合の箱を持ち寄る組が買うときの、5年の正味（補助なし）。"""
    return what_if(案, count=案.count * 割合).npv


見えている = {round(d * 0.1, 1): 見え方(d * 0.1) for d in range(round(今のズレ * 10) + 1)}
経費 = {名: round(一枚["初期費用"] * 割合) for 名, 割合 in 法人.items()}
組 = {
    "A法人だけ": 0.2,
    "B法人だけ": 0.3,
    "C法人だけ": 0.5,
    "A法人とB法人": 0.5,
    "A法人とC法人": 0.7,
    "B法人とC法人": 0.8,
    "三法人の連携": 1.0,
}

# %% [markdown]
# # 投資判断ラボ（農業編）—共同選果場のセンサー更新
#
# **合成データ**（実在の企業・農場の値ではありません） ／ 75分 ／ 三人で一組。使うのはつまみとボタン、短い記入だけです
#
# みかんの共同選果場です。**A法人（箱の2割）、B法人（3割）、C法人（5割）** の三法人が、同じ選果機を使っています。
#
# けさ、市場から電話がありました。「**12度と書いてある箱が、甘くない**」
#
# その日の午後、センサーの業者が来て、こう言いました。
#
# > 「いまの機械も、糖度との**相関は{{M20.right.r|.2f}}** です。問題ありません。でも古いので、そろそろ更新を。{{cases.A3_initial|万円}}です。**補助で、ほとんど戻ります**」
#
# **この時間の最後に、単独で買うか、連携で買うか、見送るか。そして契約で譲れない一条を決めます。** 三人で、三法人の代表になってください。

# %%
predict(
    "K-A-3/first",
    "いまの話だけで決めるなら、あなたの法人はどうしますか",
    options=["単独で買う", "三法人の連携で買う", "見送る"],
)

# %% [markdown]
# ## 画面1　機械のズレ
#
# 市場の電話から始めます。B機で測った果実を、あとから搾って、**本当の糖度**と突き合わせました。
#
# 相関は{{M20.right.r|.2f}}。とても高い数です。

# %%
predict(
    "K-A-3/false",
    "B機が「12度以上」と表示した果実のうち、搾ると12度に届かないのは、何%だと思いますか",
    unit="%",
)


# %%
def ズレを見る():
    show_prediction(
        "K-A-3/false", percent(見えている[今のズレ][1], 0), f"B機は、平均{今のズレ:.1f}度、高く表示していました。"
    )
    本当 = (B機["糖度"] >= 12).mean()

    def 描く(ズレ):
        見え, 偽 = 見えている[ズレ]
        fig, ax = chart(
            f"ズレ{ズレ:.1f}度：「12度以上」が{percent(見え, 0)}。その{percent(偽, 0)}が偽（相関は{相関:.2f}のまま）",
            x="果実のうちの割合（%）",
            size=(9, 3.8),
        )
        ax.barh("搾った果汁", 本当 * 100, color=COLORS["良"])
        ax.barh("B機の表示", 見え * (1 - 偽) * 100, color=COLORS["良"])
        ax.barh(
            "B機の表示",
            見え * 偽 * 100,
            left=見え * (1 - 偽) * 100,
            color=COLORS["不良"],
            hatch="//",
            edgecolor="white",
        )
        label(ax, 本当 * 100, 0, f"本当に12度以上 {percent(本当, 0)}", "良", fontsize=17)
        label(ax, 見え * 100, 1, f"うち偽 {percent(見え * 偽, 0)}", "不良", fontsize=17)
        ax.set(xlim=(0, 78))
        ax.invert_yaxis()
        ax.grid(False)
        ax.tick_params(axis="y", labelsize=17)
        show(
            fig,
            alt=f"B機の表示で12度以上は{percent(見え, 0)}、そのうち偽が{percent(偽, 0)}。本当は{percent(本当, 0)}。",
        )

    explore(描く, ズレ=slider("B機のズレ（度）", 0.0, 今のズレ, 0.1, 今のズレ, format=".1f"))


after_prediction("K-A-3/false", ズレを見る)

# %% [markdown]
# 甘く表示すれば、高い箱が増えます。**売上は増えて見えます。** では、お金ではどうでしょうか。
#
# - 「12度以上」の箱は、一箱 **300円** 高く売れる
# - 届かない箱は、返金と値引きで、一箱 **{{sharing.claim|円}}** を失う

# %%
predict(
    "K-A-3/yen",
    "B機に1万箱を通すと、ズレのせいで、得と損のどちらが大きくなると思いますか",
    options=["上乗せの売上が大きい", "ほぼ同じ", "信用の損が大きい"],
)


# %%
def ズレの値段():
    def お金(ズレ):
        見え, 偽 = 見えている[ズレ]
        return 見え * 箱 * 上乗せ, 見え * 偽 * 箱 * 信用の損

    売上, 損 = お金(今のズレ)
    まし = お金(0.0)
    答え = "信用の損が大きい" if 損 > 1.1 * 売上 else "上乗せの売上が大きい" if 売上 > 1.1 * 損 else "ほぼ同じ"
    show_prediction("K-A-3/yen", 答え, f"届かない箱は、一箱{yen(信用の損)}を連れて帰ってきます。")

    def 描く(ズレ):
        売上, 損 = お金(ズレ)
        差 = 売上 - 損
        fig, ax = chart(
            f"ズレ{ズレ:.1f}度：差し引き{man_yen(abs(差))}の{'得' if 差 >= 0 else '損'}（1万箱あたり）",
            x="お金（万円）",
            size=(9, 4),
        )
        色 = [COLORS["良"], COLORS["不良"], COLORS["良"] if 差 >= 0 else COLORS["不良"]]
        棒 = ax.barh(["上乗せの売上", "信用の損", "差し引き"], [売上 / 1e4, -損 / 1e4, 差 / 1e4], color=色)
        label_bars(ax, 棒, [man_yen(売上), man_yen(-損), man_yen(差)], fontsize=19)
        ax.axvline(0, color=COLORS["黒"], linewidth=1.5)
        ax.set(xlim=(-390, 290))
        ax.invert_yaxis()
        ax.grid(False)
        ax.tick_params(axis="y", labelsize=17)
        show(fig, alt=f"上乗せ{man_yen(売上)}、信用の損{man_yen(損)}、差し引き{man_yen(差)}")

    explore(描く, ズレ=slider("B機のズレ（度）", 0.0, 今のズレ, 0.1, 今のズレ, format=".1f"))
    話す(
        f"ズレがあると差し引き **{man_yen(売上 - 損)}**、ズレがなければ **{man_yen(まし[0] - まし[1])}**。**売上が増えて見える機械が、お金を減らしていました。**"
    )


after_prediction("K-A-3/yen", ズレの値段)

# %% [markdown]
# ### 言葉にする
#
# - **相関**：並びが合っているか。甘い順に並べられれば、相関は高い
# - **偏り（ズレ）**：全部が同じだけ高い、または低い。**相関では見えない**
#
# いつも五分進んだ時計と同じです。動きは正しくても、列車には間に合いません。
#
# > 会社で使うひと言：「**相関ではなく、差の平均を見せてください**」

# %%
check(
    "K-A-3/check1",
    "別の業者が「うちのセンサーは相関が0.97です」と言いました。まず聞くことは",
    options=["相関をもっと上げられるか", "搾った糖度との差の平均はいくつか", "ほかの産地の導入数"],
    right="搾った糖度との差の平均はいくつか",
    say={
        "搾った糖度との差の平均はいくつか": "差の平均が、箱の等級とお金を動かしました。",
        "相関をもっと上げられるか": "つまみでズレを動かしたとき、相関の数字は動きましたか。",
        "ほかの産地の導入数": "数が多くても、御社の機械がずれていないとは言えません。何と突き合わせますか。",
    },
)

# %% [markdown]
# ### ズレは、いつから
#
# この選果場は、毎朝、糖度の分かった**基準の果実**を通していました。記録はしていましたが、**だれも見ていませんでした。**

# %%
predict("K-A-3/day", "B機がずれ始めたのは、今季の選果を始めて何日目だと思いますか（記録は一か月分です）", unit="日目")


# %%
def ズレの日():
    朝 = みかん[みかん["種別"] == "標準果実"]
    差 = (朝["表示糖度"] - 朝["糖度"]).groupby([朝["測定日"], 朝["選果機"]]).mean().unstack()
    初め = 差["B"].iloc[:7]
    上, 下 = 初め.mean() + 3 * 初め.std(), 初め.mean() - 3 * 初め.std()
    外れ = np.flatnonzero(((差["B"] > 上) | (差["B"] < 下)).to_numpy()[7:])
    日 = 8 + int(外れ[0]) if len(外れ) else 0
    show_prediction("K-A-3/day", f"{日}日目", "毎朝の五個を線にしていれば、その朝に気づけました。")
    fig, ax = chart(
        f"{日}日目の朝、B機は線の外へ出た。A機は出ていない",
        x="選果を始めてからの日",
        y="表示と本当の差（度）",
        size=(9, 4.4),
    )
    日数 = np.arange(1, len(差) + 1)
    ax.axhspan(下, 上, color=COLORS["灰"], alpha=0.25)
    ax.plot(日数, 差["A"], color=COLORS["灰"], linestyle="--", marker="s", markersize=5)
    ax.plot(日数, 差["B"], color=COLORS["不良"], marker="o")
    ax.axvline(日, color=COLORS["黒"], linestyle=":")
    label(ax, 日数[-1], 差["A"].iloc[-1], "A機", "灰", fontsize=17)
    label(ax, 日数[-1], 差["B"].iloc[-1], "B機", "不良", fontsize=17)
    show(fig, alt=f"B機の差は{日}日目に初めの一週間の幅を外れ、そのまま高い。A機は幅の中。")
    話す(
        f"**ズレは、毎朝の補正で直ります。** 費用は初めに{man_yen(一枚['代案の初期費用'])}、一年に{man_yen(一枚['代案の運用費'])}です。"
    )


after_prediction("K-A-3/day", ズレの日)

# %% [markdown]
# ## 画面2　新しいセンサーの五年
#
# 毎朝の補正で、ズレは直ります。けれど、**ばらつき**は残ります。古いセンサーの読みが一個ごとに暴れるのは、補正では止められません。
#
# 業者の提案は、そこを直すものです。案件カードを見てください。
#
# ここからは、**5年の正味**で比べます。5年に出入りするお金を、今日の値打ちに直して（割引率3%）全部足したものです。ゼロより大きければ得です。

# %%
話す(f"""
| いまの選果場 | |
|:---|---:|
| 一年に通る箱 | {一枚["年間数"]:,}箱 |
| 甘さが足りないのに、高い等級で出る箱 | {一枚["発生率"]:.1f}% |
| 一箱の損失 | {yen(一枚["見逃し単価"])} |
| **いま一年に失っているお金（三法人で）** | **{man_yen(案.profit_and_loss().loss_now)}** |

| 業者の提案「{一枚["提案"]}」 | |
|:---|---:|
| 足りない箱を見つける割合（再現率） | {一枚["再現率"]}% |
| 良い箱を止めてしまう割合（過検出率） | {一枚["過検出率"]:.1f}% |
| 初期費用 | {man_yen(一枚["初期費用"])} |
| 運用費（校正・保守・式の見直し） | 一年に {man_yen(一枚["運用費"])} |
| 業者の言う「元が取れる」 | **{three_ways(案)["効果だけ"].payback:.1f}年** |
""")

# %%
predict(
    "K-A-3/payback", "三法人の箱を全部通すとき、運用費と、慣れるまでの時間も入れると、何年で戻ると思いますか", unit="年"
)


# %%
def 五年():
    道 = three_ways(案)
    本当 = 道["立上りも入れる"]
    show_prediction("K-A-3/payback", 本当.payback_words, f"5年の正味の得は{man_yen(本当.npv)}です。")
    show_cash(道, f"業者の{道['効果だけ'].payback:.1f}年は、全部入れると{本当.payback_words}")
    話す(
        f"業者の見つける割合{percent(裏.recall, 0)}は、測り直した箱の記録**{裏.events:,}件**で「{percent(裏.vouched, 0)}以上」まで裏づけが取れます。損得の境は{percent(裏.break_even, 0)}。**この約束は、確かめられています。**"
    )


after_prediction("K-A-3/payback", 五年)

# %% [markdown]
# では、どの見込みが外れると危ないでしょうか。

# %%
動くもの = {
    "甘さの足りない箱の割合": "share",
    "再現率（見つける割合）": "recall",
    "運用費": "running_yen",
    "初期費用": "initial_yen",
}
predict("K-A-3/mover", "見込みが外れたとき、5年の正味を一番大きく動かすのはどれだと思いますか", options=list(動くもの))


# %%
def 動かすもの():
    一番 = next(棒 for 棒 in tornado(案) if 棒.name in 動くもの.values())
    名 = {番: 名 for 名, 番 in 動くもの.items()}[一番.name]
    show_prediction("K-A-3/mover", 名, 一番.why)
    show_tornado(案, {"share": "足りない箱の割合", "miss_yen": "一箱の損失"})


after_prediction("K-A-3/mover", 動かすもの)

# %% [markdown]
# ## 画面3　単独か、連携か
#
# ここまでは、三法人の箱が**全部**通るときの話でした。C法人の代表が言います。
#
# > 「うちは箱の5割を持っている。**話し合いは面倒だ。一人で買おう**」

# %%
predict(
    "K-A-3/alone",
    "C法人が一人で買うと、5年の正味はどうなると思いますか（補助はないものとします）",
    options=["得", "ほぼとんとん", "損"],
)


# %%
def 組み合わせ():
    値 = {名: 正味(割合) for 名, 割合 in 組.items()}
    一人 = 値["C法人だけ"]
    答え = "損" if 一人 < -1_000_000 else "得" if 一人 > 1_000_000 else "ほぼとんとん"
    show_prediction(
        "K-A-3/alone", 答え, f"5年の正味は{man_yen(一人)}。箱は半分でも、初期費用と運用費は半分になりません。"
    )
    show_gains(値, f"C法人だけなら{man_yen(一人)}、三法人なら{man_yen(値['三法人の連携'])}", "補助なし")
    抜ける = min(("A法人", "B法人", "C法人"), key=lambda 名: 法人[名])
    話す(
        f"一番小さい{抜ける}が抜けただけで、正味は{man_yen(値['三法人の連携'])}から **{man_yen(値['B法人とC法人'])}** に減ります。**「だれかが抜けたら」を、先に書いておく理由です。**"
    )


after_prediction("K-A-3/alone", 組み合わせ)

# %%
check(
    "K-A-3/check2",
    "連携で買った二年目に、C法人が抜けたいと言い出しました。契約に、先に書いておくべきだったのは",
    options=["抜けるときの費用の負担と、箱の約束", "センサーの学習の方法", "補助がもっと出るように頼むこと"],
    right="抜けるときの費用の負担と、箱の約束",
    say={
        "抜けるときの費用の負担と、箱の約束": "連携の得は、箱が集まることから生まれていました。",
        "センサーの学習の方法": "方法が分かっても、通る箱の数は増えません。得は何から生まれていましたか。",
        "補助がもっと出るように頼むこと": "いまの棒には、補助は一円も入っていません。棒の長さを決めたのは何でしたか。",
    },
)

# %% [markdown]
# ## 画面4　補助は、だれがいくら
#
# 業者は「補助で、ほとんど戻ります」と言いました。三法人が組むと、**企業間データ活用型**に申し込めます。
#
# - 補助率は三分の二。上限は **一者あたり1,000万円**
# - そのほかに **200万円×参加数** の枠。上限を超えた分に、だれにでも配れる
# - 「複数の」者で、**10者まで**
#
# **平成30年6月時点の資料に基づく教材です。制度は終了しています。** 計画の条件は、全部満たしたことにして計算します。

# %%
predict("K-A-3/support", "三法人で、受け取れる補助は、合わせていくらだと思いますか", unit="万円")


# %%
def 枠の配分():
    賢い = simulate_consortium(list(経費.values()), 計画)
    show_prediction(
        "K-A-3/support",
        f"多くて{man_yen(賢い.subsidy_yen)}",
        f"上限の合計は{man_yen(賢い.limit_yen)}。上限は、もらえる額ではありません。枠の配り方でも変わります。",
    )

    def 描く(A, B, C):
        結果 = simulate_consortium(list(経費.values()), 計画, weights=[A, B, C])
        もらう = [m.subsidy_yen / 1e4 for m in 結果.members]
        払う = [m.own_yen / 1e4 for m in 結果.members]
        余り = 賢い.subsidy_yen - 結果.subsidy_yen
        fig, ax = chart(
            f"受け取る補助は合わせて{man_yen(結果.subsidy_yen)}"
            + (f"。配り方で{man_yen(余り)}を逃した" if 余り > 10_000 else "。これが一番多い"),
            x="経費（万円）",
            size=(9, 4.2),
        )
        ax.barh(list(経費), もらう, color=COLORS["良"])
        ax.barh(list(経費), 払う, left=もらう, color="#FFFFFF", edgecolor=COLORS["黒"], hatch="..")
        for i in range(len(もらう)):
            ax.text(もらう[i] / 2, i, f"補助 {もらう[i]:,.0f}", color="white", ha="center", va="center", fontsize=17)
            label(ax, もらう[i] + 払う[i], i, f"自分で払う {払う[i]:,.0f}", "黒", fontsize=16)
        ax.set(xlim=(0, sum(経費.values()) / 1e4 * 0.72))
        ax.invert_yaxis()
        ax.grid(False)
        ax.tick_params(axis="y", labelsize=17)
        show(
            fig, alt="、".join(f"{名}の補助{man_yen(m.subsidy_yen)}" for 名, m in zip(経費, 結果.members, strict=True))
        )

    explore(
        描く,
        A=slider("A法人に回す枠の割合", 0, 6, 1, 2),
        B=slider("B法人に回す枠の割合", 0, 6, 1, 2),
        C=slider("C法人に回す枠の割合", 0, 6, 1, 2),
    )
    話す(f"まず三等分。そこから動かして、**三人の補助が一番多くなる配り方**を探してください。\n\n{BANNER}")


after_prediction("K-A-3/support", 枠の配分)

# %%
predict(
    "K-A-3/pool",
    "B法人が「うちにも枠を」と言います。B法人に枠を200万円回すと、B法人の補助はいくら増えると思いますか",
    unit="万円",
)


# %%
def 枠の行き先():
    賢い, 等分, なし = (
        simulate_consortium(list(経費.values()), 計画, weights=w) for w in ([0, 0, 1], [1, 1, 1], [0, 0, 0])
    )
    増える = 等分.members[1].subsidy_yen - なし.members[1].subsidy_yen
    show_prediction("K-A-3/pool", man_yen(増える), "率を掛けた額が、もともと上限に届いていません。")
    話す(
        f"枠が働くのは、**上限を超えた人だけ**です。「公平に三等分」は、三法人から **{man_yen(賢い.subsidy_yen - 等分.subsidy_yen)}** を逃がします。\n\n枠は全部C法人に回し、**増えた分をどう分けるかは、三法人の約束で決めます。** さあ、どう分けますか。"
    )


after_prediction("K-A-3/pool", 枠の行き先)

# %%
check(
    "K-A-3/check3",
    "別の二法人の連携です。経費はどちらも900万円。上限は合わせて2,400万円です。受け取る補助は",
    options=["2,400万円", "1,200万円", "1,800万円"],
    right="1,200万円",
    say={
        "1,200万円": "率を掛けた額が、上限よりずっと小さい。小さい方です。",
        "2,400万円": "それは上限です。経費に率を掛けると、そこまで届きますか。",
        "1,800万円": "それは経費の合計です。率を掛けましたか。",
    },
)

# %% [markdown]
# 仲間は、多いほど良いのでしょうか。

# %%
predict("K-A-3/members", "この補助に、何者まで組んで申し込めると思いますか（下にも決まりがあります）", unit="者")


# %%
def 何者で組むか():
    show_prediction("K-A-3/members", "2者から10者まで")

    def 描く(参加数):
        結果 = simulate_consortium([15_000_000] * 参加数, 計画)
        if 結果.verdict != "可":
            話す(f"## × {参加数}者では、申し込めません\n\n「複数の」者で、10者までと決まっています。")
            return
        話す(
            f"## ○ {参加数}者：上限は合わせて {man_yen(結果.limit_yen)}\n\n一者あたり1,000万円と、枠が{man_yen(結果.pool_yen)}。それでも、受け取るのは**率を掛けた額**までです。"
        )

    explore(描く, 参加数=slider("参加する者の数", 1, 11, 1, 3, unit="者"))


after_prediction("K-A-3/members", 何者で組むか)

# %% [markdown]
# そして、大事なこと。補助は**要確認**です。決まるまでは、表に足しません。


# %%
after_prediction("K-A-3/support", lambda: show_funding(funding_of(一枚)))

# %% [markdown]
# ## 画面5　データは、だれのものか
#
# 新しいセンサーは、三法人の果実を毎日測ります。その記録は、業者の機械の中にたまります。契約の案が届きました。
#
# - **第一条**　業者は、預かったデータを無償で、期限なく、何にでも使える
# - **第二条**　業者は、データを第三者に渡すとき、先に三法人の書面の同意を取る
# - **第三条**　契約が終わったら、データは業者が自由に扱う
# - **第四条**　データの使い道と返し方の細かいことは、担当者どうしの口約束で決める
# - **第五条**　業者は、法律に従って個人の情報を守る

# %%
predict("K-A-3/clauses", "五つの条文のうち、ハンコの前に直してもらうのは、いくつだと思いますか", unit="つ")


# %%
def 契約():
    show_prediction("K-A-3/clauses", "三つ（第一条、第三条、第四条）")
    取り逃す = (1 - 案.first_year) * 案.profit_and_loss().effect
    話す(f"""
| | 条文 | | 三法人が聞くこと | こう直す |
|:---:|:---|:---:|:---|:---|
| {つなぐ("第一条")} | 無償で、何にでも使える | **{つなぐ("直す")}** | 隣の産地に売られたら、止められるか | 使う目的を、この選果場の式の改善に限る |
| {つなぐ("第二条")} | 第三者の前に書面の同意 | {つなぐ("残す")} | 同意しないと、不利になるか | — |
| {つなぐ("第三条")} | 終わったら業者が自由に | **{つなぐ("直す")}** | 業者を替えた日、手元に何が残るか | 求めたら、使える形で返す。終わったら消す |
| {つなぐ("第四条")} | 細かいことは口約束 | **{つなぐ("直す")}** | 担当者が替わったら、だれが守るか | 書面にする |
| {つなぐ("第五条")} | 法律に従う | {つなぐ("残す")} | 個人の情報ではない園地の記録は、だれが守るか | — |

**一条の値段**：データを返してもらえないと、業者を替えるとき、一年測り直します。測り直す費用{man_yen(一枚["試行費用"])}と、慣れるまで取り逃す効果{man_yen(取り逃す)}で、**合わせて{man_yen(一枚["試行費用"] + 取り逃す)}** です。
""")


after_prediction("K-A-3/clauses", 契約)

# %% [markdown]
# ### 言葉にする
#
# データの契約で聞く三つです。
#
# - **何のために**使うのか（利用目的）
# - **頼んだら、返る**のか（返還）
# - **終わったら、どうなる**のか（消す、残す、だれの物）
#
# > 会社で使うひと言：「**やめる日の話を、始める日に書いておきましょう**」
#
# 国の「農業分野におけるAI・データに関する契約ガイドライン」も、同じことを大事にしています。条文は教材のために書いたものです。本物の契約は、窓口や専門家に見てもらってください。

# %%
check(
    "K-A-3/check4",
    "業者が「データはうちの機械に入っているので、うちの物です」と言いました。返す言葉は",
    options=[
        "機械の持ち主の物なら、仕方ない",
        "置き場所と、使ってよい人は別。使い道と返し方を書面にする",
        "データは要らないので、どうぞ",
    ],
    right="置き場所と、使ってよい人は別。使い道と返し方を書面にする",
    say={
        "置き場所と、使ってよい人は別。使い道と返し方を書面にする": "倉庫に預けた米が、倉庫の物にならないのと同じです。",
        "機械の持ち主の物なら、仕方ない": "倉庫に預けた米は、だれの物ですか。",
        "データは要らないので、どうぞ": "業者を替える日が来たら、いくらかかると出ていましたか。",
    },
)

# %% [markdown]
# ## 三法人の会議　2分の宣言
#
# 三人で、代表として話し合ってください。**ここに書いたことが、そのまま判断カードになります。** 短い文で構いません。

# %%
形 = {
    "三法人の連携で買う": "やる",
    "C法人が単独で買う": "やる",
    "一年、小さく試してから": "小さく試す",
    "見送り、毎朝の補正から": "見送る",
}
decide("K-A-3/decision", "どうしますか", options=list(形), note_label="理由を一行で（数字を一つ入れて。80字まで）")

# %%
条文 = {
    "使う目的を限る": "使う目的を、この選果場の式の改善に限る",
    "求めたら返す": "求めたら、データを使える形で返す",
    "終わったら消す": "契約が終わったら、データを消す",
    "同意なく渡さない": "第三者に、書面の同意なく渡さない",
    "抜ける時の負担": "だれかが抜けるときの費用の負担を決める",
}
decide(
    "K-A-3/clause",
    "契約で、これだけは譲れない一条はどれですか",
    options=list(条文.values()),
    note_label="相手に言う一文",
)

# %%
predict(
    "K-A-3/ceiling",
    "三法人で、いくらまでなら使ってよいですか（使わないときはゼロと書きます）",
    unit="万円",
    button="上限額を記録",
)

# %%
decide(
    "K-A-3/stop",
    "どうなったら、やめますか（撤退条件）",
    options=[
        "一社でも抜けたら",
        "偽の箱が決めた割合を超えたら",
        "効果が決めた額に届かなかったら",
        "データの一条が通らなかったら",
    ],
    note_label="いつまでに、いくつで判断しますか（50字まで）",
)

# %%
decide(
    "K-A-3/next",
    "次に必要な事実は、一つだけ挙げるとどれですか",
    options=["うちの機械の差の平均", "三法人が約束できる箱の数", "補助の窓口の返事", "業者の契約案の全文"],
    note_label="だれに、いつまでに調べてもらいますか（50字まで）",
)

# %%
decide(
    "K-A-3/partner",
    "だれに相談したいですか（ニーズカード）",
    options=[
        "JA・普及指導員（基準の果実）",
        "公設試・大学（糖度の検証）",
        "契約に詳しい専門家",
        "同じ機械を使う選果場",
    ],
    note_label="相手に伝えたい一言（40字まで）",
)

# %% [markdown]
# ## 判断カード
#
# 印刷しても、ファイルのままでも持って帰れます。下の点線の中が**ニーズカード**です。渡すかどうかは、三法人が決めます。


# %%
def 判断カード():
    決定, 一条, 撤退, 次, 相手 = (
        decided(f"K-A-3/{名}") or {"choice": "まだ書かれていません", "note": "—"}
        for 名 in ("decision", "clause", "stop", "next", "partner")
    )
    上限 = predicted("K-A-3/ceiling")
    if decided("K-A-3/partner") and "まだ書かれていません" in (
        決定["choice"],
        一条["choice"],
        撤退["choice"],
        次["choice"],
    ):
        話す("**上に、まだ記録していない欄があります。** 全部を記録すると、ここに判断カードが出ます。")
        return
    短い = {文: 名 for 名, 文 in 条文.items()}
    手前 = [
        ("「12度以上」のうち偽", percent(見えている[今のズレ][1], 0), "画面1 機械のズレ"),
        ("いまの損失（一年）", man_yen(案.profit_and_loss().loss_now), "画面2 五年"),
        ("初期費用", man_yen(案.initial_yen), "画面2 五年"),
        ("戻るまで（全部込み）", 案.appraise().payback_words, "画面2 五年"),
        ("連携の正味（5年）", man_yen(正味(1.0)), "画面3 単独か連携か"),
        ("C法人単独の正味", man_yen(正味(0.5)), "画面3 単独か連携か"),
        ("一社抜けた正味", man_yen(正味(0.8)), "画面3 単独か連携か"),
        ("契約で譲れない一条", 短い.get(一条["choice"], "（まだ）"), "画面5 契約"),
    ]
    制度 = {f.program: f for f in funding_of(一枚)}
    連携 = 制度["mono_consortium"]
    show_card(
        DecisionCard(
            case=一枚["案件"],
            decision=形.get(決定["choice"], "小さく試す"),
            ceiling_yen=round(上限) if 上限 else None,
            numbers=tuple(Figure(名, 値, "", 画面) for 名, 値, 画面 in 手前),
            stop=f"{撤退['choice']}（{撤退['note']}）",
            next_fact=f"{次['choice']}（{次['note']}）",
            money=(
                Money("企業間データ活用型", 連携.verdict, 連携.why, 連携.amount_yen),
                Money("コネクテッド税制", 制度["ci_tax"].verdict, 制度["ci_tax"].why, None),
            ),
            need=Need(
                一枚["課題"],
                f"{一枚['記録の状態']}（足りない箱 {裏.events:,}件）",
                f"三法人で、一年に{man_yen(案.profit_and_loss().loss_now)}",
                f"{相手['choice']}（{相手['note']}）",
            ),
            reason=f"{決定['choice']}。{決定['note']}",
        )
    )


after_prediction(
    "K-A-3/partner",
    判断カード,
    follows=[f"K-A-3/{名}" for 名 in ("decision", "clause", "ceiling", "stop", "next")],
)

# %% [markdown]
# 組で立って、**2分**で話します。「形、上限、譲れない一条、撤退条件、次の一つ」の順です。よその組が**質問を一つ**。そのあと全員で投票します。


# %%
def はじめと比べる():
    決定 = decided("K-A-3/decision") or {"choice": "（まだ）"}
    話す(f"""
**電話を受けた朝**：{predicted("K-A-3/first") or "（まだ）"}　→　**いま**：{決定["choice"]}。何の数字が、あなたを変えましたか。

**数字の言い分**：補助がなくても、三法人の連携だけが大きな得です（{man_yen(正味(1.0))}）。その前に、毎朝の補正（{man_yen(alternative_of(一枚).npv)}）は今週から始められます。

数字の言い分と違う決定でも、構いません。**理由と撤退条件が書いてあれば、それは経営の判断です。**

**この結論を変える数字**：集まる箱の数。二割が抜けると、正味は{man_yen(正味(0.8))}になります。
""")


after_prediction("K-A-3/partner", はじめと比べる, follows=["K-A-3/decision"])

# %% [markdown] tags=["long"]
# ## 自社の案件なら
#
# 案件を書いてきた方は、同じ計算を自社の数字で見られます。書いてこなかった方は、ひな形を持ち帰って、会社で書いてみてください。

# %% tags=["long"]
bring_case("K-A-3/case", show_case)

# %% [markdown]
# ## 会社に持ち帰ること
#
# 来週、選果場で一つだけ。**基準の果実を五個、毎朝通して、差を紙に線で書きます。** 費用は、みかん五個です。
#
# > 会社で使うひと言：「**それは率ですか、上限ですか、もらえる額ですか**」
#
# **この教材の限り**：箱と果実を同じ割合で見ています。信用の損は、返金と値引きだけで、取引が止まる損は入っていません。持ち寄る箱の割合は教材の仮定です。補助は、平成30年6月時点の資料に基づく教材で、**制度は終了しています**。資料に書かれていないこと（税制と補助を一緒に使えるか、など）は、足し合わせずに「要確認」にしました。

# %% [markdown]
# ---
# 合成データ・講座の教材です。案件は教材用に作ったものです。御社の数字に置き換えて考えてください。

# %% tags=["claim"]
from jissho_kit.truths import demonstrate, result

全部 = {"cases": 表, "citrus": みかん}

# 相関は高いのに、12度以上の三割より多くが偽。売上の上乗せより、信用の損が大きい
m20 = demonstrate("M20", data=全部)
assert m20.right["r"] > 0.9 and m20.right["false"] > 0.3
assert m20.wrong["premium"] > 1.3 * m20.right["premium"]
assert np.isclose(見えている[今のズレ][1], m20.right["false"])
assert 見えている[今のズレ][1] * 信用の損 > 上乗せ

# %% tags=["claim"]
# ズレを直せば、偽は半分より少ない。見つけた日は、講師の側と同じ
assert 見えている[0.0][1] < 0.5 * 見えている[今のズレ][1]
assert 8 < result("citrus.first_day_off", 全部) < 25

# %% tags=["claim"]
# 三法人だけが大きな得。一番大きい法人でも、一人では損。一社抜けると得の大半が消える
assert 正味(1.0) > 5_000_000 and 正味(0.5) < -5_000_000
assert 正味(0.8) < 0.5 * 正味(1.0)
for 名, 割合 in {"all": 1.0, "c": 0.5, "bc": 0.8}.items():
    assert np.isclose(正味(割合), result(f"sharing.{名}", 全部))
assert 裏.enough and result("cases.A3_decision", 全部) == "AIをやる"

# %% tags=["claim"]
# 三等分は、枠を逃がす。上限は、もらえる額より大きい
賢い, 等分 = (simulate_consortium(list(経費.values()), 計画, weights=w) for w in ([0, 0, 1], [1, 1, 1]))
assert 賢い.subsidy_yen > 等分.subsidy_yen + 1_000_000 and 賢い.limit_yen > 賢い.subsidy_yen

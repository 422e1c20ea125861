# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   jissho:
#     part: K-F-3
#     given: ["75分", "2分", "6,000万円", "2,000万円", "1,000万円", "30%", "3%", "5%", "15%", "20%", "300万円", "200万円", "150万円", "5年", "3倍", "10倍", "23.2%", "95%", "3人", "2018年10月1日", "2%", "0円", "画面1", "画面2", "画面3", "画面4", "画面5", "画面6", "600万円", "1,200万円", "100字", "50字", "75%", "1年", "2018年6月5日", "2018年10月", "平成30年6月", "2年", "2020年10月"]
# ---

# %% tags=["parameters"]
# 教材の設定（このまま動かします）
seed = 20180605
n = 8

# %%
import re
from dataclasses import replace
from math import isinf

import numpy as np
from IPython.display import Markdown, display

from jissho.card import DecisionCard, Figure, Money, Need
from jissho.datasets import load_cases
from jissho.errors import DataError
from jissho.invest import (
    OWN,
    alternative_of,
    evidence_of,
    funding_of,
    monte_carlo,
    proposal_of,
    tornado,
    what_if,
)
from jissho.rules import compare_tax, judge
from jissho.teach import (
    COLORS,
    FOOTER,
    after_prediction,
    chart,
    check,
    decide,
    decided,
    explore,
    label,
    label_bars,
    man_yen,
    older,
    percent,
    predict,
    predicted,
    select,
    show,
    show_card,
    show_prediction,
    slider,
    yen,
)
from jissho.teach.charts import use_footer
from jissho.teach.lab import (
    MARKS,
    comes_back,
    show_cash,
    show_funding,
    show_gains,
    show_tornado,
    source_of,
    three_ways,
    unbroken,
    years_chart,
)
from jissho.teach.own import bring_case, own_cases

表 = load_cases()
カード = {一枚["案件"]: 一枚 for 一枚 in 表[表["分野"] == "工場"].head(4).to_dict("records")}
選択 = "K-F-3/case"
言い出し = {"効果だけ": "効果だけなら", "運用費も引く": "運用費も引くと", "立上りも入れる": "立上りも入れると"}


def 話す(文):
    display(Markdown(文))


def 選べる():
    """四枚と、渡されていれば自社の案件。"""
    return カード | own_cases()


def 選んだ():
    """選んだ案件のカード（まだなら一枚目）。図の出どころも、その案件に合わせる。"""
    一枚 = 選べる().get(predicted(選択)) or next(iter(カード.values()))
    use_footer(source_of(一枚))
    return 一枚


def 三通り(一枚):
    """効果だけ、運用費も、立上りも。"""
    return three_ways(proposal_of(一枚))


def 試す収支(一枚):
    """一年小さく試してから始めるとき、5年の正味（始まりが一年遅れ、試す費用がかかる）。"""
    案 = proposal_of(一枚)
    return 案.appraise().npv / (1 + 案.discount) - 一枚["試行費用"]


# %% [markdown]
# # 投資判断ラボ（工場編）
#
# **合成データ**（実在の企業・農場の値ではありません） ／ 75分 ／ 3人で一組。使うのはつまみとボタン、短い記入だけです
#
# 今日の役員会に、設備の提案が四枚出ています。業者は四枚とも、こう言いました。
#
# > 「**すぐに元が取れます。** 税制も補助も使えます」
#
# 前の二つの時間で、検査機の言い分をお金に直せるようになりました。次は、**ハンコを押すか**です。
#
# **この時間の最後に、一枚を選んで「やる・小さく試す・見送る」を決め、2分で話し、判断カードを持って帰ります。**

# %%
話す(
    "| 案件 | 困っていること | 提案 | 初期費用 | 業者の言う「元が取れる」 |\n|:---|:---|:---|---:|---:|\n"
    + "\n".join(
        f"| **{名}** | {一枚['課題']} | {一枚['提案']} | {unbroken(man_yen(一枚['初期費用']))} | **{三通り(一枚)['効果だけ'].payback:.1f}年** |"
        for 名, 一枚 in カード.items()
    )
)

# %% [markdown]
# ## 案件を選ぶ
#
# 相談の前に、予想を一つ。四枚とも、本当に買うのが一番良いのでしょうか。

# %%
predict("K-F-3/how_many", "四枚のうち、いま提案どおり買うのが一番良い案件は、何枚だと思いますか", unit="枚")

# %% [markdown]
# 組で一枚だけ選びます。自社に近いものでも、気になるものでも構いません。**あとで変えると、下の画面も変わります。**

# %%
predict(選択, "どの案件の役員になりますか", options=list(選べる()), button="この案件にする")

# %%
bring_case(選択)

# %% [markdown]
# ## 画面1　案件カード


# %%
def 案件を見る():
    一枚 = 選んだ()
    話す(f"""
### {一枚["案件"]}

{一枚["課題"]}

| いまの工場 | |
|:---|---:|
| 一年に判定する数 | {一枚["年間数"]:,}{一枚["対象"]} |
| そのうち、防げずに損になる割合 | {一枚["発生率"]:.2f}% |
| 防げなかった一件の損失（見逃し単価） | {yen(一枚["見逃し単価"])} |
| **いま一年に失っているお金** | **{man_yen(proposal_of(一枚).profit_and_loss().loss_now)}** |

| 業者の提案「{一枚["提案"]}」 | |
|:---|---:|
| 見つける割合（再現率） | {一枚["再現率"]}% |
| 良い物を知らせてしまう割合（過検出率） | {一枚["過検出率"]:.1f}% |
| 空振り一件の手間（過検出単価） | {yen(一枚["過検出単価"])} |
| 初期費用 | {man_yen(一枚["初期費用"])} |
| 運用費（保守・通信・見直しの人手） | 一年に {man_yen(一枚["運用費"])} |
""")


after_prediction(選択, 案件を見る)

# %% [markdown]
# ## 画面2　AIの損益
#
# いま失っているお金のうち、AIは一年にいくらを取り返すでしょうか。見つけ損ねる分と、空振りの手間が残ります。

# %%
predict("K-F-3/effect", "選んだ案件で、AIは一年に差し引きいくらの損失を減らすと思いますか", unit="万円")


# %%
def 損益():
    案 = proposal_of(選んだ())
    show_prediction("K-F-3/effect", f"業者の数字どおりなら {man_yen(案.profit_and_loss().effect)}")

    def 描く(再現率, 過検出率):
        損益 = replace(案, recall=再現率, false_share=過検出率).profit_and_loss()
        棒の値 = [損益.loss_now, 損益.loss_missed, 損益.false_cost, 損益.effect]
        題 = f"差し引き、一年に{man_yen(損益.effect)}" + ("を取り返す" if 損益.effect > 0 else "。かえって損をする")
        fig, ax = chart(題, x="一年のお金（万円）", size=(9, 4))
        色 = [COLORS["灰"], COLORS["不良"], COLORS["強調"], COLORS["良"]]
        棒 = ax.barh(
            ["いまの損失", "見つけ損ねる分", "空振りの手間", "取り返すお金"], [v / 1e4 for v in 棒の値], color=色
        )
        label_bars(ax, 棒, [man_yen(v) for v in 棒の値], fontsize=19)
        ax.invert_yaxis()
        ax.grid(False)
        ax.tick_params(axis="y", labelsize=17)
        show(fig, alt=f"いまの損失{man_yen(損益.loss_now)}、AIが取り返すのは{man_yen(損益.effect)}")

    広い = min(案.false_share * 4 or 0.1, 1.0)
    explore(
        描く,
        再現率=再現率つまみ("見つける割合（再現率）", 案),
        過検出率=slider("良い物を知らせてしまう割合（過検出率）", 0.0, 広い, 広い / 40, 案.false_share, format=".2%"),
    )


def 再現率つまみ(名, 案):
    return slider(名, min(0.3, 案.recall), max(0.99, 案.recall), 0.01, 案.recall, format=".0%")


after_prediction("K-F-3/effect", 損益, follows=[選択])

# %%
check(
    "K-F-3/check1",
    "業者が「感度を上げて、再現率を良くしました」と言います。損益の表で、まず聞き返すのは",
    options=["AIの方式は何か", "過検出率はいくつになったか", "学習に何日かかったか"],
    right="過検出率はいくつになったか",
    say={
        "過検出率はいくつになったか": "良い物は数が多いので、少しの空振りでも手間は大きく動きます。",
        "AIの方式は何か": "方式の名前は、損益の式のどこにも入りません。",
        "学習に何日かかったか": "業者の手間です。御社の損失は、見逃しと、もう一つで決まりました。",
    },
)

# %% [markdown]
# ## 画面3　資金
#
# 業者は「税制も補助も使えます」と言いました。規則の表に、案件カードの数字を一つずつ当ててみます。
#
# **平成30年6月時点の資料に基づく教材です。制度は終了しています。** いま使える制度は、窓口で確かめてください。

# %%
predict(
    "K-F-3/support", "選んだ案件で、いま確実に使えると言える税制・補助は、合わせていくらだと思いますか", unit="万円"
)


# %%
def 資金():
    一枚 = 選んだ()
    制度 = funding_of(一枚)
    確か = [f for f in 制度 if f.verdict == "可"]
    額 = " と ".join(man_yen(f.amount_yen) for f in 確か) or "0円"
    show_prediction(
        "K-F-3/support", 額, "「要確認」は、使えるとも使えないとも、まだ言えません。足し合わせもできません。"
    )
    show_funding(制度)


after_prediction("K-F-3/support", 資金, follows=[選択])

# %% [markdown]
# **なぜ不可なのか**が分かれば、次の一手が分かります。税制を例に、一つずつ動かしてください。**「不可」と「要確認」が入れ替わる所**を探します。
#
# 計画は認定済み、法人税額 2,000万円、給与の増加率 2%、ほかの条件は満たした会社とします。

# %%
答え = {"はい": True, "いいえ": False, "まだ聞いていない": None}
日 = {
    "資料の日（2018年6月5日）": "2018-06-05",
    "その秋（2018年10月）": "2018-10-01",
    "二年後（2020年10月）": "2020-10-01",
}


def 税制を判定する(投資, 専門家, 投資利益率, 判定の日):
    案件 = {
        "program": "ci_tax",
        "as_of": 判定の日,
        "investment_yen": 投資,
        "corporate_tax_yen": 20_000_000,
        "pay_growth": 0.02,
        "certified": True,
        "certified_on": None,
        "data_link": True,
        "security_expert": 専門家,
        "labour_productivity_growth": 0.02,
        "roi": 投資利益率,
        "choice": "credit",
    }
    判定 = judge({名: 値 for 名, 値 in 案件.items() if 値 is not None or 名 == "certified_on"})
    額 = "" if 判定["amount_yen"] is None else f"　税額控除 {man_yen(判定['amount_yen'])}"
    決め手 = {"不可": "満たしません。", "要確認": "確かめてから判定してください。", "可": "になります。"}[
        判定["verdict"]
    ]
    理由 = "\n".join(
        f"- {一つ['text']}（規則{一つ['rule']}・{一つ['basis']}）"
        for 一つ in 判定["reasons"]
        if 一つ["text"].endswith(決め手)
    )
    話す(f"## {MARKS[判定['verdict']]}{額}\n\n{人の言葉(理由)}")


def 人の言葉(文):
    """規則の項目の記号を、名前だけにする。"""
    return re.sub(r"「\w+」（(.+?)）", r"「\1」", 文)


after_prediction(
    "K-F-3/support",
    lambda: explore(
        税制を判定する,
        投資=slider("投資の合計額", 30_000_000, 80_000_000, 1_000_000, 49_000_000, format="万円"),
        専門家=select("セキュリティの専門家が担保している", 答え, True),
        投資利益率=slider("投資利益率（年平均）", 0.10, 0.25, 0.001, 0.15, format=".1%"),
        判定の日=select("判定の日", 日, "2018-10-01"),
    ),
)

# %% [markdown]
# ### 言葉にする
#
# - **可**：条件を、全部満たした
# - **不可**：満たさない条件が、一つでもある
# - **要確認**：満たさない条件はないが、**まだ分からないこと**がある
#
# > 会社で使うひと言：「**それは不可ですか、それともまだ聞いていないだけですか**」

# %%
check(
    "K-F-3/check2",
    "セキュリティの専門家を、まだ探していません。ほかの条件は全部満たしています。判定は",
    options=["可", "不可", "要確認"],
    right="要確認",
    say={
        "要確認": "探せば可になり、見つからなければ不可になります。次に聞くことが一つ決まりました。",
        "可": "担保する人がいると、だれが言いましたか。",
        "不可": "いないと分かったときが不可です。まだ探していないだけではありませんか。",
    },
)

# %% [markdown]
# もう一つ、**率と上限**です。税額控除は、投資に率を掛けた額と、法人税額に割合を掛けた**上限**の、小さい方です。
#
# | | 率（投資に掛ける） | 上限（法人税額に掛ける） |
# |:---|---:|---:|
# | ふつう | 3% | 15% |
# | 給与などが前の年度より3%以上増えた | 5% | 20% |

# %%
check(
    "K-F-3/check3",
    "投資 6,000万円、法人税額 1,000万円、給与は3%増えました。税額控除はいくらですか",
    options=["300万円", "200万円", "150万円"],
    right="200万円",
    say={
        "200万円": "率では300万円でも、上限は法人税額の20%。小さい方です。",
        "300万円": "率だけを掛けています。法人税額の20%は、いくらですか。",
        "150万円": "それは、給与が増えていないときの上限です。3%増えると、率だけでなく上限も変わります。",
    },
)

# %% [markdown] tags=["long"]
# ## 30%と3%、どちらが得か
#
# 税制では、どちらか一つを選びます。
#
# - **特別償却**：投資の **30%** を、今年よけいに費用にできる
# - **税額控除**：投資の **3%** を、納める税から引ける
#
# 経理は言います。「30%は3%の10倍です。償却にしましょう」

# %% tags=["long"]
predict(
    "K-F-3/tax",
    "投資6,000万円、法人税額2,000万円の会社です。5年たったとき、手元に多く残るのはどちらですか",
    options=["特別償却（30%）", "税額控除（3%）"],
)


# %% tags=["long"]
def 二つの税制(法人税額):
    税 = compare_tax(
        {
            "program": "ci_tax",
            "as_of": "2018-10-01",
            "investment_yen": 60_000_000,
            "corporate_tax_yen": 法人税額,
            "pay_growth": 0.02,
            "certified": True,
            "certified_on": None,
            "data_link": True,
            "security_expert": True,
            "labour_productivity_growth": 0.02,
            "roi": 0.15,
        },
        rate=0.232,
        years=5,
        discount=0.03,
    )
    名 = {"depreciation": "特別償却", "credit": "税額控除"}
    題 = "、".join(f"{名[k]}は正味{man_yen(税[k]['present_value_yen'])}" for k in 名)
    fig, ax = chart(題, x="年度の終わり", y="減る税（万円）", size=(9, 4.6), footer=FOOTER)
    for k, ずれ, 色 in [("depreciation", -0.2, "強調"), ("credit", 0.2, "良")]:
        流れ = [v / 1e4 for v in 税[k]["flows_yen"]]
        ax.bar(np.arange(1, 6) + ずれ, 流れ, 0.38, color=COLORS[色], hatch="//" if k == "depreciation" else None)
        for i, 値 in enumerate(流れ):
            if 値:
                ax.text(
                    i + 1 + ずれ,
                    値 + (6 if 値 > 0 else -6),
                    f"{値:+,.0f}",
                    ha="center",
                    va="bottom" if 値 > 0 else "top",
                    fontsize=16,
                )
    label(ax, 1.45, 330, "斜線：特別償却　先に減り、あとで同じだけ増える", "強調", dx=0, fontsize=17)
    label(ax, 1.45, 250, "無地：税額控除　減ったまま", "良", dx=0, fontsize=17)
    ax.axhline(0, color=COLORS["黒"], linewidth=1)
    ax.set_xticks(range(1, 6), [f"{i}年目" for i in range(1, 6)])
    ax.set_ylim(-390, 520)
    show(fig, alt=題)
    if 税["verdict"] == "要確認":
        話す("**この法人税額では、今年の所得が償却に足りないかもしれません（要確認）。**")


def 税の答え合わせ():
    show_prediction(
        "K-F-3/tax", "税額控除（3%）", "償却は、税を払う時期を先へ延ばすだけです。5年の増減を足すと0円になります。"
    )
    explore(二つの税制, 法人税額=slider("法人税額", 1_000_000, 30_000_000, 500_000, 20_000_000, format="万円"))
    話す("""
税率23.2%、5年の定額償却、割引率3%、税は年度の終わりに減るとして計算しています。

つまみで**逆転する法人税額**を探してください。税の少ない会社では、控除の上限が先に効きます。

> 会社で使うひと言：「**今の現金の話ですか、最後に残るお金の話ですか**」
""")


after_prediction("K-F-3/tax", 税の答え合わせ)

# %% [markdown]
# ## 画面4　五年の収支
#
# 業者の「元が取れる年」は、初期費用を一年の効果で割った数でした。あなたの案件では、本当は何年で戻るでしょうか。

# %%
predict("K-F-3/payback", "運用費も、慣れるまでの時間も入れると、初期費用は何年で戻ると思いますか", unit="年")


# %%
def 五年の収支():
    一枚 = 選んだ()
    結果 = 三通り(一枚)
    show_prediction("K-F-3/payback", 結果["立上りも入れる"].payback_words)

    def 描く(入れるもの):
        show_cash(結果, f"{言い出し[入れるもの]}、{comes_back(結果[入れるもの])}", 入れるもの)

    explore(描く, 入れるもの=select("何を入れますか（左から順に）", list(結果)))
    行 = "\n".join(f"| {名} | {一つ.payback_words} | {man_yen(一つ.npv)} |" for 名, 一つ in 結果.items())
    話す(f"""
| 入れたもの | 戻るまで | 5年の正味の得（割引率3%） |
|:---|---:|---:|
{行}

一年目に出る効果は{一枚["立上り1年目"]}%、二年目は{一枚["立上り2年目"]}%。それでも運用費は、一年目から全額かかります。
""")


after_prediction("K-F-3/payback", 五年の収支, follows=[選択])

# %% [markdown]
# ### 言葉にする
#
# - **回収年数**：手元のお金の累計が、ゼロに戻るまでの年数
# - **正味の得（正味現在価値）**：5年に出入りするお金を、**今日の値打ちに直して**全部足したもの。ゼロより大きければ得
#
# > 会社で使うひと言：「**運用費と、慣れるまでの一年を入れた表をください**」

# %%
check(
    "K-F-3/check4",
    "「年600万円の効果なので、1,200万円は二年で戻ります」。この計算に入っていないものを選んでください",
    options=["運用費と立上り", "AIの方式", "他社の実績"],
    right="運用費と立上り",
    say={
        "運用費と立上り": "この二つだけで、戻る年はおよそ二倍になりました。",
        "AIの方式": "方式が変わっても、五年の表の行は増えません。",
        "他社の実績": "参考にはなりますが、表のどの行に入りますか。毎年出ていくお金は、ありませんでしたか。",
    },
)

# %% [markdown]
# ## 画面5　つまみと幅
#
# 業者の数字は、どれも**見込み**です。どの見込みが外れたときに、判断が変わるでしょうか。

# %%
動かす = {
    "再現率": "recall",
    "不良や発生の割合（発生率）": "share",
    "見逃し一件の損失": "miss_yen",
    "運用費": "running_yen",
    "初期費用": "initial_yen",
}
predict(
    "K-F-3/mover", "見込みが外れたとき、5年の正味の得を一番大きく動かすのはどれだと思いますか", options=list(動かす)
)


# %%
def 竜巻():
    案 = proposal_of(選んだ())
    一番 = tornado(案)[0]
    show_tornado(案)
    名 = {番: 名 for 名, 番 in 動かす.items()}.get(一番.name, 一番.label)
    show_prediction("K-F-3/mover", 名, 一番.why)


def つまみ():
    一枚 = 選んだ()
    案 = proposal_of(一枚)
    補助 = {"入れない": 0.0} | {
        f"{f.title}（{f.verdict}）": float(f.amount_yen) for f in funding_of(一枚) if f.amount_yen
    }

    def 描く(再現率, 発生率, 見逃し単価, 運用費, 資金):
        結果 = what_if(
            案, recall=再現率, share=発生率, miss_yen=見逃し単価, running_yen=運用費, support_yen=(補助[資金],)
        )
        値 = np.array(結果.cumulative) / 1e4
        fig, ax = years_chart(f"{comes_back(結果)}。5年の正味は{man_yen(結果.npv)}", 案.years, size=(9, 4.4))
        ax.bar(range(6), 値, color=np.where(値 >= 0, COLORS["良"], COLORS["不良"]), width=0.65)
        for i, v in enumerate(値):
            ax.text(i, v, f"{v:,.0f}", ha="center", va="bottom" if v >= 0 else "top", fontsize=16)
        ax.margins(y=0.16)
        show(fig, alt=f"5年の累計は{man_yen(結果.cumulative[-1])}、正味は{man_yen(結果.npv)}")

    def 幅(名, 値, 形, 下, 上):
        return slider(名, 下, 上, (上 - 下) / 40, 値, format=形)

    explore(
        描く,
        再現率=再現率つまみ("再現率", 案),
        発生率=幅("発生率", 案.share, ".2%", 案.share / 2, min(案.share * 1.5 or 0.02, 1.0)),
        見逃し単価=幅("見逃し一件の損失", 案.miss_yen, "円", 案.miss_yen / 2, 案.miss_yen * 1.5 or 100_000),
        運用費=幅("運用費（一年）", 案.running_yen, "万円", 0.0, 案.running_yen * 2 or 2_000_000),
        資金=select("税制・補助（要確認のものは、当てにしない）", list(補助)),
    )


def 竜巻とつまみ():
    竜巻()
    話す(
        "### 自分で外してみる\n\n得がちょうど消える所を探してください。**それが、撤退条件の候補です。** あとで判断カードに書きます。"
    )
    つまみ()


after_prediction("K-F-3/mover", 竜巻とつまみ, follows=[選択])

# %%
check(
    "K-F-3/check6",
    "運用費が見積もりの一倍半になると、得が消えると分かりました。この数は、どこに書きますか",
    options=["撤退条件に書く", "起きそうにないので、書かない", "業者への値引きの材料に取っておく"],
    right="撤退条件に書く",
    say={
        "撤退条件に書く": "越えたらやめる線です。始める前なら、冷静に引けます。",
        "起きそうにないので、書かない": "見直しの人手は、あとから増えがちです。増えたとき、だれが「やめよう」と言い出せますか。",
        "業者への値引きの材料に取っておく": "値引きの前に、始めたあとで自分を止める数が要ります。",
    },
)

# %% [markdown] tags=["long"]
# 一つずつではなく、**全部の見込みがいっぺんに外れたら**どうなるでしょう。幅の中でくじを引くように、五年を何千回もやり直します。

# %% tags=["long"]
predict("K-F-3/gains", "何千回のうち、5年で得になるのは何%だと思いますか", unit="%")


# %% tags=["long"]
def 幅を見る():
    案 = proposal_of(選んだ())
    帯 = monte_carlo(案, seed=seed)
    show_prediction("K-F-3/gains", percent(帯.gains, 0))
    fig, ax = years_chart(
        f"百回のうち{帯.gains * 100:.0f}回は得。悪い方の5%では{man_yen(帯.percentiles[5])}", 案.years, size=(9, 4.8)
    )
    低い, 中, 高い = 帯.cumulative / 1e4
    ax.fill_between(range(6), 低い, 高い, color=COLORS["良"], alpha=0.25)
    ax.plot(range(6), 中, color=COLORS["良"], linewidth=4)
    ax.plot(range(6), np.array(案.appraise().cumulative) / 1e4, color=COLORS["灰"], linestyle="--")
    label(ax, 5, 中[-1], "真ん中", "良", fontsize=17)
    label(ax, 5, 高い[-1], "良い方", "黒", fontsize=16)
    label(ax, 5, 低い[-1], "悪い方", "黒", fontsize=16)
    ax.set_xlim(0, 6)
    show(fig, alt=f"累計の帯。得になるのは{percent(帯.gains, 0)}。点線は業者の数字どおりの場合。")
    話す(
        "点線は業者の数字どおりのとき。帯の真ん中が点線より下にあるのは、**見込みは悪い方に外れやすい**と置いたからです（再現率は下がりやすく、費用は増えやすい）。この幅は仮定です。自社の幅に置き換えて話し合ってください。"
    )


after_prediction("K-F-3/gains", 幅を見る, follows=[選択])

# %% [markdown]
# ## 画面6　その再現率を、だれが確かめたか
#
# 収支の全部が、再現率に乗っています。けれど再現率は、業者の言葉です。**自社の記録で確かめられるでしょうか。**

# %%
predict(
    "K-F-3/evidence",
    "選んだ案件の手元の記録で、業者の再現率を裏づけられると思いますか",
    options=["裏づけられる", "一年試せば裏づけられる", "一年試しても足りない"],
)


# %%
def 裏づけの言葉(裏):
    if 裏.enough:
        return "裏づけられる"
    if isinf(裏.needed):
        return "裏づけても、損になる（約束の再現率が損得の境に届かない）"
    return "一年試せば裏づけられる" if 裏.enough_in_a_year else "一年試しても足りない"


def 裏づけ():
    一枚 = 選んだ()
    裏 = evidence_of(一枚)
    show_prediction("K-F-3/evidence", 裏づけの言葉(裏))
    話す(f"""
| 手元の記録 | |
|:---|---:|
| 記録のようす | {一枚["記録の状態"]} |
| 答えの付いた記録 | {一枚["記録件数"]:,}件 |
| そのうち、損になった物の記録 | **{裏.events:,}件** |
| 一年試すと増える見込み | {一枚["発生記録の増え方"]:,}件 |
| 要る件数（損得の境を上回ると言うために） | {"—（何件あっても足りません）" if isinf(裏.needed) else f"**{np.ceil(裏.needed):,.0f}件**"} |
""")
    fig, ax = chart(
        f"記録{裏.events:,}件で言えるのは「再現率は{percent(裏.vouched, 0)}以上」まで",
        x="再現率（%）",
        size=(9, 3.4),
    )
    白地 = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
    ax.barh(0, (裏.recall - 裏.vouched) * 100, left=裏.vouched * 100, height=0.5, color=COLORS["良"], alpha=0.35)
    ax.plot(裏.vouched * 100, 0, "|", color=COLORS["良"], markersize=50, markeredgewidth=5)
    ax.plot(裏.recall * 100, 0, "o", color=COLORS["良"], markersize=18)
    label(
        ax,
        裏.recall * 100,
        0,
        f"業者の約束 {percent(裏.recall, 0)}",
        "良",
        dx=0,
        dy=-38,
        ha="center",
        fontsize=17,
        **白地,
    )
    label(
        ax,
        裏.vouched * 100,
        0,
        f"記録の裏づけ {percent(裏.vouched, 0)}",
        "良",
        dx=0,
        dy=-64,
        ha="center",
        fontsize=17,
        **白地,
    )
    境 = 裏.break_even
    if 境 is not None:
        ax.axvline(境 * 100, color=COLORS["不良"], linewidth=3, linestyle="--")
        label(ax, 境 * 100, 0.62, f"損得の境 {percent(境, 0)}", "不良", dx=-8, fontsize=17)
    ax.set(xlim=(0, 105), ylim=(-1.15, 0.85), yticks=[])
    show(fig, alt=f"業者の約束は再現率{percent(裏.recall, 0)}、記録で言えるのは{percent(裏.vouched, 0)}以上。")
    話す(
        "記録の半分は学習に、半分は採点に使います。採点で約束どおりの割合を見つけても、件数が少ないと**まぐれかもしれません**。95%確かに言える下の端が「記録の裏づけ」です。これが損得の境を上回れば、やると言えます。"
    )


after_prediction("K-F-3/evidence", 裏づけ, follows=[選択])

# %% [markdown]
# ## AIのほかの手と並べる
#
# 役員会で必ず出る質問です。「**AIを使わない手は、比べたのか**」


# %%
def 並べる():
    一枚 = 選んだ()
    案, 裏 = proposal_of(一枚), evidence_of(一枚)
    手 = {
        "提案どおり": 案.appraise().npv,
        "裏づけの分だけ": what_if(案, recall=裏.vouched).npv,
        "一年試してから": 試す収支(一枚),
        f"{一枚['代案の種類']}で減らす": alternative_of(一枚).npv,
    }
    灰 = [名 for 名, 足りる in (("提案どおり", 裏.enough), ("一年試してから", 裏.enough_in_a_year)) if not 足りる]
    題 = f"提案どおりなら{man_yen(手['提案どおり'])}、裏づけの分だけなら{man_yen(手['裏づけの分だけ'])}"
    show_gains(手, 題, "何もしない＝損得なし", 灰)
    話す(
        f"代案：**{一枚['代案']}**（初期費用{man_yen(一枚['代案の初期費用'])}、一年に{man_yen(一枚['代案の運用費'])}、いまの損失の{一枚['代案の削減率']:.0f}%を無くす見込み）\n\n小さく試す費用：{man_yen(一枚['試行費用'])}（一年）"
        + ("\n\n※ 灰色の棒は、そのときまでに集まる記録では、再現率を確かめられません。" if 灰 else "")
    )


after_prediction("K-F-3/evidence", 並べる, follows=[選択])

# %%
check(
    "K-F-3/check5",
    "収支はとても良いのに、損になった物の記録が数件しかない案件です。まず、することは",
    options=["収支が良いので、買う", "記録の取り方を先に決める", "もっと賢いAIを探す"],
    right="記録の取り方を先に決める",
    say={
        "記録の取り方を先に決める": "良い収支は、確かめていない約束の上に立っています。先に土台です。",
        "収支が良いので、買う": "その収支の再現率は、だれの数字でしたか。",
        "もっと賢いAIを探す": "賢くても、手本と採点の記録がなければ、同じ所で止まります。",
    },
)

# %% [markdown]
# ## 役員会　二分の宣言
#
# 組で相談して、書いてください。**ここに書いたことが、そのまま判断カードになります。** 短い文で構いません。

# %%
decide(
    "K-F-3/decision",
    "この投資を、どうしますか（業者の提案どおりなら「やる」。代案だけをやるときは「見送る」）",
    options=["やる", "小さく試す", "見送る"],
    note_label="理由を一行で（数字を一つ入れて。100字まで）",
)

# %%
predict(
    "K-F-3/ceiling",
    "いくらまでなら使ってよいですか（使わないときはゼロと書きます）",
    unit="万円",
    button="上限額を記録",
)

# %%
decide(
    "K-F-3/stop",
    "どうなったら、やめますか（撤退条件）",
    options=[
        "再現率が決めた値を下回ったら",
        "運用費が決めた額を超えたら",
        "効果が決めた額に届かなかったら",
        "期限までに記録が集まらなかったら",
    ],
    note_label="いつまでに、いくつで判断しますか（例: 来年三月に、75%。50字まで）",
)

# %%
decide(
    "K-F-3/next",
    "次に必要な事実は、一つだけ挙げるとどれですか",
    options=[
        "自社の記録で測った再現率",
        "一年の見逃しの数と一件の損失",
        "運用費の内訳（見直しの人手）",
        "税制・補助の窓口の返事",
    ],
    note_label="だれに、いつまでに調べてもらいますか（50字まで）",
)

# %%
decide(
    "K-F-3/partner",
    "だれに相談したいですか（ニーズカード）",
    options=["公設試・大学（試験と評価）", "記録の取り方を知る会社", "AIの業者（実証の相手）", "同じ悩みの会社"],
    note_label="相手に伝えたい一言（50字まで）",
)

# %% [markdown]
# ## 判断カード
#
# 印刷しても、ファイルのままでも持って帰れます。下の点線の中が**ニーズカード**です。渡すかどうかは、御社が決めます。


# %%
def 判断カード():
    一枚 = 選んだ()
    案, 裏, 結果 = proposal_of(一枚), evidence_of(一枚), 三通り(一枚)
    見本 = {"choice": "小さく試す", "note": "（まだ書かれていません）"}
    書いた = [decided(f"K-F-3/{名}") for 名 in ("decision", "stop", "next", "partner")]
    if any(書いた) and not all(書いた):
        話す("**上に、まだ記録していない欄があります。** 全部を記録すると、ここに判断カードが出ます。")
        return
    if older([f"K-F-3/{名}" for 名 in ("decision", "ceiling", "stop", "next", "partner")], than=選択):
        話す(
            "**案件を選び直しました。** 役員会の五つの欄は、前の案件のときの言葉です。いまの案件で直して、五つとも青いボタンを押してください。そろうと、ここに判断カードが出ます。"
        )
        return
    決定, 撤退, 次, 相手 = (欄 or 見本 for 欄 in 書いた)
    上限 = predicted("K-F-3/ceiling")
    手前 = [
        ("いまの損失（一年）", man_yen(案.profit_and_loss().loss_now), "画面1 案件カード"),
        ("AIの効果（一年）", man_yen(案.profit_and_loss().effect), "画面2 AIの損益"),
        ("初期費用", man_yen(案.initial_yen), "画面1 案件カード"),
        ("戻るまで（全部込み）", 結果["立上りも入れる"].payback_words, "画面4 五年の収支"),
        ("5年の正味の得", man_yen(結果["立上りも入れる"].npv), "画面4 五年の収支"),
        ("損得の境の再現率", "—" if 裏.break_even is None else percent(裏.break_even, 0), "画面6 裏づけ"),
        ("記録が裏づける再現率", f"{percent(裏.vouched, 0)}以上", "画面6 裏づけ"),
        ("損になった物の記録", f"{裏.events:,}件", "画面6 裏づけ"),
    ]
    try:
        show_card(
            DecisionCard(
                case=一枚["案件"],
                decision=決定["choice"],
                ceiling_yen=round(上限) if 上限 else None,
                numbers=tuple(Figure(名, 値, "", 画面) for 名, 値, 画面 in 手前),
                stop=f"{撤退['choice']}（{撤退['note']}）",
                next_fact=f"{次['choice']}（{次['note']}）",
                money=tuple(Money(短い名(f.title), f.verdict, f.why, f.amount_yen) for f in funding_of(一枚)),
                need=Need(
                    一枚["課題"],
                    f"{一枚['記録の状態']}（損になった物 {裏.events:,}件）",
                    f"一年に{man_yen(案.profit_and_loss().loss_now)}",
                    f"{相手['choice']}（{相手['note']}）",
                ),
                reason=決定["note"],
                synthetic=一枚["分野"] != OWN,
            )
        )
    except DataError as 間違い:
        話す(
            f"### ▲ {間違い.what}{間違い.mend}\n\n上の欄を直して、もう一度「決定を記録」を押してください。ほかの答えは残っています。"
        )


def 短い名(題):
    return 題.replace("サービス等生産性向上IT導入支援事業", "IT導入補助")


after_prediction(
    "K-F-3/partner",
    判断カード,
    follows=[選択, *(f"K-F-3/{名}" for 名 in ("decision", "ceiling", "stop", "next"))],
)

# %% [markdown]
# 組で立って、**2分**で話します。「案件、決定、上限、撤退条件、次の一つ」の順です。よその組が**質問を一つ**。そのあと全員で投票します。

# %% [markdown]
# ## 四枚を並べる
#
# 発表が終わったら、四枚を横に並べて見ます。


# %%
def 数字の言い分(一枚):
    裏, 収支, 代案 = evidence_of(一枚), proposal_of(一枚).appraise().npv, alternative_of(一枚).npv
    手 = {"見送る": 0.0, f"見送り、{一枚['代案の種類']}から": 代案}
    if 裏.enough:
        手["やる"] = 収支
    if 裏.enough_in_a_year:
        手["小さく試す"] = 試す収支(一枚)
    return max(手, key=手.get)


def 四枚():
    言い分 = {名: 数字の言い分(一枚) for 名, 一枚 in カード.items()}
    show_prediction("K-F-3/how_many", f"{list(言い分.values()).count('やる')}枚")
    行 = []
    for 名, 一枚 in カード.items():
        裏, 結果 = evidence_of(一枚), 三通り(一枚)
        件数 = f"{裏.events:,}件（要る数 {'—' if isinf(裏.needed) else f'{np.ceil(裏.needed):,.0f}件'}）"
        行.append(
            f"| {名} | {結果['効果だけ'].payback_words} → {結果['立上りも入れる'].payback_words} | {unbroken(man_yen(結果['立上りも入れる'].npv))} | {件数} | {unbroken(man_yen(alternative_of(一枚).npv))} | **{言い分[名]}** |"
        )
    話す(
        "| 案件 | 戻るまで（業者 → 全部込み） | 5年の正味の得 | 損になった物の記録 | 代案の正味 | 数字の言い分 |\n|:---|:---|---:|:---|---:|:---|\n"
        + "\n".join(行)
    )
    早い = min(カード, key=lambda 名: 三通り(カード[名])["立上りも入れる"].payback or np.inf)
    話す(f"""
**一番早く戻るはずの「{早い}」の数字は、「{言い分[早い]}」と言っています。** 決めたのは収支の良さではなく、収支を支える記録の数でした。

数字の言い分と違う決定でも、構いません。**理由と撤退条件が書いてあれば、それは経営の判断です。**

**この結論を変える数字**：損になった物の記録の件数。取り方を変えれば、来年は別の答えになります。
""")


after_prediction("K-F-3/partner", 四枚)

# %% [markdown]
# ## 会社に持ち帰ること
#
# 机の上で止まっている提案書を、一つ思い出してください。次の三行を足してもらいます。
#
# 1. **運用費**（見直しの人手まで）と、慣れるまでの効果を入れた、五年の表
# 2. 自社の記録で確かめた**再現率**と、その件数
# 3. **AIを使わない手**を、同じ五年の表で
#
# > 会社で使うひと言：「**こうなったらやめる、を先に書こう**」
#
# **この教材の限り**：損失は一件ごとの円で数えています。信用やけがは入っていません。収支の幅は教材の仮定です。税制・補助は、平成30年6月時点の資料に基づく教材で、**制度は終了しています**。資料に書かれていないこと（税制と補助を一緒に使えるか、など）は、足し合わせずに「要確認」にしました。

# %% [markdown]
# ---
# 合成データ・講座の教材です。案件は教材用に作ったものです。御社の数字に置き換えて考えてください。

# %% tags=["claim"]
from jissho_kit.truths import demonstrate, result

全部 = {"cases": 表}


def 数(番号, 名):
    return result(f"cases.{番号}_{名}", 全部)


# どの案件も、運用費と立上りを入れると、業者の言う年より大きく遅れる
for 番号 in ("F1", "F2", "F3", "F4"):
    assert 数(番号, "payback") > 1.5 * 数(番号, "payback_simple")
    assert 数(番号, "npv") < 0.5 * 数(番号, "npv_simple")

# %% tags=["claim"]
# 四枚の答えは四通り。買うのは一枚だけで、一番早く戻る案件は記録が足りない
言い分 = {一枚["案件番号"]: 数字の言い分(一枚) for 一枚 in カード.values()}
assert [言い分[番号][:3] for 番号 in ("F1", "F2", "F3", "F4")] == ["やる", "小さく", "見送り", "見送る"]
assert [数(番号, "decision") for 番号 in ("F1", "F2", "F3", "F4")] == ["AIをやる", "小さく試す", "治具・5S", "見送り"]
assert min(("F1", "F2", "F3", "F4"), key=lambda 番号: 数(番号, "payback")) == "F4"

# %% tags=["claim"]
# 画面の計算は、講師の側の計算と同じ
for 一枚 in カード.values():
    番号, 裏 = 一枚["案件番号"], evidence_of(一枚)
    assert np.isclose(proposal_of(一枚).appraise().npv, 数(番号, "npv"))
    assert np.isclose(裏.vouched, 数(番号, "recall_vouched")) and np.isclose(裏.needed, 数(番号, "events_needed"))

# %% tags=["claim"]
# 償却は税を延ばすだけ：正味は控除より小さく、初年度に減る税よりずっと小さい
m40 = demonstrate("M40", data={})
assert m40.right["better"] == "税額控除" and m40.right["npv_depreciation"] < 0.2 * m40.wrong["first_year"]

# %% tags=["claim"]
# 税制は、投資額が届かない三枚では不可、届く一枚では要確認（まだ聞いていない）
判定 = {一枚["案件番号"]: funding_of(一枚)[0].verdict for 一枚 in カード.values()}
assert 判定 == {"F1": "不可", "F2": "要確認", "F3": "不可", "F4": "不可"}

"""F7: cards of investments that were proposed, one row per case: four of factories, four of farms.

What is right follows from the numbers on a card by one rule (:func:`appraise`), not from the story.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jissho.invest import DISCOUNT, JUDGED, cash_flow, events_needed, lower_limit, present_value
from jissho_kit.simulators._truth import Truth

DECISIONS = ("AIをやる", "小さく試す", "治具・5S", "見送り")
TRIAL_YEARS = 1  # a small trial may take this long; whoever needs longer has no data to decide on
MAX_CARDS = 8_000


@dataclass(frozen=True)
class _Story:
    """A card's words, and the middle of each number that is drawn (money in yen, shares in percent)."""

    title: str
    trouble: str
    proposal: str
    counted: str
    staff: int
    tax: int
    volume: int
    share: float
    loss: int  # per year today; the price of a miss follows from it
    false_yen: int
    recall: int
    false_share: float
    initial: int
    running: int
    record: str
    records: int
    events: int
    new_events: int
    trial: int
    other: str
    other_kind: str
    other_initial: int
    other_running: int
    other_removes: int
    members: int = 1


STORIES = {
    "F1": _Story(
        title="プレスのバリ検知",
        trouble="客先でバリが見つかるたびに、選別に人を出しています。抜き取り検査では間に合いません。",
        proposal="荷重の波形からバリを知らせる装置",
        counted="ショット",
        staff=45,
        tax=9_000_000,
        volume=1_000_000,
        share=0.30,
        loss=7_900_000,
        false_yen=30,
        recall=90,
        false_share=0.4,
        initial=12_000_000,
        running=1_800_000,
        record="判定つきの荷重波形が二年分あります",
        records=90_000,
        events=400,
        new_events=900,
        trial=800_000,
        other="金型の合わせを見る治具と、再研磨の周期の見直し",
        other_kind="治具",
        other_initial=2_200_000,
        other_running=200_000,
        other_removes=9,
    ),
    "F2": _Story(
        title="ICの外観検査",
        trouble="目視で良品としたICが、客先で断線します。検査員を増やしても流出が減りません。",
        proposal="画像で不良らしさを点数にし、怪しい物だけ人が見る検査機",
        counted="個",
        staff=180,
        tax=15_000_000,
        volume=160_000,
        share=0.45,
        loss=37_500_000,
        false_yen=300,
        recall=93,
        false_share=12.0,
        initial=60_000_000,
        running=5_000_000,
        record="画像は捨てていました。試しに残し始めたところです",
        records=3_000,
        events=14,
        new_events=320,
        trial=3_000_000,
        other="照明と置き台をそろえる5S",
        other_kind="5S",
        other_initial=1_500_000,
        other_running=600_000,
        other_removes=5,
    ),
    "F3": _Story(
        title="CNCの工具寿命予測",
        trouble="減った工具のまま削って、寸法外れを出します。替え時は人によって違います。",
        proposal="主軸の負荷から替え時を知らせるソフト",
        counted="個",
        staff=14,
        tax=1_500_000,
        volume=40_000,
        share=0.60,
        loss=900_000,
        false_yen=400,
        recall=60,
        false_share=1.0,
        initial=800_000,
        running=180_000,
        record="負荷は記録していますが、替えた理由は書いていません",
        records=8_000,
        events=45,
        new_events=90,
        trial=100_000,
        other="使った回数で替える決まりと、工具置き場の5S",
        other_kind="ルール",
        other_initial=80_000,
        other_running=60_000,
        other_removes=50,
    ),
    "F4": _Story(
        title="造船溶接の欠陥予測",
        trouble="船主の検査で内部の気孔が見つかると、はつって溶接し直します。どこを調べればよいか分かりません。",
        proposal="電流と電圧の波形から、怪しい区間を知らせる装置",
        counted="区間",
        staff=120,
        tax=12_000_000,
        volume=60_000,
        share=1.50,
        loss=16_000_000,
        false_yen=500,
        recall=75,
        false_share=6.0,
        initial=15_000_000,
        running=2_400_000,
        record="超音波で調べた区間だけです。目視で怪しい所しか調べていません",
        records=180,
        events=7,
        new_events=4,
        trial=2_000_000,
        other="すべての区間に風よけを組む治具",
        other_kind="治具",
        other_initial=3_000_000,
        other_running=1_500_000,
        other_removes=8,
    ),
    "A1": _Story(
        title="あまおうの出荷予測",
        trouble="約束した数がそろわない便は、違約金を払って他から買います。約束する数を勘で決めています。",
        proposal="ハウスの環境と開花から、足りない便を前の週に知らせる予測",
        counted="便",
        staff=12,
        tax=1_200_000,
        volume=2_400,
        share=8.0,
        loss=6_200_000,
        false_yen=4_000,
        recall=65,
        false_share=8.0,
        initial=3_500_000,
        running=550_000,
        record="環境は自動ですが、足りなかった便の記録は今年からです",
        records=150,
        events=11,
        new_events=140,
        trial=400_000,
        other="平年値から決まった割合を引いて約束する決まり",
        other_kind="ルール",
        other_initial=100_000,
        other_running=120_000,
        other_removes=9,
    ),
    "A2": _Story(
        title="牛の発情通知",
        trouble="夜の発情に気づかず、次の周期まで待つことがあります。えさ代だけがかかります。",
        proposal="首輪の活動量から発情を知らせる通知",
        counted="頭・日",
        staff=6,
        tax=900_000,
        volume=22_000,
        share=0.90,
        loss=5_600_000,
        false_yen=600,
        recall=85,
        false_share=4.0,
        initial=2_600_000,
        running=720_000,
        record="首輪を借りて試した記録に、授精台帳を突き合わせてあります",
        records=8_000,
        events=110,
        new_events=150,
        trial=200_000,
        other="夜の見回りを一回増やす決まり",
        other_kind="ルール",
        other_initial=50_000,
        other_running=1_200_000,
        other_removes=28,
    ),
    "A3": _Story(
        title="共同選果場のセンサー更新",
        trouble="補正は毎月しているのに、古いセンサーの読みがばらつき、甘さの足りない箱が高い等級で出ていきます。",
        proposal="新しい光センサーと、果実を分けて確かめた糖度の式",
        counted="箱",
        staff=25,
        tax=4_000_000,
        volume=150_000,
        share=18.0,
        loss=25_000_000,
        false_yen=150,
        recall=85,
        false_share=6.0,
        initial=45_000_000,
        running=2_500_000,
        record="屈折糖度計で測り直した箱の記録があります",
        records=2_400,
        events=420,
        new_events=300,
        trial=1_500_000,
        other="基準の果実での補正を毎日にする決まり",
        other_kind="ルール",
        other_initial=300_000,
        other_running=1_200_000,
        other_removes=9,
        members=3,
    ),
    "A4": _Story(
        title="灰色かび病の予報",
        trouble="朝の結露のあとに灰色かびが広がり、摘んで捨てる日が続きます。",
        proposal="温度と湿度から、広がりそうな日を知らせる予報",
        counted="棟・日",
        staff=8,
        tax=800_000,
        volume=1_200,
        share=5.0,
        loss=2_800_000,
        false_yen=3_000,
        recall=75,
        false_share=14.0,
        initial=2_600_000,
        running=360_000,
        record="病気の日誌はありますが、湿度は結露の間だけ抜けています",
        records=3_000,
        events=140,
        new_events=60,
        trial=250_000,
        other="循環扇を入れて結露を止める",
        other_kind="治具",
        other_initial=800_000,
        other_running=120_000,
        other_removes=55,
    ),
}

# Number of a story → half the width of its range, as a share of the middle; drawn evenly.
SPREAD = {
    "staff": 0.2,
    "tax": 0.3,
    "volume": 0.15,
    "share": 0.15,
    "loss": 0.05,
    "false_yen": 0.1,
    "recall": 0.02,
    "false_share": 0.1,
    "initial": 0.05,
    "running": 0.06,
    "records": 0.1,
    "events": 0.12,
    "new_events": 0.12,
    "trial": 0.1,
    "other_initial": 0.1,
    "other_running": 0.1,
    "other_removes": 0.08,
}
PAY_GROWTH = (1.0, 4.0)  # percent
RAMP = (30, 80)  # percent of the full effect in the first and in the second year


def make_cases(n: int = 8, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` cards: F1–F4, A1–A4, then the same eight stories of other companies (F5–F8, A5–A8 …).

    Parameters
    ----------
    n : int
        Cards (rows), 1 to 8,000; fewer than eight are the first of the eight.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        案件番号, 分野, 案件, 課題, 提案, 対象, 従業員数 (人), 参加者数 (者), 法人税額 (円/年), 給与増加率 (%), 年間数 (件/年),
        発生率 (%), 見逃し単価 (円/件), 過検出単価 (円/件), 再現率 (%), 過検出率 (%), 初期費用 (円), 運用費 (円/年),
        立上り1年目, 立上り2年目 (%), 記録の状態, 記録件数 (件), 発生記録 (件), 発生記録の増え方 (件/年), 試行費用 (円),
        代案, 代案の種類, 代案の初期費用 (円), 代案の運用費 (円/年), 代案の削減率 (%).
    Truth
        effects, for each card (F1 …): ``decision_F1`` (position in :data:`DECISIONS`), ``npv_ai_F1``,
        ``npv_alternative_F1`` (yen), ``events_needed_F1`` (infinite if AI does not pay), all of :func:`appraise`.
        best: ``npv`` (yen), the total of the right decisions, passing over being 0 and a recall as promised.

    Raises
    ------
    ValueError
        ``n`` is too small, too large or not a whole number.
    """
    if not (isinstance(n, int | np.integer) and 1 <= n <= MAX_CARDS):
        raise ValueError(f"n must be a whole number between 1 and {MAX_CARDS}")
    rng = np.random.default_rng(random_state)
    sets = -(-n // len(STORIES))
    cards = [(f"{key[0]}{4 * i + int(key[1])}", story) for i in range(sets) for key, story in STORIES.items()][:n]
    table = _cards(cards, rng.random((len(cards), len(SPREAD) + 1)))
    found = appraise(table)
    effects = {
        f"{name}_{number}": float(value)
        for name, values in {
            "decision": found["判断"].map(DECISIONS.index),
            "npv_ai": found["AI"],
            "npv_alternative": found["代案"],
            "events_needed": found["必要な発生記録"],
        }.items()
        for number, value in zip(table["案件番号"], values, strict=True)
    }
    return table, Truth(effects, {"npv": float(found["正味"].sum())})


def _cards(cards: list[tuple[str, _Story]], drawn: np.ndarray) -> pd.DataFrame:
    """The table of the given stories; ``drawn`` has one even number in 0–1 for each of :data:`SPREAD`, and one more."""
    words = pd.DataFrame([vars(story) for _, story in cards])
    x = {name: words[name] * (1 + spread * (2 * drawn[:, i] - 1)) for i, (name, spread) in enumerate(SPREAD.items())}
    low, high = PAY_GROWTH
    numbers = pd.Series([number for number, _ in cards])
    volume, share = _rounded(x["volume"], 3), x["share"].round(2)
    return pd.DataFrame(
        {
            "案件番号": numbers,
            "分野": numbers.str[0].map({"F": "工場", "A": "農業"}),
            "案件": words["title"],
            "課題": words["trouble"],
            "提案": words["proposal"],
            "対象": words["counted"],
            "従業員数": x["staff"].round().astype("int64"),
            "参加者数": words["members"],
            "法人税額": _rounded(x["tax"], 2),
            "給与増加率": (low + (high - low) * drawn[:, -1]).round(1),
            "年間数": volume,
            "発生率": share,
            "見逃し単価": _rounded(x["loss"] / (volume * share / 100), 3),
            "過検出単価": _rounded(x["false_yen"], 2),
            "再現率": x["recall"].round().astype("int64"),
            "過検出率": x["false_share"].round(1),
            "初期費用": _rounded(x["initial"], 3),
            "運用費": _rounded(x["running"], 2),
            "立上り1年目": RAMP[0],
            "立上り2年目": RAMP[1],
            "記録の状態": words["record"],
            "記録件数": _rounded(x["records"], 2),
            "発生記録": x["events"].round().astype("int64"),
            "発生記録の増え方": x["new_events"].round().astype("int64"),
            "試行費用": _rounded(x["trial"], 2),
            "代案": words["other"],
            "代案の種類": words["other_kind"],
            "代案の初期費用": _rounded(x["other_initial"], 2),
            "代案の運用費": _rounded(x["other_running"], 2),
            "代案の削減率": x["other_removes"].round(1),
        }
    )


def _rounded(values: pd.Series, digits: int) -> pd.Series:
    """Whole numbers with at most ``digits`` leading digits, as people write them on a card."""
    unit = 10.0 ** np.maximum(np.floor(np.log10(values)) - digits + 1, 0)
    return ((values / unit).round() * unit).astype("int64")


def appraise(cards: pd.DataFrame) -> pd.DataFrame:
    """What each card's numbers say, by one rule: of the options that may be chosen, the largest net present value.

    Values are of five years at 3 %, flows at the years' ends; AI's effect ramps up as the card says, the alternative works
    from the first year. AI may be chosen if the events recorded suffice: half of them are kept for judging, and if AI finds
    the promised share of those, the 95 % interval of its recall (Wilson) must lie above the recall at which it breaks
    even. It may be tried if they suffice together with those of one year of trial; it then starts a year later. Passing
    over is 0 yen.

    Parameters
    ----------
    cards : DataFrame
        Columns as drawn by :func:`make_cases`.

    Returns
    -------
    DataFrame
        Same index. 損失 (円/年, today), 効果 (円/年, of AI in full), AI and 代案 (円), 損益分岐の再現率 (ratio), 必要な発生記録 (件),
        裏づけの再現率 (ratio, lower limit that the events recorded can vouch for), 裏づけのAI (円, at that recall),
        試行 (円), 判断 (one of :data:`DECISIONS`), 正味 (円, of that decision).
    """
    recall, share = cards["再現率"] / 100, cards["発生率"] / 100
    loss = cards["年間数"] * share * cards["見逃し単価"]
    effect = loss * recall - cards["年間数"] * (1 - share) * cards["過検出率"] / 100 * cards["過検出単価"]
    ramp = (cards["立上り1年目"] / 100, cards["立上り2年目"] / 100)
    ai = present_value(cash_flow(cards["初期費用"], effect, cards["運用費"], ramp))
    of_recall = present_value(cash_flow(0, loss, 0, ramp))  # what a recall of 1 is worth
    removed = loss * cards["代案の削減率"] / 100
    other = present_value(cash_flow(cards["代案の初期費用"], removed, cards["代案の運用費"], ramp=()))
    break_even = recall - ai / of_recall
    needed = events_needed(recall, break_even) / JUDGED
    vouched = lower_limit(recall, cards["発生記録"] * JUDGED)
    trial = ai / (1 + DISCOUNT) ** TRIAL_YEARS - cards["試行費用"]
    soon = cards["発生記録"] + TRIAL_YEARS * cards["発生記録の増え方"]
    options = np.stack(
        [
            np.where(cards["発生記録"] >= needed, ai, -np.inf),
            np.where(soon >= needed, trial, -np.inf),
            other,
            np.zeros(len(cards)),
        ]
    )
    return pd.DataFrame(
        {
            "損失": loss,
            "効果": effect,
            "AI": ai,
            "代案": other,
            "損益分岐の再現率": break_even,
            "必要な発生記録": needed,
            "裏づけの再現率": vouched,
            "裏づけのAI": ai - of_recall * (recall - vouched),
            "試行": trial,
            "判断": np.array(DECISIONS)[options.argmax(axis=0)],
            "正味": options.max(axis=0),
        },
        index=cards.index,
    )

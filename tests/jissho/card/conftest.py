import pytest

from jissho.card import LONGEST, MOST, DecisionCard, Figure, Money, Need


def text(name):
    """As long as a field may be."""
    return ("金型の合わせと再研磨を見直し、" * 10)[: LONGEST[name][1]]


@pytest.fixture
def card():
    return DecisionCard(
        case="プレスのバリ検知",
        decision="小さく試す",
        ceiling_yen=790_000,
        numbers=(Figure("回収年数", "4.1", "年", "画面4 五年の収支"),),
        stop="半年で再現率が70%を切ったら",
        next_fact="先月の流出の数",
        money=(
            Money("IT導入補助", "可", "下限に届きます。", 394_500),
            Money("税制", "不可", "最低投資合計額に届きません。"),
        ),
        need=Need("バリの流出", "判定つきの波形 二年分", "一年に751万円", "試験に立ち会う公設試"),
        reason="回収が五年に近いから",
    )


@pytest.fixture
def fullest():
    """Every text at its longest, every list at its fullest."""
    figure = Figure(text("label"), text("value"), text("unit"), text("screen"))
    money = Money(text("name"), "要確認", text("why"), 12_345_678)
    return DecisionCard(
        text("case"),
        "小さく試す",
        123_456_789_000,
        (figure,) * MOST["numbers"][1],
        text("stop"),
        text("next_fact"),
        (money,) * MOST["money"][1],
        Need(*(text(name) for name in ("problem", "data", "loss", "partner"))),
        text("reason"),
    )

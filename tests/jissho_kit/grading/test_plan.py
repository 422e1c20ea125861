"""Plans: read from a form, a dict or text as people write it; what is unmet is named; hostile text does no harm."""

from __future__ import annotations

import re
import time

import pytest
import yaml

from jissho.bundle import bundle, encode
from jissho.errors import ContentError
from jissho_kit import truths
from jissho_kit.grading import formula
from jissho_kit.grading.items import Item, load_items
from jissho_kit.grading.judge import judge
from jissho_kit.grading.keys import Key, NotSeparable, make_key
from jissho_kit.grading.plan import MOST_LETTERS, PlanError, PlanForm, read_plan
from jissho_kit.grading.proof import prove

from . import plans
from .conftest import toy, write_content

RAW = yaml.safe_load(plans.ITEM)[0]
RIGHT = {
    "目的指標": "不良の再現率80%以上",
    "基準線": "全部良品、管理図",
    "標本数": "3,000個",
    "無作為抜取率": "5%",
    "開始日": "2026-04-01",
    "終了日": "2026-06-30",
    "停止条件": "見逃し3件で止める",
    "責任者": "品質保証",
}


@pytest.fixture(scope="module", autouse=True)
def registered():
    truths.RESULTS["toy_plan"] = plans.results
    yield
    del truths.RESULTS["toy_plan"]


@pytest.fixture(scope="module")
def item():
    return Item.model_validate(RAW)


@pytest.fixture(scope="module")
def key(item):
    return Key.model_validate_json(make_key(item, {}).model_dump_json())  # as a course keeps it


def verdict(key, value):
    return judge(key, bundle(key.id, "answer", encode(value)))


def changed(**changes):
    return {name: value for name, value in (RIGHT | changes).items() if value is not None}


def as_text(plan):
    return "\n".join(f"{name}: {value}" for name, value in plan.items())


def test_the_promises_hold(item):
    assert prove([item], {}) == []


def test_the_file_loads(tmp_path):
    root = write_content(tmp_path, plans.ITEM, '# %% item="G-A-1.p" form=true\n')
    assert load_items(toy.ASSIGNMENT, root)[0].form.points == 8


WRITTEN = [
    RIGHT,
    as_text(RIGHT),
    as_text(RIGHT).replace(": ", "："),
    as_text(RIGHT).replace(": ", ":"),
    "計画:\n" + "\n".join(f"  {line}" for line in as_text(RIGHT).splitlines()),
    "# 検証計画書\n" + "\n".join(f"- {line}" for line in as_text(RIGHT).splitlines()),
    as_text(changed(目的指標="再現率: 80%以上 # 目標", 停止条件="!見逃し3件で止める")),
    as_text(changed(基準線="\n  - 全部良品\n  - 管理図")),
    "\ufeff---\n" + as_text(RIGHT) + "\r\n",
    changed(標本数=3000, 無作為抜取率=0.05, 基準線=["管理図", "全部良品"]),
    changed(標本数="３，０００", 無作為抜取率="５％", 開始日="2026/4/1", 終了日="２０２６年６月３０日"),
    {"目的": {"指標": RIGHT["目的指標"]}, "そのほか": changed(目的指標=None)},
]


@pytest.mark.parametrize("written", WRITTEN, ids=range(len(WRITTEN)))
def test_a_good_plan_counts_in_any_writing(key, written):
    found = verdict(key, written)
    assert (found.state, found.points) == ("right", 8), found.message


def test_another_right_plan_is_right(key):
    assert verdict(key, changed(標本数=6000)).state == "right"


@pytest.mark.parametrize(
    ("changes", "points", "said"),
    [
        ({"標本数": "たくさん"}, 6.5, "標本数：数として読めません。"),
        ({"標本数": 3000.5}, 6.5, "標本数：整数で"),
        ({"標本数": None}, 6.5, "標本数：書かれていません。"),
        ({"責任者": "社長"}, 7, "責任者：決められた言葉"),
        ({"責任者": "品質保証、生産技術"}, 7, "責任者：選択肢として"),
        ({"基準線": ["勘"]}, 7, "基準線：決められた言葉"),
        ({"終了日": "2026年4月10日"}, 7.5, "期間：条件の変わり目"),
        ({"終了日": "春まで"}, 6.5, "終了日：日付"),
        ({"停止条件": "止める"}, 7, "停止条件：もう少し具体的に"),
        ({"目的指標": "不良の再現率と精度"}, 7, "目的指標：何をどれだけ"),
        ({"無作為抜取率": "500%"}, 7, "無作為抜取率：大きすぎます。"),
        ({"無作為抜取率": True}, 7, "無作為抜取率：数として"),
    ],
)
def test_what_is_unmet_costs_its_points_and_is_named(key, changes, points, said):
    found = verdict(key, changed(**changes))
    assert (found.state, found.points) == ("partial", points)
    assert said in found.message and "項目のうち" in found.message


def test_a_limit_is_not_given_away(key):
    said = verdict(key, changed(標本数=10, 無作為抜取率="300%", 終了日="2026-04-02")).message
    assert not {"1500", "1,500", "30", "28"} & set(re.findall(r"[\d,]+", said))


def test_a_known_wrong_plan_has_its_sentence_and_at_most_its_points(key):
    none = verdict(key, changed(無作為抜取率="0%"))
    assert (none.points, none.because) == (4, "M31") and "だれが数えますか" in none.message
    assert "無作為抜取率：" not in none.message  # said once
    both = verdict(key, changed(無作為抜取率=0, 停止条件="特になし"))
    assert both.points == 4 and "だれが数えますか" in both.message and "だれが止めると" in both.message
    alone = verdict(key, {"目的指標": "精度90%以上"})
    assert (alone.points, alone.state, alone.because) == (0, "wrong", "M01")


@pytest.mark.parametrize("blank", ["", "　", "未回答", {}, dict.fromkeys(RIGHT, ""), dict.fromkeys(RIGHT, None), "# 題だけ\n",
                                   "目的指標:\n停止条件: 未定\n", {"知らない項目": "何か"}])  # fmt: skip
def test_an_empty_plan_is_not_called_wrong(key, blank):
    assert verdict(key, blank).state == "blank"


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n目的指標: *c\n"
HOSTILE = {
    "bomb": BOMB + "停止条件: [*c, *c]\n",
    "loop": "a: &a [*a]\n",
    "tag": "a: !!python/object/apply:os.system [ls]\n",
    "long": "目的指標: " + "あ" * 900_000,
    "deep": "[" * (MOST_LETTERS - 1),
    "deep-blocks": "\n".join(" " * n + "- " for n in range(190)),
    "many": "- x\n" * 4_000,
    "flow": "{" + "a: b, " * 3_000,
    "keys": "? " * 9_000,
    "quotes": '"x' * 9_999,
    "twice": "a: 1\na: 2\n",
    "control": "目的指標: \x00\x07",
    "colons": ": " * 9_000,
    "list": ["目的指標", "x"],
    "number": 3,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_quickly_and_named(key, name):
    began = time.perf_counter()
    found = verdict(key, HOSTILE[name])
    assert (found.points, found.state) == (0, "error") and found.because in ("bad-plan", "too-big", "kind")
    assert time.perf_counter() - began < 1


def test_an_alias_in_a_field_is_text_and_nothing_more(key):
    assert "&a" not in verdict(key, "目的指標: *c\n停止条件: &a 止める\n").message


def test_a_bomb_in_a_form_is_read_as_it_stands(key):
    deep: dict = {"停止条件": "深い所の言葉です"}
    for _ in range(15):
        deep = {"a": deep}
    assert verdict(key, deep).state == "blank"


def test_a_field_twice_is_named():
    with pytest.raises(PlanError) as caught:
        read_plan(PlanForm.model_validate(RAW["form"]), "備忘:\n  x: 1\n  x: 2\n")
    assert "同じ項目名" in str(caught.value)


def broken(change):
    raw = yaml.safe_load(plans.ITEM)[0]
    change(raw)
    return raw


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.update(points=9), "合計"),
        (lambda raw: raw["form"]["fields"][1].pop("options"), "options"),
        (lambda raw: raw["form"]["fields"][0].update(max=3), "使えないキー"),
        (lambda raw: raw["form"]["fields"][3].update(also=["指標"]), "二度"),
        (lambda raw: raw["form"]["rules"][0].update(holds="標本数 > 予算"), "予算"),
        (lambda raw: raw["form"]["rules"][0].update(holds="標本数 >"), "式として"),
        (lambda raw: raw["form"]["rules"][0].update(holds="__import__('os')"), "使えません"),
        (lambda raw: raw["right"]["plan"].update(色="赤"), "計画書にない"),
        (lambda raw: raw["wrong"][0].update(unmet=["色"]), "計画書にない"),
        (lambda raw: raw["wrong"][0].update(points=8), "満点"),
        (lambda raw: raw.update(right={"change": {"標本数": 1}}), "正解は"),
    ],
)
def test_a_malformed_form_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        Item.model_validate(broken(change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw["right"]["plan"].update(標本数=3), "自分の決まり"),
        (lambda raw: raw["wrong"][1].update(change={"備考": "x"}), "見分けられません"),
        (lambda raw: raw["wrong"][1].update(change={"停止条件": None}), "見分けられません"),
    ],
)
def test_a_form_that_cannot_tell_is_refused(change, said):
    with pytest.raises(NotSeparable, match=said):
        make_key(Item.model_validate(broken(change)), {})


def test_an_unknown_result_is_named():
    with pytest.raises(ContentError, match="toy_plan.none"):
        make_key(Item.model_validate(broken(lambda raw: raw["form"].update(given={"不良率": "toy_plan.none"}))), {})


@pytest.mark.parametrize(
    ("text", "values", "true"),
    [
        ("a >= 1.96**2 * p * (1 - p) / w**2", {"a": 97, "p": 0.5, "w": 0.1}, True),
        ("a >= 1.96**2 * p * (1 - p) / w**2", {"a": 96, "p": 0.5, "w": 0.1}, False),
        ("0 < a < 1 and near(a, b, 0.1)", {"a": 0.5, "b": 0.52}, True),
        ("a / b > 0", {"a": 1, "b": 0}, False),
        ("a ** b > 0", {"a": 10.0, "b": 1e9}, False),
        ("sqrt(a) >= -1 or a == a", {"a": -1}, None),
        ("a ** 0.5 > 0", {"a": -1}, False),
    ],
)
def test_formulas(text, values, true):
    if true is None:
        with pytest.raises(ValueError):
            formula.parse(text)
    else:
        assert formula.holds(text, values) is true


@pytest.mark.parametrize(
    "text", ["a.b", "a[0]", "lambda: 1", "f(a)", "'x'", "a if b else c", "max(*a)", "a := 1", "True"]
)
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(ValueError):
        formula.parse(text)

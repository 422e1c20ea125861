"""Own tables: what ties rows together, what is known too late, and how much a random split flatters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import jissho.datasets as data
from jissho.datasets import Profile, profile_own_table
from jissho.datasets._profile import _score
from jissho.datasets._profile._structure import between, neighbours
from jissho.datasets._profile._trial import needed_positives
from jissho.errors import DataError


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr(_score, "MOST_ROWS", 3_000)
    monkeypatch.setattr(_score, "TREES", 10)
    monkeypatch.setattr(_score, "FEWEST_ROWS", 2_000)


def said(profile: Profile, *words: str) -> bool:
    return any(all(word in text for word in words) for text in profile.warnings)


def plain(n: int = 300, seed: int = 0) -> pd.DataFrame:
    """Rows that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {"圧力": rng.normal(50, 5, n), "材質": rng.choice(["甲", "乙", "丙"], n), "湿り": rng.normal(0, 1, n)}
    )
    df["強さ"] = df["圧力"] + 8 * (df["材質"] == "甲") + rng.normal(0, 3, n)
    df.loc[rng.choice(n, n // 10, replace=False), "湿り"] = np.nan
    return df


def judged(n: int = 300, seed: int = 0, share: float = 0.1) -> pd.DataFrame:
    df = plain(n, seed)
    return df.assign(外れ=np.where(df["強さ"] >= df["強さ"].quantile(1 - share), "NG", "OK")).drop(columns="強さ")


def scores(profile: Profile) -> tuple:
    return profile.random_score, profile.honest_score, profile.baseline_score


# --- splits


def test_rows_without_ties_are_mixed():
    profile = profile_own_table(plain(), "強さ")
    assert (profile.split, profile.metric, profile.warnings) == ("random", "r2", ())
    assert profile.random_score == profile.honest_score > 0.5
    assert abs(profile.baseline_score) < 0.05
    assert "混ぜて分けて構いません" in profile.reason


@pytest.mark.parametrize(("name", "given"), [("brick", None), ("ロット番号", None), ("色", "色")])
def test_rows_of_one_brick_are_recognised(name, given):
    rng = np.random.default_rng(1)
    brick = np.repeat(np.arange(30), 20)
    face = rng.normal(0, 1, (30, 4))[brick] + rng.normal(0, 0.05, (600, 4))
    df = pd.DataFrame(face, columns=list("abcd")).assign(**{name: [f"#{b}" for b in brick]})
    df["曲がり"] = rng.normal(0, 1, 30)[brick] + 0.3 * face[:, 0] + rng.normal(0, 0.1, 600)
    profile = profile_own_table(df.sample(frac=1, random_state=0), "曲がり", group=given)
    assert profile.split == "group" and f"「{name}」" in profile.reason
    assert profile.random_score > 0.75 and profile.honest_score < 0.5
    assert "混ぜた成績は甘すぎます" in profile.reason


def test_a_group_found_and_a_group_given_are_one():
    df = plain(200).assign(ロット=np.arange(200) // 10)
    df["強さ"] += np.random.default_rng(1).normal(0, 9, 20)[df["ロット"]]
    assert scores(profile_own_table(df, "強さ")) == scores(profile_own_table(df, "強さ", group="ロット"))


def test_tool_wear_run_after_run():
    rng = np.random.default_rng(2)
    run, step = np.repeat(np.arange(12), 40), np.tile(np.arange(40), 12)
    rate = rng.uniform(0.5, 2, 12)
    df = pd.DataFrame(
        {"run": run, "load": rate[run] * step + rng.normal(0, 1, 480), "tone": rate[run] + rng.normal(0, 0.02, 480)}
    )
    df["flank"] = rate[run] * step * rng.uniform(0.6, 1.4, 12)[run]
    profile = profile_own_table(df, "flank")
    assert profile.split == "group" and profile.honest_score < profile.random_score - 0.05


def test_a_fault_of_another_size_is_a_new_fault():
    rng = np.random.default_rng(3)
    size = np.repeat([7, 14, 21, 28], 100)
    kind = rng.choice(["内輪", "外輪", "玉"], 400)
    place = {(s, k): rng.normal(0, 3, 3) for s in (7, 14, 21, 28) for k in ("内輪", "外輪", "玉")}
    x = np.array([place[s, k] for s, k in zip(size, kind, strict=True)]) + rng.normal(0, 0.3, (400, 3))
    profile = profile_own_table(pd.DataFrame(x, columns=list("xzw")).assign(size=size, 傷=kind), "傷", group="size")
    assert profile.random_score > 0.95 and profile.honest_score < 0.6
    assert said(profile, "「size」は 4 グループしかありません")


def test_field_in_stretches():
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(130, 130.02, 500), rng.uniform(33, 33.01, 500)
    hills = np.sin((lon - 130) * 900) + np.cos((lat - 33) * 900)
    df = pd.DataFrame(
        {"緯度": lat, "経度": lon, "窒素": rng.normal(0, 1, 500), "収量": hills + rng.normal(0, 0.2, 500)}
    )
    profile = profile_own_table(df, "収量")
    assert profile.split == "block" and "「緯度」「経度」" in profile.reason
    assert profile.random_score > 0.7 and profile.honest_score < profile.random_score - 0.2


def days(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    level = np.cumsum(rng.normal(0, 1, n))
    return pd.DataFrame(
        {
            "測定日": pd.date_range("2022-04-01", periods=n).strftime("%Y年%m月%d日"),
            "気温": rng.normal(20, 5, n),
            "積算": np.arange(n) + rng.normal(0, 3, n),
            "重さ": level + rng.normal(0, 0.1, n),
        }
    )


def test_the_past_for_the_future():
    profile = profile_own_table(days(), "重さ")
    assert profile.split == "time" and "「測定日」" in profile.reason
    assert profile.honest_score < profile.random_score - 0.1
    assert profile.baseline_score > 0.8 and "ひとつ前の値" in profile.reason
    assert said(profile, "基準線（ひとつ前の値と答えるだけ）に勝てません")


def test_the_value_before_is_that_of_the_same_house():
    one, two = days().assign(棟="A"), days().assign(棟="B")
    two["重さ"] = two["重さ"] + 100
    assert profile_own_table(pd.concat([one, two]), "重さ", time="測定日").baseline_score > 0.99


def test_what_is_given_wins():
    df = days().assign(緯度=np.arange(400.0), 経度=np.arange(400.0) % 20, ロット=np.arange(400) // 20)
    splits = [profile_own_table(df, "重さ", **given).split for given in ({}, {"time": "測定日"}, {"group": "ロット"})]
    assert splits == ["block", "time", "group"]
    both = profile_own_table(df, "重さ", time="測定日", group="ロット")
    assert both.split == "group" and said(both, 'time="測定日" だけ')
    assert profile_own_table(df.drop(columns=["緯度", "経度"]), "重さ").split == "group"


def test_copied_rows_are_used_once():
    df = plain(400)
    df["強さ"] = np.random.default_rng(6).normal(0, 1, 400)
    profile = profile_own_table(pd.concat([df, df.iloc[:200]]), "強さ")
    assert profile.split == "random" and profile.random_score > profile.honest_score + 0.1
    assert said(profile, "同じ行が 200 行", "一度だけ")


def test_rows_in_a_row_without_a_clock():
    rng = np.random.default_rng(7)
    df = plain(300).assign(強さ=np.cumsum(rng.normal(0, 1, 300)))
    assert said(profile_own_table(df, "強さ"), "隣の行", "日時やロット")
    assert not said(profile_own_table(df.sample(frac=1, random_state=0), "強さ"), "隣の行")


def test_events_in_runs_are_counted_once():
    df = days().assign(異常=lambda d: (np.arange(400) % 100 < 12).astype(int))
    profile = profile_own_table(df, "異常", time="測定日")
    assert said(profile, "全部で 48 行", "あと 14 行足りません", "出来事は 4 回だけ")


def test_time_without_a_positive_in_the_end():
    df = days().assign(異常=np.where(np.arange(400) < 100, np.arange(400) % 5 == 0, False))
    assert 0 <= profile_own_table(df, "異常", time="測定日").honest_score <= 1


@pytest.mark.parametrize(
    "column",
    [
        "2024-04-{d:02d} {h:02d}:00",
        "2024/4/{d} {h}:00",
        "2024年4月{d}日{h}時",
        "R6.4.{d} {h}時",
        "令和6年4月{d}日 {h}:00",
    ],
)
def test_times_as_people_write_them(column):
    df = plain(200)
    df["記録"] = [column.format(d=1 + i // 10, h=i % 10 + 5) for i in range(200)]
    profile = profile_own_table(df, "強さ")
    assert profile.split == "time" and "「記録」" in profile.reason


# --- columns known too late, and columns that tell nothing


PLANTED = {
    "copy": (lambda df: df["外れ"].map({"NG": "×", "OK": "○"}), "同じ中身"),
    "手直し時間": (lambda df: np.random.default_rng(0).normal(0, 1, len(df)), "名前から見て"),
    "FailureType": (lambda df: np.random.default_rng(0).normal(0, 1, len(df)), "名前から見て"),
    "廃番の日数": (lambda df: np.where(df["外れ"] == "NG", np.arange(len(df)) % 7, np.nan), "空欄かどうか"),
    "作業の分": (lambda df: np.where(df["外れ"] == "NG", 1 + np.arange(len(df)) % 9, 0), "いつもの値かどうか"),
    "読み": (lambda df: (df["外れ"] == "NG") + np.random.default_rng(0).normal(0, 0.1, len(df)), "一列だけで"),
    "旗": (lambda df: ((df["外れ"] == "NG") & (np.arange(len(df)) % 2 == 0)).astype(int), "ほぼ一つに決まります"),
    "通し": (lambda df: np.arange(len(df)) + 1, "一行ごとに違う"),
    "製品": (lambda df: [f"P{i}" for i in range(len(df))], "一行ごとに違う"),
    "会社": (lambda df: "うち", "どの行も同じ値"),
    "備考": (lambda df: [None] * (len(df) - 3) + ["済", "未", "済"], "ほとんど空欄"),
    "購入": (lambda df: pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(len(df)) % 8, "D"), "日付の列"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_columns_are_named_and_change_no_score(name):
    make, words = PLANTED[name]
    df = judged(600)
    clean, planted = profile_own_table(df, "外れ"), profile_own_table(df.assign(**{name: make(df)}), "外れ")
    assert said(planted, f"「{name}」", words, "外しました")
    assert not said(clean, "外しました")
    # The order of rows in a fold depends on what they hold, so the folds may differ a little; a leak would show.
    assert scores(planted) == pytest.approx(scores(clean), abs=0.12)


def test_names_of_what_was_known_before_stay():
    df = plain().assign(前工程の判定=lambda d: (d["圧力"] > 50).astype(int), 判定者="佐藤", 流出量=lambda d: d["湿り"])
    assert not said(profile_own_table(df, "強さ"), "名前から見て")


def test_measurements_are_no_time_and_no_group():
    turns = np.random.default_rng(0).integers(0, 40, 300)
    df = plain().assign(
        **{"Cycle Time": turns, "Tool wear [min]": turns, "型温度": turns, "強さ": lambda d: d["強さ"] + turns}
    )
    profile = profile_own_table(df, "強さ")
    assert profile.split == "random" and profile.honest_score > 0.8


def test_one_column_on_few_rows_may_be_luck():
    profile = profile_own_table(judged(40).assign(読み=lambda d: (d["外れ"] == "NG") + np.arange(40) / 100), "外れ")
    assert said(profile, "「読み」", "偶然") and said(profile, "少なすぎます")


@given(
    seed=st.integers(0, 99), kind=st.sampled_from(["number", "two", "many"]), scale=st.sampled_from([1, -0.001, 1e6])
)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_copy_of_the_target_is_always_named(seed, kind, scale):
    df = plain(60, seed)
    if kind == "number":
        df["写し"] = df["強さ"] * scale + 3
    else:
        df["強さ"] = pd.qcut(df["強さ"], 2 if kind == "two" else 4, labels=False).map(lambda code: f"等級{code}")
        df["写し"] = df["強さ"].str[-1].astype(int) * scale
    assert said(profile_own_table(df, "強さ"), "「写し」", "同じ中身")


# --- the same table, the same answer


@given(seed=st.integers(0, 9))
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("make", [lambda: plain(150), lambda: judged(150), lambda: days(150)])
def test_order_of_rows_and_names_of_columns_change_nothing(make, seed):
    df = make()
    target = df.columns[-1]
    mixed = df.sample(frac=1, random_state=seed).rename(columns={df.columns[1]: "ほかの名前"})
    assert scores(profile_own_table(mixed, target)) == scores(profile_own_table(df, target))


def test_a_column_may_be_called_y():
    df = plain(100).rename(columns={"湿り": "y"})
    again = df.sample(frac=1, random_state=0)
    assert scores(profile_own_table(again, "強さ")) == scores(profile_own_table(df, "強さ"))
    twice = pd.concat([df, df.assign(y=df["y"].fillna(9) + 1)])  # no copies: y differs
    assert not said(profile_own_table(twice, "強さ"), "全部の列が同じ行")


def test_a_long_table_is_thinned_in_whole_groups(monkeypatch):
    monkeypatch.setattr(_score, "MOST_ROWS", 150)
    df = plain(300).assign(ロット=np.arange(300) // 10)
    profile = profile_own_table(df, "強さ", group="ロット")
    assert said(profile, "300 行のうち 150 行")


@pytest.mark.parametrize("given", [{}, {"group": "ロット"}, {"group": "工場"}, {"time": "順"}])
def test_a_long_table_keeps_its_rare_defects(monkeypatch, given):
    monkeypatch.setattr(_score, "MOST_ROWS", 400)
    n = 6000
    df = plain(n).drop(columns="強さ").assign(順=np.arange(n), ロット=np.arange(n) // 20, 工場=np.arange(n) % 3)
    df["外れ"] = np.where((np.arange(n) % 751 == 0) | (np.arange(n) == n - 1), "NG", "OK")
    profile = profile_own_table(df, "外れ", **given)
    assert np.isfinite(scores(profile)).all()
    assert said(profile, "6,000 行のうち", "優先して残した") and said(profile, "9 行（0.1%）")


def test_the_given_table_is_left_alone():
    df = judged(60)
    before = df.copy(deep=True)
    profile_own_table(df, "外れ")
    pd.testing.assert_frame_equal(df, before)


# --- what cannot be used


@pytest.mark.parametrize(
    ("df", "given", "words"),
    [
        (plain(), {"target": "強さ "}, ("「強さ 」が表にありません", "近い名前", "「強さ」")),
        (plain(), {"target": "強さ", "time": "日"}, ("時間の列「日」が表にありません",)),
        (plain(), {"target": "強さ", "group": "材質種"}, ("グループの列「材質種」が", "「材質」")),
        (plain(), {"target": "強さ", "group": "強さ"}, ("目的の列を",)),
        (plain(), {"target": "強さ", "time": "材質"}, ("時間の列「材質」が日時にも数にも読めません",)),
        (plain().assign(棟="A"), {"target": "強さ", "group": "棟"}, ("一つのグループ",)),
        (plain().assign(日付="2024-01-01"), {"target": "強さ", "time": "日付"}, ("違う時刻が 1 つ",)),
        (plain().assign(強さ=3.0), {"target": "強さ"}, ("同じ値（3.0）",)),
        (plain().assign(強さ=None), {"target": "強さ"}, ("すべて空欄",)),
        (plain().iloc[:0], {"target": "強さ"}, ("行がありません",)),
        (plain().iloc[:5], {"target": "強さ"}, ("5 行しかありません", "6 行")),
        (plain()[["強さ"]], {"target": "強さ"}, ("使える列が残りません",)),
        (
            plain()[["強さ"]].assign(写し=lambda d: d["強さ"] * 2),
            {"target": "強さ"},
            ("使える列が残りません", "「写し」"),
        ),
        (
            plain().assign(強さ=[f"A{i}" for i in range(300)]),
            {"target": "強さ"},
            ("種類が多すぎます（300 行に 300 種類）",),
        ),
        (plain().assign(強さ=["NG"] + ["OK"] * 299), {"target": "強さ"}, ("「NG」が 1 行しか",)),
        (plain().assign(強さ=pd.date_range("2024-01-01", periods=300)), {"target": "強さ"}, ("目的の列が日時",)),
        (plain().assign(強さ=np.linspace(0.5, 1, 300) * 1e308), {"target": "強さ"}, ("大きすぎる",)),
        (plain().set_axis(["a", "a", "b", "強さ"], axis=1), {"target": "強さ"}, ("同じ名前の列", "「a」")),
        ([1, 2], {"target": "強さ"}, ("表（DataFrame）ではありません",)),
    ],
)
def test_what_cannot_be_used_is_said_with_a_way_out(df, given, words):
    with pytest.raises(DataError) as error:
        profile_own_table(df, **given)
    assert all(word in str(error.value) for word in words)
    assert "直し方" in str(error.value)


CELLS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from(["", "OK", "NG", "１２", "2024-04-01", "令和6年", "ロット"]),
    st.text(max_size=3),
    st.datetimes(min_value=pd.Timestamp("1900-01-01").to_pydatetime()),
)
COLUMN = st.one_of(
    st.lists(CELLS, min_size=24, max_size=24),
    st.lists(st.sampled_from([0, 1]), min_size=24, max_size=24),
    st.lists(st.floats(-10, 10), min_size=24, max_size=24),
    st.lists(st.sampled_from(["A", "B", None]), min_size=24, max_size=24),
    st.lists(st.integers(0, 6), min_size=24, max_size=24),
)
NAMES = st.sampled_from(["ロット", "日時", "year", "x", "y", "結果", "番号", "温度", "Date", "Time"])


@given(
    columns=st.dictionaries(NAMES, COLUMN, min_size=1, max_size=5),
    rows=st.integers(0, 24),
    picks=st.lists(st.integers(0, 4), min_size=3, max_size=3),
    given_too=st.tuples(st.booleans(), st.booleans()),
)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_small_table_gives_a_profile_or_a_way_out(columns, rows, picks, given_too):
    df = pd.DataFrame({name: pd.Series(cells[:rows], dtype=object).infer_objects() for name, cells in columns.items()})
    target, time, group = (list(columns)[pick % len(columns)] for pick in picks)
    try:
        profile = profile_own_table(df, target, time if given_too[0] else None, group if given_too[1] else None)
    except DataError as error:
        assert error.what and error.mend
    else:
        assert np.isfinite(scores(profile)).all() and profile.split in ("random", "group", "time", "block")


# --- numbers and words


def test_how_many_defects_a_recall_needs():
    assert [needed_positives(recall) for recall in (0.65, 0.8, 0.9)] == [88, 62, 35]


def test_share_between_groups():
    rng = np.random.default_rng(8)
    group = np.repeat(np.arange(200), 5)
    y = rng.normal(0, 1, 200)[group] + rng.normal(0, 1, 1000)
    assert between(y, group) == pytest.approx(0.5, abs=0.08)
    assert between(rng.normal(0, 1, 1000), group) == 0
    assert between(group.astype(float), group) == 1


def test_neighbours_alike():
    rng = np.random.default_rng(9)
    assert abs(neighbours(rng.normal(0, 1, 500), "number")) < 0.15
    assert neighbours(np.repeat([0, 1], 50), "two") > 0.9
    assert neighbours(np.ones(5), "number") == 0


def test_text_for_a_screen():
    text = profile_own_table(judged(), "外れ").text()
    lines = text.splitlines()
    assert lines[0] == "おすすめの分け方: 混ぜて分ける" and lines[1].startswith("理由: ")
    assert "平均適合率" in text and "気をつけること" in text and "  1. " in text
    marks = [line for line in lines if line.startswith("  ") and "成績" in line or "基準線（学習" in line]
    assert len(marks) == 3
    for word in ("average_precision", "None", "nan", "精度"):
        assert word not in text


# --- the kit's own tables


def test_molding_new_lots_and_rework_known_too_late():
    df = data.load_molding()
    df = df.assign(不良=(df["不良種"] != "なし").astype(int)).drop(columns="不良種")
    profile = profile_own_table(df, "不良", group="材料ロット")
    assert said(profile, "「手直し時間_分」", "外しました")
    assert profile.honest_score < profile.random_score - 0.05
    assert profile_own_table(df, "不良").split == "group"


def test_citrus_a_fruit_read_again_is_recognised():
    df = data.load_citrus()
    df = df[["果実", "選果機", "表示糖度", "酸度", "糖度"] + [f"波長{nm}" for nm in (700, 800, 900)]]
    profile = profile_own_table(df, "酸度")
    assert profile.split == "group" and "「果実」" in profile.reason
    assert profile.honest_score < profile.random_score - 0.1


@pytest.mark.parametrize(
    ("name", "target", "group", "late"),
    [
        ("cattle", "発情", "牛番号", "授精結果"),
        ("press", "バリ", "コイル", ""),
        ("ic_inspection", "不良", "ロット", "流出クレーム"),
    ],
)
def test_rare_events_group_by_group(name, target, group, late):
    profile = profile_own_table(data.load(name), target)
    assert (profile.split, profile.metric) == ("group", "average_precision")
    assert f"「{group}」" in profile.reason and said(profile, "正解率では比べられません")
    assert not late or said(profile, f"「{late}」", "外しました")


def test_strawberry_first_grade_is_nearly_the_whole():
    profile = profile_own_table(data.load_strawberry(), "出荷kg")
    assert profile.split == "time" and said(profile, "「秀品kg」", "外しました")
    assert said(profile, "「出荷kg」が空欄", "使いません")


def test_a_rare_class_is_learned():
    """One row in a hundred, told by one column: the model must come near what that column alone can do."""
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(5)
    df = pd.DataFrame(rng.normal(2, 0.4, (12_000, 4)), columns=["電流", "振動", "温度", "圧力"])
    df["アラーム"] = ((df["振動"] > 2.9) & (rng.random(len(df)) < 0.7)).astype(int)
    assert 0.005 < df["アラーム"].mean() < 0.015
    profile = profile_own_table(df, "アラーム")
    assert profile.honest_score > 0.8 * average_precision_score(df["アラーム"], df["振動"])

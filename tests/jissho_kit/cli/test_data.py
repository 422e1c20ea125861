"""``jissho data``: exit codes, JSON, files that are written, and what is never written over."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from jissho import datasets
from jissho.datasets import Mending, Profile
from jissho.errors import DataError
from jissho_kit import checks, curriculum, simulators
from jissho_kit.cli import _console
from jissho_kit.simulators import charts, public


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "nonsense というコマンドはありません"),
        ("show", "引数 名前 が足りません"),
        ("show cncc", "もしかして: cnc"),
        ("show cnc --rows 0", "1以上にしてください"),
        ("make cnc", "オプション --out が必要です"),
        ("make cncc --out x", "データ「cncc」はありません"),
        ("make cnc --out x --rows 0", "1以上にしてください"),
        ("make cnc --out x --format pdf", "「pdf」は選べません。選べるもの: 'csv', 'xlsx', 'parquet'"),
        ("make cnc --out x --seed -1", "0以上にしてください"),
        ("check ない", "ない"),
        ("inspect", "引数 ファイル が足りません"),
        ("inspect ない.csv", "ない.csv"),
        ("fetch ない", "公開データ「ない」はありません"),
    ],
)
def test_wrong_use_is_explained_in_japanese(jissho, english_in, tmp_path, monkeypatch, line, words):
    monkeypatch.chdir(tmp_path)
    code, out, err = jissho("data", *line.split())
    assert (code, out) == (2, "")
    assert words in err and err.count("エラー: ") == 1
    assert english_in(err) == []
    assert not list(tmp_path.iterdir())


def test_list_shows_every_dataset_with_the_modules_that_use_it(jissho):
    code, out, _ = jissho("data", "list")
    listed = json.loads(jissho("data", "list", "--json")[1])
    assert code == 0 and not [name for name in curriculum.datasets() if f" {name} " not in out]
    assert {entry["name"] for entry in listed} == set(datasets.names())
    assert [entry["code"] for entry in listed][:4] == ["F1", "F2", "F3", "F4"] and listed[-1]["code"] == "A6"
    cnc = next(entry for entry in listed if entry["name"] == "cnc")
    assert cnc["rows"] == len(datasets.load_cnc()) and cnc["field"] == "factory" and "K-F-2" in cnc["modules"]


def test_show_prints_card_and_head_and_draws(jissho, tmp_path):
    code, out, _ = jissho("data", "show", "checksheet", "--rows", "3", "--out", tmp_path / "図")
    assert code == 0 and "改善チェックシート" in out and "限界" in out
    assert "先頭の3行（全1,500行）" in out and out.count("2018-04-02") == 3
    assert (tmp_path / "図" / "checksheet.png").read_bytes().startswith(b"\x89PNG")
    assert str(tmp_path / "図" / "checksheet.png") in out.replace("\n", "")


@pytest.fixture
def no_picture(monkeypatch):
    """Drawing takes seconds; what is drawn is looked at elsewhere."""
    monkeypatch.setattr(charts, "draw", lambda schema, table, file: file)


def test_show_as_json(jissho, no_picture, tmp_path):
    _, out, _ = jissho("data", "show", "cases", "--rows", "2", "--out", tmp_path, "--json")
    shown = json.loads(out)
    assert [row["案件番号"] for row in shown["head"]] == ["F1", "F2"] and shown["rows"] == 8
    assert [column["name"] for column in shown["columns"]] == list(shown["head"][0])
    assert shown["chart"] == str(tmp_path / "cases.png") and shown["card"].startswith("# cases")


def test_a_wide_table_stays_readable(jissho, no_picture, tmp_path):
    _, out, _ = jissho("data", "show", "citrus", "--out", tmp_path)
    table = out[out.index("先頭の5行") :]
    assert "ほか 39 列: 波長710、" in table and table.count("果実") >= 5
    assert "表示糖度" in table and "波長1090" in table and "波長900" not in table


def test_a_picture_that_cannot_be_written_is_misuse(jissho, tmp_path):
    (tmp_path / "図").write_text("ファイル")
    code, out, err = jissho("data", "show", "ic_inspectors", "--out", tmp_path / "図")
    assert (code, out) == (2, "") and "図を書き込めません" in err


@pytest.mark.parametrize(
    ("style", "read"), [("csv", pd.read_csv), ("xlsx", pd.read_excel), ("parquet", pd.read_parquet)]
)
def test_make_writes_the_wanted_rows_and_prints_the_path(jissho, tmp_path, style, read):
    code, out, _ = jissho("data", "make", "tea", "--rows", "30", "--out", tmp_path, "--format", style)
    path = tmp_path / "tea" / f"tea.{style}"
    assert (code, out) == (0, f"{path}\n")
    table = read(path)
    assert len(table) == 30 and list(table.columns) == [column.name for column in datasets.schema("tea").columns]


def test_make_gives_the_shipped_file_unless_a_seed_is_given(jissho, tmp_path):
    jissho("data", "make", "checksheet", "--out", tmp_path / "a")
    jissho("data", "make", "checksheet", "--out", tmp_path / "b", "--seed", "7")
    shipped = (datasets.own_data() / "checksheet" / "checksheet.csv").read_bytes()
    assert (tmp_path / "a" / "checksheet" / "checksheet.csv").read_bytes() == shipped
    assert (tmp_path / "b" / "checksheet" / "checksheet.csv").read_bytes() != shipped


def test_make_tells_how_far_it_is(jissho, tmp_path, monkeypatch):
    def make_file(name, folder, rows, format, random_state, on_progress):
        on_progress(10, 20)
        return folder / "x"

    said, now = [], iter(range(0, 100, 5))
    monkeypatch.setattr(simulators, "make_file", make_file)
    monkeypatch.setattr(_console, "say", said.append)
    monkeypatch.setattr(_console.time, "monotonic", lambda: next(now))
    jissho("data", "make", "cnc", "--rows", "20", "--out", tmp_path)
    assert said == ["作っています: cnc", "cnc: 10/20行"]


def test_check_is_fine_on_what_is_shipped(jissho):
    assert jissho("data", "check", "cases", "ic_inspectors")[:2] == (0, "指摘はありません。\n")
    assert json.loads(jissho("data", "check", "cases", "--json")[1]) == {"ok": True, "findings": []}


def test_check_tells_findings_by_its_exit_code(jissho, monkeypatch):
    finding = checks.Finding(
        "dataset-value", "datasets/cnc/cnc.csv", 3, "cnc", "値が大きすぎます", "作り直してください"
    )
    seen = []
    monkeypatch.setattr(
        checks, "check_data", lambda names, on_progress: seen.append(tuple(names)) or checks.Report((finding,))
    )
    code, out, _ = jissho("data", "check", "cnc")
    assert code == 1 and "datasets/cnc/cnc.csv:3" in out and "直し方: 作り直してください" in out
    assert json.loads(jissho("data", "check", "--json")[1])["findings"][0]["rule"] == "dataset-value"
    assert jissho("data", "check", "--format", "github")[1].startswith("::error file=datasets/cnc/cnc.csv,line=3")
    assert seen == [("cnc",), (), ()]


@pytest.fixture
def messy(tmp_path):
    """A table as an office keeps it: cp932, a title, a units row, wide digits, marks, a total."""
    path = tmp_path / "売上.csv"
    lines = [
        "令和6年度 売上表",
        "日付,売上,品名",
        ",円,",
        'R6.4.1,"１，２００",いちご',
        "R6.4.2,△300,いちご",
        "R6.4.3,調査中,みかん",
    ]
    path.write_text(
        "\r\n".join([*lines, "R6.4.4,800,みかん", "R6.4.5,900,みかん", "合計,2600,"]) + "\r\n", encoding="cp932"
    )
    return path


def test_inspect_shows_columns_and_what_was_mended_unreadable_values_first(jissho, messy):
    before = messy.read_bytes()
    code, out, err = jissho("data", "inspect", messy)
    assert code == 0 and "5行・3列" in out and "--target" in err
    assert out.index("読めなかった値") < out.index("読むときに直した所")
    assert "6行目「売上」 調査中" in out and "△300 → -300" in out
    assert "R6.4.1 → 2024-04-01 " in out and "9行目 合計｜2600 " in out
    assert messy.read_bytes() == before


def test_inspect_as_json_holds_everything(jissho, messy):
    _, out, err = jissho("data", "inspect", messy, "--json")
    seen = json.loads(out)
    assert seen["rows"] == 5 and [column["name"] for column in seen["columns"]] == ["日付", "売上", "品名"]
    assert seen["columns"][0]["kind"] == "日付" and seen["profile"] is None
    assert {"row": 6, "column": "売上", "before": "調査中", "after": "調査中", "read": False}.items() <= next(
        one for one in seen["mendings"] if one["before"] == "調査中"
    ).items()


def test_inspect_writes_new_files_only(jissho, messy, tmp_path):
    clean, list_ = tmp_path / "きれい.csv", tmp_path / "直した所.csv"
    for _ in range(2):  # once more is no mistake
        assert jissho("data", "inspect", messy, "--out", clean, "--mendings", list_)[0] == 0
    assert clean.read_bytes().startswith(b"\xef\xbb\xbf") and len(pd.read_csv(clean)) == 5
    mended = pd.read_csv(list_)
    assert list(mended.columns) == ["行", "列", "元の値", "表の値", "読めたか", "理由"]
    assert mended.loc[mended["元の値"] == "調査中", "読めたか"].tolist() == ["いいえ"]
    before = messy.read_bytes()
    code, out, err = jissho("data", "inspect", messy, "--out", messy)
    assert (code, out) == (2, "") and "もうあるファイルには書きません" in err
    assert messy.read_bytes() == before


def test_inspect_into_a_folder_that_is_missing(jissho, messy, tmp_path):
    code, _, err = jissho("data", "inspect", messy, "--out", tmp_path / "ない" / "x.csv")
    assert code == 2 and "書き込めません" in err


def test_inspect_with_a_target_prints_the_profile(jissho, messy, monkeypatch):
    seen = {}

    def profile_own_table(table, target, time=None, group=None):
        seen.update(target=target, time=time, group=group, rows=len(table))
        return Profile("time", "時間の順に並んでいます。", 0.9, 0.6, float("nan"), "r2", ("行が少なすぎます。",))

    monkeypatch.setattr(datasets, "profile_own_table", profile_own_table)
    monkeypatch.setattr(Profile, "text", lambda self: f"分け方: {self.split}")
    options = ["--target", "売上", "--time", "日付", "--group", "品名"]
    code, out, err = jissho("data", "inspect", messy, *options)
    assert code == 0 and "分け方: time" in out and "次に" not in err
    assert seen == {"target": "売上", "time": "日付", "group": "品名", "rows": 5}
    profile = json.loads(jissho("data", "inspect", messy, *options, "--json")[1])["profile"]
    assert profile["honest_score"] == 0.6 and profile["baseline_score"] is None


def test_inspect_of_what_is_no_table_is_bad_input(jissho, tmp_path):
    (tmp_path / "写真.csv").write_bytes(bytes(range(256)) * 40)
    code, out, err = jissho("data", "inspect", tmp_path / "写真.csv")
    assert (code, out) == (2, "") and err.count("エラー: ") == 1


def test_reasons_beyond_a_screen_are_counted(jissho, tmp_path, monkeypatch):
    mended = [Mending(row, "列", f"{row}", row, f"理由{row}") for row in range(1, 16)]
    monkeypatch.setattr(datasets, "read_own_table", lambda path, sheet: (pd.DataFrame({"列": [1]}), mended))
    _, out, _ = jissho("data", "inspect", tmp_path / "x.csv")
    assert "理由12" in out and "理由13" not in out and "ほか 3 種類、3件" in out


ENTRY = {
    "name": "furnace",
    "title": "炉の温度",
    "field": "工場",
    "purpose": "試し",
    "page": "https://example.org/furnace",
    "url": "https://example.org/furnace.csv",
    "file": "furnace.csv",
    "format": "CSV",
    "licence": "CC BY 4.0",
    "licence_at": "https://example.org/licence",
    "licence_read": True,
    "citation": "Someone (2020).",
    "target": "良否",
}


@pytest.fixture
def publisher(monkeypatch):
    """One public set, and the downloads that were asked for."""
    wanted, asked = public.PublicSet(**ENTRY), []

    def fetch(name, folder, on_progress):
        on_progress(10, None)
        asked.append(name)
        return folder / wanted.file

    monkeypatch.setattr(public, "public_sets", lambda: (wanted,))
    monkeypatch.setattr(public, "public_set", lambda name: wanted)
    monkeypatch.setattr(public, "fetch", fetch)
    return asked


def test_fetch_without_a_name_lists_and_fetches_nothing(jissho, publisher):
    code, out, err = jissho("data", "fetch")
    assert code == 0 and "furnace" in out and "CC BY 4.0" in out and "確認済み" in out
    assert [entry["name"] for entry in json.loads(jissho("data", "fetch", "--json")[1])] == ["furnace"]
    assert publisher == []


def test_fetch_says_licence_and_source_before_it_downloads(jissho, publisher, tmp_path):
    code, out, err = jissho("data", "fetch", "furnace", "--out", tmp_path)
    assert (code, out, publisher) == (0, f"{tmp_path / 'furnace.csv'}\n", ["furnace"])
    notice = err[: err.index("取り込んでいます")]
    assert not [word for word in ("CC BY 4.0", ENTRY["url"], ENTRY["page"], "Someone (2020)") if word not in notice]
    assert f'jissho data inspect {tmp_path / "furnace.csv"} --target "良否"' in err
    fetched = json.loads(jissho("data", "fetch", "furnace", "--out", tmp_path, "--json")[1])
    assert fetched["path"] == str(tmp_path / "furnace.csv") and fetched["licence"] == "CC BY 4.0"


@pytest.mark.parametrize(("answer", "downloads"), [("y\n", 1), ("はい\n", 1), ("\n", 0), ("n\n", 0), ("", 0)])
def test_fetch_asks_a_person_at_a_terminal(jissho, publisher, tmp_path, monkeypatch, answer, downloads):
    class Keyboard:
        isatty = staticmethod(lambda: True)
        readline = staticmethod(lambda: answer)

    monkeypatch.setattr(_console.sys, "stdin", Keyboard)
    monkeypatch.setattr(_console.sys.stderr, "isatty", lambda: True, raising=False)
    code, _, err = jissho("data", "fetch", "furnace", "--out", tmp_path)
    assert code == 0 and "取り込みますか" in err and len(publisher) == downloads
    assert jissho("data", "fetch", "furnace", "--out", tmp_path, "--yes")[0] == 0 and len(publisher) == downloads + 1


def test_fetch_that_fails_is_explained(jissho, publisher, tmp_path, monkeypatch):
    def fetch(*_, **__):
        raise DataError("発行元のファイルがありません。", where="https://example.org", mend="後でもう一度。")

    monkeypatch.setattr(public, "fetch", fetch)
    code, out, err = jissho("data", "fetch", "furnace", "--out", tmp_path)
    assert (code, out) == (2, "") and "直し方: 後でもう一度。" in err


def test_times_of_day_come_back_from_the_written_table(jissho, tmp_path):
    log = tmp_path / "夜.csv"
    log.write_text(
        "日付,時刻,室温\n2024-04-01,23:30,12.5\n2024-04-01,24:00,12.1\n2024-04-01,25:10,11.9\n", encoding="cp932"
    )
    clean = tmp_path / "直した表.csv"
    code, out, _ = jissho("data", "inspect", log, "--out", clean)
    assert code == 0 and "days" not in out
    assert [line.split(",")[1] for line in clean.read_text("utf-8-sig").splitlines()] == [
        "時刻",
        "23:30",
        "24:00",
        "25:10",
    ]
    first, again = (datasets.read_own_table(path)[0] for path in (log, clean))
    pd.testing.assert_frame_equal(first, again)

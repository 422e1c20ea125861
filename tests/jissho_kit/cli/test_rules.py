"""``jissho rules``: JSON in and out, the order of a list, exit codes, and nonsense explained."""

from __future__ import annotations

import io
import json

import pytest

from jissho.rules import judge

CASE = {"program": "it_subsidy", "cost_yen": 600000, "hardware_only": False}
TAX = {
    "program": "ci_tax",
    "investment_yen": 60000000,
    "corporate_tax_yen": 20000000,
    "pay_growth": 0.02,
    "certified": True,
    "certified_on": None,
    "data_link": True,
    "security_expert": True,
    "labour_productivity_growth": 0.02,
    "roi": 0.15,
    "choice": "credit",
}


@pytest.fixture
def ask(jissho, tmp_path):
    """Judge what stands in a file; gives exit code, stdout and stderr."""

    def _ask(content, *options):
        path = tmp_path / "ケース.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return jissho("rules", "judge", path, *options)

    return _ask


def test_judge_prints_what_the_engine_says(ask):
    code, out, err = ask(CASE)
    assert code == 0 and json.loads(out) == judge(CASE)
    assert err == "平成30年6月時点の資料に基づく教材。制度は終了。\n"


def test_a_list_gives_a_list_in_the_same_order_and_verdicts_never_change_the_exit_code(ask):
    costs = [299_999, 300_000, 5_000_000, 100]
    code, out, _ = ask([CASE | {"cost_yen": cost} for cost in costs])
    assert code == 0 and [one["amount_yen"] for one in json.loads(out)] == [None, 150_000, 500_000, None]
    assert ask([])[:2] == (0, "[]\n")


def test_options(ask):
    assert json.loads(ask(TAX)[1])["verdict"] == "要確認"
    assert json.loads(ask(TAX, "--as-of", "2018-10-01")[1])["amount_yen"] == 1_800_000
    assert json.loads(ask(TAX, "--as-of", "2018-06-05")[1])["verdict"] == "不可"
    assert json.loads(ask(TAX, "--as-of", "2018-06-05", "--basis", "seed")[1])["verdict"] == "可"


def test_standard_input(jissho, monkeypatch):
    typed = io.TextIOWrapper(io.BytesIO(json.dumps(CASE).encode("utf-8-sig")))
    monkeypatch.setattr("sys.stdin", typed)
    assert json.loads(jissho("rules", "judge", "-")[1])["amount_yen"] == 300_000


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (CASE | {"cost_yen": -1}, "", "0円より小さい"),
        ([CASE, CASE | {"cost_yen": "60万"}], "", "2番目 cost_yen"),
        (CASE | {"program": "it"}, "", "使える名前: ci_tax"),
        (b'{"program": "it_subsidy", "cost_yen": NaN}', "", "NaN"),
        (b'{"program": "it_subsidy", "cost_yen": 1e400}', "", "桁が多すぎます"),
        (b'{"program": "it_subsidy", "cost_yen": 1' + b"0" * 5000 + b"}", "", "桁が多すぎます"),
        (b"[" + b"1," * 5_000_000 + b"1]", "", "大きすぎます"),
        (b"{" * 50_000, "", "JSON"),
        ("ケース".encode("cp932"), "", "UTF-8"),
        (b"", "", "空です"),
        ([[CASE]], "", "1番目"),
        (b'{"program": "\\ud800"}', "", "ありません"),
        (CASE, "--as-of 昨日", "2018-10-01 の形"),
        (CASE, "--basis all", "選べるもの"),
        (CASE, "--rules ない", "制度のファイル"),
    ],
)
def test_nonsense_is_bad_input_explained_in_japanese(ask, english_in, content, options, words):
    code, out, err = ask(content, *options.split())
    assert (code, out) == (2, "") and words in err and err.count("エラー: ") == 1
    assert english_in(err.replace("Infinity", "")) == []


def test_a_file_that_is_not_there_or_a_folder(jissho, tmp_path):
    for place in (tmp_path, tmp_path / "ない.json", "\0"):
        code, out, err = jissho("rules", "judge", place)
        assert (code, out) == (2, "") and "ケースのファイルを読めません" in err


def test_list_shows_every_programme_with_its_dates_and_that_it_has_ended(jissho):
    code, out, _ = jissho("rules", "list")
    assert code == 0 and "〜2021-03-31（資料）" in out and "制度は終了" in out
    listed = {one["program"]: one for one in json.loads(jissho("rules", "list", "--json")[1])}
    assert {"ci_tax", "it_subsidy", "mono_general", "mono_small", "mono_consortium"} == set(listed)
    assert listed["ci_tax"]["valid"][0] | {"text": ""} == {
        "from": None,
        "until": "2021-03-31",
        "rule": "C0",
        "basis": "資料",
        "text": "",
    }

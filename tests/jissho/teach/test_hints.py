import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jissho.teach import hints


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell()
    hints.install(shell)
    yield shell
    hints.uninstall(shell)


@pytest.fixture
def run(shell, capsys, monkeypatch):
    """Run a cell in a real shell; what the participant then reads."""

    def run_cell(source):
        shell.run_cell(
            "import pandas as pd\nfrom jissho.teach import require_prediction\nκ = None\n売上 = 3\n"
            "df = pd.DataFrame({'不良数': [1], '検査員': ['A'], 'ロット番号': ['x']})"
        )
        capsys.readouterr()
        result = shell.run_cell(source)
        assert not result.success
        captured = capsys.readouterr()
        return captured.out + captured.err

    return run_cell


def test_full_width_characters_are_shown_marked_and_mended(run):
    said = run("x = 1\ny　＝（１，2）")
    assert "2行目： y　＝（１，2）" in said and "直した例： y =(1,2)" in said
    assert all(word in said for word in ("全角の空白", "全角のイコール", "全角のかっこ", "全角のコンマ"))
    line = next(text for text in said.splitlines() if "＾" in text)
    assert line.count("＾") == 6


def test_a_column_written_without_quotes(run):
    assert '"不良数" のように、半角の引用符で囲みます' in run("df[不良数]")


def test_curly_quotes(run):
    assert '直した例： x = "良品"' in run("x = “良品”")


def test_full_width_characters_inside_quotes_and_comments_are_fine():
    assert hints.foreign('x = "（全角）" # ＝（') == []
    assert [hints.half_width(c) for c in "不ー１＝"] == ["不", "ー", "1", "="]


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("x = [1, 2", "閉じていない"),
        ("x = (1]", "かっこの組が合いません"),
        ("x = 1)", "閉じるかっこ「)」が余っています"),
        ('print("a)', "引用符"),
        ("if 売上 > 1\n    pass", "コロン"),
        ("for i in [1]:\nprint(i)", "字下げ"),
        ("x = [1 2]", "コンマ"),
        ("if 売上 = 1:\n    pass", "=="),
        ("個数 = 5個", "単位は書きません"),
        ('print "a"', "print(…)"),
        ("x = 01", "頭の 0"),
        ("x = = 1", "書き方に間違い"),
    ],
)
def test_other_slips_in_writing(run, source, hint):
    said = run(source)
    assert (
        hint in said
        and "SyntaxError" in said.replace("IndentationError", "SyntaxError")
        and ("^" in said or "＾" in said)
    )


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("売り上げ + 1", "もしかして：売上"),
        ("pd1", "もしかして：pd"),
        ("np.mean([1])", "import numpy as np"),
        ("まだない変数", "上のセルを先に実行"),
        ('df["不良教"]', "もしかして：不良数"),
        ('df["ﾛｯﾄ番号"]', "もしかして：ロット番号"),
        ('df[["不良数", "検査人"]]', "「検査人」という列はありません"),
        ('df[["不良", "検査"]]', "「不良」という列はありません"),
        ('df.drop(columns="検査")', "「検査」という列はありません"),
        ('df.groupby("検査者").size()', "もしかして：検査員"),
        ('df.loc[:, "不良数 "]', "もしかして：不良数"),
        ("df.不良教", "もしかして：不良数"),
        ('df["不良数"].summ()', "もしかして：sum"),
        ('{"a": 1}["b"]', "「b」という見出しはありません"),
        ("κ + 1", "まだ値の入っていない変数"),
        ("κ.mean()", "まだ値の入っていない変数"),
        ("1 / 0", "0 で割っています"),
        ('float("３個")', "数に直せません"),
        ("import sklern", "「sklern」という部品"),
        ('open("なし.csv")', "ファイルが見つかりません"),
        ("[][1]", "番号が範囲の外"),
        ("(lambda a: a)()", "値が1つ足りません"),
    ],
)
def test_other_errors(run, source, hint):
    said = run(source)
    assert hint in said and "1行目： " in said
    assert "Traceback" not in said and "site-packages" not in said and len(said.splitlines()) <= 4


def test_the_line_is_the_participants_own(run):
    assert '2行目： return df["なし"]' in run('def f():\n    return df["なし"]\n\nf()')


def test_an_error_without_a_hint_is_still_short(run):
    assert run('raise RuntimeError("だめ")').splitlines() == [
        '1行目： raise RuntimeError("だめ")',
        "RuntimeError: だめ",
    ]


def test_our_own_errors_show_their_message_alone(run):
    assert run('require_prediction("K-F-1/price")').splitlines() == [
        "上の欄が、まだ記録されていません。",
        "直し方: 上の欄に答えて青いボタンを押してから、このセルをもう一度実行します。",
    ]


def test_authors_see_the_whole_stack_in_automatic_runs(run, monkeypatch):
    monkeypatch.setenv("JISSHO_AUTO", "1")
    assert "Traceback (most recent call last)" in run("1 / 0")


def test_a_failed_cell_is_still_an_error_for_the_shell(shell):
    result = shell.run_cell("1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)


def test_outside_ipython_nothing_happens():
    hints.install(None)
    with pytest.raises(json.JSONDecodeError):
        json.loads("{")

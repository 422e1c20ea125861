"""The command line: names, exit codes, JSON on stdout, Japanese everywhere, never a traceback."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jissho.errors import ContentError, UsageError
from jissho_kit import curriculum
from jissho_kit.cli import _console

COMMANDS = ["open", "list", "plan", "run", "slides", "check", "course", "grade", "report", "rehearse"]
DATA = ["data list", "data show", "data make", "data check", "data inspect", "data fetch"]
RULES = ["rules judge", "rules list"]


def started(*arguments, **how):
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "jissho_kit", *arguments], capture_output=True, encoding="utf-8", **how
    )


@pytest.mark.parametrize("command", [*COMMANDS, *DATA, *RULES, "data", "rules"])
def test_help_is_japanese_with_one_example(jissho, english_in, command):
    code, out, err = jissho(*command.split(), "--help")
    assert code == 0 and err == ""
    assert out.startswith(f"使い方: jissho {command} ")
    assert out.count("例: ./jissho") == 1 and f"例: ./jissho {command}" in out
    assert english_in(out) == []


def test_help_names_every_command_and_what_the_wrapper_adds(jissho, english_in):
    code, out, _ = jissho("--help")
    assert code == 0
    assert not [
        word
        for word in [*COMMANDS, "data", "rules", "test", "python"]
        if not re.search(rf"^ +{word} ", out, re.MULTILINE)
    ]
    assert english_in(out) == []


def test_columns_of_help_line_up(jissho):
    from jissho_kit.cli._japanese import columns

    _, out, _ = jissho("run", "--help")
    rows = [line for line in out.splitlines() if re.match(r"  -", line)]
    starts = {columns(re.match(r"  \S.*?  +(?=\S)", row)[0]) for row in rows}
    assert len(rows) >= 4 and len(starts) == 1


def test_help_imports_nothing_heavy():
    program = "import sys; from jissho_kit.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    heavy = {
        "numpy",
        "pandas",
        "yaml",
        "nbformat",
        "nbconvert",
        "jupytext",
        "jupyterlab",
        "matplotlib",
        "pandera",
        "rich",
    }
    assert "typer" in loaded and not loaded & heavy


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "nonsense というコマンドはありません"),
        ("run", "引数 教材… が足りません"),
        ("plan", "引数 階層 が足りません"),
        ("plan K", "オプション --field が必要です"),
        ("plan K --field moon", "「moon」は選べません。選べるもの: 'factory', 'agriculture'"),
        ("plan X --field factory", "階層 X はありません"),
        ("plan K --field factory --start 25:99", "25:99"),
        ("open --port x", "整数で入れてください"),
        ("open --port 0", "1以上にしてください"),
        ("open --port 99999", "65535以下にしてください"),
        ("open --workspace", "--workspace には値が必要です"),
        ("open --browser", "--browser というオプションはありません"),
        ("open --no-browser=yes", "--no-browser に値は付けられません"),
        ("open K-F-1 G-F-1", "余分な引数があります: G-F-1"),
        ("open K-F-9", "K-F-9 はありません"),
        ("open G-A-3", "準備中"),
        ("run K-F-1 -p", "-p には値が必要です"),
        ("run K-F-1 -p seed", "-p seed は読めません"),
        ("run K-F-1 -p sede=1", "「sede」というパラメーターはありません"),
        ("run K-F-1 -p seed=abc", "「abc」は入れられません"),
        ("run K-F-1 --jobs 0", "1以上にしてください"),
        ("run Z", "Z はありません"),
        ("run G-A-1", "準備中"),
        ("check ない/場所", "ない/場所"),
        ("grade ない講座", "講座のフォルダではありません"),
        ("course out --tier G --field agriculture", "課題がありません"),
        ("rehearse G --field agriculture", "まだ使える教材がありません"),
    ],
)
def test_wrong_use_is_explained_in_japanese(jissho, english_in, line, words):
    code, out, err = jissho(*line.split())
    assert code == 2
    assert out == ""
    assert words in err and err.count("エラー: ") == 1
    assert english_in(err) == []


def test_an_unknown_target_comes_with_close_ones(jissho):
    _, _, err = jissho("run", "K-F-11")
    assert "もしかして: K-F-1" in err


def test_list_shows_all_modules(jissho):
    code, out, _ = jissho("list")
    modules = [module for course in curriculum.load_courses().values() for module in course.modules]
    assert code == 0 and len(modules) == 18
    assert not [m.id for m in modules if m.id not in out or f"{m.minutes}分" not in out]
    assert out.count("準備中") == sum(all(part.status == "planned" for part in m.parts) for m in modules)
    assert "B-F-1b が使えます" in out


def test_list_as_json(jissho):
    _, out, err = jissho("list", "--json")
    document = json.loads(out)
    assert err == "" and [tier["tier"] for tier in document] == ["K", "G", "B"]
    parts = [part for tier in document for module in tier["modules"] for part in module["parts"]]
    assert [part["id"] for part in parts if part["status"] == "ready"] == [p.id for p in curriculum.ready_parts()]


def test_plan_to_screen_and_to_a_file(jissho, tmp_path):
    code, out, _ = jissho("plan", "K", "--field", "factory", "--start", "9:30")
    assert code == 0 and "9:30" in out and "正解率99.5%の検査機を買いますか" in out
    file = tmp_path / "時間割.html"
    code, out, err = jissho("plan", "K", "--field", "factory", "--format", "html", "--out", str(file))
    assert (code, out) == (0, "") and str(file) in err
    assert "<table" in file.read_text(encoding="utf-8")


def test_plan_into_a_folder_that_is_missing(jissho, tmp_path):
    code, _, err = jissho("plan", "K", "--field", "factory", "--out", str(tmp_path / "ない" / "plan.md"))
    assert code == 2 and "書き込めません" in err


def test_run_writes_notebook_and_html(jissho, tmp_path):
    code, out, err = jissho("run", "B-F-1b", "--out", str(tmp_path), "--json")
    (result,) = json.loads(out)
    assert code == 0 and result["id"] == "B-F-1b" and result["claims"] > 0
    assert {path.name for path in tmp_path.iterdir()} == {"B-F-1b.ipynb", "B-F-1b.html"}
    assert "B-F-1b" in err


def test_run_goes_on_after_a_lesson_that_fails(jissho, tmp_path, monkeypatch):
    from jissho_kit import lessons

    fine = lessons.RunResult("G-F-1", tmp_path / "a", tmp_path / "b", 1.0, 1.0, 1.0, 3, "")
    monkeypatch.setattr(
        lessons, "run_all", lambda *_, **__: [ContentError("主張が成り立ちません", where="x.py:3"), fine]
    )
    code, out, err = jissho("run", "K-F-1", "G-F-1", "--out", str(tmp_path))
    assert code == 1 and "主張が成り立ちません" in err and "x.py:3" in err and "G-F-1" in out


@dataclasses.dataclass
class Report:
    ok: bool
    kept: bool = False


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_check_tells_by_its_exit_code(jissho, monkeypatch, ok, code):
    from jissho_kit import checks

    seen = {}

    def check(paths, **options):
        seen.update(paths=paths, **options)
        return Report(ok)

    monkeypatch.setattr(checks, "check_what_changed", check)
    monkeypatch.setattr(checks, "render", lambda report, style: f"{style} {report.ok}")
    assert jissho("check", "--json", "--budget")[:2] == (code, f"json {ok}\n")
    assert seen["budget"] is True and not seen["paths"]
    assert jissho("check", "notebooks", "--format", "github")[1] == f"github {ok}\n"
    assert [str(path) for path in seen["paths"]] == ["notebooks"]


def test_grade_without_sandbox_warns_on_every_run_and_keeps_stdout_for_json(jissho, monkeypatch, tmp_path):
    from jissho_kit.grading import course, driver

    rows = [
        driver.GradeRow("K-F-1", "太郎", 5.0, 11.0),
        driver.GradeRow("K-F-1", "花子", problem="ノートブックとして読めません。", file="a.ipynb", mend="出し直し"),
    ]
    monkeypatch.setattr(course, "open_course", lambda folder: course.Course(tmp_path, "K", "factory", ("K-F-1",)))
    monkeypatch.setattr(driver, "grade", lambda *_, **__: rows)
    code, out, err = jissho("grade", str(tmp_path))
    assert "結果のページ（1枚）" in err and str(tmp_path / "feedback") in err.replace("\n", "")
    assert code == 1 and "太郎" in out and "ノートブックとして読めません。" in out
    last = "採点できた提出 1件、採点できなかった提出 1件（ノートブックとして読めません 1件）"
    assert out.splitlines()[-1] == last
    assert "採点者の権限" not in err
    code, out, err = jissho("grade", str(tmp_path), "--json", "--no-sandbox")
    assert [grade["student"] for grade in json.loads(out)["grades"]] == ["太郎", "花子"]
    assert err.startswith("隔離なしで採点します")
    monkeypatch.setattr(driver, "grade", lambda *_, **__: rows[:1])
    code, out, _ = jissho("grade", str(tmp_path))
    assert code == 0 and out.splitlines()[-1] == "採点できた提出 1件（全部）"


def test_grade_names_a_missing_answer_file_once_and_never_cuts_the_mend_short(jissho, monkeypatch, tmp_path):
    from jissho_kit.grading import course, driver

    error = {"state": "error", "message": "回答ファイル（回答.json）がありません。"}
    rows = [
        driver.GradeRow("K-F-1", "太郎", 0.0, 11.0, verdicts={"K-F-1.a": error, "K-F-1.b": error}),
        driver.GradeRow(
            "K-F-1", "次郎", 0.0, 11.0, verdicts={"K-F-1.a": {"state": "blank", "message": "未解答です。"}}
        ),
        driver.GradeRow("K-F-1", "花子", problem="読めません。", file="a.ipynb", mend="書き直して、" * 20 + "終わり"),
    ]
    monkeypatch.setattr(course, "open_course", lambda folder: course.Course(tmp_path, "K", "factory", ("K-F-1",)))
    monkeypatch.setattr(driver, "grade", lambda *_, **__: rows)
    out = "".join(jissho("grade", str(tmp_path))[1].split())
    assert out.count("回答ファイル（回答.json）がありません。") == 1 and "未解答" not in out
    assert "終わり（a.ipynb）" in out and "…" not in out


def test_grade_in_class_says_a_line_for_each_result_until_it_is_stopped(jissho, monkeypatch, tmp_path):
    from jissho_kit.grading import course, driver, watch

    def events(*_):
        yield driver.GradeRow("K-F-1", "太郎", 5.0, 11.0)
        yield driver.GradeRow("K-F-1", "花子", problem="読めません。", file="a.ipynb", mend="出し直し")
        yield watch.Due("K-F-1", "太郎", 1_800_000_000.0)
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "open_course", lambda folder: course.Course(tmp_path, "K", "factory", ("K-F-1",)))
    monkeypatch.setattr(watch, "watch", events)
    code, out, err = jissho("grade", str(tmp_path), "--watch")
    lines = [line.partition(" ")[2] for line in out.splitlines()]
    assert code == 0 and lines[:2] == ["K-F-1 太郎: 5/11点", "K-F-1 花子: 読めません。出し直し（a.ipynb）"]
    assert "次の採点は" in lines[2] and "Ctrl-C" in err and "--watch なしで" in err
    for options in (["--watch", "--json"], ["--no-sandbox", "--scheduler", "tls://a:1"]):
        code, _, err = jissho("grade", str(tmp_path), *options)
        assert code == 2 and "一緒には使えません" in err


def test_grade_on_a_cluster_takes_its_engine_from_there(jissho, monkeypatch, tmp_path):
    from jissho_kit.grading import cluster, course, driver

    asked = []
    monkeypatch.setattr(course, "open_course", lambda folder: course.Course(tmp_path, "K", "factory", ("K-F-1",)))
    monkeypatch.setattr(cluster, "connected", lambda *told: contextlib.nullcontext(asked.append(told) or "cluster"))
    monkeypatch.setattr(driver, "grade", lambda *_, **options: asked.append(options["engine"]) or [])
    assert jissho("grade", str(tmp_path), "--scheduler", "tls://a:1", "--tls-ca", "ca.pem", "-j", "3")[0] == 0
    assert asked == [("tls://a:1", tmp_path, 3, cluster.Tls(Path("ca.pem"))), "cluster"]
    monkeypatch.undo()
    code, _, err = jissho("grade", str(tmp_path), "--scheduler", "tcp://server:8786")
    assert code == 2 and "tls://" in err


def test_grade_before_anybody_has_handed_in(jissho, monkeypatch, tmp_path):
    from jissho_kit.grading import course, driver

    monkeypatch.setattr(course, "open_course", lambda folder: course.Course(tmp_path, "K", "factory", ("K-F-1",)))
    monkeypatch.setattr(driver, "grade", lambda *_, **__: [])
    code, out, err = jissho("grade", str(tmp_path))
    assert (code, out) == (0, "") and "提出がまだありません" in err


def test_course_for_practice_says_so(jissho, tmp_path):
    code, out, err = jissho(
        "course", str(tmp_path / "講座"), "--tier", "B", "--field", "factory", "--seed", "7", "--json"
    )
    made = json.loads(out)
    assert code == 0 and made["assignments"] == ["B-F-1b"] and made["practice"] is True
    assert "練習用" in err and (tmp_path / "講座" / "private").is_dir()


@pytest.mark.parametrize(("messages_ok", "code"), [(True, 0), (False, 1)])
def test_rehearse_tells_what_differs(jissho, monkeypatch, messages_ok, code):
    from jissho_kit.classroom import rehearse as room

    differences = () if messages_ok else ("K-F-1.a: 「一文」がありません",)
    one = room.Participant("誤答1", "K-F-1", "wrong", {"K-F-1.a": 0.0}, {"K-F-1.a": 0.0}, messages_ok, differences)
    result = room.Rehearsal((room.Module("K-F-1", True, 5, 6.5),), (one,), isolated=False)
    monkeypatch.setattr(room, "rehearse", lambda *_, **__: result)
    seen, out, err = jissho("rehearse", "K", "--field", "factory", "--json")
    assert seen == code and json.loads(out) == result.as_json() and "隔離なし" in err
    seen, out, _ = jissho("rehearse", "K", "--field", "factory")
    assert seen == code and ("一文" in out) != messages_ok


def test_open_passes_everything_on(jissho, monkeypatch, tmp_path):
    from jissho_kit.classroom import server

    seen = {}
    monkeypatch.setattr(
        server,
        "serve",
        lambda *arguments: seen.update(zip(("folder", "page", "port", "browser"), arguments, strict=False)),
    )
    monkeypatch.setattr(server, "prepare", lambda target, folder, *_: server.Place(folder, f"lab/tree/{target}.ipynb"))
    monkeypatch.setattr(server, "running_in", lambda folder: None)
    port = server.free_port()
    code, _, err = jissho("open", "G-F-1", "--no-browser", "--port", str(port), "--workspace", str(tmp_path / "w"))
    assert code == 0
    assert seen == {"folder": tmp_path / "w", "page": "lab/tree/G-F-1.ipynb", "port": port, "browser": False}


def test_open_names_the_server_that_is_already_there(jissho, monkeypatch, tmp_path):
    from jissho_kit.classroom import server

    monkeypatch.setattr(server, "prepare", lambda target, folder, *_: server.Place(folder, "lab/tree/はじめに.md"))
    monkeypatch.setattr(server, "running_in", lambda folder: server.Running("http://127.0.0.1:9999/", "t"))
    monkeypatch.setattr(server, "serve", lambda *_: pytest.fail("a second server was started"))
    code, _, err = jissho("open", "--no-browser", "--workspace", str(tmp_path))
    assert code == 0 and "もう開かれています" in err and "http://127.0.0.1:9999/lab/tree/" in err


def test_an_unexpected_error_is_one_line_and_a_log(jissho, monkeypatch, tmp_path):
    from jissho_kit.classroom import places

    def burst():
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(curriculum, "load_courses", burst)
    monkeypatch.setattr(places, "state_dir", lambda: tmp_path)
    code, out, err = jissho("list")
    assert code == 1 and out == "" and "予期しないエラー" in err and str(tmp_path / "jissho.log") in err
    assert "ZeroDivisionError" in (tmp_path / "jissho.log").read_text(encoding="utf-8")


def test_ctrl_c_is_said_and_told(jissho, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(curriculum, "load_courses", interrupted)
    assert jissho("list") == (130, "", "中断しました。\n")


def test_an_error_of_ours_keeps_its_way_out(jissho, monkeypatch):
    def wrong():
        raise UsageError("だめです。", where="ここ", mend="こうしてください。")

    monkeypatch.setattr(curriculum, "load_courses", wrong)
    assert jissho("list") == (2, "", "エラー: だめです。\n場所: ここ\n直し方: こうしてください。\n")


def test_a_reader_that_goes_away_is_no_error():
    program = [sys.executable, "-X", "utf8", "-m", "jissho_kit", "list", "--json"]
    writer = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.wait(60)


def test_json_stays_readable_where_the_locale_is_c():
    done = started("list", "--json", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    assert done.returncode == 0 and "経営者" in done.stdout


def test_progress_without_a_terminal_speaks_now_and_then(monkeypatch):
    said, now = [], [0.0]
    monkeypatch.setattr(_console, "say", said.append)
    monkeypatch.setattr(_console.time, "monotonic", lambda: now[0])
    with _console.progress() as step:
        for second in (0.0, 0.5, 1.0, 2.5):
            now[0] = second
            step(f"{second}")
    assert said == ["0.0", "2.5"]


def test_a_folder_for_results_that_cannot_be_written_is_misuse(jissho, tmp_path):
    (tmp_path / "結果").write_text("ファイル")
    code, out, err = jissho("run", "B-F-1b", "--out", str(tmp_path / "結果"))
    assert (code, out) == (2, "") and "結果を書き込めません" in err


def test_the_time_that_is_left_is_told_from_the_time_taken_so_far(monkeypatch):
    from jissho_kit.cli import _console as console

    now = 100.0
    monkeypatch.setattr(console.time, "monotonic", lambda: now)
    left = console._remaining()
    assert left(None, None) == "" and left(0, 40) == ""
    now = 110.0
    assert left(10, 40) == " 残り約30秒"
    now = 400.0
    assert left(20, 40) == " 残り約5分"
    assert left(0, 7) == ""  # another kind of step

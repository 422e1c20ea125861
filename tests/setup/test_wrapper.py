"""./jissho: sets itself up once, survives what befalls it, and otherwise keeps out of the way."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the POSIX wrapper")


def shim(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def told(result) -> dict:
    """What the program in the checkout found around itself."""
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_first_start_sets_up_and_says_so(checkout):
    result = checkout.run("list", "--json", cwd=checkout.root)
    assert told(result)["argv"] == ["list", "--json"]
    assert "実行環境を準備します" in result.stderr
    assert "部品を集めています 0/1" in result.stderr
    assert checkout.installs() == ["start", "end"]
    assert (checkout.root / ".jissho/.gitignore").read_text() == "*\n"


def test_later_starts_do_without_the_bootstrap(checkout):
    told(checkout.run())
    (checkout.root / "tools/bootstrap.py").unlink()
    result = checkout.run()
    assert told(result)["argv"] == []
    assert result.stderr == ""


def test_arguments_folder_exit_code_and_process_pass_through(checkout, tmp_path):
    told(checkout.run())
    process = checkout.start("a", "b c", "", "*", cwd=tmp_path)
    out, _ = process.communicate()
    seen = json.loads(out)
    assert seen["argv"] == ["a", "b c", "", "*"]
    assert seen["cwd"] == str(tmp_path)
    # The same process: Ctrl-C and other signals reach the program itself.
    assert seen["pid"] == process.pid
    assert checkout.run("exit", "7").returncode == 7


def test_python_and_test_commands(checkout, tmp_path):
    result = checkout.run("python", "-c", "import sys; print(sys.prefix, sys.flags.utf8_mode)", cwd=tmp_path)
    assert result.stdout.split(" ")[-1] == "1\n"
    assert str(checkout.root / ".jissho/envs") in result.stdout
    assert checkout.installs() == ["start", "end"]

    seen = told(checkout.run("test", "-k", "x y", cwd=tmp_path))
    assert (seen["argv"], seen["cwd"]) == (["-k", "x y"], str(checkout.root))
    assert checkout.installs() == ["start", "end"] * 2, "the first test run adds the test lock"
    told(checkout.run("test"))
    assert checkout.installs() == ["start", "end"] * 2, "the second finds it there"


def test_environment_is_private(checkout):
    foreign = {
        name: "/nowhere" for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR")
    }
    seen = told(checkout.run(env={**foreign, "HOME": str(checkout.bin), "PYTHONDONTWRITEBYTECODE": "1"}))["env"]
    state = str(checkout.root / ".jissho")
    assert not {"PYTHONHOME", "PYTHONPATH", "JUPYTER_PATH", "PYTHONDONTWRITEBYTECODE"} & seen.keys()
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        assert seen[name].startswith(state), name
    assert seen["PATH"].split(":")[0] == str(Path(seen["JUPYTER_DATA_DIR"]).parents[1] / "envs") + "/" + (
        (checkout.root / ".jissho/current").read_text().strip() + "/bin"
    )
    assert seen["HOME"] == str(checkout.bin), "a usable home folder is kept"


@pytest.mark.parametrize("home", [{}, {"HOME": "/nonexistent/home"}], ids=["unset", "missing"])
def test_without_home_in_the_c_locale(checkout, home):
    for _ in range(2):
        seen = told(checkout.run("日本語", env={"LC_ALL": "C", **home}))
        assert seen["argv"] == ["日本語"]
        assert seen["env"]["HOME"] == str(checkout.root / ".jissho/home")
        assert Path(seen["env"]["HOME"]).is_dir()


def test_called_through_symbolic_links(checkout, tmp_path):
    (tmp_path / "one").symlink_to(checkout.root / "jissho")
    (tmp_path / "two").symlink_to("one")
    told(checkout.run(program=tmp_path / "two"))
    assert (checkout.root / ".jissho/current").exists()


def test_moved_folder(checkout):
    told(checkout.run())
    moved = checkout.root.with_name("別の 場所")
    shutil.move(checkout.root, moved)
    (moved / "tools/bootstrap.py").unlink()
    seen = told(checkout.run(program=moved / "jissho"))
    assert seen["prefix"].startswith(str(moved))


def test_changed_lock_and_back(checkout):
    told(checkout.run())
    (first,) = checkout.environments()
    lock = checkout.root / "requirements.lock"
    old = lock.read_text()
    lock.write_text("other==2\n")
    told(checkout.run())
    assert len(checkout.environments()) == 2
    assert checkout.installs() == ["start", "end"] * 2
    lock.write_text(old)
    assert told(checkout.run())["prefix"].endswith(first)
    assert checkout.installs() == ["start", "end"] * 2, "the old environment was kept"


def test_changed_test_lock_keeps_the_environment(checkout):
    told(checkout.run("test"))
    (checkout.root / "requirements-test.lock").write_text("other==2\n")
    told(checkout.run())
    assert checkout.installs() == ["start", "end"] * 2, "not needed for other commands"
    told(checkout.run("test"))
    assert checkout.installs() == ["start", "end"] * 3
    assert len(checkout.environments()) == 1


def test_vanished_python(checkout):
    python = checkout.bin / "python3"
    python.rename(checkout.bin / "python3.11")
    told(checkout.run())
    (checkout.bin / "python3.11").rename(checkout.bin / "python3.12")
    result = checkout.run()
    told(result)
    assert "実行環境を準備します" in result.stderr


def test_two_at_once_build_one_environment(checkout):
    (checkout.bin / "slow").touch()
    both = [checkout.start("first"), checkout.start("second")]
    results = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert [code for *_, code in results] == [0, 0]
    assert sorted(json.loads(out)["argv"][0] for out, *_ in results) == ["first", "second"]
    assert checkout.installs() == ["start", "end"]
    assert any("別の ./jissho が準備をしています" in err for _, err, _ in results)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the child through /proc")
def test_killed_half_way(checkout):
    (checkout.bin / "slow").touch()
    killed = checkout.start()
    deadline = time.monotonic() + 30
    while not checkout.installs() and time.monotonic() < deadline:
        time.sleep(0.02)
    (bootstrap,) = children(killed.pid)
    os.kill(bootstrap, signal.SIGKILL)
    assert killed.wait() != 0
    told(checkout.run())
    # The orphaned installer still ran to its end before another one started in the same folder.
    assert checkout.installs() == ["start", "end"] * 2


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the child through /proc")
def test_kill_while_tests_are_added_rebuilds(checkout):
    told(checkout.run())
    (checkout.bin / "slow").touch()
    killed = checkout.start("test")
    deadline = time.monotonic() + 30
    while len(checkout.installs()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    (bootstrap,) = children(killed.pid)
    os.kill(bootstrap, signal.SIGKILL)
    killed.wait()
    told(checkout.run())
    told(checkout.run("test"))
    assert checkout.installs() == ["start", "end"] * 4, "run, killed, run and tests again"


def test_candidates_that_do_not_run_are_passed_over(checkout):
    for name in ("python3.13", "python3.12"):
        shim(checkout.bin / name, "exit 127")
    told(checkout.run())


def test_only_an_old_python(checkout):
    (checkout.bin / "uv").unlink()
    # Says its version, and fails every check of it.
    shim(checkout.bin / "python3", 'case "$2" in *print*) echo 3.8 ;; *) exit 1 ;; esac')
    result = checkout.run()
    assert result.returncode == 3
    assert "Python 3.11以上が見つかりません" in result.stderr
    assert "（Python 3.8）" in result.stderr
    assert "Traceback" not in result.stderr


def test_python_without_venv(checkout):
    (checkout.bin / "uv").unlink()
    python = (checkout.bin / "python3").readlink()
    shim(checkout.bin / "python3", f'case "$1" in -I) exit 1 ;; esac; exec "{python}" "$@"')
    result = checkout.run()
    assert result.returncode == 3
    assert "venvなどの標準の部品が不足" in result.stderr


def test_named_python(checkout, tmp_path):
    named = tmp_path / "mine"
    (checkout.bin / "python3").rename(named)
    (checkout.bin / "uv").rename(checkout.bin / "uv-away")
    assert checkout.run(env={"JISSHO_PYTHON": str(checkout.bin / "none")}).returncode == 3
    (checkout.bin / "uv-away").rename(checkout.bin / "uv")
    told(checkout.run(env={"JISSHO_PYTHON": str(named)}))
    told(checkout.run())

    # Whatever is found from now on, the tests are added to the environment that is there.
    (checkout.bin / "python3").symlink_to(named.readlink())
    told(checkout.run("test"))
    assert len(checkout.environments()) == 1
    told(checkout.run(env={"JISSHO_PYTHON": str(checkout.bin / "python3")}))
    assert len(checkout.environments()) == 2


def test_only_uv_and_no_python(checkout):
    (checkout.bin / "python3").rename(checkout.bin / "uvs-python")
    shim(checkout.bin / "uv", "exit 1")
    result = checkout.run()
    assert result.returncode == 3
    assert "インターネットにつないだ状態で" in result.stderr

    # Finds nothing before it has installed a Python of its own.
    shim(
        checkout.bin / "uv",
        """here=$(dirname -- "$0")
case "$1 $2" in
    "python install") : >"$here/fetched" ;;
    "python find") [ -e "$here/fetched" ] && echo "$here/uvs-python" ;;
esac""",
    )
    told(checkout.run())


def test_no_network(checkout):
    """Adding the tests fails with uv and with pip; what was there before stays usable."""
    told(checkout.run())
    (checkout.bin / "fail").write_text("error: Failed to fetch: dns error\n")
    result = checkout.run("test", env={"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull})
    assert result.returncode == 3
    assert "uvでは入れられなかったため、pipで続けます" in result.stderr
    assert "インターネットにつながっているか" in result.stderr
    assert "Traceback" not in result.stderr
    (checkout.bin / "fail").unlink()
    assert told(checkout.run("test"))["argv"] == []
    assert checkout.installs() == ["start", "end", "start", "start", "end"], "only the tests were tried again"

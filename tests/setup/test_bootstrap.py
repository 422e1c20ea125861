"""tools/bootstrap.py, piece by piece (as a whole: test_wrapper.py)."""

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("bootstrap", Path(__file__).parents[2] / "tools/bootstrap.py")
bootstrap = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bootstrap)


@pytest.mark.skipif(os.name == "nt", reason="programs are .exe files there")
@pytest.mark.parametrize("folder", ["plain", "with spaces 実証"])
def test_programs_find_their_python_after_a_move(tmp_path, folder):
    env = tmp_path / folder / "env"
    (env / "bin").mkdir(parents=True)
    python = env / "bin/python"
    python.symlink_to(sys.executable)
    # The two forms that installers write.
    direct, by_shell = f"#!{python}\n", f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"
    for name, header in {"direct": direct, "by_shell": by_shell}.items():
        program = env / "bin" / name
        program.write_text(header + "import sys\nprint(sys.argv[1:])\n")
        program.chmod(0o755)
    (env / "bin/other").write_text("#!/bin/sh\necho other\n")

    bootstrap.make_movable(env)
    env.rename(tmp_path / "移した 先")
    for name in ("direct", "by_shell"):
        ran = subprocess.run([tmp_path / "移した 先/bin" / name, "a b"], capture_output=True, text=True)
        assert (ran.stdout, ran.stderr) == ("['a b']\n", "")
    assert (tmp_path / "移した 先/bin/other").read_text() == "#!/bin/sh\necho other\n"


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "ディスクの空き"),
        ("  Caused by: invalid peer certificate: UnknownIssuer", "証明書"),
        ("Failed to establish a new connection: [Errno -2] Name or service not known", "インターネット"),
        ("error sending request for url; dns error: failed to lookup address", "インターネット"),
        ("ERROR: No matching distribution found for numpy==9", "インターネット"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "一致しません"),
        ("error: command 'gcc' failed", "command 'gcc' failed"),
    ],
)
def test_cause_of_a_failed_installation(printed, told):
    assert told in bootstrap.cause(printed)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EROFS, "書き込める場所"),
        (errno.EACCES, "書き込める場所"),
        (errno.ENOSPC, "ディスクの空き"),
        (errno.EIO, ".jissho を削除"),
    ],
)
def test_folder_that_cannot_be_used(monkeypatch, capsys, number, told):
    def fail(*_):
        raise OSError(number, os.strerror(number), "/教材/.jissho")

    monkeypatch.setattr(bootstrap, "prepare", fail)
    assert bootstrap.main([]) == 3
    assert told in capsys.readouterr().err


def test_interrupted(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "prepare", interrupt)
    assert bootstrap.main([]) == 130
    assert "もう一度実行すると" in capsys.readouterr().err


def test_installers_keep_the_mirror_and_lose_what_misleads(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "mirror")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    variables = bootstrap.installer_environment()
    assert variables["PIP_INDEX_URL"] == "mirror"
    assert "PIP_TARGET" not in variables
    assert variables["PIP_USER"] == "0"


def test_environment_belongs_to_the_lock_and_the_python(tmp_path):
    lock = tmp_path / "requirements.lock"

    def name(content: str, base: str) -> str:
        lock.write_text(content)
        return bootstrap.key(tmp_path, lock, Path(base))

    names = {name("a==1\n", "/one"), name("a==2\n", "/one"), name("a==1\n", "/two")}
    assert len(names) == 3
    assert name("a==1\n", "/one") in names


def test_base_python_is_named_by_version(monkeypatch, tmp_path):
    """A system upgrade then makes the environment's Python vanish, not change under its packages."""
    plain, versioned = tmp_path / "python3", tmp_path / "python{}.{}".format(*sys.version_info)
    plain.touch()
    monkeypatch.setattr(sys, "_base_executable", str(plain))
    assert bootstrap.base_python() == plain
    versioned.symlink_to(plain)
    assert bootstrap.base_python() == versioned


def test_progress_is_a_few_lines_where_it_is_not_a_terminal(capsys):
    with bootstrap.Progress(40) as progress:
        for number in range(40):
            progress.read(f"Collecting package{number}\n")
        progress.read("Installing collected packages: package0\n")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("（")[0] for line in lines] == [
        *(f"部品を集めています {done}/40" for done in (0, 10, 20, 30, 40)),
        "部品を組み込んでいます 40/40",
    ]

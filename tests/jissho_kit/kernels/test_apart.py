"""The walls themselves: who can start them, what they take away, and that nothing outlives whoever grades."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jissho_kit import kernels
from jissho_kit.kernels import _apart

needs_walls = pytest.mark.skipif(bool(kernels.why_not()), reason=kernels.why_not())
SHORT = kernels.Limits(cell_s=30, notebook_s=60, memory=700_000_000, disk=20_000_000)


def shown(process, source: str) -> str:
    """What a cell prints, and the names of its errors."""
    texts = []
    for message in process.execute(source):
        content = message["content"]
        texts.append(content.get("text", "") if message["msg_type"] == "stream" else "")
        texts.append(content["ename"] if message["msg_type"] == "error" else "")
    return "".join(texts)


@pytest.fixture
def process():
    with kernels.sandbox().start(SHORT) as started:
        yield started


@needs_walls
def test_it_has_no_rights_and_sees_only_itself(process):
    told = shown(
        process,
        "import os, json\nstatus = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
        "print(json.dumps([os.getuid(), status['CapEff'].strip(), status['Seccomp'].strip(), status['NoNewPrivs'].strip(),\n"
        "    sorted(p for p in os.listdir('/proc') if p.isdigit()), os.listdir('/box/work'), 'jissho_kit' in os.listdir('/run/jissho/lib')]))",
    )
    assert json.loads(told) == [1000, "0" * 16, "2", "1", ["1", "2"], [], False]


@needs_walls
def test_only_its_box_can_be_written_and_what_it_wrote_is_gone_for_the_next(process):
    source = """
import os
for folder, _, _ in os.walk("/"):
    if not folder.startswith(("/proc", "/box", "/tmp", "/dev/shm")) and os.access(folder, os.W_OK): print("W", folder)
for place in ("/box/work", "/tmp", "/dev/shm"): open(place + "/trace", "w").write("x")
print(sorted(os.listdir("/tmp")))"""
    assert shown(process, source).split() == ["['trace']"]
    with kernels.sandbox().start(SHORT) as other:
        assert (
            shown(other, "import os; print(*[os.listdir(p) for p in ('/box/work', '/tmp', '/dev/shm')])")
            == "[] [] []\n"
        )


@needs_walls
def test_the_kernel_that_it_is_given_is_as_new_and_its_own(process):
    source = """
import os, numpy as np
from sklearn.linear_model import LogisticRegression
shell = get_ipython()
print(_dh[0], os.path.isdir(shell.profile_dir.location), len(In), sorted(n for n in shell.user_ns_hidden if n == "df"))
print(np.random.random())
LogisticRegression(max_iter=1).fit(np.arange(8.0).reshape(4, 2) * [1, 900], [0, 1, 0, 1])"""
    told = shown(process, source)
    with kernels.sandbox().start(SHORT) as other:
        again = shown(other, source)
    assert told.startswith("/box/work True 2 []\n") and "ConvergenceWarning" in told, told
    assert told.split()[4] != again.split()[4], "siblings draw the same numbers"


@needs_walls
def test_system_calls_that_open_sandboxes_are_refused(process):
    source = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in ("unshare(0x10000000)", "setns(0, 0)", "ptrace(16, 1, 0, 0)", "memfd_create(b'x', 0)", "shmget(0, 4096, 0o1600)"):
    print(eval("libc." + call), end=" ")
import socket
for family in (38, 40, 17):
    try: socket.socket(family); print("OPEN")
    except OSError: pass"""
    assert shown(process, source) == "-1 -1 -1 -1 -1 "


@needs_walls
def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_one_runs():
    with kernels.sandbox().start(kernels.Limits(cell_s=1)) as process:
        assert "KeyboardInterrupt" in shown(process, "while True: pass")
        assert shown(process, "import os; os.system('sleep 600'); print('あと')") == "あと\n"
        assert shown(process, "print(1)") == "1\n"


@needs_walls
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(3)", "died"),
        ("import ctypes; ctypes.string_at(0)", "died"),
        ("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass", "cell-time"),
        ("from IPython.display import display\nwhile True: display({'text/plain': 'x' * 10**6}, raw=True)", "output"),
        ("import os\nfor fd in range(3, 64):\n    try: os.write(fd, bytes(64))\n    except OSError: pass", "forged"),
    ],
)
def test_what_cannot_go_on_is_ended_with_its_reason(source, reason):
    limits = kernels.Limits(cell_s=2, output=5_000_000)
    with kernels.sandbox().start(limits) as process, pytest.raises(kernels.Stopped) as stop:
        shown(process, source)
    assert stop.value.reason == reason


@needs_walls
def test_it_ends_with_all_that_it_has_started():
    source = "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(600)"
    with kernels.sandbox().start(SHORT) as process:
        shown(process, source)
        family = _apart._family(process._process.pid)[0]
    assert len(family) >= 6 and not [pid for pid in family if _runs(pid)]


@needs_walls
def test_nothing_is_left_of_a_grader_that_is_killed():
    source = """
from jissho_kit.kernels import _apart
process = _apart.sandbox().start(_apart.Limits())
list(process.execute("import os, time\\nif os.fork() == 0:\\n    os.setsid(); time.sleep(600)"))
print(*_apart._family(process._process.pid)[0], flush=True)
import time; time.sleep(600)"""
    grader = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    family = [int(pid) for pid in grader.stdout.readline().split()]
    assert len(family) >= 4 and all(map(_runs, family))
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    ends = time.monotonic() + 30
    while any(map(_runs, family)) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not any(map(_runs, family))


@needs_walls
def test_a_sandbox_outlives_the_thread_that_has_started_it():
    made = []
    thread = threading.Thread(target=lambda: made.append(_apart.Sandbox()))
    thread.start()
    thread.join()
    with made[0] as sandbox:
        assert sandbox.ready(120)
        with sandbox.start(SHORT) as process:
            assert shown(process, "print(1)") == "1\n"


@needs_walls
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root, to be somebody else")
def test_a_plain_user_has_the_same_walls(tmp_path):
    python = Path(sys.base_prefix).resolve()
    home = python.parents[-2]  # where a Python of root's own lies, e.g. /root
    script = f"""
set -e
if [ "{home}" != /usr ]; then
    mkdir {tmp_path}/python; mount --bind {python} {tmp_path}/python
    mount -t tmpfs -o mode=755 none {home}; mkdir -p {python}; mount --bind {tmp_path}/python {python}
fi
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""
    source = """
from jissho_kit.kernels import _apart
print(_apart.why_not())
with _apart.sandbox().start(_apart.Limits()) as process:
    for message in process.execute("import os; print(os.getuid(), os.listdir('/root') if os.path.isdir('/root') else [])"):
        if message["msg_type"] == "stream": print(message["content"]["text"])"""
    env = os.environ | {"HOME": "/nonexistent", "MPLCONFIGDIR": "/tmp/jissho-test-mpl"}
    if home in Path(__file__).parents or not _others_may_read(Path(sys.prefix)):
        pytest.skip("the checkout is root's alone")
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", source],
        capture_output=True, text=True, env=env, cwd="/", timeout=300,
    )  # fmt: skip
    assert run.stdout.split("\n")[0] == "" and run.stdout.split()[0] == "1000", run.stderr


def test_where_there_are_no_walls_the_reason_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(_apart.sys, "platform", "win32")
    assert "WSL2" in kernels.why_not()
    monkeypatch.setattr(_apart.sys, "platform", "linux")
    monkeypatch.setattr(_apart, "bubblewrap", lambda: "")
    assert "apt install bubblewrap" in kernels.why_not()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _others_may_read(place: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in [place, *place.parents])

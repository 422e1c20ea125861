"""A forked kernel is what a fresh one would have been, ends as it would have, and falls back where it could not be."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import KernelManager

from jissho_kit.kernels import WARM, _warm, environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
PATIENCE = 120  # seconds; the machine may be busy


class Kernel:
    """A running kernel and how it was started."""

    def __init__(self, provisioner: str, cwd: Path, env: dict, **options) -> None:
        self.manager = KernelManager(kernel_name="python3", **options)
        self.manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": provisioner}
        self.manager.start_kernel(cwd=str(cwd), env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def process(self):
        return self.manager.provisioner.process

    @property
    def warm(self) -> bool:
        return isinstance(self.process, _warm.ForkedKernel)

    def run(self, code: str) -> list[dict]:
        """Contents of the messages that a cell sends, each with its kind."""
        said = []
        self.client.execute_interactive(
            code,
            timeout=PATIENCE,
            allow_stdin=False,
            output_hook=lambda m: said.append(m["content"] | {"is": m["msg_type"]}),
        )
        return said

    def printed(self, code: str) -> str:
        return "".join(content["text"] for content in self.run(code) if content["is"] == "stream")

    def json(self, code: str):
        return json.loads(self.printed(code))

    def ended(self) -> int:
        """Exit code, as its client sees it."""
        ends = time.monotonic() + PATIENCE
        while (code := self.process.poll()) is None:
            assert time.monotonic() < ends, "the kernel does not end"
            time.sleep(0.02)
        return code

    def close(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    found = environment(tmp_path_factory.mktemp("private"), {"TZ": "Asia/Tokyo", "見出し": "あ"})
    return {name: value for name, value in found.items() if name != _warm.SETTING}


@pytest.fixture(scope="module")
def zygote(env):
    """The one for this module's kernels; tests before it may have started one in another environment."""
    assert _warm.warm_up(env, PATIENCE)
    return _warm._zygotes[-1]


@pytest.fixture
def start(zygote, env, tmp_path):
    kernels = []

    def start(provisioner=WARM, cwd=tmp_path, env=env, **options) -> Kernel:
        kernels.append(Kernel(provisioner, cwd, env, **options))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(start):
    kernel = start()
    assert kernel.warm
    return kernel


FACTS = r"""
import asyncio, gc, io, json, locale, logging, multiprocessing, os, resource, signal, sys, tempfile, threading, time
def kind(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}").split(":[")[0]
    except OSError:
        return "gone"
facts = {
    "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "flags": list(sys.flags), "cwd": os.getcwd(),
    "environ": dict(os.environ), "environb": len(os.environb), "tz": [time.tzname, time.strftime("%z", time.localtime(0))],
    "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()], "umask": os.umask(0o22),
    "signals": {n.name: str(signal.getsignal(n)).split(" at ")[0] for n in signal.valid_signals() if isinstance(n, signal.Signals)},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "limits": [resource.getrlimit(n) for n in range(resource.RLIM_NLIMITS)] if hasattr(resource, "RLIM_NLIMITS") else [],
    "stdin": sys.stdin.read(), "streams": [type(s).__name__ for s in (sys.stdin, sys.stdout, sys.stderr)],
    "encoding": [sys.stdout.encoding, sys.getfilesystemencoding(), locale.getlocale()],
    "tmp": tempfile.gettempdir(), "main": __name__, "gc": [gc.isenabled(), gc.get_threshold()],
    "logging": [logging.root.level, len(logging.root.handlers)],
    "start": multiprocessing.get_start_method(), "affinity": sorted(os.sched_getaffinity(0)), "nice": os.nice(0),
    "interactive": hasattr(sys, "ps1"), "hooks": [sys.excepthook.__name__, type(sys.displayhook).__name__],
    "own": sorted(name for name in get_ipython().kernel._kernel_modules if "ipykernel_launcher" not in name and "zygote" not in name),
    "children": len(multiprocessing.active_children()), "threads": len(threading.enumerate()),
}
import matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd, warnings
from threadpoolctl import threadpool_info
import sklearn.linear_model, scipy.stats
facts |= {
    "rc": {name: str(value) for name, value in matplotlib.rcParams.items()}, "backend": plt.get_backend(),
    "pandas": pd.get_option("display.max_rows"), "numpy": str(np.geterr()),
    "pools": sorted((p["internal_api"], p["num_threads"]) for p in threadpool_info()),
    "warnings": sorted({str(f) for f in warnings.filters}),
}
facts["fds"] = [kind(fd) for fd in os.listdir("/proc/self/fd")]
print(json.dumps(facts, default=str))
"""


def test_everything_a_cell_can_ask_is_as_in_a_fresh_kernel(start, tmp_path):
    fresh, warm = (start(name).json(FACTS) for name in ("local-provisioner", WARM))
    for facts in (fresh, warm):
        for name in ("argv", "orig_argv"):
            facts[name] = [re.sub(r".*\.json$", "<connection>", argument) for argument in facts[name]]
    assert set(warm["own"]) ^ set(fresh["own"]) == set()
    # One more pipe: its other end is the client's, and ends with it.
    extra = Counter(warm.pop("fds")) - Counter(fresh.pop("fds"))
    assert extra in (Counter(), Counter(pipe=1)), extra
    assert warm["tz"][1] == "+0900" and warm["environ"]["見出し"] == "あ" and warm["cwd"] == str(tmp_path)
    assert set(warm["environ"].items()) ^ set(fresh["environ"].items()) == set()
    assert {name: (warm[name], fresh[name]) for name in fresh if warm[name] != fresh[name]} == {}


def test_preloaded_libraries_say_nothing_that_a_fresh_kernel_would_show(start):
    from jissho_kit.kernels.inside import zygote

    for name in ("local-provisioner", WARM):
        assert start(name).printed("\n".join(f"import {module}" for module in zygote.PRELOAD)) == ""


FIGURE = """
import matplotlib_fontja, matplotlib.pyplot as plt, pandas as pd
fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([1, 2, 3], [2, 1, 3]); ax.set_title("合成データ：歩留まり（％）")
plt.show()
print(plt.rcParams["font.family"])
pd.DataFrame({"良品": [1, 2]})
"""


def test_figures_tables_and_errors_are_those_of_a_fresh_kernel(start):
    """Trap 1: figures once vanished while everything else stayed the same."""

    def shown(kernel):
        said = kernel.run(FIGURE) + kernel.run("1/0")
        return [content for content in said if content["is"] not in ("status", "execute_input")]

    fresh, warm = (shown(start(name)) for name in ("local-provisioner", WARM))
    assert [content["is"] for content in warm] == ["display_data", "stream", "execute_result", "error"]
    assert warm[0]["data"]["image/png"] and warm[:3] == fresh[:3]
    assert re.sub(r"ipykernel_\d+", "", str(warm[3])) == re.sub(r"ipykernel_\d+", "", str(fresh[3]))


def test_random_numbers_are_each_kernels_own(start):
    """Trap 2."""
    drawn = [
        start().json(
            "import json, random, uuid, numpy as np; print(json.dumps([np.random.rand(), random.random(), str(uuid.uuid4())]))"
        )
        for _ in range(2)
    ]
    assert all(one != other for one, other in zip(*drawn, strict=True))


CLIENT = """
import asyncio, json, os, sys, time
from pathlib import Path
from jupyter_client.manager import start_new_kernel
from jissho_kit.kernels import _warm
_warm.warm_up(dict(os.environ) , 120)
managers = [start_new_kernel()[0] for _ in range(2)]
print(json.dumps([m.provisioner.process.pid for m in managers] + [_warm._zygotes[-1]._process.pid, os.getpid()]), flush=True)
{then}
time.sleep(600)
"""
OUTSIDE = os.environ | {_warm.SETTING: WARM}


def started_client(then: str = "") -> tuple[subprocess.Popen, list[int]]:
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT.replace("{then}", then)], stdout=subprocess.PIPE, env=OUTSIDE
    )
    pids = json.loads(client.stdout.readline())
    assert all(psutil.pid_exists(pid) for pid in pids)
    return client, pids


def gone(pids: list[int]) -> bool:
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=PATIENCE)
    return not alive


@pytest.mark.parametrize("way", ["killed", "exits", "killed with a fork left over"])
def test_kernels_and_zygote_end_with_their_client(way):
    """Trap 3: the parent that ipykernel would watch is the zygote."""
    then = {"exits": "os._exit(0)", "killed": ""}.get(way, "if os.fork() == 0:\n    time.sleep(3600)\n")
    client, (*pids, _) = started_client(then)
    forks = psutil.Process(client.pid).children() if "fork" in way else []
    client.kill()
    client.wait()
    client.stdout.close()
    try:
        assert gone(pids)
    finally:
        for fork in forks:
            if fork.pid not in pids and fork.is_running():
                fork.kill()


COLD = [
    pytest.param({"OMP_NUM_THREADS": "2"}, id="threads"),
    pytest.param({"OPENBLAS_CORETYPE": "Haswell"}, id="blas"),
    pytest.param({"PYTHONWARNINGS": "error"}, id="python"),
    pytest.param({"LD_LIBRARY_PATH": "/nowhere"}, id="loader"),
    pytest.param({"MPLCONFIGDIR": "/tmp"}, id="matplotlib"),
    pytest.param({"HOME": "/tmp"}, id="home"),
]


@pytest.mark.parametrize("change", COLD)
def test_another_environment_does_not_suit(zygote, env, tmp_path, change):
    """Traps 4 and 5."""
    assert zygote.suits(env, str(tmp_path))
    assert not zygote.suits(env | change, str(tmp_path))


def test_what_an_import_in_the_client_has_set_does_not_matter(zygote, env, tmp_path, monkeypatch):
    """sklearn sets ``KMP_INIT_AT_FORK``, and a client that imports it after its zygote has begun passes it on."""
    without = {name: value for name, value in env.items() if not name.startswith("KMP_")}
    monkeypatch.setattr(zygote, "_at_start", _warm._at_start(without))
    monkeypatch.setitem(zygote._imported["set"], "KMP_INIT_AT_FORK", "FALSE")
    assert zygote.suits(without, str(tmp_path))
    assert zygote.suits(without | {"KMP_INIT_AT_FORK": "FALSE"}, str(tmp_path))
    assert not zygote.suits(without | {"KMP_INIT_AT_FORK": "TRUE"}, str(tmp_path))


@pytest.mark.parametrize("name", ["matplotlibrc", "random.py", "numpy/", "pandas.py"])
def test_a_folder_that_would_change_an_import_does_not_suit(zygote, env, tmp_path, name):
    (tmp_path / "lesson.ipynb").touch()
    assert zygote.suits(env, str(tmp_path))
    (tmp_path / name).mkdir() if name.endswith("/") else (tmp_path / name).touch()
    assert not zygote.suits(env, str(tmp_path))


def test_a_relative_python_path_does_not_suit(zygote, env, tmp_path, monkeypatch):
    changed = env | {"PYTHONPATH": "lib"}
    monkeypatch.setattr(zygote, "_at_start", _warm._at_start(changed))
    assert not zygote.suits(changed, str(tmp_path))


@pytest.mark.parametrize(
    "unusual",
    [
        {"independent": True},
        {"stdout": subprocess.PIPE},
        {"preexec_fn": print},
        {"cwd": "/nowhere"},
    ],
)
def test_unusual_ways_to_start_are_left_to_jupyter(unusual, tmp_path):
    cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "x.json"]
    options = {"env": {}, "cwd": str(tmp_path)} | unusual
    assert _warm._usual(cmd, {"env": {}, "cwd": str(tmp_path)}, str(tmp_path))
    assert not _warm._usual(cmd, options, options["cwd"])
    assert not _warm._usual(["/usr/bin/python3", *cmd[1:]], {}, str(tmp_path))
    assert not _warm._usual([sys.executable, "-m", "bash_kernel"], {}, str(tmp_path))


def test_a_kernel_that_does_not_suit_starts_all_the_same(start, env, tmp_path):
    (tmp_path / "matplotlibrc").write_text("figure.dpi: 55\n")
    kernel = start()
    assert not kernel.warm
    assert kernel.printed("import matplotlib; print(matplotlib.rcParams['figure.dpi'], end='')") == "55.0"


@pytest.fixture
def begun(monkeypatch):
    """Zygotes that were begun instead of real ones; each is ready when ``_imported`` is set."""
    begun = []

    class Begun(_warm.Zygote):
        def __init__(self, env) -> None:
            self.env, self._at_start, self._imported = env, _warm._at_start(env), {}
            begun.append(self)

        def ready(self, wait_s=0) -> bool:
            return bool(self._imported)

        def alive(self) -> bool:
            return True

        def current(self) -> bool:
            return True

    monkeypatch.setattr(_warm, "Zygote", Begun)
    monkeypatch.setattr(_warm, "_zygotes", [])
    monkeypatch.setattr(_warm, "_asked", Counter())
    return begun


DONE = {"modules": [], "set": {"KMP_INIT_AT_FORK": "FALSE"}}
THREADS = {"OMP_NUM_THREADS": "1"}  # what our kernels' environment says and a server's does not


def ask(env, cwd) -> None:
    """As a kernel is started, but for the fork: none of the zygotes here is one."""
    _warm._forked([sys.executable, *_warm.LAUNCH], {"env": env, "cwd": str(cwd)})


def test_a_zygote_that_does_not_suit_keeps_nobody_cold_for_ever(begun, tmp_path):
    assert _warm.warm_up({"HOME": "/a"}) is False and len(begun) == 1
    begun[0]._imported = DONE
    ask(THREADS | {"HOME": "/a"}, tmp_path)
    assert len(begun) == 1, "one kernel is not worth a warm process"
    ask(THREADS | {"HOME": "/a"}, tmp_path)
    assert len(begun) == 2 and begun[1].serves(THREADS | {"HOME": "/a"})
    begun[1]._imported = DONE
    assert _warm.warm_up({"HOME": "/a"}) and _warm.warm_up(THREADS | {"HOME": "/a"}) and len(begun) == 2, (
        "both are kept"
    )


def test_only_so_many_warm_processes_are_kept(begun):
    for home in ("/a", "/b", "/a", "/c"):
        _warm.warm_up({"HOME": home})
    assert [one.env["HOME"] for one in begun] == ["/a", "/b", "/c"]
    assert [one.env["HOME"] for one in _warm._zygotes] == ["/a", "/c"], "the one used last stays"


def test_none_is_begun_for_what_an_import_sets(begun):
    """The client may import sklearn while its zygote does, and pass on what that sets."""
    _warm.warm_up({"HOME": "/a"})
    after = {"HOME": "/a", "KMP_INIT_AT_FORK": "FALSE"}
    assert _warm.warm_up(after) is False and len(begun) == 1
    begun[0]._imported = DONE
    assert _warm.warm_up(after) is True and len(begun) == 1
    assert _warm.warm_up(after | {"KMP_INIT_AT_FORK": "TRUE"}) is False and len(begun) == 2


def test_kernels_of_two_environments_start_warm_and_know_nothing_of_each_other(start, env):
    """A server's own kernels and those that grade in it: their numbers of threads differ, and what else they may know."""
    other = {name: value for name, value in env.items() if name != "OMP_NUM_THREADS"} | {"PASSWORD": "ひみつ"}
    assert _warm.warm_up(other, PATIENCE)
    one, two, three = start(), start(env=other), start(env=other | {"PASSWORD": "別の"})
    assert one.warm and two.warm and three.warm
    told = "import os; print('PASSWORD' in os.environ, 'ひみつ' in open('/proc/self/environ').read(), os.environ.get('OMP_NUM_THREADS'))"
    assert one.printed(told) == "False False 1\n"
    assert two.printed(told) == "True False None\n" and three.printed(told) == "True False None\n"


def test_other_systems_have_no_zygote(monkeypatch, env):
    monkeypatch.setattr(sys, "platform", "win32")
    assert _warm.warm_up(env) is False


def test_installing_a_package_retires_the_zygote(monkeypatch, start, zygote, env):
    monkeypatch.setattr(_warm, "_zygotes", [zygote])
    old = start()
    monkeypatch.setattr(_warm, "_installed", lambda: [1, 2])
    assert not zygote.current()
    assert _warm.warm_up(env, PATIENCE) and zygote not in _warm._zygotes
    assert start().warm and old.printed("print(1)") == "1\n"


def test_encrypted_transport(start):
    kernel = start(transport_encryption="required")
    assert kernel.warm and kernel.manager.curve_secretkey
    assert kernel.printed("print('鍵')") == "鍵\n"


def test_forks_share_no_memory_that_a_sibling_can_change(start):
    """Trap 6: they do share address layout and hash seed, which is why strangers' code runs elsewhere (``_apart``)."""
    one, other = start(), start()
    one.run("import numpy; numpy.pi = 3; import sys; sys.modules['json'].mark = 1; import os; os.environ['X'] = '1'")
    assert other.printed("import numpy, json, os; print(numpy.pi, hasattr(json, 'mark'), 'X' in os.environ)") == (
        "3.141592653589793 False False\n"
    )


def test_a_graceful_end_runs_what_was_to_run_at_exit(kernel, tmp_path):
    """Trap 7."""
    kernel.run("import atexit, pathlib; atexit.register(lambda: pathlib.Path('ended').write_text('はい'))")
    process = kernel.process
    kernel.manager.shutdown_kernel()
    assert (tmp_path / "ended").read_text() == "はい" and process.returncode == 0
    assert not psutil.pid_exists(process.pid)


def test_starting_a_zygote_does_not_hold_up_the_event_loop(monkeypatch, env, tmp_path):
    """Trap 8."""
    import asyncio

    inside = {}

    def slow(env, anew):
        inside["thread"] = threading.current_thread()
        return None

    monkeypatch.setattr(_warm, "_started", slow)
    manager = KernelManager(kernel_name="python3")
    provisioner = _warm.WarmProvisioner(kernel_id="1", kernel_spec=manager.kernel_spec, parent=manager)
    monkeypatch.setattr(_warm.LocalProvisioner, "launch_kernel", lambda self, cmd, **_: asyncio.sleep(0))
    cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "x.json"]
    asyncio.run(provisioner.launch_kernel(cmd, env=env, cwd=str(tmp_path)))
    assert inside["thread"] is not threading.main_thread()
    assert _warm.ANSWER_S < 10


def test_the_second_kernel_of_a_process_starts_the_zygote(tmp_path):
    """Tools unchanged, notebooks unchanged: nbclient with the kernelspec python3 as installed, chosen by the setting alone."""
    code = """
import os, sys, psutil, nbformat.v4 as v4
from nbclient import NotebookClient
from jissho_kit.kernels import _warm
def parent():
    nb = v4.new_notebook(cells=[v4.new_code_cell("import os; print(os.getppid(), 'JUPYTER_DEFAULT_PROVISIONER_NAME' in os.environ)")])
    NotebookClient(nb, kernel_name="python3").execute()
    return nb.cells[0].outputs[0].text.split()
first, started = parent(), list(_warm._zygotes)
second, _ = parent(), _warm._zygotes[-1].ready(120)
third = parent()
print(started, first[0] == str(os.getpid()), third[0] == str(_warm._zygotes[-1]._process.pid), third[1])
"""
    done = subprocess.run([sys.executable, "-c", code], env=OUTSIDE, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[] True True False\n", done.stderr


def test_interrupt_restart_and_crash(kernel):
    said, begun = [], threading.Event()
    code = "import time\nprint('始', flush=True)\ntime.sleep(600)"

    def hook(message):
        said.append(message["content"])
        if message["msg_type"] == "stream":
            begun.set()

    thread = threading.Thread(
        target=lambda: kernel.client.execute_interactive(code, timeout=PATIENCE, output_hook=hook)
    )
    thread.start()
    assert begun.wait(PATIENCE)
    kernel.manager.interrupt_kernel()
    thread.join(PATIENCE)
    assert any(content.get("ename") == "KeyboardInterrupt" for content in said)

    before = kernel.process.pid
    kernel.run("x = 1")
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.warm and kernel.process.pid != before
    assert kernel.run("x")[-2]["ename"] == "NameError"

    kernel.client.execute("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert kernel.ended() == -signal.SIGSEGV
    assert not kernel.manager.is_alive()


@pytest.mark.parametrize(("code", "status"), [("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9)])
def test_exit_codes_arrive(kernel, code, status):
    kernel.client.execute(f"import os; {code}")
    assert kernel.ended() == status == kernel.process.wait(1)


def test_the_zygotes_death_ends_no_kernel_and_the_next_ones_start_anew(monkeypatch, env, start):
    monkeypatch.setattr(_warm, "_zygotes", [])
    assert _warm.warm_up(env, PATIENCE)
    kernel = start()
    _warm._zygotes[-1]._process.kill()
    _warm._zygotes[-1]._process.wait()
    assert kernel.printed("print(1)") == "1\n" and kernel.process.poll() is None
    fresh = start()
    assert not fresh.warm and fresh.printed("print(2)") == "2\n"
    kernel.process.kill()
    assert kernel.ended() == -9
    assert _warm.warm_up(env, PATIENCE) and start().warm


PARALLEL = """
import numpy as np, multiprocessing as mp, json
from concurrent.futures import ProcessPoolExecutor
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
X, y = make_classification(200, random_state=0)
scores = cross_val_score(RandomForestClassifier(5, random_state=0), X, y, n_jobs=2)
with ProcessPoolExecutor(2) as pool:
    lengths = list(pool.map(len, ["a", "bb"]))
with mp.get_context("spawn").Pool(1) as pool:
    spawned = pool.map(abs, [-1, -2])
blas = float(np.linalg.norm(np.ones((300, 300)) @ np.ones((300, 300))))
openmp = int(KMeans(2, n_init=1, random_state=0).fit(X).labels_.sum()) in range(201)
print(json.dumps([len(scores), lengths, spawned, blas, openmp]))
"""


def test_parallel_work_after_the_fork(kernel):
    assert kernel.json(PARALLEL) == [5, [1, 2], [1, 2], 90000.0, True]


def test_subshells_run_while_the_main_shell_is_busy(kernel):
    def ask(kind, **content):
        message = kernel.client.session.msg(kind, content)
        kernel.client.control_channel.send(message)
        return kernel.client.get_control_msg(timeout=PATIENCE)["content"]

    subshell = ask("create_subshell_request")["subshell_id"]
    kernel.client.execute("import time; time.sleep(2); done = True")
    message = kernel.client.session.msg("execute_request", {"code": "1", "silent": False})
    message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)
    replies = [kernel.client.get_shell_msg(timeout=PATIENCE) for _ in range(2)]
    assert replies[0]["parent_header"]["msg_id"] == message["header"]["msg_id"]
    assert ask("delete_subshell_request", subshell_id=subshell)["status"] == "ok"


def test_widgets_open_their_comms(kernel):
    said = kernel.run("import ipywidgets; ipywidgets.IntSlider(value=3, description='件数')")
    assert [content["is"] for content in said].count("comm_open") == 3
    assert any("application/vnd.jupyter.widget-view+json" in content.get("data", {}) for content in said)


def test_a_page_can_ask_for_all_widgets_at_once(kernel):
    """Without the control target Voilà asks widget by widget: hundreds of messages before the first form is seen."""
    asked = "import json, comm, ipywidgets; print(json.dumps(sorted(comm.get_comm_manager().targets)))"
    assert {"jupyter.widget", "jupyter.widget.control"} <= set(kernel.json(asked))


def test_use_counts_the_child_alone(start):
    idle = start()
    cpu = psutil.Process(idle.process.pid).cpu_times()
    zygote = psutil.Process(idle.process._zygote._process.pid).cpu_times()
    busy = idle.json(
        "import time, json\nt=time.process_time()\nwhile time.process_time() - t < 0.5: pass\nprint(json.dumps(time.process_time()))"
    )
    after = psutil.Process(idle.process.pid).cpu_times()
    assert cpu.user + cpu.system < zygote.user + zygote.system
    assert 0.5 <= (after.user + after.system) - (cpu.user + cpu.system) <= busy + 0.5


IMPORTS = "import numpy, pandas, scipy.stats, sklearn.ensemble, sklearn.linear_model, matplotlib.pyplot, ipywidgets"


def test_an_idle_kernel_keeps_little_memory_to_itself(start):
    def private(kernel):
        kernel.run(IMPORTS)
        return psutil.Process(kernel.process.pid).memory_full_info().uss

    warm, fresh = private(start()), private(start("local-provisioner"))
    assert fresh > 4.5 * warm, (fresh, warm)


def test_the_checkout_registers_what_the_package_will():
    import tomllib

    root = Path(__file__).parents[3]
    group = "jupyter_client.kernel_provisioners"
    wheel = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][group]
    checkout = (root / "src/jissho_checkout.dist-info/entry_points.txt").read_text(encoding="utf-8")
    assert checkout == f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in wheel.items())
    assert f"{_warm.SETTING}={WARM}" in (root / "jissho").read_text(encoding="utf-8")


def test_a_connection_file_is_there_whole_at_every_moment(kernel, tmp_path):
    spec = importlib.util.spec_from_file_location("warm_zygote", Path(_warm.__file__).parent / "inside" / "zygote.py")
    zygote = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(zygote)
    file, seen = tmp_path / "kernel.json", []
    file.write_text("{}")

    def write(path, **ports):
        seen.append(file.read_text())
        Path(path).write_text(json.dumps(ports))

    zygote._write_whole(write, str(file), hb_port=1)
    assert seen == ["{}"] and json.loads(file.read_text()) == {"hb_port": 1} and len(list(tmp_path.iterdir())) == 1
    real = Path(kernel.manager.connection_file)
    assert [path.name for path in real.parent.glob(f"{real.name}*")] == [real.name]
    assert json.loads(real.read_text())["hb_port"] == kernel.manager.hb_port

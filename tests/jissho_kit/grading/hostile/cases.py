"""What people hand in to gain points, to do harm, or by honest accident: one row each.

Every hostile row starts from a hand-in whose only right answer is that of item a (2 points); who breaks what hands it
over, loses them;
every honest row from one that is right throughout (12 points). ``threat``: number in the notes on grading security.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

NAME = "G-A-1"
ALL, ONE = 12.0, 2.0
CANARY = "CANARY-4711"  # lies outside every box; nothing of it may come out


@dataclass(frozen=True)
class Case:
    """``points``: exactly what the grade must be; ``problem``: part of the reason where there is no grade."""

    name: str
    threat: int
    change: Callable[[Path], None]
    points: float = ONE
    honest: bool = False
    problem: str = ""


CASES: list[Case] = []


def hostile(threat: int, points: float = ONE, problem: str = ""):
    return lambda change: CASES.append(
        Case(f"悪意{len(CASES):02}-{change.__name__}", threat, change, points, False, problem)
    )


def honest(points: float = ALL, problem: str = ""):
    return lambda change: CASES.append(
        Case(f"正直{len(CASES):02}-{change.__name__}", 10, change, points, True, problem)
    )


# --- helpers ---


def edit(folder: Path, change: Callable) -> None:
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.reads(path.read_bytes().decode("utf-8-sig"), as_version=4)
    change(notebook)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def cell(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def first(source: str) -> Callable[[Path], None]:
    """A cell of one's own before all others."""
    return lambda folder: edit(folder, lambda nb: nb.cells.insert(0, new_code_cell(source)))


def in_function(folder: Path, body: str) -> None:
    """A body for the function of item g, which runs on hidden inputs."""

    def change(nb):
        cell(nb, "G-A-1_g-answer").source = "def 二倍(行):\n" + "\n".join(f"    {line}" for line in body.split("\n"))

    edit(folder, change)


def raw(folder: Path, content: bytes) -> None:
    (folder / f"{NAME}.ipynb").write_bytes(content)


def told(folder: Path) -> dict:
    return json.loads((folder / f"{NAME}.ipynb").read_bytes().decode("utf-8-sig"))


def retell(folder: Path, change: Callable[[dict], None]) -> None:
    notebook = told(folder)
    change(notebook)
    raw(folder, json.dumps(notebook, ensure_ascii=False).encode())


# --- 1: score by structure ---


@hostile(1)
def points_and_forged_cells(folder):
    def change(nb):
        forged = {"grade": True, "solution": False, "locked": False, "task": False, "points": 50, "schema_version": 3}
        nb.cells.append(new_code_cell("50.0", metadata={"nbgrader": forged | {"grade_id": "Z_z"}}))
        for one in nb.cells:
            one.metadata.get("nbgrader", {}).update({"points": 99, "locked": False})

    edit(folder, change)


@hostile(1)
def tests_rewritten(folder):
    def change(nb):
        for letter in "abcdefg":
            cell(nb, f"G-A-1_{letter}").source = "1000.0"

    edit(folder, change)


@hostile(1)
def tests_tagged_to_be_skipped(folder):
    def change(nb):
        for one in nb.cells:
            one.metadata["tags"] = ["skip-execution", "raises-exception"]
        cell(nb, "G-A-1_a-answer").metadata["tags"] = []
        nb.cells[1].metadata["tags"] = []  # loads the data

    edit(folder, change)


@hostile(1)
def tests_turned_into_text_and_solutions(folder):
    def change(nb):
        for letter in "bcdefg":
            one = cell(nb, f"G-A-1_{letter}")
            one.cell_type, one.metadata.nbgrader["solution"] = "markdown", True
            one.pop("outputs", None), one.pop("execution_count", None)

    edit(folder, change)


@hostile(1)
def outputs_with_full_marks(folder):
    def change(nb):
        for one in nb.cells:
            if one.cell_type == "code":
                one.outputs = [new_output("execute_result", data={"text/plain": "99.0"})]

    edit(folder, change)


@hostile(1)
def keys_said_twice(folder):
    text = json.dumps(told(folder), ensure_ascii=False).replace('"points": 1', '"points": 1, "points": 99')
    raw(folder, text.encode())


# --- 2: score from inside the process ---

BUNDLE = """
from jissho import bundle
class Forged:
    def __init__(self, item, value): self.d = {{"v": 1, "item": item, "kind": "{kind}", "value": value}}
    def _repr_mimebundle_(self, **_): return {{"text/plain": "99.0", bundle.MIME: self.d}}
"""


@hostile(2, points=0)
def answer_patched(folder):
    first("import jissho.teach\njissho.teach.answer = jissho.teach.probe = lambda *a: 99.0")(folder)


@hostile(2, points=0)
def display_hook_patched(folder):
    first("""
import sys, IPython, json
sys.displayhook = lambda x: print("99.0")
type(get_ipython().displayhook).__call__ = lambda self, x=None: print("99.0")
json.dumps = lambda *a, **k: "99.0"
sys.modules["jissho.teach"] = None""")(folder)


@hostile(2)
def truth_patched(folder):
    first("import builtins\nclass A(float):\n    __eq__ = __le__ = lambda s, o: True\nbuiltins.float = A")(folder)


@hostile(2)
def sandbox_objects_searched(folder):
    first("""
import gc, sys, inspect
found = [o for o in gc.get_objects() if type(o).__module__ in ("cells", "isolate", "zygote")]
for f in sys._current_frames().values():
    while f:
        f.f_locals.update(points=99); f = f.f_back
for o in found:
    for name in ("send", "post"):
        try: setattr(type(o), name, lambda *a, **k: None)
        except Exception: pass""")(folder)


FORGE = """
import os, json, struct, socket
def say(**m):
    body = json.dumps(m).encode()
    for fd in range(3, 64):
        try:
            s = socket.socket(fileno=os.dup(fd)); s.sendall(struct.pack("!I", len(body)) + body)
        except OSError: pass
"""


@hostile(2)
def messages_forged(folder):
    value = {"v": 1, "item": "G-A-1.b", "kind": "answer", "value": "汚れ?"}
    edit(
        folder,
        lambda nb: nb.cells.append(
            new_code_cell(
                FORGE
                + f"""
for _ in range(3):
    say(msg_type="execute_result", content={{"data": {{"text/plain": "99.0", "application/vnd.jissho.answer+json": {value!r}}},
        "metadata": {{}}, "execution_count": 1}}, metadata={{}})
    say(msg_type="done", content={{"status": "ok"}})"""
            )
        ),
    )


@hostile(2)
def verdict_forged(folder):
    first("""
from IPython.display import display
display({"application/vnd.jissho.verdict+json": {"item": "G-A-1.b", "points": 99, "state": "right"}, "text/plain": "99.0"}, raw=True)
""")(folder)


@hostile(2)
def channel_fed_with_garbage(folder):
    edit(
        folder,
        lambda nb: nb.cells.append(
            new_code_cell(
                FORGE + "for fd in range(3, 64):\n    try: os.write(fd, b'\\xff' * 64)\n    except OSError: pass"
            )
        ),
    )


@hostile(2)
def deep_and_odd_json(folder):
    edit(
        folder,
        lambda nb: nb.cells.append(
            new_code_cell(FORGE + "say(msg_type='stream', content=json.loads('[' * 900 + ']' * 900), metadata={})")
        ),
    )


@hostile(2)
def answers_of_odd_kinds(folder):
    """Values that a careless judge takes for right: NaN, infinity, lists of everything."""
    answers = {f"G-A-1.{x}": {"value": v, "at": ""} for x, v in zip("cde", [["学習時間"] * 90, True, {}], strict=True)}
    (folder / "回答.json").write_text(json.dumps({"v": 1, "answers": answers, "predictions": {}}), encoding="utf-8")
    edit(folder, lambda nb: cell(nb, "G-A-1_b-answer").update(source="項目 = float('nan')"))


# --- 3 and 4: course, configuration, secrets, others ---


@hostile(3)
def gradebook_and_config_written(folder):
    first("""
import os, pathlib
for start in ("/", os.getcwd(), "..", "../..", "../../.."):
    for name in ("gradebook.db", "nbgrader_config.py", "private/keys.json", "evil-4711"):
        try: pathlib.Path(start, name).write_text("evil-4711")
        except OSError: pass
os.system("find / -name gradebook.db -o -name keys.json 2>/dev/null | while read f; do echo evil-4711 > $f; done")""")(
        folder
    )


@hostile(4)
def secrets_read(folder):
    first("""
import glob, itertools, os
print(os.environ)
system = {"bin", "dev", "lib", "lib32", "lib64", "proc", "sbin", "sys", "usr"}
tops = [f"/{top}/**" for top in sorted(set(os.listdir("/")) - system)]
for place in ("/proc/*/environ", "/proc/*/cmdline", "/proc/*/root/etc/passwd", "../../**", *tops):
    for path in itertools.islice(glob.iglob(place, recursive=True), 300):
        try: print(path, open(path, errors="replace").read(2000))
        except OSError: pass""")(folder)


@hostile(4)
def links_handed_in(folder):
    os.symlink("/etc/passwd", folder / "passwd.txt")
    os.symlink(folder.parents[2] / "private", folder / "private")
    os.symlink(folder.parents[2] / "canary.txt", folder / "other.txt")
    first("import os\nfor f in sorted(os.listdir()):\n    print(f, open(f).read()[:200] if os.path.isfile(f) else '')")(
        folder
    )


@hostile(4, points=0, problem="ふつうのファイルではありません")
def notebook_is_a_link(folder):
    path = folder / f"{NAME}.ipynb"
    path.unlink()
    path.symlink_to(folder.parents[1] / "居合わせた人" / NAME / f"{NAME}.ipynb")


@hostile(4, points=0, problem="ふつうのフォルダーではありません")
def folder_is_a_link(folder):
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.parents[1] / "居合わせた人" / NAME)


@hostile(4)
def hidden_inputs_shown_early(folder):
    first("import os\nprint('INPUTS', os.listdir(os.environ['JISSHO_PROBE']))")(folder)


@hostile(4)
def hidden_inputs_shown_by_the_probe(folder):
    in_function(
        folder,
        "from IPython.display import display\nprint('HIDDEN', 行)\ndisplay('HIDDEN', display_id='z', update=True)\nreturn None",
    )
    edit(
        folder,
        lambda nb: nb.cells.insert(
            0, new_code_cell("from IPython.display import display\ndisplay('x', display_id='z')")
        ),
    )


# --- 5: stopping the batch ---


@hostile(5, points=0, problem="ふつうのファイルではありません")
def notebook_is_a_pipe(folder):
    (folder / f"{NAME}.ipynb").unlink()
    os.mkfifo(folder / f"{NAME}.ipynb")


@hostile(5, points=0, problem="ふつうのファイルではありません")
def notebook_is_a_folder(folder):
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").mkdir()


@hostile(5)
def pipes_beside_it(folder):
    shutil.rmtree(folder / "data")
    for name in ("timestamp.txt", "回答.json", "data"):
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)


@hostile(5)
def timestamp_of_nonsense(folder):
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe tomorrow")


@hostile(5, points=0, problem="読めません")
def no_notebook_at_all(folder):
    raw(folder, b"\x89PNG\r\n")


@hostile(5, points=0, problem="読めません")
def nested_without_end(folder):
    raw(folder, b"[" * 1_000_000)


@hostile(5, points=0, problem="形式")
def of_a_future_version(folder):
    retell(folder, lambda nb: nb.update(nbformat=9))


@hostile(5, points=0, problem="大きすぎます")
def huge(folder):
    with (folder / f"{NAME}.ipynb").open("ab") as file:
        file.truncate(10**12)  # takes no room on the disk


@hostile(5)
def cells_of_a_wrong_schema(folder):
    def change(nb):
        nb["metadata"] = [1]
        for one in nb["cells"]:
            one["id"] = {"a": 1}
            one["metadata"] |= {"collapsed": "?", "name": 3, "jupyter": 1, "tags": {"a": 1}}
        nb["cells"] += [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}}]
        nb["cells"] += [{"cell_type": "code", "source": "x" * 600_000}, {"cell_type": ["code"], "source": ""}]
        nb["cells"] += [{"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": ["x"], "grade": 3}}}]

    retell(folder, change)


# --- 6: exhausting ---


@hostile(6)
def loop_in_one_cell(folder):
    edit(folder, lambda nb: nb.cells.append(new_code_cell("while True: pass")))


@hostile(6)
def interrupts_ignored(folder):
    source = (
        "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True:\n    try: pass\n    except BaseException: pass"
    )
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell(source)))


@hostile(6)
def memory(folder):
    source = "x = []\nwhile True:\n    try: x.append(bytearray(10**7))\n    except MemoryError: pass"
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell(source)))


@hostile(6)
def memory_of_many(folder):
    source = "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n        x = b'x' * 10**8; time.sleep(60)\ntime.sleep(60)"
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell(source)))


@hostile(6)
def fork_bomb(folder):
    source = "import os\nfor _ in range(300):\n    try: os.fork()\n    except OSError: break"
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell(source)))


@hostile(6)
def disk(folder):
    source = """
for place in (".", "/tmp", "/dev/shm", "/"):
    try:
        with open(f"{place}/evil-4711", "wb") as f:
            while True: f.write(bytes(10**7))
    except OSError as e: print(e)"""
    edit(folder, lambda nb: nb.cells.append(new_code_cell(source)))


@hostile(6)
def output_without_end(folder):
    edit(folder, lambda nb: nb.cells.append(new_code_cell("while True: print('x' * 1000)")))


@hostile(6)
def results_without_end(folder):
    source = "from IPython.display import display\nwhile True: display({'text/plain': 'x' * 10**6}, raw=True)"
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell(source)))


def _after_a(nb) -> int:
    return nb.cells.index(cell(nb, "G-A-1_a")) + 1


# --- 7: outliving ---


@hostile(7)
def daemons(folder):
    first("""
import os, time, subprocess, threading
subprocess.Popen(["sleep", "4711"], start_new_session=True)
os.system("nohup setsid sleep 4711 >/dev/null 2>&1 &")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(4711)
    os._exit(0)""")(folder)


@hostile(7)
def start_up_files(folder):
    first("""
import os, pathlib
for home in (pathlib.Path.home(), pathlib.Path("/root"), pathlib.Path("/home/x")):
    for name in (".bashrc", ".ipython/profile_default/startup/0.py", ".config/evil-4711", ".local/lib/python3/site-packages/e.pth"):
        try:
            (home / name).parent.mkdir(parents=True, exist_ok=True); (home / name).write_text("evil-4711")
        except OSError: pass
os.system("crontab -l; echo '* * * * * touch /tmp/evil-4711' | crontab -")""")(folder)


@hostile(7)
def the_process_ends_itself(folder):
    edit(folder, lambda nb: nb.cells.insert(_after_a(nb), new_code_cell("import os\nos.kill(os.getpid(), 9)")))


# --- 8: network ---


@hostile(8)
def network(folder):
    first("""
import socket
for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_INET6, ("::1", PORT)), (socket.AF_UNIX, "\\0evil-4711"),
                        (socket.AF_INET, ("8.8.8.8", 53)), (socket.AF_VSOCK, (2, PORT))):
    try:
        s = socket.socket(family); s.settimeout(1); s.connect(address); print("REACHED", address)
    except OSError: pass
try: print("REACHED", socket.getaddrinfo("example.com", 80))
except OSError: pass""")(folder)


@hostile(8)
def namespaces_and_tracing(folder):
    first("""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
gained = [libc.unshare(0x10000000), libc.unshare(0x20000), libc.setns(0, 0), libc.umount2(b"/proc", 2), libc.ptrace(16, 1, 0, 0),
          libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.syscall(435, 0, 0), os.system("su -c id root 2>/dev/null")]
print("REACHED" if 0 in gained else "")
for path in ("/proc/1/mem", "/proc/1/root", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/dev/mem", "/dev/vda"):
    try:
        open(path, "r+b"); print("REACHED", path)
    except OSError: pass""")(folder)


# --- 9: live pages (test_shown.py has the payloads) ---


@hostile(9)
def scripts(folder):
    live = "<script>alert(4711)</script><img src=x onerror=alert(4711)>"

    def change(nb):
        nb.cells.insert(0, new_markdown_cell(live))
        nb.cells.insert(0, new_code_cell(f"from IPython.display import HTML, Javascript, SVG, Markdown, display\n"
                                         f"display(HTML({live!r}), Javascript('alert(4711)'), Markdown({live!r}))"))  # fmt: skip
        cell(nb, "G-A-1_b-answer").source = f"項目 = {live!r}"
        cell(nb, "G-A-1_h").source = live

    edit(folder, change)


# --- 10: honest ---


@honest()
def untouched(folder):
    pass


@honest()
def byte_order_mark(folder):
    raw(folder, b"\xef\xbb\xbf" + (folder / f"{NAME}.ipynb").read_bytes())


@honest()
def saved_as_cp932(folder):
    raw(folder, json.dumps(told(folder), ensure_ascii=False).encode("cp932"))


@honest()
def saved_as_utf16(folder):
    raw(folder, json.dumps(told(folder), ensure_ascii=False).encode("utf-16"))


@honest()
def old_minor_without_newline(folder):
    def change(nb):
        nb["nbformat_minor"] = 0
        for one in nb["cells"]:
            one.pop("id", None)
            one["source"] = one["source"].splitlines(keepends=True) if isinstance(one["source"], str) else one["source"]

    retell(folder, change)


@honest()
def warnings_and_stderr(folder):
    def change(nb):
        noise = "\nimport sys, warnings; print('x', file=sys.stderr); warnings.warn('注意'); import os; os.system('echo x >&2')"
        for letter in "ab":
            cell(nb, f"G-A-1_{letter}-answer").source += noise
        for name in ("分割", "二倍"):
            letter = {"分割": "f", "二倍": "g"}[name]
            cell(
                nb, f"G-A-1_{letter}-answer"
            ).source += (
                f"\n_{name} = {name}\ndef {name}(行):\n    print('試し', file=sys.stderr)\n    return _{name}(行)"
            )

    edit(folder, change)


@honest()
def helpers_and_files(folder):
    (folder / "helper.py").write_text("def twice(x):\n    return 2 * x\n", encoding="utf-8")
    (folder / "cells.py").write_text("名前 = '自分のファイル'\n", encoding="utf-8")
    (folder / "メモ").mkdir()
    (folder / "メモ" / "覚え書き.txt").write_text("ああ", encoding="cp932")
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + "表.csv".encode("cp932")))).write_bytes(b"a\n1\n")
    edit(
        folder,
        lambda nb: nb.cells.insert(
            0,
            new_code_cell("import helper, cells\nassert helper.twice(2) == 4 and cells.名前 == '自分のファイル'\n"
                          "assert open('メモ/覚え書き.txt', encoding='cp932').read() == 'ああ' and open('表.csv').read()\n"
                          "open('結果.txt', 'w').write('x')"),
        ),
    )  # fmt: skip


@honest()
def cells_copied_and_moved(folder):
    def change(nb):
        nb.cells.append(nb.cells[nb.cells.index(cell(nb, "G-A-1_b-answer"))].copy())
        nb.cells.append(cell(nb, "G-A-1_a").copy())
        probe = cell(nb, "G-A-1_g")
        nb.cells.remove(probe)
        nb.cells.insert(3, probe)

    edit(folder, change)


@honest()
def error_in_a_cell_of_ones_own(folder):
    edit(
        folder,
        lambda nb: nb.cells.extend(
            [new_code_cell("1 / 0"), new_code_cell("quit()"), new_code_cell("raise SystemExit")]
        ),
    )


@honest()
def many_lines_and_a_figure(folder):
    source = "for i in range(20_000): print(i)\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"
    edit(folder, lambda nb: nb.cells.append(new_code_cell(source)))


@honest()
def two_workers(folder):
    source = "from joblib import Parallel, delayed\nassert Parallel(n_jobs=2)(delayed(abs)(-i) for i in range(4)) == [0, 1, 2, 3]"
    edit(folder, lambda nb: nb.cells.append(new_code_cell(source)))


@honest(points=0, problem="ノートブックがありません")
def other_file_name(folder):
    (folder / f"{NAME}.ipynb").rename(folder / f"{NAME} (1).ipynb")

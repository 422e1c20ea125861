"""The rule on leaks: put canaries where answers live, build what participants receive, and find none there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from jissho.errors import ContentError
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import line_of, line_of_id
from jissho_kit.checks._subjects import Kit

COPIED = (
    "src",
    "curriculum",
    "notebooks",
    "grading",
    "datasets",
    "packaging",
    "LICENSE",
    "LICENSE-CONTENT",
    "README.md",
)
SIGNIFICANT = 5  # digits from which a number cannot be met by chance
_CANARY = re.compile(r"CANARY\d{5}X")
_NUMBER = re.compile(r"(?<![\w.,#+/=-])\d[\d,]*(?:\.\d+)?(?!\w)", re.ASCII)
_READ = (".ipynb", ".html", ".json", ".py", ".md", ".txt", ".yml")


@dataclass(frozen=True)
class Canary:
    """A recognisable text, and the place whose content it stands for."""

    text: str
    file: Path
    line: int = 1
    id: str = ""


class Nest:
    """Plants canaries in a copy of the kit and remembers where."""

    def __init__(self, copy: Path, root: Path) -> None:
        self.copy, self.root, self.canaries = copy, root, []

    def new(self, path: Path, line: int, id: str = "") -> str:
        """The text of a new canary for ``path`` (of the copy)."""
        text = f"CANARY{len(self.canaries):05}X"
        self.canaries.append(Canary(text, self.root / path.relative_to(self.copy), line, id))
        return text

    def plant(self) -> list[Canary]:
        """Plant in solutions, claims, sentences, guides and the instructor's code."""
        for path in self.copy.glob("grading/*/assignment.py"):
            self._after(path, re.compile(r"^(\s*)### BEGIN SOLUTION"))
        for path in self.copy.glob("notebooks/**/*.py"):
            self._after(path, re.compile(r"^()# %%.*claim"))
        for path in [*self.copy.glob("src/jissho_kit/**/*.py"), *self.copy.glob("curriculum/guides/*.md")]:
            self._at_the_end(path)
        for path in self.copy.glob("grading/*/items.yml"):
            self._in_sentences(path)
        return self.canaries

    def _after(self, path: Path, mark: re.Pattern) -> None:
        """A comment after every line that ``mark`` finds, indented as its first group."""
        made = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            made.append(line)
            if found := mark.match(line):
                made.append(f"{found[1]}# {self.new(path, number)}")
        path.write_text("\n".join(made) + "\n", encoding="utf-8")

    def _at_the_end(self, path: Path) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n# {self.new(path, 1)}\n")

    def _in_sentences(self, path: Path) -> None:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
        for item in items:
            for wrong in item.get("wrong", ()):
                line = line_of(path, f"because: {wrong['because']}", after=line_of_id(path, item["id"]))
                wrong["say"] += self.new(path, line, item["id"])
        path.write_text(yaml.safe_dump(items, allow_unicode=True, sort_keys=False), encoding="utf-8")


def nothing_leaks(kit: Kit) -> Iterator[Fault]:
    """Faults where what a participant receives holds what is not theirs."""
    if not (kit.root / "src" / "jissho_kit").is_dir():
        return  # an installed kit: what it hands out was checked where it was built
    with tempfile.TemporaryDirectory(prefix="jissho-canary-") as work:
        copy = _copy(kit.root, Path(work) / "kit")
        canaries = Nest(copy, kit.root).plant()
        secrets, meant = _build(copy, Path(work) / "out")
        yield from leaks(Path(work) / "out", canaries, secrets, meant)


def _copy(root: Path, to: Path) -> Path:
    to.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / name).is_file():
            shutil.copyfile(root / name, to / name)
    return to


def _build(copy: Path, out: Path) -> tuple[list[dict], list[str]]:
    """Build in a process that imports the copy; returns the secrets and the sentences meant to be shown."""
    env = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "jissho_kit.checks._canary", str(out)]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["（理由は分かりません）"]
        raise ContentError(f"受講者に渡すものを作れません: {said[-1]}", where="packaging/jissho/pyproject.toml")
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    return told["secrets"], told["meant"]


def leaks(out: Path, canaries: Iterable[Canary], secrets: Iterable[Mapping], meant: Iterable[str]) -> Iterator[Fault]:
    """Faults for each canary, secret and right number in the files below ``out``.

    Parameters
    ----------
    out : Path
        Holds ``workspace/ release/ wheel/ feedback/blank/ feedback/wrong/``.
    canaries : iterable of Canary
    secrets : iterable of mapping
        ``{"id", "text"}`` or ``{"id", "number"}``.
    meant : iterable of str
        Sentences that the feedback to the wrong hand-ins may show.
    """
    known = {canary.text: canary for canary in canaries}
    shown = set(_CANARY.findall("".join(meant)))
    seen = set()
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        place = path.relative_to(out)
        text = path.read_bytes().decode("utf-8", errors="ignore")
        allowed = shown if place.parts[:2] == ("feedback", "wrong") else set()
        seen |= allowed.intersection(_CANARY.findall(text))
        for found in sorted(set(_CANARY.findall(text)) - allowed):
            canary = known[found]
            yield Fault(canary.file, canary.line, canary.id, place.as_posix())
        if "jissho_kit" in place.parts:
            yield Fault(path, 1, detail=place.as_posix())
        yield from _secrets_in(text, place, secrets)
    for canary in sorted(shown - seen):  # a check that cannot see what must be there proves nothing
        yield Fault(
            known[canary].file, known[canary].line, known[canary].id, "見えるはずの一文が、誤答の返却に見当たりません"
        )


def _secrets_in(text: str, place: Path, secrets: Iterable[Mapping]) -> Iterator[Fault]:
    numbers = _NUMBER.findall(text) if place.suffix in _READ else []
    for secret in secrets:
        given_away = secret["text"] in text if "text" in secret else any(_states(n, secret["number"]) for n in numbers)
        if given_away:
            file = Path("grading") / secret["id"].rpartition(".")[0] / "items.yml"
            yield Fault(file, 1, secret["id"], place.as_posix())


def _states(number: str, value: float) -> bool:
    """Whether a written number is ``value``, or its percentage, to all of at least five significant digits."""
    digits = number.replace(",", "")
    decimals = len(digits.partition(".")[2])
    if len(digits.replace(".", "").strip("0")) < SIGNIFICANT:
        return False
    return float(digits) in (round(value, decimals), round(100 * value, decimals))


RULES = (
    Rule(
        "leak",
        "kit",
        "受講者に渡るものに、答えか講師側のものが入っています",
        "示された所が、どこから渡っているかを直してください。",
        nothing_leaks,
    ),
)

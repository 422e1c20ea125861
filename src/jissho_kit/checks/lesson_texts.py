"""Rules on a lesson's text: who may read what, and where its numbers come from."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from jissho_kit import lessons
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._subjects import PartOf
from jissho_kit.curriculum import ids

SYNTHETIC = "合成データ"
COMMON_LIBRARIES = {"jissho", "numpy", "pandas", "matplotlib", "sklearn", "scipy", "ipywidgets", "IPython"}

# What looks like a number but states none: references, code, links, tags, ids, list markers, labels like 「1b」.
NOT_STATED = [
    lessons.REFERENCE,
    re.compile(r"`[^`]*`"),
    re.compile(r"\{[^{}]*\}"),
    re.compile(r"\]\([^)]*\)|https?://\S+"),
    re.compile(r"</?[A-Za-z][^>]*>"),
    re.compile(rf"{ids.ASSIGNMENT}(?:[./]\w+)*", re.ASCII),
    re.compile(r"(?<!\w)[MS]\d\d(?!\w)", re.ASCII),
    re.compile(r"(?m)^\s*(?:#+\s*)?\d+[.)．）]\s"),
    re.compile(r"(?<![\w.])\d[a-e](?!\w)", re.ASCII),
]
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def readable(subject: PartOf) -> Iterator[Fault]:
    """The reader raises what is wrong with front matter, cells and parameters."""
    subject.lesson.parameters()
    yield from ()


def part_matches(subject: PartOf) -> Iterator[Fault]:
    if subject.lesson.part != subject.part.id:
        yield Fault(subject.lesson.path, 1, subject.part.id, f"part: {subject.lesson.part}")


def references_known(subject: PartOf) -> Iterator[Fault]:
    """The author's build raises a reference that names no result."""
    lessons.build(subject.part, audience="author", root=subject.root)
    yield from ()


def participants_build(subject: PartOf) -> Iterator[Fault]:
    """The participants' build raises where a cell names the instructor's side."""
    lessons.build(subject.part, root=subject.root)
    yield from ()


def imports_common(subject: PartOf) -> Iterator[Fault]:
    for index, tree in _code(subject):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if name.partition(".")[0] not in COMMON_LIBRARIES | set(sys.stdlib_module_names) | {"jissho_kit"}:
                    yield _fault(subject, index, node.lineno, name)


def numbers_given_or_computed(subject: PartOf) -> Iterator[Fault]:
    for index, line, text in _prose(subject):
        for number in _stated(text, subject.lesson.given):
            yield _fault(subject, index, line, number)


def synthetic_said(subject: PartOf) -> Iterator[Fault]:
    cells = subject.lesson.notebook.cells
    if not any(SYNTHETIC in cell.source for cell in cells if cell.cell_type == "markdown"):
        yield Fault(subject.lesson.path)


def claims_something(subject: PartOf) -> Iterator[Fault]:
    if not any(lessons.is_claim(cell) and "assert" in cell.source for cell in subject.lesson.notebook.cells):
        yield Fault(subject.lesson.path)


def _code(subject: PartOf) -> Iterator[tuple[int, ast.Module]]:
    """Position and syntax tree of the participants' code cells."""
    for index, cell in enumerate(subject.lesson.notebook.cells):
        if cell.cell_type == "code" and not lessons.is_claim(cell):
            try:
                yield index, ast.parse(cell.source)
            except SyntaxError:  # a lesson may show a magic or a slip; whether it runs is another rule's matter
                continue


def _prose(subject: PartOf) -> Iterator[tuple[int, int, str]]:
    """Cell, line and text of all that is read: markdown, and Japanese sentences in code."""
    for index, cell in enumerate(subject.lesson.notebook.cells):
        if cell.cell_type == "markdown":
            yield from ((index, line, text) for line, text in enumerate(_without_fences(cell.source), 1))
    for index, tree in _code(subject):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value):
                yield index, node.lineno, node.value


def _without_fences(source: str) -> Iterator[str]:
    inside = False
    for line in source.splitlines():
        fence = line.lstrip().startswith("```")
        inside ^= fence
        yield "" if inside or fence else line


def _is_sentence(text: str) -> bool:
    """Japanese with more than a name: column names and options like 「温度1」 state nothing."""
    return len(JAPANESE.findall(text)) >= 4 and "_" not in text


def _stated(text: str, given: tuple[str, ...]) -> list[str]:
    """Numbers in ``text`` that are neither given nor computed."""
    for known in sorted(given, key=len, reverse=True):
        text = re.sub(rf"(?<![\d,.]){re.escape(known)}(?!\d)", "", text)
    for pattern in NOT_STATED:
        text = pattern.sub(" ", text)
    return NUMBER.findall(text)


def _fault(subject: PartOf, index: int, line: int, detail: str) -> Fault:
    return Fault(subject.lesson.path, subject.lesson.lines[index] + line, subject.part.id, detail)


RULES = (
    Rule("lesson-file", "lesson", "教材を読めません", "示された行を直してください。", readable),
    Rule(
        "lesson-part",
        "lesson",
        "教材の番号が教科と合いません",
        "見出しの part: を教科の番号に合わせてください。",
        part_matches,
    ),
    Rule(
        "lesson-reference",
        "lesson",
        "本文の数を計算できません",
        "{{名前|書式}} の名前を計算結果に合わせてください。",
        references_known,
    ),
    Rule(
        "participants-build",
        "lesson",
        "受講者用に作れません",
        '講師側を使うセルには tags=["claim"] を付けてください。',
        participants_build,
    ),
    Rule(
        "lesson-import",
        "lesson",
        "受講者のPCにないものを読み込んでいます",
        f"使えるもの: {'、'.join(sorted(COMMON_LIBRARIES))} と標準のもの。",
        imports_common,
    ),
    Rule(
        "typed-number",
        "lesson",
        "文に直接書かれた数があります",
        "計算した数は {{名前|書式}} で、決まっている数は見出しの given: に書いてください。",
        numbers_given_or_computed,
    ),
    Rule(
        "synthetic-unsaid",
        "lesson",
        f"「{SYNTHETIC}」と書かれていません",
        f"はじめの説明に「{SYNTHETIC}」と書いてください。",
        synthetic_said,
    ),
    Rule(
        "no-claim",
        "lesson",
        "主張（claim）のセルがありません",
        'tags=["claim"] のセルで、教材の言いたいことを assert してください。',
        claims_something,
    ),
)

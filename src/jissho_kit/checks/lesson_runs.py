"""Rules on a lesson's run: it finishes, quietly, in time, and its figures can be read."""

from __future__ import annotations

from collections.abc import Iterator

from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import parse_where
from jissho_kit.checks._subjects import PartOf

CPU_SECONDS = 60
PEAK_MB = 1024
SYNTHETIC = "合成データ"
GLYPH = "Glyph "


def finishes(subject: PartOf) -> Iterator[Fault]:
    error = subject.execution.error
    if error:
        file, line, _ = parse_where(error.where, subject.root)
        yield Fault(file, line, subject.part.id, error.what)


def is_quiet(subject: PartOf) -> Iterator[Fault]:
    result = subject.execution.result
    said = [line for line in result.stderr.splitlines() if line.strip()] if result else []
    if any(GLYPH in line for line in said):
        return  # matplotlib says it twice: the rule on glyphs names the figure
    if said:
        yield Fault(subject.lesson.path, 1, subject.part.id, said[0])


def glyphs_exist(subject: PartOf) -> Iterator[Fault]:
    for drawing in subject.execution.drawings:
        for warning in drawing.warnings:
            if warning.startswith(GLYPH):
                yield _fault(subject, drawing.cell, warning)


def figures_say_synthetic(subject: PartOf) -> Iterator[Fault]:
    for drawing in subject.execution.drawings:
        if not any(SYNTHETIC in text for text in drawing.texts):
            yield _fault(subject, drawing.cell, max(drawing.texts, key=len, default="文字のない図"))


def in_budget(subject: PartOf) -> Iterator[Fault]:
    result = subject.execution.result
    if result and result.cpu_seconds > CPU_SECONDS:
        yield Fault(
            subject.lesson.path, 1, subject.part.id, f"計算時間 {result.cpu_seconds:.0f} 秒（上限 {CPU_SECONDS} 秒）"
        )
    if result and result.peak_mb > PEAK_MB:
        yield Fault(subject.lesson.path, 1, subject.part.id, f"メモリー {result.peak_mb:.0f} MB（上限 {PEAK_MB} MB）")


def _fault(subject: PartOf, cell: int, detail: str) -> Fault:
    return Fault(subject.lesson.path, subject.lesson.lines[cell], subject.part.id, detail)


RULES = (
    Rule("lesson-stops", "lesson", "教材が途中で止まります", "示された行のセルを直してください。", finishes),
    Rule(
        "stderr",
        "lesson",
        "実行中に警告が出ます",
        "警告の原因を直してください（採点では、警告が一つ出ると正解も0点になります）。",
        is_quiet,
    ),
    Rule("glyph", "lesson", "図の文字がフォントにありません", "ほかの字に置き換えてください。", glyphs_exist),
    Rule(
        "figure-synthetic-unsaid",
        "lesson",
        f"図に「{SYNTHETIC}」とありません",
        "図は jissho.teach の chart() で作ってください。",
        figures_say_synthetic,
    ),
    Rule("budget", "lesson", "教材が重すぎます", "行数や繰り返しを減らしてください。", in_budget, severity="warning"),
)

"""Rules on assignments: items are well-formed, refer to what exists, and keep their promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jissho.errors import ContentError
from jissho_kit import curriculum
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import line_of, line_of_id, text_of
from jissho_kit.checks._subjects import Assignment
from jissho_kit.grading.build import build_notebook
from jissho_kit.grading.course import MOST_DRAWS
from jissho_kit.grading.items import Item, load_items
from jissho_kit.grading.keys import Key, NotSeparable, draw_params, make_key
from jissho_kit.grading.mutants import mutants

SYNTHETIC = "合成データ"


def items_readable(assignment: Assignment) -> Iterator[Fault]:
    """The loader raises what is wrong: a missing sentence, too few wrong answers, an unknown key."""
    yield from () if assignment.items else [Fault(assignment.path, detail="問題がありません")]


def objective_known(assignment: Assignment) -> Iterator[Fault]:
    for item in assignment.items:
        if item.objective not in assignment.objectives:
            yield _fault(assignment, item, item.objective, "objective:")


def reason_known(assignment: Assignment) -> Iterator[Fault]:
    known = curriculum.misconceptions(assignment.kit.root)
    for item in assignment.items:
        for wrong in item.wrong:
            if wrong.because not in known:
                yield _fault(assignment, item, wrong.because, f"because: {wrong.because}")


def sentence_own(assignment: Assignment) -> Iterator[Fault]:
    for item in assignment.items:
        said = [wrong.say.strip() for wrong in item.wrong]
        for sentence in sorted({one for one in said if not one or said.count(one) > 1}):
            yield _fault(assignment, item, f"「{sentence}」", "say:")


def cells_match(assignment: Assignment) -> Iterator[Fault]:
    """The builder raises what is wrong: an item without a cell, an unknown item, a stub that does not run."""
    text_of(assignment.text)
    params = {item.id: draw_params(item, 0) for item in assignment.items}
    build_notebook(assignment.id, assignment.items, assignment.draw(0), params, assignment.kit.root)
    yield from ()


def key_computable(assignment: Assignment) -> Iterator[Fault]:
    known = curriculum.misconceptions(assignment.kit.root)
    for item, proof in assignment.proofs:
        if any(wrong.because not in known for wrong in item.wrong):
            continue  # another rule's matter
        if isinstance(proof, ContentError) and not isinstance(proof, NotSeparable):
            yield _unproven(assignment, item, proof)


def separable(assignment: Assignment) -> Iterator[Fault]:
    for item, proof in assignment.proofs:
        if isinstance(proof, NotSeparable):
            yield _unproven(assignment, item, proof)


def verdicts(assignment: Assignment) -> Iterator[Fault]:
    for item, proof in assignment.proofs:
        for finding in () if isinstance(proof, ContentError) else proof:
            yield _fault(assignment, item, f"{finding.answer} — {finding.problem}", f"because: {finding.answer}")


def mutants_rejected(assignment: Assignment) -> Iterator[Fault]:
    for item in assignment.items:
        key = _key(assignment, item) if item.kind == "function" else None
        made = mutants(item, key) if key else []
        for mutant in made:
            if mutant.survived:
                yield _fault(assignment, item, f"{item.id} {mutant.name}", "function:")
        for name in sorted(set(item.equivalent or {}) - {mutant.name for mutant in made}) if key else []:
            yield _fault(assignment, item, f"equivalent の「{name}」という変え方は、もうありません", "equivalent:")


def _key(assignment: Assignment, item: Item) -> Key | None:
    """The item's key on the first draw that can tell its answers apart; None where another rule says why there is none."""
    for seed in range(1, MOST_DRAWS + 1):
        try:
            return make_key(item, assignment.draw(seed), seed=seed)
        except NotSeparable:
            continue
        except ContentError:
            return None
    return None


def synthetic_said(assignment: Assignment) -> Iterator[Fault]:
    if SYNTHETIC not in text_of(assignment.text):
        yield Fault(assignment.text)


def asks_what_is_taught(assignment: Assignment) -> Iterator[Fault]:
    if assignment.id not in assignment.kit.tests:
        return
    taught = {id for module in assignment.kit.taught_for(assignment.id) for id in module.misconceptions}
    for item in assignment.items:
        for id in _misconceptions(item) - taught:
            yield _fault(assignment, item, id, f"because: {id}")


def has_its_twins_cells(assignment: Assignment) -> Iterator[Fault]:
    """Item by item the two forms measure the same: objective, kind, points, misconceptions."""
    _course, twin = assignment.kit.tests.get(assignment.id, (None, None))
    if twin is None or not (assignment.kit.root / "grading" / twin / "items.yml").is_file():
        return  # a missing form is another rule's matter
    others = {item.id.rpartition(".")[2]: item for item in load_items(twin, assignment.kit.root)}
    for item in assignment.items:
        other = others.pop(item.id.rpartition(".")[2], None)
        if other is None or _cell(item) != _cell(other):
            yield _fault(assignment, item, f"{twin} と違います")
    for other in others.values():
        yield Fault(assignment.path, 1, assignment.id, f"{other.id} に当たる問題がありません")


def _cell(item: Item) -> tuple:
    return item.objective, item.kind, item.points, _misconceptions(item)


def _misconceptions(item: Item) -> set[str]:
    return {wrong.because for wrong in item.wrong if wrong.because.startswith("M")}


def _unproven(assignment: Assignment, item: Item, error: ContentError) -> Fault:
    """An item without a key; the error itself knows best how to mend it."""
    return replace(_fault(assignment, item, error.what), mend=error.mend)


def _fault(assignment: Assignment, item: Item, detail: str, *words: str) -> Fault:
    line = line_of(assignment.path, *words, after=line_of_id(assignment.path, item.id))
    return Fault(assignment.path, line, item.id, detail)


RULES = (
    Rule("items-file", "items", "問題のファイルを読めません", "示された行を直してください。", items_readable),
    Rule(
        "objective-unknown",
        "items",
        "このパートにない目標を測っています",
        "objective: を「モジュール/番号」で、パートの objectives: にあるものにしてください。",
        objective_known,
    ),
    Rule(
        "test-untaught",
        "items",
        "この分野の教材が崩さない考え違いを聞いています",
        "分野の教材の misconceptions: にある番号で聞いてください。",
        asks_what_is_taught,
    ),
    Rule(
        "test-forms",
        "items",
        "事前と事後のテストの升目が合いません",
        "同じ記号の問題は、目標・種類・点・考え違いをそろえてください。",
        has_its_twins_cells,
    ),
    Rule(
        "reason-unknown",
        "items",
        "一覧にない考え違いです",
        "curriculum/misconceptions.yml にある番号にするか、足してください。",
        reason_known,
    ),
    Rule(
        "sentence-repeated",
        "items",
        "誤答の一文が空か、ほかの誤答と同じです",
        "誤答ごとに、その考え違いに返す一文を書いてください。",
        sentence_own,
    ),
    Rule(
        "item-cells",
        "items",
        "課題のセルと問題が合いません",
        "assignment.py の item= と items.yml を合わせてください。",
        cells_match,
    ),
    Rule(
        "key",
        "items",
        "正解を計算できません",
        "right・wrong の result: や function: の名前を直してください。",
        key_computable,
    ),
    Rule(
        "not-separable", "items", "答えを見分けられません", "誤答の値を離すか、tolerance を狭めてください。", separable
    ),
    Rule("verdict", "items", "採点が約束どおりになりません", "right・wrong・say を直してください。", verdicts),
    Rule(
        "mutant",
        "items",
        "正解の関数を少し変えた間違いが、満点になります",
        "隠し入力か判定（criterion）で見分けられるようにするか、間違いでなければ equivalent に理由を書いてください。",
        mutants_rejected,
        severity="warning",
    ),
    Rule(
        "synthetic-unsaid",
        "items",
        f"「{SYNTHETIC}」と書かれていません",
        f"はじめの説明に「{SYNTHETIC}」と書いてください。",
        synthetic_said,
    ),
)

"""Rules on files: nothing generated is kept, nothing is forgotten, guides refer to what exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from jissho_kit import curriculum
from jissho_kit.checks._model import Fault, Rule
from jissho_kit.checks._place import text_of
from jissho_kit.checks._subjects import File, Guide
from jissho_kit.curriculum import ids
from jissho_kit.grading.items import load_items

_ASSIGNMENT = re.compile(rf"(?<![\w-]){ids.ASSIGNMENT}(?!\w)", re.ASCII)
_ITEM = re.compile(rf"(?<![\w-]){ids.ITEM}(?!\w)", re.ASCII)
_MISCONCEPTION = re.compile(r"(?<![\w-])[MS]\d\d(?!\w)", re.ASCII)


def no_outputs(file: File) -> Iterator[Fault]:
    if file.path.suffix != ".ipynb":
        return
    try:
        cells = json.loads(file.path.read_text(encoding="utf-8-sig")).get("cells", [])
    except (ValueError, AttributeError):
        cells = [{"outputs": True}]
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        yield Fault(file.path)


def named_by_a_course(file: File) -> Iterator[Fault]:
    root, path = file.kit.root, file.path
    room = path.relative_to(root).parts
    parts = file.kit.parts
    known = {
        "notebooks": {root / part.lesson for part in parts if part.lesson},
        "grading": {root / "grading" / assignment for assignment in file.kit.assignments},
        "guides": {curriculum.guide_path(part.module, root) for part in parts},
    }
    if room[0] == "notebooks" and path.suffix == ".py" and path not in known["notebooks"]:
        yield Fault(path)
    if room[0] == "grading" and len(room) == 3 and path.name == "items.yml" and path.parent not in known["grading"]:
        yield Fault(path)
    if room[:2] == ("curriculum", "guides") and path.suffix == ".md" and path not in known["guides"]:
        yield Fault(path)


def guide_refers_to_what_exists(guide: Guide) -> Iterator[Fault]:
    known = {id for part in guide.kit.parts for id in (part.id, part.module)} | set(guide.kit.assignments)
    reasons = curriculum.misconceptions(guide.kit.root)
    for number, line in enumerate(text_of(guide.path).splitlines(), 1):
        items = _ITEM.findall(line)
        unknown = [id for id in items if not _is_item(guide, id)]
        unknown += [id for id in _ASSIGNMENT.findall(_ITEM.sub("", line)) if id not in known]
        unknown += [id for id in _MISCONCEPTION.findall(line) if id not in reasons]
        yield from (Fault(guide.path, number, guide.id, id) for id in unknown)


def _is_item(guide: Guide, id: str) -> bool:
    assignment = id.rpartition(".")[0]
    return assignment in guide.kit.assignments and any(item.id == id for item in load_items(assignment, guide.kit.root))


RULES = (
    Rule(
        "saved-outputs",
        "file",
        "実行結果が残ったノートブックがあります",
        "消して、テキスト（.py）だけを残してください。",
        no_outputs,
    ),
    Rule(
        "orphan",
        "file",
        "どの教科からも使われていません",
        "curriculum/ の lesson: か assignment: に書くか、消してください。",
        named_by_a_course,
    ),
    Rule(
        "guide-reference",
        "guide",
        "講師ノートに、ない番号があります",
        "番号を直してください。",
        guide_refers_to_what_exists,
    ),
)

"""What a course file of the right shape may still get wrong: ids, references and sums of minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from jissho_kit.curriculum._models import FIELDS, Course, Module, Part
from jissho_kit.curriculum._yaml import Loc

Problem = tuple[Loc, str, str]  # place in the file, what is wrong, how to mend it


def problems_of(
    course: Course, tier: str, datasets: Collection[str], misconceptions: Collection[str]
) -> Iterator[Problem]:
    """What is wrong in a course, in the order in which it should be mended.

    Parameters
    ----------
    course : Course
    tier : str
        The tier whose file it was read from.
    datasets, misconceptions : Collection[str]
        Names and ids that exist.
    """
    if course.tier != tier:
        yield ("tier",), f"{course.tier} ではなく {tier} のはずです。", "ファイルの場所か tier を直してください。"
    modules = [(("modules", i), module) for i, module in enumerate(course.modules)]
    parts = [((*at, "parts", j), part, module) for at, module in modules for j, part in enumerate(module.parts)]
    yield from repeated_ids([(at, module.id) for at, module in modules])
    yield from repeated_ids([(at, part.id) for at, part, _ in parts])
    for at, module in modules:
        yield from _module(at, module, course, misconceptions)
    for at, part, module in parts:
        yield from _part(at, part, module)
        yield from unknown((*at, "datasets"), part.datasets, datasets, "データ", "curriculum/datasets.yml")
    for at, module in modules:
        yield from _unclaimed(at, module)
    yield from _days(course)
    yield from _late(course)
    yield from _tests(course)


def repeated_ids(ids: Iterable[tuple[Loc, str]]) -> Iterator[Problem]:
    """An id that was used before."""
    seen: set[str] = set()
    for at, id in ids:
        if id in seen:
            yield (*at, "id"), f"{id} が二度使われています。", "片方の id を変えてください。"
        seen.add(id)


def unknown(at: Loc, names: Iterable[str], known: Collection[str], what: str, listed_in: str) -> Iterator[Problem]:
    """A name that is not in the list it must be in."""
    for i, name in enumerate(names):
        if name not in known:
            yield (*at, i), f"{what} {name} はありません。", f"つづりを確かめるか、{listed_in} に加えてください。"


def _module(at: Loc, module: Module, course: Course, misconceptions: Collection[str]) -> Iterator[Problem]:
    ids = [other.id for other in course.modules]
    if module.tier != course.tier:
        yield (
            (*at, "id"),
            f"{module.id} は階層 {course.tier} の教材ではありません。",
            "id の頭の文字を確かめてください。",
        )
    earlier = ids[: ids.index(module.id)]
    yield from unknown((*at, "requires"), module.requires, earlier, "先に学ぶ教材", "このファイルの、この教材より前")
    yield from unknown(
        (*at, "misconceptions"), module.misconceptions, misconceptions, "考え違い", "curriculum/misconceptions.yml"
    )
    total = sum(part.minutes for part in module.parts)
    if total != module.minutes:
        mend = f"parts の合計は {total}分です。どちらかを直してください。"
        yield (*at, "minutes"), f"{module.id} の {module.minutes}分と parts の合計が合いません。", mend


def _unclaimed(at: Loc, module: Module) -> Iterator[Problem]:
    for number in range(1, len(module.objectives) + 1):
        if not any(number in part.objectives for part in module.parts):
            yield (
                (*at, "objectives", number - 1),
                f"目標{number}を受け持つ part がありません。",
                "parts の objectives に加えてください。",
            )


def _part(at: Loc, part: Part, module: Module) -> Iterator[Problem]:
    if part.module != module.id:
        yield (
            (*at, "id"),
            f"{part.id} は {module.id} の part ではありません。",
            f"{module.id} で始まる id にしてください。",
        )
    for i, number in enumerate(part.objectives):
        if not 1 <= number <= len(module.objectives):
            mend = f"{module.id} の目標は 1〜{len(module.objectives)} です。"
            yield (*at, "objectives", i), f"目標 {number} はありません。", mend
    if part.status == "ready" and not part.lesson:
        yield (
            (*at, "status"),
            f"{part.id} は ready なのに lesson がありません。",
            "lesson を書くか、planned に戻してください。",
        )
    given = [step.minutes for step in part.steps]
    if None in given and len(given) > 1:
        place = (*at, "steps", given.index(None))
        yield place, "minutes がありません。", "steps が二つ以上あるときは、それぞれに minutes を書いてください。"
    elif None not in given and sum(given) != part.minutes:
        mend = f"steps の合計は {sum(given)}分です。どちらかを直してください。"
        yield (*at, "minutes"), f"{part.id} の {part.minutes}分と steps の合計が合いません。", mend


def _days(course: Course) -> Iterator[Problem]:
    blocks = [
        (("days", i, "blocks", j), block) for i, day in enumerate(course.days) for j, block in enumerate(day.blocks)
    ]
    for field, letter in FIELDS.items():
        for stage in (1, 2, 3):
            module = next((m for m in course.modules if m.id == f"{course.tier}-{letter}-{stage}"), None)
            if module is None:
                yield (
                    ("modules",),
                    f"{course.tier}-{letter}-{stage} がありません。",
                    f"{field} の三段階をそろえてください。",
                )
                continue
            places = [at for at, block in blocks if block.stage == stage]
            steps = sum(len(part.steps) for part in module.parts)
            if len(places) != steps:
                what = f"段階{stage}の授業は{len(places)}こまですが、{module.id} の steps は{steps}です。"
                yield places[-1] if places else ("days",), what, "blocks か steps の数をそろえてください。"
    stages = [(at, block.stage) for at, block in blocks if block.stage]
    for (_, before), (at, after) in zip(stages, stages[1:], strict=False):
        if after < before:
            yield (
                (*at, "stage"),
                f"段階{after}が段階{before}より後にあります。",
                "理解、体験、検証・実証の順に並べてください。",
            )
    for field, letter in FIELDS.items():
        lessons = sum(module.minutes for module in course.modules if module.id[2] == letter)
        others = sum(block.minutes for _, block in blocks if block.minutes and block.kind != "lunch")
        if lessons + others != course.minutes:
            mend = (
                f"{field} では days の合計は {lessons + others}分です（昼休みは数えません）。どちらかを直してください。"
            )
            yield ("minutes",), f"{course.minutes}分と days の合計が合いません。", mend


def _late(course: Course) -> Iterator[Problem]:
    for field in FIELDS:
        if field not in course.late:
            yield ("late",), f"{field} の「遅れたら切る所」がありません。", f"late の下に {field} を書いてください。"
    minutes = {part.id: part.minutes for part in course.parts}
    for field, late in course.late.items():
        for i, cut in enumerate(late.cut):
            at = ("late", field, "cut", i)
            if cut.part not in minutes or cut.part[2] != FIELDS[field]:
                yield (
                    (*at, "part"),
                    f"{cut.part} は {field} の part ではありません。",
                    "part の id を確かめてください。",
                )
            elif cut.saves >= minutes[cut.part]:
                yield (
                    (*at, "saves"),
                    f"{cut.part} の全部（{minutes[cut.part]}分）は切れません。",
                    "saves を短くしてください。",
                )


def _tests(course: Course) -> Iterator[Problem]:
    for field, tests in course.tests.items():
        for end, id in (("pre", tests.pre), ("post", tests.post)):
            expected = f"{course.tier}-{FIELDS[field]}-{end}"
            if id != expected:
                yield ("tests", field, end), f"{id} ではなく {expected} のはずです。", "テストの id を直してください。"

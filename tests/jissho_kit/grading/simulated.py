"""A made-up class whose abilities and misconceptions are known, to lay a report's figures beside the truth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from jissho_kit.grading.report import ClassData, Mark, Mention, Paper, Question, Reason

PEOPLE = 24
# Item: misconceptions and slips of its known wrong answers, the first is what most fall for.
ITEMS = {
    "K-F-2.a": ("M02", "S03", "S05"),
    "K-F-2.b": ("M02", "S01", "S05"),
    "K-F-2.c": ("M01", "S03"),
    "K-F-2.d": ("M04", "S02"),
    "K-F-2.e": ("M42", "S08"),
    "K-F-2.f": ("M03", "S08"),
    "K-F-2.g": ("S03", "S04"),
    "K-F-2.h": ("S06", "S07"),
}
REASONS = {
    "M01": (
        "正解率99.5%ならすごい",
        "不良の数だけ付箋を貼り、機械が見つけた分だけはがします。残った付箋を数えてもらいます。",
    ),
    "M02": (
        "しきい値は0.5で決まり",
        "「見逃し一件で、過検出を何件まで許せますか」と聞き、その数から境目を計算します。",
    ),
    "M03": (
        "AUCが変わらないから大丈夫",
        "全員の身長から10cm引いても背の順は同じ、でも「170cm以上」の人は減る、と実演します。",
    ),
    "M04": ("99%当たる検査機が鳴ったら、99%不良だ", "1,000個のうち不良1個、良品999個の1%は約10個、と紙に書きます。"),
    "M42": ("AIに全部任せればよい", "人の確認を入れた運用と、入れない運用の総損失を並べます。"),
    "S03": ("逆になっている", "「何個のうちの何個ですか」と言葉で言い直してもらいます。"),
    "S05": ("教材の練習用データで計算", "データを読み込むセルから順に動かし直してもらいます。"),
}
GUIDE = Mention("K-F-2", "K-F-2.md", 38, "考え違いが残ったときの三分", "M02（しきい値は0.5）：値札の話をします。")


@dataclass(frozen=True)
class Planted:
    """The truth: who holds what, each person's ability (a logit), the item with a reversed key, the class's gain."""

    held: dict[str, float] = field(default_factory=lambda: {"M02": 0.4})
    reversed: str = ""
    gain: float = 0.5
    spread: float = 1.5


def simulate(seed: int, planted: Planted | None = None, people: int = PEOPLE, tests: bool = False) -> ClassData:
    """A graded class.

    Parameters
    ----------
    seed : int
    planted : Planted, optional
    people : int
    tests : bool
        Add a pre-test and a post-test, in which the chance of a wrong answer shrinks by ``planted.gain``.
    """
    planted = planted or Planted()
    rng = np.random.default_rng(seed)
    ability = rng.normal(0.4, planted.spread, people)
    holders = {id: set(rng.choice(people, round(share * people), replace=False)) for id, share in planted.held.items()}
    names = tuple(f"P{number:02d}" for number in range(1, people + 1))
    questions = [_question(id, "K-F-2", known) for id, known in ITEMS.items()]
    papers = [
        _paper("K-F-2", name, {q.id: _mark(rng, q, ability[row], _fallen(q, holders, row), planted) for q in questions})
        for row, name in enumerate(names)
    ]
    if tests:
        for assignment, gain in (("K-F-pre", 0.0), ("K-F-post", planted.gain)):
            own = [_question(id.replace("K-F-2", assignment), assignment, known) for id, known in ITEMS.items()]
            questions += own
            for row, name in enumerate(names):
                marks = {q.id: _test_mark(rng, q, ability[row], gain) for q in own}
                papers.append(_paper(assignment, name, marks))
    return ClassData(
        course="jissho-K-factory",
        title="経営者コース（工場）",
        practice=False,
        people=names,
        questions=tuple(questions),
        papers=tuple(papers),
        objectives={f"K-F-2/{n}": text for n, text in enumerate(OBJECTIVES, 1)},
        reasons={
            id: Reason(id, name, "", remedy, (GUIDE,) if id == "M02" else ()) for id, (name, remedy) in REASONS.items()
        },
    )


OBJECTIVES = [
    "見逃しと過検出の単価から損失の総額を計算できる",
    "しきい値を動かして、損失が一番小さい点を見つけられる",
    "単価が変わると一番良い点がどちらへ動くかを予測できる",
    "人の確認を入れた運用案を比べて選べる",
]


def _question(id: str, assignment: str, known: tuple[str, ...]) -> Question:
    place = "abcdefgh".index(id[-1])
    text = f"問{id[-1]}: 見逃し一件5万円、過検出一件300円のとき、総損失が最小になるしきい値はいくつですか。"
    return Question(id, assignment, f"K-F-2/{place // 2 + 1}", "number", 2.0, text, known)


def _fallen(question: Question, holders: dict[str, set[int]], row: int) -> str:
    return next((id for id in question.known if row in holders.get(id, ())), "")


def _mark(rng: np.random.Generator, question: Question, ability: float, fallen: str, planted: Planted) -> Mark:
    """Who holds a misconception falls for it; the others are right by ability, else slip, leave blank or guess."""
    if fallen:
        return Mark(0.0, 2.0, "wrong", fallen)
    right = rng.random() < 1 / (1 + np.exp(-ability))
    if question.id == planted.reversed:
        right = not right
    return Mark(2.0, 2.0, "right") if right else _missed(rng, question, ("", *question.known[1:], "blank"))


def _test_mark(rng: np.random.Generator, question: Question, ability: float, gain: float) -> Mark:
    """Wrong by ability; the chance of it shrinks by the gain, so that the class's expected gain is just that."""
    wrong = (1 - 1 / (1 + np.exp(-(ability - 1)))) * (1 - gain)
    return _missed(rng, question, question.known) if rng.random() < wrong else Mark(2.0, 2.0, "right")


def _missed(rng: np.random.Generator, question: Question, ways: tuple[str, ...]) -> Mark:
    way = ways[int(rng.integers(len(ways)))]
    return Mark(0.0, 2.0, "blank") if way == "blank" else Mark(0.0, 2.0, "wrong", way, "" if way else "0.42")


def _paper(assignment: str, person: str, marks: dict[str, Mark]) -> Paper:
    start = datetime(2026, 1, 20, 14, 0, tzinfo=UTC)
    at = {item: start + timedelta(seconds=90 * place) for place, item in enumerate(marks)}
    return Paper(assignment, person, "graded", "", (), marks, {i: m.points for i, m in marks.items()}, at)


def with_papers(data: ClassData, *papers: Paper) -> ClassData:
    """The class with some papers in place of those of the same person and assignment."""
    given = {(paper.person, paper.assignment): paper for paper in papers}
    return replace(data, papers=tuple(given.get((old.person, old.assignment), old) for old in data.papers))

"""Handing in from a no-code page: what a visitor has recorded becomes a submission of the course."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import unicodedata
import uuid
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from jissho.errors import AnswerError
from jissho.teach import fields, forms, store
from jissho.teach.cards import card

COURSE = "JISSHO_COURSE"  # environment variable: the course folder that takes hand-ins
NAME = re.compile(r"[^\W_][\w・ -]{0,39}")
KEPT = "{}/提出"  # where the visitor's name is kept, among the predictions


def offer_hand_in(assignment: str) -> None:
    """Show the form for handing in; it may be pressed again, and then replaces what the same visitor handed in before."""
    name = fields.line()
    name.put(known_name())
    card(
        "答え終わったら、提出してください。お名前（講師が見分けられれば、仮の名前で構いません）",
        name,
        "提出する",
        store.get("predictions", KEPT.format(assignment)),
        lambda name: _handed_in(assignment, name),
        lambda name: (
            f"<p>{escape(str(name))} さんの答えを提出しました{_how_many(assignment)}直したときは、もう一度「提出する」を押してください。</p>"
        ),
    )


def _letters(assignment: str, state: str) -> str:
    """The assignment's questions in that state (see :func:`jissho.teach.forms.asked`): ``"b、c"``."""
    return "、".join(id.rpartition(".")[2] for id, found in forms.asked(assignment).items() if found == state)


def _how_many(assignment: str) -> str:
    """How much of it was handed in, and what comes next."""
    states = forms.asked(assignment)
    answered = sum(state != "blank" for state in states.values())
    number = f"（{len(states)}問のうち{answered}問）" if states else ""
    blank = _letters(assignment, "blank")
    return number + "。" + (f"まだの問いは {blank} です。" if blank else "結果は、講師から届きます。")


def known_name() -> str:
    """The name under which this visitor has handed in another sheet, or ``""``: one person stays one in the report."""
    for file in sorted(store.folder().parent.parent.glob(f"*/{store.folder().name}/{store.FILE_NAME}")):
        with contextlib.suppress(AnswerError, OSError):
            for key, entry in store.read(file)["predictions"].items():
                if key.endswith(KEPT.format("")) and isinstance(entry["value"], str):
                    return entry["value"]
    return ""


def _handed_in(assignment: str, name: str) -> dict:
    before = store.get("predictions", KEPT.format(assignment))
    if changed := _letters(assignment, "changed"):
        raise AnswerError(
            f"問 {changed} は、まだ記録されていません。", mend="「回答を記録」を押してから、もう一度提出してください。"
        )
    name = hand_in(assignment, name, before["value"] if before else None)
    return store.save("predictions", KEPT.format(assignment), name)


def hand_in(assignment: str, name: str, before: str | None = None) -> str:
    """Put this visitor's answers into the course's ``submitted/<name>/<assignment>/``, whole or not at all.

    Parameters
    ----------
    assignment : str
    name : str
        As typed; returned in the form in which the course has it (NFKC, no space around).
    before : str, optional
        The name under which the same visitor has handed in before; that hand-in is replaced.

    Raises
    ------
    AnswerError
        No course takes hand-ins, the name cannot be used or is another visitor's, nothing is recorded yet, or the
        course folder cannot be written.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    if not NAME.fullmatch(name):
        raise AnswerError("このお名前は使えません。", mend="文字と数字で、40字までで書いてください。")
    course = Path(os.environ.get(COURSE) or "/nowhere")
    release, target = course / "release" / assignment, course / "submitted" / name / assignment
    if not release.is_dir():
        raise AnswerError("提出先の講座がありません。", mend="講師を呼んでください。答えは記録されています。")
    if not store.path().is_file():
        raise AnswerError("まだ何も記録されていません。", mend="上の問いに答えて「回答を記録」を押してください。")
    if target.exists() and name != before:
        raise AnswerError("このお名前では、もう提出があります。", mend="後ろに数字を付けてください（例: 山田2）。")
    try:
        _put(release, target, course / f".提出-{uuid.uuid4().hex}")
        if before and before != name:
            shutil.rmtree(course / "submitted" / before / assignment, ignore_errors=True)
    except OSError as error:
        raise AnswerError(
            f"提出を書き込めません（{error.strerror}）。", mend="講師を呼んでください。答えは記録されています。"
        ) from None
    return name


def _put(release: Path, target: Path, work: Path) -> None:
    """Made beside and moved in one step: whoever grades meanwhile never sees half a hand-in."""
    try:
        shutil.copytree(release, work / "new")
        shutil.copyfile(store.path(), work / "new" / store.FILE_NAME)
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (work / "new" / "timestamp.txt").write_text(now, encoding="ascii")
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            os.rename(target, work / "old")
        os.rename(work / "new", target)
    finally:
        shutil.rmtree(work, ignore_errors=True)

"""The survey at the end of a class: sent from the page, kept without name and visitor.

No time is written, and a sheet's own is set to nothing; what a file system remembers of a file's birth stays there.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from jissho.errors import AnswerError, JisshoError
from jissho.teach import fields, store
from jissho.teach.cards import form, show_form, show_paper
from jissho.teach.handin import COURSE
from jissho.teach.mode import automatic

FOLDER = "survey"  # below the course
SCALE = {
    "useful": "内容は、自分の仕事の判断に使える",
    "surprised": "予想が外れて、驚いた所があった",
    "pace": "速さは、ちょうどよかった",
    "help": "困ったときの手助けは、十分だった",
    "next": "来週やることが、一つ決まった",
}
MARKS = ("1", "2", "3", "4", "5")
RECOMMEND = "この講座を、同僚や仲間にどれくらい勧めますか（0 勧めない、10 ぜひ勧める）"
MOST = 10
FREE = {"good": "良かったことを一つ", "unclear": "分からなかったことを一つ", "change": "変えたい記録を一つ"}
LONGEST = 1_000  # letters of a free text
QUESTION = "今日の講座について教えてください（1 まったく違う、5 その通り。答えられる所だけで構いません）"
ONCE = "名前も端末の番号も付けずに保存します。だれの答えか分からなくなるので、送った後は直せません。"
SENT = "アンケート"  # that this visitor has sent one, among the predictions; not what


def offer_survey() -> None:
    """Show the survey; one visitor sends one."""
    rate = fields.classify(list(SCALE.values()), MARKS)
    recommend = fields.classify([RECOMMEND], [str(mark) for mark in range(MOST + 1)])
    free = fields.plan([{"name": text} for text in FREE.values()])
    if automatic():
        show_paper(QUESTION, rate.paper + recommend.paper + free.paper)
        return
    push = widgets.Button(description="送る", button_style="primary")
    status = widgets.HTML(f"<p>{ONCE}</p>")

    def sent() -> None:
        push.disabled = True
        status.value = '<div role="status" class="jissho-ok">✔ 送りました。ありがとうございました。</div>'

    def send(_: widgets.Button) -> None:
        try:
            leave(rate.get(), recommend.get().get(RECOMMEND), free.get())
            store.save("predictions", SENT, True)
        except JisshoError as error:
            status.value = f'<div role="alert" class="jissho-no">▲ {error}</div>'
            return
        sent()

    push.on_click(send)
    if store.get("predictions", SENT):
        sent()
    show_form(form(QUESTION, rate.widget, recommend.widget, free.widget, push, status), QUESTION)


def leave(rated: dict[str, str], recommended: str | None, written: dict[str, str]) -> Path:
    """Put one filled-in survey into the course.

    Parameters
    ----------
    rated : dict
        Marks "1" … "5" by statement; unanswered ones are left out.
    recommended : str or None
        "0" … "10".
    written : dict
        Free texts by question, cut off after 1,000 letters.

    Raises
    ------
    AnswerError
        Nothing is filled in, no course takes surveys, or its folder cannot be written.
    """
    told: dict[str, Any] = {
        "v": 1,
        "scale": {key: int(rated[text]) for key, text in SCALE.items() if text in rated},
        "recommend": None if recommended is None else int(recommended),
        "free": {key: written[text][:LONGEST] for key, text in FREE.items() if text in written},
    }
    if not told["scale"] and recommended is None and not told["free"]:
        raise AnswerError("まだ何も選ばれていません。", mend="答えられる所だけで構いません。")
    course = Path(os.environ.get(COURSE) or "/nowhere")
    if not course.is_dir():
        raise AnswerError("送り先の講座がありません。", mend="講師を呼んでください。")
    name = uuid.uuid4().hex
    new, kept = course / f".{FOLDER}-{name}", course / FOLDER / f"{name}.json"
    try:
        kept.parent.mkdir(exist_ok=True)
        new.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        os.utime(new, (0, 0))  # when it was sent could be laid beside a hand-in's time
        os.replace(new, kept)
    except OSError as error:
        raise AnswerError(f"アンケートを書き込めません（{error.strerror}）。", mend="講師を呼んでください。") from None
    return kept

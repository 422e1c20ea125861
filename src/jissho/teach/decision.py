"""The decision card at the end of a lesson: shown, kept beside 回答.json, and offered for download."""

from __future__ import annotations

from IPython.display import HTML, display

from jissho.card import DecisionCard, card_html, card_json, card_sheet
from jissho.errors import AnswerError
from jissho.teach import store
from jissho.teach.cards import link
from jissho.teach.mode import automatic

NAME = "判断カード"


def show_card(card: DecisionCard) -> None:
    """Show a card; ``判断カード.html`` and ``.json`` are kept in the participant's folder, not in automatic runs.

    Raises
    ------
    AnswerError
        The folder cannot be written.
    """
    files = {
        f"{NAME}.html": ("text/html", "印刷する一枚", card_html(card)),
        f"{NAME}.json": ("application/json", "カードの控え（決定と上限額も入っています）", card_json(card)),
    }
    if not automatic():
        _keep({name: text for name, (_, _, text) in files.items()})
    links = "".join(link(name, *parts) for name, parts in files.items())
    frame = "border:1px solid #888;padding:16px 20px;max-width:800px;background:#fff"
    display(HTML(f'<div style="{frame}">{card_sheet(card)}</div><p>{links}</p>'))


def _keep(files: dict[str, str]) -> None:
    try:
        store.folder().mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (store.folder() / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise AnswerError(
            "判断カードを保存できません。",
            where=str(store.folder()),
            mend=f"フォルダーに書き込めるか確かめてください。（{error.strerror}）",
        ) from None

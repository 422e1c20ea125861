"""A case of the participants' own: a file handed over on the page, kept beside 回答.json, and used by the lab."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from jissho.errors import AnswerError, DataError, JisshoError
from jissho.invest import FILE_NAME, MAX_BYTES, OWN, new_case, parse_own_case, read_own_case
from jissho.teach import store
from jissho.teach.cards import form, link, show_form, show_paper, status_line
from jissho.teach.controls import drawn
from jissho.teach.mode import as_page, automatic

BUTTON = {
    "width": "auto",
    "height": "48px",
    "padding": "0 22px",
    "align_self": "flex-start",
}  # as the other forms' buttons
BLUE = {"button_color": "#1F5F99", "text_color": "#FFFFFF", "font_weight": "bold"}
ASK = "自社の案件を持ってきた方は、ここで渡せます"
HOW = (
    f"<p>① ひな形を保存して、メモ帳で数字と文を書き換えます。② 書けたら、そのファイル（{FILE_NAME}、{MAX_BYTES // 1000} KBまで）を"
    "選びます。中身は、ほかの組には見えません。</p>"
)


def own_cases() -> dict[str, dict[str, Any]]:
    """The case that was handed over, by the name under which it is chosen; empty where there is none that can be used.

    It is looked for in the participant's folder, then in the notebook's.
    """
    try:
        case = _kept()
    except DataError:  # told where the file is handed over
        case = None
    return {_name(case): case} if case else {}


def bring_case(key: str, draw: Callable[[dict[str, Any]], None] | None = None) -> None:
    """Ask for a case file; one that can be used is kept, and its name recorded under ``predictions[key]``.

    A file that cannot be used is told with its line and changes nothing. ``draw(case)``: what is shown below the form as
    soon as there is a case.
    """
    if automatic():
        show_paper(ASK, f"<p>□ {FILE_NAME} を渡す</p>")
        return
    said, place = widgets.HTML(_said_at_first()), widgets.Output()
    pick = widgets.FileUpload(accept=".yml,.yaml", description=f"{FILE_NAME} を選ぶ", layout=BUTTON, style=BLUE)

    def take(*_: Any) -> None:
        if not pick.value:
            return
        given, pick.value = pick.value[0], ()  # emptied, so that the same file can be handed over again
        try:
            case = keep_case(bytes(given["content"]))
            store.save("predictions", key, _name(case))
        except JisshoError as error:
            said.value = status_line("jissho-no", f"▲ {error}\nいままでの画面は、そのままです。")
            return
        said.value = status_line("jissho-ok", f"✔ 「{case['案件']}」を受け取りました。下の画面は、この案件の数字です。")
        show_below()

    def show_below() -> None:
        cases = own_cases().values()
        if draw and cases:
            place.outputs = drawn(lambda: [draw(case) for case in cases])

    pick.observe(take, "value")
    show_below()
    template = widgets.HTML(HOW + link(FILE_NAME, "text/yaml", "ひな形を保存", new_case()))
    show_form(form(ASK, template, pick, said), ASK)
    if draw:
        display(place)


def keep_case(raw: bytes) -> dict[str, Any]:
    """Keep a case file in the participant's folder and give its case.

    A file that lies beside the notebook may be somebody's work and is put aside first; a visitor's folder holds only what
    was handed over before.

    Raises
    ------
    DataError
        The file cannot be used; nothing is changed.
    AnswerError
        The folder cannot be written.
    """
    case, file = parse_own_case(raw), store.folder() / FILE_NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and not as_page() and file.read_bytes() != raw:
            file.rename(_free_name(file))
        work = file.with_name(f".{FILE_NAME}.tmp")
        work.write_bytes(raw)
        os.replace(work, file)
    except OSError as error:
        raise AnswerError(
            "案件を保存できません。", str(file), f"フォルダーに書き込めるか確かめてください。（{error.strerror}）"
        ) from None
    return case


def _free_name(file: Path) -> Path:
    number = 1
    while (kept := file.with_name(f"{file.stem}.前の控え-{number}{file.suffix}")).exists():
        number += 1
    return kept


def _kept() -> dict[str, Any] | None:
    for folder in dict.fromkeys((store.folder(), Path.cwd())):
        if (folder / FILE_NAME).is_file():
            return read_own_case(folder / FILE_NAME)
    return None


def _name(case: dict[str, Any]) -> str:
    return f"{case['案件']}（{OWN}）"


def _said_at_first() -> str:
    try:
        case = _kept()
    except DataError as error:
        return status_line("jissho-no", f"▲ いまある案件のファイルは使えませんでした。{error}")
    return status_line("jissho-ok", f"✔ 「{case['案件']}」を受け取っています。") if case else ""

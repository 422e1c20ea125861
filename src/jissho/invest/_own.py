"""A case of the participants' own: one YAML file with the columns of the table ``cases``, explained line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from jissho.errors import DataError

FILE_NAME = "案件.yml"
OWN = "自社"
MAX_BYTES = 100_000
MAX_LETTERS = 75  # what a decision card has room for
KINDS = ("治具", "5S", "ルール")
MEND = "ひな形（./jissho case new か、教材の画面で保存できます）と見比べてください。"


@dataclass(frozen=True)
class Column:
    """One line of the file. ``least`` and ``most`` bound a number; a text has an example that is a text."""

    name: str
    why: str
    example: str | int | float
    most: float = 1e12
    least: float = 0

    @property
    def is_text(self) -> bool:
        return isinstance(self.example, str)

    @property
    def whole(self) -> bool:
        """Counts and yen are whole, shares need not be."""
        return isinstance(self.example, int) and self.most != 100


def _percent(name: str, why: str, example: float) -> Column:
    return Column(name, why, example, most=100)


SECTIONS: dict[str, tuple[Column, ...]] = {
    "案件": (
        Column("案件", "案件の名前（22字まで）", "検査の自動化"),
        Column("課題", "困っていること", "出荷前の検査に、毎日三人が残業しています。"),
        Column("提案", "提案されているAIの中身", "画像で傷を知らせるソフト"),
        Column("対象", "AIが一つずつ判定するもの", "個"),
        Column("従業員数", "人", 30),
        Column("参加者数", "一緒に投資する会社の数。1なら単独", 1, most=10, least=1),
        Column("法人税額", "円（一年）", 5_000_000),
        _percent("給与増加率", "%。続けて雇う人の給与などの、前の年度からの増加率", 2.0),
    ),
    "いまの損失": (
        Column("年間数", "一年に判定する数", 200_000),
        _percent("発生率", "%。そのうち、防げずに損になっている割合", 0.5),
        Column("見逃し単価", "円。防げなかった一件の損失", 8_000),
        Column("過検出単価", "円。問題のない物を一件知らせたときの手間", 50),
    ),
    "提案の数字": (
        _percent("再現率", "%。損になる物のうち、AIが見つける割合（業者の見込み）", 80),
        _percent("過検出率", "%。問題のない物のうち、AIが知らせてしまう割合", 2.0),
        Column("初期費用", "円", 9_000_000),
        Column("運用費", "円（一年）。保守・通信・見直しの人手まで", 1_200_000),
        _percent("立上り1年目", "%。一年目に出る効果の割合", 30),
        _percent("立上り2年目", "%。二年目に出る効果の割合", 80),
    ),
    "手元の記録": (
        Column("記録の状態", "どんな記録が、どのくらいあるか", "検査日報が一年分あります"),
        Column("記録件数", "答え（損になったかどうか）の付いた記録の数", 12_000),
        Column("発生記録", "そのうち、損になった物の記録の数", 60),
        Column("発生記録の増え方", "一年、記録の取り方を改めると増える数", 300),
        Column("試行費用", "円。一年、小さく試す費用", 500_000),
    ),
    "AIを使わない手": (
        Column("代案", "治具・5S・ルールなど", "照明をそろえ、見る順番を決める"),
        Column("代案の種類", f"{'・'.join(KINDS)} のどれか", "5S"),
        Column("代案の初期費用", "円", 600_000),
        Column("代案の運用費", "円（一年）", 200_000),
        _percent("代案の削減率", "%。いまの損失のうち、無くせる割合", 20),
    ),
}
COLUMNS = {column.name: column for columns in SECTIONS.values() for column in columns}
LETTERS = {"案件": 22, "記録の状態": 55}  # on the card the number of records follows


def new_case() -> str:
    """The file to fill in: a made-up example, each line with its meaning and unit."""
    lines = [
        "# 自社の案件。右の # より後ろは説明です。数字と文を書き換えて、投資判断ラボと同じフォルダーに置きます。",
        "# 割合は % の数で、お金は円で書きます。分からない数は、一番悪い見込みを書いてください。",
    ]
    for section, columns in SECTIONS.items():
        lines += ["", f"# ── {section}"]
        lines += [f"{column.name}: {_written(column.example)}  # {column.why}" for column in columns]
    return "\n".join(lines) + "\n"


def read_own_case(path: str | Path) -> dict[str, Any]:
    """A case of one's own, with the columns of :func:`jissho.datasets.load_cases`.

    Raises
    ------
    DataError
        The file cannot be read or is no YAML; a line is missing, unknown, of the wrong kind or out of range.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError:
        raise DataError("案件のファイルを読めません。", str(path), "場所と名前を確かめてください。") from None
    return parse_own_case(raw, str(path))


def parse_own_case(raw: bytes, where: str = FILE_NAME) -> dict[str, Any]:
    """The case that such a file's bytes hold; ``where`` names the file in an error. Raises DataError as above."""
    data = _parsed(raw, where)
    if not isinstance(data, Mapping):
        raise DataError("「項目: 値」の行がありません。", where, MEND)
    if unknown := [name for name in data if name not in COLUMNS]:
        raise DataError(f"知らない項目「{str(unknown[0])[:40]}」があります。", where, MEND)
    if missing := [name for name in COLUMNS if data.get(name) is None]:
        raise DataError(f"「{missing[0]}」が書かれていません。", where, f"{missing[0]}: の右に書いてください。")
    card = {name: _value(column, data[name], where) for name, column in COLUMNS.items()}
    if card["代案の種類"] not in KINDS:
        raise DataError("「代案の種類」の書き方が違います。", where, f"{'・'.join(KINDS)} のどれかを書いてください。")
    if card["発生記録"] > card["記録件数"]:
        raise DataError("「発生記録」が「記録件数」より多くなっています。", where, "二つの数を確かめてください。")
    return {"案件番号": OWN, "分野": OWN} | card


def _parsed(raw: bytes, where: str) -> Any:
    if len(raw) > MAX_BYTES:
        raise DataError(f"ファイルが大きすぎます（{MAX_BYTES // 1000} KBまで）。", where, MEND)
    if b"\0" in raw:
        raise DataError("文字のファイルではありません（Excel、写真など）。", where, "案件.yml を選んでください。")
    try:
        return yaml.load(raw.decode("utf-8-sig"), Loader=_OnceLoader)
    except UnicodeDecodeError:
        raise DataError(
            "文字コードがUTF-8ではありません。", where, "メモ帳では「UTF-8」を選んで保存し直してください。"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{where}:{mark.line + 1}" if mark else where
        raise DataError(
            "この行を読めません。", line, "コロン（:）は半角で、後ろに空白を一つ入れます。" + MEND
        ) from None


class _OnceLoader(yaml.SafeLoader):
    """Safe YAML that keeps no line silently when another says the same, and expands no anchors."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, "twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def _value(column: Column, value: Any, where: str) -> Any:
    name = column.name
    if column.is_text:
        text, most = str(value).strip(), LETTERS.get(name, MAX_LETTERS)
        if isinstance(value, Mapping | list) or not text or len(text) > most or not text.isprintable():
            raise DataError(f"「{name}」は、一行の文で書きます。", where, f"{most}字までで書いてください。")
        return text
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise DataError(
            f"「{name}」が数ではありません。", where, f"半角の数字だけで書きます（{column.why}）。例: {column.example}"
        )
    if not column.least <= value <= column.most or (column.whole and value != int(value)):
        whole = "整数" if column.whole else "数"
        raise DataError(
            f"「{name}」の値 {value} は使えません。",
            where,
            f"{column.least:,.0f}〜{column.most:,.0f} の{whole}で書きます。",
        )
    return int(value) if column.whole else value


def _written(example: str | int | float) -> str:
    """A text in quotes, so that whatever is put in its place may hold a colon."""
    return f'"{example}"' if isinstance(example, str) else f"{example}"

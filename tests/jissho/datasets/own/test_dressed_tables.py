"""Drawn tables dressed up as people keep them (titles, groups, units, totals, notes): what is inside comes out again."""

import random

import pandas as pd
import pytest

NAMES = {
    "d": ["日付", "測定日"],
    "n": ["気温", "湿度", "数量", "重さ", "寸法", "電圧"],
    "t": ["品名", "判定", "担当", "備考"],
}
TITLES = [["生産記録"], ["作成日：2024/4/1"], ["作成者：山田"], ["令和6年度 第一工場"], [""]]
FULL = str.maketrans("0123456789.", "０１２３４５６７８９．")


def number(rng, missing):
    if rng.random() < missing:
        return rng.choice(["", "-", "NA", "欠測"]), None
    value = round(rng.uniform(-50, 5000), rng.choice([0, 1, 2]))
    ways = [f"{value}", f"{value:,}", f"{value}".replace("-", "△"), f"{value}".translate(FULL)]
    return rng.choice(ways), value


def day(rng, row):
    month, date = 1 + row // 28, row % 28 + 1
    return rng.choice([f"2024/{month}/{date}", f"R6.{month}.{date}"]), pd.Timestamp(2024, month, date)


def text(rng, missing):
    word = "" if rng.random() < missing else rng.choice(["良", "不良", "りんご", "A", "トマト 大"])
    return word, word or None


def drawn(rng):
    """Cells as written, values as meant, names, kinds."""
    kinds = [rng.choice("dn"), *rng.choices("nnnt", k=rng.randint(1, 4))]
    names = []
    for kind in kinds:
        names.append(rng.choice([name for name in NAMES[kind] if name not in names]))
    missing = rng.choice([0, 0, 0.1, 0.3])
    rows = [
        [day(rng, i) if k == "d" else number(rng, missing if i else 0) if k == "n" else text(rng, missing if i else 0) for k in kinds]
        for i in range(rng.choice([3, 4, 6, 10, 30]))
    ]  # fmt: skip
    rows = [row for row in rows if any(cell for cell, _ in row)]
    return [[cell for cell, _ in row] for row in rows], [[value for _, value in row] for row in rows], names, kinds


def grouped(rng, names):
    """Two heading rows over the names, and the joined names."""
    first = rng.randint(1, len(names) - 3)
    groups, below = [""] * len(names), list(names)
    groups[first], groups[first + 2] = "環境", "収量"
    joined = [name if c < first else f"{'環境' if c < first + 2 else '収量'}_{name}" for c, name in enumerate(names)]
    if rng.random() < 0.5:
        groups[:first], below[:first] = names[:first], [""] * first
    return [groups, below], joined


@pytest.mark.seeds(20)
def test_what_is_inside_comes_out_again(own, seed):
    for turn in range(25):
        rng = random.Random(1000 * seed + turn)
        cells, values, names, kinds = drawn(rng)
        heading, joined = grouped(rng, names) if len(names) > 3 and rng.random() < 0.4 else ([names], names)
        units = [[rng.choice(["℃", "kg", "(mm)", "%"]) if k == "n" else "" for k in kinds]] * rng.choice([0, 0, 1])
        titles = rng.choices(TITLES, k=rng.choice([0, 0, 1, 2, 3]))
        total = [["合　計", *("9999" if k == "n" else "" for k in kinds[1:])]] * (
            "n" in kinds[1:] and rng.random() < 0.4
        )
        notes = rng.choice([[], [["※ 値は速報です。"]], [[""], ["※ 値は速報です。"]]])
        lines = [*titles, *heading, *units, *cells, *total, *notes]
        written = "\n".join(",".join([f'"{c}"' for c in line] + [""] * (len(names) - len(line))) for line in lines)
        table, mendings = own(written)
        assert list(table) == joined, written
        for name, kind, column in zip(joined, kinds, zip(*values, strict=True), strict=True):
            found = [None if pd.isna(value) else value for value in table[name]]
            assert found == list(column), written
            assert kind == "t" or table[name].dtype.kind in "ifM", written
        out = [m for m in mendings if m.after is None and m.column == "" and m.before]
        assert len(out) == len([t for t in titles if t != [""]]) + len(total) + bool(notes), written

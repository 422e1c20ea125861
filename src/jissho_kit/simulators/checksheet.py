"""F6: check sheets of three assembly lines, one row per mark-up of a defect item on a shift's sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jissho_kit.simulators._truth import Truth

# Defect item: chance of a line on a shift's sheet, mean pieces per line, loss per piece (yen, standard part).
# Dirt is noted often but one at a time, scratches come in runs, a wrong size is scrapped and its lot sorted,
# a wrong assembly is rare and dear: so "most lines", "most pieces", "dearest piece" and "largest loss" differ.
ITEMS = {
    "汚れ": (0.66, 1.05, 20),
    "キズ": (0.36, 3.0, 60),
    "打痕": (0.28, 1.6, 60),
    "バリ": (0.27, 1.8, 40),
    "寸法": (0.21, 1.6, 950),
    "色むら": (0.23, 1.3, 60),
    "ヒケ": (0.20, 1.5, 80),
    "欠け": (0.20, 1.3, 110),
    "異物": (0.16, 1.2, 260),
    "変形": (0.15, 1.3, 90),
    "ネジ浮き": (0.14, 1.3, 30),
    "ラベル違い": (0.10, 1.1, 120),
    "数量違い": (0.07, 1.1, 60),
    "組付け違い": (0.05, 1.0, 1900),
}
PARTS = {"P-101": 0.8, "P-102": 1.0, "P-205": 1.1, "P-310": 1.4}
PART_SHARE = [0.35, 0.3, 0.2, 0.15]
# One line handles parts roughly (scratches); another's locating jig wears, and its sizes drift with it.
ROUGH, GENTLE = 2.2, 0.45
WORN, SOUND = 2.2, 0.4
JIG_GROWTH = 1.6  # factor by which wrong sizes on the worn jig have grown at the end of the period
NIGHT = 1.1  # factor of every chance on the night shift
MISSING = 0.008  # share of lines whose count was left blank


def make_checksheet(n: int = 1500, random_state: int | np.random.Generator = 0) -> tuple[pd.DataFrame, Truth]:
    """Draw ``n`` lines of check sheets (about 11 weeks of three lines, two shifts, five days a week).

    Parameters
    ----------
    n : int
        Lines (rows), at least 100.
    random_state : int or numpy.random.Generator

    Returns
    -------
    DataFrame
        日付, ライン, 直, 品番, 不良項目, 件数 (pieces; blank: not filled in), 損失単価 (yen per piece).
    Truth
        effects: ``jig_growth`` (ratio), ``worn_line_share`` (expected share of the lines noting a wrong size that
        come from the line with the worn jig); ``worn_line`` and ``rough_line`` are positions in A, B, C.
        best, of one who knows line, shift and how far the jig is worn, but not what the day brings: ``roc_auc`` and
        ``average_precision`` of whether a shift's sheet notes a wrong size, ``r2`` of a line's daily loss (yen). The last
        day, which is cut short, is left out.

    Raises
    ------
    ValueError
        ``n`` is too small for every item to appear.
    """
    if n < 100:
        raise ValueError("n must be at least 100")
    rng = np.random.default_rng(random_state)
    worn, rough = (str(line) for line in rng.choice(list("ABC"), size=2, replace=False))
    days = int(np.ceil(n / (6 * sum(chance for chance, _, _ in ITEMS.values())) * 1.3)) + 5
    calendar = pd.bdate_range("2018-04-02", periods=days)
    rows = [row for day, date in enumerate(calendar) for row in _sheets_of_a_day(rng, date, day / days, worn, rough)]
    table = pd.DataFrame(rows[:n], columns=["日付", "ライン", "直", "品番", "不良項目", "件数", "損失単価"])
    table["日付"] = table["日付"].astype("datetime64[ns]")
    table["件数"] = table["件数"].astype(float).mask(rng.random(n) < MISSING)
    grown = WORN * (1 + JIG_GROWTH) / 2
    effects = {
        "jig_growth": JIG_GROWTH,
        "worn_line_share": grown / (grown + 2 * SOUND),
        "worn_line": "ABC".index(worn),
        "rough_line": "ABC".index(rough),
    }
    known = [(date, *sheet) for day, date in enumerate(calendar) for sheet in _expected(day / days, worn, rough)]
    return table, Truth(effects, _best(table, pd.DataFrame(known, columns=["日付", "ライン", "直", "寸法", "損失"])))


def _own(line: str, elapsed: float, worn: str, rough: str) -> dict[str, float]:
    """Factors of the chances that are a line's own; ``elapsed`` is the share of the period."""
    return {
        "キズ": ROUGH if line == rough else GENTLE,
        "寸法": WORN * (1 + (JIG_GROWTH - 1) * elapsed) if line == worn else SOUND,
    }


def _sheets_of_a_day(rng: np.random.Generator, date: pd.Timestamp, elapsed: float, worn: str, rough: str):
    """Yield the lines that the six sheets (three lines, two shifts) of one day carry."""
    day_factor = rng.gamma(20, 1 / 20)  # good and bad days are shared by the whole shop
    for line in "ABC":
        own = _own(line, elapsed, worn, rough)
        for shift in "昼夜":
            part = str(rng.choice(list(PARTS), p=PART_SHARE))
            for item, (chance, pieces, price) in ITEMS.items():
                factor = own.get(item, 1.0) * day_factor * (NIGHT if shift == "夜" else 1.0)
                if rng.random() < min(0.97, chance * factor):
                    count = 1 + rng.poisson(pieces * (1.6 if own.get(item, 0) == ROUGH else 1) - 1)
                    yield date, line, shift, part, item, count, int(round(price * PARTS[part], -1))


def _expected(elapsed: float, worn: str, rough: str):
    """Yield line, shift, chance of a wrong size and expected loss (yen) of the six sheets of an ordinary day."""
    part = float(np.dot(PART_SHARE, list(PARTS.values())))
    for line in "ABC":
        own = _own(line, elapsed, worn, rough)
        for shift in "昼夜":
            chances, loss = {}, 0.0
            for item, (chance, pieces, price) in ITEMS.items():
                chances[item] = min(0.97, chance * own.get(item, 1.0) * (NIGHT if shift == "夜" else 1.0))
                loss += chances[item] * pieces * (1.6 if own.get(item, 0) == ROUGH else 1) * price * part
            yield line, shift, chances["寸法"], loss


def _best(table: pd.DataFrame, known: pd.DataFrame) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, r2_score, roc_auc_score

    whole = table[table["日付"] < table["日付"].max()]
    sheets = known[known["日付"] < table["日付"].max()].set_index(["日付", "ライン", "直"])
    wrong_size = sheets.index.isin(whole[whole["不良項目"] == "寸法"].set_index(["日付", "ライン", "直"]).index)
    expected = sheets.groupby(["日付", "ライン"])["損失"].sum()
    lost = (whole["件数"] * whole["損失単価"]).groupby([whole["日付"], whole["ライン"]]).sum()
    return {
        "roc_auc": float(roc_auc_score(wrong_size, sheets["寸法"])),
        "average_precision": float(average_precision_score(wrong_size, sheets["寸法"])),
        "r2": float(r2_score(lost.reindex(expected.index, fill_value=0), expected)),
    }

"""F5: a recall among selected sections flatters; an audit by lot says so, if it is large enough (M31)."""

import pandas as pd
import pytest

from jissho_kit.simulators import make_weld
from jissho_kit.truths import demonstrate, result
from jissho_kit.truths.weld import needed, recall_from_audit

SECTIONS = pd.DataFrame(
    {
        "継手": range(10),
        "警報": [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        "UT検査": ["選択", "選択", "選択", "監査", "監査", "", "", "", "", ""],
        "ブローホール": ["あり", "あり", "なし", "あり", "なし", "", "", "", "", ""],
    }
)


@pytest.mark.seeds(20)
def test_the_audit_lowers_the_recall_and_a_small_one_says_little(seed):
    shown = demonstrate("M31", data={"weld": make_weld(random_state=seed)[0]})
    right, wrong = shown.right, shown.wrong
    assert wrong["recall"] - right["recall"] > 0.1
    assert wrong["recall"] > right["high"]
    assert right["low"] < right["recall"] < right["high"]
    assert right["high_few"] - right["low_few"] > right["high"] - right["low"]


def test_seven_sections_unlooked_at_weigh_as_the_audit_says():
    assert recall_from_audit(SECTIONS)["recall"] == pytest.approx(2 / (2 + 7 * 1 / 2))
    assert result("weld.not_selected", {"weld": SECTIONS}) == 7
    assert result("weld.holes_all", {"weld": SECTIONS}) == pytest.approx(2 + 7 / 2)
    assert demonstrate("M31", data={"weld": SECTIONS}).wrong["recall"] == 1


@pytest.mark.parametrize("recall, defects", [(0.65, 88), (0.80, 62), (0.90, 35)])
def test_defects_needed_for_ten_points(recall, defects):
    assert needed(recall) == defects

"""All of M01 … M44 on fresh draws: each can be used as it stands, and its wrong number lies far from the right one."""

from functools import lru_cache
from numbers import Real

import numpy as np
import pytest

from jissho_kit import curriculum
from jissho_kit.truths import DEMONSTRATIONS, Demonstration, demonstrate, draw_tables

# What makes the point of each: the first of two numbers is the larger one, on every draw.
LARGER = {
    "M01": ("wrong.accuracy", "right.recall"),
    "M02": ("wrong.loss", "right.loss"),
    "M03": ("wrong.after", "right.after"),
    "M04": ("wrong.sens", "right.ppv"),
    "M05": ("wrong.auc", "right.auc"),
    "M06": ("wrong.r2_acid", "right.r2_acid"),
    "M07": ("wrong.r2", "right.r2"),
    "M08": ("wrong.auc", "right.auc"),
    "M09": ("wrong.auc", "right.auc"),
    "M10": ("wrong.accuracy", "right.accuracy"),
    "M11": ("wrong.accuracy", "right.accuracy"),
    "M12": ("wrong.r2", "right.r2"),
    "M13": ("wrong.share_3_of_3", "right.lower_3_of_3"),
    "M14": ("right.slope", "wrong.slope"),
    "M15": ("wrong.r", "right.r"),
    "M16": ("wrong.before_after", "right.did"),
    "M17": ("wrong.improvement", "right.improvement"),
    "M18": ("wrong.forest", "right.growth"),
    "M19": ("wrong.mae", "right.mae"),
    "M20": ("wrong.premium", "right.premium"),
    "M21": ("wrong.r2", "right.skill"),
    "M22": ("wrong.r2", "right.r2"),
    "M23": ("right.b", "right.a"),
    "M24": ("right.mould", "wrong.mould"),
    "M25": ("right.size_defects_left", "wrong.size_defects_left"),
    "M26": ("wrong.share", "right.share"),
    "M27": ("wrong.n", "right.n"),
    "M28": ("wrong.serial", "right.serial"),
    "M29": ("wrong.predicted", "right.observed"),
    "M30": ("wrong.kappa", "right.kappa"),
    "M31": ("wrong.recall", "right.recall"),
    "M32": ("wrong.found", "right.found"),
    "M33": ("right.signals", "wrong.signals"),
    "M34": ("right.signals", "wrong.signals"),
    "M35": ("right.cpk_1", "wrong.cpk"),
    "M36": ("wrong.outside", "right.outside"),
    "M37": ("right.recall", "wrong.recall"),
    "M38": ("wrong.recall", "right.recall"),
    "M39": ("right.payback", "wrong.payback"),
    "M40": ("wrong.first_year", "right.npv_depreciation"),
    "M41": ("wrong.subsidy_rate", "right.subsidy"),
    "M42": ("wrong.loss", "right.loss"),
    "M43": ("right.drop_lots", "right.drop_scaling"),
    "M44": ("wrong.recall", "right.recall"),
}
APART = 0.05  # of the larger: two answers of a question lie within 4 × its tolerance otherwise

drawn = lru_cache(maxsize=1)(draw_tables)


def numbers(shown: Demonstration) -> dict[str, object]:
    """Right and wrong by the names that items and prose use."""
    return {f"{side}.{name}": value for side in ("right", "wrong") for name, value in getattr(shown, side).items()}


def unusable(value: object) -> bool:
    """Neither a finite number nor words (a choice, or cards in order)."""
    words = value if isinstance(value, list) else [value]
    if words and all(isinstance(word, str) and word for word in words):
        return False
    return not (isinstance(value, Real) and np.isfinite(value))


def test_every_misconception_has_a_demonstration_and_a_point():
    known = [id for id in curriculum.misconceptions() if id.startswith("M")]
    assert sorted(DEMONSTRATIONS) == sorted(known) == sorted(LARGER)


@pytest.mark.seeds(20)
@pytest.mark.parametrize("id", LARGER)
def test_each_makes_its_point_on_a_fresh_draw(id, seed):
    shown = demonstrate(id, data=drawn(seed))
    assert shown.id == id
    assert shown.right and shown.wrong
    assert [name for name, value in numbers(shown).items() if unusable(value)] == []
    assert shown.statement.endswith("。") and "精度" not in shown.statement
    larger, smaller = (numbers(shown)[name] for name in LARGER[id])
    assert larger - smaller > APART * abs(larger)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "", [], ["標準化", 1.0], {"a": 1}])
def test_what_no_item_could_use_is_seen(value):
    assert unusable(value)


def test_a_demonstration_by_its_seed_is_that_of_its_draw():
    assert demonstrate("M11", random_state=2) == demonstrate("M11", data=draw_tables(2))
    assert demonstrate("M11", random_state=2) != demonstrate("M11", random_state=3)

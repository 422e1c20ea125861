"""What a correct analysis of the kit's data must find, and the wrong number each misconception gives.

Three registries, filled by the modules of this room (one per dataset, and one for noise):

* ``DEMONSTRATIONS``: ``"M05"`` → function of the tables → :class:`Demonstration`;
* ``RESULTS``: ``"ic"`` → function of the tables → dict of plain results that are nobody's mistake;
* ``FUNCTIONS`` and ``CRITERIA``: reference solutions (right and wrong) and judges of function items.

Prose, claims and items refer to a number by name: ``M02.right.threshold``, ``ic.defects``.
"""

from __future__ import annotations

from jissho_kit.truths import (  # noqa: F401  (each fills the registries)
    cases,
    cattle,
    checksheet,
    citrus,
    cnc,
    evaluation_functions,
    field_functions,
    funding,
    ic_inspection,
    ic_inspectors,
    knob,
    molding,
    molding_functions,
    molding_models,
    money,
    noise,
    packinghouse,
    press,
    sharing,
    shop_functions,
    strawberry,
    strawberry_week,
    tea,
    tomato,
    weld,
)
from jissho_kit.truths._registry import (
    CRITERIA,
    DEMONSTRATIONS,
    FUNCTIONS,
    RESULTS,
    Demonstration,
    demonstrate,
    draw_tables,
    result,
    shipped_tables,
    tables_in,
)

__all__ = [
    "CRITERIA",
    "DEMONSTRATIONS",
    "FUNCTIONS",
    "RESULTS",
    "Demonstration",
    "demonstrate",
    "draw_tables",
    "result",
    "shipped_tables",
    "tables_in",
]

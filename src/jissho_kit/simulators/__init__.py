"""Draw the kit's tables from honest mechanisms with planted truths.

``make_<name>(n=…, random_state=…)`` → ``(DataFrame, Truth)``. ``random_state`` is an int or a
:class:`numpy.random.Generator`.
"""

from __future__ import annotations

from jissho_kit.simulators._files import FORMATS, draw, make_file, write
from jissho_kit.simulators._metadata import METADATA, write_metadata
from jissho_kit.simulators._registry import SHIPPED_SEED, SIMULATORS, unknown_dataset
from jissho_kit.simulators._truth import Truth
from jissho_kit.simulators.cases import make_cases
from jissho_kit.simulators.cattle import make_cattle
from jissho_kit.simulators.checksheet import make_checksheet
from jissho_kit.simulators.citrus import make_citrus
from jissho_kit.simulators.cnc import make_cnc
from jissho_kit.simulators.ic_inspection import make_ic_inspection
from jissho_kit.simulators.ic_inspectors import make_ic_inspectors
from jissho_kit.simulators.molding import make_molding
from jissho_kit.simulators.packinghouse import make_packinghouse
from jissho_kit.simulators.press import make_press
from jissho_kit.simulators.strawberry import make_strawberry
from jissho_kit.simulators.tea import make_tea
from jissho_kit.simulators.tomato import make_tomato
from jissho_kit.simulators.weld import make_weld

__all__ = [
    "FORMATS",
    "METADATA",
    "SHIPPED_SEED",
    "SIMULATORS",
    "Truth",
    "draw",
    "make_cases",
    "make_cattle",
    "make_checksheet",
    "make_citrus",
    "make_cnc",
    "make_file",
    "make_ic_inspection",
    "make_ic_inspectors",
    "make_molding",
    "make_packinghouse",
    "make_press",
    "make_strawberry",
    "make_tea",
    "make_tomato",
    "make_weld",
    "unknown_dataset",
    "write",
    "write_metadata",
]

"""The simulators by name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from jissho.errors import UsageError
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

# Seed of the files in datasets/: one number for all, each dataset draws from its own generator.
SHIPPED_SEED = 20180605

SIMULATORS = {
    "cases": make_cases,
    "cattle": make_cattle,
    "checksheet": make_checksheet,
    "citrus": make_citrus,
    "cnc": make_cnc,
    "ic_inspection": make_ic_inspection,
    "ic_inspectors": make_ic_inspectors,
    "molding": make_molding,
    "packinghouse": make_packinghouse,
    "press": make_press,
    "strawberry": make_strawberry,
    "tea": make_tea,
    "tomato": make_tomato,
    "weld": make_weld,
}


def unknown_dataset(name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that is not among those ``known``; names near it are proposed."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=3)
    meant = f"もしかして: {', '.join(near)}。" if near else ""
    return UsageError(f"データ「{name}」はありません。", mend=f"{meant}使える名前: {', '.join(names)}。")

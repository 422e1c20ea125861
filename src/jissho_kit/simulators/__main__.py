"""``python -m jissho_kit.simulators [NAME…]``: make the files in ``datasets/`` again (all without a name).

The CSV, its checksum and the Croissant metadata; ``card.md`` and ``schema.yml`` are written by people.

Whether another Python draws the same bytes (``PYTHONPATH=src`` set)::

    uv run --no-project --isolated --python 3.13 --with-requirements requirements.lock python -m jissho_kit data check
"""

from __future__ import annotations

import sys

from jissho.datasets import own_data
from jissho_kit.simulators import SHIPPED_SEED, SIMULATORS, write, write_metadata


def main(names: list[str]) -> int:
    """Write the shipped files of each named dataset; 2 when a name is unknown."""
    unknown = sorted(set(names) - set(SIMULATORS))
    if unknown:
        print(
            f"データ名が違います: {', '.join(unknown)}（使える名前: {', '.join(sorted(SIMULATORS))}）", file=sys.stderr
        )
        return 2
    for name in names or sorted(SIMULATORS):
        write([name], own_data(), SHIPPED_SEED)
        for path in (own_data() / name / f"{name}.csv", *write_metadata(own_data() / name)):
            print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

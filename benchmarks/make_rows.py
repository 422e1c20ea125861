"""How fast tables of any size are made, and in how much memory.

    ./jissho python benchmarks/make_rows.py                        # press, 10⁵, 10⁶ and 10⁷ rows of CSV
    ./jissho python benchmarks/make_rows.py press weld --rows 100000 1000000 --format parquet --json

Every size is made in a process of its own, in a temporary folder that is removed again (10⁷ rows of press take 0.6 GB);
memory is the highest resident set of that process, libraries included. ``seconds`` are by the clock, ``cpu_s`` those this
process had of the processor: on a busy machine the two differ. ``--json`` gives
``[{"name", "format", "rows", "bytes", "seconds", "cpu_s", "rows_per_s", "peak_mb"}]``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = (100_000, 1_000_000, 10_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["press"], metavar="NAME")
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS, metavar="N")
    parser.add_argument("--format", default="csv", choices=["csv", "xlsx", "parquet"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        print(json.dumps(make(wanted.names[0], wanted.rows[0], wanted.format)))
        return
    results = []
    for name in wanted.names:
        for rows in wanted.rows:
            results.append(measure(name, rows, wanted.format))
            if not wanted.json:
                print(
                    "{name}.{format}: {rows:>11,} rows {bytes:>13,} bytes {seconds:>8.1f} s (cpu {cpu_s:.1f} s) "
                    "{rows_per_s:>9,} rows/s, peak {peak_mb} MB".format(**results[-1]),
                    flush=True,
                )
    if wanted.json:
        print(json.dumps(results))


def measure(name: str, rows: int, format: str) -> dict:
    """Make one table in a fresh process."""
    command = [sys.executable, __file__, name, "--rows", str(rows), "--format", format, "--one"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def make(name: str, rows: int, format: str) -> dict:
    """Make one table in this process; the clock starts when everything is imported."""
    from jissho_kit.simulators import make_file

    with tempfile.TemporaryDirectory(prefix="jissho-rows-") as folder:
        start, cpu = time.perf_counter(), time.process_time()
        path = make_file(name, Path(folder), rows, format)
        seconds, cpu, size = time.perf_counter() - start, time.process_time() - cpu, path.stat().st_size
    return {
        "name": name,
        "format": format,
        "rows": rows,
        "bytes": size,
        "seconds": round(seconds, 1),
        "cpu_s": round(cpu, 1),
        "rows_per_s": round(rows / seconds),
        "peak_mb": round(peak_bytes() / 1e6),
    }


def peak_bytes() -> int:
    """The highest resident set of this process so far."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()

"""Options and marks that all tests share."""

import datetime
import os
import zlib

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All of the tests run in as many processes as there are cores (a file stays together); some of them in this one."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return len(os.sched_getaffinity(0)) if everything and hasattr(os, "sched_getaffinity") else 0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-seeds", action="store_true", help="run tests marked seeds(n) on all n seeds, not on one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``@pytest.mark.seeds(20)`` gives the argument ``seed``: 0…19 with ``--all-seeds``, else one of them.

    Which one depends on the test and the day, so that in time all have their turn; the test's id names it.
    """
    mark = metafunc.definition.get_closest_marker("seeds")
    if mark:
        (count,) = mark.args
        turn = zlib.crc32(metafunc.definition.nodeid.encode()) + datetime.date.today().toordinal()
        seeds = range(count) if metafunc.config.getoption("--all-seeds") else [turn % count]
        metafunc.parametrize("seed", seeds, ids=[f"seed{seed}" for seed in seeds])

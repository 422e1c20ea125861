"""pyproject.toml, the locks and environment.yml say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

REPO = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
PARTICIPANT = tomllib.loads((REPO / "packaging/jissho/pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {name: (REPO / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-test.lock")}


def entries(lock: str) -> list[Requirement]:
    """The pinned packages of a lock, with their conditions."""
    return [Requirement(line.rstrip(" \\")) for line in LOCKS[lock].splitlines() if re.match(r"[a-zA-Z0-9]", line)]


def versions(lock: str) -> dict[str, set[Version]]:
    """Package → its versions in a lock (several where they depend on the Python)."""
    found: dict[str, set[Version]] = {}
    for entry in entries(lock):
        (pin,) = entry.specifier
        assert pin.operator == "=="
        found.setdefault(canonicalize_name(entry.name), set()).add(Version(pin.version))
    return found


RUN, TEST = versions("requirements.lock"), versions("requirements-test.lock")
WANTED = {
    "run": (PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"], RUN),
    "test": (PROJECT["dependency-groups"]["test"], TEST),
    "build system": (PROJECT["build-system"]["requires"], RUN),
    "participant": (PARTICIPANT["project"]["dependencies"], RUN),
}


@pytest.mark.parametrize("part", WANTED)
def test_every_dependency_is_locked_within_its_bound(part):
    wanted, locked = WANTED[part]
    for requirement in map(Requirement, wanted):
        found = locked.get(canonicalize_name(requirement.name), set())
        assert found, f"{requirement} is not in the lock"
        assert all(requirement.specifier.contains(version) for version in found), f"{requirement}: {found}"


@pytest.mark.parametrize("name", ["numpy", "pandas", "scikit-learn", "scipy", "matplotlib", "contourpy"])
def test_one_version_of_what_touches_numbers(name):
    assert len(RUN[name]) == 1
    (entry,) = [entry for entry in entries("requirements.lock") if canonicalize_name(entry.name) == name]
    assert entry.marker is None, "the same on every Python"


def test_test_lock_agrees_with_run_lock():
    shared = RUN.keys() & TEST.keys()
    assert shared, "pytest and the kit have packages in common"
    assert {name: TEST[name] for name in shared} == {name: RUN[name] for name in shared}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_are_hashed_and_hold_no_address(lock):
    text = LOCKS[lock]
    assert "://" not in text
    assert " @ " not in text
    assert not text.startswith("#")
    blocks = re.split(r"(?m)^(?=[a-zA-Z0-9])", text)[1:]
    assert len(blocks) == len(entries(lock))
    assert all("--hash=sha256:" in block for block in blocks)


def test_supported_pythons_are_the_same_everywhere():
    project = PROJECT["project"]
    assert project["requires-python"] == PARTICIPANT["project"]["requires-python"]
    named = {line.rsplit(" ", 1)[1] for line in project["classifiers"] if "Python :: 3." in line}
    assert all(SpecifierSet(project["requires-python"]).contains(version) for version in named)
    wrapper = (REPO / "jissho").read_text(encoding="utf-8")
    assert all(f"python{version}" in wrapper for version in named)


def test_conda_takes_python_from_conda_and_the_rest_from_the_lock():
    environment = yaml.safe_load((REPO / "environment.yml").read_text(encoding="utf-8"))
    *conda, packages = environment["dependencies"]
    assert packages == {"pip": ["--require-hashes", "-r requirements.lock"]}
    (python,) = [entry.split("=")[1] for entry in conda if entry.startswith("python=")]
    assert f"Programming Language :: Python :: {python}" in PROJECT["project"]["classifiers"]

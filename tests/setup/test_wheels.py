"""The two wheels hold what they should, and nothing that a participant must not see."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import jissho

REPO = Path(__file__).parents[2]


def build(project: Path, target: Path) -> set[str]:
    """Files of the wheel built from the project, without network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    built = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = target.glob("*.whl")
    assert wheel.name.split("-")[1] == jissho.__version__
    assert wheel.name.endswith("-py3-none-any.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def sources(*folders: str) -> set[str]:
    """Files below the folders, relative to the checkout, without what tools leave behind there."""
    files = (path.relative_to(REPO) for folder in folders for path in (REPO / folder).rglob("*") if path.is_file())
    return {
        path.as_posix()
        for path in files
        if path.suffix != ".ipynb" and not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


@pytest.fixture(scope="module")
def participant(tmp_path_factory) -> set[str]:
    return build(REPO / "packaging/jissho", tmp_path_factory.mktemp("participant"))


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> set[str]:
    return build(REPO, tmp_path_factory.mktemp("kit"))


def rules() -> set[str]:
    """The decision rules as both wheels hold them: once, where jissho.rules finds them."""
    found = {path.replace("curriculum/rules/", "jissho/_rules/", 1) for path in sources("curriculum/rules")}
    assert found
    return found


def test_participant_wheel_is_jissho_with_its_tables_and_rules(participant):
    code = {path.removeprefix("src/") for path in sources("src/jissho")}
    tables = {path.replace("datasets/", "jissho/_datasets/", 1) for path in sources("datasets")}
    assert code | tables | rules() | {"jissho/LICENSE", "jissho/LICENSE-CONTENT"} == {
        name for name in participant if ".dist-info/" not in name
    }


def test_participant_wheel_holds_no_answer(participant):
    assert {Path(name).parts[0] for name in participant} == {"jissho", f"jissho-{jissho.__version__}.dist-info"}
    for secret in ("jissho_kit", "items", "simulators", "truths", "assignment", "grading"):
        assert not [name for name in participant if secret in name]
    assert {Path(name).suffix for name in participant if "_datasets" in name} == {".csv", ".md", ".yml", ".json", ""}


@pytest.mark.parametrize("project", ["packaging/jissho", "."])
def test_rules_are_found_where_a_wheel_is_installed(project, tmp_path):
    build(REPO / project, tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = "from jissho import rules; print(rules.own_rules(), *rules.load_rules())"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(tmp_path / 'site'), *sys.path[1:]]!r}; {code}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    folder, *programs = ran.stdout.split()
    assert folder == str(tmp_path / "site/jissho/_rules") and "ci_tax" in programs, ran.stderr


def test_kit_wheel_holds_packages_and_content(kit):
    code = {path.removeprefix("src/") for path in sources("src/jissho", "src/jissho_kit")}
    assert code <= kit
    taught = sources("curriculum", "notebooks", "grading") - sources("curriculum/rules")
    assert {f"jissho_kit/_content/{path}" for path in taught} <= kit
    assert rules() <= kit
    assert not [name for name in kit if name.startswith("jissho_kit/_content/curriculum/rules")]
    tables = {path.replace("datasets/", "jissho/_datasets/", 1) for path in sources("datasets")}
    assert tables <= kit
    assert not [name for name in kit if name.startswith("jissho_kit/_content/datasets")], "the tables are there once"

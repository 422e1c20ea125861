"""A toy course, made once: content in a temporary folder, results registered beside the real ones."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from jissho_kit import truths
from jissho_kit.grading import course as courses
from jissho_kit.grading import driver, items

REPO = Path(__file__).parents[3]
_spec = importlib.util.spec_from_file_location("grading_toy", Path(__file__).with_name("toy.py"))
toy = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(toy)


@pytest.fixture(scope="session", autouse=True)
def registered():
    """The toy's results, functions and criterion."""
    truths.RESULTS["toy"] = toy.results
    truths.FUNCTIONS.update(toy.FUNCTIONS)
    truths.CRITERIA["toy_split"] = toy.split_criterion
    yield
    del truths.RESULTS["toy"], truths.CRITERIA["toy_split"]
    for name in toy.FUNCTIONS:
        del truths.FUNCTIONS[name]


def write_content(root: Path, items_text: str = toy.ITEMS, assignment_text: str = toy.ASSIGNMENT_PY) -> Path:
    """A content root with the toy assignment."""
    folder = root / "grading" / toy.ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "items.yml").write_text(items_text, encoding="utf-8")
    (folder / "assignment.py").write_text(assignment_text, encoding="utf-8")
    shutil.copyfile(REPO / "grading" / "nbgrader_config.py", root / "grading" / "nbgrader_config.py")
    return root


def make(root: Path, folder: Path, seed: int | None = 7) -> courses.Course:
    """A course of the toy assignment."""
    return courses.make_course(folder, "G", "agriculture", seed, root, {toy.ASSIGNMENT: ["checksheet"]})


@pytest.fixture(scope="session")
def content(tmp_path_factory) -> Path:
    return write_content(tmp_path_factory.mktemp("content"))


@pytest.fixture(scope="session")
def toy_items(content):
    return items.load_items(toy.ASSIGNMENT, content)


@pytest.fixture(scope="session")
def course(content, tmp_path_factory) -> courses.Course:
    """A course that was handed out; its path has a space and Japanese letters."""
    made = make(content, tmp_path_factory.mktemp("講座 の場所") / "課程")
    driver.hand_out(made)
    return made

"""A lesson runs again exactly when something that its result rests on has changed."""

import json

import pytest

from jissho.errors import ContentError
from jissho_kit import kept
from jissho_kit.checks import _execution
from jissho_kit.lessons import _run, run


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "kept")
    return tmp_path / "kept"


def test_lessons_are_not_run_again_until_something_changes(example, tmp_path):
    first = run(example.part, tmp_path / "one", root=example.root, reuse=True)
    again = run(example.part, tmp_path / "two", root=example.root, reuse=True)
    assert (first.kept, again.kept) == (False, True)
    assert (
        first.notebook.read_bytes() == again.notebook.read_bytes()
        and first.html.read_bytes() == again.html.read_bytes()
    )
    assert again == type(again)(**{**vars(first), "notebook": again.notebook, "html": again.html, "kept": True})
    assert not run(example.part, tmp_path / "two", root=example.root).kept, "only where it is asked for"
    keys = {_run.rests_on(example.part, root=example.root), _run.rests_on(example.part, {"n": 5}, root=example.root)}
    (example.root / "datasets").mkdir(exist_ok=True)
    (example.root / "datasets" / "new.csv").write_text("1")
    keys.add(_run.rests_on(example.part, root=example.root))
    example.changed("print(len(df), 班)", "print('別', len(df), 班)")
    keys.add(_run.rests_on(example.part, root=example.root))
    assert len(keys) == 4
    changed = run(example.part, tmp_path / "two", root=example.root, reuse=True)
    assert not changed.kept and "別" in changed.notebook.read_text(encoding="utf-8")


def test_a_run_that_fails_or_is_overtaken_by_an_edit_is_not_kept(example, tmp_path, monkeypatch, place):
    keys = iter("ab")
    with monkeypatch.context() as edited:
        edited.setattr(_run, "rests_on", lambda *_: next(keys))
        run(example.part, tmp_path / "out", root=example.root, reuse=True)
    example.changed("== n,", "== n + 1,")
    with pytest.raises(ContentError):
        run(example.part, tmp_path / "out", root=example.root, reuse=True)
    assert not list(place.glob("*/*"))


def test_executions_of_checks_come_back_as_they_were(example, monkeypatch):
    first = _execution.execute(example.part, example.root, reuse=True)
    monkeypatch.setattr(_execution, "_execute", lambda *_: pytest.fail("ran again"))
    again = _execution.execute(example.part, example.root, reuse=True)
    assert again.drawings == first.drawings and again.result.claims == first.result.claims and again.result.kept
    json.dumps(_execution._as_json(first))

"""Results are found again by what they rest on, and never when anything is amiss."""

import pytest

from jissho_kit import curriculum, kept


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "kept")
    return tmp_path / "kept" / "kind"


def test_what_is_put_is_got_under_its_kind_and_key_alone(place):
    kept.put("kind", "key", {"文": [1, None]})
    assert kept.get("kind", "key") == {"文": [1, None]}
    assert kept.get("kind", "other") is None and kept.get("other", "key") is None
    assert [path.name for path in place.iterdir()] == ["key"]


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b"", lambda b: b.replace(b"1", b"2", 1), lambda b: b"{}"]
)
def test_a_spoilt_one_is_not_there_and_is_written_anew(place, spoil):
    kept.put("kind", "key", {"a": 1})
    (place / "key").write_bytes(spoil((place / "key").read_bytes()))
    assert kept.get("kind", "key") is None
    kept.put("kind", "key", {"a": 1})
    assert kept.get("kind", "key") == {"a": 1}


def test_where_nothing_can_be_written_nothing_is_kept(place):
    place.parent.write_text("a file")
    kept.put("kind", "key", {})
    assert kept.get("kind", "key") is None


def test_the_oldest_go_first(monkeypatch, place):
    monkeypatch.setattr(kept, "MOST", 3)
    for number in range(5):
        kept.put("kind", str(number), {})
    assert len(list(place.iterdir())) == 3 and (place / "4").exists()


def test_a_key_tells_names_contents_and_borders_apart(tmp_path):
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text("x"), other.write_text("x")
    keys = {
        kept.key(one),
        kept.key(other),
        kept.key(one, other),
        kept.key("ab"),
        kept.key("a", "b"),
        kept.key(["a", "b"]),
    }
    assert len(keys) == 6
    before = kept.key(one)
    one.write_text("y")
    assert kept.key(one) != before


def test_code_packages_and_settings_count(monkeypatch, tmp_path):
    before = kept.kit()
    assert kept.kit() == before
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    settings = kept.kit()
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setattr(kept, "KIT", tmp_path)
    (tmp_path / "new.py").write_text("1")
    code = kept.kit()
    (tmp_path / "new.py").write_text("2")
    assert len({before, settings, code, kept.kit()}) == 4
    monkeypatch.setattr(kept.sysconfig, "get_path", lambda name: str(tmp_path))
    plain = kept.kit()
    (tmp_path / "numpy-9.9.dist-info").mkdir()
    assert kept.kit() != plain


def test_hidden_and_compiled_files_do_not_count(tmp_path):
    for name in (".git/x", "__pycache__/x.pyc", "b/c.py", "a.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in kept.files(tmp_path)] == ["a.py", "b/c.py"]
    assert kept.content_root() == curriculum.content_root()


def test_a_check_that_found_nothing_is_not_done_again(monkeypatch):
    from jissho_kit.checks import Finding, Report, _engine, _unchanged, check_what_changed

    reports = [Report((Finding("r", "f", 1, "", "m", "n"),)), Report(()), Report(())]
    monkeypatch.setattr(_engine, "check", lambda *_, **__: reports.pop(0))
    monkeypatch.setattr("jissho_kit.kernels.warm_up", lambda: True)
    assert not check_what_changed().ok
    assert check_what_changed() == Report(())
    assert check_what_changed() == Report((), kept=True)
    assert check_what_changed(force=True) == Report(())
    assert reports == []
    root = kept.content_root()
    assert _unchanged._key([root / "notebooks"], False) != _unchanged._key(None, False) != _unchanged._key(None, True)
    assert _unchanged._key([root / "tests"], False) is None, "looks at more than content"

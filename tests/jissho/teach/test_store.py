import json
import multiprocessing
import os

import pytest

from jissho.errors import AnswerError
from jissho.teach import store


def test_nothing_stored_yet(folder):
    assert store.load() == {"v": 1, "answers": {}, "predictions": {}}
    assert not store.path().exists() and store.path() == folder / "回答.json"


def test_saving_keeps_every_other_key(folder):
    store.save("predictions", "K-F-1/price", "3,600", unit="万円")
    store.save("answers", "K-F-1.a", ["い", "ろ"])
    (folder / "回答.json").write_text(
        json.dumps(store.load() | {"備考": "手書き"}, ensure_ascii=False), encoding="utf-8"
    )
    store.save("answers", "K-F-1.b", 1)
    data = json.loads((folder / "回答.json").read_text(encoding="utf-8"))
    assert set(data["answers"]) == {"K-F-1.a", "K-F-1.b"} and data["備考"] == "手書き" and data["v"] == 1
    assert data["predictions"]["K-F-1/price"]["value"] == "3,600"
    assert set(data["answers"]["K-F-1.a"]) == {"value", "at"}
    assert [p.name for p in folder.iterdir()] == ["回答.json"]


def test_a_file_with_a_bom_is_read(folder):
    (folder / "回答.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(store.empty()).encode())
    assert store.read(store.path()) == store.empty()


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"[]", b'{"answers": []}', b'{"answers": {"a": 1}}', b'{"predictions": {"a": {}}}',
     b"[" * 60_000, b" " * 70_000],
)  # fmt: skip
def test_a_broken_file_is_put_aside_and_said_so(folder, content, monkeypatch):
    said = []
    monkeypatch.setattr("IPython.display.display", lambda html: said.append(html.data))
    for number in (1, 2):
        (folder / "回答.json").write_bytes(content)
        store.save("answers", "K-F-1.a", "1")
        assert (folder / f"回答.壊れた控え-{number}.json").read_bytes() == content
        assert f"回答.壊れた控え-{number}.json" in said[-1]
    assert len(said) == 2 and store.get("answers", "K-F-1.a")["value"] == "1"


def test_a_symbolic_link_is_not_followed(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("other") / "secret.json"
    secret.write_text(json.dumps(store.empty()), encoding="utf-8")
    (folder / "回答.json").symlink_to(secret)
    with pytest.raises(AnswerError, match="ふつうのファイル"):
        store.read(store.path())


def test_a_pipe_does_not_hang(folder):
    os.mkfifo(folder / "回答.json")
    with pytest.raises(AnswerError):
        store.read(store.path())


def test_an_answer_that_would_not_be_read_in_grading_is_refused_and_nothing_lost(folder):
    store.save("answers", "K-F-1.a", "1")
    with pytest.raises(AnswerError, match="長すぎ"):
        store.save("answers", "K-F-1.b", "あ" * 30_000)
    assert set(store.load()["answers"]) == {"K-F-1.a"}
    assert [p.name for p in folder.iterdir()] == ["回答.json"]


def test_a_folder_that_cannot_be_written_is_an_answer_error(monkeypatch, folder):
    (folder / "file").write_text("")
    monkeypatch.setattr(store, "folder", lambda: folder / "file" / "below")
    with pytest.raises(AnswerError, match="保存できません"):
        store.save("answers", "K-F-1.a", "1")


def test_who_waits_for_a_key_is_told(folder):
    told = []
    store.when_saved("predictions", "a", lambda: told.append("first"))
    store.when_saved("predictions", "a", lambda: told.append("second"))
    store.save("predictions", "b", 1)
    store.save("answers", "a", 1)
    assert told == []
    store.save("predictions", "a", 1)
    assert told == ["first", "second"]


def test_two_writers_at_once_lose_nothing(folder):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_write, args=(w,)) for w in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(store.load()["answers"]) == 3 * 20


def _write(worker):
    for i in range(20):
        store.save("answers", f"{worker}-{i}", i)


def test_every_voila_visitor_has_a_folder_of_their_own(monkeypatch, folder):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    monkeypatch.setenv("HTTP_COOKIE", "a=b; jissho_visitor=0123456789abcdef; c=d=e")
    assert store.path() == folder / "0123456789abcdef" / "回答.json"
    store.save("answers", "K-F-1.a", "1")
    assert store.path().exists()
    monkeypatch.setenv("JUPYTERHUB_USER", "山田")
    assert store.folder() == folder / "山田"


def test_a_cookie_counts_only_under_voila(monkeypatch, folder):
    monkeypatch.setenv("HTTP_COOKIE", "jissho_visitor=x")
    assert store.folder() == folder


def test_visitors_without_a_name_do_not_share(monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "Voila/1")
    one = store.folder()
    assert store.folder() == one
    store._stranger.cache_clear()
    assert store.folder() != one


@pytest.mark.parametrize(
    "name", ["../..", "..", "/etc/passwd", "a/b", "a\\b", "C:\\x", ".", "", "x" * 300, "a\0b", " "]
)
def test_a_visitors_name_cannot_leave_the_folder(name):
    safe = store.safe_name(name)
    assert safe not in ("", ".", "..") and not set(safe) & set("/\\.\0:") and len(safe) < 70


def test_changed_names_never_meet():
    assert store.safe_name("a.b") != store.safe_name("a_b") == "a_b"
    assert store.safe_name("a.b") != store.safe_name("a/b")

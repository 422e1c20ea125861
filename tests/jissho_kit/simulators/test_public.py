"""Public data: the registry, and downloads against a server of this machine in all its moods."""

import errno
import hashlib
import io
import logging
import re
import socket
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest
import requests
import yaml

from jissho.errors import ContentError, DataError, UsageError
from jissho_kit.simulators.public import CHUNK, SUMS, fetch, public_set, public_sets

CSV = "温度,良否\n" + "".join(f"{20 + row % 7},{row % 2}\n" for row in range(20_000))
DATA = CSV.encode()
OTHER = DATA + b"99,1\n"
LOGIN = b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>login</body></html>"
PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]


class Server(ThreadingHTTPServer):
    """Answers every path, as a publisher or as a proxy, with what ``answer`` says: status, body, headers, extras."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.release = [], threading.Event()
        self.say(DATA)

    def say(self, body=b"", status=200, length=True, promised=None, hang=False, headers=()):
        self.answer = {"body": body, "status": status, "hang": hang, "headers": dict(headers)}
        self.answer["length"] = (promised or len(body)) if length else None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.encoding = self.headers["Accept-Encoding"]
        answer = self.server.answer
        self.send_response(answer["status"])
        if answer["length"] is not None:
            self.send_header("Content-Length", str(answer["length"]))
        for header in answer["headers"].items():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(answer["body"])
        if answer["hang"]:
            self.wfile.flush()
            self.server.release.wait(10)

    def do_CONNECT(self):
        self.server.asked.append(self.path)
        self.send_error(self.server.answer["status"])

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """Nothing of the machine's own network settings reaches a test."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.release.set()
        running.shutdown()
        thread.join()


ENTRY = {
    "name": "furnace",
    "title": "炉の温度",
    "field": "工場",
    "purpose": "試し",
    "page": "https://example.org/furnace",
    "file": "furnace.csv",
    "format": "CSV",
    "licence": "CC BY 4.0",
    "licence_at": "https://example.org/licence",
    "licence_read": True,
    "citation": "Someone (2020).",
}


@pytest.fixture
def registry(tmp_path, server):
    """Writes a registry of one set, changed by keywords (``None`` takes a key away); returns its path."""

    def write(**changes):
        entry = {**ENTRY, "url": f"{server.address}/furnace", **changes}
        path = tmp_path / "public.yml"
        path.write_text(
            yaml.safe_dump([{k: v for k, v in entry.items() if v is not None}], allow_unicode=True), encoding="utf-8"
        )
        return path

    return write


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "public"


def packed(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def left(folder):
    """Files in the folder: a failure leaves nothing half done."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) if folder.is_dir() else []


def refusal(registry, folder, **options):
    with pytest.raises(DataError) as caught:
        fetch("furnace", folder, registry=registry, **options)
    assert caught.value.where and caught.value.mend
    assert "https://example.org/furnace" in caught.value.mend  # there is always the way by hand
    return caught.value


# -- the registry ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", public_sets(), ids=lambda entry: entry.name)
def test_every_set_says_what_it_is_and_whose(entry):
    assert re.search("[ぁ-んァ-ヶ一-龠]", entry.title)
    addresses = [entry.page, entry.licence_at, *([entry.url] if entry.url else [])]
    assert all(address.startswith("https://") for address in addresses)
    assert len(entry.citation) > 20 and entry.licence and entry.cautions
    assert entry.url or len(entry.steps) > 2
    notice = entry.notice()
    assert all(text in notice for text in (entry.licence, entry.citation, *addresses, *entry.cautions, "合成データ"))
    assert ("未確認" in notice) is not entry.licence_read


def test_names_and_files_are_unique():
    sets = public_sets()
    assert len({entry.name for entry in sets}) == len(sets)
    files = [entry.file for entry in sets if entry.file]
    assert len(set(files)) == len(files)
    assert {entry.field for entry in sets} == {"工場", "農業"}
    assert {entry.kind for entry in sets} == {"file", "zip", "page"}


def test_a_name_that_is_near_is_named():
    with pytest.raises(UsageError) as caught:
        public_set("AI4I-2020")
    assert "もしかして: ai4i2020" in caught.value.mend
    with pytest.raises(UsageError) as caught:
        public_set("xyz")
    assert "もしかして" not in caught.value.mend and "lasrosas-corn" in caught.value.mend


def test_a_set_that_is_chosen_on_a_page_is_explained(folder):
    with pytest.raises(UsageError) as caught:
        fetch("jma-weather", folder)
    assert caught.value.where.startswith("https://www.data.jma.go.jp/")
    assert "\n1. " in caught.value.mend and "\n2. " in caught.value.mend
    assert not folder.exists()


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"licence": None}, "licence このキーが要ります"),
        ({"license": "MIT"}, "license 知らないキーです"),
        ({"name": "炉"}, "name 今の値: '炉'"),
        ({"sha256": "abc"}, "sha256 今の値: 'abc'"),
        ({"file": "../furnace.csv"}, "file 今の値"),
        ({"file": None}, "url と file の両方"),
        ({"steps": ["開く"]}, "url と file の両方"),
    ],
)
def test_a_malformed_registry_names_entry_and_key(registry, changes, said):
    path = registry(**changes)
    with pytest.raises(ContentError, match="1 番目の項目") as caught:
        public_sets(path)
    assert said in caught.value.what and caught.value.where == str(path)


def test_a_registry_that_is_none(tmp_path):
    path = tmp_path / "public.yml"
    for content, said in [(None, "読めません"), (b"\x93\xfa\x96{", "UTF-8"), (b"- a: [", "YAML"), (b"a: 1", "全体")]:
        if content:
            path.write_bytes(content)
        with pytest.raises(ContentError, match=said):
            public_sets(path)


@pytest.mark.parametrize("key, values", [("name", ("a", "a")), ("file", ("a.csv", "a.csv"))])
def test_two_sets_never_share_a_name_or_a_file(tmp_path, key, values):
    path = tmp_path / "public.yml"
    base = [{**ENTRY, "url": "https://example.org/x", "name": n, "file": f"{n}.csv"} for n in ("one", "two")]
    both = [{**entry, key: value} for entry, value in zip(base, values, strict=True)]
    path.write_text(yaml.safe_dump(both, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentError, match=f"{key} が二度"):
        public_sets(path)


# -- what works -----------------------------------------------------------------------------------------------------


def test_the_first_download_is_recorded_and_the_second_needs_no_network(server, registry, folder):
    steps = []
    path = fetch("furnace", folder, registry=registry(), on_progress=lambda *step: steps.append(step))
    assert path == folder / "furnace.csv" and path.read_bytes() == DATA
    assert len(DATA) > CHUNK and len(steps) > 1
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (len(DATA), len(DATA)) and {total for _, total in steps} == {len(DATA)}
    assert left(folder) == [SUMS, "furnace.csv"]
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(rf"# \d{{4}}-\d\d-\d\dT[\d:+-]+ {server.address}/furnace", lines[0])
    assert lines[1:] == [f"{hashlib.sha256(DATA).hexdigest()}  furnace.csv"]
    server.say(status=500)
    assert fetch("furnace", folder, registry=registry()) == path
    assert server.asked == ["/furnace"]
    assert server.encoding == "identity"  # compressed on the way, the length would not be the file's


def test_the_record_is_what_sha256sum_checks(registry, folder):
    fetch("furnace", folder, registry=registry())
    try:
        done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no sha256sum here")
    assert done.returncode == 0 and "furnace.csv: " in done.stdout


def test_without_a_length_the_total_is_unknown(server, registry, folder):
    server.say(DATA, length=False)
    steps = []
    assert fetch("furnace", folder, registry=registry(), on_progress=lambda *s: steps.append(s)).read_bytes() == DATA
    assert steps and {total for _, total in steps} == {None}


def test_records_of_other_files_stay(registry, folder):
    folder.mkdir(parents=True)
    other = f"{'0' * 64}  other.csv"
    (folder / SUMS).write_bytes(b"\xef\xbb\xbf" + other.encode())  # saved by an editor: BOM, no end of line
    fetch("furnace", folder, registry=registry())
    lines = (folder / SUMS).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == other and lines[-1].endswith("  furnace.csv")


def test_pooch_says_nothing_and_keeps_its_level(registry, folder, caplog):
    logger = pooch.get_logger()  # stands alone: what it says reaches only its own handlers
    before = logger.level
    logger.addHandler(caplog.handler)
    try:
        fetch("furnace", folder, registry=registry())
    finally:
        logger.removeHandler(caplog.handler)
    assert not caplog.records
    assert logger.level == before != logging.ERROR


def test_a_lost_file_comes_again_and_an_edited_one_is_kept(server, registry, folder):
    path = fetch("furnace", folder, registry=registry())
    path.unlink()
    assert fetch("furnace", folder, registry=registry()).read_bytes() == DATA
    path.write_bytes(b"mine")
    assert fetch("furnace", folder, registry=registry()).read_bytes() == DATA
    kept = folder / f"furnace.{hashlib.sha256(b'mine').hexdigest()[:8]}.csv"
    assert kept.read_bytes() == b"mine"
    assert left(folder) == sorted([SUMS, "furnace.csv", kept.name])
    assert len(server.asked) == 3


# -- a changed file -------------------------------------------------------------------------------------------------


def test_a_changed_file_is_refused_until_the_line_is_deleted(server, registry, folder):
    path = fetch("furnace", folder, registry=registry())
    recorded = (folder / SUMS).read_text(encoding="utf-8")
    path.unlink()
    server.say(OTHER)
    error = refusal(registry(), folder)
    assert "記録と違います" in error.what and recorded.splitlines()[0].lstrip("# ") in error.what
    assert hashlib.sha256(OTHER).hexdigest()[:12] in error.what
    assert str(folder / SUMS) in error.mend and "行を消して" in error.mend
    assert left(folder) == [SUMS] and (folder / SUMS).read_text(encoding="utf-8") == recorded

    (folder / SUMS).write_text(recorded.splitlines()[0] + "\n", encoding="utf-8")  # accepted as the message says
    path.write_bytes(DATA)
    assert fetch("furnace", folder, registry=registry()).read_bytes() == OTHER
    assert (folder / f"furnace.{hashlib.sha256(DATA).hexdigest()[:8]}.csv").read_bytes() == DATA
    assert hashlib.sha256(OTHER).hexdigest() in (folder / SUMS).read_text(encoding="utf-8")


def test_a_changed_file_leaves_the_edited_one_in_place(server, registry, folder):
    path = fetch("furnace", folder, registry=registry())
    path.write_bytes(b"mine")
    server.say(OTHER)
    refusal(registry(), folder)
    assert path.read_bytes() == b"mine" and left(folder) == [SUMS, "furnace.csv"]


def test_a_hash_in_the_registry_rules(server, registry, folder):
    known = registry(sha256=hashlib.sha256(DATA).hexdigest())
    assert fetch("furnace", folder, registry=known).read_bytes() == DATA
    assert left(folder) == ["furnace.csv"]  # nothing to record
    (folder / "furnace.csv").unlink()
    server.say(OTHER)
    error = refusal(known, folder)
    assert "キットの台帳" in error.what and SUMS not in error.mend
    assert left(folder) == []


def test_a_record_that_cannot_be_read_is_not_passed_over(registry, folder):
    fetch("furnace", folder, registry=registry())
    (folder / SUMS).write_text("# 記録\nfurnace.csv\n", encoding="utf-8")
    with pytest.raises(DataError, match="記録を読めません") as caught:
        fetch("furnace", folder, registry=registry())
    assert caught.value.where == f"{folder / SUMS} 2 行目"


# -- zip ------------------------------------------------------------------------------------------------------------


def test_a_zip_is_unpacked_and_its_member_returned(server, registry, folder):
    server.say(packed(**{"readme.md": "x", "a/second.csv": "b\n", "a/first.csv": DATA, "../out.csv": "no"}))
    named = {"file": "furnace.zip", "member": "a/second.csv"}
    path = fetch("furnace", folder, registry=registry(**named))
    assert path == folder / "furnace" / "a" / "second.csv" and path.read_text() == "b\n"
    assert (folder / "furnace" / "out.csv").is_file()  # never outside its folder
    assert not (folder / "out.csv").exists()
    assert fetch("furnace", folder, registry=registry(file="furnace.zip")).name == "first.csv"
    unpacked = ["a", "a/first.csv", "a/second.csv", "out.csv", "readme.md"]
    assert left(folder / "furnace") == unpacked
    assert left(folder) == sorted([SUMS, "furnace.zip", "furnace", *(f"furnace/{name}" for name in unpacked)])
    path.write_text("mine")
    (folder / "furnace" / "a" / "first.csv").unlink()
    assert fetch("furnace", folder, registry=registry(**named)).read_text() == "b\n"
    assert (folder / "furnace" / "a" / "first.csv").read_bytes() == DATA
    assert (path.parent / f"second.{hashlib.sha256(b'mine').hexdigest()[:8]}.csv").read_text() == "mine"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body, member, said",
    [
        (b"PK not a zip", None, "zipとして開けない"),
        (packed(**{"a.csv": DATA})[:-200], None, "zipとして開けない"),
        (packed(**{"a.csv": DATA}), "b.csv", "「b.csv」がありません"),
        (packed(**{"a.pdf": "x", "__MACOSX/._a.csv": "x"}), None, "表がありません"),
    ],
)
def test_a_bad_zip_is_neither_kept_nor_recorded(server, registry, folder, body, member, said):
    server.say(body)
    assert said in refusal(registry(file="furnace.zip", member=member), folder).what
    assert left(folder) == []


def test_a_zip_damaged_inside_is_found_before_it_is_recorded(server, registry, folder):
    body = bytearray(packed(**{"a.csv": DATA}))
    body[200] ^= 0xFF
    server.say(bytes(body))
    assert "zipとして開けない" in refusal(registry(file="furnace.zip"), folder).what
    assert left(folder) == []


# -- what the network does ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, what, mend",
    [
        (404, "なくなっています（404）", "場所を変えた"),
        (410, "なくなっています（410）", "公開をやめた"),
        (403, "断られました（403）", "社内の規則"),
        (401, "断られました（401）", "登録"),
        (429, "混み合って", "しばらくしてから"),
        (418, "思わぬ返事をしました（418）", "ブラウザーで"),
        (500, "不具合が起きています（500）", "しばらくしてから"),
        (503, "不具合が起きています（503）", "しばらくしてから"),
    ],
)
def test_each_status_has_its_words(server, registry, folder, status, what, mend):
    server.say(LOGIN, status=status)
    error = refusal(registry(), folder)
    assert what in error.what and mend in error.mend and error.where == f"{server.address}/furnace"
    assert left(folder) == []


@pytest.mark.parametrize(
    "body, said", [(LOGIN, "画面（HTML）"), (b"  <html>", "画面（HTML）"), (b"", "中身が空"), (b" \r\n", "中身が空")]
)
def test_a_page_or_nothing_is_not_data(server, registry, folder, body, said):
    server.say(body)
    assert said in refusal(registry(), folder).what
    assert left(folder) == []


def test_a_cut_download_leaves_nothing(server, registry, folder):
    server.say(DATA[:-50_000], promised=len(DATA))
    assert "途中で通信が切れました" in refusal(registry(), folder).what
    assert left(folder) == []


@pytest.mark.parametrize("body", [b"", DATA[:100_000]], ids=["no byte", "half"])
def test_silence_ends_in_a_timeout(server, registry, folder, body):
    server.say(body, promised=len(DATA), hang=True)
    error = refusal(registry(), folder, timeout=0.2)
    assert "時間が切れました" in error.what and "HTTPS_PROXY" in error.mend
    assert left(folder) == []


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_no_network(registry, folder, monkeypatch):
    refused = registry(url=f"http://{closed_port()}/furnace")
    assert "つながらない" in refusal(refused, folder).what

    def no_names(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    error = refusal(registry(url="https://data.example.org/furnace"), folder)
    assert "つながらない" in error.what and "Wi-Fi" in error.mend and "HTTPS_PROXY" in error.mend
    assert left(folder) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password(server, registry, folder, monkeypatch, scheme):
    server.say(LOGIN, status=407)
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", server.address)
    error = refusal(registry(url=f"{scheme}://data.example.org/furnace"), folder)
    assert "利用者名とパスワードを求めています（407）" in error.what and "HTTPS_PROXY" in error.mend
    assert len(server.asked) == 1 and "data.example.org" in server.asked[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxy", ["http://taro:himitsu@{port}", "socks5://{port}", "http://proxy:port"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(registry, folder, monkeypatch, scheme, proxy):
    address = proxy.format(port=closed_port())
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", address)
    error = refusal(registry(url=f"{scheme}://data.example.org/furnace"), folder)
    assert "プロキシ" in error.what and address.rpartition("@")[2].rpartition("//")[2] in error.what
    assert "himitsu" not in str(error) and "HTTPS_PROXY" in error.mend


def test_a_proxy_that_works_is_used(server, registry, folder, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.address)
    path = fetch("furnace", folder, registry=registry(url="http://data.example.org/furnace"))
    assert path.read_bytes() == DATA and server.asked == ["http://data.example.org/furnace"]


def test_a_certificate_that_is_not_trusted(registry, folder, monkeypatch):
    def untrusted(*_, **__):
        raise requests.exceptions.SSLError("certificate verify failed: self-signed certificate in certificate chain")

    monkeypatch.setattr(requests, "get", untrusted)
    error = refusal(registry(), folder)
    assert "証明書" in error.what and "REQUESTS_CA_BUNDLE" in error.mend


def test_an_answer_without_tls(server, registry, folder):
    plain = registry(url=server.address.replace("http:", "https:") + "/furnace")
    assert "証明書" in refusal(plain, folder).what


def test_a_certificate_file_that_is_missing(registry, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match="証明書のファイル") as caught:
        fetch("furnace", folder, registry=registry(url="https://127.0.0.1:9/furnace"))
    assert "REQUESTS_CA_BUNDLE" in caught.value.where


def test_an_endless_redirection(server, registry, folder):
    server.say(status=302, headers={"Location": "/furnace"})
    assert "話が合いません" in refusal(registry(), folder).what


# -- what the disk does ---------------------------------------------------------------------------------------------


def test_a_full_disk(registry, folder, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", full)
    with pytest.raises(DataError, match="ディスクがいっぱい") as caught:
        fetch("furnace", folder, registry=registry())
    assert caught.value.where == str(folder) and left(folder) == []


def test_a_folder_that_cannot_be_made(registry, tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(DataError, match="読み書きできません") as caught:
        fetch("furnace", tmp_path / "data", registry=registry())
    assert str(tmp_path / "data") in caught.value.where and "フォルダー" in caught.value.mend


def test_an_interruption_leaves_nothing_and_the_old_file(registry, folder):
    def stop(*_):
        raise KeyboardInterrupt

    folder.mkdir(parents=True)
    (folder / "furnace.csv").write_bytes(b"mine")
    with pytest.raises(KeyboardInterrupt):
        fetch("furnace", folder, registry=registry(), on_progress=stop)
    assert left(folder) == ["furnace.csv"] and (folder / "furnace.csv").read_bytes() == b"mine"

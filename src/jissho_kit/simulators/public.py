"""Public data sets that a user asks for: what they are, and how they come from their publisher.

The registry is ``datasets/public.yml``. Nothing in it is part of the kit; :func:`fetch` downloads a set from its
publisher. Where the publisher's SHA-256 is not known, that of the first download is recorded in ``SHA256SUMS``
beside the files (the format of ``sha256sum``, with time and address as comments) and later downloads must match it.
"""

from __future__ import annotations

import difflib
import errno
import filecmp
import logging
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from jissho.datasets import own_data
from jissho.errors import ContentError, DataError, JisshoError, UsageError

__all__ = ["PublicSet", "fetch", "public_set", "public_sets"]

SUMS = "SHA256SUMS"
TIMEOUT = 30.0  # seconds without a byte, not for the whole download
CHUNK = 1 << 16  # bytes between two reports of progress
RESTORE = "配布されたものに戻してください。"
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".data")

Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Lines = Annotated[tuple[Text, ...], Field(strict=False)]
Progress = Callable[[int, int | None], None]


class PublicSet(BaseModel):
    """One entry of the registry.

    ``page`` is the publisher's page for people, ``url`` the file itself; a set without ``url`` can only be had by hand
    (``steps``). ``size`` is about the bytes of the download. ``target``, ``time`` and ``group`` name columns that
    make sense for ``jissho data inspect``. ``licence_read`` says whether the licence was read where the publisher states
    it (``licence_at``) or is from memory.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    field: Literal["工場", "農業"]
    purpose: Text
    page: Url
    url: Url | None = None
    file: FileName | None = None
    member: Text | None = None
    format: Text
    licence: Text
    licence_at: Url
    licence_read: bool
    citation: Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    size: Annotated[int, Field(gt=0)] | None = None
    target: Text | None = None
    time: Text | None = None
    group: Text | None = None
    steps: Lines = ()
    cautions: Lines = ()

    @model_validator(mode="after")
    def _either_a_file_or_steps(self) -> PublicSet:
        if bool(self.url) != bool(self.file) or bool(self.url) == bool(self.steps):
            raise ValueError("url と file の両方を書くか、どちらも書かずに steps を書いてください")
        return self

    @property
    def kind(self) -> Literal["file", "zip", "page"]:
        """``page`` cannot be downloaded by :func:`fetch`; ``zip`` is unpacked after the download."""
        if self.file is None:
            return "page"
        return "zip" if self.file.endswith(".zip") else "file"

    def notice(self) -> str:
        """What a user should know before downloading: source, licence, citation, size, cautions (Japanese, lines)."""
        checked = "確認済み" if self.licence_read else "未確認です。使う前に下のページで確かめてください"
        return "\n".join(
            [
                f"{self.title}［{self.name}］",
                f"用途: {self.field}／{self.purpose}",
                f"発行元: {self.page}",
                *([f"取り込み先のURL: {self.url}"] if self.url else []),
                f"形式: {self.format}",
                f"大きさ: {_about(self.size)}",
                f"利用条件: {self.licence}（{checked}）",
                f"利用条件のページ: {self.licence_at}",
                f"引用のしかた: {self.citation}",
                *(f"注意: {caution}" for caution in self.cautions),
                "これは発行元が公開しているデータです。キットには含まれず、教材の合成データでもありません。",
            ]
        )


def public_sets(registry: Path | None = None) -> tuple[PublicSet, ...]:
    """All sets of the registry, in its order.

    Parameters
    ----------
    registry : path, optional
        A YAML file like ``datasets/public.yml``, which is the default.

    Raises
    ------
    ContentError
        The registry is missing, not YAML, or an entry is malformed or there twice.
    """
    path = own_data() / "public.yml" if registry is None else Path(registry)
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        sets = TypeAdapter(Annotated[tuple[PublicSet, ...], Field(strict=False)]).validate_python(entries)
    except OSError as error:
        raise ContentError(f"公開データの台帳を読めません（{error.strerror}）。", str(path), RESTORE) from None
    except UnicodeDecodeError:
        raise ContentError("公開データの台帳の文字コードがUTF-8ではありません。", str(path), RESTORE) from None
    except yaml.YAMLError as error:
        line = f" {mark.line + 1} 行目" if (mark := getattr(error, "problem_mark", None)) else ""
        raise ContentError("公開データの台帳をYAMLとして読めません。", f"{path}{line}", RESTORE) from None
    except ValidationError as error:
        raise _malformed(error.errors()[0], path) from None
    for key in ("name", "file"):  # two sets under one file name would overwrite each other
        values = [value for entry in sets if (value := getattr(entry, key)) is not None]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            what = f"公開データの台帳に {key} が二度あります: {', '.join(twice)}"
            raise ContentError(what, where=str(path), mend="片方を変えてください。")
    return sets


def public_set(name: str, registry: Path | None = None) -> PublicSet:
    """The set of that name.

    Raises
    ------
    UsageError
        There is none; names that are near it are given.
    """
    sets = {entry.name: entry for entry in public_sets(registry)}
    if name in sets:
        return sets[name]
    near = difflib.get_close_matches(name.lower(), sets, n=3)
    meant = f"もしかして: {', '.join(near)}。" if near else ""
    raise UsageError(f"公開データ「{name}」はありません。", mend=f"{meant}使える名前: {', '.join(sets)}。")


def fetch(
    name: str,
    folder: str | Path,
    registry: Path | None = None,
    on_progress: Progress = lambda done, total: None,
    timeout: float = TIMEOUT,
) -> Path:
    """Download a public set into ``folder``, unless it is there and unchanged (then no network is needed).

    A file that differs from what comes is never lost: it stays beside the new one, with the start of its own hash in
    its name.

    Parameters
    ----------
    name : str
        Name in the registry.
    folder : path
        Made where missing. Files lie in it, what was in a zip in ``<folder>/<name>/``, hashes in ``SHA256SUMS``.
    registry : path, optional
        See :func:`public_sets`.
    on_progress : callable
        Gets the bytes so far and their total (``None`` when the publisher does not say).
    timeout : float
        Seconds to wait for the connection and for each further byte.

    Returns
    -------
    Path
        The file; of a zip, the member that the registry names, else its first table in order of names.

    Raises
    ------
    UsageError
        Name unknown, or the set can only be had by hand (the message says how).
    DataError
        Not to be had (no network, proxy, certificate, dead link, cut connection, a page instead of data), changed
        since the recorded download, or the folder cannot be written.
    ContentError
        The registry is malformed.
    """
    wanted = public_set(name, registry)
    if wanted.kind == "page":
        raise UsageError(
            f"「{wanted.title}」は自動では取り込めません（発行元の画面で選んで取り込むデータです）。",
            where=wanted.page,
            mend="\n".join(
                ["次の順で取り込んでください。", *(f"{n}. {step}" for n, step in enumerate(wanted.steps, start=1))]
            ),
        )
    target = Path(folder) / wanted.file
    with _explained(wanted, target):
        known, since = _known_hash(wanted, target.parent)
        if known is None or not target.is_file() or _sha256(target) != known:
            target.parent.mkdir(parents=True, exist_ok=True)
            # All happens in a folder of its own, so that a failure leaves nothing half done.
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
                new = _download(wanted, Path(scratch), on_progress, timeout)
                _check_is_data(wanted, new)
                digest = _sha256(new)
                if known not in (None, digest):
                    raise _changed(wanted, target.parent, known, since, digest)
                if target.is_file() and _sha256(target) != digest:
                    _set_aside(target)
                os.replace(new, target)
            if known is None:
                _record(target, digest, wanted)
        return _unpack(wanted, target) if wanted.kind == "zip" else target


class _Bar:
    """What pooch takes for a progress bar; its last chunk counts full, so the total is the limit."""

    def __init__(self, report: Progress) -> None:
        self._report, self._done, self.total = report, 0, 0

    def update(self, size: int) -> None:
        self._done = min(self._done + size, self.total) if self.total else self._done + size
        if size:
            self._report(self._done, self.total or None)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _download(wanted: PublicSet, folder: Path, on_progress: Progress, timeout: float) -> Path:
    import pooch

    logger = pooch.get_logger()
    before = logger.level
    logger.setLevel(logging.ERROR)  # pooch would tell in English what the command says in Japanese
    try:
        # Uncompressed on the way, so that the publisher's length is that of the file and a cut is noticed.
        downloader = pooch.HTTPDownloader(
            progressbar=_Bar(on_progress), chunk_size=CHUNK, timeout=timeout, headers={"Accept-Encoding": "identity"}
        )
        return Path(pooch.retrieve(wanted.url, None, fname=wanted.file, path=folder, downloader=downloader))
    finally:
        logger.setLevel(before)


def _check_is_data(wanted: PublicSet, path: Path) -> None:
    """A network's login page or an error page comes with status 200 as if it were the file."""
    with path.open("rb") as file:
        start = file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise DataError(
            "データではなく、画面（HTML）が返ってきました。",
            where=wanted.url,
            mend="公衆無線LANや社内ネットワークのログイン画面が返ることがあります。ブラウザーでログインしてから、"
            f"もう一度試してください。{_by_hand(wanted)}",
        )
    if not start:
        raise DataError("中身が空のファイルが返ってきました。", where=wanted.url, mend=f"{LATER}{_by_hand(wanted)}")
    if wanted.kind == "zip":
        _check_zip(wanted, path)


def _check_zip(wanted: PublicSet, path: Path) -> None:
    """Before it is recorded: a whole archive, with the member that is to be opened."""
    try:
        with zipfile.ZipFile(path) as file:
            whole = file.testzip() is None
            names = sorted(member.filename for member in file.infolist() if not member.is_dir())
    except (zipfile.BadZipFile, zlib.error, RuntimeError):  # RuntimeError: with a password, or packed in an unknown way
        whole = False
    if not whole:
        raise DataError(
            "zipとして開けないファイルが返ってきました。", where=wanted.url, mend=f"{LATER}{_by_hand(wanted)}"
        )
    _member(wanted, names)


# -- what is known of a file ----------------------------------------------------------------------------------------


def _sha256(path: Path) -> str:
    import pooch

    return pooch.file_hash(str(path))


def _known_hash(wanted: PublicSet, folder: Path) -> tuple[str | None, str]:
    """SHA-256 that the file must have and where that is known from: the registry, else the record's last line of it."""
    if wanted.sha256:
        return wanted.sha256, "キットの台帳"
    record = folder / SUMS
    if not record.is_file():
        return None, ""
    comment, found = "", (None, "")
    for number, line in enumerate(record.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            comment = line.lstrip("# ")
        elif match := re.fullmatch(r"([0-9a-fA-F]{64}) [ *](\S+)\s*", line):
            if match[2] == wanted.file:
                found = match[1].lower(), f"{SUMS} の {number} 行目" + (f"、{comment}" if comment else "")
            comment = ""
        else:
            raise DataError(
                "取り込みの記録を読めません。",
                where=f"{record} {number} 行目",
                mend="「64桁の英数字、空白二つ、ファイル名」の形に直すか、この行を消してください（消すと、次に取り込んだものが記録されます）。",
            )
    return found


def _record(target: Path, digest: str, wanted: PublicSet) -> None:
    """Append the file's line in one write: another process appending at the same time cannot mix in."""
    record = target.parent / SUMS
    cut = record.is_file() and record.read_bytes()[-1:] not in (b"", b"\n")  # its last line was typed without an end
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    newline = "\n" if cut else ""
    text = f"{newline}# {now} {wanted.url}\n{digest}  {target.name}\n"
    with record.open("ab", buffering=0) as file:
        file.write(text.encode())


def _changed(wanted: PublicSet, folder: Path, known: str, since: str, digest: str) -> DataError:
    if wanted.sha256:
        mend = f"キットを新しくしてから試してください。{_by_hand(wanted)}"
    else:
        mend = (
            f"発行元のページ（{wanted.page}）で、何が変わったかを確かめてください。新しいものを受け入れるときは、"
            f"{folder / SUMS} の「{known[:12]}…  {wanted.file}」の行を消してから、もう一度取り込みます"
            "（手元の古いファイルは、名前を変えて残ります）。"
        )
    return DataError(
        f"発行元のファイルが、記録と違います（記録 {known[:12]}…［{since}］、今回 {digest[:12]}…）。"
        "手元のファイルはそのままで、今回のものは使っていません。",
        where=wanted.url,
        mend=mend,
    )


def _set_aside(path: Path) -> None:
    """Keep a file that is about to be replaced, e.g. one edited by its user, under a name of its own."""
    os.replace(path, path.with_name(f"{path.stem}.{_sha256(path)[:8]}{path.suffix}"))


# -- zip ------------------------------------------------------------------------------------------------------------


def _unpack(wanted: PublicSet, archive: Path) -> Path:
    """Bring ``<folder>/<name>/`` to what the archive holds; returns the member to open.

    ``zipfile`` keeps names that point outside inside its folder.
    """
    folder = archive.parent / wanted.name
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=archive.parent) as scratch:
        with zipfile.ZipFile(archive) as file:
            file.extractall(scratch)
        files = {path.relative_to(scratch).as_posix(): path for path in Path(scratch).rglob("*") if path.is_file()}
        chosen = folder / _member(wanted, sorted(files))
        for name, new in files.items():
            path = folder / name
            if path.is_file() and filecmp.cmp(new, path, shallow=False):
                continue
            if path.is_file():
                _set_aside(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(new, path)
    return chosen


def _member(wanted: PublicSet, names: list[str]) -> str:
    tables = [name for name in names if name.lower().endswith(TABLES) and not name.startswith("__MACOSX")]
    chosen = wanted.member or next(iter(tables), None)
    if chosen in names:
        return chosen
    raise DataError(
        f"zipの中に{f'「{wanted.member}」' if wanted.member else '表'}がありません。",
        where=wanted.url,
        mend=f"発行元が中身を変えたようです（入っているもの: {', '.join(names[:8]) or 'なし'}）。{_by_hand(wanted)}",
    )


# -- what went wrong, in plain words ----------------------------------------------------------------------------------

LATER = "しばらくしてから、もう一度試してください。"
SET_PROXY = (
    "情報システムの担当の方にプロキシの住所を聞き、環境変数 HTTPS_PROXY に http://ホスト名:ポート の形で設定してください"
    "（利用者名とパスワードが要るときは http://利用者名:パスワード@ホスト名:ポート）。"
)
MAYBE_PROXY = f"会社のネットワークでは、プロキシの設定が要ることがあります。{SET_PROXY}"
TRUST = (
    "社内で通信を検査している場合は、会社の証明書（PEM形式）をもらい、環境変数 REQUESTS_CA_BUNDLE にそのファイルの場所を"
    "設定してください。パソコンの日付が合っているかも確かめてください。"
)
STATUSES = {
    401: ("発行元に断られました（{status}）。", "公開をやめたか、登録が要るようになったようです。"),
    403: (
        "発行元に断られました（{status}）。",
        "公開をやめたか、登録が要るようになったか、社内の規則で止められています。",
    ),
    404: ("ファイルがなくなっています（{status}）。", "発行元が場所を変えたようです。"),
    407: ("プロキシ（社外との中継）が、利用者名とパスワードを求めています（{status}）。", SET_PROXY),
    410: ("ファイルがなくなっています（{status}）。", "発行元が公開をやめたようです。"),
    429: ("発行元が混み合っています（{status}）。", LATER),
}


@contextmanager
def _explained(wanted: PublicSet, target: Path) -> Iterator[None]:
    """Turn what the network, the disk and the archive raise into the kit's own errors."""
    import requests

    try:
        yield
    except requests.RequestException as error:
        what, mend = _network(error, wanted.url)
        raise DataError(what, where=wanted.url, mend=f"{mend}{_by_hand(wanted)}".lstrip()) from None
    except OSError as error:
        raise _disk(error, target) from None


def _network(error: Exception, url: str) -> tuple[str, str]:
    """What is wrong and how to mend it, for what ``requests`` raised."""
    import requests.exceptions as failed

    proxy = _proxy(url)
    by = f"（{proxy} を通りました）" if proxy else ""
    if isinstance(error, failed.HTTPError):
        return _status(error.response.status_code)
    if isinstance(error, (failed.ProxyError, failed.InvalidProxyURL)) or (
        proxy and isinstance(error, (failed.InvalidSchema, failed.InvalidURL))
    ):
        if "407" in str(error):
            return _status(407)
        return f"プロキシ（社外との中継）{f' {proxy} ' if proxy else ''}を通れません。", SET_PROXY
    if isinstance(error, failed.SSLError):
        return f"相手が本物かどうか（証明書）を確かめられません{by}。", TRUST
    if isinstance(error, failed.Timeout) or "timed out" in str(error):
        return f"返事が来ないまま時間が切れました{by}。", f"{LATER}{'' if proxy else MAYBE_PROXY}"
    if isinstance(error, (failed.ChunkedEncodingError, failed.ContentDecodingError)):
        return "途中で通信が切れました。途中までのファイルは残していません。", "もう一度試してください。"
    if isinstance(error, failed.ConnectionError):
        cable = "ネットワークにつながっているか（LANケーブル、Wi-Fi）を確かめてください。"
        return f"インターネットにつながらないか、相手が応じません{by}。", f"{cable}{'' if proxy else MAYBE_PROXY}"
    return f"発行元と話が合いません（{type(error).__name__}）{by}。", LATER


def _status(status: int) -> tuple[str, str]:
    unknown = (
        ("発行元の側で不具合が起きています（{status}）。", LATER)
        if status >= 500
        else ("発行元が思わぬ返事をしました（{status}）。", "")
    )
    what, mend = STATUSES.get(status, unknown)
    return what.format(status=status), mend


def _proxy(url: str) -> str:
    """Host and port of the proxy that a request for ``url`` goes through, without name and password; else empty."""
    from requests.utils import get_environ_proxies, select_proxy

    address = select_proxy(url, get_environ_proxies(url)) or ""
    return address.rpartition("@")[2].rpartition("//")[2]


def _disk(error: OSError, target: Path) -> JisshoError:
    reason = error.strerror or str(error)
    if "TLS CA certificate bundle" in str(error):
        return UsageError("会社の証明書のファイルが見つかりません。", where="環境変数 REQUESTS_CA_BUNDLE", mend=TRUST)
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DataError(
            "ディスクがいっぱいで書けません。",
            where=str(target.parent),
            mend="空きを作るか、別のフォルダーを指定してください。",
        )
    return DataError(
        f"ファイルを読み書きできません（{reason}）。",
        where=str(error.filename or target),
        mend="Excelなどで開いていれば閉じてください。書き込めるフォルダーを指定しているかも確かめてください。",
    )


def _by_hand(wanted: PublicSet) -> str:
    """The way that is left whatever fails, on a line of its own."""
    return (
        f"\nブラウザーで上の場所か {wanted.page} を開いて保存し、"
        "そのファイルを ./jissho data inspect で調べることもできます。"
    )


# -- words ------------------------------------------------------------------------------------------------------------


def _about(size: int | None) -> str:
    if size is None:
        return "不明"
    return f"約 {size / 1e6:.1f} MB" if size >= 1e6 else f"約 {max(1, round(size / 1e3)):,} KB"


def _malformed(error: dict, path: Path) -> ContentError:
    """An entry that does not fit :class:`PublicSet`: which one, which key, what is wrong with it."""
    number, *keys = (*error["loc"], "")
    entry = f"{number + 1} 番目の項目" if isinstance(number, int) else "全体"
    ours = error.get("ctx", {}).get("error")
    reasons = {"missing": "このキーが要ります", "extra_forbidden": "知らないキーです"}
    reason = str(ours) if ours else reasons.get(error["type"], f"今の値: {error['input']!r:.60}")
    what = f"公開データの台帳の{entry}が正しくありません（{' '.join(filter(None, [*map(str, keys), reason]))}）。"
    return ContentError(what, where=str(path), mend="ほかの項目の書き方に合わせてください。")

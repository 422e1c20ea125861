"""Pseudonyms P01, P02 …: drawn from the course's secret, kept in ``private/``, the same in every report."""

from __future__ import annotations

import json
from collections.abc import Iterable

from jissho.errors import UsageError
from jissho_kit.grading.course import Course
from jissho_kit.grading.keys import derive
from jissho_kit.grading.ledger import write_whole

FILE = "pseudonyms.json"


def pseudonyms(course: Course, names: Iterable[str]) -> dict[str, str]:
    """Pseudonym by name; people who join later get the next numbers, nobody's number changes.

    Names are kept as ASCII: a folder's name may hold bytes that are no text. The order follows HMAC(secret, name): without ``private/`` neither the alphabet nor the order of handing in
    leads back to a name.

    Raises
    ------
    UsageError
        The secret or the pseudonyms kept before cannot be read.
    """
    path = course.private / FILE
    try:
        secret = bytes.fromhex((course.private / "secret").read_text(encoding="ascii").strip())
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        order = sorted(set(names) - set(known), key=lambda name: derive(secret, f"pseudonym/{json.dumps(name)}"))
        made = known | {name: f"P{place:02d}" for place, name in enumerate(order, len(known) + 1)}
    except (OSError, ValueError, TypeError):
        raise UsageError(
            "仮名の控えを読めません。",
            where=str(path),
            mend="控えから private フォルダを戻してください。このファイルを消すと、仮名を新しく付け直します。",
        ) from None
    if made != known:
        write_whole(path, json.dumps(made, indent=1))
    return {name: made[name] for name in names}


def number(pseudonym: str) -> int:
    """What a list is put in order by (P100 comes after P11)."""
    return int(pseudonym.removeprefix("P"))

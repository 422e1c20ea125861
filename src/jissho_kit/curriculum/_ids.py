"""How ids are spelt (regular expressions, without anchors): the one place that says it."""

from __future__ import annotations

MODULE = r"[KGB]-[FA]-[123]"
PART = rf"{MODULE}[a-e]?"
TEST = r"[KGB]-[FA]-(?:pre|post)"
ASSIGNMENT = rf"(?:{PART}|{TEST})"
ITEM = rf"{ASSIGNMENT}\.[a-z][0-9]?"
OBJECTIVE = rf"{MODULE}/[0-9]+"

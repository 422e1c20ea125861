"""The kit's own errors. Each message says in Japanese what is wrong, where, and how to mend it."""

from __future__ import annotations


class JisshoError(Exception):
    """Base of every error that is a user's to mend; shown without a traceback.

    Parameters
    ----------
    what : str
        What is wrong (Japanese).
    where : str, optional
        File, line, column or id it concerns.
    mend : str, optional
        What the user can do about it (Japanese).
    """

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(what, where, mend)

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"場所: {self.where}")
        if self.mend:
            lines.append(f"直し方: {self.mend}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """Let IPython show the message alone: a participant has no use for our stack."""
        return str(self).splitlines()


class DataError(JisshoError):
    """A table is missing, cannot be read, or breaks its schema."""


class AnswerError(JisshoError):
    """An answer or the file that keeps answers cannot be used."""


class ContentError(JisshoError):
    """A course file, lesson, item or guide is malformed (authors)."""


class UsageError(JisshoError):
    """A command was used wrongly: unknown target, parameter, folder (exit code 2)."""

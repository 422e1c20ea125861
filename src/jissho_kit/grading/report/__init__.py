"""What the instructor gets after grading: ``gather`` a course, ``make_report`` from plain data, ``write`` it.

Pre and post tests are two assignments of a course whose ids differ in their ends alone, ``…-pre`` and ``…-post``.
People are pseudonyms in everything but :class:`Entry` and the list of names, which stays in ``private/``.
"""

from jissho_kit.grading.report._data import ClassData, Mark, Mention, Paper, Question, Reason
from jissho_kit.grading.report._gather import Entry, gather
from jissho_kit.grading.report._report import Report, make_report
from jissho_kit.grading.report._write import PAGE, ROSTER, page, tables, write

__all__ = [
    "PAGE",
    "ROSTER",
    "ClassData",
    "Entry",
    "Mark",
    "Mention",
    "Paper",
    "Question",
    "Reason",
    "Report",
    "gather",
    "make_report",
    "page",
    "tables",
    "write",
]

"""What is taught: courses, modules, misconceptions, standards and the timetable, read from ``curriculum/``."""

from jissho_kit.curriculum import _ids as ids
from jissho_kit.curriculum._courses import (
    assignments,
    content_root,
    course_file,
    datasets,
    field_of,
    find,
    guide_path,
    load_course,
    load_courses,
    misconceptions,
    ready_parts,
    standards,
    tier_of,
)
from jissho_kit.curriculum._models import (
    FIELD_TITLES,
    FIELDS,
    STAGES,
    TIERS,
    Course,
    Misconception,
    Module,
    Objective,
    Part,
    Tests,
)
from jissho_kit.curriculum._render import render
from jissho_kit.curriculum._standards import Standard
from jissho_kit.curriculum._timetable import Timetable, timetable
from jissho_kit.curriculum._yaml import Document, read_document

__all__ = [
    "FIELDS",
    "FIELD_TITLES",
    "STAGES",
    "TIERS",
    "Course",
    "Document",
    "Misconception",
    "Module",
    "Objective",
    "Part",
    "Standard",
    "Tests",
    "Timetable",
    "assignments",
    "content_root",
    "course_file",
    "datasets",
    "field_of",
    "find",
    "guide_path",
    "ids",
    "load_course",
    "load_courses",
    "misconceptions",
    "read_document",
    "ready_parts",
    "render",
    "standards",
    "tier_of",
    "timetable",
]

"""What a course's ``nbgrader_config.py`` switches on: stock nbgrader runs, tidies and reports, we execute and judge.

Loaded only by nbgrader (and by our driver, through the same configuration file).
"""

from __future__ import annotations

import html
import os
import shutil
import stat
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters import HTMLExporter, NotebookExporter, TemplateExporter
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    Execute,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets import Unicode
from traitlets.config import Config

from jissho.bundle import MIME
from jissho_kit import kernels
from jissho_kit.grading import apart, build, intake, prose, shown
from jissho_kit.grading.course import Course, open_course
from jissho_kit.grading.judge import Verdict, judge, refuse
from jissho_kit.grading.tidy import tidy

VERDICT = "application/vnd.jissho.verdict+json"
STOPPED = (DeadKernelError, CellTimeoutError)  # after these nothing more can be run
STOP_NOTE = "**実行が途中で止まりました**（{why}）。止まったセルから下は採点できていません。"
OPEN_NOTE = "**隔離なしで採点しました。**"
TEMPLATES = Path(__file__).parent / "templates"


def configure(c: Config, course_dir: Path) -> None:
    """Set up nbgrader for a course folder: our Execute, Judge, tidying, exporters and messages."""
    root = str(course_dir)
    c.CourseDirectory.root = root
    c.CourseDirectory.course_id = _course_id(course_dir)
    c.Exchange.root = str(course_dir / "exchange")
    c.Exchange.timezone = "UTC"  # another one records submissions hours off
    c.ClearSolutions.code_stub = {"python": build.STUB}
    c.ClearSolutions.text_stub = build.TEXT_STUB
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.exporter_class = TolerantExporter
    c.Autograde.sanitize_preprocessors = [
        Tidy,
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        PutBack,
        CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        ExecuteApart,
        Judge,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.FeedbackExporter.template_name = "jissho_feedback"
    c.FeedbackExporter.exclude_anchor_links = True
    c.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
    c.ExecuteApart.timeout = int(apart.LIMITS.cell_s)  # seconds one cell may take
    c.ExecuteApart.store_widget_state = False
    for name in ("Tidy", "ExecuteApart", "Judge"):
        c[name].course_dir = root
    _find_alembic()
    _quiet()
    _harden()


def _course_id(course_dir: Path) -> str:
    # A configuration that raises is ignored by nbgrader; a broken course is reported when something is graded.
    try:
        return open_course(course_dir).name
    except Exception:
        return "jissho"


def _find_alembic() -> None:
    """nbgrader starts ``alembic`` by name to make a gradebook; it lives beside this Python, maybe not on PATH."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _quiet() -> None:
    from sqlalchemy.exc import SAWarning

    warnings.filterwarnings("ignore", category=SAWarning)
    warnings.filterwarnings("ignore", category=nbformat.warnings.MissingIDFieldWarning)
    warnings.filterwarnings("ignore", category=nbformat.warnings.DuplicateCellId)


def _harden() -> None:
    """Two places where nbgrader opens whatever lies in a submission: neither follows links or waits for pipes now."""
    from nbgrader.converters import base
    from nbgrader.coursedir import CourseDirectory

    base.find_all_files = regular_files
    CourseDirectory.get_existing_timestamp = lambda self, folder: intake.read_timestamp(folder)


def regular_files(path: str, exclude: list[str] | None = None) -> list[str]:
    """As ``nbgrader.utils.find_all_files``, without anything that is no regular file, too large or in the master's way.

    A file that the master copy has, too, is no such thing: nbgrader puts the master's over it, unless told not to.
    """
    found = [file for file in utils.find_all_files(path, exclude) if _is_plain(file)]
    folder = Path(path).absolute()
    if folder.parents[1].name != "submitted":
        return found
    master = folder.parents[2] / "source" / folder.name
    theirs = [os.path.relpath(file, master) for file in utils.find_all_files(str(master))]
    kept = {*theirs, *intake.without_clashes([os.path.relpath(file, path) for file in found], theirs)}
    return [file for file in found if os.path.relpath(file, path) in kept]


def _is_plain(file: str) -> bool:
    status = os.lstat(file)
    return stat.S_ISREG(status.st_mode) and status.st_size <= intake.MOST_BYTES


class _Own(NotebookNode):
    """A notebook that nobody else holds: nbconvert copies each as a precaution, four times in all, which is not needed."""

    def __deepcopy__(self, memo):
        return self


class TolerantExporter(NotebookExporter):
    """Reads what stock nbgrader stops on: a byte order mark, cp932, broken cells; never opens what is no regular file."""

    def from_filename(self, filename, resources=None, **kw):
        """Build the notebook anew from what was handed in."""
        nb = _Own(intake.read_notebook(intake.read_regular(Path(filename))))
        return self.from_notebook_node(nb, resources=resources or {}, **kw)


class _OfCourse(NbGraderPreprocessor):
    """A preprocessor that knows the course's private folder."""

    course_dir = Unicode(help="講座のフォルダ").tag(config=True)

    def course(self) -> Course:
        """The course; raises when its private folder cannot be read, which stops grading."""
        return open_course(Path(self.course_dir))


class Tidy(_OfCourse):
    """Rewrite a submission's graded cells from the manifest, first of all; honest damage is mended and named."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        """Assignments without a manifest, and other notebooks, are left alone."""
        told = resources["nbgrader"]
        manifest = self.course().manifest(told["assignment"])
        if manifest is None or told["notebook"] != manifest.assignment:
            return nb, resources
        with Gradebook(told["db_url"]) as gradebook:
            try:
                known = {
                    cell.name for cell in gradebook.find_notebook(told["notebook"], told["assignment"]).source_cells
                }
            except MissingEntry:
                known = set()
        nb, notes = tidy(nb, manifest, known)
        prose.fill(nb, manifest, self.course().root / "submitted" / told["student"] / told["assignment"])
        for note in notes:
            self.log.warning("%s: %s", told["student"], note)
        return nb, resources


class PutBack(OverwriteCells):
    """As nbgrader's, which stops where the cell before a missing one is missing, too; such a notebook stays as it is."""

    def add_missing_grade_cells(self, nb: NotebookNode, resources: dict):
        """Put missing graded cells back, all or none."""
        handed_in = list(nb.cells)
        try:
            return super().add_missing_grade_cells(nb, resources)
        except KeyError:
            nb.cells = handed_in
            return nb, resources


class ExecuteApart(Execute, _OfCourse):
    """Execute shut in alone (:mod:`jissho_kit.grading.apart`), with hidden inputs (inputs only) for function items.

    Where that cannot be had a submission is refused, unless ``JISSHO_NO_SANDBOX=1`` says that it is one's own.
    """

    def __init__(self, **kw):
        kw.setdefault("kernel_manager_class", kernels.manager_class())
        super().__init__(**kw)

    def preprocess(self, nb: NotebookNode, resources: dict, km=None):
        """Run all cells; what is stopped leaves the rest without output, and the judge says so."""
        told = resources["nbgrader"]
        if not apart.is_isolated():
            nb, resources = self._with_own_rights(nb, resources, km)
            nb.cells.insert(0, new_markdown_cell(OPEN_NOTE))
            return nb, resources
        course, assignment = self.course(), told["assignment"]
        submission = course.root / "submitted" / told["student"] / assignment
        job, notes = apart.make_job(
            nb,
            course.manifest(assignment),
            submission,
            course.source(assignment),
            course.hidden(assignment),
            self.config.Autograde.get("exclude_overwriting", {}).get(assignment, ()),
        )
        limits = replace(apart.LIMITS, cell_s=float(self.timeout or apart.LIMITS.cell_s))
        outcome = apart.OUTCOMES.pop(job.digest(), None)
        if outcome is None or limits != apart.LIMITS:  # what was run ahead had the usual limits
            apart.require()
            outcome = apart.run_submission(job, limits=limits)
        outcome.put_into(nb)
        if outcome.stopped:
            notes.insert(0, STOP_NOTE.format(why=apart.STOPS[outcome.stopped]))
        for note in notes:
            self.log.warning("%s: %s", told["student"], note)
        if notes:
            nb.cells.insert(0, new_markdown_cell("\n".join(f"- {note}" for note in notes)))
        return nb, resources

    def _with_own_rights(self, nb: NotebookNode, resources: dict, km=None):
        hidden = self.course().hidden(resources["nbgrader"]["assignment"])
        with tempfile.TemporaryDirectory(prefix="jissho-grade-", ignore_cleanup_errors=True) as work:
            self._env = kernels.environment(
                _folder(work, "kernel"),
                {"JISSHO_AUTO": "1", "JISSHO_PROBE": str(_inputs(hidden, _folder(work, "inputs")))},
            )
            try:
                return super().preprocess(nb, resources, km)
            except STOPPED as error:
                self.log.error("%s: %s", resources["nbgrader"]["student"], type(error).__name__)
                nb.cells.insert(0, new_markdown_cell(STOP_NOTE.format(why=apart.STOPS["died"])))
                return nb, resources

    def start_new_kernel(self, **kw):
        """Start with our environment."""
        return super().start_new_kernel(env=self._env, **kw)


def _folder(parent: str, name: str) -> Path:
    made = Path(parent) / name
    made.mkdir()
    return made


def _inputs(hidden: Path, to: Path) -> Path:
    """Copy the hidden inputs, nothing else, where the participant's process may read them."""
    for file in sorted(hidden.glob("*.json")) if hidden.is_dir() else []:
        (to / file.name).write_bytes(file.read_bytes())
    return to


class Judge(_OfCourse):
    """Replace each test cell's outputs by score and message; item and points come from ``private/``."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        """Judge every graded code cell of an assignment that has a manifest."""
        assignment = resources["nbgrader"]["assignment"]
        course = self.course()
        manifest = course.manifest(assignment)
        if manifest is None:
            return nb, resources
        keys = course.keys(assignment)
        for cell in nb.cells:
            if utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type == "code":
                verdict = self._verdict(cell, manifest, keys)
                cell.metadata.nbgrader["points"] = verdict.max
                cell.outputs = [as_output(verdict, cell.execution_count)]
        return nb, resources

    def _verdict(self, cell: NotebookNode, manifest: build.Manifest, keys: dict) -> Verdict:
        grade_id = cell.metadata.nbgrader.get("grade_id", "")
        known = manifest.cell(grade_id)
        if known is None or known.role != "test":
            self.log.warning("採点表にない採点セル: %s", grade_id)
            return refuse(str(grade_id), float(cell.metadata.nbgrader.get("points", 0)), "unknown-cell")
        bundle, problem, detail = find_bundle(cell.outputs)
        return refuse(known.item, known.points, problem, detail) if problem else judge(keys[known.item], bundle)


def find_bundle(outputs: list[NotebookNode]) -> tuple[dict | None, str, str]:
    """``(bundle, problem, detail)``: the one bundle of a test cell, or why there is none."""
    carriers = [output for output in outputs if MIME in output.get("data", {})]
    if len(carriers) > 1:
        return None, "two-bundles", ""
    if not carriers or carriers[0].output_type != "execute_result":
        errors = [output for output in outputs if output.output_type == "error"]
        return None, "no-bundle", f"（{errors[0].ename}: {errors[0].evalue}）" if errors else ""
    return carriers[0].data[MIME], "", ""


def as_output(verdict: Verdict, count: int | None) -> NotebookNode:
    """The test cell's output: the score as plain text (for nbgrader), the message as HTML, the verdict as data."""
    said = "<br>".join(html.escape(line) for line in verdict.message.split("\n"))
    shown = f"<p><strong>{verdict.points:g} / {verdict.max:g}点</strong> {said}</p>"
    return new_output(
        "execute_result",
        execution_count=count,
        data={"text/plain": repr(float(verdict.points)), "text/html": shown, VERDICT: verdict.as_dict()},
    )


def verdicts_in(nb: NotebookNode) -> dict[str, dict]:
    """Verdicts in an autograded notebook, by item id; only the judge's own cells count."""
    found = [
        output["data"][VERDICT]
        for cell in nb.cells
        if utils.is_grade(cell) and not utils.is_solution(cell)
        for output in cell.get("outputs", [])
        if VERDICT in output.get("data", {})
    ]
    return {one["item"]: one for one in found}


class FeedbackExporter(HTMLExporter):
    """Our feedback page; a class of its own, because nbgrader and formgrader each set HTMLExporter's template."""

    def default_filters(self):
        """What shows a participant's text, tables and figures without anything live."""
        yield from super().default_filters()
        yield from shown.FILTERS.items()

    def from_notebook_node(self, nb, resources=None, **kw):
        """Hand the verdicts to the page."""
        resources["jissho"] = {"verdicts": verdicts_in(nb), "states": STATES}
        # Not HTMLExporter's own, which parses the whole page again to add what only its own template lacks.
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **kw)


# State of a verdict → mark and word on the page.
STATES = {
    "right": ("○", "正解"),
    "partial": ("△", "一部正解"),
    "wrong": ("×", "もう一度"),
    "blank": ("－", "未解答"),
    "error": ("！", "採点できません"),
    "manual": ("…", "講師が採点"),
}

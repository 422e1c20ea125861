"""``jissho open … --app``: the no-code pages alone, for visitors who have nothing but the link.

Voilà by itself, without JupyterLab: a visitor can move sliders and record answers, but neither run code nor see files
or other visitors. With a course, its questions are pages, too, and what visitors hand in lies in its ``submitted/``.
"""

from __future__ import annotations

import os
import re
import socket
import warnings
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode, v4

from jissho.errors import UsageError
from jissho.teach.handin import COURSE
from jissho_kit import curriculum, kernels, lessons
from jissho_kit.classroom import contents
from jissho_kit.classroom.places import default_workspace, state_dir
from jissho_kit.classroom.server import HOST, LAB, Say, private_environment
from jissho_kit.classroom.workspace import Change, make_workspace
from jissho_kit.curriculum import Part
from jissho_kit.grading.course import Course, open_course
from jissho_kit.grading.manifest import KERNEL

EVERYWHERE = "0.0.0.0"
QUESTIONS = "questions"  # folder of a course's assignments, below the app's
LONG = "long"  # tag of a lesson's cells that the short version leaves out
SHORT_MINUTES = 20
SHOWN_BY_FORM = re.compile(r"\n\n(単位: .*|(- .：.*\n?)+)\Z")


@dataclass(frozen=True)
class Page:
    """One page of the app: ``path`` of its notebook below the folder."""

    title: str
    note: str
    path: str


SURVEY = Page("アンケート", "名前なし・2分", f"{QUESTIONS}/survey/survey.ipynb")


@dataclass(frozen=True)
class App:
    """What is served: a folder that is ready, its pages in order, and the course that takes hand-ins."""

    folder: Path
    pages: tuple[Page, ...]
    course: Course | None = None
    changes: tuple[Change, ...] = ()


def prepare(
    target: str,
    workspace: Path | None = None,
    course: Path | None = None,
    short: bool = False,
    on_progress: Say = lambda what: None,
) -> App:
    """Make or renew the folder of an app.

    Parameters
    ----------
    target : str
        Module, part or tier of the executives; of a tier all ready modules become pages.
    workspace : Path, optional
        Folder to use; otherwise ``workspace-app/`` of the checkout.
    course : Path, optional
        A course whose questions are pages, too, and that takes what is handed in; its field's lessons alone are shown.
    short : bool
        Leave out the cells tagged ``long``: for a counter or an open house.
    on_progress : callable
        Told in Japanese what is being done.

    Raises
    ------
    UsageError
        Unknown or planned target, a target with code, or a folder that cannot be written.
    """
    opened = open_course(course) if course else None
    parts = _of_course(_parts(target), opened)
    parts = _shortened(parts, target) if short else parts
    folder = Path(workspace or default_workspace().with_name("workspace-app")).expanduser().resolve()
    before, own, after = _assignments(opened, parts)
    files: dict[str, bytes] = {}
    made: list[tuple[Page, NotebookNode]] = []

    def ask(assignment: str) -> None:
        on_progress(f"問題を用意しています: {assignment}")
        page, notebook, beside = _questions(opened, assignment)
        made.append((page, notebook))
        files.update(beside)

    for assignment in before:
        ask(assignment)
    for part in parts:
        on_progress(f"教材を作っています: {part.id} {part.title}")
        minutes = SHORT_MINUTES if short else part.minutes
        page = Page(part.title, f"{minutes}分", f"{part.id}.ipynb")
        made.append((page, _short(part, lessons.build(part)) if short else _page(lessons.build(part), part.title)))
        files |= {f"data/{name}/{name}.csv": contents.shipped(name) for name in part.datasets}
        if part.assignment in own:
            own.remove(part.assignment)
            ask(part.assignment)
    for assignment in after:
        ask(assignment)
    if after:
        made.append((SURVEY, _survey()))
    pages = tuple(page for page, _ in made)
    for (page, notebook), following in zip(made, [*pages[1:], None], strict=True):
        if following:
            notebook.cells.append(_way_on(following))
        files[page.path] = nbformat.writes(notebook).encode()
    return App(folder, pages, opened, tuple(make_workspace(folder, files)))


def _parts(target: str) -> list[Part]:
    ready = [part for part in curriculum.find(target) if part.status == "ready"]
    coded = [part.id for part in ready if part.tier != contents.NO_CODE_TIER]
    if coded:
        raise UsageError(
            f"{'、'.join(coded)} は、プログラムを書く教材です。",
            mend=f"--app を付けずに開いてください: ./jissho open {target}",
        )
    if not ready:
        raise UsageError(f"{target} はまだ準備中です。", mend="使える教材は ./jissho list で分かります。")
    return ready


def _of_course(parts: list[Part], course: Course | None) -> list[Part]:
    """A class sees its own field's lessons alone, where the target names any of them."""
    return [part for part in parts if course and part.field == course.field] or parts


def _shortened(parts: list[Part], target: str) -> list[Part]:
    """Those that have a short version: the stages that some timetable plans in short."""
    course = curriculum.load_course(contents.NO_CODE_TIER)
    days = [day for profile in course.profiles.values() for day in profile.days]
    stages = {block.stage for day in days for block in day.blocks if block.short}
    modules = {module.id for module in course.modules if module.stage in stages}
    having = [part for part in parts if part.module in modules]
    if not having:
        raise UsageError(f"{target} に短い版はありません。", mend="--short を付けずに開いてください。")
    return having


def _short(part: Part, notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if LONG not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        cell.source = cell.source.replace(f"／ {part.minutes}分", f"／ {SHORT_MINUTES}分")
    return _page(notebook, part.title)


def _page(notebook: NotebookNode, title: str) -> NotebookNode:
    notebook.metadata["title"] = title
    notebook.metadata["jissho_home"] = ""  # the way back leads to the app's own first page
    return notebook


def _assignments(course: Course | None, parts: Sequence[Part]) -> tuple[list[str], list[str], list[str]]:
    """The course's assignments before the lessons, of these parts, and after; tests only with all of the course's parts."""
    if course is None:
        return [], [], []
    wanted = {part.assignment for part in parts}
    own = [one for one in course.assignments if one in wanted]
    tests = curriculum.load_course(course.tier).tests.get(course.field)
    whole = {part.id for part in curriculum.ready_parts(course.tier, course.field)} <= {part.id for part in parts}
    if not (tests and whole):
        return [], own, []
    return (
        [one for one in course.assignments if one == tests.pre],
        own,
        [one for one in course.assignments if one == tests.post],
    )


def _questions(course: Course, assignment: str) -> tuple[Page, NotebookNode, dict[str, bytes]]:
    """A released assignment as a page with a form for handing in at its end; and the files beside it."""
    release = course.root / "release" / assignment
    if not release.is_dir():
        from jissho_kit.grading import driver

        driver.hand_out(course)
    notebook = nbformat.read(release / f"{assignment}.ipynb", as_version=4)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), assignment)
    title = first.splitlines()[0].lstrip("# ").strip()
    notebook.cells = [_asked(cell) for cell in notebook.cells if "nbgrader" not in cell.metadata]
    offer = f"from jissho.teach.handin import offer_hand_in\n\noffer_hand_in({assignment!r})"
    notebook.cells.append(v4.new_code_cell(offer, id=f"{assignment}-hand-in"))
    page = Page(title, "答えて提出", f"{QUESTIONS}/{assignment}/{assignment}.ipynb")
    files = {
        f"{QUESTIONS}/{assignment}/{path.relative_to(release)}": path.read_bytes()
        for path in sorted(release.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }
    return page, _page(notebook, title), files


def _asked(cell: NotebookNode) -> NotebookNode:
    """A question without what its form shows again below it: the options, the unit."""
    if cell.cell_type == "markdown" and cell.source.startswith("### 問"):
        cell.source = SHOWN_BY_FORM.sub("", cell.source)
    return cell


def _way_on(following: Page) -> NotebookNode:
    link = f'<a class="jissho-next" href="/voila/render/{escape(following.path)}">次へ：{escape(following.title)} →</a>'
    return v4.new_markdown_cell(link, id="way-on")


def _survey() -> NotebookNode:
    told = f"# {SURVEY.title}\n\n講座をよくするためのものです。成績や修了とは関係ありません。"
    offer = "from jissho.teach.survey import offer_survey\n\noffer_survey()"
    cells = [v4.new_markdown_cell(told, id="survey-about"), v4.new_code_cell(offer, id="survey-form")]
    return _page(v4.new_notebook(cells=cells, metadata=KERNEL), SURVEY.title)


def first_page(app: App) -> str:
    """HTML of the page behind the link: what there is, in large type."""
    template = Template((LAB / "app.html").read_text(encoding="utf-8"))
    rows = "\n".join(
        f'<a href="/voila/render/{escape(page.path)}"><b>{escape(page.title)}</b><span>{escape(page.note)}</span></a>'
        for page in app.pages
    )
    return template.substitute(pages=rows)


def serve(app: App, port: int, browser: bool = True, lan: bool = False, say: Say = print) -> None:
    """Serve the app until Ctrl-C. What Voilà has to say goes to ``app.log``.

    Parameters
    ----------
    app : App
    port : int
    browser : bool
        Open the browser of this machine.
    lan : bool
        Also answer other devices of the network (tablets); otherwise this machine only.
    say : callable
        Receives the messages for the person at the keyboard.
    """
    private_environment()
    os.environ.setdefault(kernels.SETTING, kernels.WARM)
    if app.course:
        os.environ[COURSE] = str(app.course.root)
    kernels.warm_up(env=os.environ)
    say("アプリを起動しています…")
    server = _server(app, port, lan)
    urls = [f"http://{HOST}:{port}/"] + ([f"http://{address}:{port}/" for address in own_addresses()] if lan else [])
    listed = "\n  ".join(urls)
    say(
        f"\n準備ができました。次のアドレスで開きます。\n\n  {listed}\n\n終わるときは、この画面で Ctrl+C を押してください。"
    )
    if browser:
        webbrowser.open(urls[0])
    server.start()
    say("終了しました。答えは残っています。")


def own_addresses() -> list[str]:
    """Addresses under which other devices of the network may reach this machine."""
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted(address for address in found if not address.startswith("127."))


def _server(app: App, port: int, lan: bool):
    import voila.app

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    from tornado.web import RedirectHandler, RequestHandler
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    page = first_page(app)
    known = "|".join(re.escape(one.path) for one in app.pages)

    class FirstPage(RequestHandler):
        def get(self):
            self.finish(page)

    class Elsewhere(RequestHandler):
        """A mistyped address, too, shows what there is."""

        def get(self):
            self.set_status(404)
            self.finish(page)

    class Server(voila.app.Voila):
        def init_handlers(self):
            """No list of folders, which would name the visitors; no other notebook than the app's pages."""
            own = [("/", FirstPage), ("/index.html", RedirectHandler, {"url": "/"})]
            for handler in super().init_handlers():
                if "/voila/render/" in handler[0]:
                    own.append((f"/voila/render/({known})", *handler[1:]))
                elif handler[0] != "/" and not re.search("/voila/(tree|api/contents|files)", handler[0]):
                    own.append(handler)
            return [*own, (".*", Elsewhere)]

    log = state_dir() / "app.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    config = PyFileConfigLoader("jupyter_server_config.py", path=str(LAB)).load_config()
    config.merge(
        Config(
            {
                "Voila": {
                    "root_dir": str(app.folder),
                    "ip": EVERYWHERE if lan else HOST,
                    "port": port,
                    "port_retries": 0,
                    "open_browser": False,
                },
                "Application": {
                    "logging_config": {
                        "handlers": {
                            "file": {"class": "logging.FileHandler", "filename": str(log), "encoding": "utf-8"}
                        },
                        "loggers": {"Server": {"handlers": ["file"], "level": "INFO"}},
                    }
                },
            }
        )
    )
    server = Server(config=config)
    server.initialize(argv=[])
    return server

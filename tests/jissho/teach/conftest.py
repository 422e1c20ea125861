import io
from types import SimpleNamespace

import ipywidgets as widgets
import pytest

from jissho.teach import cards, controls, predictions, store


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty notebook folder, a person in front of it, and nothing left over from another test."""
    monkeypatch.chdir(tmp_path)
    for name in ("JISSHO_AUTO", "JISSHO_PROBE", "SERVER_SOFTWARE", "HTTP_COOKIE", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    store._listeners.clear()
    store._stranger.cache_clear()
    return tmp_path


@pytest.fixture
def page(monkeypatch):
    """Everything displayed: widgets (forms) and mime bundles, in order, and helpers to use a form."""
    shown = []
    for module in (cards, controls, predictions):
        monkeypatch.setattr(module, "display", lambda what, **_: shown.append(what), raising=False)
    monkeypatch.setattr(cards, "show_form", lambda box, question: shown.append(box))
    monkeypatch.setattr(controls, "show_form", lambda box, question: shown.append(box))
    return SimpleNamespace(shown=shown, find=_find, press=_press, text=_text)


def _find(root, kind):
    """All widgets of a kind below ``root``, in order."""
    found = [root] if isinstance(root, kind) else []
    for child in getattr(root, "children", ()):
        found += _find(child, kind)
    return found


def _press(root, description):
    next(b for b in _find(root, widgets.Button) if b.description == description).click()


def _text(root):
    out = io.StringIO()
    for html in _find(root, widgets.HTML):
        out.write(html.value)
    return out.getvalue()

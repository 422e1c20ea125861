"""Tell the visitors of a no-code page apart: each browser gets a random id in a cookie.

Voilà's working folder is the notebook's for everybody; :mod:`jissho.teach.store` keeps each visitor's
answers in a folder named by this id (or by the Hub's user, where there is a Hub).
"""

from __future__ import annotations

import re
import secrets
from typing import Any

COOKIE = "jissho_visitor"
DAYS = 180  # a seminar, its follow-up after three months, and some more
ID = re.compile(r"[0-9a-f]{16}")


def know_visitor(handler: Any, notebook: Any, cwd: str) -> None:
    """Voilà's prelaunch hook: give a new visitor an id and have the browser ask again with it.

    The page's kernel reads the cookie from the request's header, so an id that is given only with the
    answer would come too late; hence the redirect.

    Raises
    ------
    tornado.web.Finish
        The redirect is on its way; the page is not rendered.
    """
    from tornado.web import Finish

    if ID.fullmatch(handler.get_cookie(COOKIE, "")):
        return
    handler.set_cookie(
        COOKIE, secrets.token_hex(8), expires_days=DAYS, path=handler.base_url, httponly=True, samesite="Lax"
    )
    handler.redirect(handler.request.uri)
    raise Finish


def without_outside_scripts(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Voilà's page_config hook: typeset formulas with the bundled MathJax, not with one from the internet."""
    return page_config | {"fullMathjaxUrl": None, "mathjaxConfig": None}

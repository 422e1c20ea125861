"""Visitors of no-code pages are told apart by a cookie (in a browser: tests/browser)."""

from __future__ import annotations

import pytest
from tornado.web import Finish

from jissho_kit.classroom import visitors


class Handler:
    """As much of a tornado handler as the hook touches."""

    base_url = "/"

    def __init__(self, cookie=None):
        self.cookies = {} if cookie is None else {visitors.COOKIE: cookie}
        self.request = type("Request", (), {"uri": "/voila/render/K-F-1.ipynb?token=t"})
        self.redirected = None

    def get_cookie(self, name, default=None):
        return self.cookies.get(name, default)

    def set_cookie(self, name, value, **how):
        self.cookies[name], self.how = value, how

    def redirect(self, url):
        self.redirected = url


def test_a_known_visitor_goes_straight_on():
    handler = Handler("0123456789abcdef")
    visitors.know_visitor(handler, None, "")
    assert handler.redirected is None and handler.cookies == {visitors.COOKIE: "0123456789abcdef"}


@pytest.mark.parametrize("cookie", [None, "", "../../etc", "0123456789ABCDEF", "0123456789abcdef0"])
def test_everybody_else_gets_an_id_and_asks_again(cookie):
    handler = Handler(cookie)
    with pytest.raises(Finish):
        visitors.know_visitor(handler, None, "")
    assert visitors.ID.fullmatch(handler.cookies[visitors.COOKIE])
    assert handler.redirected == handler.request.uri
    assert handler.how["httponly"] and handler.how["samesite"] == "Lax"


def test_ids_are_not_repeated():
    ids = set()
    for _ in range(20):
        handler = Handler()
        with pytest.raises(Finish):
            visitors.know_visitor(handler, None, "")
        ids.add(handler.cookies[visitors.COOKIE])
    assert len(ids) == 20


def test_pages_ask_for_no_script_from_outside():
    config = visitors.without_outside_scripts({"fullMathjaxUrl": "https://example.org/x.js", "baseUrl": "/"}, log=None)
    assert config == {"fullMathjaxUrl": None, "mathjaxConfig": None, "baseUrl": "/"}

"""The feedback page shows a participant's work; nothing in it runs, loads or leads astray."""

import base64
import html.parser
import http.server
import io
import re
import shutil
import struct
import subprocess
import threading
import zlib

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jissho_kit.grading import shown
from jissho_kit.grading.nbgrader_plugin import TEMPLATES, FeedbackExporter

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OWNED = "document.title='owned'"
PAYLOADS = [
    f"<script>{OWNED}</script>",
    f"<ScRiPt src=HOST/a.js>{OWNED}</sCrIpT>",
    f"<scr<script>ipt>{OWNED}</scr</script>ipt>",
    f"<img src=x onerror={OWNED}>",
    "<img src=HOST/pixel.png>",
    f"<svg onload={OWNED}><script>{OWNED}</script></svg>",
    f"<svg><style><img src=x onerror={OWNED}></style></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={OWNED}></style></mglyph></table></mtext></math>",
    f'<a href="javascript:{OWNED}">x</a>',
    f'<a href="jAvAsCrIpT&#58;{OWNED}">x</a>',
    f"[x](javascript:{OWNED})",
    f"[x](data:text/html;base64,{base64.b64encode(b'<script>1</script>').decode()})",
    '![x](HOST/pixel.png "a")',
    "![x](attachment:none.png)",
    f"<iframe srcdoc='<script>{OWNED}</script>'></iframe>",
    "<iframe src=HOST/frame></iframe>",
    "<meta http-equiv=refresh content='0;url=HOST/gone'>",
    "<link rel=stylesheet href=HOST/a.css>",
    "<style>@import url(HOST/b.css); body{background:url(HOST/c.png)}</style>",
    "<p style='background:url(HOST/d.png)'>x</p>",
    "<base href=HOST/>",
    "<form action=HOST/post><input autofocus onfocus=document.forms[0].submit()></form>",
    f"<details open ontoggle={OWNED}>x</details>",
    f"<body onload={OWNED}>",
    f"<video><source onerror={OWNED}></video>",
    "<object data=HOST/o></object><embed src=HOST/e>",
    f"<noscript><p title='</noscript><img src=x onerror={OWNED}>'>",
    f"<!--><img src=x onerror={OWNED}>-->",
    f"<![CDATA[<img src=x onerror={OWNED}>]]>",
    f"<template><script>{OWNED}</script></template>",
    f"</pre></div><script>{OWNED}</script>",
    f"`</code><script>{OWNED}</script>`",
    f"```html\n</code></pre><script>{OWNED}</script>\n```",
    f"$\\href{{javascript:{OWNED}}}{{x}}$",
    f"<x onclick={OWNED} onmouseover={OWNED}>x</x>",
    "{{ ''.__class__ }} {% raw %}",
    "[" * 5000,
    "<div>" * 3000,
]


class Live(html.parser.HTMLParser):
    """Lists what could run, load or lead to something."""

    TAGS = shown.OUTPUT | {"a", "details", "summary", "footer", "img"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found += [] if tag in self.TAGS else [tag]
        self.found += [(tag, *pair) for pair in attrs if not self._is_quiet(tag, *pair)]

    def _is_quiet(self, tag, name, value):
        if name in ("href", "src"):
            return re.match({"a": "https?://|#", "img": "data:image/(png|jpeg);base64,"}[tag], value)
        return name in ("class", "id", "alt", "colspan", "rowspan")


def png(width: int = 1, height: int = 1) -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = shown.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return base64.b64encode(content).decode()


def page(cells) -> str:
    told = {"assignment": "K-F-1", "student": "<b>甲</b>", "score": 1, "max_score": 2, "late_penalty": 0}
    exporter = FeedbackExporter(template_name="jissho_feedback", extra_template_basedirs=[str(TEMPLATES)])
    return exporter.from_notebook_node(new_notebook(cells=cells), resources={"nbgrader": told})[0]


def everywhere(payload: str) -> list:
    """The payload wherever a participant's text or output can stand."""
    outputs = [
        new_output("stream", name="stdout", text=payload),
        new_output("error", ename=payload, evalue=payload, traceback=[payload]),
        *(
            new_output("display_data", data={kind: payload, "text/plain": "x"})
            for kind in (
                "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg", "text/plain",
                "application/javascript", "application/vnd.jupyter.widget-view+json", "application/json", "application/pdf",
            )
        ),
    ]  # fmt: skip
    answer = {"grade_id": "K-F-1_a-answer", "solution": True, "grade": False, "comment": payload}
    return [
        new_markdown_cell(payload),
        new_code_cell(payload, outputs=outputs),
        new_code_cell(payload, metadata={"nbgrader": answer}),
    ]


def test_nothing_live_is_left_of_any_payload():
    made = page([cell for payload in PAYLOADS for cell in everywhere(payload)])
    assert Live(made[made.index("<body>") + len("<body>") :]).found == []


@pytest.mark.skipif(CHROMIUM is None, reason="ブラウザがありません。")
def test_a_browser_runs_nothing_and_asks_for_nothing(tmp_path):
    asked = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Ear) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        cells = [cell for payload in PAYLOADS for cell in everywhere(payload.replace("HOST", host))]
        file = tmp_path / "page.html"
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
        for made, runs in (
            (f"<title>x</title><img src={host}/control><script>{OWNED}</script>", True),
            (page(cells), False),
        ):
            file.write_text(made, encoding="utf-8")
            asked.clear()
            dom = subprocess.run(
                [CHROMIUM, *options, "--virtual-time-budget=3000", "--dump-dom", file.as_uri()],
                capture_output=True, text=True, timeout=240, check=False,
            ).stdout  # fmt: skip
            assert ("<title>owned" in dom) is runs, dom[:300]
            assert [path for path in asked if path != "/favicon.ico"] == (["/control"] if runs else [])
        server.shutdown()


def test_honest_work_is_shown():
    import pandas as pd
    from PIL import Image

    jpeg = io.BytesIO()
    Image.new("RGB", (2, 2)).save(jpeg, "JPEG")
    outputs = [
        new_output("display_data", data={"image/png": png() + "\n", "text/plain": "図1"}),
        new_output(
            "display_data", data={"image/jpeg": base64.b64encode(jpeg.getvalue()).decode(), "text/plain": "図2"}
        ),
        new_output("display_data", data={"text/html": pd.DataFrame({"列": [1.5]})._repr_html_(), "text/plain": "表"}),
        new_output("stream", name="stdout", text="\x1b[31m赤\x1b[0m & 青"),
    ]
    made = page([new_markdown_cell("**太字** [公式](https://example.com)"), new_code_cell("1 < 2", outputs=outputs)])
    assert made.count("<img ") == 2 and "data:image/jpeg;base64," in made
    assert "<th>列</th>" in made and "dataframe tbody" not in made
    assert "赤 &amp; 青" in made and "1 &lt; 2" in made
    assert "<strong>太字</strong>" in made and 'href="https://example.com"' in made


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "x' onerror='1"},
        {"image/png": base64.b64encode(b"GIF89a").decode()},
        {"image/png": png(100_000, 100_000)},
        {"image/png": base64.b64encode(shown.PNG).decode()},
        {"image/png": ["a"]},
        {"image/svg+xml": "<svg/>"},
    ],
)
def test_a_figure_is_what_it_says_or_not_shown(data):
    assert shown.image(data) == ""

"""An official build of Jaeger UI: its files, and its index.html for every page, as Jaeger itself serves them."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

from flask import Blueprint, Response, make_response, request, send_from_directory
from werkzeug.exceptions import NotFound

from backend.ui.pages import HEADERS

CAPABILITIES = {
    "archiveStorage": False,
    "metricsStorage": False,
    "searchWithoutServiceName": True,
    "aiAssistant": False,
}
FILLED_IN = {
    # Without metrics its Monitor page has nothing to show; only newer versions see that for themselves.
    "CONFIG": {"monitor": {"menuEnabled": False}},
    "VERSION": {"gitCommit": "", "gitVersion": "API of otel-python-playground", "buildDate": ""},
    "STORAGE_CAPABILITIES": CAPABILITIES,  # v1 and early v2
    "BACKEND_CAPABILITIES": CAPABILITIES,
}
"""What index.html has placeholders for: `JAEGER_CONFIG = DEFAULT_CONFIG;`, and so on."""


class AssetsError(Exception):
    """A folder holds no build of Jaeger UI; the message is one line for the person who named it."""


def make_official(folder: Path, base_path: str = "") -> Blueprint:
    """Serve a build: what it has at a path, index.html at any other but the API's and those below `/static/`.

    The folder is read once; what lies outside of it and is linked to from within is not served.

    Args:
        folder: has an index.html.
        base_path: what the paths of its pages begin with in the browser.

    Raises:
        AssetsError: there is no index.html that can be read.
    """
    root = folder.resolve()
    try:
        files = _paths(root)
        # Line ends become \n, as they do in the browser before it hashes a script.
        index = _filled((root / "index.html").read_text("utf-8-sig"), base_path) if "/index.html" in files else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise AssetsError(f"{folder} cannot be read: {problem}") from problem
    if not index:
        raise AssetsError(f"{folder}: no index.html; name the folder of a built Jaeger UI")
    files -= {"/index.html"}
    headers = {**HEADERS, "Content-Security-Policy": _policy(index), "Cache-Control": "no-cache"}
    official = Blueprint("official", __name__)

    # Not a route for all paths: with one, the API's own faults would no longer be the API's.
    @official.before_app_request
    def answer() -> Response | None:
        if request.method not in {"GET", "HEAD"} or not isinstance(request.routing_exception, NotFound):
            return None
        if request.path in files:
            response = send_from_directory(root, request.path[1:])
        elif request.path.startswith(("/api/", "/static/")):
            return None
        else:
            response = make_response(index)
        response.headers.update(headers)
        return response

    return official


def _paths(root: Path) -> set[str]:
    """The paths that the files are served at."""
    inside = (path for path in root.rglob("*") if path.is_file() and path.resolve().is_relative_to(root))
    return {f"/{path.relative_to(root).as_posix()}" for path in inside}


def _filled(index: str, base_path: str) -> str:
    index = index.replace('<base href="/"', f'<base href="{base_path}/"')
    return re.sub(rf"JAEGER_({'|'.join(FILLED_IN)}) *= *DEFAULT_\1;", _fill, index)


def _fill(placeholder: re.Match[str]) -> str:
    return f"JAEGER_{placeholder[1]} = {_script_json(FILLED_IN[placeholder[1]])};"


def _script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")


def _policy(index: str) -> str:
    """Allow what the UI does: its inline scripts as they are, styles it injects, graphs laid out in WebAssembly."""
    scripts = _InlineScripts()
    scripts.feed(index)
    scripts.close()
    hashes = (f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts.texts)
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self' 'wasm-unsafe-eval'", *hashes)),
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "base-uri 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )


class _InlineScripts(HTMLParser):
    """Collects the texts of script elements without `src`."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the base class names it
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data

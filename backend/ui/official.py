"""An official build of Jaeger UI: its files, and its index.html for every page, as Jaeger itself serves them."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import re
import stat
from base64 import b64encode
from collections.abc import Sequence
from contextlib import ExitStack
from html.parser import HTMLParser
from http import HTTPStatus
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, Response, make_response, request, send_file
from werkzeug.exceptions import NotFound

from backend.ui.pages import HEADERS

INDEX = "/index.html"
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

    A file is looked for when it is asked for. What lies outside of the folder is not served, whatever leads there, and
    no name that begins with a dot.

    Args:
        folder: has an index.html.
        base_path: what the paths of its pages begin with in the browser.

    Raises:
        AssetsError: there is no index.html that can be read.
    """
    root = folder.resolve()
    try:
        file = _open(root, INDEX)
        if not file:
            raise AssetsError(f"{folder}: no index.html; name the folder of a built Jaeger UI")
        with TextIOWrapper(file, "utf-8-sig") as text:  # its line ends are \n, as in what the browser hashes
            index = _filled(text.read(), base_path)
    except (OSError, UnicodeDecodeError) as problem:
        raise AssetsError(f"{folder} cannot be read: {problem}") from problem
    headers = {**HEADERS, "Content-Security-Policy": _policy(index), "Cache-Control": "no-cache"}
    official = Blueprint("official", __name__)

    # Not a route for all paths: with one, the API's own faults would no longer be the API's.
    @official.before_app_request
    def answer() -> Response | None:
        if request.method not in {"GET", "HEAD"} or not isinstance(request.routing_exception, NotFound):
            return None
        if request.path != INDEX and (file := _open(root, request.path)):
            response = _sent(file, request.path)
        elif request.path.startswith(("/api/", "/static/")):
            return None
        else:
            response = make_response(index)
        response.headers.update(headers)
        return response

    return official


def _open(root: Path, path: str) -> BinaryIO | None:
    """The file at a path; None where there is none to be served."""
    names = path.split("/")[1:]
    if not all(map(_is_shown, names)):
        return None
    try:
        names = [*root.joinpath(*names).resolve(strict=True).relative_to(root).parts]
        return _open_within(root, names) if all(map(_is_shown, names)) else None
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle; ValueError: a NUL, or it is outside
        return None


def _is_shown(name: str) -> bool:
    return bool(name) and not name.startswith(".")


def _open_within(root: Path, names: Sequence[str]) -> BinaryIO | None:
    """Open name after name and follow no link: one may have been made since the path was resolved."""
    with ExitStack() as folders:
        opened = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for name in names:
            folders.callback(os.close, opened)
            # Nonblocking, for a pipe that nobody writes to.
            opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=opened)
    if stat.S_ISREG(os.fstat(opened).st_mode):
        return os.fdopen(opened, "rb")
    os.close(opened)
    return None


def _sent(file: BinaryIO, path: str) -> Response:
    facts = os.fstat(file.fileno())
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    etag = f"{facts.st_mtime_ns:x}-{facts.st_size:x}"
    response = send_file(file, kind, etag=etag, last_modified=facts.st_mtime)
    if response.status_code == HTTPStatus.OK:
        response.content_length = facts.st_size
    return response


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

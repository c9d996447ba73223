"""An official build of Jaeger UI: serves its files, and its index.html for every page, as Jaeger does."""

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
    # Without metrics the Monitor page is empty; only newer versions detect that themselves.
    "CONFIG": {"monitor": {"menuEnabled": False}},
    "VERSION": {"gitCommit": "", "gitVersion": "API of otel-python-playground", "buildDate": ""},
    "STORAGE_CAPABILITIES": CAPABILITIES,  # v1 and early v2
    "BACKEND_CAPABILITIES": CAPABILITIES,
}
"""Values for the placeholders in index.html: `JAEGER_CONFIG = DEFAULT_CONFIG;`, and so on."""


class AssetsError(Exception):
    """The folder does not hold a build of Jaeger UI; the message is one line for the user."""


def make_official(folder: Path, base_path: str = "") -> Blueprint:
    """Serve a build: its files, and index.html for any other path except the API's and those below `/static/`.

    Files are looked up per request. It never serves files outside the folder, not even through links, nor names that
    begin with a dot.

    Args:
        folder: contains index.html.
        base_path: prefix of its pages' paths in the browser.

    Raises:
        AssetsError: there is no readable index.html.
    """
    root = folder.resolve()
    try:
        file = _open(root, INDEX)
        if not file:
            raise AssetsError(f"{folder}: no index.html; name the folder of a built Jaeger UI")
        with TextIOWrapper(file, "utf-8-sig") as text:  # converts newlines to \n, as browsers do before hashing
            index = _filled(text.read(), base_path)
    except (OSError, UnicodeDecodeError) as problem:
        raise AssetsError(f"{folder} cannot be read: {problem}") from problem
    headers = {**HEADERS, "Content-Security-Policy": _policy(index), "Cache-Control": "no-cache"}
    official = Blueprint("official", __name__)

    # Not a catch-all route: it would replace the API's own error responses.
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
    """Open the file at a path; None if there is nothing to serve."""
    names = path.split("/")[1:]
    if not all(map(_is_shown, names)):
        return None
    try:
        names = [*root.joinpath(*names).resolve(strict=True).relative_to(root).parts]
        return _open_within(root, names) if all(map(_is_shown, names)) else None
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a link loop; ValueError: a NUL, or outside the folder
        return None


def _is_shown(name: str) -> bool:
    return bool(name) and not name.startswith(".")


def _open_within(root: Path, names: Sequence[str]) -> BinaryIO | None:
    """Open each path component without following links: one may have been created since the path was resolved."""
    with ExitStack() as folders:
        opened = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for name in names:
            folders.callback(os.close, opened)
            # Nonblocking, or a pipe without a writer would block.
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
    """JSON that cannot close its enclosing script element."""
    return json.dumps(value).replace("<", "\\u003c")


def _policy(index: str) -> str:
    """Allow what the UI needs: its inline scripts (by hash), injected styles, and WebAssembly for graph layout."""
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

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - named by the base class
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data

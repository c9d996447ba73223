"""The pages in front of another Jaeger: forwards their query API requests to it."""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import IO

import requests
from flask import Flask, Response, request
from urllib3.exceptions import HTTPError

from backend.ui.pages import make_pages
from backend.ui.timed import TimedAdapter
from backend.web.reply import MAX_BODY, answer, answer_faults, fault

MAX_ANSWER = 256 << 20
MEMORY_BYTES = 8 << 20
"""The rest of a larger response goes to a temporary file."""
CHUNK_BYTES = 64 << 10
CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
AT_ONCE = 16
"""Concurrent requests to that Jaeger; the other threads stay free for the pages, even if it hangs."""
RETRY_AFTER_SECONDS = 1
ASKED_WITH = "Accept", "Accept-Encoding", "If-None-Match", "Content-Type"
ANSWERED_WITH = "Content-Type", "Content-Encoding", "ETag", "Vary"


class JaegerError(Exception):
    """There is no response to forward; the message is one line."""


def create_app(query_url: str) -> Flask:
    """Create the app that serves the pages and forwards `GET /api/…` and `POST /api/transform` to `query_url`.

    It does not check the `Host` header; the server does.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_blueprint(make_pages(embedded=False))
    jaeger = Jaeger(query_url)
    free = threading.BoundedSemaphore(AT_ONCE)

    def forward(path: str = "") -> Response:
        # Forward the raw path: %2F is part of a name, / is not.
        target: str = request.environ["REQUEST_URI"].removeprefix(request.script_root)
        if not target.startswith("/api/") or any(part in {".", ".."} for part in path.split("/")):
            return fault(f"{request.path}: Not Found", 404)  # might escape the API
        if not free.acquire(blocking=False):
            response = fault(f"{query_url} has not answered {AT_ONCE} questions yet; try again", 503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        try:
            return jaeger.answer(target)
        except JaegerError as problem:
            return fault(str(problem), 502)
        finally:
            free.release()

    answer(app, {"/api/<path:path>": forward})
    answer(app, {"/api/transform": forward}, "POST")
    answer_faults(app)
    return app


class Jaeger:
    """A remote query API; thread-safe.

    Args:
        url: without `/api`.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._via = f"1.1 {secrets.token_hex(8)}"
        self._session = _Session()

    def answer(self, target: str) -> Response:
        """Forward the current request and return the response.

        Args:
            target: path and query.

        Raises:
            JaegerError: no response, a timeout, a response that is too large, or a redirect.
        """
        via = request.headers.get("Via", "")
        if self._via in via:
            raise JaegerError(f"{self._url} leads back to this program; name a Jaeger with --query-url")
        headers = {name: request.headers[name] for name in ASKED_WITH if name in request.headers}
        headers["Via"] = f"{via}, {self._via}".lstrip(", ")
        posted = request.get_data() if request.method == "POST" else None
        try:
            with self._session.request(
                "GET" if posted is None else "POST",
                self._url + target,
                headers=headers,
                data=posted,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                stream=True,
            ) as answer:
                return self._passed_on(answer)
        except (OSError, HTTPError) as problem:  # requests' errors are OSErrors
            raise JaegerError(f"no answer from {self._url}: {_reason(problem)}") from problem

    def _passed_on(self, answer: requests.Response) -> Response:
        if answer.is_redirect:
            raise JaegerError(f"{self._url} redirects to {answer.headers['Location']!r}; name that with --query-url")
        body = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - the response closes it
        try:
            self._copy(answer, body)
            size = body.tell()
            body.seek(0)
        except BaseException:
            body.close()
            raise
        response = Response(_chunks(body), answer.status_code)
        response.call_on_close(body.close)
        del response.headers["Content-Type"]
        response.headers.update({name: answer.headers[name] for name in ANSWERED_WITH if name in answer.headers})
        response.content_length = size
        return response

    def _copy(self, answer: requests.Response, body: IO[bytes]) -> None:
        # Forward the bytes as received, still compressed.
        while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=False):
            body.write(chunk)
            if body.tell() > MAX_ANSWER:
                raise JaegerError(f"{self._url} answers with more than {MAX_ANSWER >> 20} MiB; ask for less")


class _Session(requests.Session):
    """Reuses connections; stores no cookies or credentials and follows no redirects."""

    def __init__(self) -> None:
        super().__init__()
        self.headers.clear()
        self.auth = lambda prepared: prepared  # or requests would use ~/.netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self.mount(scheme, TimedAdapter(ANSWER_SECONDS, pool_maxsize=AT_ONCE))

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - named by the base class
        return None


def _reason(problem: BaseException) -> str:
    """The root cause, from the system or the lowest library; one line."""
    while cause := problem.__cause__ or problem.__context__:
        problem = cause
    return " ".join((getattr(problem, "strerror", None) or str(problem) or type(problem).__name__).split())


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    while chunk := body.read(CHUNK_BYTES):
        yield chunk

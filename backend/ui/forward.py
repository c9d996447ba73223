"""The pages in front of another Jaeger: what they ask of the query API is asked of that one."""

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
"""What an answer has more is kept in a file meanwhile."""
CHUNK_BYTES = 64 << 10
CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
AT_ONCE = 16
"""Questions to that Jaeger; the other threads are for the pages, which come whatever it does."""
RETRY_AFTER_SECONDS = 1
ASKED_WITH = "Accept", "Accept-Encoding", "If-None-Match", "Content-Type"
ANSWERED_WITH = "Content-Type", "Content-Encoding", "ETag", "Vary"


class JaegerError(Exception):
    """There is no answer to pass on; the message is one line."""


def create_app(query_url: str) -> Flask:
    """Make the app that serves the pages and asks `query_url` for `GET /api/…` and `POST /api/transform`.

    It does not look at the `Host` header: whoever serves it wraps it for that.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_blueprint(make_pages(embedded=False))
    jaeger = Jaeger(query_url)
    free = threading.BoundedSemaphore(AT_ONCE)

    def forward(path: str = "") -> Response:
        # As it was asked for: a %2F is a part of a name, a / is not.
        target: str = request.environ["REQUEST_URI"].removeprefix(request.script_root)
        if not target.startswith("/api/") or any(part in {".", ".."} for part in path.split("/")):
            return fault(f"{request.path}: Not Found", 404)  # it might lead out of the API
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
    """The query API at an address; many threads may ask it at once.

    Args:
        url: without the `/api`.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._via = f"1.1 {secrets.token_hex(8)}"
        self._session = _Session()

    def answer(self, target: str) -> Response:
        """What it answers to the present request.

        Args:
            target: path and query.

        Raises:
            JaegerError: nothing, not in time, too much, or a redirect.
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
        except (OSError, HTTPError) as problem:  # what requests raises is an OSError
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
        # As it came, be it compressed.
        while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=False):
            body.write(chunk)
            if body.tell() > MAX_ANSWER:
                raise JaegerError(f"{self._url} answers with more than {MAX_ANSWER >> 20} MiB; ask for less")


class _Session(requests.Session):
    """Keeps connections, and neither cookies nor credentials; follows no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.headers.clear()
        self.auth = lambda prepared: prepared  # without one, requests looks for one in ~/.netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self.mount(scheme, TimedAdapter(ANSWER_SECONDS, pool_maxsize=AT_ONCE))

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - the base class names it
        return None


def _reason(problem: BaseException) -> str:
    """What the system, or the library next to it, said first; one line."""
    while cause := problem.__cause__ or problem.__context__:
        problem = cause
    return " ".join((getattr(problem, "strerror", None) or str(problem) or type(problem).__name__).split())


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    while chunk := body.read(CHUNK_BYTES):
        yield chunk

"""The guard: who may ask.

Against DNS rebinding, where a page on the web has its own name point to this machine, and pages of other origins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Request

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def guarded(app: WSGIApplication, host: str) -> WSGIApplication:
    """The app for those who may ask it: on a loopback address, only requests whose `Host` names it as such."""
    return loopback_only(app) if host in LOOPBACK_HOSTS else app


def loopback_only(app: WSGIApplication) -> WSGIApplication:
    """The same app, answering 403 to a request whose `Host` is not a name of this machine."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_loopback(environ.get("HTTP_HOST", "")):
            return app(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Host is not a loopback name\n"]

    return guarded


def is_loopback(host: str) -> bool:
    """Whether a `Host` header, with or without a port, is localhost, a name under it, 127.0.0.1 or [::1]."""
    name, colon, port = host.lower().rpartition(":")
    if not colon or port.endswith("]"):
        name = host.lower()
    elif port and not (port.isascii() and port.isdigit()):
        return False
    return name in LOOPBACK_NAMES or name.endswith(".localhost")


def is_of_other_origin(request: Request) -> bool:
    """Whether the request is more than reading, which is for everybody, and comes from a page of another origin."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site not in {"same-origin", "none"} or (origin is not None and urlsplit(origin).netloc != request.host)

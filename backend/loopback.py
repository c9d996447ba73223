"""Loopback names only: the answer to DNS rebinding, where a page on the web has its own name point to this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


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

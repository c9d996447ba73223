"""The guard: who may send requests.

It blocks DNS rebinding, where a website points its own name at this machine: `Host` must be an IP address, which cannot
be rebound, or a name of this machine. It also blocks pages of other sites.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from flask import Request

# Besides its own name. Containers reach their host by the last two.
NAMES = frozenset({"localhost", "host.docker.internal", "host.containers.internal"})
SHOWN = 80


def guard(allowed: Iterable[str] = ()) -> Callable[[WSGIEnvironment], str | None]:
    """Return a function that checks a request's headers: it returns the reason to reject it, or None to accept it.

    Args:
        allowed: additional names of this machine, from --allow-host.
    """
    names = NAMES | {socket.gethostname().lower()} | {name.lower().rstrip(".") for name in allowed}

    def refuse(environ: WSGIEnvironment) -> str | None:
        host = environ.get("HTTP_HOST", "")
        if not is_this_machine(host, names):
            shown = host[:SHOWN].encode("ascii", "replace").decode()
            return f"Host {shown!r} is not a known name of this machine; if it is one, start with --allow-host NAME"
        if "/api/" in environ["PATH_INFO"] and environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
            return "the API is not for pages of other sites"
        return None

    return refuse


def is_this_machine(host: str, names: Iterable[str] = NAMES) -> bool:
    """Whether a `Host` header, with or without port, is an IP address, one of the names, or ends with .localhost."""
    name, colon, port = host.lower().rpartition(":")
    if not colon or port.endswith("]"):
        name = host.lower()
    elif port and not (port.isascii() and port.isdigit()):
        return False
    name = name.removesuffix(".")
    return name in names or name.endswith(".localhost") or is_ip(name)


def is_ip(name: str) -> bool:
    with suppress(ValueError):
        if name.startswith("[") and name.endswith("]"):
            ipaddress.IPv6Address(name[1:-1])
        else:
            ipaddress.IPv4Address(name)
        return True
    return False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the listening address."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower().removesuffix(".") == "localhost"


def is_of_other_origin(request: Request) -> bool:
    """Whether it is a write request from a page of another origin. Any origin may send read requests."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site not in {"same-origin", "none"} or (origin is not None and _host_of(origin) != request.host)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # incomplete IPv6 address
        return None

"""The guard: who may ask.

Against DNS rebinding, where a page on the web has its own name point to this machine: an address in digits cannot be
such a name, and a name has to be this machine's. And against pages of other sites.
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

# Besides its own name; containers reach the machine that they run on by the last two.
NAMES = frozenset({"localhost", "host.docker.internal", "host.containers.internal"})
SHOWN = 80


def guard(allowed: Iterable[str] = ()) -> Callable[[WSGIEnvironment], str | None]:
    """A function that says of a request's head why it is not answered; None where it is.

    Args:
        allowed: further names that this machine is reached by, as with --allow-host.
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
    """Whether a `Host` header, with or without a port, is an IP address, one of the names, or ends with .localhost."""
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
    """Whether an address to listen on is one that only this machine reaches."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower().removesuffix(".") == "localhost"


def is_of_other_origin(request: Request) -> bool:
    """Whether the request is more than reading, which is for everybody, and comes from a page of another origin."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site not in {"same-origin", "none"} or (origin is not None and _host_of(origin) != request.host)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # half an IPv6 address
        return None

"""Listening: sockets on all addresses of a name of this machine, with the same port.

`localhost` is both 127.0.0.1 and ::1. If we listened on only one, any local user could take the other, and most clients
try ::1 first.
"""

from __future__ import annotations

import errno
import os
import socket
from contextlib import ExitStack, suppress

LOCALHOST = "localhost"
LOOPBACKS = "127.0.0.1", "::1"
CONNECTIONS = 1_000
TRIES = 20
"""Attempts to find a port that is free on all addresses."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Open a listening socket for each address; port 0 picks a free one.

    Raises:
        OSError: listening failed; `filename` is the address.
    """
    addresses = addresses_of(host)
    for _ in range(TRIES if port == 0 else 0):
        with suppress(OSError):
            return _listen(addresses, port)
    return _listen(addresses, port)


def probe(host: str, port: int) -> None:
    """Raise the error that `listen` would raise, if any."""
    for one in listen(host, port):
        one.close()


def addresses_of(host: str) -> list[str]:
    """The addresses to listen on for a host: an address, a name, or `localhost` for the loopbacks that exist.

    Raises:
        OSError: the name is unknown.
    """
    if host == LOCALHOST:
        return [address for address in LOOPBACKS if _is_there(address)]
    return [str(socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][4][0])]


def _is_there(address: str) -> bool:
    try:
        _open(address, 0).close()
    except OSError as problem:
        return problem.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True


def _listen(addresses: list[str], port: int) -> list[socket.socket]:
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        for address in addresses:
            sockets.append(opened.enter_context(_open(address, port)))
            port = sockets[0].getsockname()[1]
        opened.pop_all()
    return sockets


def _open(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=CONNECTIONS)
    except OSError as problem:
        number = problem.errno or 0
        raise OSError(number, os.strerror(number), address) from problem

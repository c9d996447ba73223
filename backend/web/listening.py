"""Listening: sockets on all the addresses that a name of this machine stands for, with one port.

`localhost` is both 127.0.0.1 and ::1. A program that listened on one of them alone would leave the other to any user of
the machine, and most clients try ::1 first.
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
"""To find a port that is free on all addresses."""


def listen(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address; port 0 takes a free one.

    Raises:
        OSError: an address cannot be listened on; it is the error's `filename`.
    """
    addresses = addresses_of(host)
    for _ in range(TRIES if port == 0 else 0):
        with suppress(OSError):
            return _listen(addresses, port)
    return _listen(addresses, port)


def probe(host: str, port: int) -> None:
    """Raise what `listen` would."""
    for one in listen(host, port):
        one.close()


def addresses_of(host: str) -> list[str]:
    """Where to listen for a host: an address, a name, or `localhost` for both loopbacks, as far as there are both.

    Raises:
        OSError: nobody knows the name.
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

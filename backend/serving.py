"""What the programs that serve share: their address, the faults of a port, and the signals that stop them."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.loopback import loopback_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed.wsgi import WSGIApplication

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# A stop may take 5 s.
STOP_SECONDS = 4.7
# Of the pages: those that wait for news are let go first.
PAGES_DRAIN_SECONDS = 0.5
# Of the query API and the pages; a page that waits for news holds one.
QUERY_THREADS = 32
# Of a request of the query API; beyond 64 MiB the API itself refuses.
MAX_UPLOAD_BYTES = 65 << 20


class ListenError(Exception):
    """An address cannot be listened on; the message is one line for the person who gave it."""


def prepare() -> None:
    """Let signals wait for `wait_for_signal`; called before any thread starts, so that all inherit it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("waitress").setLevel(logging.ERROR)


def wait_for_signal() -> None:
    """Return when the program is to stop, and end the process where it has not within its time.

    That is where the disk holds up the last commit; what is not committed was not acknowledged.
    """
    signal.sigwait(SIGNALS)
    watch = threading.Timer(STOP_SECONDS, os._exit, (1,))
    watch.daemon = True
    watch.start()


def to_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) in range(65_536)):
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 65535")
    return int(text)


@contextmanager
def port_problems(host: str, port: int, flag: str) -> Iterator[None]:
    """Tell what keeps a port from being listened on.

    Raises:
        ListenError: instead of the system's OSError.
    """
    try:
        yield
    except socket.gaierror as problem:
        raise ListenError(f"--host {host}: {problem.strerror}") from problem
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise ListenError(f"cannot listen on {host} port {port}: {reason}; choose another with {flag}") from problem


def guarded(app: WSGIApplication, host: str) -> WSGIApplication:
    """The app for those who may ask it: on a loopback address only what names it as such."""
    return loopback_only(app) if host in LOOPBACK_HOSTS else app


def name_of(host: str) -> str:
    """How to write the host in an address for people."""
    return "localhost" if host in LOOPBACK_HOSTS else f"[{host}]" if ":" in host else host

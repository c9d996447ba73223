"""Addresses: local ones to listen on, remote ones to query."""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from backend.web.guard import is_loopback


class ListenError(Exception):
    """The program cannot listen on an address; the message is one line for the user."""


def to_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) in range(65_536)):
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 65535")
    return int(text)


def to_port_or_off(text: str) -> int | str:
    return text if text == "off" else to_port(text)


@contextmanager
def port_problems(host: str, port: int, flag: str) -> Iterator[None]:
    """Explain why the program cannot listen on a port.

    Raises:
        ListenError: replaces the system's OSError.
    """
    try:
        yield
    except (socket.gaierror, UnicodeError) as problem:
        raise ListenError(f"--host {host}: {getattr(problem, 'strerror', 'no name of a host')}") from problem
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        at = problem.filename or host
        raise ListenError(f"cannot listen on {at} port {port}: {reason}; choose another with {flag}") from problem


def name_of(host: str) -> str:
    """Format the host for display in a URL."""
    return "localhost" if is_loopback(host) else f"[{host}]" if ":" in host else host


def http_address(text: str) -> str:
    """Check that it is an HTTP URL without query, fragment or credentials."""
    try:
        url = urlsplit(text)
        whole = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:  # invalid port, or incomplete IPv6 address
        whole = False
    if not whole:
        raise argparse.ArgumentTypeError(f"{text} is not an http:// or https:// address")
    if url.username is not None or url.query or url.fragment:
        raise argparse.ArgumentTypeError("an address without name, password, query and fragment is needed")
    return text

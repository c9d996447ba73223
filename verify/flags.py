"""Shared by both programs of this package: common flags, and a quiet exit at Ctrl-C or a closed pipe."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def make_parser(program: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program, usage=argparse.SUPPRESS, description=description)
    parser.add_argument("--url", default="http://localhost:8080/", help="the server (default: %(default)s)")
    parser.add_argument("--query-url", default="http://localhost:16686", help="Jaeger (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for the spans (default: 10)")
    return parser


@contextmanager
def quiet_without_reader() -> Iterator[None]:
    """Exit without a traceback at Ctrl-C, and when the reader has gone: `make verify | head -1`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
    except KeyboardInterrupt:
        print()
        sys.exit(130)


def silence() -> None:
    """Discard stdout from now on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

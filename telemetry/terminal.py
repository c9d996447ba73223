"""The terminal: what is printed where it does not know a character. Every program's standard output is set up here."""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper

PLAIN = {
    "✓": "+",
    "✗": "x",
    "├": "|",
    "└": "`",
    "│": "|",
    "─": "-",
    "…": "...",
    "µ": "u",
    "\N{REPLACEMENT CHARACTER}": "?",
}


def prepare_output() -> None:
    """Print plain characters in the place of those that the terminal's encoding does not have, and no traceback."""
    codecs.register_error("plain", _plain)
    if isinstance(sys.stdout, TextIOWrapper):  # not where it is closed, or a test's
        sys.stdout.reconfigure(errors="plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end

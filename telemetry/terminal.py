"""The terminal: plain substitutes for characters that its encoding lacks. Every program sets up its stdout here."""

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
    """Substitute characters that the terminal's encoding lacks, instead of failing with a traceback."""
    codecs.register_error("plain", _plain)
    if isinstance(sys.stdout, TextIOWrapper):  # not if it is closed, or replaced by a test
        sys.stdout.reconfigure(errors="plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end

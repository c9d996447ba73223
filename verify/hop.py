"""A hop: one check on a span's way, reported in one line."""

from __future__ import annotations

import time
from collections.abc import Callable

from verify.tree import printable


class HopError(Exception):
    """A failed hop: what was seen, and what to do about it."""

    def __init__(self, seen: str, advice: str) -> None:
        super().__init__(seen)
        self.advice = advice


def check(hop: str, holds: Callable[[], None], *, after: bool = True) -> bool:
    """Check one hop and print the result; `after` says whether the hops it depends on passed."""
    if not after:
        print(f"✗ {hop}: not tried, see above")
        return False
    started = time.perf_counter()
    try:
        holds()
    except HopError as error:
        print(f"✗ {hop}: {printable(str(error))} ({milliseconds_since(started)}) - {error.advice}", flush=True)
        return False
    print(f"✓ {hop} ({milliseconds_since(started)})", flush=True)
    return True


def milliseconds_since(started: float) -> str:
    return f"{(time.perf_counter() - started) * 1000:.0f} ms"

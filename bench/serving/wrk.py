"""wrk: the load generator. It must be installed; Debian and Ubuntu have it as a package."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_suffix(".lua")
# After the load each connection waits so long with an unfinished request; servers close it after 5 s.
HOLD_SECONDS = 2
MICROS = 1e-6


@dataclass(frozen=True)
class Burst:
    """What came of a load; times in seconds."""

    answered: int
    seconds: float
    p50: float
    p99: float
    p999: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.answered / self.seconds


def problem() -> str | None:
    """What keeps it from being run, in one line; None if nothing does."""
    return None if shutil.which("wrk") else "wrk is missing; on Debian and Ubuntu: apt install wrk"


def burst(url: str, seconds: float, connections: int) -> Burst:
    """Ask without a pause on so many connections; each request that is sent is answered when this returns.

    Raises:
        RuntimeError: a request failed, or was not answered in time.
    """
    length = ("--duration", f"{math.ceil(seconds) + HOLD_SECONDS}s", "--timeout", "10s")
    command = ["wrk", "--threads", "1", "--connections", str(connections), *length, "--script", str(SCRIPT), url]
    done = subprocess.run([*command, "--", str(seconds)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines or not lines[-1].startswith("{"):
        raise RuntimeError(f"wrk: {done.stderr or done.stdout}")
    found: dict[str, Any] = json.loads(lines[-1])
    if found["errors"] or found["connections"] != connections:
        raise RuntimeError(
            f"wrk: {found['errors']} errors, {found['connections']} of {connections} connections ended well"
        )
    return Burst(
        found["answered"],
        found["seconds"],
        found["p50"] * MICROS,
        found["p99"] * MICROS,
        found["p999"] * MICROS,
    )

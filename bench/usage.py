"""Usage: processor time and memory of a program, of all the processes that it started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.children import Child

# In /proc/PID/stat, counted from the state, which follows the name in brackets: session, utime, stime, cutime, cstime.
SESSION = 3
TIMES = slice(11, 15)
PAGES = 21


def cpu_seconds(child: Child) -> float:
    """Processor time so far, in user and system mode, with that of processes that ended."""
    ticks = sum(sum(map(int, fields[TIMES])) for fields in _processes(child))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_bytes(child: Child) -> int:
    """Memory that is in RAM, summed over the processes: what they share counts for each."""
    return sum(int(fields[PAGES]) for fields in _processes(child)) * os.sysconf("SC_PAGE_SIZE")


def _processes(child: Child) -> Iterator[list[str]]:
    """A child has a session of its own, which its processes share."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = (process / "stat").read_text().rpartition(") ")[2].split()
                if int(fields[SESSION]) == child.pid:
                    yield fields

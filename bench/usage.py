"""Usage: processor time and memory of a program, including all its child processes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.children import Child

# Fields of /proc/PID/stat, counted from the state, which follows the name in parentheses: session, utime, stime,
# cutime, cstime.
SESSION = 3
TIMES = slice(11, 15)
PAGES = 21


def cpu_seconds(child: Child) -> float:
    """Processor time so far, user plus system, including exited processes."""
    ticks = sum(sum(map(int, fields[TIMES])) for fields in _processes(child))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_bytes(child: Child) -> int:
    """Resident memory, summed over the processes; shared memory counts for each."""
    return sum(int(fields[PAGES]) for fields in _processes(child)) * os.sysconf("SC_PAGE_SIZE")


def _processes(child: Child) -> Iterator[list[str]]:
    """The processes of a child: it has its own session, which they share."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = (process / "stat").read_text().rpartition(") ")[2].split()
                if int(fields[SESSION]) == child.pid:
                    yield fields

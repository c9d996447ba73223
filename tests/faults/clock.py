"""An adjustable wall clock for the programs under test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.realstack.needs import needs

SOURCE = Path(__file__).with_suffix(".c")


class Clock:
    """Programs started with its `environment` see the system time, shifted immediately by each `set`."""

    def __init__(self, folder: Path) -> None:
        needs(None if shutil.which("cc") else "no C compiler; on Debian and Ubuntu: apt install gcc libc6-dev")
        library = folder / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        self._shift = folder / "clock.shift"
        self.set(0)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self._shift)}

    def set(self, seconds: int) -> None:
        """Shift the clock from the system time by that many seconds."""
        with self._shift.open("r+b" if self._shift.exists() else "wb") as file:  # in place: the programs mmap the file
            file.write(seconds.to_bytes(8, "little", signed=True))

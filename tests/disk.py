"""A small disk for one test."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.realstack.needs import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Create `folder` and mount a file system of `size` bytes there."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    refused = subprocess.run(mount, capture_output=True, check=False).returncode
    needs("only root may mount a small disk" if refused else None)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)

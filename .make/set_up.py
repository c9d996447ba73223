"""Make or renew the Makefile's virtual environment: `python set_up.py DIRECTORY LOCK [LOCK]`.

One run at a time; the others wait for it. What was installed from which lock by which Python is written down last, so a
run that was killed is done again. pip downloads all packages before it changes any: without network the old ones stay.
"""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends it at once, without a traceback; before what takes long to import

# ruff: noqa: E402
import fcntl
import hashlib
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = sys.implementation.cache_tag  # such as cpython-311: of another one the packages are not found
LINES = 15  # of pip's, where it fails
STEP = 10  # packages between two lines, where there is no terminal


def main(directory: Path, locks: list[Path]) -> None:
    stamps = [(lock, directory / f"installed-{number}", _digest(lock)) for number, lock in enumerate(locks)]
    if all(_is(stamp, digest) for _, stamp, digest in stamps) and (directory / "bin" / "python").exists():
        return
    with _turn(directory):
        made_by = directory / "python"
        if not (_is(made_by, PYTHON) and (directory / "bin" / "python").exists()):
            _say(f"Setting up {directory} (only the first time)")
            venv.create(directory, clear=True, with_pip=True)
            made_by.write_text(PYTHON, "utf-8")
        for lock, stamp, digest in stamps:
            if not _is(stamp, digest):
                stamp.unlink(missing_ok=True)
                _install(directory, lock)
                stamp.write_text(digest, "utf-8")


def _digest(lock: Path) -> str:
    return f"{PYTHON} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def _is(file: Path, text: str) -> bool:
    try:
        return file.read_text("utf-8") == text
    except OSError:
        return False


@contextmanager
def _turn(directory: Path) -> Iterator[None]:
    with Path(f"{directory}.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"Waiting for another make that sets up {directory}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(directory: Path, lock: Path) -> None:
    python = directory / "bin" / "python"
    lines: list[str] = []
    done = 0
    with subprocess.Popen(
        [python, "-m", "pip", "install", "--require-hashes", "--progress-bar", "off", "-r", lock],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
    ) as pip:  # fmt: skip
        for line in pip.stdout or ():
            lines.append(line)
            if line.startswith("Collecting "):
                done += 1
                _progress(done, line.split()[1].partition("=")[0])
            elif line.startswith("Installing "):
                _progress(done, "installing them")
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if pip.returncode:
        sys.exit("".join(lines[-LINES:]) + f"\nThe packages of {lock} cannot be installed, see above; run make again.")


def _progress(packages: int, what: str) -> None:
    text = f"  {packages} packages, {what}"
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif packages % STEP == 0:
        _say(text)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(lock) for lock in sys.argv[2:]])

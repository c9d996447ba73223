"""The real Collector and the real Jaeger, built from their Go modules; `python -m tests.realstack.build` says where."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SOURCES = ("go.mod", "go.sum", "main.go")
PACKAGES = {"otelcol": ".", "jaeger": "github.com/jaegertracing/jaeger/cmd/jaeger"}
# Without the version control's state, which would make a different binary of each commit.
GO_BUILD = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w"]
LAST_LINES = 15


class BuildError(Exception):
    """Go could not build; the message holds the last lines it printed."""


@dataclass(frozen=True)
class Binaries:
    collector: Path
    jaeger: Path


def go_problem() -> str | None:
    """What keeps the binaries from being built, in one line; None if nothing does."""
    if shutil.which("go"):
        return None
    return "Go is missing; install 1.26 or newer: https://go.dev/doc/install"


def build() -> Binaries:
    """Return the binaries, built the first time and kept in the user's cache after that.

    Raises:
        BuildError: Go could not build them.
    """
    folder = cache() / fingerprint()
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        missing = [name for name in PACKAGES if not (folder / name).exists()]
        if missing:
            print("building the real Collector and Jaeger, 4 minutes the first time", file=sys.stderr, flush=True)
        for name in missing:
            go_build(name, folder / name)
    return Binaries(folder / "otelcol", folder / "jaeger")


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "otel-python-playground"


def fingerprint() -> str:
    """A name that changes with whatever goes into the binaries."""
    digest = hashlib.sha256(subprocess.run(["go", "version"], check=True, capture_output=True).stdout)
    digest.update(repr((GO_BUILD, PACKAGES)).encode())
    for path in (HERE / name / source for name in PACKAGES for source in SOURCES):
        if path.exists():  # Jaeger needs no main.go, its module holds one
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one test run build while another waits for what it makes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def go_build(name: str, binary: Path) -> None:
    unfinished = binary.with_suffix(".unfinished")
    done = subprocess.run(
        [*GO_BUILD, "-o", unfinished, PACKAGES[name]],
        cwd=HERE / name,
        env={**os.environ, "CGO_ENABLED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last_lines = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise BuildError(f"go could not build {name}:\n{last_lines}")
    unfinished.rename(binary)


def main() -> None:
    if problem := go_problem():
        sys.exit(problem)
    try:
        binaries = build()
    except BuildError as error:
        sys.exit(str(error))
    print(binaries.collector, binaries.jaeger, sep="\n")


if __name__ == "__main__":
    main()

"""The real Collector and Jaeger, built from their Go modules; `python -m tests.realstack.build` prints their paths."""

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
    from collections.abc import Callable, Iterable, Iterator, Sequence

HERE = Path(__file__).parent
SOURCES = ("go.mod", "go.sum", "today.mod", "today.sum", "main.go")
PACKAGES = {"otelcol": ".", "jaeger": "github.com/jaegertracing/jaeger/cmd/jaeger"}
# deploy/scale's Collector. Separate, because only the scale tests need it: it includes Kafka and Kubernetes clients.
GATEWAY = {"gateway": "."}
# The article's programs, with their original packages and with current ones.
ARTICLE = {"article": "."}
# Without version control information, which would change the binary with each commit.
GO_BUILD = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w"]
LAST_LINES = 15


class BuildError(Exception):
    """A tool failed to build or fetch; the message has its last lines of output."""


@dataclass(frozen=True)
class Binaries:
    collector: Path
    jaeger: Path


@dataclass(frozen=True)
class Article:
    """The article's programs, with their original packages and with current ones."""

    then: Path
    today: Path


def go_problem() -> str | None:
    """Why the binaries cannot be built, in one line; None if they can."""
    if shutil.which("go"):
        return None
    return "Go is missing; install 1.26 or newer: https://go.dev/doc/install"


def build() -> Binaries:
    """Return the binaries; built on first use, then kept in the user's cache.

    Raises:
        BuildError: Go could not build them.
    """
    folder = built(PACKAGES, "building the real Collector and Jaeger, 4 minutes the first time")
    return Binaries(folder / "otelcol", folder / "jaeger")


def build_gateway() -> Path:
    """Return the Collector of deploy/scale; built and cached likewise.

    Raises:
        BuildError: Go could not build it.
    """
    return built(GATEWAY, "building the Collector of deploy/scale, 3 minutes the first time") / "gateway"


def build_article() -> Article:
    """Return the article's programs; built and cached likewise.

    Raises:
        BuildError: Go could not build them.
    """

    def make(name: str, binary: Path) -> None:
        go_build("article", ".", binary, f"-modfile={'go' if name == 'then' else name}.mod")

    folder = kept(
        fingerprint(ARTICLE), ("then", "today"), make, "building the article's programs, 2 minutes the first time"
    )
    return Article(folder / "then", folder / "today")


def built(packages: dict[str, str], announcement: str) -> Path:
    """The folder of the binaries; prints the announcement only if something has to be built."""
    return kept(
        fingerprint(packages), packages, lambda name, binary: go_build(name, packages[name], binary), announcement
    )


def kept(name: str, parts: Iterable[str], make: Callable[[str, Path], None], announcement: str) -> Path:
    """A folder in the user's cache with all its parts; creates missing ones, in one test run at a time.

    Args:
        make: called with a part's name and its final path.
        announcement: printed if something has to be created.
    """
    folder = cache() / name
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        missing = [part for part in parts if not (folder / part).exists()]
        if missing:
            print(announcement, file=sys.stderr, flush=True)
        for part in missing:
            make(part, folder / part)
    return folder


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "otel-python-playground"


def fingerprint(packages: dict[str, str]) -> str:
    """A name that changes with every input of the binaries."""
    digest = hashlib.sha256(subprocess.run(["go", "version"], check=True, capture_output=True).stdout)
    digest.update(repr((GO_BUILD, packages)).encode())
    for path in (HERE / name / source for name in packages for source in SOURCES):
        if path.exists():  # Jaeger needs no main.go, its module has one
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one test run build while others wait for the result."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def go_build(name: str, package: str, binary: Path, *flags: str) -> None:
    unfinished = binary.with_suffix(".unfinished")
    run_tool([*GO_BUILD, *flags, "-o", unfinished, package], f"build {name}", cwd=HERE / name, CGO_ENABLED="0")
    unfinished.rename(binary)


def run_tool(command: Sequence[str | Path], what: str, *, cwd: Path | None = None, **environment: str) -> None:
    """Run a tool to its end, silently.

    Raises:
        BuildError: the tool failed.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last_lines = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise BuildError(f"{command[0]} could not {what}:\n{last_lines}")


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

"""Kafka and Cassandra as jars, fetched by Maven into the user's cache; `python -m tests.scale.jars` prints where."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.realstack.build import BuildError, kept, run_tool

HERE = Path(__file__).parent
NAMES = ("kafka", "cassandra")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
JAVA = 17
INSTALL = "on Debian and Ubuntu: apt install openjdk-17-jre-headless maven"


@dataclass(frozen=True)
class Jars:
    """One folder of jars per program."""

    kafka: Path
    cassandra: Path


def java_problem() -> str | None:
    """Why Kafka and Cassandra cannot run, in one line; None if they can."""
    missing = [program for program in ("java", "mvn") if not shutil.which(program)]
    if missing:
        return f"{' and '.join(missing)} missing; {INSTALL}"
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    # Cassandra 5.0 refuses to start on any other version except 11.
    if not found or int(found[1]) != JAVA:
        return f"Java {found[1] if found else '(unknown)'} is not Java {JAVA}; {INSTALL}"
    return None


def fetch() -> Jars:
    """Return the jars; fetched on first use (half a minute), then kept in the user's cache.

    Raises:
        BuildError: Maven failed.
    """
    folder = kept(fingerprint(), NAMES, copy, "fetching Kafka and Cassandra, half a minute the first time")
    return Jars(folder / "kafka", folder / "cassandra")


def fingerprint() -> str:
    """A name that changes with the versions."""
    digest = hashlib.sha256(COPY.encode())
    for name in NAMES:
        digest.update((HERE / f"{name}.xml").read_bytes())
    return f"jars-{digest.hexdigest()[:16]}"


def copy(name: str, folder: Path) -> None:
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    pom = HERE / f"{name}.xml"
    options = (f"-DoutputDirectory={unfinished}", "-DincludeScope=runtime")
    run_tool(["mvn", "-q", "-B", "-ntp", "-f", pom, COPY, *options], f"fetch {name}")
    unfinished.rename(folder)


def main() -> None:
    if problem := java_problem():
        sys.exit(problem)
    try:
        jars = fetch()
    except BuildError as error:
        sys.exit(str(error))
    print(jars.kafka, jars.cassandra, sep="\n")


if __name__ == "__main__":
    main()

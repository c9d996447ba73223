"""What the tiers are run from: the Collector and Jaeger, built with Go, and the jars of Kafka and Cassandra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.realstack.build import build, build_gateway, go_problem
from tests.scale.jars import fetch, java_problem

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scale.jars import Jars


@dataclass(frozen=True)
class Programs:
    collector: Path
    jaeger: Path
    jars: Jars


def problem() -> str | None:
    """What keeps the tiers from being run, in one line; None if nothing does."""
    return go_problem() or java_problem()


def programs() -> Programs:
    """Return them, built and fetched the first time and kept in the user's cache after that.

    Raises:
        BuildError: Go could not build one, or Maven not fetch one.
    """
    return Programs(build_gateway(), build().jaeger, fetch())

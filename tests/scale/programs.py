"""The programs of the tiers: the Collector and Jaeger, built with Go, and the jars of Kafka and Cassandra."""

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
    """Why the tiers cannot run, in one line; None if they can."""
    return go_problem() or java_problem()


def programs() -> Programs:
    """Return the programs; built and fetched on first use, then kept in the user's cache.

    Raises:
        BuildError: Go failed to build one, or Maven to fetch one.
    """
    return Programs(build_gateway(), build().jaeger, fetch())

"""What a test needs from the machine: skipped where it is missing, except in CI, where nothing may be missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.realstack.build import build, go_problem

if TYPE_CHECKING:
    from tests.realstack.build import Binaries


def needs(problem: str | None) -> None:
    """Skip the test because of `problem`, or fail it in CI; None lets it run."""
    if problem is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(problem, pytrace=False)
    pytest.skip(problem)


def needs_binaries(config: pytest.Config) -> Binaries:
    """Build the real Collector and Jaeger, and let what the build says be seen while it takes its minutes."""
    needs(go_problem())
    capture = config.pluginmanager.get_plugin("capturemanager")
    assert capture
    with capture.global_and_fixture_disabled():
        return build()

"""Requirements of tests: skips a test if one is missing, except in CI, where that is a failure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.realstack.build import build, build_article, build_gateway, go_problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeVar

    from tests.realstack.build import Article, Binaries

    Built = TypeVar("Built")


def needs(problem: str | None) -> None:
    """Skip the test because of `problem`, or fail it in CI; run it if None."""
    if problem is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(problem, pytrace=False)
    pytest.skip(problem)


def needs_binaries(config: pytest.Config) -> Binaries:
    """Build the real Collector and Jaeger."""
    return seen(config, go_problem(), build)


def needs_article(config: pytest.Config) -> Article:
    """Build the article's programs."""
    return seen(config, go_problem(), build_article)


def needs_gateway(config: pytest.Config) -> Path:
    """Build the Collector of deploy/scale."""
    return seen(config, go_problem(), build_gateway)


def seen(config: pytest.Config, problem: str | None, built: Callable[[], Built]) -> Built:
    """Build what a test needs, unless there is a problem, with its messages visible during the minutes it takes."""
    needs(problem)
    capture = config.pluginmanager.get_plugin("capturemanager")
    assert capture
    with capture.global_and_fixture_disabled():
        return built()

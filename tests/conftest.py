"""Fixtures: the back end that the end-to-end tests look at the traces with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.realstack.needs import needs_binaries
from tests.realstack.stack import RealStack
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.realstack.build import Binaries
    from tests.stack import Stack


@pytest.fixture(scope="session")
def binaries(pytestconfig: pytest.Config) -> Binaries:
    return needs_binaries(pytestconfig)


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.realstack)])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """Each test on both: the embedded back end, and the real Collector and Jaeger. The collector is not started yet."""
    real = request.param == "real"
    with RealStack(request.getfixturevalue("binaries")) if real else EmbeddedStack(tmp_path) as stack:
        yield stack


@pytest.fixture
def running_stack(stack: Stack) -> Stack:
    stack.start_collector()
    return stack

"""Fixtures: the back end that the end-to-end tests look at the traces with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.realstack.needs import needs_binaries
from tests.realstack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realstack.build import Binaries


@pytest.fixture(scope="session")
def binaries(pytestconfig: pytest.Config) -> Binaries:
    return needs_binaries(pytestconfig)


@pytest.fixture
def stack(binaries: Binaries) -> Iterator[Stack]:
    """The real Collector and the real Jaeger, empty; the Collector is not started yet."""
    with Stack(binaries) as stack:
        yield stack


@pytest.fixture
def running_stack(stack: Stack) -> Stack:
    stack.start_collector()
    return stack

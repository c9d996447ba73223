"""Fixtures: the minutes without a collector, which run in parallel with the other tests of this folder."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.faults.minute import Minute
from tests.realstack.build import go_problem
from tests.realstack.stack import RealStack
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator

Minutes = dict[str, Minute]


@pytest.fixture(scope="session", autouse=True)
def minutes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Minutes]:
    """The minutes needed in this run, by test name."""
    found: Minutes = {}
    with ExitStack() as programs:
        for item in request.session.items:
            if not isinstance(item, pytest.Function) or "minute" not in item.fixturenames:
                continue
            if item.get_closest_marker("realstack"):
                if go_problem():
                    continue  # then the test itself is skipped, or fails
                stack: RealStack | EmbeddedStack = RealStack(request.getfixturevalue("binaries"))
            else:
                stack = EmbeddedStack(tmp_path_factory.mktemp("minute"))
            programs.enter_context(stack).start_collector()
            found[item.name] = programs.enter_context(Minute(stack, hanging=bool(item.callspec.params["hanging"])))
        for minute in found.values():
            minute.begin()
        yield found


@pytest.fixture
def minute(request: pytest.FixtureRequest, minutes: Minutes) -> Minute:
    if request.node.get_closest_marker("realstack"):
        request.getfixturevalue("binaries")
    return minutes[request.node.name]

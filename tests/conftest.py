"""Fixtures: the back end that the end-to-end tests look at the traces with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.realstack.needs import needs_binaries
from tests.realstack.stack import RealStack
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realstack.build import Binaries
    from tests.stack import Stack


# Folders whose tests share what they run against, or a browser that takes two processors by itself: one worker has them
# all. Of the others each file stays together.
SHARING = "browser", "contract", "faults", "compose", "scale"


# The longest first, so that no worker is left with one of them when the others have nothing more to do. Containers come
# after the browser: when a network comes or goes, Chromium drops what is under way (ERR_NETWORK_CHANGED).
FIRST = "browser", "faults", "contract", "e2e", "compose"


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        """What one worker has as a whole; pytest-xdist's documentation names this as the method to override."""
        file = nodeid.partition("::")[0]
        folder = Path(file).parts[1]
        return folder if folder in SHARING else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        folder = Path(item.nodeid).parts[1]
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    items.sort(key=turn)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    config.option.loadscopereorder = False  # by number of tests, of which the longest have few
    return ByFolder(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each reason to skip tests, where pytest itself has one for each place that names it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}")


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

"""Fixtures: the back end for the end-to-end tests."""

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


# Folders whose tests share a back end, or a browser, which alone needs two processors: a single worker runs each of
# them. In the other folders, each file stays together.
SHARING = "browser", "contract", "faults", "compose"


# The longest first, so that none of them is left running alone at the end. Containers come after the browser: when a
# network appears or disappears, Chromium aborts its requests (ERR_NETWORK_CHANGED).
FIRST = "browser", "faults", "contract", "e2e", "compose"


# Folders whose tests wait for outages to pass, or for a server to break.
SLOW = ("faults",)


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        """The group of tests for one worker; pytest-xdist documents this as the method to override."""
        file = nodeid.partition("::")[0]
        folder = Path(file).parts[1]
        return folder if folder in SHARING else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        folder = Path(item.nodeid).parts[1]
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    items.sort(key=turn)
    for item in items:
        if Path(item.nodeid).parts[1] in SLOW:
            item.add_marker("slow")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    config.option.loadscopereorder = False  # it sorts by number of tests, but the longest folders have few
    return ByFolder(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per reason to skip tests; pytest prints one per location."""
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
    """Run each test on the embedded back end and on the real Collector and Jaeger. The collector is not started yet."""
    real = request.param == "real"
    with RealStack(request.getfixturevalue("binaries")) if real else EmbeddedStack(tmp_path) as stack:
        yield stack


@pytest.fixture
def running_stack(stack: Stack) -> Stack:
    stack.start_collector()
    return stack

"""The scale tests run only on request: `make test-scale`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.realstack.needs import seen
from tests.scale.programs import problem, programs

if TYPE_CHECKING:
    from tests.scale.programs import Programs


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the marked tests unless `-m` selects them: Kafka and Cassandra take minutes and 2 GB."""
    if "scale" in config.option.markexpr:
        return
    marked = [item for item in items if item.get_closest_marker("scale")]
    items[:] = [item for item in items if item not in marked]
    config.hook.pytest_deselected(items=marked)


@pytest.fixture(scope="session")
def tier_programs(pytestconfig: pytest.Config) -> Programs:
    return seen(pytestconfig, problem(), programs)

"""The benchmark runs and prints its table; what the figures are is not tested."""

from __future__ import annotations

import pytest

from tests.children import python


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_a_quick_run_prints_the_table() -> None:
    with python("-m", "bench", "--quick", "--no-go") as running:
        assert running.end(400) == 0, running.report()
    assert "Traceback" not in running.output
    assert "left out by --no-go" in running.output
    assert running.output.count("|") > 20

"""A minute without a collector: six times as long as the exporter keeps a batch by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.children import eventually
from tests.faults.minute import SECONDS
from tests.faults.pair import OK

if TYPE_CHECKING:
    from tests.faults.minute import Minute

REAL = pytest.mark.realstack


@pytest.mark.parametrize(
    "hanging",
    [
        pytest.param(False, id="away, embedded"),
        pytest.param(True, id="hanging, embedded"),
        pytest.param(False, id="away, real", marks=REAL),
        pytest.param(True, id="hanging, real", marks=REAL),
    ],
)
def test_the_pair_loses_no_span(minute: Minute, *, hanging: bool) -> None:
    """At one request a second each is answered, none waits, and each trace is whole, also those of the outage."""
    minute.end()
    for child in (minute.client, minute.server):
        child.wait_for(r"spans reach \S+ again after \d+ s\n", 30)
    assert minute.client.stop() == 0
    answered = minute.client.output.count(OK)
    assert answered > SECONDS * 0.75
    for child in (minute.client, minute.server):
        assert re.findall("kept|again after|lost|failed", child.output) == ["kept", "again after"], child.report()
    eventually(lambda: len(minute.whole_traces()) == answered, 30, lambda: f"{answered} answered, {minute.shapes()}")
    spans = [span for trace in minute.whole_traces() for span in trace["spans"]]
    assert max(span["duration"] for span in spans) < 900_000

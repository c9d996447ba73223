"""A collector that answers, but not with OK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode

from tests.children import eventually
from tests.collector import FakeCollector
from tests.faults.load import Asking, assert_answered
from tests.faults.pair import server, server_spans, wait_until_stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack import Stack


@pytest.fixture
def collector(running_stack: Stack) -> Iterator[FakeCollector]:
    """It hands on to the stack what it takes."""
    with FakeCollector(forward_to=running_stack.otlp_port) as collector:
        yield collector


def test_what_may_be_tried_again_arrives(running_stack: Stack, collector: FakeCollector) -> None:
    """One server gets over one answer after the other: no request waits, no span is lost, a delay asked for is kept."""
    with server(collector.port) as serving, Asking(serving.port) as asking:
        answers = []
        for status, delay in (
            (StatusCode.UNAVAILABLE, None),
            (StatusCode.RESOURCE_EXHAUSTED, None),
            (StatusCode.RESOURCE_EXHAUSTED, 1.5),
            (StatusCode.UNAVAILABLE, 0.1),
        ):
            collector.answer(status, retry_delay=delay)
            tries = len(collector.requests)
            answers.append(asking.ask())
            wait_until_stored(running_stack, answers)
            first, second = collector.arrivals[tries:]
            assert second - first >= (delay or 0.7)
        assert_answered(answers)
        assert serving.child.stop() == 0
        assert "lost" not in serving.child.output
    assert len(server_spans(running_stack)) == len(answers)


def test_what_is_refused_is_counted_and_said(running_stack: Stack, collector: FakeCollector) -> None:
    """A batch that the collector calls invalid is not tried again, and holds up neither requests nor the next batch."""
    with server(collector.port) as serving, Asking(serving.port) as asking:
        collector.answer(StatusCode.INVALID_ARGUMENT)
        refused = asking.ask()
        serving.child.wait_for(r"\(INVALID_ARGUMENT: as told\); they are lost\n")
        taken = asking.ask()
        wait_until_stored(running_stack, [taken])
        assert_answered([refused, taken])
        assert len(collector.requests) == 2
        assert serving.child.stop() == 0
        assert "WARNING: 1 of 2 spans were lost: no collector took them\n" in serving.child.output
    assert server_spans(running_stack).keys() == {taken.trace_id}


def test_a_batch_above_the_collectors_limit_arrives_in_parts(running_stack: Stack) -> None:
    """512 spans with headers as long as the server takes them are more than the 4 MB that a collector takes."""
    with server(running_stack.otlp_port) as serving, Asking(serving.port) as asking:
        running_stack.freeze_collector()  # so that they gather
        answers = [asking.ask(**{"User-Agent": "x" * 15_000}) for _ in range(600)]
        running_stack.wake_collector()
        answers.append(asking.ask())
        assert_answered(answers)
        wait_until_stored(running_stack, answers)
        assert serving.child.stop() == 0
        assert "lost" not in serving.child.output
    eventually(lambda: len(server_spans(running_stack)) == len(answers))

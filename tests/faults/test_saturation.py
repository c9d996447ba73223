"""A server at its limit: it gets slower, and loses no span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.load import Load, assert_answered
from tests.faults.pair import server, wait_until_stored

if TYPE_CHECKING:
    from tests.stack import Stack

# So small that the export thread, which has to share the interpreter with the requests, would fall behind at once.
QUEUE = {"OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50"}
REQUESTS = 1_000


def test_nothing_is_lost_at_the_limit(running_stack: Stack) -> None:
    """As fast as 16 connections can ask: every answer has its span, and the queue never ran over."""
    with server(running_stack.otlp_port, **QUEUE) as serving:
        with Load(serving.port, threads=16, pause=0) as load:
            load.wait_for(REQUESTS)
        assert_answered(load.answers)
        wait_until_stored(running_stack, load.answers)
        assert serving.child.stop() == 0
        assert serving.child.output.count("\n") == 1

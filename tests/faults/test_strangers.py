"""Thousands of malformed requests, and normal ones between them."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TYPE_CHECKING

from tests.faults.load import Asking, assert_answered
from tests.faults.pair import assert_no_leak, footprint, server, server_spans, wait_until_stored
from tests.faults.strangers import FORGED, PARENT, malformed

if TYPE_CHECKING:
    from tests.faults.load import Answer
    from tests.stack import Stack

REQUESTS = 4_000
STRANGERS = 4
# Most answers come within this, though the strangers take the processors too; the benchmark has the server's figures.
AT_ONCE = 0.5
NORMAL = {"tags": '{"user_agent.original":"normal"}'}  # which traces to look for


def test_malformed_requests(running_stack: Stack) -> None:
    """Normal requests are answered at once all the while, and their traces are right; nothing of the others stays.

    Each of the others is answered with a status below 500 or its connection is closed, at once; none is drawn into the
    trace that its invalid header names; no worker dies, no span is lost, and the log is not theirs to fill.
    """
    wrong = malformed(1, REQUESTS)
    with server(running_stack.otlp_port) as serving, ThreadPoolExecutor(STRANGERS) as strangers:
        workers = serving.workers
        serving.warm_up()
        replies = {send(serving.port, data) for data in wrong[:500]}
        before = footprint(workers[0])
        sending = [
            strangers.submit(lambda part: {send(serving.port, data) for data in part}, wrong[500 + index :: STRANGERS])
            for index in range(STRANGERS)
        ]
        normal: dict[Answer, str] = {}
        with Asking(serving.port) as asking:
            while not all(future.done() for future in sending):
                state = f"number={len(normal)}"
                normal[asking.ask(**{"User-Agent": "normal", "tracestate": state, "baggage": "user=ada"})] = state
                time.sleep(0.01)  # the pace
        replies.update(*(future.result() for future in sending))
        assert serving.workers == workers
        assert_answered(list(normal))
        assert median(answer.seconds for answer in normal) < AT_ONCE
        assert len(normal) > 20
        assert replies <= {b"", b"200", b"400", b"404", b"405", b"414", b"417", b"431", b"501"}
        wait_until_stored(running_stack, normal, **NORMAL)
        spans = server_spans(running_stack, **NORMAL)
        assert running_stack.trace(FORGED) is None
        for answer, state in normal.items():
            span = spans[answer.trace_id]
            assert [reference["spanID"] for reference in span["references"]] == ["b" * len(PARENT)]
            assert {"key": "w3c.tracestate", "type": "string", "value": state} in span["tags"]
        assert_no_leak(before, workers[0], megabytes=20)
        assert serving.child.stop() == 0
        assert serving.child.output.count("\n") == 1


def send(port: int, data: bytes) -> bytes:
    """The status of the answer; empty where the connection is closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as answer:
                return answer.readline()[9:12]
        except TimeoutError:
            raise
        except OSError:
            return b""

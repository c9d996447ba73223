"""The clock of the programs is set back, and forward again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode

from tests.children import eventually
from tests.collector import FakeCollector
from tests.faults.clock import Clock
from tests.faults.load import Asking, Load, assert_answered
from tests.faults.pair import client, server, server_spans, wait_until_stored
from tests.proxy import Proxy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stack import Stack

HALF_HOUR = 1800


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def test_set_back_and_forward(running_stack: Stack, clock: Clock) -> None:
    """No request fails or waits, exports go on, and each span is stored, beginning when the clock said it did.

    A span that is under way at that moment ends before it began or lasts half an hour: the SDK's times are the clock's.
    Both back ends show the first as 0 long, with a warning.
    """
    with (
        server(running_stack.otlp_port, **clock.environment) as serving,
        client(running_stack.otlp_port, serving.url, "--interval", "0.1", **clock.environment) as asking,
    ):
        began = {}
        with Load(serving.port) as load:
            for shift in (0, -HALF_HOUR, 0):
                clock.set(shift)
                load.wait_for(20)
                asked = asking.output.count("\n")
                asking.wait_for(rf"(.*\n){{{asked + 3}}}")
                began[load.answers[-1].trace_id] = time.time() + shift
        assert_answered(load.answers)
        wait_until_stored(running_stack, load.answers)
        spans = server_spans(running_stack)
        for trace_id, moment in began.items():
            assert abs(spans[trace_id]["startTime"] / 1e6 - moment) < HALF_HOUR / 2
        assert asking.stop() == 0
        running_stack.wait_for_traces("chapter2-client", asking.output.count("200 OK\n"), spans=2)
        assert "WARNING" not in asking.output + serving.child.output


def test_set_back_between_two_tries(running_stack: Stack, clock: Clock) -> None:
    """A try hangs no longer than it may, though the exporter reckons by the clock, and now allows it half an hour."""
    settings = {"OTEL_EXPORTER_OTLP_TIMEOUT": "4"}  # time for three tries
    with (
        FakeCollector([StatusCode.UNAVAILABLE] * 2, forward_to=running_stack.otlp_port) as collector,
        Proxy(collector.port) as proxy,
        server(proxy.port, **settings, **clock.environment) as serving,
        Asking(serving.port) as asking,
    ):
        answers = [asking.ask()]
        eventually(lambda: len(collector.requests) == 2)
        clock.set(-HALF_HOUR)
        proxy.forget()  # so that the third hangs
        answers.append(asking.ask())
        assert_answered(answers, float(settings["OTEL_EXPORTER_OTLP_TIMEOUT"]))
        wait_until_stored(running_stack, answers)
        assert "lost" not in serving.child.output

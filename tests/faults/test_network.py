"""The network between the server and the collector is cut, stalls, or forgets its connections."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from tests.faults.load import SHORT, Load, assert_answered
from tests.faults.pair import assert_no_leak, footprint, server, wait_until_stored
from tests.proxy import Proxy

if TYPE_CHECKING:
    from tests.faults.load import Answer
    from tests.stack import Stack

# The exporter's for a batch, instead of 10 s: a stall lasts longer and an outage has more tries.
PATIENCE = {"OTEL_EXPORTER_OTLP_TIMEOUT": f"{SHORT:g}"}


def test_cuts_at_random_moments(running_stack: Stack) -> None:
    """Under load no request fails or waits, no span is lost, and no file handle, thread or memory leaks."""
    with Proxy(running_stack.otlp_port) as proxy, server(proxy.port, **PATIENCE) as serving:
        (worker,) = serving.workers
        serving.warm_up()
        answers = cut_under_load(proxy, serving.port, 3)
        wait_until_stored(running_stack, answers)
        before = footprint(worker)
        answers += cut_under_load(proxy, serving.port, 6)
        assert_answered(answers, SHORT)
        wait_until_stored(running_stack, answers)
        assert_no_leak(before, worker, megabytes=10)
        assert "lost" not in serving.child.output


def cut_under_load(proxy: Proxy, port: int, times: int) -> list[Answer]:
    chance = random.Random(times)
    with Load(port) as load:
        for _ in range(times):
            load.wait_for(10)
            proxy.cut()
            time.sleep(chance.uniform(0, 0.5))
            proxy.heal()
            time.sleep(chance.uniform(0, 1))
    return load.answers


def test_stalls(running_stack: Stack) -> None:
    """A network that passes no byte on holds up no request. What went in arrives after it, by itself.

    That also goes for connections that never come back, as when a firewall has forgotten them.
    """
    with Proxy(running_stack.otlp_port) as proxy, server(proxy.port, **PATIENCE) as serving:
        with Load(serving.port) as load:
            load.wait_for(50)
            proxy.stall()
            serving.child.wait_for("cannot be delivered")
            load.wait_for(50)
            proxy.heal()
            serving.child.wait_for("spans reach")
            proxy.forget()
            load.wait_for(50)
        assert_answered(load.answers, SHORT)
        wait_until_stored(running_stack, load.answers)
        assert "lost" not in serving.child.output

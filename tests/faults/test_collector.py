"""A collector that is away, dies or hangs: no request fails or waits, and what it can take later it gets."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from tests.faults.load import SHORT, Asking, Load, assert_answered
from tests.faults.pair import OK, client, server, server_spans, wait_until_stored
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from tests.children import Child
    from tests.stack import Stack


def assert_told_once(child: Child) -> None:
    """One line when spans cannot be delivered, one when they can again, and no loss."""
    child.wait_for(r"spans reach \S+ again after \d+ s\n")
    assert re.findall(r"they are [^\n]*|again|lost", child.output) == ["they are kept and tried again", "again"]


def test_absent_at_the_start(stack: Stack) -> None:
    """Every request is answered at once, every span of them is stored once the collector is there, both is told."""
    with (
        server(stack.otlp_port) as serving,
        client(stack.otlp_port, serving.url, "--interval", "0.1") as asking,
    ):
        with Load(serving.port) as load:
            for child in (serving.child, asking):
                child.wait_for("cannot be delivered")
            load.wait_for(100)
            stack.start_collector()
            for child in (serving.child, asking):
                assert_told_once(child)
            load.wait_for(100)
        assert asking.stop() == 0
        assert asking.output.count("\n") == asking.output.count(OK) + 2
        assert_answered(load.answers)
        wait_until_stored(stack, load.answers)
        stack.wait_for_traces("chapter2-client", asking.output.count(OK), spans=2)
        assert "lost" not in serving.child.output


def test_what_waits_too_long_is_counted_as_lost(stack: Stack) -> None:
    """Requests answered are spans stored and spans said to be lost, exactly, where more end than the queue can hold."""
    queue = {"OTEL_BSP_MAX_QUEUE_SIZE": "50", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50"}
    with server(stack.otlp_port, **queue) as serving, Asking(serving.port) as asking:
        answers = [asking.ask() for _ in range(200)]
        serving.child.wait_for("cannot be delivered")
        answers += [asking.ask() for _ in range(200)]
        stack.start_collector()
        serving.child.wait_for("spans reach")
        answers.append(asking.ask())
        wait_until_stored(stack, answers[-1:])
        assert_answered(answers)
        assert serving.child.stop() == 0
        lost = int(serving.child.wait_for(rf"WARNING: (\d+) of {len(answers)} spans were lost")[1])
    assert lost >= 300
    assert len(server_spans(stack)) == len(answers) - lost


def test_dies_in_mid_load_and_comes_back(running_stack: Stack) -> None:
    """No request fails or waits, at the pair's own pace and under load, and no span is lost that was not acknowledged.

    What the real Collector had acknowledged, and held in memory when it was killed, is gone: that is its own account.
    The embedded one acknowledges what is on disk.
    """
    with (
        server(running_stack.otlp_port) as serving,
        client(running_stack.otlp_port, serving.url) as asking,
    ):
        with Load(serving.port) as load:
            asking.wait_for(2 * OK)
            load.wait_for(20)
            killed = time.monotonic()
            running_stack.kill_collector()
            for child in (serving.child, asking):
                child.wait_for("cannot be delivered")
            running_stack.start_collector()
            for child in (serving.child, asking):
                assert_told_once(child)
        assert asking.stop() == 0
        assert asking.output.count("\n") == asking.output.count(OK) + 2
        assert_answered(load.answers)
        # Seconds for the export delay and for what the Collector had in hand; in that time the client asks once.
        held = 0 if isinstance(running_stack, EmbeddedStack) else 0.5
        wait_until_stored(running_stack, [one for one in load.answers if not killed - held < one.began < killed])
        running_stack.wait_for_traces("chapter2-client", asking.output.count(OK) - bool(held), spans=2)
        assert "lost" not in serving.child.output


def test_hangs(running_stack: Stack) -> None:
    """The same with a collector that takes what comes and answers nothing, for longer than the exporter waits."""
    with server(running_stack.otlp_port, OTEL_EXPORTER_OTLP_TIMEOUT=f"{SHORT:g}") as serving:
        with Load(serving.port) as load:
            load.wait_for(20)
            running_stack.freeze_collector()
            serving.child.wait_for("cannot be delivered")
            load.wait_for(200)
            running_stack.wake_collector()
            load.wait_for(20)
        assert_answered(load.answers, SHORT)
        wait_until_stored(running_stack, load.answers)
        assert_told_once(serving.child)

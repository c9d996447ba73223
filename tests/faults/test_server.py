"""The server's own end: killed in mid-request, stopped under load, held up by slow connections."""

from __future__ import annotations

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.children import eventually, free_port
from tests.faults.load import Asking, Load, assert_answered
from tests.faults.pair import OK, assert_no_leak, client, footprint, server, server_spans, wait_until_stored
from tests.slow import slow_body, slow_head, waiting_reader

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.stack import Stack, Trace

SLOW_CONNECTIONS = 200


def test_a_worker_is_killed_in_mid_request(running_stack: Stack) -> None:
    """Its requests fail at once, the other worker's are answered and their spans stored; soon there are two again.

    Lost are the spans that it had not sent yet, and the main process says that it is gone. The client, which asks once
    more on another connection, fails once at most: that one may have been waiting for the killed worker too.
    """
    with (
        server(running_stack.otlp_port, "--port", "0", "--workers", "2") as serving,
        client(running_stack.otlp_port, serving.url, "--interval", "0.1") as asking,
        ThreadPoolExecutor(16) as pool,
        ExitStack() as open_,
    ):
        eventually(lambda: serving.listening() == 2)
        connections = [open_.enter_context(Asking(serving.port)) for _ in range(16)]
        early = [connection.ask() for connection in connections]
        wait_until_stored(running_stack, early)
        victim, other = serving.workers
        os.kill(victim, signal.SIGSTOP)
        under_way = [pool.submit(connection.ask) for connection in connections]
        answered, hanging = wait(under_way, timeout=1)  # the other worker answers its own within milliseconds
        os.kill(victim, signal.SIGKILL)
        assert {future.result().problem for future in answered} == {""}
        for future in hanging:
            assert re.match("ConnectionResetError|RemoteDisconnected|IncompleteRead", future.result().problem)
        assert answered
        assert hanging
        eventually(lambda: victim not in serving.workers)  # else its socket may still take a connection, and reset it
        late = [connection.ask() for connection in connections]
        assert_answered(late)
        wait_until_stored(running_stack, [*early, *(future.result() for future in answered), *late])
        eventually(lambda: len(serving.workers) == 2)
        assert other in serving.workers
        serving.child.wait_for("Unexpected exit from worker-")
        asking.wait_for(f"{5 * OK}$")
        assert asking.output.count("request failed") <= 1


def test_the_server_is_killed_and_started_again(running_stack: Stack) -> None:
    """The client tells each failure and goes on by itself; a failed request is an error span without a child."""
    port = str(free_port())
    with client(running_stack.otlp_port, f"http://127.0.0.1:{port}/", "--interval", "0.1") as asking:
        with server(running_stack.otlp_port, "--port", port, SPAN_PROCESSOR="simple") as serving:
            asking.wait_for(5 * OK)
            serving.child.kill()
        asking.wait_for("(request failed: .*\n){3}")
        with server(running_stack.otlp_port, "--port", port):
            asking.wait_for(rf"request failed: .*\n{5 * OK}")
            assert asking.stop() == 0
            answered, failed = asking.output.count(OK), asking.output.count("request failed")
            # `simple`: a request that was answered has its span stored, whatever happened then.
            eventually(lambda: len(whole_traces(running_stack)) >= answered)
            traces = eventually(lambda: finished(running_stack, answered + failed))
    assert len(whole_traces(running_stack)) <= answered + 1  # one may have lost its answer only
    for trace in traces:
        tags = {tag["key"]: tag["value"] for span in trace["spans"] for tag in span["tags"]}
        assert len(trace["spans"]) == 2 or tags["error"] is True


def finished(stack: Stack, number: int) -> list[Trace] | None:
    traces = stack.traces("chapter2-client")
    return traces if len(traces) == number else None


def whole_traces(stack: Stack) -> list[Trace]:
    return [trace for trace in stack.traces("chapter2-client") if len(trace["spans"]) == 2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load(running_stack: Stack, number: int) -> None:
    """Every request that the server took is answered, and every span stored; the others are refused, by the network."""
    with server(running_stack.otlp_port, "--port", "0", "--workers", "2") as serving:
        with Load(serving.port, threads=8, pause=0) as load:
            load.wait_for(300)
            serving.child.send(number)
            assert serving.child.end(5) == 0
        assert "lost" not in serving.child.output
    refused = [answer for answer in load.answers if answer.problem]
    assert all("Connection" in one.problem or "RemoteDisconnected" in one.problem for one in refused)
    answered = {answer.trace_id for answer in load.answers if not answer.problem}
    assert len(answered) >= 300
    eventually(lambda: len(server_spans(running_stack)) >= len(answered))
    assert server_spans(running_stack).keys() == answered


@pytest.mark.parametrize("slow", [slow_head, slow_body, waiting_reader])
def test_slow_connections(running_stack: Stack, slow: Callable[[int], socket.socket]) -> None:
    """200 of them hold up no request and no span; when they are gone, nothing of them is left."""
    with server(running_stack.otlp_port) as serving, Asking(serving.port) as asking:
        (worker,) = serving.workers
        serving.warm_up()
        answers = [asking.ask()]
        wait_until_stored(running_stack, answers)
        before = footprint(worker)
        with ExitStack() as open_:
            for _ in range(SLOW_CONNECTIONS):
                open_.enter_context(slow(serving.port))
            answers += [asking.ask() for _ in range(100)]
        assert_answered(answers)
        wait_until_stored(running_stack, answers)
        assert_no_leak(before, worker, megabytes=30)

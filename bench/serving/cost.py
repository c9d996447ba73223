"""The cost of a span in a server's request, taken apart: the app called without a network, a layer more each time.

`python -m bench.serving.cost LAYER REQUESTS [PORT]` prints the processor time of one request in seconds; with
`--profile` where it goes, by function.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import time
from subprocess import run
from typing import TYPE_CHECKING
from wsgiref.util import setup_testing_defaults

from bench.figure import markdown, median, seconds
from bench.peers import untraced
from tests.children import ROOT, clean_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from bench.serving.sink import Sink

# What each adds to the one before it, and its settings.
LAYERS: dict[str, dict[str, str]] = {
    "Flask": {},
    "instrumentation": {"OTEL_SDK_DISABLED": "true"},
    "SDK": {"OTEL_TRACES_EXPORTER": "none"},
    "export": {},
}
WARM_UP = 1_000


def measure(make_sink: Callable[[], Sink], requests: int, repetitions: int) -> str:
    """A row for each layer, as Markdown."""
    times: dict[str, list[float]] = {layer: [] for layer in LAYERS}
    with make_sink() as receiver:
        for _ in range(repetitions):
            for layer in LAYERS:
                command = [sys.executable, "-m", "bench.serving.cost", layer, str(requests), str(receiver.otlp_port)]
                done = run(command, cwd=ROOT, env=clean_environment(), check=True, capture_output=True, text=True)
                times[layer].append(float(done.stdout))
    rows, before = [], 0.0
    for layer, values in times.items():
        now = median(values)
        rows.append([layer, seconds(now - before), seconds(now), f"{now / median(times['export']):.0%}"])
        before = now
    return markdown([["layer", "adds", "CPU of a request", "of the whole"], *rows])


def main() -> None:
    profiling = "--profile" in sys.argv
    layer, requests, port = [argument for argument in [*sys.argv[1:], "4317"] if argument != "--profile"][:3]
    os.environ.update(LAYERS[layer], OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"http://127.0.0.1:{port}")
    app, finish = make_app(layer)
    ask(app, WARM_UP)
    with cProfile.Profile() as profile:
        profile.disable()
        if profiling:
            profile.enable()
        began = time.process_time()
        ask(app, int(requests))
        finish()
        took = time.process_time() - began
    if profiling:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    else:
        print(took / int(requests))


def make_app(layer: str) -> tuple[WSGIApplication, Callable[[], object]]:
    """The app, and what exports the spans that wait."""
    if layer == "Flask":
        return untraced.create_worker(), lambda: None
    from server.app import create_app  # noqa: PLC0415 - these read the environment when they are imported
    from telemetry.provider import set_up  # noqa: PLC0415

    tracing = set_up("chapter2-server")
    return create_app(), tracing.provider.force_flush


def ask(app: WSGIApplication, requests: int) -> None:
    for _ in range(requests):
        answer = app(_environ(), lambda *_: lambda _: None)
        if b"".join(answer) != b"Hello, World!":
            raise RuntimeError("wrong answer")
        answer.close()  # type: ignore[attr-defined] # Werkzeug's has it


def _environ() -> WSGIEnvironment:
    """Of a request as wrk's comes through granian."""
    environ: WSGIEnvironment = {"HTTP_HOST": "127.0.0.1:8080", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_PORT": "8080"}
    environ |= {
        "REQUEST_URI": "/",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "9",
    }
    setup_testing_defaults(environ)
    return environ


if __name__ == "__main__":
    main()

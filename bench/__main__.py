"""`python -m bench`: one run, ratios first: the server beside others, the embedded back end beside the real Jaeger."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import TYPE_CHECKING

from bench import first_trace, ingest, latency, machine, million, pages
from bench.figure import table
from bench.load import Load
from bench.serving.report import Report
from tests.browser import chromium
from tests.realstack.build import build, go_problem

if TYPE_CHECKING:
    from pathlib import Path

    from bench.figure import Figure
    from tests.realstack.build import Binaries

QUICK = ["--repetitions=1", "--batch-spans=2048", "--single-spans=200", "--findable=5", "--stored=4000", "--calls=2"]
QUICK += ["--trace-spans=200", "--traces=100"]
QUICK += ["--rounds=1", "--seconds=0.3", "--requests=100", "--pair-traces=3", "--soak-seconds=2"]
QUICK += ["--most-connections=1", "--most-workers=1", "--most-rate=500"]
ALONE = {"neighbour": Report.neighbour, "offered": Report.offered}
PARTS = ("server", "backend", *ALONE)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    options = parse()
    began = time.monotonic()
    problem = "left out by --no-go" if options.no_go else go_problem()
    binaries = None if problem else build()
    print(machine.describe(), flush=True)
    if problem:
        print(f"\nNo Collector, no Jaeger and no Go peers: {problem}.")
    if options.part != "backend":
        tell_server(options, binaries)
    if options.part in {None, "backend"}:
        tell_backend(options, binaries.jaeger if binaries else None)
    print(f"\nMedian (least to greatest); {time.monotonic() - began:.0f} s in all.")


def tell_server(options: argparse.Namespace, binaries: Binaries | None) -> None:
    report = Report(binaries, options.seconds, options.rounds, options.most_rate, progress)
    print(f"\nServer: {options.rounds} rounds, {options.seconds:g} s of load each time.")
    if options.part in ALONE:
        print("\n" + ALONE[options.part](report), flush=True)
        return
    parts = report.parts(
        requests=options.requests,
        traces=options.pair_traces,
        soak_seconds=options.soak_seconds,
        most_connections=options.most_connections,
        most_workers=options.most_workers,
    )
    for part in parts:
        print("\n" + part, flush=True)


def tell_backend(options: argparse.Namespace, jaeger: Path | None) -> None:
    figures, notes = run(options, jaeger)
    print(f"\nBack end: {options.repetitions} repetitions.\n\n{table(figures)}\n")
    print("\n".join(notes))


def run(options: argparse.Namespace, jaeger: Path | None) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    notes: list[str] = []
    loads = [
        Load(options.batch_spans, 512),
        Load(options.single_spans, 1),
        Load(options.single_spans, 1, framed=True),
    ]
    for load in loads:
        progress(f"ingest, {load.batch} a request")
        figure, lines = ingest.compare(load, jaeger, options.repetitions)
        figures.append(figure)
        notes += lines
    progress("findable")
    figures += latency.compare(options.findable, jaeger)
    progress(f"{options.stored:,} spans")
    figures += million.compare(options.stored, options.calls, jaeger)
    progress("demo")
    figures.append(first_trace.measure(options.repetitions))
    progress("pages")
    if no_browser := chromium.problem(whole=True):
        notes.append(f"No figures of the pages: {no_browser}.")
    else:
        figures += pages.measure(options.trace_spans, options.traces, options.repetitions)
    return figures, notes


def progress(what: str) -> None:
    if sys.stderr.isatty():
        print(f"measuring: {what}", file=sys.stderr, flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="sizes that take seconds, to see that it works; no figures to keep")
    add("part", nargs="?", choices=PARTS, help="measure this alone")
    add("--repetitions", type=int, default=3, help="of ingest and demo (default: %(default)s)")
    add("--batch-spans", type=int, default=400_000, help="to send 512 a request (default: %(default)s)")
    add("--single-spans", type=int, default=10_000, help="to send one a request (default: %(default)s)")
    add("--findable", type=int, default=1_000, help="requests to look for (default: %(default)s)")
    add("--stored", type=int, default=1_000_000, help="spans to store for memory and search (default: %(default)s)")
    add("--calls", type=int, default=50, help="searches among them (default: %(default)s)")
    add("--trace-spans", type=int, default=10_000, help="of the trace to open in a browser (default: %(default)s)")
    add("--traces", type=int, default=100_000, help="to store for the pages (default: %(default)s)")
    add("--rounds", type=int, default=3, help="of the comparison of servers (default: %(default)s)")
    add("--seconds", type=float, default=3, help="of load on a server, each time (default: %(default)s)")
    add("--most-connections", type=int, default=256, help="to load a server with (default: %(default)s)")
    add("--most-rate", type=int, default=1_000, help="of requests to offer a server (default: %(default)s)")
    add("--most-workers", type=int, default=4, help="of the server (default: %(default)s)")
    add("--requests", type=int, default=10_000, help="for the cost of tracing one (default: %(default)s)")
    add("--pair-traces", type=int, default=200, help="of the pair, to wait for (default: %(default)s)")
    add("--soak-seconds", type=float, default=180, help="of the soak (default: %(default)s)")
    add("--no-go", action="store_true", help="without the real Collector and Jaeger and without the Go peers")
    arguments = sys.argv[1:]
    return parser.parse_args([*QUICK, *arguments] if "--quick" in arguments else arguments)


if __name__ == "__main__":
    main()

"""`python -m bench`: one run, one table: the embedded back end against the real Jaeger, ratios first."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import TYPE_CHECKING

from bench import first_trace, ingest, latency, machine, million, pages
from bench.figure import table
from bench.load import Load
from tests.browser import chromium
from tests.realstack.build import build, go_problem

if TYPE_CHECKING:
    from pathlib import Path

    from bench.figure import Figure

QUICK = ["--repetitions=1", "--batch-spans=8192", "--single-spans=800", "--findable=10", "--stored=16000", "--calls=4"]
QUICK += ["--trace-spans=500", "--traces=500"]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    options = parse()
    began = time.monotonic()
    problem = go_problem()
    jaeger = None if problem or options.no_jaeger else build().jaeger
    print(machine.describe(), flush=True)
    figures, notes = run(options, jaeger)
    print("\n" + table(figures) + "\n")
    print("\n".join(notes))
    if not jaeger:
        print(f"No column for Jaeger: {problem or 'left out by --no-jaeger'}.")
    print(f"{options.repetitions} repetitions, median (least to greatest); {time.monotonic() - began:.0f} s in all.")


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
    if no_browser := chromium.problem():
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
    add("--repetitions", type=int, default=5, help="of ingest and demo (default: %(default)s)")
    add("--batch-spans", type=int, default=400_000, help="to send 512 a request (default: %(default)s)")
    add("--single-spans", type=int, default=10_000, help="to send one a request (default: %(default)s)")
    add("--findable", type=int, default=1_000, help="requests to look for (default: %(default)s)")
    add("--stored", type=int, default=1_000_000, help="spans to store for memory and search (default: %(default)s)")
    add("--calls", type=int, default=50, help="searches among them (default: %(default)s)")
    add("--trace-spans", type=int, default=10_000, help="of the trace to open in a browser (default: %(default)s)")
    add("--traces", type=int, default=100_000, help="to store for the pages (default: %(default)s)")
    add("--no-jaeger", action="store_true", help="measure the embedded back end alone")
    arguments = sys.argv[1:]
    return parser.parse_args([*QUICK, *arguments] if "--quick" in arguments else arguments)


if __name__ == "__main__":
    main()

"""`python -m bench.scale`: the tiers of deploy/scale, with one and two gateways and ingesters, on this machine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench import machine
from bench.figure import a_second, markdown, mebibytes, median, percentile, seconds, spread
from bench.load import Load as Batches
from bench.load import send
from bench.usage import cpu_seconds, resident_bytes
from tests.children import eventually
from tests.scale.found import Finder
from tests.scale.load import RATE, SPANS_A_TRACE, Load
from tests.scale.programs import Programs, problem, programs
from tests.scale.tiers import Tiers

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 512
STORE_SECONDS = 600
SETTLE_SPANS = 300
SIZES = ((1, 1), (2, 1), (1, 2), (2, 2))


@dataclass(frozen=True)
class Size:
    """The measurements with that many gateways and ingesters.

    Args:
        acknowledged: spans per second, per repetition, with no consumer of Kafka.
        stored: spans per second until Kafka's consumers have committed all, per repetition.
        lags: seconds from a trace's acknowledgement until it is found, at the steady rate of the tests.
        cpu: seconds of processor time per 1,000 spans, for each process.
        resident: bytes per process, after the load.
        kafka: bytes per span, on disk.
    """

    gateways: int
    ingesters: int
    acknowledged: tuple[float, ...]
    stored: tuple[float, ...]
    lags: tuple[float, ...]
    cpu: dict[str, float]
    resident: dict[str, int]
    kafka: float


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the started processes get stopped
    options = parse()
    if missing := problem():
        sys.exit(f"python -m bench.scale: {missing}")
    began = time.monotonic()
    print(machine.describe(), flush=True)
    print(f"load before: {os.getloadavg()[0]:.1f} processes", flush=True)
    found = programs()
    sizes = [measure(found, *size, options) for size in SIZES]
    print("\n" + rates(sizes) + "\n\n" + costs(sizes) + "\n")
    print(
        f"{options.repetitions} repetitions of {options.spans:,} spans, {BATCH} a request, median (least to greatest);"
    )
    print(f"lag at {RATE} spans a second, {options.traces} traces; {time.monotonic() - began:.0f} s in all.")


def measure(found: Programs, gateways: int, ingesters: int, options: argparse.Namespace) -> Size:
    """Run all tiers once, starting empty."""
    print(f"measuring: {gateways} gateways, {ingesters} ingesters", file=sys.stderr, flush=True)
    with (
        TemporaryDirectory(prefix="bench-scale-") as name,
        Tiers(found, Path(name), gateways=gateways, ingesters=ingesters) as tiers,
    ):
        lags = lag(tiers, options.traces)  # first, to warm up the tiers
        stored, cpu = store(tiers, options.repetitions, options.spans)
        resident = {tier: resident_bytes(tiers.child(tier)) for tier in tiers.names}
        # Nothing consumes from Kafka now, as if the back tiers had their own machines.
        back = [tier for tier in tiers.names if tier.startswith(("ingester", "cassandra", "query"))]
        for tier in back:
            tiers.kill(tier)
        before = topic_bytes(Path(name))
        acknowledged, front = acknowledge(tiers, options.repetitions, options.many)
        kafka = (topic_bytes(Path(name)) - before) / (options.repetitions * options.many)
        for tier in front.keys() - set(back):
            cpu[tier] = front[tier]
            resident[tier] = resident_bytes(tiers.child(tier))
    return Size(gateways, ingesters, acknowledged, stored, lags, cpu, resident, kafka)


def store(tiers: Tiers, repetitions: int, spans: int) -> tuple[tuple[float, ...], dict[str, float]]:
    """Spans per second until Kafka's consumers have committed all, and each process's cost per 1,000 spans."""
    # Warm up first: until Java has compiled the hot code, a span costs Cassandra twice as much.
    send(Batches(spans, BATCH, seed=99, warm_up=False), tiers.otlp_port)
    eventually(lambda: tiers.lag() == 0, STORE_SECONDS, "not stored in time")
    before = {name: cpu_seconds(tiers.child(name)) for name in tiers.names}
    rates, total = [], 0
    for repetition in range(repetitions):
        load = Batches(spans, BATCH, seed=repetition + 1, warm_up=False)
        began = time.monotonic()
        sent = send(load, tiers.otlp_port)
        # Exclude the senders' startup, in which they build their requests.
        waiting = time.monotonic() - began - sent.seconds
        eventually(lambda: tiers.lag() == 0, STORE_SECONDS, "not stored in time")
        rates.append(load.sent / (time.monotonic() - began - waiting))
        total += load.sent
    cpu = {name: (cpu_seconds(tiers.child(name)) - before[name]) * 1_000 / total for name in tiers.names}
    return tuple(rates), cpu


def acknowledge(tiers: Tiers, repetitions: int, spans: int) -> tuple[tuple[float, ...], dict[str, float]]:
    """Spans per second until all are acknowledged, and each running process's cost per 1,000 spans."""
    running = [name for name in tiers.names if tiers.child(name).running]
    before = {name: cpu_seconds(tiers.child(name)) for name in running}
    rates, total = [], 0
    for repetition in range(repetitions):
        load = Batches(spans, BATCH, seed=repetition + 100, warm_up=False)
        rates.append(load.sent / send(load, tiers.otlp_port).seconds)
        total += load.sent
    cpu = {name: (cpu_seconds(tiers.child(name)) - before[name]) * 1_000 / total for name in running}
    return tuple(rates), cpu


def topic_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("kafka/spans-*/*.log"))


def lag(tiers: Tiers, traces: int) -> tuple[float, ...]:
    """Seconds from acknowledgement until found, one trace after the other, at a steady rate."""
    finder, lags = Finder(tiers.query_url), []
    with Load(tiers.otlp_port) as load:
        load.wait_for(SETTLE_SPANS)
        for _ in range(traces):
            trace_id = load.send_trace()
            acknowledged = time.monotonic()
            eventually(finder_has(finder, trace_id), STORE_SECONDS, "not found in time")
            lags.append(time.monotonic() - acknowledged)
    return tuple(lags)


def finder_has(finder: Finder, trace_id: str) -> Callable[[], bool]:
    return lambda: finder.has(trace_id, SPANS_A_TRACE)


def rates(sizes: list[Size]) -> str:
    """The rates as a Markdown table."""
    rows = [["gateways", "ingesters", "acknowledged", "stored", "lag, median", "lag, 95 %", "in Kafka"]]
    for size in sizes:
        row = [
            str(size.gateways),
            str(size.ingesters),
            spread(size.acknowledged, a_second),
            spread(size.stored, a_second),
            seconds(median(size.lags)),
            seconds(percentile(size.lags, 95)),
            f"{size.kafka:.0f} B a span",
        ]
        rows.append(row)
    return markdown(rows)


def costs(sizes: list[Size]) -> str:
    """Each process's memory and its cost per 1,000 spans, as a Markdown table."""
    names = list(max(sizes, key=lambda size: len(size.cpu)).cpu)
    heads = [f"{size.gateways}+{size.ingesters}" for size in sizes]
    rows = [["memory, processor time for 1,000 spans", *heads]]
    for name in names:
        cells = [
            f"{mebibytes(size.resident[name])}, {seconds(size.cpu[name])}" if name in size.cpu else "-"
            for size in sizes
        ]
        rows.append([name, *cells])
    return markdown(rows)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.scale", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3, help="of each load (default: %(default)s)")
    parser.add_argument("--spans", type=int, default=4_096, help="to store in one (default: %(default)s)")
    parser.add_argument("--many", type=int, default=100_000, help="to acknowledge in one (default: %(default)s)")
    parser.add_argument("--traces", type=int, default=40, help="to measure the lag of (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()

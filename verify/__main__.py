"""`python -m verify`: checks the way of one traced request hop by hop and shows its trace."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from typing import TYPE_CHECKING

from telemetry import settings
from verify import tree
from verify.hops import HopError, Journey

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    options = parse()
    logging.basicConfig(level=logging.ERROR)  # what telemetry would warn of is told hop by hop
    try:
        wanted = settings.read()
    except settings.SettingsError as problem:
        sys.exit(f"python -m verify: {problem}")
    journey = Journey(options.url, options.query_url.rstrip("/"), options.timeout, wanted)

    server = check(f"server answers at {journey.url}", journey.server_answers)
    collector = check(f"collector takes OTLP at {wanted.endpoint}", journey.collector_takes_otlp)
    sent = check("traced request sent", journey.request_is_traced, after=server and collector)
    stored = check(f"both spans stored, says {journey.query_url}", journey.spans_are_stored, after=sent)
    linked = check("server span is child of client span", journey.server_span_is_child, after=stored)
    clean = check("no warning on either span", journey.nothing_is_warned_of, after=stored)

    if journey.trace_id:
        print(f"\n{journey.query_url}/trace/{journey.trace_id}")
        print("\n".join(tree.lines(journey.spans)))
    return 0 if linked and clean else 1


def check(hop: str, holds: Callable[[], None], *, after: bool = True) -> bool:
    """Try one hop and print how it went; `after` is whether the hops that it needs held."""
    if not after:
        print(f"✗ {hop}: not tried, see above")
        return False
    started = time.perf_counter()
    try:
        holds()
    except HopError as error:
        print(f"✗ {hop}: {tree.printable(str(error))} ({milliseconds_since(started)}) - {error.advice}", flush=True)
        return False
    print(f"✓ {hop} ({milliseconds_since(started)})", flush=True)
    return True


def milliseconds_since(started: float) -> str:
    return f"{(time.perf_counter() - started) * 1000:.0f} ms"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m verify", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--url", default="http://localhost:8080/", help="the server (default: %(default)s)")
    parser.add_argument("--query-url", default="http://localhost:16686", help="Jaeger (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for the spans (default: 10)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

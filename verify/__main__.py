"""`python -m verify`: checks the way of one traced request hop by hop and shows its trace."""

from __future__ import annotations

import argparse
import logging
import sys

from telemetry import settings
from verify import tree
from verify.hop import check


def main() -> int:
    options = parse()
    logging.basicConfig(level=logging.ERROR)  # what telemetry would warn of is told hop by hop
    try:
        wanted = settings.read()
    except settings.SettingsError as problem:
        sys.exit(f"python -m verify: {problem}")
    from verify.journey import Journey  # noqa: PLC0415 - not before: the SDK reads some settings when it is imported

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


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m verify", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--url", default="http://localhost:8080/", help="the server (default: %(default)s)")
    parser.add_argument("--query-url", default="http://localhost:16686", help="Jaeger (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for the spans (default: 10)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

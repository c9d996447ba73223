"""`python -m verify`: checks the way of one traced request hop by hop and shows its trace."""

from __future__ import annotations

import argparse
import logging
import sys

from telemetry.environment import Settings, SettingsError, prepare
from telemetry.terminal import prepare_output
from verify import tree
from verify.flags import make_parser, quiet_without_reader
from verify.hop import check


def main() -> int:
    options = make_parser("python -m verify", __doc__).parse_args()
    prepare_output()
    logging.disable(logging.WARNING)  # the hops report what tracing would warn about
    try:
        settings = prepare()
    except SettingsError as problem:
        sys.exit(f"python -m verify: {problem}")
    with quiet_without_reader():
        return run(options, settings)
    return 0


def run(options: argparse.Namespace, settings: Settings) -> int:
    from verify.journey import Journey  # noqa: PLC0415 - after prepare(): the SDK reads some settings on import

    journey = Journey(options.url, options.query_url.rstrip("/"), options.timeout, settings)
    server = check(f"server answers at {journey.url}", journey.server_answers)
    collector = check(f"collector takes OTLP at {settings.endpoint}", journey.collector_takes_otlp)
    sent = check("traced request sent", journey.request_is_traced, after=server and collector)
    stored = check(f"both spans stored, says {journey.query_url}", journey.spans_are_stored, after=sent)
    linked = check("server span is child of client span", journey.server_span_is_child, after=stored)
    clean = check("no warning on either span", journey.nothing_is_warned_of, after=stored)

    if journey.trace_id:
        print(f"\n{journey.query_url}/trace/{journey.trace_id}")
        print("\n".join(tree.lines(journey.spans)))
    return 0 if linked and clean else 1


if __name__ == "__main__":
    sys.exit(main())

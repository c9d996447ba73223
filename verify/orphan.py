"""`python -m verify.orphan`: makes a trace whose parent span is missing, the article's caveat on purpose.

It starts the caller's span and sends its id in `traceparent`, but never ends it, and only ended spans are exported.
You see the same in Jaeger if you look too early. With --heal it then ends the span, which completes the trace.
"""

from __future__ import annotations

import argparse
import logging
import sys

import requests

from telemetry.environment import SettingsError, prepare
from telemetry.terminal import prepare_output
from verify import tree
from verify.flags import make_parser, quiet_without_reader
from verify.trace import QueryError, Span, wait_for

SERVICE = "chapter2-client"
HTTP_SECONDS = 5


def main() -> int:
    options = parse()
    prepare_output()
    logging.basicConfig(format="%(levelname)s: %(message)s")
    try:
        prepare()
        with quiet_without_reader():
            return run(options.url, options.query_url.rstrip("/"), options.timeout, heal=options.heal)
    except SettingsError as problem:
        sys.exit(f"python -m verify.orphan: {problem}")
    except QueryError as problem:
        sys.exit(
            f"python -m verify.orphan: {problem}; "
            "start one (make backend, or docker compose up) or name yours with --query-url"
        )
    except requests.RequestException:
        sys.exit(f"python -m verify.orphan: nothing answers at {options.url}; start the server: make server")
    return 0


def run(url: str, query_url: str, seconds: float, *, heal: bool) -> int:
    """Send the request and show the trace without its parent span; with `heal`, then send the parent too."""
    # After prepare(): the SDK reads some settings on import.
    from opentelemetry import propagate, trace  # noqa: PLC0415

    from telemetry.provider import set_up  # noqa: PLC0415

    tracing = set_up(SERVICE)
    parent = trace.get_tracer(__name__).start_span("GET", kind=trace.SpanKind.CLIENT)
    context = trace.set_span_in_context(parent)
    headers: dict[str, str] = {}
    propagate.inject(headers, context)
    if not parent.get_span_context().trace_flags.sampled or "traceparent" not in headers:
        sys.exit(
            "python -m verify.orphan: nothing is sent; see OTEL_TRACES_SAMPLER, OTEL_PROPAGATORS, OTEL_SDK_DISABLED"
        )
    requests.get(url, headers=headers, timeout=HTTP_SECONDS).raise_for_status()
    trace_id = trace.format_trace_id(parent.get_span_context().trace_id)

    print(f"The server's span is there, its parent is not:\n{query_url}/trace/{trace_id}")
    if not show(wait_for(query_url, trace_id, 1, seconds), wanted=1):
        return 1
    if not heal:
        print("It stays so: the parent never ends. `make orphan ARGS=--heal` makes another and sends the parent too.")
        return 0
    if sys.stdin.isatty():
        input("Press Enter to send the parent...")
    parent.end()
    tracing.shutdown()
    print("The parent has ended and is exported. Reload the page in Jaeger; the embedded UI shows it by itself:")
    return 0 if show(wait_for(query_url, trace_id, 2, seconds), wanted=2) else 1


def show(spans: list[Span], wanted: int) -> bool:
    print("\n".join(tree.lines(spans)))
    if len(spans) < wanted:
        print("A span did not arrive. `make verify` finds out where it got lost.", file=sys.stderr)
    return len(spans) == wanted


def parse() -> argparse.Namespace:
    parser = make_parser("python -m verify.orphan", (__doc__ or "").partition("\n")[0])
    parser.add_argument("--heal", action="store_true", help="send the parent afterwards")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

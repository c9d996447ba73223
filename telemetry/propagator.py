"""The propagator, which carries a span's context from one process to the next, and the flags that go with it.

The SDK reads and writes `traceparent` itself; this only chooses which of its propagators do.
"""

from __future__ import annotations

import logging
import os
import re

from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagate import get_global_textmap
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import CarrierT, Getter, TextMapPropagator, default_getter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_BLANKS = re.compile(r"[ \t]{2,}")


def new_propagator() -> TextMapPropagator:
    """W3C Trace Context and Baggage, as in the article, unless OTEL_PROPAGATORS asks for something else."""
    for name in ("trace", "baggage", "attributes"):  # a line for each wrong header, and for each value above a limit
        logging.getLogger(f"opentelemetry.{name}").setLevel(logging.ERROR)
    wanted = os.environ.get("OTEL_PROPAGATORS")
    if wanted is None:
        return CompositePropagator([TraceContextTextMapPropagator(), BaggagePropagator()])
    names = [name.strip().lower() for name in wanted.split(",")]
    return NoPropagator([]) if "none" in names else get_global_textmap()


class IdGenerator(RandomIdGenerator):
    """Random ids, sent with the flags `01` in `traceparent`; OTEL_PYTHON_ID_GENERATOR=random brings the SDK's `03`.

    That is sampled and random, by level 2 of W3C's Trace Context. Go's propagation before v1.42 rejects it and starts
    a trace of its own: so do the article's server and most Go services in the field.
    """

    def is_trace_id_random(self) -> bool:
        return "OTEL_PYTHON_ID_GENERATOR" in os.environ


class BaggagePropagator(W3CBaggagePropagator):
    """W3C Baggage without its blanks: to read them takes the API the square of their number, 0.2 s for 8 kB."""

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        header = getter.get(carrier, "baggage")
        if not header:
            return super().extract(carrier, context, getter)
        return super().extract({"baggage": _BLANKS.sub(" ", header[0])}, context)


class NoPropagator(CompositePropagator):
    """For OTEL_PROPAGATORS=none. The API's own empty composite extracts None, which fails each request."""

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        return super().extract(carrier, context or Context(), getter)

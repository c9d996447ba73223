"""The propagator, which passes span context between processes, and the `traceparent` flags.

The SDK's own propagators read and write `traceparent`; this module only chooses among them.
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
    """W3C Trace Context and Baggage, as in the article, unless OTEL_PROPAGATORS says otherwise."""
    for name in ("trace", "baggage", "attributes"):  # one line per invalid header or oversized value
        logging.getLogger(f"opentelemetry.{name}").setLevel(logging.ERROR)
    wanted = os.environ.get("OTEL_PROPAGATORS")
    if wanted is None:
        return CompositePropagator([TraceContextTextMapPropagator(), BaggagePropagator()])
    names = [name.strip().lower() for name in wanted.split(",")]
    return NoPropagator([]) if "none" in names else get_global_textmap()


class IdGenerator(RandomIdGenerator):
    """Random ids, sent with `traceparent` flags `01`; OTEL_PYTHON_ID_GENERATOR=random restores the SDK's `03`.

    `03` means sampled and random, from W3C Trace Context level 2. Go's propagator before v1.42 rejects it and starts a
    new trace; that includes the article's server and most Go services in the field.
    """

    def is_trace_id_random(self) -> bool:
        return "OTEL_PYTHON_ID_GENERATOR" in os.environ


class BaggagePropagator(W3CBaggagePropagator):
    """W3C Baggage with runs of blanks collapsed: the API parses them in quadratic time, 0.2 s for 8 kB."""

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        header = getter.get(carrier, "baggage")
        if not header:
            return super().extract(carrier, context, getter)
        return super().extract({"baggage": _BLANKS.sub(" ", header[0])}, context)


class NoPropagator(CompositePropagator):
    """For OTEL_PROPAGATORS=none. The API's empty composite extracts None, which fails every request."""

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        return super().extract(carrier, context or Context(), getter)

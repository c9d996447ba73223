"""Provider: resource, exporter, span processor, global tracer provider and propagator, as the article sets them up."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from grpc import Compression, StatusCode
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.semconv.schemas import Schemas

from telemetry import settings
from telemetry.backlog import Backlog, BacklogExporter
from telemetry.delivery import Delivery
from telemetry.propagator import make_propagator

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

# A span shows up in Jaeger while its request is still in mind; the SDK's default of 5 s is made for production.
SCHEDULE_DELAY_MILLIS = 200
# The exporter's own, by the specification.
TIMEOUT_SECONDS = 10.0
# `simple` exports inside the request, so a dead collector holds each request up for this long; the SDK's 10 s would
# look like a hang.
SIMPLE_TIMEOUT_SECONDS = 1.0
# At the stop: first let a healthy export finish, then hurry what is stuck. With a server's drain (2.5 s) under 5 s.
PATIENCE_SECONDS = 1.0
HURRY_SECONDS = 1.0


def set_up(service_name: str) -> Telemetry:
    """Make tracing work for this process: global tracer provider, global propagator.

    Args:
        service_name: the resource's `service.name`, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES names one.

    Raises:
        SettingsError: an environment variable has a value that cannot be used.
    """
    wanted = settings.read()
    # The instrumentations' default is still the HTTP attribute names from before the conventions became stable.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    try:
        provider = TracerProvider(resource=_resource(service_name), shutdown_on_exit=False)
    except ValueError as error:  # the SDK's own checks, span limits for one
        raise settings.SettingsError(str(error)) from error
    backlog = Backlog(wanted.queue, wanted.batch)
    delivery = make_delivery(wanted, backlog.stall) if wanted.exporting else None
    if delivery:
        provider.add_span_processor(backlog)
        provider.add_span_processor(_processor(wanted, BacklogExporter(delivery, backlog)))
    trace.set_tracer_provider(provider)
    set_global_textmap(make_propagator())
    return Telemetry(provider, delivery, backlog)


class Telemetry:
    """The tracing of one process, from set-up to shutdown."""

    def __init__(self, provider: TracerProvider, delivery: Delivery | None, backlog: Backlog) -> None:
        self.provider = provider
        self._delivery = delivery
        self._backlog = backlog
        self._shutdown = threading.Lock()
        self._stopped = False

    @property
    def lost(self) -> int:
        """Spans that ended and did not arrive; final after `shutdown`."""
        return self._backlog.ended - self._delivery.delivered if self._delivery else 0

    def shutdown(self) -> None:
        """Export what is left, then stop: flush first, bounded in time (2 s), and say what was lost.

        Once only: a second call waits for the first and does nothing.
        """
        with self._shutdown:
            if self._stopped:
                return
            self._stopped = True
            stopping = threading.Thread(target=self.provider.shutdown, daemon=True)
            stopping.start()
            if self._delivery:
                stopping.join(0 if self._delivery.problem else PATIENCE_SECONDS)
                if stopping.is_alive():
                    self._delivery.hurry(HURRY_SECONDS)
            stopping.join(HURRY_SECONDS)
            if self.lost:
                logger.warning("%d of %d spans were lost: no collector took them", self.lost, self._backlog.ended)


def _resource(service_name: str) -> Resource:
    resource = Resource.create(schema_url=Schemas.V1_44_0.value)
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return resource.merge(Resource({SERVICE_NAME: service_name}))
    return resource


def make_delivery(wanted: settings.Settings, stalled: Callable[[], None] = lambda: None) -> Delivery:
    """The way to the collector that the settings name; where it is blocked, `stalled` is told."""
    simple = wanted.span_processor == settings.SIMPLE
    compression = {None: None, "none": Compression.NoCompression, "gzip": Compression.Gzip}[wanted.compression]
    patience = wanted.timeout or (SIMPLE_TIMEOUT_SECONDS if simple else TIMEOUT_SECONDS)

    def connect(timeout: float | None) -> OTLPSpanExporter:
        return OTLPSpanExporter(
            endpoint=wanted.endpoint,
            timeout=timeout or patience,
            compression=compression,
            # OK is the one status that is no error, so with it alone nothing is tried a second time.
            retryable_error_codes={StatusCode.OK} if timeout or simple else None,
            # A connection of its own: gRPC would share one that hangs.
            channel_options=(("grpc.use_local_subchannel_pool", 1),),  # type: ignore[arg-type] # not only str
        )

    return Delivery(connect, wanted.endpoint, keep=None if simple else patience, stalled=stalled)


def _processor(wanted: settings.Settings, exporter: SpanExporter) -> SpanProcessor:
    if wanted.span_processor == settings.SIMPLE:
        return SimpleSpanProcessor(exporter)
    if "OTEL_BSP_SCHEDULE_DELAY" in os.environ:
        return BatchSpanProcessor(exporter)
    return BatchSpanProcessor(exporter, schedule_delay_millis=SCHEDULE_DELAY_MILLIS)

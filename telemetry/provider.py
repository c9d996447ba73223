"""The article's setup: exporter, resource, tracer provider with its span processor, global provider and propagator."""

from __future__ import annotations

from threading import Lock

from opentelemetry import trace
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.semconv.schemas import Schemas

from telemetry.environment import prepare
from telemetry.exporter import KeepingSpanExporter
from telemetry.processor import BlockingSpanProcessor, SpanAccount
from telemetry.propagator import IdGenerator, new_propagator


def set_up(service_name: str) -> Tracing:
    """Set up tracing for this process, before its first span. Raises SettingsError for an invalid setting."""
    settings = prepare()
    exporter = KeepingSpanExporter(settings)
    account = SpanAccount(exporter)
    provider = TracerProvider(resource=new_resource(service_name), id_generator=IdGenerator())
    if settings.exporting:
        provider.add_span_processor(account)
        # SPAN_PROCESSOR=simple is the article's `WithSyncer`: export each span as it ends.
        processor = SimpleSpanProcessor(exporter) if settings.simple else BlockingSpanProcessor(exporter, settings)
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    set_global_textmap(new_propagator())
    return Tracing(provider, account)


def new_resource(service_name: str) -> Resource:
    """The SDK's resource; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override `service_name`."""
    resource = Resource.create(schema_url=Schemas.V1_44_0.value)
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return resource.merge(Resource({SERVICE_NAME: service_name}))
    return resource


class Tracing:
    """The result of `set_up`. Shut it down before the program exits."""

    def __init__(self, provider: TracerProvider, account: SpanAccount) -> None:
        self.provider, self.account = provider, account
        self._lock, self._open = Lock(), True

    def shutdown(self) -> None:
        """Flush within 2 s and report lost spans. A second call waits for the first and does nothing."""
        with self._lock:
            if self._open:
                self._open = False
                self.provider.shutdown()
                self.account.report()

"""The article's set-up: exporter, resource, tracer provider with its span processor, global provider and propagator."""

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
    """Set tracing up for this process, before its first span; raises SettingsError for a value that cannot be used."""
    settings = prepare()
    exporter = KeepingSpanExporter(settings)
    account = SpanAccount(exporter)
    provider = TracerProvider(resource=new_resource(service_name), id_generator=IdGenerator())
    if settings.exporting:
        provider.add_span_processor(account)
        # SPAN_PROCESSOR=simple is the article's `WithSyncer`: each span is exported as it ends.
        processor = SimpleSpanProcessor(exporter) if settings.simple else BlockingSpanProcessor(exporter, settings)
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    set_global_textmap(new_propagator())
    return Tracing(provider, account)


def new_resource(service_name: str) -> Resource:
    """The SDK's resource; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over `service_name`."""
    resource = Resource.create(schema_url=Schemas.V1_44_0.value)
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return resource.merge(Resource({SERVICE_NAME: service_name}))
    return resource


class Tracing:
    """What `set_up` made, to be shut down when the program ends."""

    def __init__(self, provider: TracerProvider, account: SpanAccount) -> None:
        self.provider, self.account = provider, account
        self._lock, self._open = Lock(), True

    def shutdown(self) -> None:
        """Flush within 2 s and report what was lost. A second call waits for the first and does nothing."""
        with self._lock:
            if self._open:
                self._open = False
                self.provider.shutdown()
                self.account.report()

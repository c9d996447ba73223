"""The journey of one traced request: server and collector up, request sent, spans stored, linked, free of warnings."""

from __future__ import annotations

from dataclasses import dataclass, field

import requests
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace.export import SpanExportResult

from telemetry.environment import Settings
from telemetry.exporter import KeepingSpanExporter
from telemetry.provider import set_up
from verify.hop import HopError
from verify.trace import QueryError, Span, traces_started_within, wait_for

SERVICE = "chapter2-verify"
HTTP_SECONDS = 5
OTLP_SECONDS = 3.0
SAMPLED = 0x01
START = "start one (make backend, or docker compose up)"


@dataclass
class Journey:
    """One traced request through the pipeline; each method is a hop and raises HopError if it fails."""

    url: str
    query_url: str
    seconds: float
    settings: Settings
    trace_id: str = ""
    span_id: str = ""
    spans: list[Span] = field(default_factory=list)

    def server_answers(self) -> None:
        try:
            response = requests.get(self.url, timeout=HTTP_SECONDS)
        except requests.RequestException as error:
            raise HopError("no answer", "start the server: make server") from error
        if response.status_code != requests.codes.ok:
            raise HopError(f"it answers {response.status_code}", "does another program have this port? Try --url")

    def collector_takes_otlp(self) -> None:
        """Export an empty batch, over a connection set up like the server's and client's."""
        if not self.settings.exporting:
            raise HopError("export is switched off", "unset OTEL_SDK_DISABLED and OTEL_TRACES_EXPORTER")
        exporter = KeepingSpanExporter(self.settings)
        exporter.hurry(OTLP_SECONDS)
        try:
            if exporter.export(()) is not SpanExportResult.SUCCESS:
                raise HopError(
                    exporter.problem or "no answer in time",
                    f"{START}, or name yours with OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                )
        finally:
            exporter.shutdown()

    def request_is_traced(self) -> None:
        """GET as the client does; take the trace id from the `traceparent` that was sent."""
        tracing = set_up(SERVICE)
        RequestsInstrumentor().instrument()
        try:
            response = requests.get(self.url, timeout=HTTP_SECONDS)
        except requests.RequestException as error:
            raise HopError("the server went away", "look at its output") from error
        finally:
            RequestsInstrumentor().uninstrument()
            tracing.shutdown()
        if "traceparent" not in response.request.headers:
            raise HopError(
                "it went out without a traceparent",
                "unset OTEL_PROPAGATORS and OTEL_PYTHON_EXCLUDED_URLS, OTEL_PYTHON_REQUESTS_EXCLUDED_URLS",
            )
        _, self.trace_id, self.span_id, flags = str(response.request.headers["traceparent"]).split("-")
        if not int(flags, 16) & SAMPLED:
            raise HopError("not sampled, so its spans are not kept", "unset OTEL_TRACES_SAMPLER, or try again")
        if tracing.account.lost:
            raise HopError("the collector did not take its span", "look at the collector's log")

    def spans_are_stored(self) -> None:
        try:
            self.spans = wait_for(self.query_url, self.trace_id, 2, self.seconds)
        except QueryError as error:
            raise HopError(str(error), f"{START}, or name yours with --query-url") from error
        if not self.spans:
            raise HopError("none is there", "does the collector send to this Jaeger? Look at the collector's log")
        client = next((span for span in self.spans if span.span_id == self.span_id), None)
        if client and len(self.spans) == 1:
            raise self._server_span_is_elsewhere(client)
        if not client or len(self.spans) != len(("client", "server")):
            raise HopError(f"there are {len(self.spans)} spans", "is there a proxy in between that traces too?")

    def _server_span_is_elsewhere(self, client: Span) -> HopError:
        """Explain: the server exports nothing, or it started its own trace during the client's span."""
        own = traces_started_within(self.query_url, client)
        if own:
            return HopError(
                f"only the client's is there; the server started a trace of its own: {self.query_url}/trace/{own[0]}",
                "does it read traceparent? See OTEL_PROPAGATORS there, or docs/propagation.md for services in Go",
            )
        return HopError(
            "only the client's is there", "does the server export to the same collector? Start it with make server"
        )

    def server_span_is_child(self) -> None:
        client = next(span for span in self.spans if span.span_id == self.span_id)
        server = next(span for span in self.spans if span is not client)
        if (client.kind, server.kind) != ("client", "server"):
            raise HopError(f"their kinds are {client.kind} and {server.kind}", "is the server instrumented for Flask?")
        if server.parent_id != client.span_id or client.parent_id is not None:
            raise HopError("they are not linked", "do both use the W3C propagator? Unset OTEL_PROPAGATORS")

    def nothing_is_warned_of(self) -> None:
        warnings = [warning for span in self.spans for warning in span.warnings]
        if warnings:
            raise HopError("; ".join(warnings), "a clock that is off, or a span that came twice")

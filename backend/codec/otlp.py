"""OTLP requests: converts spans to rows for the store, rejects invalid spans, and selects spans by position.

A span's position is its index in the request: 0, 1, 2 … over resource_spans, scope_spans and spans in order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec import wire
from backend.codec.attributes import shown_service_name
from backend.store.span import SpanRow

_NO_TRACE_ID = bytes(16)
_NO_SPAN_ID = bytes(8)
_ERROR = Status.STATUS_CODE_ERROR
_REASONS = 3
_INVALID_IDS = (
    "a trace id must have 16 bytes and a span id 8, not all zero; a parent's span id must have 8 bytes or none"
)


class MalformedRequestError(ValueError):
    """The bytes are not a valid request; the message is one line for the sender. Retrying does not help."""


@dataclass(frozen=True, slots=True)
class DecodedRequest:
    """A request's valid spans, and what was rejected."""

    body: bytes
    """The request's bytes as received, minus rejected spans."""
    spans: list[SpanRow]
    rejected: int = 0
    reasons: tuple[str, ...] = ()
    """Why, without duplicates."""

    def response(self) -> ExportTraceServiceResponse:
        """The response after storing; empty if nothing was rejected."""
        response = ExportTraceServiceResponse()
        if self.rejected:
            response.partial_success.rejected_spans = self.rejected
            response.partial_success.error_message = (
                f"{self.rejected} of {self.rejected + len(self.spans)} spans rejected: {self.reason()}"
            )
        return response

    def reason(self) -> str:
        """Why spans were rejected, on one line; only the first reasons if there are many."""
        return "; ".join(self.reasons[:_REASONS])


def decode(body: bytes) -> DecodedRequest:
    """Decode a request.

    Raises:
        MalformedRequestError: the bytes are not an ExportTraceServiceRequest.
    """
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as problem:
        body, request = _mended(body, problem)
    if body and not request.resource_spans:
        raise MalformedRequestError("not an ExportTraceServiceRequest: it has fields, but no resource_spans")
    # Check the groups first: searching for the tag takes a seventh as long as everything else.
    if not all(group.scope_spans for group in request.resource_spans) and wire.OLD_SPANS_TAG in body:
        body, request = _mended(body, DecodeError("its resource_spans have no spans"))
    return decode_message(request, body)


def _mended(body: bytes, problem: DecodeError) -> tuple[bytes, ExportTraceServiceRequest]:
    try:
        better = wire.mended(body)
        return better, ExportTraceServiceRequest.FromString(better)
    except (ValueError, DecodeError):
        raise MalformedRequestError(f"not an ExportTraceServiceRequest: {problem}") from problem


def decode_message(request: ExportTraceServiceRequest, body: bytes) -> DecodedRequest:
    """The same for a parsed request; `body` is its source, or its serialized form."""
    spans = _rows(request)
    if spans is not None:
        return DecodedRequest(body, spans)
    rejected = _drop_invalid(request)
    return DecodedRequest(request.SerializeToString(), _rows(request) or [], rejected, (_INVALID_IDS,))


@dataclass(slots=True)
class ScopeSpans:
    scope: InstrumentationScope
    schema_url: str
    spans: list[Span]


@dataclass(slots=True)
class ResourceSpans:
    """Spans of one resource in one request."""

    resource: Resource
    schema_url: str
    scopes: list[ScopeSpans]


Trace = list[ResourceSpans]


def select(request: ExportTraceServiceRequest, wanted: Sequence[int]) -> Iterator[ResourceSpans]:
    """The spans at these positions, ascending. Does not access other spans: each would cost a Python object."""
    position = 0
    for group in request.resource_spans:
        scopes = []
        for part in group.scope_spans:
            end = position + len(part.spans)
            here = wanted[bisect_left(wanted, position) : bisect_left(wanted, end)]
            if here:
                scopes.append(ScopeSpans(part.scope, part.schema_url, [part.spans[at - position] for at in here]))
            position = end
        if scopes:
            yield ResourceSpans(group.resource, group.schema_url, scopes)


def spans(trace: Trace) -> Iterator[tuple[ResourceSpans, ScopeSpans, Span]]:
    for group in trace:
        for part in group.scopes:
            for span in part.spans:
                yield group, part, span


def span_bytes(body: bytes, position: int) -> bytes:
    """The bytes of the span at a position, with its resource and scope; equal for spans sent twice."""
    for group, part, span in spans(list(select(ExportTraceServiceRequest.FromString(body), [position]))):
        parts = group.resource, part.scope, span
        return b"".join(part.SerializeToString(deterministic=True) for part in parts)
    return b""


def _rows(request: ExportTraceServiceRequest) -> list[SpanRow] | None:
    """A row per span; None if a span is invalid. This runs for every received span, hence a single flat loop."""
    rows: list[SpanRow] = []
    for resource_spans in request.resource_spans:
        service = shown_service_name(resource_spans.resource)
        for scope_spans in resource_spans.scope_spans:
            for position, span in enumerate(scope_spans.spans, len(rows)):
                trace_id, span_id, parent_id = span.trace_id, span.span_id, span.parent_span_id
                if not _is_valid(trace_id, span_id, parent_id):
                    return None
                start, end = span.start_time_unix_nano, span.end_time_unix_nano
                error = span.status.code == _ERROR
                rows.append(
                    SpanRow(position, trace_id, span_id, parent_id, service, span.name, span.kind, start, end, error)
                )
    return rows


def _is_valid(trace_id: bytes, span_id: bytes, parent_id: bytes) -> bool:
    return (
        len(trace_id) == 16  # noqa: PLR2004 - W3C Trace Context's sizes
        and len(span_id) == 8  # noqa: PLR2004
        and trace_id != _NO_TRACE_ID
        and span_id != _NO_SPAN_ID
        and (not parent_id or len(parent_id) == 8)  # noqa: PLR2004
    )


def _drop_invalid(request: ExportTraceServiceRequest) -> int:
    """Remove invalid spans from the request; return their number."""
    dropped = 0
    for scope_spans in (scope_spans for group in request.resource_spans for scope_spans in group.scope_spans):
        kept: list[Span] = [
            span for span in scope_spans.spans if _is_valid(span.trace_id, span.span_id, span.parent_span_id)
        ]
        dropped += len(scope_spans.spans) - len(kept)
        scope = type(scope_spans)()
        scope.spans.extend(kept)
        del scope_spans.spans[:]
        scope_spans.spans.extend(scope.spans)
    return dropped

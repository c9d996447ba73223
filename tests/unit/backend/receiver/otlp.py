"""OTLP requests for the receiver's tests."""

from __future__ import annotations

from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

TRACE = bytes(range(1, 17))
SPAN = bytes(range(1, 9))
START = 1_700_000_000_000_000_000


def span(span_id: bytes = SPAN, trace_id: bytes = TRACE, **fields: object) -> Span:
    values: dict[str, object] = {
        "name": "GET /",
        "kind": 2,
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 9,
    }
    return Span(trace_id=trace_id, span_id=span_id, **(values | fields))  # type: ignore[arg-type]


def resource(service: str | None = "shop") -> Resource:
    return Resource(attributes=[] if service is None else [text("service.name", service)])


def text(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def request(*spans: Span, of: Resource | None = None) -> ExportTraceServiceRequest:
    scope = ScopeSpans(scope=InstrumentationScope(name="test"), spans=spans)
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource() if of is None else of, scope_spans=[scope])]
    )


# At most two entries per list: large examples are slow, and a first and a last entry cover all that can go wrong.
TEXTS = st.text(max_size=4)
UINT32 = st.integers(0, 2**32 - 1)
UINT64 = st.integers(0, 2**64 - 1)
SCALARS = st.one_of(
    st.builds(AnyValue),
    st.builds(AnyValue, string_value=TEXTS),
    st.builds(AnyValue, bool_value=st.booleans()),
    st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
    st.builds(AnyValue, double_value=st.floats()),
    st.builds(AnyValue, bytes_value=st.binary(max_size=8)),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(AnyValue, array_value=st.builds(ArrayValue, values=st.lists(inner, max_size=2))),
        st.builds(
            AnyValue,
            kvlist_value=st.builds(
                KeyValueList, values=st.lists(st.builds(KeyValue, key=TEXTS, value=inner), max_size=2)
            ),
        ),
    ),
    max_leaves=4,
)
ATTRIBUTES = st.lists(st.builds(KeyValue, key=st.just("service.name") | TEXTS, value=VALUES), max_size=2)
TRACE_IDS = st.binary(min_size=16, max_size=16).filter(any)
SPAN_IDS = st.binary(min_size=8, max_size=8).filter(any)
SPANS = st.builds(
    Span,
    trace_id=TRACE_IDS | st.just(TRACE),
    span_id=SPAN_IDS | st.just(SPAN),
    parent_span_id=st.just(b"") | SPAN_IDS,
    trace_state=TEXTS,
    flags=UINT32,
    name=TEXTS,
    kind=st.integers(0, 5),
    start_time_unix_nano=UINT64,
    end_time_unix_nano=UINT64,
    attributes=ATTRIBUTES,
    dropped_attributes_count=UINT32,
    events=st.lists(
        st.builds(
            Span.Event, time_unix_nano=UINT64, name=TEXTS, attributes=ATTRIBUTES, dropped_attributes_count=UINT32
        ),
        max_size=2,
    ),
    dropped_events_count=UINT32,
    links=st.lists(
        st.builds(
            Span.Link,
            trace_id=TRACE_IDS,
            span_id=SPAN_IDS,
            trace_state=TEXTS,
            attributes=ATTRIBUTES,
            dropped_attributes_count=UINT32,
            flags=UINT32,
        ),
        max_size=2,
    ),
    dropped_links_count=UINT32,
    status=st.builds(Status, message=TEXTS, code=st.integers(0, 2)),
)
REQUESTS = st.builds(
    ExportTraceServiceRequest,
    resource_spans=st.lists(
        st.builds(
            ResourceSpans,
            resource=st.builds(Resource, attributes=ATTRIBUTES, dropped_attributes_count=UINT32),
            schema_url=TEXTS,
            scope_spans=st.lists(
                st.builds(
                    ScopeSpans,
                    scope=st.builds(InstrumentationScope, name=TEXTS, version=TEXTS, attributes=ATTRIBUTES),
                    schema_url=TEXTS,
                    spans=st.lists(SPANS, max_size=2),
                ),
                max_size=2,
            ),
        ),
        max_size=2,
    ),
)

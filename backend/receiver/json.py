"""OTLP JSON: what differs from protobuf's own JSON is that ids are hexadecimal and not base64.

OTLP specification, "JSON Protobuf Encoding".
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import Error, MessageToJson, ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backend.receiver.request import MalformedRequestError

if TYPE_CHECKING:
    from google.protobuf.message import Message

_IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")


def to_protobuf(text: bytes) -> bytes:
    """An ExportTraceServiceRequest in OTLP JSON as protobuf. Unknown fields are ignored, as the specification asks.

    Raises:
        MalformedRequestError: the text is not such a request.
    """
    try:
        request = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise _malformed(problem) from problem
    return from_document(request)


def from_document(request: Any) -> bytes:
    """The same for a text that is parsed already; the document is changed.

    Raises:
        MalformedRequestError: the document is not such a request.
    """
    try:
        for span in _spans(request):
            _ids_to_base64(span)
            for link in _objects(span, "links"):
                _ids_to_base64(link)
        message = ParseDict(request, ExportTraceServiceRequest(), ignore_unknown_fields=True)
        return message.SerializeToString()
    except (Error, ValueError, TypeError, AttributeError, RecursionError) as problem:
        raise _malformed(problem) from problem


def _malformed(problem: Exception) -> MalformedRequestError:
    reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    return MalformedRequestError(f"not an ExportTraceServiceRequest in OTLP JSON: {reason}")


def to_json(message: Message) -> bytes:
    return MessageToJson(message, indent=None).encode()


def _spans(request: Any) -> list[Any]:
    return [
        span
        for resource_spans in _objects(request, "resourceSpans", "resource_spans")
        for scope_spans in _objects(resource_spans, "scopeSpans", "scope_spans")
        for span in _objects(scope_spans, "spans")
    ]


def _objects(holder: Any, *names: str) -> list[Any]:
    """The objects in the holder's list. Protobuf's parser takes some other values for empty objects."""
    if not isinstance(holder, dict):
        raise MalformedRequestError(f"{json.dumps(holder)[:20]} is not an object with {names[0]}")
    return [one for name in names for one in holder.get(name) or []]


def _ids_to_base64(holder: Any) -> None:
    if not isinstance(holder, dict):
        raise MalformedRequestError(f"{json.dumps(holder)[:20]} is not an object with ids")
    for name in _IDS:
        value = holder.get(name)
        if isinstance(value, str):
            try:
                holder[name] = base64.b64encode(binascii.unhexlify(value)).decode()
            except ValueError:
                raise MalformedRequestError(f"{name} is not hexadecimal") from None

"""Repairs request bytes that protobuf's Python library rejects but other parsers accept.

It replaces invalid UTF-8 with U+FFFD, converts values nested deeper than the library's limit to text, and moves spans
from the layout before OTLP 0.15 to the current one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from backend.codec.text import DEEPEST_BUILT, DEEPEST_VALUE, flatten

OLD_SPANS_TAG = b"\xc2\x3e"
"""The tag of `instrumentation_library_spans` in a ResourceSpans."""
_OLD_SPANS, _SPANS = 1000, ResourceSpans.SCOPE_SPANS_FIELD_NUMBER
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_ARRAY, _MAP = AnyValue.ARRAY_VALUE_FIELD_NUMBER, AnyValue.KVLIST_VALUE_FIELD_NUMBER
_KEY = 1

Field = tuple[int, int, bytes]
"""Field number, wire type, and content after the tag, without its length."""


class _DeepError(ValueError):
    pass


def mended(body: bytes, of: Descriptor = ExportTraceServiceRequest.DESCRIPTOR, depth: int = 0) -> bytes:
    """
    Args:
        of: the message type.
        depth: nesting depth within an attribute's value; 0 outside of values.

    Raises:
        ValueError: the bytes are not such a message for any parser.
    """
    if depth > DEEPEST_VALUE:
        raise _DeepError
    made = bytearray()
    for number, kind, content in _fields(body):
        at = _SPANS if of is ResourceSpans.DESCRIPTOR and number == _OLD_SPANS else number
        field = of.fields_by_number.get(at) if kind == _LENGTH else None
        made += _written(at, kind, content if field is None else _content(field, content, depth))
    return bytes(made)


def has_more_spans(body: bytes, most: int) -> bool:
    """Whether a request has more groups, scopes and spans than `most`; found without parsing them."""
    try:
        return next(islice(_entries(body), most, None), None) is not None
    except ValueError:  # parsing will report a malformed request
        return False


def _entries(body: bytes) -> Iterator[int]:
    for number, _, group in _fields(body):
        yield number
        for own, kind, part in _fields(group):
            yield own
            if kind == _LENGTH:
                yield from (inner for inner, _, _ in _fields(part))


def count_empty(body: bytes) -> int:
    """An upper bound for the number of empty messages: counts lookalikes inside texts too."""
    return sum(body.count(bytes((number << 3 | _LENGTH, 0))) for number in range(1, 16))


def _content(field: FieldDescriptor, content: bytes, depth: int) -> bytes:
    if field.type == FieldDescriptor.TYPE_STRING:
        return content.decode(errors="replace").encode()
    if field.message_type is None or (field.message_type is Span.DESCRIPTOR and _is_read(content)):
        return content
    is_value = field.message_type is AnyValue.DESCRIPTOR
    try:
        return mended(content, field.message_type, depth + 1 if depth or is_value else 0)
    except _DeepError:
        if depth:
            raise
    value = _built(content)
    flatten(value)
    return value.SerializeToString()


def _is_read(span: bytes) -> bool:
    """Whether the library parses the span. That is a hundred times as fast as a repair, and most spans are valid."""
    try:
        ExportTraceServiceRequest.FromString(_written(1, _LENGTH, _written(2, _LENGTH, _written(2, _LENGTH, span))))
    except DecodeError:
        return False
    return True


def _built(body: bytes) -> AnyValue:
    """Build a value of any depth; the library can serialize it, but not parse it."""
    value = AnyValue()
    todo = [(value, body, 0)]
    while todo:
        target, body, depth = todo.pop()
        if depth > DEEPEST_BUILT:
            continue
        for number, kind, content in _fields(body):
            if kind == _LENGTH and number == _ARRAY:
                target.array_value.SetInParent()
                todo += [(target.array_value.values.add(), item, depth + 2) for _, _, item in _fields(content)]
            elif kind == _LENGTH and number == _MAP:
                target.kvlist_value.SetInParent()
                for _, _, entry in _fields(content):
                    pair = target.kvlist_value.values.add()
                    for name, _, part in _fields(entry):
                        if name == _KEY:
                            pair.key = part.decode(errors="replace")
                        else:
                            todo.append((pair.value, part, depth + 3))
            else:
                target.MergeFromString(mended(_written(number, kind, content), AnyValue.DESCRIPTOR, 1))
    return value


def _fields(body: bytes) -> Iterator[Field]:
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, kind = tag >> 3, tag & 7
        begin = at
        if kind == _LENGTH:
            size, begin = _varint(body, at)
            at = begin + size
        elif kind == _VARINT:
            _, at = _varint(body, at)
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:  # groups, which OTLP never used
            raise ValueError("a wire type that OTLP does not have")
        if at > len(body):
            raise ValueError("cut off")
        yield number, kind, body[begin:at]


def _written(number: int, kind: int, content: bytes) -> bytes:
    tag = _to_varint(number << 3 | kind)
    return tag + _to_varint(len(content)) + content if kind == _LENGTH else tag + content


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """Decode a number; return it and its end."""
    number = shift = 0
    while at < len(body) and shift < 64:  # noqa: PLR2004 - a varint's maximum bits
        byte = body[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte
            return number, at
        shift += 7
    raise ValueError("cut off")


def _to_varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - the most that fits one byte
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)

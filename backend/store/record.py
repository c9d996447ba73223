"""The records: a request's spans in packed form, and the bounds of each service's spans in a request."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from backend.store.span import SpanRow

# Trace id, span id, parent id (zeros for a root), start, duration, operation label, error, position: 57 bytes per span.
_RECORD = struct.Struct("<16s8s8sqqIBI")

Record = tuple[bytes, bytes, bytes, int, int, int, int, int]

INSERT_BLOCK = """
    INSERT INTO block (service, newest, request, oldest, shortest, longest, error, operations)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_MIN, _MAX = -(1 << 63), (1 << 63) - 1


class Bounds(NamedTuple):
    """The bounds of one service's spans in one request; times in ns."""

    oldest: int
    newest: int
    shortest: int
    longest: int
    error: int
    operations: tuple[int, ...]


def records(spans: Sequence[SpanRow], operation_label: Callable[[tuple[str, str, int]], int]) -> list[Record]:
    """Convert spans to records.

    Times beyond 63 bits wrap to negative, as in Go's `time.Unix` and so in Jaeger; the request's bytes, which reads
    return, keep them.
    """
    made = []
    for position, trace_id, span_id, parent_id, service, name, kind, start, end, error in spans:
        if start > _MAX:
            start -= 1 << 64  # noqa: PLW2901 - one name for one thing
        if end > _MAX:
            end -= 1 << 64  # noqa: PLW2901
        duration = end - start
        if not _MIN <= duration <= _MAX:
            duration = _MAX if duration > 0 else _MIN
        operation = operation_label((service, name, kind))
        made.append((trace_id, span_id, parent_id, start, duration, operation, int(error), position))
    return made


def pack(made: Iterable[Record]) -> bytes:
    one = _RECORD.pack
    return b"".join([one(*record) for record in made])


def unpack(packed: bytes) -> Iterable[Record]:
    return _RECORD.iter_unpack(packed)


def of_trace(packed: bytes, trace_id: bytes) -> list[Record]:
    """The records of one trace. A byte search, since a request may hold hundreds of traces, each looked up in turn."""
    found = []
    at = packed.find(trace_id)
    while at >= 0:
        if at % _RECORD.size == 0:
            found.append(_RECORD.unpack_from(packed, at))
        at = packed.find(trace_id, at + 1)
    return found


def position(record: Record) -> int:
    return record[7]


def identity(record: Record) -> tuple[bytes, bytes, bytes, int, int, int, int]:
    """All but the position; equal for spans sent twice."""
    return record[:7]


def bounds(made: Iterable[Record], service_label: Callable[[int], int]) -> dict[int, Bounds]:
    """The bounds of each service, keyed by its label."""
    of_operations: dict[int, list[int]] = {}
    for _, _, _, start, duration, operation, error, _ in made:
        known = of_operations.get(operation)
        if known is None:
            of_operations[operation] = [start, start, duration, duration, error]
        else:
            if start < known[0]:
                known[0] = start
            elif start > known[1]:
                known[1] = start
            if duration < known[2]:
                known[2] = duration
            elif duration > known[3]:
                known[3] = duration
            if error:
                known[4] = 1
    by_service: dict[int, dict[int, list[int]]] = {}
    for operation, known in of_operations.items():
        by_service.setdefault(service_label(operation), {})[operation] = known
    return {service: _merged(own) for service, own in by_service.items()}


def _merged(of_operations: dict[int, list[int]]) -> Bounds:
    oldest, newest, shortest, longest, error = zip(*of_operations.values(), strict=True)
    return Bounds(min(oldest), max(newest), min(shortest), max(longest), max(error), tuple(of_operations))


def labels_of(found: dict[int, Bounds]) -> list[int]:
    """All labels of a request."""
    return [*found, *(operation for own in found.values() for operation in own.operations)]


def block_rows(request: int, found: dict[int, Bounds]) -> list[tuple[int | bytes, ...]]:
    """The values for INSERT_BLOCK."""
    return [
        (service, b.newest, request, b.oldest, b.shortest, b.longest, b.error, b"".join(map(pack_label, b.operations)))
        for service, b in found.items()
    ]


def pack_label(label: int) -> bytes:
    """Encode a label for a block's `operations` column."""
    return label.to_bytes(4, "little")

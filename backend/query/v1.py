"""v1 of the query API, `/api/…`, used by older Jaeger UIs, Grafana and most scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import Flask, Response, request
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from werkzeug.routing import BaseConverter

from backend.codec import jaeger_json, jaeger_model
from backend.codec.jaeger_model import JaegerSpan
from backend.codec.otlp import MalformedRequestError, Trace, select, spans
from backend.codec.otlp_json import from_json
from backend.codec.text import compact_json
from backend.query import parameters
from backend.query.jaeger import adjust_v1
from backend.query.search import Found, operations_of
from backend.query.search_parameters import read, read_v1
from backend.query.trace import TraceReader
from backend.store.calls import Calls
from backend.store.store import Store
from backend.web.reply import ParameterError, answer, envelope, fault, json_stream

MAX_SPANS = 1 << 31
DAY_MS = 24 * 60 * 60 * 1000
_MS = 1_000_000
_US = 1_000
_ID_SIZES = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
_METRICS_OFF = "metrics querying is currently disabled"


class _Name(BaseConverter):
    """A service name; it may contain slashes, even at its ends."""

    regex = ".+?"
    part_isolating = False


class V1:
    """The routes, one per method; each raises `ParameterError` for an invalid request."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        routes: dict[str, Callable[..., Response]] = {
            "/api/services": self.services,
            "/api/services/<name:service>/operations": self.operation_names,
            "/api/operations": self.operations,
            "/api/traces": self.search,
            "/api/traces/<trace_id>": self.trace,
            "/api/dependencies": self.dependencies,
            "/api/metrics/<name>": self.metrics,
        }
        app.url_map.converters["name"] = _Name
        app.url_map.merge_slashes = False
        answer(app, routes)
        answer(app, {"/api/transform": self.transform}, "POST")
        answer(app, {"/api/traces": self.clear}, "DELETE")

    def services(self) -> Response:
        names = self._store.services()
        return envelope(names or None, len(names))

    def operation_names(self, service: str) -> Response:
        names = list(dict.fromkeys(name for name, _ in self._store.operations(service)))
        return envelope(names or None, len(names))

    def operations(self) -> Response:
        service = request.args.get("service", "")
        if not service:
            raise ParameterError("parameter service: name a service")
        operations = operations_of(self._store, service, request.args.get("spanKind", ""))
        return envelope([{"name": name, "spanKind": kind} for name, kind in operations], len(operations))

    def search(self) -> Response:
        asked = read_v1(request.args)
        if asked.trace_ids:
            return self._traces(asked.trace_ids, raw=asked.query.raw)
        reader = TraceReader()
        traces = (reader.whole_or_parts(requests) for _, requests in Found(self._store, asked.query))
        return _traces((_texts(trace, raw=asked.query.raw) for trace in traces), [])

    def _traces(self, trace_ids: tuple[bytes, ...], *, raw: bool) -> Response:
        reader, reading = TraceReader(), self._store.reading()
        errors: list[dict[str, object]] = []

        def texts() -> Iterator[Iterator[str]]:
            for trace_id in trace_ids:
                trace = reader.whole_or_parts(reading.pieces(trace_id))
                if trace:
                    yield _texts(trace, raw=raw)
                else:
                    errors.append({"msg": "trace not found", "traceID": jaeger_json.hex_trace_id(trace_id)})

        return _traces(texts(), errors)

    def trace(self, trace_id: str) -> Response:
        wanted = parameters.named("trace id", parameters.trace_id, trace_id)
        for name in ("start", "end"):
            read(request.args, name, parameters.whole_number, 0)  # only validated: an id is enough to get the trace
        raw = read(request.args, "raw", parameters.truth, default=False)
        trace = TraceReader().whole_or_parts(self._store.pieces(wanted))
        return _traces([_texts(trace, raw=raw)], []) if trace else fault("trace not found", 404)

    def dependencies(self) -> Response:
        end = read(request.args, "endTs", parameters.whole_number, time.time_ns() // _MS)
        lookback = read(request.args, "lookback", parameters.whole_number, DAY_MS)
        if lookback < 0:
            raise ParameterError(f"parameter lookback: {lookback} is not 0 or more")
        service = request.args.get("service", "")
        statistics = read(request.args, "stats", parameters.truth, default=False)
        times = parameters.clamped((end - lookback) * _MS), parameters.clamped(end * _MS)
        calls = [one for one in self._store.calls(*times) if not service or service in {one.parent, one.child}]
        if not statistics:
            return envelope([calls_json(one) for one in calls])
        services = self._store.services_between(*times)
        return envelope([calls_with_statistics(one) for one in calls], services=services)

    def metrics(self, name: str) -> Response:  # noqa: ARG002 - Flask passes it by name
        return fault(_METRICS_OFF, 501)

    def clear(self) -> Response:
        """Delete all traces; beyond Jaeger's API. Returns 204, or 503 if deleting fails."""
        self._store.clear()
        return Response(status=204)

    def transform(self) -> Response:
        """Convert OTLP JSON to v1's traces envelope; stores nothing."""
        try:
            message = from_json(b"{}" if request.get_data() == b"null" else request.get_data())  # as Go does
        except MalformedRequestError as error:
            raise ParameterError(str(error)) from error
        trace = list(select(message, range(MAX_SPANS)))
        for _, _, given in spans(trace):
            _complete_ids(given)
            for link in given.links:
                _complete_ids(link)
        by_id: dict[bytes, list[JaegerSpan]] = {}
        for span in jaeger_model.from_otlp(trace):
            by_id.setdefault(span.trace_id, []).append(span)
        return envelope([jaeger_json.trace_json(spans) for spans in by_id.values()])


def _traces(traces: Iterable[Iterator[str]], errors: list[dict[str, object]]) -> Response:
    """Stream the traces in the envelope. `errors` comes last, because it is filled while streaming."""

    def texts() -> Iterator[str]:
        for number, trace in enumerate(traces):
            yield "," if number else ""
            yield from trace
        yield f'],"total":0,"limit":0,"offset":0,"errors":{compact_json(errors or None)}'

    return json_stream('{"data":[', texts(), "}")


def _texts(trace: Trace | Iterator[Trace], *, raw: bool) -> Iterator[str]:
    """The JSON of a trace, piece by piece; a large trace is adjusted part by part."""
    if isinstance(trace, list):
        converted = jaeger_model.from_otlp(trace)
        yield compact_json(jaeger_json.trace_json(converted if raw else adjust_v1.adjust(converted)))
        return
    parts = map(jaeger_model.from_otlp, trace)
    yield from jaeger_json.trace_texts(parts if raw else map(adjust_v1.adjust_alone, parts))


def calls_json(calls: Calls) -> dict[str, object]:
    return {"parent": calls.parent, "child": calls.child, "callCount": len(calls.durations) + calls.in_process}


def calls_with_statistics(calls: Calls) -> dict[str, object]:
    """The same with counts of in-process calls, messages and errors, and durations in µs, v1's unit."""
    durations = sorted(calls.durations)
    return calls_json(calls) | {
        "inProcessCount": calls.in_process,
        "messageCount": calls.messages,
        "errorCount": calls.errors,
        "durationP50": _nearest_rank(durations, 50),
        "durationP99": _nearest_rank(durations, 99),
    }


def _nearest_rank(ascending: Sequence[int], percent: int) -> int | None:
    """The percentile by nearest rank, converted from ns to whole µs; None for an empty list."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)] // _US if ascending else None


def _complete_ids(holder: Span | Span.Link) -> None:
    """Replace missing ids with zeros; reject ids of the wrong size."""
    for name, size in _ID_SIZES.items():
        value = getattr(holder, name, b"")
        if value and len(value) != size:
            raise ParameterError(f"{name}: {value.hex()} is not {2 * size} hex digits")
        if not value and hasattr(holder, name):
            setattr(holder, name, bytes(size))
